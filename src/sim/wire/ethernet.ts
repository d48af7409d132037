// Ethernet II frames (RFC 894, RFC 2464) as bytes, without preamble, padding and frame check sequence: as a capture shows them.

import { arpLength, readArp, writeArp } from './arp.ts'
import { WireError } from './error.ts'
import { get16, getMac, put16, putMac } from './fields.ts'
import { ipv4Length, readIpv4, writeIpv4 } from './ipv4.ts'
import { ipv6Length, readIpv6, writeIpv6 } from './ipv6.ts'
import { etherTypes, type Frame, type FramePayload, type OpaquePayload } from './packets.ts'

export const ETHERNET_HEADER_LENGTH = 14

/** The frame's size in bytes, without encoding it. */
export function frameLength(frame: Frame): number {
  return ETHERNET_HEADER_LENGTH + payloadLength(frame.payload)
}

export function encodeFrame(frame: Frame): Uint8Array {
  const bytes = new Uint8Array(frameLength(frame))
  putMac(bytes, 0, frame.destination)
  putMac(bytes, 6, frame.source)
  put16(bytes, 12, etherTypeOf(frame.payload))
  writePayload(frame.payload, bytes, ETHERNET_HEADER_LENGTH)
  return bytes
}

/** Throws a WireError for what is malformed or has a wrong checksum. */
export function decodeFrame(bytes: Uint8Array): Frame {
  const frame = opaqueFrame(bytes)
  return { ...frame, payload: readPayload(frame.payload) }
}

/** The frame with its payload not decoded: for a frame that was corrupted, or comes from a tunnel. */
export function opaqueFrame(bytes: Uint8Array): Frame & { readonly payload: OpaquePayload } {
  if (bytes.length < ETHERNET_HEADER_LENGTH) throw new WireError(`a frame of ${bytes.length} bytes`)
  return {
    source: getMac(bytes, 6),
    destination: getMac(bytes, 0),
    payload: { kind: 'opaque', etherType: get16(bytes, 12), bytes: bytes.slice(ETHERNET_HEADER_LENGTH) },
  }
}

/** Decodes a payload of bytes. Those of unknown protocols stay as they are. */
export function readPayload(payload: OpaquePayload): FramePayload {
  switch (payload.etherType) {
    case etherTypes.IPV4:
      return readIpv4(payload.bytes)
    case etherTypes.IPV6:
      return readIpv6(payload.bytes)
    case etherTypes.ARP:
      return readArp(payload.bytes)
    default:
      return payload
  }
}

/** The size of the packet in a frame, which the MTU limits. */
export function payloadLength(payload: FramePayload): number {
  switch (payload.kind) {
    case 'ipv4':
      return ipv4Length(payload)
    case 'ipv6':
      return ipv6Length(payload)
    case 'arp':
      return arpLength
    case 'opaque':
      return payload.bytes.length
  }
}

function etherTypeOf(payload: FramePayload): number {
  switch (payload.kind) {
    case 'ipv4':
      return etherTypes.IPV4
    case 'ipv6':
      return etherTypes.IPV6
    case 'arp':
      return etherTypes.ARP
    case 'opaque':
      return payload.etherType
  }
}

function writePayload(payload: FramePayload, target: Uint8Array, at: number): void {
  switch (payload.kind) {
    case 'ipv4':
      writeIpv4(payload, target, at)
      break
    case 'ipv6':
      writeIpv6(payload, target, at)
      break
    case 'arp':
      writeArp(payload, target, at)
      break
    case 'opaque':
      target.set(payload.bytes, at)
  }
}
