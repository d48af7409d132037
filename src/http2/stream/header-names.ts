// What is known of a field's name when a program gives it: its form on the wire, and which rule holds for it. RFC 9113
// section 8.2; Node's documentation, "Headers object".

import { isToken } from '../../http/internal.ts'
import { constants } from '../constants.ts'

/** How a name may be used: one of the kinds below. */
export interface NameRule {
  /** In lower case, as it goes on the wire. */
  readonly name: string
  readonly kind: number
}

export const REGULAR = 0
/** At most one value. */
export const SINGLE = 1
export const PSEUDO = 2
export const TE = 3
/** Has no place in HTTP/2. */
export const CONNECTION_SPECIFIC = 4
export const NO_TOKEN = 5

/** Of the six pseudo-headers that exist. */
export function isKnownPseudo(name: string): boolean {
  return pseudoNames.has(name)
}

/** Whether a second value is dropped on receipt, and refused when sent. */
export function isSingleValued(name: string): boolean {
  return singleNames.has(name)
}

export function nameRule(given: string): NameRule {
  const known = rules.get(given)
  if (known !== undefined) return known
  const name = given.toLowerCase()
  const rule: NameRule = { name, kind: kindOf(name) }
  // Names that a program makes up without end must not fill memory.
  if (rules.size < MAX_REMEMBERED) rules.set(given, rule)
  return rule
}

function kindOf(name: string): number {
  if (name.charCodeAt(0) === 0x3a) return PSEUDO
  if (singleNames.has(name)) return SINGLE
  if (!isToken(name)) return NO_TOKEN
  if (name === 'te') return TE
  return connectionNames.has(name) ? CONNECTION_SPECIFIC : REGULAR
}

const MAX_REMEMBERED = 1024
const rules = new Map<string, NameRule>()

const pseudoNames = new Set<string>([
  constants.HTTP2_HEADER_STATUS,
  constants.HTTP2_HEADER_METHOD,
  constants.HTTP2_HEADER_AUTHORITY,
  constants.HTTP2_HEADER_SCHEME,
  constants.HTTP2_HEADER_PATH,
  constants.HTTP2_HEADER_PROTOCOL,
])

const connectionNames = new Set([
  'connection',
  'upgrade',
  'http2-settings',
  'keep-alive',
  'proxy-connection',
  'transfer-encoding',
])

const singleNames = new Set<string>([
  ...pseudoNames,
  'access-control-allow-credentials',
  'access-control-max-age',
  'access-control-request-method',
  'age',
  'authorization',
  'content-encoding',
  'content-language',
  'content-length',
  'content-location',
  'content-md5',
  'content-range',
  'content-type',
  'date',
  'dnt',
  'etag',
  'expires',
  'from',
  'host',
  'if-match',
  'if-modified-since',
  'if-none-match',
  'if-range',
  'if-unmodified-since',
  'last-modified',
  'location',
  'max-forwards',
  'proxy-authorization',
  'range',
  'referer',
  'retry-after',
  'tk',
  'upgrade-insecure-requests',
  'user-agent',
  'x-content-type-options',
])
