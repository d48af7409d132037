// Neighbour solicitations and advertisements (RFC 4861 sections 4.3, 4.4) as ICMPv6 messages. Router discovery, redirects and
// duplicate address detection are not implemented: addresses and routes of simulated machines are configured by the program.

import { WireError } from './error.ts'
import { getIp, getMac, putIp, putMac } from './fields.ts'
import { icmpv6Types } from './icmp-message.ts'
import type { Icmpv6Message, MacAddress } from './packets.ts'

export interface NeighborMessage {
  readonly type: 'solicitation' | 'advertisement'
  readonly target: string
  /** The link-layer address option: the sender's in a solicitation, the target's in an advertisement. */
  readonly mac: MacAddress | undefined
  /** The advertisement answers a solicitation. */
  readonly isSolicited: boolean
  readonly isOverride: boolean
}

export function neighborMessage(message: NeighborMessage): Icmpv6Message {
  const isSolicitation = message.type === 'solicitation'
  const data = new Uint8Array(message.mac === undefined ? 16 : 24)
  putIp(data, 0, message.target, 16)
  if (message.mac !== undefined) {
    data[16] = isSolicitation ? SOURCE_LINK_LAYER_ADDRESS : TARGET_LINK_LAYER_ADDRESS
    data[17] = 1
    putMac(data, 18, message.mac)
  }
  return {
    kind: 'icmpv6',
    type: isSolicitation ? icmpv6Types.NEIGHBOR_SOLICITATION : icmpv6Types.NEIGHBOR_ADVERTISEMENT,
    code: 0,
    rest: isSolicitation ? 0 : ((message.isSolicited ? SOLICITED : 0) | (message.isOverride ? OVERRIDE : 0)) >>> 0,
    data,
  }
}

/** Whether an ICMPv6 message is for `readNeighborMessage`. */
export function isNeighborMessage({ type }: Icmpv6Message): boolean {
  return type === icmpv6Types.NEIGHBOR_SOLICITATION || type === icmpv6Types.NEIGHBOR_ADVERTISEMENT
}

export function readNeighborMessage(message: Icmpv6Message): NeighborMessage {
  const { data, rest } = message
  if (data.length < 16) throw new WireError(`a neighbour message of ${data.length} bytes`)
  const isSolicitation = message.type === icmpv6Types.NEIGHBOR_SOLICITATION
  const wanted = isSolicitation ? SOURCE_LINK_LAYER_ADDRESS : TARGET_LINK_LAYER_ADDRESS
  let mac: MacAddress | undefined
  for (let at = 16; at + 8 <= data.length; ) {
    const length = 8 * (data[at + 1] as number)
    if (length === 0) throw new WireError('a neighbour discovery option of no length')
    if (data[at] === wanted) mac = getMac(data, at + 2)
    at += length
  }
  return {
    type: isSolicitation ? 'solicitation' : 'advertisement',
    target: getIp(data, 0, 16),
    mac,
    isSolicited: !isSolicitation && (rest & SOLICITED) !== 0,
    isOverride: !isSolicitation && (rest & OVERRIDE) !== 0,
  }
}

/** The solicited-node multicast address of an address (RFC 4291 section 2.7.1). */
export function solicitedNodeAddress(address: string): string {
  const bytes = new Uint8Array(16)
  putIp(bytes, 0, address, 16)
  bytes.set([0xff, 2, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1, 0xff])
  return getIp(bytes, 0, 16)
}

/** The Ethernet address of a multicast group: RFC 1112 section 6.4, RFC 2464 section 7. */
export function multicastMac(group: string): MacAddress {
  const bytes = new Uint8Array(16)
  const isIpv6 = group.includes(':')
  putIp(bytes, 0, group, isIpv6 ? 16 : 4)
  if (isIpv6) return getMac(Uint8Array.of(0x33, 0x33, ...bytes.subarray(12, 16)), 0)
  return getMac(Uint8Array.of(1, 0, 0x5e, (bytes[1] as number) & 0x7f, ...bytes.subarray(2, 4)), 0)
}

const SOURCE_LINK_LAYER_ADDRESS = 1
const TARGET_LINK_LAYER_ADDRESS = 2
const SOLICITED = 0x4000_0000
const OVERRIDE = 0x2000_0000
