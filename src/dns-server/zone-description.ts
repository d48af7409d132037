// A zone as a plain object, for tests and simulated networks. Names are as in zone files: `@` is the origin, and a name
// belongs below it unless it ends in a dot.
//
//   describeZone({ origin: 'example.test', records: { '@': { MX: { preference: 10, exchange: 'mail' } }, mail: { A: '192.0.2.1' } } })

import { MessageError } from '../dns/wire/error.ts'
import { canonicalAddress } from '../dns/wire/record-text.ts'
import type { RecordData, RecordOf, ResourceRecord, SoaData } from '../dns/wire/records.ts'
import { IN, typeNumber } from '../dns/wire/types.ts'
import { Zone, ZoneError } from './zone.ts'
import { absoluteName } from './zone-file.ts'

export interface ZoneDescription {
  readonly origin: string
  /** Seconds, of every record. Default: 300. */
  readonly ttl?: number | undefined
  /** What the SOA record shall say; the rest has defaults. */
  readonly soa?: Partial<SoaData> | undefined
  readonly records: Readonly<Record<string, NodeDescription>>
}

/** One record of a type, or several. */
export type NodeDescription = { readonly [T in ShortType]?: OneOrMany<string> | undefined } & {
  readonly [T in LongType]?: OneOrMany<Omit<RecordOf<T>, 'name' | 'type' | 'class' | 'ttl'>> | undefined
} & {
  /** A text is a record of one string, an array of texts within an array a record of several. */
  readonly TXT?: string | readonly (string | readonly string[])[] | undefined
  /** Any other type, by its number. */
  readonly [T: `TYPE${number}`]: OneOrMany<Uint8Array> | undefined
}

type OneOrMany<T> = T | readonly T[]
type ShortType = 'A' | 'AAAA' | 'CNAME' | 'NS' | 'PTR'
type LongType = 'MX' | 'SRV' | 'NAPTR' | 'CAA' | 'TLSA' | 'SVCB' | 'HTTPS'

/** @throws {ZoneError} */
export function describeZone(description: ZoneDescription): Zone {
  const { ttl = 300, soa = {} } = description
  const records: ResourceRecord[] = []
  try {
    const origin = absoluteName(description.origin, '')
    const absolute = (name: string) => absoluteName(name, origin)
    for (const [owner, node] of Object.entries(description.records)) {
      const head = { name: absolute(owner), class: IN, ttl }
      for (const data of readNode(node, absolute)) records.push({ ...head, ...data })
    }
    const server = records.find(record => record.type === 'NS')
    const authority = { mname: server?.type === 'NS' ? server.target : origin, ...defaultSoa(origin), ...soa }
    records.unshift({ name: origin, class: IN, ttl, type: 'SOA', ...authority })
  } catch (error) {
    if (error instanceof MessageError) throw new ZoneError(error.rule)
    throw error
  }
  return new Zone(records)
}

function* readNode(node: NodeDescription, absolute: (name: string) => string): Generator<RecordData> {
  for (const [type, values] of Object.entries(node)) {
    if (values === undefined) continue
    if (typeNumber(type) === undefined) throw new ZoneError(`unknown record type '${type}'`)
    for (const value of Array.isArray(values) ? values : [values]) yield readValue(type, value, absolute)
  }
}

function readValue(type: string, value: unknown, absolute: (name: string) => string): RecordData {
  switch (type) {
    case 'A':
    case 'AAAA':
      return { type, address: canonicalAddress(String(value), type === 'A' ? 4 : 16) }
    case 'CNAME':
    case 'NS':
    case 'PTR':
      return { type, target: absolute(String(value)) }
    case 'TXT':
      return { type, strings: (Array.isArray(value) ? value : [value]).map(text => utf8Bytes(String(text))) }
    default:
      if (type.startsWith('TYPE')) return { type, data: value } as RecordData
      return withNames({ ...(value as object), type } as RecordData, absolute)
  }
}

/** The names within a record's data, made whole. */
function withNames(data: RecordData, absolute: (name: string) => string): RecordData {
  switch (data.type) {
    case 'MX':
      return { ...data, exchange: absolute(data.exchange) }
    case 'NAPTR':
      return { ...data, replacement: absolute(data.replacement) }
    case 'SRV':
    case 'SVCB':
    case 'HTTPS':
      return { ...data, target: absolute(data.target) }
    default:
      return data
  }
}

function defaultSoa(origin: string) {
  const rname = origin === '' ? 'hostmaster' : `hostmaster.${origin}`
  return { rname, serial: 1, refresh: 3600, retry: 600, expire: 86400, minimum: 300 }
}

/** One character per byte. */
function utf8Bytes(text: string): string {
  return Buffer.from(text, 'utf8').toString('latin1')
}
