// What `node:dns` and `node:dns/promises` take and give.

export type ResultOrder = 'ipv4first' | 'ipv6first' | 'verbatim'

export interface LookupOptions {
  /** 4, 6, or 0: both. Default 0. */
  family?: number | 'IPv4' | 'IPv6' | undefined
  hints?: number | undefined
  /** All addresses, in an array. Default false. */
  all?: boolean | undefined
  /** Default: `getDefaultResultOrder()`. */
  order?: ResultOrder | undefined
  /** What `order` was before: true is `verbatim`, false `ipv4first`. */
  verbatim?: boolean | undefined
}

export interface LookupOneOptions extends LookupOptions {
  all?: false | undefined
}

export interface LookupAllOptions extends LookupOptions {
  all: true
}

export interface LookupAddress {
  address: string
  family: number
}

export interface ResolveOptions {
  /** Default false. */
  ttl: boolean
}

export interface ResolveWithTtlOptions extends ResolveOptions {
  ttl: true
}

export interface RecordWithTtl {
  address: string
  ttl: number
}

export interface ResolverOptions {
  /** Milliseconds for the first try; -1: the default. */
  timeout?: number | undefined
  /** How often each server is asked. Default 4. */
  tries?: number | undefined
  /** Milliseconds; 0: none. Default 0. */
  maxTimeout?: number | undefined
}

export interface CaaRecord {
  critical: number
  issue?: string | undefined
  issuewild?: string | undefined
  iodef?: string | undefined
  contactemail?: string | undefined
  contactphone?: string | undefined
}

export interface MxRecord {
  priority: number
  exchange: string
}

export interface NaptrRecord {
  flags: string
  service: string
  regexp: string
  replacement: string
  order: number
  preference: number
}

export interface SoaRecord {
  nsname: string
  hostmaster: string
  serial: number
  refresh: number
  retry: number
  expire: number
  minttl: number
}

export interface SrvRecord {
  priority: number
  weight: number
  port: number
  name: string
}

export interface TlsaRecord {
  certUsage: number
  selector: number
  match: number
  data: ArrayBuffer
}

export interface AnyARecord extends RecordWithTtl {
  type: 'A'
}
export interface AnyAaaaRecord extends RecordWithTtl {
  type: 'AAAA'
}
export interface AnyCaaRecord extends CaaRecord {
  type: 'CAA'
}
export interface AnyCnameRecord {
  type: 'CNAME'
  value: string
}
export interface AnyMxRecord extends MxRecord {
  type: 'MX'
}
export interface AnyNaptrRecord extends NaptrRecord {
  type: 'NAPTR'
}
export interface AnyNsRecord {
  type: 'NS'
  value: string
}
export interface AnyPtrRecord {
  type: 'PTR'
  value: string
}
export interface AnySoaRecord extends SoaRecord {
  type: 'SOA'
}
export interface AnySrvRecord extends SrvRecord {
  type: 'SRV'
}
export interface AnyTlsaRecord extends TlsaRecord {
  type: 'TLSA'
}
export interface AnyTxtRecord {
  type: 'TXT'
  entries: string[]
}

export type AnyRecord =
  | AnyARecord
  | AnyAaaaRecord
  | AnyCaaRecord
  | AnyCnameRecord
  | AnyMxRecord
  | AnyNaptrRecord
  | AnyNsRecord
  | AnyPtrRecord
  | AnySoaRecord
  | AnySrvRecord
  | AnyTlsaRecord
  | AnyTxtRecord
