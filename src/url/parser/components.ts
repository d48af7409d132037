// The URL record of the standard while it is taken apart or put together. URL standard, section 4.1 "URL representation".

import {
  fragmentOf,
  hasOpaquePath,
  hostOf,
  passwordOf,
  pathnameOf,
  protocolOf,
  queryOf,
  type UrlRecord,
  usernameOf,
} from './record.ts'
import { FILE, NO_PORT, NOT_SPECIAL, schemeTypeOf } from './schemes.ts'

export class UrlComponents {
  scheme = ''
  /** Of `scheme`: set both with `setScheme`. */
  schemeType: number = NOT_SPECIAL
  username = ''
  password = ''
  /** Serialized; IPv6 in its brackets. */
  host: string | null = null
  port: number = NO_PORT
  /** The list of segments as it is serialized, each with the slash before it; '' when empty. Or the opaque path. */
  path = ''
  hasOpaquePath = false
  query: string | null = null
  fragment: string | null = null

  setScheme(scheme: string): void {
    this.scheme = scheme
    this.schemeType = schemeTypeOf(scheme)
  }

  get includesCredentials(): boolean {
    return this.username !== '' || this.password !== ''
  }

  get cannotHaveUsernamePasswordPort(): boolean {
    return this.host === null || this.host === '' || this.schemeType === FILE
  }

  copyAuthority(record: UrlRecord): void {
    this.username = usernameOf(record)
    this.password = passwordOf(record)
    this.host = hostOf(record)
    this.port = record.port
  }

  copyPath(record: UrlRecord): void {
    this.path = pathnameOf(record)
    this.hasOpaquePath = hasOpaquePath(record)
  }

  copyScheme(record: UrlRecord): void {
    this.scheme = protocolOf(record).slice(0, -1)
    this.schemeType = record.schemeType
  }

  static of(record: UrlRecord): UrlComponents {
    const url = new UrlComponents()
    url.copyScheme(record)
    url.copyAuthority(record)
    url.copyPath(record)
    url.query = queryOf(record)
    url.fragment = fragmentOf(record)
    return url
  }
}
