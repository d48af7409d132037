// `node:url`: the URL standard's classes, and Node's legacy API.

import type { Buffer } from './buffer.js'
import type { ClientRequestArgs } from './http.js'
import type { ParsedUrlQuery, ParsedUrlQueryInput } from './querystring.js'

/** As `Map.keys()` gives it, which has the methods of iterators where the language has them. */
export type URLSearchParamsIterator<Item> = ReturnType<Map<Item, never>['keys']>

type SearchParamsSource =
  | string
  | URLSearchParams
  | Iterable<[string, string]>
  | Record<string, string | readonly string[]>
  | readonly (readonly string[])[]

export class URLSearchParams {
  constructor(init?: SearchParamsSource)

  readonly size: number
  append(name: string, value: string): void
  delete(name: string, value?: string): void
  get(name: string): string | null
  getAll(name: string): string[]
  has(name: string, value?: string): boolean
  set(name: string, value: string): void
  sort(): void
  toString(): string
  entries(): URLSearchParamsIterator<[string, string]>
  keys(): URLSearchParamsIterator<string>
  values(): URLSearchParamsIterator<string>
  forEach<This = this>(
    callback: (this: This, value: string, name: string, params: URLSearchParams) => void,
    thisArg?: This,
  ): void
  [Symbol.iterator](): URLSearchParamsIterator<[string, string]>
}

export class URL {
  static canParse(input: string, base?: string): boolean
  static parse(input: string, base?: string): URL | null
  static createObjectURL(blob: any): string
  static revokeObjectURL(id: string): void

  constructor(input: string | { toString(): string }, base?: string | URL)

  hash: string
  host: string
  hostname: string
  href: string
  readonly origin: string
  password: string
  pathname: string
  port: string
  protocol: string
  search: string
  readonly searchParams: URLSearchParams
  username: string
  toString(): string
  toJSON(): string
}

export interface URLPatternInit {
  protocol?: string
  username?: string
  password?: string
  hostname?: string
  port?: string
  pathname?: string
  search?: string
  hash?: string
  baseURL?: string
}

export type URLPatternInput = string | URLPatternInit

export interface URLPatternOptions {
  ignoreCase?: boolean
}

export interface URLPatternComponentResult {
  input: string
  groups: Record<string, string | undefined>
}

export interface URLPatternResult {
  inputs: URLPatternInput[]
  protocol: URLPatternComponentResult
  username: URLPatternComponentResult
  password: URLPatternComponentResult
  hostname: URLPatternComponentResult
  port: URLPatternComponentResult
  pathname: URLPatternComponentResult
  search: URLPatternComponentResult
  hash: URLPatternComponentResult
}

export class URLPattern {
  constructor(input?: string | URLPatternInit, options?: URLPatternOptions)
  constructor(input: string | URLPatternInit, baseURL: string | URL, options?: URLPatternOptions)

  readonly protocol: string
  readonly username: string
  readonly password: string
  readonly hostname: string
  readonly port: string
  readonly pathname: string
  readonly search: string
  readonly hash: string
  readonly hasRegExpGroups: boolean
  test(input?: string | URLPatternInit, baseURL?: string | URL): boolean
  exec(input?: string | URLPatternInit, baseURL?: string | URL): URLPatternResult | null
}

/** What the legacy `parse()` gives: each part null where the text has none. */
export interface Url {
  protocol: string | null
  slashes: boolean | null
  auth: string | null
  host: string | null
  port: string | null
  hostname: string | null
  hash: string | null
  search: string | null
  query: string | ParsedUrlQuery | null
  pathname: string | null
  path: string | null
  href: string
}

export interface UrlWithStringQuery extends Url {
  query: string | null
}

export interface UrlWithParsedQuery extends Url {
  query: ParsedUrlQuery
}

/** What the legacy `format()` takes. */
export interface UrlObject {
  protocol?: string | null | undefined
  slashes?: boolean | null | undefined
  auth?: string | null | undefined
  host?: string | null | undefined
  hostname?: string | null | undefined
  port?: string | number | null | undefined
  pathname?: string | null | undefined
  search?: string | null | undefined
  query?: string | null | ParsedUrlQueryInput | undefined
  hash?: string | null | undefined
  href?: string | null | undefined
}

export interface URLFormatOptions {
  auth?: boolean | undefined
  fragment?: boolean | undefined
  search?: boolean | undefined
  unicode?: boolean | undefined
}

export interface FileUrlToPathOptions {
  /** Default: as the system is. */
  windows?: boolean | undefined
}

export interface PathToFileUrlOptions {
  /** Default: as the system is. */
  windows?: boolean | undefined
}

export function parse(url: string): UrlWithStringQuery
export function parse(url: string, parseQueryString: false | undefined, slashesDenoteHost?: boolean): UrlWithStringQuery
export function parse(url: string, parseQueryString: true, slashesDenoteHost?: boolean): UrlWithParsedQuery
export function parse(url: string, parseQueryString: boolean, slashesDenoteHost?: boolean): Url
export function format(url: URL, options?: URLFormatOptions): string
export function format(url: UrlObject | string): string
export function resolve(from: string, to: string): string
export function domainToASCII(domain: string): string
export function domainToUnicode(domain: string): string
export function fileURLToPath(url: string | URL, options?: FileUrlToPathOptions): string
export function fileURLToPathBuffer(url: string | URL, options?: FileUrlToPathOptions): Buffer
export function pathToFileURL(path: string, options?: PathToFileUrlOptions): URL
export function urlToHttpOptions(url: URL): ClientRequestArgs
