// The order in which a client tries a name's addresses: RFC 6724, with the policy table of its section 2.1. Of the rules for
// destination addresses, those that a host has the data for are implemented: avoid unusable destinations (1), scope (2, 8),
// label (5), precedence (6), longest matching prefix (9). Of the rules for source addresses: same address, scope, label,
// longest matching prefix.

import { parseIp } from './ip.ts'

type Bytes = Uint8Array

/** Prefix, its length, precedence, label. */
const policies: readonly (readonly [Bytes, number, number, number])[] = (
  [
    ['::1', 128, 50, 0],
    ['::ffff:0:0', 96, 35, 4],
    ['2002::', 16, 30, 2],
    ['2001::', 32, 5, 5],
    ['fc00::', 7, 3, 13],
    ['::', 96, 1, 3],
    ['fec0::', 10, 1, 11],
    ['3ffe::', 16, 1, 12],
    ['::', 0, 40, 1],
  ] as const
).map(([prefix, length, precedence, label]) => [parseIp(prefix) as Bytes, length, precedence, label])

/** RFC 4291 section 2.7. */
const scopes = { linkLocal: 0x2, siteLocal: 0x5, global: 0xe } as const

interface Destination<Given> {
  readonly given: Given
  readonly address: Bytes
  readonly source: Bytes | undefined
}

/** @param sourceFor - returns the source address of a packet to `destination`; undefined: there is no route */
export function inAddressOrder<Given extends { readonly address: string }>(
  addresses: readonly Given[],
  sourceFor: (destination: string) => string | undefined,
): Given[] {
  if (addresses.length < 2) return [...addresses]
  const destinations = addresses.flatMap((given): Destination<Given>[] => {
    const address = mapped(given.address)
    const source = sourceFor(given.address)
    return address === undefined ? [] : [{ given, address, source: source === undefined ? undefined : mapped(source) }]
  })
  // Rule 10: equal addresses stay in the order of the answer; sort() is stable.
  return destinations.sort(compare).map(({ given }) => given)
}

/** For a machine whose routes are unknown: its own address of the same family that matches best in scope, label and prefix. */
export function nearestAmong(own: readonly string[]): (destination: string) => string | undefined {
  const sources = own.flatMap(text => {
    const address = mapped(text)
    return address === undefined ? [] : [{ text, address }]
  })
  return destination => {
    const address = mapped(destination)
    return address && nearestTo(address, sources)?.text
  }
}

/** Negative: `a` comes before `b`. */
function compare(a: Destination<unknown>, b: Destination<unknown>): number {
  if (a.source === undefined || b.source === undefined) {
    return Number(a.source === undefined) - Number(b.source === undefined)
  }
  const [aScope, bScope] = [scopeOf(a.address), scopeOf(b.address)]
  const [aPolicy, bPolicy] = [policyOf(a.address), policyOf(b.address)]
  return (
    Number(bScope === scopeOf(b.source)) - Number(aScope === scopeOf(a.source)) ||
    Number(bPolicy.label === policyOf(b.source).label) - Number(aPolicy.label === policyOf(a.source).label) ||
    bPolicy.precedence - aPolicy.precedence ||
    aScope - bScope ||
    (isIPv4(a.address) || isIPv4(b.address) ? 0 : commonPrefix(b.address, b.source) - commonPrefix(a.address, a.source))
  )
}

function nearestTo<Source extends { readonly address: Bytes }>(
  destination: Bytes,
  own: readonly Source[],
): Source | undefined {
  const scope = scopeOf(destination)
  const { label } = policyOf(destination)
  let best: Source | undefined
  let bestRank = -1
  for (const one of own) {
    const source = one.address
    if (isIPv4(source) !== isIPv4(destination)) continue
    const same = Number(scopeOf(source) === scope)
    const rank = same * 1000 + Number(policyOf(source).label === label) * 500 + commonPrefix(source, destination)
    if (rank > bestRank) {
      best = one
      bestRank = rank
    }
  }
  return best
}

function policyOf(address: Bytes): { precedence: number; label: number } {
  for (const [prefix, length, precedence, label] of policies) {
    if (commonPrefix(prefix, address) >= length) return { precedence, label }
  }
  return { precedence: 40, label: 1 }
}

/** Sections 3.1 and 3.2: IPv4's loopback and 169.254/16 are link-local, all other IPv4 addresses are global. */
function scopeOf(address: Bytes): number {
  const [first, second] = isIPv4(address) ? [address[12], address[13]] : [address[0], address[1]]
  if (isIPv4(address)) return first === 127 || (first === 169 && second === 254) ? scopes.linkLocal : scopes.global
  if (first === 0xff) return (second as number) & 0x0f
  if (first === 0xfe && ((second as number) & 0xc0) === 0x80) return scopes.linkLocal
  if (first === 0xfe && ((second as number) & 0xc0) === 0xc0) return scopes.siteLocal
  const isLoopback = address.every((byte, i) => byte === (i === 15 ? 1 : 0))
  return isLoopback ? scopes.linkLocal : scopes.global
}

function isIPv4(address: Bytes): boolean {
  for (let i = 0; i < 10; i++) if (address[i] !== 0) return false
  return address[10] === 0xff && address[11] === 0xff
}

function commonPrefix(a: Bytes, b: Bytes): number {
  for (let i = 0; i < 16; i++) {
    const difference = (a[i] as number) ^ (b[i] as number)
    if (difference !== 0) return i * 8 + Math.clz32(difference) - 24
  }
  return 128
}

/** 16 bytes: an IPv4 address in its mapped form. A zone index is ignored. */
function mapped(text: string): Bytes | undefined {
  const bytes = parseIp(text.split('%', 1)[0] as string)
  if (bytes === undefined || bytes.length === 16) return bytes
  const address = new Uint8Array(16).fill(0xff, 10, 12)
  address.set(bytes, 12)
  return address
}
