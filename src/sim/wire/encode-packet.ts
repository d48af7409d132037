// Encodes a packet without a frame: for ICMP errors, which quote it, and for tunnels.

import { ipv4Length, writeIpv4 } from './ipv4.ts'
import { ipv6Length, writeIpv6 } from './ipv6.ts'
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
