// net.isIP and kin: Node takes anything, and what is no string is turned into one.

import * as ip from '../core/ip.ts'

/** 4, 6, or 0. */
export function isIP(input: string): 0 | 4 | 6 {
  return ip.ipVersion(`${input}`)
}

export function isIPv4(input: string): boolean {
  return ip.isIPv4(`${input}`)
}

export function isIPv6(input: string): boolean {
  return ip.isIPv6(`${input}`)
}
