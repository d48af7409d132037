// The IPv6 header and its extension headers (RFC 8200). Hop-by-hop and destination options are skipped, as is a routing header
// whose segments are all visited; the fragment header is read and written.

import { WireError } from './error.ts'
import { get16, get32, getIp, put16, put32, putIp } from './fields.ts'
import { ipPayloadLength, protocolOf, readIpPayload, writeIpPayload } from './ip-payload.ts'
import { type FragmentPlace, IPV6_HEADER_LENGTH, type Ipv6Packet } from './packets.ts'

export const FRAGMENT_HEADER_LENGTH = 8

export function ipv6Length(packet: Ipv6Packet): number {
  const extension = packet.fragment === undefined ? 0 : FRAGMENT_HEADER_LENGTH
  return IPV6_HEADER_LENGTH + extension + ipPayloadLength(packet.payload)
}

export function writeIpv6(packet: Ipv6Packet, target: Uint8Array, at: number): void {
  const length = ipv6Length(packet) - IPV6_HEADER_LENGTH
  if (length > 0xffff) throw new WireError(`an IPv6 payload of ${length} bytes`)
  const { fragment, payload } = packet
  put32(target, at, ((6 << 28) | (packet.trafficClass << 20) | packet.flowLabel) >>> 0)
  put16(target, at + 4, length)
  target[at + 6] = fragment === undefined ? protocolOf(payload) : FRAGMENT
  target[at + 7] = packet.hopLimit
  putIp(target, at + 8, packet.source, 16)
  putIp(target, at + 24, packet.destination, 16)
  let payloadAt = at + IPV6_HEADER_LENGTH
  if (fragment !== undefined) {
    target[payloadAt] = protocolOf(payload)
    put16(target, payloadAt + 2, fragment.offset | (fragment.hasMore ? 1 : 0))
    put32(target, payloadAt + 4, packet.identification)
    payloadAt += FRAGMENT_HEADER_LENGTH
  }
  writeIpPayload('ipv6', payload, target, payloadAt, at + 8)
}

export function readIpv6(bytes: Uint8Array): Ipv6Packet {
  if (bytes.length < IPV6_HEADER_LENGTH) throw new WireError(`an IPv6 header of ${bytes.length} bytes`)
  const first = get32(bytes, 0)
  const end = IPV6_HEADER_LENGTH + get16(bytes, 4)
  if (first >>> 28 !== 6) throw new WireError(`IP version ${first >>> 28} where 6 belongs`)
  if (end > bytes.length) throw new WireError(`an IPv6 packet of ${end} bytes, of which ${bytes.length} came`)
  const { protocol, at, fragment, identification } = readExtensions(bytes, end)
  return {
    kind: 'ipv6',
    source: getIp(bytes, 8, 16),
    destination: getIp(bytes, 24, 16),
    hopLimit: bytes[7] as number,
    trafficClass: (first >>> 20) & 0xff,
    flowLabel: first & 0xfffff,
    identification,
    fragment,
    payload:
      fragment === undefined
        ? readIpPayload('ipv6', protocol, bytes, at, end, 8)
        : { kind: 'data', protocol, bytes: bytes.subarray(at, end) },
  }
}

interface Extensions {
  readonly protocol: number
  /** The offset of the payload. */
  readonly at: number
  readonly fragment: FragmentPlace | undefined
  readonly identification: number
}

function readExtensions(bytes: Uint8Array, end: number): Extensions {
  let protocol = bytes[6] as number
  let at = IPV6_HEADER_LENGTH
  while (protocol === HOP_BY_HOP || protocol === DESTINATION_OPTIONS || protocol === ROUTING || protocol === FRAGMENT) {
    if (at + 8 > end) throw new WireError('an IPv6 extension header that is cut off')
    const next = bytes[at] as number
    if (protocol === FRAGMENT) {
      const place = get16(bytes, at + 2)
      const fragment = { offset: place & 0xfff8, hasMore: (place & 1) !== 0 }
      const identification = get32(bytes, at + 4)
      // An atomic fragment is a whole packet: RFC 6946.
      const isWhole = fragment.offset === 0 && !fragment.hasMore
      if (!isWhole) return { protocol: next, at: at + FRAGMENT_HEADER_LENGTH, fragment, identification }
      at += FRAGMENT_HEADER_LENGTH
    } else {
      if (protocol === ROUTING && bytes[at + 3] !== 0) throw new WireError('an IPv6 routing header')
      at += 8 + 8 * (bytes[at + 1] as number)
      if (at > end) throw new WireError('an IPv6 extension header that is cut off')
    }
    protocol = next
  }
  return { protocol, at, fragment: undefined, identification: 0 }
}

const HOP_BY_HOP = 0
const ROUTING = 43
const FRAGMENT = 44
const DESTINATION_OPTIONS = 60
