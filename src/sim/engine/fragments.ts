// Fragmentation and reassembly of IP packets (RFC 791 section 3.2, RFC 8200 section 4.5; overlaps as in RFC 5722: a packet with
// overlapping fragments is dropped).

import type { Nanoseconds } from '../types.ts'
import { WireError } from '../wire/error.ts'
import { putIp } from '../wire/fields.ts'
import { ipPayloadLength, protocolOf, readIpPayload, writeIpPayload } from '../wire/ip-payload.ts'
import { LARGEST_IPV4_PACKET } from '../wire/ipv4.ts'
import { FRAGMENT_HEADER_LENGTH } from '../wire/ipv6.ts'
import { IPV4_HEADER_LENGTH, IPV6_HEADER_LENGTH, type IpPacket } from '../wire/packets.ts'
import { fragmentLimits } from './fragment-limits.ts'

/** A packet in as many parts as it takes for none to be above `mtu`; parts may be split again. */
export function splitPacket(packet: IpPacket, mtu: number): IpPacket[] {
  const header = packet.kind === 'ipv4' ? IPV4_HEADER_LENGTH : IPV6_HEADER_LENGTH + FRAGMENT_HEADER_LENGTH
  const size = Math.max((mtu - header) & ~7, 8)
  const bytes = payloadBytes(packet)
  const protocol = protocolOf(packet.payload)
  const start = packet.fragment?.offset ?? 0
  const isCutShort = packet.fragment?.hasMore === true
  const parts: IpPacket[] = []
  for (let at = 0; at < bytes.length; at += size) {
    const fragment = { offset: start + at, hasMore: isCutShort || at + size < bytes.length }
    parts.push({ ...packet, fragment, payload: { kind: 'data', protocol, bytes: bytes.subarray(at, at + size) } })
  }
  return parts
}

interface Pending {
  readonly since: Nanoseconds
  readonly first: IpPacket
  readonly pieces: { readonly offset: number; readonly bytes: Uint8Array }[]
  size: number
  /** Known once the last fragment is here. */
  total: number | undefined
}

export class Reassembler {
  /** In order of their first fragments. */
  readonly #pending = new Map<string, Pending>()
  #bytes = 0

  /** Packets that wait for the rest of them. */
  get size(): number {
    return this.#pending.size
  }

  /** When `expire` is to be called; Infinity: not. */
  get deadline(): Nanoseconds {
    for (const { since } of this.#pending.values()) return since + fragmentLimits.timeout
    return Number.POSITIVE_INFINITY
  }

  /** @returns the whole packet, once all of it is here and well-formed */
  receive(packet: IpPacket, now: Nanoseconds): IpPacket | undefined {
    const { fragment: place, payload } = packet
    if (place === undefined || payload.kind !== 'data') return packet
    const key = `${packet.source}>${packet.destination}#${packet.identification}/${payload.protocol}`
    const end = place.offset + payload.bytes.length
    const isOdd = place.hasMore && payload.bytes.length % 8 !== 0
    if (isOdd || end > LARGEST_IPV4_PACKET - IPV4_HEADER_LENGTH || payload.bytes.length === 0) {
      this.#forget(key)
      return undefined
    }
    let pending = this.#pending.get(key)
    if (pending === undefined) {
      pending = { since: now, first: packet, pieces: [], size: 0, total: undefined }
      this.#pending.set(key, pending)
    }
    if (!this.#add(pending, place.offset, payload.bytes, place.hasMore)) {
      this.#forget(key)
      return undefined
    }
    if (pending.size === pending.total) {
      this.#forget(key)
      return whole(pending)
    }
    this.#makeRoom()
    return undefined
  }

  /** @returns false: it contradicts what is here */
  #add(pending: Pending, offset: number, bytes: Uint8Array, hasMore: boolean): boolean {
    const end = offset + bytes.length
    const { pieces } = pending
    const same = pieces.find(piece => piece.offset === offset && piece.bytes.length === bytes.length)
    // A duplicate: links make them.
    if (same !== undefined) return true
    if (pieces.length >= fragmentLimits.parts) return false
    if (pieces.some(piece => offset < piece.offset + piece.bytes.length && piece.offset < end)) return false
    if (!hasMore && pending.total !== undefined) return false
    if (!hasMore) pending.total = end
    if (pending.total !== undefined && (end > pending.total || pieces.some(piece => piece.offset >= end && !hasMore))) {
      return false
    }
    pieces.push({ offset, bytes })
    pending.size += bytes.length
    this.#bytes += bytes.length
    return true
  }

  /** Parts whose others never came are dropped. */
  expire(now: Nanoseconds): void {
    for (const [key, { since }] of this.#pending) {
      if (now - since < fragmentLimits.timeout) return
      this.#forget(key)
    }
  }

  #makeRoom(): void {
    for (const key of this.#pending.keys()) {
      if (this.#pending.size <= fragmentLimits.packets && this.#bytes <= fragmentLimits.bytes) return
      this.#forget(key)
    }
  }

  #forget(key: string): void {
    const pending = this.#pending.get(key)
    if (pending === undefined) return
    this.#pending.delete(key)
    this.#bytes -= pending.size
  }
}

function whole({ first, pieces, size }: Pending): IpPacket | undefined {
  const bytes = new Uint8Array(size)
  for (const piece of pieces) bytes.set(piece.bytes, piece.offset)
  const protocol = protocolOf(first.payload)
  // The payload's checksum takes the addresses in.
  const addressed = new Uint8Array(32 + size)
  writeAddresses(first, addressed)
  addressed.set(bytes, 32)
  try {
    const payload = readIpPayload(first.kind, protocol, addressed, 32, 32 + size, 0)
    return { ...first, fragment: undefined, payload }
  } catch (error) {
    if (error instanceof WireError) return undefined
    throw error
  }
}

function payloadBytes(packet: IpPacket): Uint8Array {
  const length = ipPayloadLength(packet.payload)
  const target = new Uint8Array(32 + length)
  writeAddresses(packet, target)
  writeIpPayload(packet.kind, packet.payload, target, 32, 0)
  return target.subarray(32)
}

function writeAddresses(packet: IpPacket, target: Uint8Array): void {
  const size = packet.kind === 'ipv4' ? 4 : 16
  putIp(target, 0, packet.source, size)
  putIp(target, size, packet.destination, size)
}
