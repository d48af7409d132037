// ARP for Ethernet and IPv4 (RFC 826).

import { WireError } from './error.ts'
import { get16, get32, getIp, getMac, put16, put32, putIp, putMac } from './fields.ts'
import type { ArpPacket } from './packets.ts'

export const arpLength = 28

export function writeArp(packet: ArpPacket, target: Uint8Array, at: number): void {
  put32(target, at, ETHERNET_AND_IPV4)
  put16(target, at + 4, SIZES)
  put16(target, at + 6, packet.operation === 'request' ? REQUEST : REPLY)
  putMac(target, at + 8, packet.senderMac)
  putIp(target, at + 14, packet.senderIp, 4)
  putMac(target, at + 18, packet.targetMac)
  putIp(target, at + 24, packet.targetIp, 4)
}

export function readArp(bytes: Uint8Array): ArpPacket {
  if (bytes.length < arpLength) throw new WireError(`ARP of ${bytes.length} bytes`)
  if (get32(bytes, 0) !== ETHERNET_AND_IPV4 || get16(bytes, 4) !== SIZES) {
    throw new WireError('ARP for other than Ethernet and IPv4')
  }
  const operation = get16(bytes, 6)
  if (operation !== REQUEST && operation !== REPLY) throw new WireError(`ARP operation ${operation}`)
  return {
    kind: 'arp',
    operation: operation === REQUEST ? 'request' : 'reply',
    senderMac: getMac(bytes, 8),
    senderIp: getIp(bytes, 14, 4),
    targetMac: getMac(bytes, 18),
    targetIp: getIp(bytes, 24, 4),
  }
}

const ETHERNET_AND_IPV4 = 0x0001_0800
/** The lengths of the addresses: six bytes of hardware address, four of protocol address. */
const SIZES = 0x0604
const REQUEST = 1
const REPLY = 2
