// Addresses and networks in text form: '10.0.0.2/24', 'fd00::2/64', '10.0.0.0/24'.

import { invalidArgType, invalidArgValue } from '../../core/errors.ts'
import { formatIp, parseIp } from '../../core/ip.ts'
import type { InterfaceAddress, MacAddress } from '../types.ts'

/** The range of addresses with a common prefix. */
export class Subnet {
  readonly prefixLength: number
  readonly #base: Uint8Array

  /** @param base - any address in it */
  constructor(base: Uint8Array, prefixLength: number) {
    this.#base = masked(base, prefixLength)
    this.prefixLength = prefixLength
  }

  static parse(text: unknown, name: string): Subnet {
    const { bytes, prefixLength } = parseCidr(text, name)
    const subnet = new Subnet(bytes, prefixLength)
    if (formatIp(subnet.#base) !== formatIp(bytes)) {
      throw invalidArgValue(name, text, `must be a network: ${subnet}, if that is the one that is meant`)
    }
    return subnet
  }

  static of({ address, prefixLength }: InterfaceAddress): Subnet {
    return new Subnet(parseIp(address) as Uint8Array, prefixLength)
  }

  get family(): 4 | 6 {
    return this.#base.length === 4 ? 4 : 6
  }

  includes(address: string): boolean {
    const bytes = parseIp(address)
    return bytes?.length === this.#base.length && equal(masked(bytes, this.prefixLength), this.#base)
  }

  overlaps(other: Subnet): boolean {
    const [wide, narrow] = this.prefixLength <= other.prefixLength ? [this, other] : [other, this]
    return wide.includes(formatIp(narrow.#base))
  }

  /** The subnet's address with that number; undefined: there are not so many. */
  address(number: number): string | undefined {
    const bytes = this.#base.slice()
    for (let index = bytes.length - 1, rest = number; index >= 0 && rest > 0; index--) {
      rest += bytes[index] as number
      bytes[index] = rest & 0xff
      rest = Math.floor(rest / 256)
    }
    const address = formatIp(bytes)
    return this.includes(address) &&
      !(this.family === 4 && this.prefixLength < 31 && isBroadcast(bytes, this.prefixLength))
      ? address
      : undefined
  }

  toString(): string {
    return `${formatIp(this.#base)}/${this.prefixLength}`
  }
}

/** An address that a card may have, with the prefix length of its network. */
export function parseInterfaceAddress(text: unknown, name: string): InterfaceAddress {
  const { bytes, prefixLength } = parseCidr(text, name)
  const first = bytes[0] as number
  const isMulticast = bytes.length === 4 ? first >= 224 : first === 0xff
  if (isMulticast) throw invalidArgValue(name, text, 'must be an address of one machine, not of a group')
  if (bytes.every(byte => byte === 0)) throw invalidArgValue(name, text, 'must be an address, and this stands for any')
  const isLoopback = bytes.length === 4 ? first === 127 : formatIp(bytes) === '::1'
  if (isLoopback)
    throw invalidArgValue(name, text, 'must not be a loopback address: every machine has those of its own')
  if (bytes.length === 4 && prefixLength < 31) {
    const subnet = new Subnet(bytes, prefixLength)
    if (subnet.address(0) === formatIp(bytes)) {
      throw invalidArgValue(name, text, `must be an address in the network, not that of the network ${subnet} itself`)
    }
    if (isBroadcast(bytes, prefixLength)) {
      throw invalidArgValue(name, text, `must not be the broadcast address of ${subnet}`)
    }
  }
  return { address: formatIp(bytes), prefixLength }
}

/** @returns the canonical form */
export function parseAddress(text: unknown, name: string): string {
  const bytes = typeof text === 'string' ? parseIp(text) : undefined
  if (bytes === undefined) throw invalidArgValue(name, text, 'must be an IP address')
  return formatIp(bytes)
}

export function parseMac(text: unknown, name: string): MacAddress {
  if (typeof text !== 'string') throw invalidArgType(name, 'string', text)
  const mac = text.toLowerCase().replaceAll('-', ':')
  if (!/^[0-9a-f]{2}(:[0-9a-f]{2}){5}$/.test(mac)) {
    throw invalidArgValue(name, text, 'must be a MAC address such as 02:00:00:00:00:01')
  }
  if (Number.parseInt(mac.slice(0, 2), 16) & 1) throw invalidArgValue(name, text, 'must not be a group address')
  return mac
}

function parseCidr(text: unknown, name: string): { bytes: Uint8Array; prefixLength: number } {
  if (typeof text !== 'string') throw invalidArgType(name, 'string', text)
  const slash = text.indexOf('/')
  const bytes = parseIp(slash === -1 ? text : text.slice(0, slash))
  if (bytes === undefined) throw invalidArgValue(name, text, 'must begin with an IP address')
  if (slash === -1) {
    throw invalidArgValue(
      name,
      text,
      `must say how large its network is: ${text}/${bytes.length === 4 ? 24 : 64}, for example`,
    )
  }
  const size = text.slice(slash + 1)
  const prefixLength = /^\d{1,3}$/.test(size) ? Number(size) : Number.NaN
  if (!(prefixLength <= bytes.length * 8)) {
    throw invalidArgValue(name, text, `must end with a number of bits up to ${bytes.length * 8}`)
  }
  return { bytes, prefixLength }
}

function masked(bytes: Uint8Array, prefixLength: number): Uint8Array {
  return bytes.map((byte, index) => {
    const bits = Math.min(8, Math.max(0, prefixLength - 8 * index))
    return byte & (0xff << (8 - bits))
  })
}

/** Whether all bits past the network's part are set. */
function isBroadcast(bytes: Uint8Array, prefixLength: number): boolean {
  return bytes.every((byte, index) => {
    const bits = Math.min(8, Math.max(0, prefixLength - 8 * index))
    const hostPart = 0xff >> bits
    return (byte & hostPart) === hostPart
  })
}

function equal(one: Uint8Array, other: Uint8Array): boolean {
  return one.every((byte, index) => byte === other[index])
}
