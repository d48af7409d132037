// What the setters of the URL class do to a record. Each gives a new record, or the same where the standard ignores the
// value. URL standard, section 6.1 "URL class".

import { UrlComponents } from './parser/components.ts'
import { FRAGMENT_SET, percentEncode, USERINFO_SET } from './parser/percent-encoding.ts'
import { fragmentOf, hasOpaquePath, queryOf, type UrlRecord, withTail } from './parser/record.ts'
import { NO_PORT } from './parser/schemes.ts'
import { serialize } from './parser/serialize.ts'
import {
  encodeQuery,
  HOST,
  HOSTNAME,
  PATH_START,
  PORT,
  parsePart,
  removeTabsAndNewlines,
  SCHEME_START,
} from './parser/url-parser.ts'

export function withProtocol(record: UrlRecord, value: string): UrlRecord {
  return withPart(UrlComponents.of(record), `${value}:`, SCHEME_START)
}

export function withUsername(record: UrlRecord, value: string): UrlRecord {
  const url = UrlComponents.of(record)
  if (url.cannotHaveUsernamePasswordPort) return record
  url.username = percentEncode(value, USERINFO_SET)
  return serialize(url)
}

export function withPassword(record: UrlRecord, value: string): UrlRecord {
  const url = UrlComponents.of(record)
  if (url.cannotHaveUsernamePasswordPort) return record
  url.password = percentEncode(value, USERINFO_SET)
  return serialize(url)
}

export function withHost(record: UrlRecord, value: string): UrlRecord {
  return hasOpaquePath(record) ? record : withPart(UrlComponents.of(record), value, HOST)
}

export function withHostname(record: UrlRecord, value: string): UrlRecord {
  return hasOpaquePath(record) ? record : withPart(UrlComponents.of(record), value, HOSTNAME)
}

export function withPort(record: UrlRecord, value: string): UrlRecord {
  const url = UrlComponents.of(record)
  if (url.cannotHaveUsernamePasswordPort) return record
  if (value !== '') return withPart(url, value, PORT)
  url.port = NO_PORT
  return serialize(url)
}

export function withPathname(record: UrlRecord, value: string): UrlRecord {
  if (hasOpaquePath(record)) return record
  const url = UrlComponents.of(record)
  url.path = ''
  return withPart(url, value, PATH_START)
}

export function withSearch(record: UrlRecord, value: string): UrlRecord {
  if (value === '') return withTail(record, null, fragmentOf(record))
  return withTail(record, encodeQuery(inputOf(value, '?'), record.schemeType), fragmentOf(record))
}

export function withHash(record: UrlRecord, value: string): UrlRecord {
  if (value === '') return withTail(record, queryOf(record), null)
  return withTail(record, queryOf(record), percentEncode(inputOf(value, '#'), FRAGMENT_SET))
}

/** What the basic URL parser takes in the query and the fragment state. */
function inputOf(value: string, mark: string): string {
  return removeTabsAndNewlines(value.startsWith(mark) ? value.slice(1) : value)
}

/** A failure leaves what had been changed before it, as in the standard: the port of `host` may be refused alone. */
function withPart(url: UrlComponents, value: string, stateOverride: number): UrlRecord {
  parsePart(value, url, stateOverride)
  return serialize(url)
}
