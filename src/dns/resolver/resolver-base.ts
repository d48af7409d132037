// What both Resolver classes share: options, servers, and asking. Source: Node's documentation, `dns.Resolver`.

import { ipVersion } from '../../core/ip.ts'
import {
  validateArray,
  validateInt32,
  validateInteger,
  validateObject,
  validatePort,
  validateString,
  validateUint32,
} from '../../core/validate.ts'
import type { CacheOptions } from '../engine/cache.ts'
import { DEFAULT_TRIES } from '../engine/query-limits.ts'
import { reverseName } from '../engine/reverse-name.ts'
import { formatServer, parseServer } from '../engine/server-address.ts'
import { isOnionName } from '../engine/special-names.ts'
import { type DnsError, dnsError, invalidIpAddress, invalidLocalAddress, setServersFailed } from '../errors.ts'
import { asciiName } from '../lookup/ascii-name.ts'
import type { QuestionType } from '../wire/types.ts'
import { Channel } from './channel.ts'
import { resultOf } from './results.ts'
import { ownNamesOf } from './system-configuration.ts'

export interface ResolverOptions {
  /** Milliseconds for the first try; -1: the default. */
  timeout?: number | undefined
  /** How often each server is asked. Default 4. */
  tries?: number | undefined
  /** Milliseconds; 0: none. Default 0. */
  maxTimeout?: number | undefined
  /** Keeps answers as long as they hold. Not in Node. Default false. */
  cache?: boolean | CacheOptions | undefined
}

/** A kind of question: what stands in errors, and what goes to the server. */
export interface QueryKind {
  readonly syscall: string
  readonly type: QuestionType
}

export type Resolved = (error: DnsError | null, result?: unknown) => void

export class ResolverBase {
  /** Where Node has its c-ares channel. */
  _handle: Channel

  constructor(options: ResolverOptions | undefined = undefined) {
    const { timeout = -1, tries = DEFAULT_TRIES, maxTimeout = 0, cache } = { ...options }
    validateInt32(timeout, 'options.timeout', -1)
    validateInt32(tries, 'options.tries', 1)
    validateUint32(maxTimeout, 'options.maxTimeout')
    this._handle = new Channel({ timeout, tries, maxTimeout, cache: cacheOptions(cache) })
  }

  cancel(): void {
    this._handle.cancel()
  }

  getServers(): string[] {
    return this._handle.addresses.map(formatServer)
  }

  setServers(servers: readonly string[]): void {
    validateArray(servers, 'servers')
    // Holes of the array are passed over, as Node does.
    const addresses = servers.flatMap((text, i) => {
      validateString(text, `servers[${i}]`)
      const server = parseServer(text)
      if (server === undefined) throw invalidIpAddress(text)
      validatePort(server.port)
      return server
    })
    if (this._handle.hasOpenQuestions) throw setServersFailed('There are pending queries.', servers)
    this._handle.addresses = addresses
  }

  setLocalAddress(ipv4: string, ipv6?: string): void {
    validateString(ipv4, 'ipv4')
    if (ipv6 !== undefined) validateString(ipv6, 'ipv6')
    const first = ipVersion(ipv4)
    const second = ipv6 === undefined ? undefined : ipVersion(ipv6)
    if (first === 0 || second === 0) throw invalidLocalAddress('Invalid IP address.')
    if (first === second) throw invalidLocalAddress(`Cannot specify two IPv${first} addresses.`)
    if (first === 4) this._handle.setLocalAddresses(ipv4, ipv6)
    else this._handle.setLocalAddresses(ipv6, ipv4)
  }
}

/** Asks, and gives the answer in Node's shape. */
export function ask(base: ResolverBase, kind: QueryKind, name: string, withTtl: boolean, done: Resolved): void {
  if (kind.syscall === 'getHostByAddr') {
    askReverse(base, kind, name, done)
    return
  }
  const asked = asciiName(name)
  if (asked === undefined || isOnionName(asked)) {
    const refusal = dnsError(asked === undefined ? 'EBADNAME' : 'ENOTFOUND', kind.syscall, name)
    base._handle.host.clock.setImmediate(() => done(refusal))
    return
  }
  base._handle.ask(asked, kind.type, answer => {
    if (answer.kind === 'failure') done(dnsError(answer.code, kind.syscall, name))
    else done(null, resultOf(kind.type, answer.records, withTtl))
  })
}

/** The machine's own names first, then the servers'. */
function askReverse(base: ResolverBase, kind: QueryKind, address: string, done: Resolved): void {
  const channel = base._handle
  let isCancelled = false
  const release = channel.hold(() => {
    isCancelled = true
    const refusal = dnsError('ECANCELLED', kind.syscall, address)
    channel.host.clock.setImmediate(() => done(refusal))
  })
  ownNamesOf(channel.host, address, own => {
    release()
    if (isCancelled) return
    if (own.length > 0) {
      done(null, own)
      return
    }
    channel.ask(reverseName(address) ?? '', kind.type, answer => {
      // As c-ares has it: where neither file nor server gives a name there is none, whatever the reason.
      if (answer.kind === 'failure') {
        done(dnsError(answer.code === 'ECANCELLED' ? answer.code : 'ENOTFOUND', kind.syscall, address))
      } else done(null, resultOf(kind.type, answer.records, false))
    })
  })
}

/** @throws EINVAL: `reverse` of what is no address */
export function checkReverse(kind: QueryKind, name: string): void {
  if (kind.syscall === 'getHostByAddr' && ipVersion(name) === 0) throw dnsError('EINVAL', kind.syscall, name)
}

function cacheOptions(cache: unknown): CacheOptions | undefined {
  if (cache === undefined || cache === false) return undefined
  if (cache === true) return {}
  validateObject(cache, 'options.cache')
  const { maxEntries, maxTtl, maxNegativeTtl } = cache as CacheOptions
  if (maxEntries !== undefined) validateInteger(maxEntries, 'options.cache.maxEntries', 1)
  if (maxTtl !== undefined) validateInteger(maxTtl, 'options.cache.maxTtl', 0)
  if (maxNegativeTtl !== undefined) validateInteger(maxNegativeTtl, 'options.cache.maxNegativeTtl', 0)
  return { maxEntries, maxTtl, maxNegativeTtl }
}

/** Each method of a Resolver that asks, and how. */
export const queryKinds = {
  resolveAny: { syscall: 'queryAny', type: 'ANY' },
  resolve4: { syscall: 'queryA', type: 'A' },
  resolve6: { syscall: 'queryAaaa', type: 'AAAA' },
  resolveCaa: { syscall: 'queryCaa', type: 'CAA' },
  resolveCname: { syscall: 'queryCname', type: 'CNAME' },
  resolveMx: { syscall: 'queryMx', type: 'MX' },
  resolveNs: { syscall: 'queryNs', type: 'NS' },
  resolveTlsa: { syscall: 'queryTlsa', type: 'TLSA' },
  resolveTxt: { syscall: 'queryTxt', type: 'TXT' },
  resolveSrv: { syscall: 'querySrv', type: 'SRV' },
  resolvePtr: { syscall: 'queryPtr', type: 'PTR' },
  resolveNaptr: { syscall: 'queryNaptr', type: 'NAPTR' },
  resolveSoa: { syscall: 'querySoa', type: 'SOA' },
  reverse: { syscall: 'getHostByAddr', type: 'PTR' },
} as const satisfies Readonly<Record<string, QueryKind>>

export type QueryMethod = keyof typeof queryKinds
export const queryMethods = Object.keys(queryKinds) as QueryMethod[]

/** The method for a record type, as `resolve()` takes it. */
export function methodOf(rrtype: string): QueryMethod | undefined {
  return queryMethods.find(method => method !== 'reverse' && queryKinds[method].type === rrtype)
}
