// A parsed URL: its serialization, and where the parts stand in it. Getters slice the href, nothing is put together
// again. The offsets, for a URL with every part:
//
//   https://user:pass@example.com:1234/foo/bar?baz#quux
//         |     |    |          |     |       |   |
//         |     |    |          |     |       |   hashStart
//         |     |    |          |     |       searchStart
//         |     |    |          |     pathnameStart
//         |     |    |          hostEnd (the port's colon, if any, follows)
//         |     |    hostStart (the @ if there are credentials, else the host's first unit)
//         |     usernameEnd
//         protocolEnd (after the colon)
//
// Without a host (it is null) hostStart, hostEnd and usernameEnd equal protocolEnd; with an empty one they stand behind
// the two slashes. Records never change once made; setters make new ones.

import { unitAt } from './code-unit.ts'
import { NO_PORT, NOT_SPECIAL } from './schemes.ts'

/** `searchStart` or `hashStart` of a URL without that part. */
export const ABSENT = -1

export class UrlRecord {
  readonly href: string
  readonly schemeType: number
  readonly protocolEnd: number
  readonly usernameEnd: number
  readonly hostStart: number
  readonly hostEnd: number
  /** `NO_PORT` when null. */
  readonly port: number
  readonly pathnameStart: number
  readonly searchStart: number
  readonly hashStart: number

  constructor(
    href: string,
    schemeType: number,
    protocolEnd: number,
    usernameEnd: number,
    hostStart: number,
    hostEnd: number,
    port: number,
    pathnameStart: number,
    searchStart: number,
    hashStart: number,
  ) {
    this.href = href
    this.schemeType = schemeType
    this.protocolEnd = protocolEnd
    this.usernameEnd = usernameEnd
    this.hostStart = hostStart
    this.hostEnd = hostEnd
    this.port = port
    this.pathnameStart = pathnameStart
    this.searchStart = searchStart
    this.hashStart = hashStart
  }
}

export function protocolOf(record: UrlRecord): string {
  return record.href.slice(0, record.protocolEnd)
}

export function usernameOf({ href, protocolEnd, usernameEnd }: UrlRecord): string {
  return usernameEnd > protocolEnd + 2 ? href.slice(protocolEnd + 2, usernameEnd) : ''
}

export function passwordOf({ href, usernameEnd, hostStart }: UrlRecord): string {
  return hostStart > usernameEnd ? href.slice(usernameEnd + 1, hostStart) : ''
}

export function hasCredentials({ href, hostStart, hostEnd }: UrlRecord): boolean {
  return hostStart < hostEnd && href.charCodeAt(hostStart) === AT
}

/** Null, or the host without its port. */
export function hostOf(record: UrlRecord): string | null {
  return record.hostEnd === record.protocolEnd ? null : hostnameOf(record)
}

export function hostnameOf(record: UrlRecord): string {
  return record.href.slice(record.hostStart + (hasCredentials(record) ? 1 : 0), record.hostEnd)
}

/** Host and port as they stand in the href. */
export function hostWithPortOf(record: UrlRecord): string {
  const { hostStart, hostEnd, port, pathnameStart } = record
  // Without a port, pathnameStart may lie two further: behind the `/.` that guards a path.
  const end = port === NO_PORT ? hostEnd : pathnameStart
  return record.href.slice(hostStart + (hasCredentials(record) ? 1 : 0), end)
}

export function pathnameOf({ href, pathnameStart, searchStart, hashStart }: UrlRecord): string {
  if (searchStart !== ABSENT) return href.slice(pathnameStart, searchStart)
  return href.slice(pathnameStart, hashStart === ABSENT ? href.length : hashStart)
}

/** Null, or what follows the question mark. */
export function queryOf({ href, searchStart, hashStart }: UrlRecord): string | null {
  if (searchStart === ABSENT) return null
  return href.slice(searchStart + 1, hashStart === ABSENT ? href.length : hashStart)
}

/** Null, or what follows the number sign. */
export function fragmentOf({ href, hashStart }: UrlRecord): string | null {
  return hashStart === ABSENT ? null : href.slice(hashStart + 1)
}

/** A path that is one string, such as that of `mailto:a@b`, not a list of segments. */
export function hasOpaquePath({ href, schemeType, protocolEnd, hostEnd, pathnameStart }: UrlRecord): boolean {
  return schemeType === NOT_SPECIAL && hostEnd === protocolEnd && unitAt(href, pathnameStart) !== SLASH
}

/** The record with another query and fragment; what is before them stays as it is. */
export function withTail(record: UrlRecord, query: string | null, fragment: string | null): UrlRecord {
  const { searchStart, hashStart } = record
  const beforeHash = hashStart === ABSENT ? record.href.length : hashStart
  const pathEnd = searchStart === ABSENT ? beforeHash : searchStart
  let href = record.href.slice(0, pathEnd)
  if (query !== null) href += `?${query}`
  const newHashStart = fragment === null ? ABSENT : href.length
  if (fragment !== null) href += `#${fragment}`
  return new UrlRecord(
    href,
    record.schemeType,
    record.protocolEnd,
    record.usernameEnd,
    record.hostStart,
    record.hostEnd,
    record.port,
    record.pathnameStart,
    query === null ? ABSENT : pathEnd,
    newHashStart,
  )
}

const SLASH = 0x2f
const AT = 0x40
