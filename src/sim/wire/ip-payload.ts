// IP payloads by protocol number, the same for both versions. Checksums that cover the addresses read them from the IP header's
// bytes.

import { pseudoHeaderSum } from './checksum.ts'
import { ICMP_HEADER_LENGTH, readIcmp, readIcmpv6, writeIcmp } from './icmp-message.ts'
import { type IpPacket, type IpPayload, ipProtocols } from './packets.ts'
import { readTcp, tcpHeaderLength, writeTcp } from './tcp-segment.ts'
import { readUdp, UDP_HEADER_LENGTH, writeUdp } from './udp.ts'

export function ipPayloadLength(payload: IpPayload): number {
  switch (payload.kind) {
    case 'tcp':
      return tcpHeaderLength(payload.options) + payload.data.length
    case 'udp':
      return UDP_HEADER_LENGTH + payload.data.length
    case 'data':
      return payload.bytes.length
    default:
      return ICMP_HEADER_LENGTH + payload.data.length
  }
}

export function protocolOf(payload: IpPayload): number {
  switch (payload.kind) {
    case 'tcp':
      return ipProtocols.TCP
    case 'udp':
      return ipProtocols.UDP
    case 'icmp':
      return ipProtocols.ICMP
    case 'icmpv6':
      return ipProtocols.ICMPV6
    case 'data':
      return payload.protocol
  }
}

/** @param addressesAt - the offset of source and destination in `target` */
export function writeIpPayload(
  kind: IpPacket['kind'],
  payload: IpPayload,
  target: Uint8Array,
  at: number,
  addressesAt: number,
): void {
  if (payload.kind === 'data') {
    target.set(payload.bytes, at)
    return
  }
  const length = ipPayloadLength(payload)
  const pseudo = pseudoHeaderSum(kind, target, addressesAt, protocolOf(payload), length)
  if (payload.kind === 'tcp') writeTcp(payload, target, at, pseudo)
  else if (payload.kind === 'udp') writeUdp(payload, target, at, pseudo)
  else writeIcmp(payload, target, at, payload.kind === 'icmp' ? 0 : pseudo)
}

export function readIpPayload(
  kind: IpPacket['kind'],
  protocol: number,
  bytes: Uint8Array,
  from: number,
  to: number,
  addressesAt: number,
): IpPayload {
  const pseudo = pseudoHeaderSum(kind, bytes, addressesAt, protocol, to - from)
  if (protocol === ipProtocols.TCP) return readTcp(bytes, from, to, pseudo)
  if (protocol === ipProtocols.UDP) return readUdp(bytes, from, to, kind, pseudo)
  if (protocol === ipProtocols.ICMP && kind === 'ipv4') return readIcmp(bytes, from, to)
  if (protocol === ipProtocols.ICMPV6 && kind === 'ipv6') return readIcmpv6(bytes, from, to, pseudo)
  return { kind: 'data', protocol, bytes: bytes.subarray(from, to) }
}
