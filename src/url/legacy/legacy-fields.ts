// What the older API takes a URL apart into.

import type { ParsedUrlQuery } from 'node:querystring'

export interface UrlFields {
  protocol: string | null
  /** Whether two slashes stood before the host. */
  slashes: boolean | null
  auth: string | null
  /** Host name and port; IPv6 in brackets. */
  host: string | null
  port: string | null
  /** IPv6 without brackets. */
  hostname: string | null
  hash: string | null
  search: string | null
  query: string | ParsedUrlQuery | null
  pathname: string | null
  /** pathname and search. */
  path: string | null
  href: string
}
