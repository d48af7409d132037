// Node's older API, from before the URL standard: `Url`, parse, format, resolve, resolveObject. Deprecated by its
// documentation (DEP0169) and kept for the programs that have it. Nothing in this project decides by it where to connect.

import type { ParsedUrlQuery, ParsedUrlQueryInput } from 'node:querystring'
import { URL as RuntimeURL } from 'node:url'
import { codedError, invalidArgType } from '../../core/errors.ts'
import { validateString } from '../../core/validate.ts'
import { stringify } from '../../querystring/index.ts'
import { URL } from '../url.ts'
import { formatUrl } from './format.ts'
import type { UrlFields } from './legacy-fields.ts'
import { isIpv6Host, parseHostInto, parseInto } from './legacy-parser.ts'
import { resolveInto } from './legacy-resolver.ts'
import { hasSlashes } from './legacy-schemes.ts'

export interface Url extends UrlFields {
  parse(url: string, parseQueryString?: boolean, slashesDenoteHost?: boolean): this
  format(): string
  resolve(relative: string): string
  resolveObject(relative: string | Url): Url
  parseHost(): void
}

/** What `format` makes do with. */
type UrlLike = { readonly [Name in keyof Url]?: unknown }

/** A function, as in Node: programs inherit from it with `Url.call(this)`. */
function LegacyUrl(this: Url): void {
  this.protocol = null
  this.slashes = null
  this.auth = null
  this.host = null
  this.port = null
  this.hostname = null
  this.hash = null
  this.search = null
  this.query = null
  this.pathname = null
  this.path = null
  ;(this as { href: string | null }).href = null
}
Object.defineProperty(LegacyUrl, 'name', { value: 'Url', configurable: true })

export const Url = LegacyUrl as unknown as { new (): Url; readonly prototype: Url }

Url.prototype.parse = function parse(url, parseQueryString, slashesDenoteHost) {
  validateString(url, 'url')
  const isWhole = parseInto(this, url, Boolean(parseQueryString), Boolean(slashesDenoteHost))
  if (!isWhole) this.href = this.format()
  return this
}

Url.prototype.format = function format() {
  return formatParts(this)
}

Url.prototype.resolve = function resolve(relative) {
  warnOnce(Url.prototype.resolve)
  return this.resolveObject(parsed(relative, false, true)).format()
}

Url.prototype.resolveObject = function resolveObject(relative) {
  const other = typeof relative === 'string' ? new Url().parse(relative, false, true) : relative
  const result = Object.assign(new Url(), this)
  resolveInto(result, other)
  result.href = result.format()
  return result
}

Url.prototype.parseHost = function parseHost() {
  parseHostInto(this)
}

type UrlWithStringQuery = Url & { query: string | null }
type UrlWithParsedQuery = Url & { query: ParsedUrlQuery }

export function parse(url: string, parseQueryString?: false, slashesDenoteHost?: boolean): UrlWithStringQuery
export function parse(url: string, parseQueryString: true, slashesDenoteHost?: boolean): UrlWithParsedQuery
export function parse(url: string | Url, parseQueryString?: boolean, slashesDenoteHost?: boolean): Url
export function parse(url: string | Url, parseQueryString?: boolean, slashesDenoteHost?: boolean): Url {
  warnOnce(parse)
  return url instanceof Url ? url : parsed(url, parseQueryString, slashesDenoteHost)
}

export function format(urlObject: string | URL | UrlLike, options?: Parameters<typeof formatUrl>[1]): string {
  if (typeof urlObject === 'string') {
    warnOnce(format)
    return parsed(urlObject, false, false).format()
  }
  if (typeof urlObject !== 'object' || urlObject === null) {
    throw invalidArgType('urlObject', ['Object', 'string'], urlObject)
  }
  if (urlObject instanceof URL || urlObject instanceof RuntimeURL) return formatUrl(urlObject, options)
  return formatParts(urlObject as UrlLike)
}

export function resolve(source: string, relative: string): string {
  warnOnce(resolve)
  return parsed(source, false, true)
    .resolveObject(parsed(relative, false, true))
    .format()
}

export function resolveObject(source: string | Url, relative: string | Url): Url | string {
  if (!source) return relative
  warnOnce(resolveObject)
  return parsed(source, false, true).resolveObject(relative)
}

function parsed(url: string | Url, parseQueryString?: boolean, slashesDenoteHost?: boolean): Url {
  return url instanceof Url ? url : new Url().parse(url, parseQueryString, slashesDenoteHost)
}

function formatParts(url: UrlLike): string {
  const auth = url.auth ? `${encodeAuth(url.auth as string)}@` : ''
  let protocol = (url.protocol || '') as string
  if (protocol && !protocol.endsWith(':')) protocol += ':'
  let pathname = ((url.pathname || '') as string).replaceAll('#', '%23').replaceAll('?', '%3F')
  let host = formatHost(url, auth)
  if (url.slashes || hasSlashes(protocol)) {
    if (url.slashes || host) {
      if (pathname && !pathname.startsWith('/')) pathname = `/${pathname}`
      host = `//${host}`
    } else if (protocol.startsWith('file')) host = '//'
  }
  return protocol + host + pathname + formatSearch(url) + marked('#', (url.hash || '') as string)
}

function encodeAuth(auth: string): string {
  try {
    return encodeURIComponent(auth).replaceAll('%3A', ':')
  } catch {
    throw codedError(URIError, 'ERR_INVALID_URI', 'URI malformed')
  }
}

function formatHost(url: UrlLike, auth: string): string {
  if (url.host) return auth + (url.host as string)
  if (!url.hostname) return ''
  const hostname = url.hostname as string
  const isBare = hostname.includes(':') && !isIpv6Host(hostname)
  return `${auth}${isBare ? `[${hostname}]` : hostname}${url.port ? `:${url.port}` : ''}`
}

function formatSearch(url: UrlLike): string {
  let query = ''
  if (url.query !== null && typeof url.query === 'object') query = stringify(url.query as ParsedUrlQueryInput)
  const search = (url.search || (query && `?${query}`) || '') as string
  return marked('?', search.replaceAll('#', '%23'))
}

function marked(mark: string, text: string): string {
  return text === '' || text.startsWith(mark) ? text : mark + text
}

let hasWarned = false

/**
 * DEP0169, the first time that code outside node_modules comes here.
 * @param entry - the function that was called; the frame above it is the caller's
 */
function warnOnce(entry: (...args: never[]) => unknown): void {
  if (hasWarned || isInsideNodeModules(entry)) return
  hasWarned = true
  process.emitWarning(
    '`url.parse()` behavior is not standardized and prone to errors that have security implications. ' +
      'Use the WHATWG URL API instead. CVEs are not issued for `url.parse()` vulnerabilities.',
    'DeprecationWarning',
    'DEP0169',
  )
}

function isInsideNodeModules(entry: (...args: never[]) => unknown): boolean {
  const holder: { stack?: string } = {}
  Error.captureStackTrace(holder, entry)
  const frames = (holder.stack ?? '').split('\n').filter(line => line.startsWith('    at ') && !line.includes('node:'))
  return /[\\/]node_modules[\\/]/.test(frames[0] ?? '')
}
