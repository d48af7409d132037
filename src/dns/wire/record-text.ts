// Record data as it stands in zone files, type by type.

import { formatIp, parseIp } from '../../core/ip.ts'
import { MessageError } from './error.ts'
import { readEscape } from './name.ts'
import { MessageReader } from './reader.ts'
import { type RecordData, readRecord, type SoaData } from './records.ts'
import { nameOfKey, numberOfKey, type ServiceParam } from './service-binding.ts'
import { IN, recordTypes } from './types.ts'
import type { ZoneToken } from './zone-tokens.ts'

/**
 * @param absolute - makes a name whole
 * @throws {MessageError}
 */
export function readData(type: number, tokens: readonly ZoneToken[], absolute: (name: string) => string): RecordData {
  const fields = new Fields(tokens, absolute)
  const data = fields.isGeneric() ? readGeneric(type, fields) : readFields(type, fields)
  fields.expectEnd()
  return data
}

/** The words of one record's data, taken one after the other. */
class Fields {
  readonly #tokens: readonly ZoneToken[]
  readonly #absolute: (name: string) => string
  #at = 0

  constructor(tokens: readonly ZoneToken[], absolute: (name: string) => string) {
    this.#tokens = tokens
    this.#absolute = absolute
  }

  get hasMore(): boolean {
    return this.#at < this.#tokens.length
  }

  get isNextQuoted(): boolean {
    return this.#tokens[this.#at]?.isQuoted ?? false
  }

  /** RFC 3597 section 5. */
  isGeneric(): boolean {
    const first = this.#tokens[0]
    if (first === undefined || first.isQuoted || first.text !== '\\#') return false
    this.#at = 1
    return true
  }

  expectEnd(): void {
    const extra = this.#tokens[this.#at]
    if (extra !== undefined) throw new MessageError(`'${extra.text}' is more than the record holds`, 0)
  }

  word(): string {
    const token = this.#tokens[this.#at++]
    if (token === undefined) throw new MessageError('a record that is cut short', 0)
    return token.text
  }

  name(): string {
    return this.#absolute(this.word())
  }

  number(max: number): number {
    const text = this.word()
    if (!/^\d{1,10}$/.test(text) || Number(text) > max) {
      throw new MessageError(`'${text}' is no number from 0 to ${max}`, 0)
    }
    return Number(text)
  }

  seconds(): number {
    const text = this.word()
    const seconds = parseTtl(text, 0xffffffff)
    if (seconds === undefined) throw new MessageError(`'${text}' is no time in seconds`, 0)
    return seconds
  }

  /** One character per byte; what is not ASCII goes as UTF-8. */
  string(): string {
    return byteText(this.word())
  }

  /** All that is left, as one row of hexadecimal digits. */
  hex(): Uint8Array {
    let digits = ''
    while (this.hasMore) digits += this.word()
    if (!/^([0-9a-f]{2})*$/i.test(digits)) throw new MessageError(`'${digits}' is not hexadecimal`, 0)
    return new Uint8Array(Buffer.from(digits, 'hex'))
  }
}

function readFields(type: number, fields: Fields): RecordData {
  switch (type) {
    case recordTypes.A:
      return { type: 'A', address: canonicalAddress(fields.word(), 4) }
    case recordTypes.AAAA:
      return { type: 'AAAA', address: canonicalAddress(fields.word(), 16) }
    case recordTypes.NS:
      return { type: 'NS', target: fields.name() }
    case recordTypes.CNAME:
      return { type: 'CNAME', target: fields.name() }
    case recordTypes.PTR:
      return { type: 'PTR', target: fields.name() }
    case recordTypes.SOA:
      return { type: 'SOA', ...readSoa(fields) }
    case recordTypes.MX:
      return { type: 'MX', preference: fields.number(0xffff), exchange: fields.name() }
    case recordTypes.TXT:
      return { type: 'TXT', strings: readStrings(fields) }
    case recordTypes.SRV:
      return readSrv(fields)
    case recordTypes.NAPTR:
      return readNaptr(fields)
    case recordTypes.TLSA:
      return {
        type: 'TLSA',
        usage: fields.number(0xff),
        selector: fields.number(0xff),
        matchingType: fields.number(0xff),
        data: fields.hex(),
      }
    case recordTypes.CAA:
      return { type: 'CAA', flags: fields.number(0xff), tag: fields.string(), value: fields.string() }
    case recordTypes.SVCB:
    case recordTypes.HTTPS:
      return {
        type: type === recordTypes.SVCB ? 'SVCB' : 'HTTPS',
        priority: fields.number(0xffff),
        target: fields.name(),
        params: readParams(fields),
      }
    default:
      throw new MessageError(`data of TYPE${type} has to be given as \\# length hexadecimal`, 0)
  }
}

/** `\# length hexadecimal`, for any type. */
function readGeneric(type: number, fields: Fields): RecordData {
  const size = fields.number(0xffff)
  const bytes = fields.hex()
  if (bytes.length !== size) throw new MessageError(`${bytes.length} bytes where \\# says ${size}`, 0)
  if (type === recordTypes.OPT) throw new MessageError('OPT belongs into no zone', 0)
  const reader = new MessageReader(bytes)
  const { name: _, class: __, ttl: ___, ...data } = readRecord(reader, '', type, IN, 0)
  if (reader.at !== bytes.length) throw new MessageError("bytes behind a record's data", reader.at)
  return data as RecordData
}

function readSoa(fields: Fields): SoaData {
  return {
    mname: fields.name(),
    rname: fields.name(),
    serial: fields.number(0xffffffff),
    refresh: fields.seconds(),
    retry: fields.seconds(),
    expire: fields.seconds(),
    minimum: fields.seconds(),
  }
}

function readSrv(fields: Fields): RecordData {
  return {
    type: 'SRV',
    priority: fields.number(0xffff),
    weight: fields.number(0xffff),
    port: fields.number(0xffff),
    target: fields.name(),
  }
}

function readNaptr(fields: Fields): RecordData {
  return {
    type: 'NAPTR',
    order: fields.number(0xffff),
    preference: fields.number(0xffff),
    flags: fields.string(),
    services: fields.string(),
    regexp: fields.string(),
    replacement: fields.name(),
  }
}

function readStrings(fields: Fields): string[] {
  const strings = [fields.string()]
  while (fields.hasMore) strings.push(fields.string())
  return strings
}

/** RFC 9460 section 2.1: `alpn=h2,h3 port=8443 no-default-alpn key667="a b"`. */
function readParams(fields: Fields): ServiceParam[] {
  const params: ServiceParam[] = []
  while (fields.hasMore) {
    const word = fields.word()
    const equals = word.indexOf('=')
    const key = nameOfKey(numberOfKey(equals === -1 ? word : word.slice(0, equals)))
    let value = equals === -1 ? '' : word.slice(equals + 1)
    // `key="quoted"` comes as two words.
    if (equals === word.length - 1 && fields.isNextQuoted) value = fields.word()
    params.push(readParam(key, value))
  }
  return params
}

function readParam(key: string, value: string): ServiceParam {
  switch (key) {
    case 'mandatory':
      return { key, keys: value.split(',').map(one => nameOfKey(numberOfKey(one))) }
    case 'alpn':
      return { key, ids: splitList(byteText(value)) }
    case 'no-default-alpn':
      if (value !== '') throw new MessageError('no-default-alpn takes no value', 0)
      return { key }
    case 'port':
      if (!/^\d{1,5}$/.test(value) || Number(value) > 0xffff) throw new MessageError(`'${value}' is no port`, 0)
      return { key, port: Number(value) }
    case 'ipv4hint':
    case 'ipv6hint':
      return { key, addresses: value.split(',').map(one => canonicalAddress(one, key === 'ipv4hint' ? 4 : 16)) }
    case 'ech':
      return { key, config: new Uint8Array(Buffer.from(value, 'base64')) }
    default:
      return { key: key as `key${number}`, data: new Uint8Array(Buffer.from(byteText(value), 'latin1')) }
  }
}

/** Commas part the values; a backslash keeps one that is meant: RFC 9460 appendix A.1. */
function splitList(text: string): string[] {
  const values = ['']
  for (let i = 0; i < text.length; i++) {
    const character = text[i] as string
    if (character === ',') values.push('')
    else values[values.length - 1] += character === '\\' ? (text[++i] ?? '') : character
  }
  return values
}

/**
 * An address in the one form that it has when it comes off the wire.
 * @throws {MessageError}
 */
export function canonicalAddress(text: string, size: 4 | 16): string {
  const bytes = parseIp(text)
  if (bytes?.length !== size) throw new MessageError(`'${text}' is no IPv${size === 4 ? 4 : 6} address`, 0)
  return formatIp(bytes)
}

/** Escapes become the bytes that they stand for; what is not ASCII becomes UTF-8. One character per byte. */
export function byteText(text: string): string {
  let bytes = ''
  for (let i = 0; i < text.length; i++) {
    if (text[i] === '\\') {
      bytes += String.fromCharCode(readEscape(text, i))
      i += /\d/.test(text[i + 1] ?? '') ? 3 : 1
    } else if (text.charCodeAt(i) < 0x80) bytes += text[i]
    else {
      const character = String.fromCodePoint(text.codePointAt(i) as number)
      bytes += Buffer.from(character, 'utf8').toString('latin1')
      i += character.length - 1
    }
  }
  return bytes
}

/** Seconds, or the units that servers take: `1h30m`. */
export function parseTtl(text: string, max = 0x7fffffff): number | undefined {
  if (!/^(\d{1,10}|(\d{1,10}[smhdw])+)$/i.test(text)) return undefined
  let seconds = 0
  for (const [, count, unit] of text.matchAll(/(\d+)([smhdw]?)/gi)) {
    seconds += Number(count) * (unitSeconds[(unit ?? '').toLowerCase()] ?? 1)
  }
  return seconds <= max ? seconds : undefined
}

const unitSeconds: Record<string, number> = { s: 1, m: 60, h: 3600, d: 86400, w: 604800 }
