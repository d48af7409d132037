// The parser of the legacy API: what `url.parse` does to a text. It follows Node's, not any standard: RFC 3986 for the
// names of the parts, early browsers for backslashes and for what may stand in a host. Queries are taken apart by
// querystring.

import { invalidArgValue } from '../../core/errors.ts'
import { parse as parseQuery } from '../../querystring/index.ts'
import { invalidUrlAssigned } from '../errors.ts'
import { domainToAscii } from '../parser/idna.ts'
import { MAX_LEGACY_HOST } from '../parser/limits.ts'
import type { UrlFields } from './legacy-fields.ts'
import { hasSlashes, isScript } from './legacy-schemes.ts'

/** @returns whether `href` is the text as it stands; if not, it is yet to be put together */
export function parseInto(
  result: UrlFields,
  input: string,
  wantsQueryObject: boolean,
  slashesDenoteHost: boolean,
): boolean {
  const text = trimmed(input)
  const split = text.search(/[?#]/)
  const head = (split < 0 ? text : text.slice(0, split)).replaceAll('\\', '/')
  let rest = split < 0 ? head : head + text.slice(split)

  // What a server reads from a request line.
  if (!slashesDenoteHost && !head.includes('@') && !text.includes('#') && isSimplePath(rest)) {
    result.href = rest
    setPathAndQuery(result, rest, wantsQueryObject)
    result.path = rest
    return true
  }

  const protocol = /^[a-z0-9.+-]+:/i.exec(rest)?.[0]
  const scheme = protocol?.toLowerCase()
  if (scheme !== undefined) {
    result.protocol = scheme
    rest = rest.slice(scheme.length)
  }
  let slashes = false
  if (slashesDenoteHost || protocol || /^\/\/[^@/]+@[^@/]+/.test(rest)) {
    slashes = rest.startsWith('//')
    if (slashes && !isScript(scheme)) {
      rest = rest.slice(2)
      result.slashes = true
    }
  }
  // The protocol as it was written: `HTTP:x` is not known to have slashes, and x is its host.
  if (!isScript(scheme) && (slashes || (protocol && !hasSlashes(protocol)))) rest = takeAuthority(result, rest, input)
  if (!isScript(scheme)) rest = escapeDelimiters(rest)

  const hash = rest.indexOf('#')
  if (hash >= 0) {
    result.hash = rest.slice(hash)
    rest = rest.slice(0, hash)
  }
  setPathAndQuery(result, rest, wantsQueryObject)
  if (hasSlashes(scheme) && result.hostname && !result.pathname) result.pathname = '/'
  if (result.pathname || result.search) result.path = (result.pathname ?? '') + (result.search ?? '')
  return false
}

/** Takes the port from the host. */
export function parseHostInto(result: UrlFields): void {
  const host = result.host as string
  let colon = host.length
  while (colon > 0 && isDigit(host.charCodeAt(colon - 1))) colon--
  colon--
  if (host.charCodeAt(colon) !== COLON) {
    if (host) result.hostname = host
    return
  }
  if (colon < host.length - 1) result.port = host.slice(colon + 1)
  if (colon > 0) result.hostname = host.slice(0, colon)
}

export function isIpv6Host(hostname: string): boolean {
  return hostname.startsWith('[') && hostname.endsWith(']')
}

function setPathAndQuery(result: UrlFields, text: string, wantsQueryObject: boolean): void {
  const question = text.indexOf('?')
  const pathname = question < 0 ? text : text.slice(0, question)
  if (pathname !== '') result.pathname = pathname
  if (question >= 0) {
    result.search = text.slice(question)
    const query = text.slice(question + 1)
    result.query = wantsQueryObject ? parseQuery(query) : query
  } else if (wantsQueryObject) {
    result.query = Object.create(null)
  }
}

/** One or two slashes, then no third; no white space. */
function isSimplePath(text: string): boolean {
  return text.startsWith('/') && !text.startsWith('///') && !/\s/.test(text)
}

/** Reads user, host and port from the head of `text`; returns what follows them. */
function takeAuthority(result: UrlFields, text: string, input: string): string {
  const slash = text.search(/[/?#]/)
  const authority = (slash < 0 ? text : text.slice(0, slash)).replace(/[\t\n\r]+/g, '')
  const at = authority.lastIndexOf('@')
  if (at >= 0) result.auth = decodeURIComponent(authority.slice(0, at))
  const behindAuth = authority.slice(at + 1)
  const end = behindAuth.search(/[ "%';<>\\^`{|}]/)
  result.host = end < 0 ? behindAuth : behindAuth.slice(0, end)
  let rest = (end < 0 ? '' : behindAuth.slice(end)) + (slash < 0 ? '' : text.slice(slash))
  parseHostInto(result)
  const hostname = result.hostname ?? ''
  const isIpv6 = isIpv6Host(hostname)
  result.hostname = canonicalHost(hostname, isIpv6, input)
  result.host = result.hostname + (result.port ? `:${result.port}` : '')
  if (isIpv6) {
    result.hostname = result.hostname.slice(1, -1)
    if (!rest.startsWith('/')) rest = `/${rest}`
  }
  return rest
}

/** Lower case and ASCII. What IDNA lets through or makes must not change where the host ends: it throws. */
function canonicalHost(hostname: string, isIpv6: boolean, input: string): string {
  if (!isIpv6 && hostname.includes(':')) throw invalidArgValue('url', 'Invalid port in url', input)
  if (hostname === '' || hostname.length > MAX_LEGACY_HOST) return ''
  const lower = hostname.toLowerCase()
  if (isIpv6 && !/[\0\t\n\r #%/<>?@\\^|]/.test(lower)) return lower
  const ascii = isIpv6 ? '' : domainToAscii(lower)
  if (!ascii || /[\0\t\n\r #%/:<>?@[\\\]^|]/.test(ascii)) throw invalidUrlAssigned(input)
  return ascii
}

/** The delimiters and unwise characters of RFC 2396, and single quotes, percent-encoded. */
function escapeDelimiters(text: string): string {
  return text.replace(/[\t\n\r "'<>\\^`{|}]/g, character => {
    const hex = character.charCodeAt(0).toString(16).toUpperCase()
    return `%${hex.padStart(2, '0')}`
  })
}

/** Without C0 controls, spaces, no-break spaces and byte order marks at either end. */
function trimmed(text: string): string {
  let start = 0
  let end = text.length
  while (start < end && isBlank(text.charCodeAt(start))) start++
  while (end > start && isBlank(text.charCodeAt(end - 1))) end--
  return text.slice(start, end)
}

function isBlank(unit: number): boolean {
  return unit <= 0x20 || unit === 0xa0 || unit === 0xfeff
}

function isDigit(unit: number): boolean {
  return unit >= 0x30 && unit <= 0x39
}

const COLON = 0x3a
