// A memory host's name service: its hosts file, then the names of the machines on its network. Errors are getaddrinfo's.

import { isMappedIPv4, parseIp } from '../../core/ip.ts'
import type { HostAddress, LookupOptions } from '../types.ts'

/** Names with their addresses, as a hosts file has them. */
export type HostsFile = Readonly<Record<string, string | readonly string[]>>

export const loopbackNames: HostsFile = { localhost: ['127.0.0.1', '::1'] }

export class MemoryNames {
  readonly #addresses = new Map<string, readonly string[]>()

  constructor(...files: readonly HostsFile[]) {
    for (const file of files) {
      for (const [name, addresses] of Object.entries(file)) {
        this.#addresses.set(canonicalName(name), typeof addresses === 'string' ? [addresses] : addresses)
      }
    }
  }

  addresses(name: string): readonly string[] {
    return this.#addresses.get(canonicalName(name)) ?? []
  }

  name(address: string): string | undefined {
    for (const [name, addresses] of this.#addresses) if (addresses.includes(address)) return name
    return undefined
  }
}

/** Picks among a name's addresses what the caller asked for: family, mapped addresses, configured families only. */
export function selectAddresses(
  addresses: readonly string[],
  { family, hints }: LookupOptions,
  isConfigured: (family: 4 | 6) => boolean,
): HostAddress[] {
  let all = addresses.map(address => ({ address, family: familyOf(address) }))
  if (hints & ADDRCONFIG) {
    const reachable = all.filter(one => isConfigured(one.family))
    if (reachable.length > 0) all = reachable
  }
  if (family === 0) return all
  const wanted = all.filter(one => one.family === family)
  const mapsIPv4 = family === 6 && (hints & V4MAPPED) !== 0 && (wanted.length === 0 || (hints & ALL) !== 0)
  if (!mapsIPv4) return wanted
  const mapped = all
    .filter(one => one.family === 4)
    .map(one => ({ address: `::ffff:${one.address}`, family: 6 as const }))
  return [...wanted, ...mapped]
}

/** `getaddrinfo ENOTFOUND name` as `dns.lookup` gives it; the number is libuv's for EAI_NONAME. */
export function nameNotFound(hostname: string): Error {
  const error = new Error(`getaddrinfo ENOTFOUND ${hostname}`)
  Error.captureStackTrace(error, nameNotFound)
  return Object.assign(error, { errno: -3008, code: 'ENOTFOUND', syscall: 'getaddrinfo', hostname })
}

/** As getnameinfo has it from the services file. */
export function serviceName(port: number): string {
  return services[port] ?? String(port)
}

export function familyOf(address: string): 4 | 6 {
  return address.includes(':') ? 6 : 4
}

/** ::ffff:a.b.c.d as a.b.c.d. */
export function unmapped(address: string): string {
  const bytes = familyOf(address) === 6 ? parseIp(address) : undefined
  return bytes !== undefined && isMappedIPv4(bytes) ? bytes.subarray(12).join('.') : address
}

function canonicalName(name: string): string {
  const lower = name.toLowerCase()
  return lower.endsWith('.') ? lower.slice(0, -1) : lower
}

const services: Readonly<Record<number, string>> = { 22: 'ssh', 25: 'smtp', 53: 'domain', 80: 'http', 443: 'https' }

// `dns.ADDRCONFIG` and kin as Linux numbers them.
const V4MAPPED = 8
const ALL = 16
const ADDRCONFIG = 32
