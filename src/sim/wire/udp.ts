// UDP datagrams (RFC 768).

import { checksumOf, sumOf } from './checksum.ts'
import { WireError } from './error.ts'
import { get16, put16 } from './fields.ts'
import type { IpPacket, UdpDatagram } from './packets.ts'

export const UDP_HEADER_LENGTH = 8

export function writeUdp(datagram: UdpDatagram, target: Uint8Array, at: number, pseudoHeader: number): void {
  const length = UDP_HEADER_LENGTH + datagram.data.length
  put16(target, at, datagram.sourcePort)
  put16(target, at + 2, datagram.destinationPort)
  put16(target, at + 4, length)
  put16(target, at + 6, 0)
  target.set(datagram.data, at + UDP_HEADER_LENGTH)
  // Zero would mean that there is no checksum.
  put16(target, at + 6, checksumOf(sumOf(target, at, at + length, pseudoHeader)) || 0xffff)
}

export function readUdp(
  bytes: Uint8Array,
  from: number,
  to: number,
  kind: IpPacket['kind'],
  pseudoHeader: number,
): UdpDatagram {
  if (to - from < UDP_HEADER_LENGTH) throw new WireError(`a UDP header of ${to - from} bytes`)
  const length = get16(bytes, from + 4)
  if (length !== to - from) throw new WireError(`a UDP length of ${length} bytes in a payload of ${to - from}`)
  // The checksum is optional over IPv4, and mandatory over IPv6: RFC 8200 section 8.1.
  const hasChecksum = get16(bytes, from + 6) !== 0 || kind === 'ipv6'
  if (hasChecksum && checksumOf(sumOf(bytes, from, to, pseudoHeader)) !== 0) throw new WireError('a wrong UDP checksum')
  return {
    kind: 'udp',
    sourcePort: get16(bytes, from),
    destinationPort: get16(bytes, from + 2),
    data: bytes.subarray(from + UDP_HEADER_LENGTH, to),
  }
}
