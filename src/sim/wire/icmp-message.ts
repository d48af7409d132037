// ICMP (RFC 792) and ICMPv6 (RFC 4443): one header for both, and what an error quotes of the packet that caused it.

import { checksumOf, sumOf } from './checksum.ts'
import { WireError } from './error.ts'
import { get16, get32, getIp, put16, put32 } from './fields.ts'
import { type IcmpMessage, type Icmpv6Message, IPV4_HEADER_LENGTH, IPV6_HEADER_LENGTH, ipProtocols } from './packets.ts'

export const ICMP_HEADER_LENGTH = 8

export const icmpTypes = { ECHO_REPLY: 0, DESTINATION_UNREACHABLE: 3, ECHO_REQUEST: 8, TIME_EXCEEDED: 11 } as const
export const icmpv6Types = {
  DESTINATION_UNREACHABLE: 1,
  PACKET_TOO_BIG: 2,
  TIME_EXCEEDED: 3,
  ECHO_REQUEST: 128,
  ECHO_REPLY: 129,
  NEIGHBOR_SOLICITATION: 135,
  NEIGHBOR_ADVERTISEMENT: 136,
} as const

/** Codes of ICMP's DESTINATION_UNREACHABLE. */
export const unreachableCodes = {
  NETWORK: 0,
  HOST: 1,
  PROTOCOL: 2,
  PORT: 3,
  FRAGMENTATION_NEEDED: 4,
  PROHIBITED: 13,
} as const
/** Codes of ICMPv6's DESTINATION_UNREACHABLE. */
export const unreachableCodesV6 = { NO_ROUTE: 0, PROHIBITED: 1, ADDRESS: 3, PORT: 4 } as const

/** @param pseudoHeader - the pseudo-header's sum; zero for ICMP, which has none */
export function writeIcmp(
  message: IcmpMessage | Icmpv6Message,
  target: Uint8Array,
  at: number,
  pseudoHeader: number,
): void {
  target[at] = message.type
  target[at + 1] = message.code
  put16(target, at + 2, 0)
  put32(target, at + 4, message.rest)
  target.set(message.data, at + ICMP_HEADER_LENGTH)
  const end = at + ICMP_HEADER_LENGTH + message.data.length
  put16(target, at + 2, checksumOf(sumOf(target, at, end, pseudoHeader)))
}

export function readIcmp(bytes: Uint8Array, from: number, to: number): IcmpMessage {
  return { kind: 'icmp', ...readMessage(bytes, from, to, 0) }
}

export function readIcmpv6(bytes: Uint8Array, from: number, to: number, pseudoHeader: number): Icmpv6Message {
  return { kind: 'icmpv6', ...readMessage(bytes, from, to, pseudoHeader) }
}

function readMessage(bytes: Uint8Array, from: number, to: number, pseudoHeader: number): Omit<IcmpMessage, 'kind'> {
  if (to - from < ICMP_HEADER_LENGTH) throw new WireError(`an ICMP header of ${to - from} bytes`)
  if (checksumOf(sumOf(bytes, from, to, pseudoHeader)) !== 0) throw new WireError('a wrong ICMP checksum')
  return {
    type: bytes[from] as number,
    code: bytes[from + 1] as number,
    rest: get32(bytes, from + 4),
    data: bytes.subarray(from + ICMP_HEADER_LENGTH, to),
  }
}

/** The fields of the quoted packet by which its sender identifies it. */
export interface QuotedPacket {
  readonly source: string
  readonly destination: string
  readonly protocol: number
  /** Ports of TCP and UDP, or the identifier of an echo as `sourcePort`. */
  readonly sourcePort: number
  readonly destinationPort: number
  /** TCP's sequence number; unused for other protocols. */
  readonly sequence: number
}

/** @returns undefined if the bytes are not the beginning of a packet: such an error is ignored */
export function readQuotedPacket(bytes: Uint8Array): QuotedPacket | undefined {
  const version = (bytes[0] ?? 0) >> 4
  if (version !== 4 && version !== 6) return undefined
  const headerLength = version === 4 ? ((bytes[0] as number) & 0xf) * 4 : IPV6_HEADER_LENGTH
  if (headerLength < IPV4_HEADER_LENGTH || bytes.length < headerLength + 8) return undefined
  const protocol = bytes[version === 4 ? 9 : 6] as number
  const isEcho = protocol === ipProtocols.ICMP || protocol === ipProtocols.ICMPV6
  return {
    source: version === 4 ? getIp(bytes, 12, 4) : getIp(bytes, 8, 16),
    destination: version === 4 ? getIp(bytes, 16, 4) : getIp(bytes, 24, 16),
    protocol,
    sourcePort: get16(bytes, headerLength + (isEcho ? 4 : 0)),
    destinationPort: get16(bytes, headerLength + 2),
    sequence: get32(bytes, headerLength + 4),
  }
}
