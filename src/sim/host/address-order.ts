// In which order a name's addresses are tried: RFC 6724 section 6, the rules that tell anything here. There are no deprecated
// or temporary addresses and no tunnels of the system's own, so rules 3, 4 and 7 have nothing to say.

import { parseIp } from '../../core/ip.ts'

/** @param sourceFor - the address that a packet to a destination bears; undefined: there is no way */
export function sortDestinations(
  addresses: readonly string[],
  sourceFor: (destination: string) => string | undefined,
): string[] {
  const rated = addresses.map((address, index) => {
    const source = sourceFor(address)
    return {
      address,
      index,
      isReachable: source !== undefined,
      isOfScope: source !== undefined && scopeOf(source) === scopeOf(address),
      precedence: precedenceOf(address),
      scope: scopeOf(address),
      common: source !== undefined && address.includes(':') && source.includes(':') ? commonPrefix(address, source) : 0,
    }
  })
  rated.sort(
    (one, other) =>
      Number(other.isReachable) - Number(one.isReachable) ||
      Number(other.isOfScope) - Number(one.isOfScope) ||
      other.precedence - one.precedence ||
      one.scope - other.scope ||
      other.common - one.common ||
      one.index - other.index,
  )
  return rated.map(({ address }) => address)
}

/** Section 2.1, the default policy table. */
function precedenceOf(address: string): number {
  if (address === '::1') return 50
  if (!address.includes(':')) return 35
  if (address.startsWith('2002:')) return 30
  if (address.startsWith('2001:0:') || address.startsWith('2001::')) return 5
  const first = Number.parseInt(address, 16)
  return (first & 0xfe00) === 0xfc00 ? 3 : 40
}

/** Section 3.1: link-local 2, global 14. Private addresses are global ones here (section 3.2). */
function scopeOf(address: string): number {
  if (!address.includes(':')) return address.startsWith('169.254.') || address.startsWith('127.') ? 2 : 14
  if (address === '::1') return 2
  return (Number.parseInt(address, 16) & 0xffc0) === 0xfe80 ? 2 : 14
}

function commonPrefix(one: string, other: string): number {
  const [left, right] = [parseIp(one), parseIp(other)]
  if (left === undefined || right === undefined) return 0
  for (let index = 0; index < 8; index++) {
    const difference = (left[index] as number) ^ (right[index] as number)
    if (difference !== 0) return 8 * index + Math.clz32(difference) - 24
  }
  return 64
}
