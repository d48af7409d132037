// Answers of lookup() that are kept, for one host: off until a program asks for it. Node has no such thing, and its users
// keep asking: every connection by name is a question to the system, on a thread of a small pool.

import { validateInteger, validateObject } from '../../core/validate.ts'
import { currentHost } from '../../host/current.ts'
import type { Host, HostAddress, LookupOptions } from '../../host/types.ts'
import { ExpiringMap } from '../engine/expiring-map.ts'
import {
  DEFAULT_CACHE_ENTRIES,
  LOOKUP_NEGATIVE_TTL_S,
  LOOKUP_TTL_S,
  MAX_CACHE_TTL_S,
  MAX_NEGATIVE_TTL_S,
} from '../engine/query-limits.ts'
import { type AddressesFound, lookUpOnHost } from './host-lookup.ts'

export interface LookupCacheOptions {
  /** Default 1000. */
  readonly maxEntries?: number | undefined
  /** Seconds that an answer is kept for which nobody says how long it holds: the system's. Default 10. */
  readonly ttl?: number | undefined
  /** The same for a name that the system does not know. Default 1. */
  readonly negativeTtl?: number | undefined
  /** Seconds that none is kept longer, whatever a name server says. Default: a week. */
  readonly maxTtl?: number | undefined
  /** Default: three hours. */
  readonly maxNegativeTtl?: number | undefined
}

const caches = new WeakMap<Host, LookupCache>()

/**
 * Keeps what lookup() finds on the current host, for all of the stack that stands on it (net, http, tls ...): `true` or
 * options; `false` forgets all, and keeps nothing from then on.
 *
 * @throws ERR_INVALID_ARG_TYPE, ERR_OUT_OF_RANGE
 */
export function setLookupCache(options: boolean | LookupCacheOptions): void {
  if (options === false) {
    caches.delete(currentHost())
    return
  }
  const given = options === true ? {} : options
  validateObject(given, 'options')
  if (given.maxEntries !== undefined) validateInteger(given.maxEntries, 'options.maxEntries', 1)
  for (const name of ['ttl', 'negativeTtl', 'maxTtl', 'maxNegativeTtl'] as const) {
    if (given[name] !== undefined) validateInteger(given[name], `options.${name}`, 0)
  }
  caches.set(currentHost(), new LookupCache(given))
}

/** The addresses of a name, out of the host's cache where it has one. */
export function lookUp(host: Host, name: string, options: LookupOptions, found: AddressesFound): void {
  const cache = caches.get(host)
  if (cache === undefined) lookUpOnHost(host, name, options, found)
  else cache.lookUp(host, name, options, found)
}

interface Result {
  readonly error: Error | null
  readonly addresses: readonly HostAddress[]
  readonly ttl: number | undefined
}

class LookupCache {
  readonly #options: LookupCacheOptions
  readonly #results: ExpiringMap<Result>
  /** The callbacks of pending look-ups: equal look-ups share one. */
  readonly #waiting = new Map<string, AddressesFound[]>()

  constructor(options: LookupCacheOptions) {
    this.#options = options
    this.#results = new ExpiringMap(options.maxEntries ?? DEFAULT_CACHE_ENTRIES)
  }

  lookUp(host: Host, name: string, options: LookupOptions, found: AddressesFound): void {
    const key = `${options.family} ${options.hints} ${name.toLowerCase()}`
    const known = this.#results.get(key, host.clock.monotonic())
    if (known !== undefined) {
      process.nextTick(tell, found, known.value)
      return
    }
    const waiting = this.#waiting.get(key)
    if (waiting !== undefined) {
      waiting.push(found)
      return
    }
    const all = [found]
    this.#waiting.set(key, all)
    lookUpOnHost(host, name, options, (error, addresses, ttl) => {
      this.#waiting.delete(key)
      const result = { error, addresses, ttl }
      this.#results.set(key, result, host.clock.monotonic(), this.#secondsOf(result) * 1000)
      // One that throws must not keep the answer from the others.
      for (const one of all) process.nextTick(tell, one, result)
    })
  }

  #secondsOf({ error, ttl }: Result): number {
    const { maxTtl, maxNegativeTtl } = this.#options
    if (error === null) return Math.min(ttl ?? this.#options.ttl ?? LOOKUP_TTL_S, maxTtl ?? MAX_CACHE_TTL_S)
    // A temporary failure is not cached.
    if ((error as NodeJS.ErrnoException).code !== 'ENOTFOUND') return 0
    const seconds = ttl ?? this.#options.negativeTtl ?? LOOKUP_NEGATIVE_TTL_S
    return Math.min(seconds, maxNegativeTtl ?? MAX_NEGATIVE_TTL_S)
  }
}

/** Copies: what a program does to its addresses, or to an error, must not reach the next one. */
function tell(found: AddressesFound, { error, addresses, ttl }: Result): void {
  if (error === null)
    found(
      null,
      addresses.map(({ address, family }) => ({ address, family })),
      ttl,
    )
  else found(Object.assign(new Error(error.message), error), [], ttl)
}
