// Which names are asked for in place of the one that a program gave. resolv.conf(5), RFC 1535.

import type { ResolverConfiguration } from '../../host/types.ts'

/** @returns the names to try, in order; those that end with a dot stand for themselves */
export function searchNames(
  name: string,
  { search, ndots }: Pick<ResolverConfiguration, 'search' | 'ndots'>,
): string[] {
  if (name.endsWith('.')) return [name]
  const longer = search.map(domain => (domain === '.' ? name : `${name}.${domain}`))
  const dots = name.split('.').length - 1
  return dots >= ndots ? [name, ...longer] : [...longer, name]
}
