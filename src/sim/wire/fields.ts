// Reads and writes numbers and addresses in network byte order. The caller has checked the bounds.

import { formatIp, writeIp } from '../../core/ip.ts'
import { WireError } from './error.ts'
import type { MacAddress } from './packets.ts'

export function get16(bytes: Uint8Array, at: number): number {
  return ((bytes[at] as number) << 8) | (bytes[at + 1] as number)
}

export function get32(bytes: Uint8Array, at: number): number {
  return ((get16(bytes, at) << 16) | get16(bytes, at + 2)) >>> 0
}

export function put16(bytes: Uint8Array, at: number, value: number): void {
  bytes[at] = value >>> 8
  bytes[at + 1] = value
}

export function put32(bytes: Uint8Array, at: number, value: number): void {
  put16(bytes, at, value >>> 16)
  put16(bytes, at + 2, value & 0xffff)
}

/** @param size - 4 or 16: an address of the other family is a bug of ours */
export function putIp(bytes: Uint8Array, at: number, address: string, size: 4 | 16): void {
  if (writeIp(address, scratch, 0) !== size) throw new WireError(`${address} is no address of ${size} bytes`)
  for (let index = 0; index < size; index++) bytes[at + index] = scratch[index] as number
}

export function getIp(bytes: Uint8Array, at: number, size: 4 | 16): string {
  return formatIp(bytes, at, size)
}

export function parseMac(text: string): Uint8Array | undefined {
  if (!/^[0-9a-f]{2}(:[0-9a-f]{2}){5}$/i.test(text)) return undefined
  return Uint8Array.from(text.split(':'), part => Number.parseInt(part, 16))
}

export function putMac(bytes: Uint8Array, at: number, mac: MacAddress): void {
  const parsed = parseMac(mac)
  if (parsed === undefined) throw new WireError(`${mac} is no MAC address`)
  bytes.set(parsed, at)
}

export function getMac(bytes: Uint8Array, at: number): MacAddress {
  let text = ''
  for (let index = 0; index < 6; index++) {
    const byte = bytes[at + index] as number
    text += `${index === 0 ? '' : ':'}${byte < 16 ? '0' : ''}${byte.toString(16)}`
  }
  return text
}

const scratch = new Uint8Array(16)
