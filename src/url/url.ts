// The URL class. Its state is a record that setters replace, and on first touch a URLSearchParams; changes of that reach
// the record when the href is next looked at. URL standard, section 6.1; inspection and errors are Node's.
//
// #private fields are right here: Node's own URL has them too, and its errors for a wrong `this` come from them.

import { URL as RuntimeURL } from 'node:url'
import { type InspectOptions, inspect } from 'node:util'
import { invalidArgType, missingArgs } from '../core/errors.ts'
import { invalidUrl, invalidUrlAssigned } from './errors.ts'
import {
  ABSENT,
  hostnameOf,
  hostWithPortOf,
  passwordOf,
  pathnameOf,
  protocolOf,
  queryOf,
  type UrlRecord,
  usernameOf,
} from './parser/record.ts'
import { FILE, HTTP, HTTPS, NO_PORT, NOT_SPECIAL } from './parser/schemes.ts'
import { parseUrl } from './parser/url-parser.ts'
import { linkParams, replaceList, URLSearchParams } from './search-params/search-params.ts'
import {
  withHash,
  withHost,
  withHostname,
  withPassword,
  withPathname,
  withPort,
  withProtocol,
  withSearch,
  withUsername,
} from './setters.ts'
import { toUSVString } from './usv-string.ts'

/** What a URL may be resolved against: anything that gives a URL as text, such as another implementation's URL. */
type Base = string | { toString(): string }

/** The up-to-date record of one of our URLs. Set in the class, which alone can reach its fields. */
export let recordOf: (url: URL) => UrlRecord

export class URL {
  #record: UrlRecord
  #searchParams: URLSearchParams | undefined = undefined
  /** The record's query is older than the search parameters. */
  #isSearchStale = false

  static {
    recordOf = url => {
      url.#synchronize()
      return url.#record
    }
  }

  constructor(input: Base, base: Base | undefined = undefined) {
    if (arguments.length === 0) throw missingArgs('url')
    if (input === ready) {
      this.#record = readyRecord as UrlRecord
      return
    }
    const text = typeof input === 'string' ? input : `${input}`
    let record: UrlRecord | undefined
    if (base === undefined) {
      record = parseUrl(text, null)
      if (record === undefined) throw invalidUrl(text)
    } else {
      const baseText = typeof base === 'string' ? base : `${base}`
      record = parseWithBase(text, baseText)
      if (record === undefined) throw invalidUrl(text, baseText)
    }
    this.#record = record
  }

  /** The URL, or null where the constructor would throw. */
  static parse(input: Base, base: Base | undefined = undefined): URL | null {
    if (arguments.length === 0) throw missingArgs('url')
    const record = parseInput(input, base)
    return record === undefined ? null : urlOf(record)
  }

  static canParse(url: Base, base: Base | undefined = undefined): boolean {
    if (arguments.length === 0) throw missingArgs('url')
    return parseInput(url, base) !== undefined
  }

  // The store of Blobs behind `blob:` URLs is the runtime's, and so are the functions that look into it.
  static createObjectURL(obj: Blob): string {
    if (!(obj instanceof Blob)) throw invalidArgType('obj', 'Blob', obj)
    return RuntimeURL.createObjectURL(obj)
  }

  static revokeObjectURL(url: string): void {
    if (arguments.length === 0) throw missingArgs('url')
    RuntimeURL.revokeObjectURL(`${url}`)
  }

  /** Brings the record up to date. A private method, so that a wrong `this` gives the same TypeError as in Node. */
  #synchronize(): void {
    if (!this.#isSearchStale) return
    this.#isSearchStale = false
    this.#record = withSearch(this.#record, (this.#searchParams as URLSearchParams).toString())
  }

  toString(): string {
    this.#synchronize()
    return this.#record.href
  }

  get href(): string {
    this.#synchronize()
    return this.#record.href
  }

  set href(value: string) {
    void this.#record // A wrong `this` is told before a wrong value.
    const text = `${value}`
    const record = parseUrl(text, null)
    if (record === undefined) throw invalidUrlAssigned(text)
    this.#record = record
    this.#reloadSearchParams()
  }

  get origin(): string {
    const record = this.#record
    if (record.schemeType === FILE) return 'null'
    if (record.schemeType !== NOT_SPECIAL) return `${protocolOf(record)}//${hostWithPortOf(record)}`
    if (protocolOf(record) !== 'blob:') return 'null'
    const inner = parseUrl(pathnameOf(record), null)
    if (inner === undefined || (inner.schemeType !== HTTP && inner.schemeType !== HTTPS)) return 'null'
    return `${protocolOf(inner)}//${hostWithPortOf(inner)}`
  }

  get protocol(): string {
    return protocolOf(this.#record)
  }

  set protocol(value: string) {
    this.#record = withProtocol(this.#record, `${value}`)
  }

  get username(): string {
    return usernameOf(this.#record)
  }

  set username(value: string) {
    this.#record = withUsername(this.#record, `${value}`)
  }

  get password(): string {
    return passwordOf(this.#record)
  }

  set password(value: string) {
    this.#record = withPassword(this.#record, `${value}`)
  }

  get host(): string {
    return hostWithPortOf(this.#record)
  }

  set host(value: string) {
    this.#record = withHost(this.#record, `${value}`)
  }

  get hostname(): string {
    return hostnameOf(this.#record)
  }

  set hostname(value: string) {
    this.#record = withHostname(this.#record, `${value}`)
  }

  get port(): string {
    const { port } = this.#record
    return port === NO_PORT ? '' : `${port}`
  }

  set port(value: string) {
    this.#record = withPort(this.#record, `${value}`)
  }

  get pathname(): string {
    return pathnameOf(this.#record)
  }

  set pathname(value: string) {
    this.#record = withPathname(this.#record, `${value}`)
  }

  get search(): string {
    this.#synchronize()
    const { href, searchStart, hashStart } = this.#record
    if (searchStart === ABSENT) return ''
    const end = hashStart === ABSENT ? href.length : hashStart
    return end === searchStart + 1 ? '' : href.slice(searchStart, end)
  }

  set search(value: string) {
    this.#record = withSearch(this.#record, toUSVString(value))
    this.#reloadSearchParams()
  }

  get searchParams(): URLSearchParams {
    if (this.#searchParams === undefined) {
      const params = new URLSearchParams()
      replaceList(params, queryOf(this.#record) ?? '')
      linkParams(params, () => {
        this.#isSearchStale = true
      })
      this.#searchParams = params
    }
    return this.#searchParams
  }

  get hash(): string {
    const { href, hashStart } = this.#record
    return hashStart === ABSENT || hashStart === href.length - 1 ? '' : href.slice(hashStart)
  }

  set hash(value: string) {
    this.#record = withHash(this.#record, `${value}`)
  }

  toJSON(): string {
    this.#synchronize()
    return this.#record.href
  }

  #reloadSearchParams(): void {
    this.#isSearchStale = false
    if (this.#searchParams !== undefined) replaceList(this.#searchParams, queryOf(this.#record) ?? '')
  }

  [inspect.custom](depth: number | null | undefined, options: InspectOptions): unknown {
    if (typeof depth === 'number' && depth < 0) return this
    const Class = constructorOf(this)
    const shown: Record<string, unknown> = Object.create({ constructor: Class })
    for (const name of inspectedNames) shown[name] = this[name]
    return `${Class.name} ${inspect(shown, options)}`
  }

  declare readonly [Symbol.toStringTag]: string
}

/** A URL object for a record that is already there: no second parse. */
export function urlOf(record: UrlRecord): URL {
  readyRecord = record
  return new URL(ready)
}

// Handed to the constructor by `urlOf` alone, so that it takes the record and parses nothing.
const ready = { toString: () => '' }
let readyRecord: UrlRecord | undefined

function parseInput(input: Base, base: Base | undefined): UrlRecord | undefined {
  const text = typeof input === 'string' ? input : `${input}`
  if (base === undefined) return parseUrl(text, null)
  return parseWithBase(text, typeof base === 'string' ? base : `${base}`)
}

function parseWithBase(input: string, base: string): UrlRecord | undefined {
  const baseRecord = parseUrl(base, null)
  return baseRecord && parseUrl(input, baseRecord)
}

/** The constructor in the nearest prototype that has one of its own, as `util.inspect` looks for it. */
function constructorOf(url: URL): { name: string } {
  for (let object: object | null = url; object !== null; object = Object.getPrototypeOf(object)) {
    const own: unknown = Object.getOwnPropertyDescriptor(object, 'constructor')?.value
    if (typeof own === 'function' && own.name !== '') return own
  }
  return URL
}

const inspectedNames = [
  'href',
  'origin',
  'protocol',
  'username',
  'password',
  'host',
  'hostname',
  'port',
  'pathname',
  'search',
  'searchParams',
  'hash',
] as const

for (const name of ['toString', ...inspectedNames, 'toJSON']) {
  Object.defineProperty(URL.prototype, name, { enumerable: true })
}
for (const name of ['canParse', 'parse', 'createObjectURL', 'revokeObjectURL']) {
  Object.defineProperty(URL, name, { enumerable: true })
}
Object.defineProperty(URL.prototype, Symbol.toStringTag, { configurable: true, value: 'URL' })
