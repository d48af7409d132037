// A packet without a frame around it: what ICMP quotes, and what a tunnel carries.

import { WireError } from './error.ts'
import { ipv4Length, readIpv4, writeIpv4 } from './ipv4.ts'
import { ipv6Length, readIpv6, writeIpv6 } from './ipv6.ts'
import type { IpPacket } from './packets.ts'

export function encodePacket(packet: IpPacket): Uint8Array {
  if (packet.kind === 'ipv4') {
    const bytes = new Uint8Array(ipv4Length(packet))
    writeIpv4(packet, bytes, 0)
    return bytes
  }
  const bytes = new Uint8Array(ipv6Length(packet))
  writeIpv6(packet, bytes, 0)
  return bytes
}

/** Throws a WireError for what is no packet. */
export function decodePacket(bytes: Uint8Array): IpPacket {
  const version = (bytes[0] ?? 0) >> 4
  if (version === 4) return readIpv4(bytes)
  if (version === 6) return readIpv6(bytes)
  throw new WireError(`IP version ${version}`)
}
