// The IPv4 header (RFC 791 section 3.1).

import { checksumOf, sumOf } from './checksum.ts'
import { WireError } from './error.ts'
import { get16, getIp, put16, putIp } from './fields.ts'
import { ipPayloadLength, protocolOf, readIpPayload, writeIpPayload } from './ip-payload.ts'
import { IPV4_HEADER_LENGTH, type Ipv4Packet } from './packets.ts'

/** The length field has sixteen bits. */
export const LARGEST_IPV4_PACKET = 0xffff

export function ipv4Length(packet: Ipv4Packet): number {
  return IPV4_HEADER_LENGTH + ipPayloadLength(packet.payload)
}

export function writeIpv4(packet: Ipv4Packet, target: Uint8Array, at: number): void {
  const length = ipv4Length(packet)
  if (length > LARGEST_IPV4_PACKET) throw new WireError(`an IPv4 packet of ${length} bytes`)
  const { fragment } = packet
  const flags = (packet.dontFragment ? DONT_FRAGMENT : 0) | (fragment?.hasMore ? MORE_FRAGMENTS : 0)
  target[at] = 0x45
  target[at + 1] = packet.typeOfService
  put16(target, at + 2, length)
  put16(target, at + 4, packet.identification)
  put16(target, at + 6, flags | ((fragment?.offset ?? 0) >> 3))
  target[at + 8] = packet.ttl
  target[at + 9] = protocolOf(packet.payload)
  put16(target, at + 10, 0)
  putIp(target, at + 12, packet.source, 4)
  putIp(target, at + 16, packet.destination, 4)
  put16(target, at + 10, checksumOf(sumOf(target, at, at + IPV4_HEADER_LENGTH)))
  writeIpPayload('ipv4', packet.payload, target, at + IPV4_HEADER_LENGTH, at + 12)
}

/** What follows the packet (padding of the link) is ignored. */
export function readIpv4(bytes: Uint8Array): Ipv4Packet {
  if (bytes.length < IPV4_HEADER_LENGTH) throw new WireError(`an IPv4 header of ${bytes.length} bytes`)
  const first = bytes[0] as number
  const headerLength = (first & 0xf) * 4
  const length = get16(bytes, 2)
  if (first >> 4 !== 4) throw new WireError(`IP version ${first >> 4} where 4 belongs`)
  if (headerLength < IPV4_HEADER_LENGTH || length < headerLength || length > bytes.length) {
    throw new WireError(
      `an IPv4 header of ${headerLength} bytes in a packet of ${length}, of which ${bytes.length} came`,
    )
  }
  if (checksumOf(sumOf(bytes, 0, headerLength)) !== 0) throw new WireError('a wrong IPv4 header checksum')
  const place = get16(bytes, 6)
  const offset = (place & OFFSET) << 3
  const hasMore = (place & MORE_FRAGMENTS) !== 0
  const isFragment = offset > 0 || hasMore
  const protocol = bytes[9] as number
  return {
    kind: 'ipv4',
    source: getIp(bytes, 12, 4),
    destination: getIp(bytes, 16, 4),
    ttl: bytes[8] as number,
    typeOfService: bytes[1] as number,
    identification: get16(bytes, 4),
    dontFragment: (place & DONT_FRAGMENT) !== 0,
    fragment: isFragment ? { offset, hasMore } : undefined,
    payload: isFragment
      ? { kind: 'data', protocol, bytes: bytes.subarray(headerLength, length) }
      : readIpPayload('ipv4', protocol, bytes, headerLength, length, 12),
  }
}

const DONT_FRAGMENT = 0x4000
const MORE_FRAGMENTS = 0x2000
const OFFSET = 0x1fff
