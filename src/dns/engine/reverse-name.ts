// The names under which addresses stand: RFC 1035 section 3.5, RFC 3596 section 2.5.

import { parseIp } from '../../core/ip.ts'

/** @returns undefined: no IP address */
export function reverseName(address: string): string | undefined {
  const bytes = parseIp(address)
  if (bytes === undefined) return undefined
  if (bytes.length === 4) return `${[...bytes].reverse().join('.')}.in-addr.arpa`
  const nibbles = [...bytes].reverse().flatMap(byte => [(byte & 15).toString(16), (byte >> 4).toString(16)])
  return `${nibbles.join('.')}.ip6.arpa`
}
