// `node:dns`.

import * as promises from './dns/promises.js'
import type {
  AnyRecord,
  CaaRecord,
  LookupAddress,
  LookupAllOptions,
  LookupOneOptions,
  LookupOptions,
  MxRecord,
  NaptrRecord,
  RecordWithTtl,
  ResolveOptions,
  ResolverOptions,
  ResolveWithTtlOptions,
  ResultOrder,
  SoaRecord,
  SrvRecord,
  TlsaRecord,
} from './dns-types.js'
import type { ErrnoException } from './runtime.js'

export * from './dns-codes.js'
export * from './dns-types.js'
export { promises }

export const ADDRCONFIG: number
export const V4MAPPED: number
export const ALL: number

type Done<Result> = (error: ErrnoException | null, result: Result) => void
type LookupDone = (error: ErrnoException | null, address: string, family: number) => void
type LookupAllDone = (error: ErrnoException | null, addresses: LookupAddress[]) => void
type LookupEitherDone = (error: ErrnoException | null, address: string | LookupAddress[], family: number) => void

export function lookup(hostname: string, family: number, callback: LookupDone): void
export function lookup(hostname: string, options: LookupOneOptions, callback: LookupDone): void
export function lookup(hostname: string, options: LookupAllOptions, callback: LookupAllDone): void
export function lookup(hostname: string, options: LookupOptions, callback: LookupEitherDone): void
export function lookup(hostname: string, callback: LookupDone): void
export namespace lookup {
  const __promisify__: typeof promises.lookup
}

export function lookupService(
  address: string,
  port: number,
  callback: (error: ErrnoException | null, hostname: string, service: string) => void,
): void
export namespace lookupService {
  const __promisify__: typeof promises.lookupService
}

type AnyResult =
  | string[]
  | CaaRecord[]
  | MxRecord[]
  | NaptrRecord[]
  | SoaRecord
  | SrvRecord[]
  | TlsaRecord[]
  | string[][]
  | AnyRecord[]

/** What asks a name server: the methods of a Resolver, and the module's functions for the default one. */
interface Queries {
  resolve(hostname: string, callback: Done<string[]>): void
  resolve(hostname: string, rrtype: 'A' | 'AAAA' | 'CNAME' | 'NS' | 'PTR', callback: Done<string[]>): void
  resolve(hostname: string, rrtype: 'ANY', callback: Done<AnyRecord[]>): void
  resolve(hostname: string, rrtype: 'CAA', callback: Done<CaaRecord[]>): void
  resolve(hostname: string, rrtype: 'MX', callback: Done<MxRecord[]>): void
  resolve(hostname: string, rrtype: 'NAPTR', callback: Done<NaptrRecord[]>): void
  resolve(hostname: string, rrtype: 'SOA', callback: Done<SoaRecord>): void
  resolve(hostname: string, rrtype: 'SRV', callback: Done<SrvRecord[]>): void
  resolve(hostname: string, rrtype: 'TLSA', callback: Done<TlsaRecord[]>): void
  resolve(hostname: string, rrtype: 'TXT', callback: Done<string[][]>): void
  resolve(hostname: string, rrtype: string, callback: Done<AnyResult>): void
  resolve4(hostname: string, callback: Done<string[]>): void
  resolve4(hostname: string, options: ResolveWithTtlOptions, callback: Done<RecordWithTtl[]>): void
  resolve4(hostname: string, options: ResolveOptions, callback: Done<string[] | RecordWithTtl[]>): void
  resolve6(hostname: string, callback: Done<string[]>): void
  resolve6(hostname: string, options: ResolveWithTtlOptions, callback: Done<RecordWithTtl[]>): void
  resolve6(hostname: string, options: ResolveOptions, callback: Done<string[] | RecordWithTtl[]>): void
  resolveAny(hostname: string, callback: Done<AnyRecord[]>): void
  resolveCaa(hostname: string, callback: Done<CaaRecord[]>): void
  resolveCname(hostname: string, callback: Done<string[]>): void
  resolveMx(hostname: string, callback: Done<MxRecord[]>): void
  resolveNaptr(hostname: string, callback: Done<NaptrRecord[]>): void
  resolveNs(hostname: string, callback: Done<string[]>): void
  resolvePtr(hostname: string, callback: Done<string[]>): void
  resolveSoa(hostname: string, callback: Done<SoaRecord>): void
  resolveSrv(hostname: string, callback: Done<SrvRecord[]>): void
  resolveTlsa(hostname: string, callback: Done<TlsaRecord[]>): void
  resolveTxt(hostname: string, callback: Done<string[][]>): void
  reverse(ip: string, callback: Done<string[]>): void
}

/** As `util.promisify` is typed. */
type Promisifiable<Name extends keyof Queries & keyof typeof promises> = Queries[Name] & {
  __promisify__: (typeof promises)[Name]
}

export const resolve: Promisifiable<'resolve'>
export const resolve4: Promisifiable<'resolve4'>
export const resolve6: Promisifiable<'resolve6'>
export const resolveAny: Promisifiable<'resolveAny'>
export const resolveCaa: Promisifiable<'resolveCaa'>
export const resolveCname: Promisifiable<'resolveCname'>
export const resolveMx: Promisifiable<'resolveMx'>
export const resolveNaptr: Promisifiable<'resolveNaptr'>
export const resolveNs: Promisifiable<'resolveNs'>
export const resolvePtr: Promisifiable<'resolvePtr'>
export const resolveSoa: Promisifiable<'resolveSoa'>
export const resolveSrv: Promisifiable<'resolveSrv'>
export const resolveTlsa: Promisifiable<'resolveTlsa'>
export const resolveTxt: Promisifiable<'resolveTxt'>
export const reverse: Queries['reverse']

export function getServers(): string[]
export function setServers(servers: readonly string[]): void
export function getDefaultResultOrder(): ResultOrder
export function setDefaultResultOrder(order: ResultOrder): void

export class Resolver {
  constructor(options?: ResolverOptions)

  cancel(): void
  getServers(): string[]
  setServers(servers: readonly string[]): void
  setLocalAddress(ipv4?: string, ipv6?: string): void
}
export interface Resolver extends Queries {}
