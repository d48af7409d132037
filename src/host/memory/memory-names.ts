// The hosts file of a memory host, and the selection of a look-up's addresses. Errors are getaddrinfo's.

import { ADDRCONFIG, familyOf, ofFamily } from '../../core/address-family.ts'
import { inAddressOrder } from '../../core/address-order.ts'
import { isMappedIPv4, parseIp } from '../../core/ip.ts'
import type { HostAddress, LookupOptions } from '../types.ts'

/** Names and their addresses, as in a hosts file. */
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

/**
 * Selects a name's addresses by the caller's options, in the order of RFC 6724.
 * @param sourceFor - see `inAddressOrder`
 */
export function selectAddresses(
  addresses: readonly string[],
  options: LookupOptions,
  isConfigured: (family: 4 | 6) => boolean,
  sourceFor: (destination: string) => string | undefined,
): HostAddress[] {
  const all = addresses.map(address => ({ address, family: familyOf(address) }))
  const sorted = inAddressOrder(all, sourceFor)
  const reachable = (options.hints & ADDRCONFIG) === 0 ? [] : sorted.filter(one => isConfigured(one.family))
  return [...ofFamily(reachable.length > 0 ? reachable : sorted, options)]
}

/** `getaddrinfo ENOTFOUND name` as `dns.lookup` reports it; the errno is libuv's for EAI_NONAME. */
export function nameNotFound(hostname: string): Error {
  const error = new Error(`getaddrinfo ENOTFOUND ${hostname}`)
  Error.captureStackTrace(error, nameNotFound)
  return Object.assign(error, { errno: -3008, code: 'ENOTFOUND', syscall: 'getaddrinfo', hostname })
}

/** The service name of a port, as getnameinfo reads it from the services file. */
export function serviceName(port: number): string {
  return services[port] ?? String(port)
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
