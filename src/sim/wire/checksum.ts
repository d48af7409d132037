// The Internet checksum (RFC 1071), and the pseudo-headers that the checksums of TCP, UDP and ICMPv6 cover.

import type { IpPacket } from './packets.ts'

/** The sum of 16-bit words, not folded yet; an odd byte at the end counts as if a zero followed. */
export function sumOf(bytes: Uint8Array, from: number, to: number, start = 0): number {
  let sum = start
  let at = from
  // 2^53 holds the sum of far more words than a packet has.
  for (; at + 1 < to; at += 2) sum += ((bytes[at] as number) << 8) | (bytes[at + 1] as number)
  if (at < to) sum += (bytes[at] as number) << 8
  return sum
}

/** The value for the header: the ones' complement of the folded sum. */
export function checksumOf(sum: number): number {
  let folded = sum
  while (folded > 0xffff) folded = (folded & 0xffff) + Math.floor(folded / 0x10000)
  return ~folded & 0xffff
}

/**
 * RFC 9293 section 3.1 for IPv4, RFC 8200 section 8.1 for IPv6: they differ in their layout, not in their sum.
 * @param addresses - the packet's header, as bytes, in which source and destination are adjacent
 */
export function pseudoHeaderSum(
  kind: IpPacket['kind'],
  addresses: Uint8Array,
  at: number,
  protocol: number,
  length: number,
): number {
  return sumOf(addresses, at, at + (kind === 'ipv4' ? 8 : 32), protocol + length)
}
