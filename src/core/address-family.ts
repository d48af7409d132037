// Filters a name's addresses by the family and hints of a look-up: getaddrinfo(3), as Node's `dns.lookup()` uses it.

import type { HostAddress, LookupOptions } from '../host/types.ts'

// `dns.ADDRCONFIG`, `dns.V4MAPPED` and `dns.ALL` as Linux numbers them.
export const V4MAPPED = 8
export const ALL = 16
export const ADDRCONFIG = 32

export function familyOf(address: string): 4 | 6 {
  return address.includes(':') ? 6 : 4
}

/** The addresses of the requested family; IPv4 addresses in their IPv4-mapped form where the hints ask for it. */
export function ofFamily(
  addresses: readonly HostAddress[],
  { family, hints }: Pick<LookupOptions, 'family' | 'hints'>,
): readonly HostAddress[] {
  if (family === 0) return addresses
  const wanted = addresses.filter(one => one.family === family)
  if (family === 4 || (hints & V4MAPPED) === 0 || (wanted.length > 0 && (hints & ALL) === 0)) return wanted
  const mapped = addresses
    .filter(one => one.family === 4)
    .map(({ address }) => ({ address: `::ffff:${address}`, family: 6 as const }))
  return [...wanted, ...mapped]
}
