// `node:dns/promises`.

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
} from '../dns-types.js'

export * from '../dns-codes.js'

export function lookup(hostname: string, family: number): Promise<LookupAddress>
export function lookup(hostname: string, options: LookupOneOptions): Promise<LookupAddress>
export function lookup(hostname: string, options: LookupAllOptions): Promise<LookupAddress[]>
export function lookup(hostname: string, options: LookupOptions): Promise<LookupAddress | LookupAddress[]>
export function lookup(hostname: string): Promise<LookupAddress>
export function lookupService(address: string, port: number): Promise<{ hostname: string; service: string }>

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
  resolve(hostname: string): Promise<string[]>
  resolve(hostname: string, rrtype: 'A' | 'AAAA' | 'CNAME' | 'NS' | 'PTR'): Promise<string[]>
  resolve(hostname: string, rrtype: 'ANY'): Promise<AnyRecord[]>
  resolve(hostname: string, rrtype: 'CAA'): Promise<CaaRecord[]>
  resolve(hostname: string, rrtype: 'MX'): Promise<MxRecord[]>
  resolve(hostname: string, rrtype: 'NAPTR'): Promise<NaptrRecord[]>
  resolve(hostname: string, rrtype: 'SOA'): Promise<SoaRecord>
  resolve(hostname: string, rrtype: 'SRV'): Promise<SrvRecord[]>
  resolve(hostname: string, rrtype: 'TLSA'): Promise<TlsaRecord[]>
  resolve(hostname: string, rrtype: 'TXT'): Promise<string[][]>
  resolve(hostname: string, rrtype: string): Promise<AnyResult>
  resolve4(hostname: string): Promise<string[]>
  resolve4(hostname: string, options: ResolveWithTtlOptions): Promise<RecordWithTtl[]>
  resolve4(hostname: string, options: ResolveOptions): Promise<string[] | RecordWithTtl[]>
  resolve6(hostname: string): Promise<string[]>
  resolve6(hostname: string, options: ResolveWithTtlOptions): Promise<RecordWithTtl[]>
  resolve6(hostname: string, options: ResolveOptions): Promise<string[] | RecordWithTtl[]>
  resolveAny(hostname: string): Promise<AnyRecord[]>
  resolveCaa(hostname: string): Promise<CaaRecord[]>
  resolveCname(hostname: string): Promise<string[]>
  resolveMx(hostname: string): Promise<MxRecord[]>
  resolveNaptr(hostname: string): Promise<NaptrRecord[]>
  resolveNs(hostname: string): Promise<string[]>
  resolvePtr(hostname: string): Promise<string[]>
  resolveSoa(hostname: string): Promise<SoaRecord>
  resolveSrv(hostname: string): Promise<SrvRecord[]>
  resolveTlsa(hostname: string): Promise<TlsaRecord[]>
  resolveTxt(hostname: string): Promise<string[][]>
  reverse(ip: string): Promise<string[]>
}

export const resolve: Queries['resolve']
export const resolve4: Queries['resolve4']
export const resolve6: Queries['resolve6']
export const resolveAny: Queries['resolveAny']
export const resolveCaa: Queries['resolveCaa']
export const resolveCname: Queries['resolveCname']
export const resolveMx: Queries['resolveMx']
export const resolveNaptr: Queries['resolveNaptr']
export const resolveNs: Queries['resolveNs']
export const resolvePtr: Queries['resolvePtr']
export const resolveSoa: Queries['resolveSoa']
export const resolveSrv: Queries['resolveSrv']
export const resolveTlsa: Queries['resolveTlsa']
export const resolveTxt: Queries['resolveTxt']
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
