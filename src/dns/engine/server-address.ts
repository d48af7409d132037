// Name servers as text: `192.0.2.1`, `192.0.2.1:5353`, `2001:db8::1`, `[2001:db8::1]:5353`. Source: Node's
// documentation, `dns.setServers()`.

import { formatIp, ipVersion, parseIp } from '../../core/ip.ts'

export interface ServerAddress {
  readonly address: string
  readonly port: number
  readonly family: 4 | 6
}

export const DNS_PORT = 53

/** @returns undefined: no address; the port is not checked for its range */
export function parseServer(text: string): ServerAddress | undefined {
  const whole = ipVersion(text)
  if (whole !== 0) return { address: text, port: DNS_PORT, family: whole }
  const bracketed = /^\[([^[\]]*)\](?::(\d+))?/.exec(text)
  if (bracketed !== null) {
    const address = bracketed[1] as string
    const family = ipVersion(address)
    return family === 0 ? undefined : { address, port: Number(bracketed[2] ?? 0) || DNS_PORT, family }
  }
  const colon = text.lastIndexOf(':')
  const digits = text.slice(colon + 1)
  if (colon === -1 || !/^\d+$/.test(digits)) return undefined
  const address = text.slice(0, colon)
  const family = ipVersion(address)
  return family === 0 ? undefined : { address, port: Number(digits) || DNS_PORT, family }
}

/** As `getServers()` gives it: without the port where it is 53. */
export function formatServer({ address, port, family }: ServerAddress): string {
  if (port === DNS_PORT) return address
  return family === 6 ? `[${address}]:${port}` : `${address}:${port}`
}

/** One text for one address, to compare senders by; a zone index stays. */
export function canonicalAddress(text: string): string {
  const [address, zone] = text.split('%', 2)
  const bytes = parseIp(address as string)
  if (bytes === undefined) return text
  return zone === undefined ? formatIp(bytes) : `${formatIp(bytes)}%${zone}`
}

/** Nobody off the path can answer for a server on this machine. */
export function isLoopback(address: string): boolean {
  return address.startsWith('127.') || canonicalAddress(address) === '::1'
}
