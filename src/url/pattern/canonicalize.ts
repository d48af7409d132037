// A value as it is in the component of a parsed URL, by way of the URL parser itself.
// URL Pattern standard, section 3.1 "Encoding callbacks".

import { UrlComponents } from '../parser/components.ts'
import { percentEncode, USERINFO_SET } from '../parser/percent-encoding.ts'
import { protocolOf } from '../parser/record.ts'
import { NO_PORT } from '../parser/schemes.ts'
import { FRAGMENT, HOSTNAME, OPAQUE_PATH, PATH_START, PORT, parsePart, parseUrl, QUERY } from '../parser/url-parser.ts'
import { PatternError } from './pattern-errors.ts'

export function canonicalizeProtocol(value: string): string {
  if (value === '') return ''
  const record = parseUrl(`${value}://dummy.invalid/`, null)
  if (record === undefined) throw new PatternError(`No protocol: ${value}`)
  return protocolOf(record).slice(0, -1)
}

/** A user name or a password. */
export function canonicalizeCredential(value: string): string {
  return percentEncode(value, USERINFO_SET)
}

/** A host of a URL with a special scheme. */
export function canonicalizeDomain(value: string): string {
  return value === '' ? '' : (parsed(value, dummyUrl('https'), HOSTNAME).host ?? '')
}

/** A host where the scheme is not known to be special. */
export function canonicalizeHostname(value: string): string {
  return value === '' ? '' : (parsed(value, dummyUrl('dummy'), HOSTNAME).host ?? '')
}

/** Parts of an IPv6 address are no address: only their characters are checked. */
export function canonicalizeIpv6(value: string): string {
  if (!/^[0-9a-f[\]:]*$/i.test(value)) throw new PatternError(`No part of an IPv6 address: ${value}`)
  return value.toLowerCase()
}

/** @param protocol - whose default port becomes '' */
export function canonicalizePort(value: string, protocol = 'dummy'): string {
  if (value === '') return ''
  if (!/^[0-9]/.test(value.replace(/[\t\n\r]/g, ''))) throw new PatternError(`No port: ${value}`)
  const { port } = parsed(value, dummyUrl(protocol), PORT)
  return port === NO_PORT ? '' : `${port}`
}

export function canonicalizePathname(value: string): string {
  if (value === '') return ''
  if (value.startsWith('/')) return parsed(value, dummyUrl('https'), PATH_START).path
  // Not at the path's beginning: whatever comes first must not be taken for an empty or a dot segment.
  return parsed(`/-${value}`, dummyUrl('https'), PATH_START).path.slice(2)
}

export function canonicalizeOpaquePathname(value: string): string {
  return value === '' ? '' : parsed(value, dummyUrl('dummy'), OPAQUE_PATH).path
}

export function canonicalizeSearch(value: string): string {
  return value === '' ? '' : (parsed(value, dummyUrl('https'), QUERY).query as string)
}

export function canonicalizeHash(value: string): string {
  return value === '' ? '' : (parsed(value, dummyUrl('https'), FRAGMENT).fragment as string)
}

function dummyUrl(scheme: string): UrlComponents {
  const url = new UrlComponents()
  url.setScheme(scheme)
  url.host = 'dummy.invalid'
  return url
}

function parsed(value: string, url: UrlComponents, state: number): UrlComponents {
  if (!parsePart(value, url, state)) throw new PatternError(`Not to be parsed: ${value}`)
  return url
}
