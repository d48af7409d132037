// The addresses of a name, as lookup() wants them: what the host's own name service says, and on hosts whose service does not
// ask name servers (a simulated machine has a hosts file and a list of servers) what those say, in the order of RFC 6724.

import { ADDRCONFIG, ofFamily, V4MAPPED } from '../../core/address-family.ts'
import { inAddressOrder, nearestAmong } from '../../core/address-order.ts'
import type { Host, HostAddress, LookupOptions, ResolverConfiguration } from '../../host/types.ts'
import type { Answer } from '../engine/cache.ts'
import { HOST_LOOKUP_TRIES } from '../engine/query-limits.ts'
import { searchNames } from '../engine/search-list.ts'
import { isLocalName, isOnionName } from '../engine/special-names.ts'
import { Channel } from '../resolver/channel.ts'
import { systemConfiguration } from '../resolver/system-configuration.ts'
import { asciiName } from './ascii-name.ts'

/** @param ttl - seconds that the answer holds; undefined: nobody said */
export type AddressesFound = (error: Error | null, addresses: readonly HostAddress[], ttl: number | undefined) => void

/** @param found - called on a later turn, once */
export function lookUpOnHost(host: Host, name: string, options: LookupOptions, found: AddressesFound): void {
  host.lookup(name, options, (error, addresses) => {
    if (host.asksNameServers || !error) found(error, addresses, undefined)
    else if (host.nameServers().length === 0 || isLocalName(name) || isOnionName(name)) found(error, [], undefined)
    else new ServerLookup(host, name, options, error, found).start()
  })
}

type AddressType = 'A' | 'AAAA'

/** One name's way through the search list, both families at a time. */
class ServerLookup {
  readonly #host: Host
  readonly #name: string
  readonly #options: LookupOptions
  readonly #notFound: Error
  readonly #found: AddressesFound
  readonly #types: readonly AddressType[]
  readonly #channel: Channel
  readonly #names: string[]
  /** What says that the names so far are not there: the search list's later ones count only as long as that holds. */
  readonly #negative: Answer[] = []
  /** Of one of the names a server could not say. */
  #hasFailed = false

  constructor(host: Host, name: string, options: LookupOptions, notFound: Error, found: AddressesFound) {
    this.#host = host
    this.#name = name
    this.#options = options
    this.#notFound = notFound
    this.#found = found
    this.#types = typesOf(options, host)
    this.#channel = channelOf(host)
    const ascii = asciiName(name)
    this.#names = ascii === undefined ? [] : searchNames(ascii, systemConfiguration(host) ?? noSearch)
  }

  start(): void {
    this.#next()
  }

  #next(): void {
    const name = this.#names.shift()
    // No server can be asked for it.
    if (name === undefined) {
      this.#found(this.#notFound, [], undefined)
      return
    }
    const answers: Answer[] = []
    for (const type of this.#types) {
      this.#channel.ask(name, type, answer => {
        answers.push(answer)
        if (answers.length === this.#types.length) this.#receive(answers)
      })
    }
  }

  #receive(answers: readonly Answer[]): void {
    const records = answers.flatMap(answer => (answer.kind === 'records' ? answer.records : []))
    const addresses = records.flatMap((record): HostAddress[] => {
      if (record.type === 'A') return [{ address: record.address, family: 4 }]
      return record.type === 'AAAA' ? [{ address: record.address, family: 6 }] : []
    })
    const own = this.#host.interfaces().map(({ address }) => address)
    const wanted = ofFamily(inAddressOrder(addresses, nearestAmong(own)), this.#options)
    if (wanted.length > 0) {
      this.#found(null, wanted, leastTtl([...this.#negative, ...answers.filter(({ kind }) => kind === 'records')]))
      return
    }
    const failures = answers.flatMap(answer => (answer.kind === 'failure' ? [answer] : []))
    this.#negative.push(...answers)
    const isUnknown = failures.every(({ code }) => code === 'ENOTFOUND' || code === 'ENODATA')
    if (!isUnknown) this.#hasFailed = true
    // Servers that refuse or fail may do so for this name alone; those that do not answer will not for the next one.
    const isSilent = failures.some(({ code }) => code === 'ETIMEOUT' || code === 'ECONNREFUSED')
    if (this.#names.length > 0 && !isSilent) this.#next()
    else if (this.#hasFailed) this.#found(tryAgain(this.#name), [], undefined)
    else this.#found(this.#notFound, [], leastTtl(this.#negative))
  }
}

/** Seconds that all of them hold, their aliases too; undefined: of one nobody said. */
function leastTtl(answers: readonly Answer[]): number | undefined {
  let least = Number.MAX_SAFE_INTEGER
  for (const { ttl } of answers) {
    if (ttl === undefined) return undefined
    least = Math.min(least, ttl)
  }
  return least
}

function typesOf({ family, hints }: LookupOptions, host: Host): readonly AddressType[] {
  const wants4 = family !== 6 || (hints & V4MAPPED) !== 0
  const wants6 = family !== 4
  const all: AddressType[] = [...(wants4 ? ['A' as const] : []), ...(wants6 ? ['AAAA' as const] : [])]
  if ((hints & ADDRCONFIG) === 0) return all
  // RFC 3493 section 6.1: the loopback device does not count.
  const own = new Set(host.interfaces().flatMap(({ internal, family: has }) => (internal ? [] : [has])))
  const configured = all.filter(type => own.has(type === 'A' ? 4 : 6))
  return configured.length > 0 ? configured : all
}

const channels = new WeakMap<Host, { readonly servers: string; readonly channel: Channel }>()

/** One for each host, and a new one when its servers have changed. */
function channelOf(host: Host): Channel {
  const servers = host.nameServers().join()
  const known = channels.get(host)
  if (known?.servers === servers) return known.channel
  const tries = systemConfiguration(host)?.attempts ?? HOST_LOOKUP_TRIES
  const channel = host.run(() => new Channel({ timeout: -1, tries, maxTimeout: 0, cache: undefined }))
  channels.set(host, { servers, channel })
  return channel
}

/** As getaddrinfo says it of servers that do not answer, or cannot; the number is libuv's for EAI_AGAIN. */
function tryAgain(hostname: string): Error {
  const error = new Error(`getaddrinfo EAI_AGAIN ${hostname}`)
  Error.captureStackTrace(error, tryAgain)
  return Object.assign(error, { errno: -3001, code: 'EAI_AGAIN', syscall: 'getaddrinfo', hostname })
}

const noSearch: Pick<ResolverConfiguration, 'search' | 'ndots'> = { search: [], ndots: 1 }
