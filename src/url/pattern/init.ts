// The eight components as they are given: completed from a base URL and, for a URL to match, brought into canonical form.
// URL Pattern standard, section 3.2 "URLPatternInit processing".

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
} from '../parser/record.ts'
import { NO_PORT, NOT_SPECIAL, schemeTypeOf } from '../parser/schemes.ts'
import { parseUrl } from '../parser/url-parser.ts'
import {
  canonicalizeCredential,
  canonicalizeDomain,
  canonicalizeHash,
  canonicalizeHostname,
  canonicalizeOpaquePathname,
  canonicalizePathname,
  canonicalizePort,
  canonicalizeProtocol,
  canonicalizeSearch,
} from './canonicalize.ts'
import { escapePattern } from './component.ts'
import { PatternError } from './pattern-errors.ts'

/** In the order of the inheritance from a base URL. */
export const componentNames = [
  'protocol',
  'username',
  'password',
  'hostname',
  'port',
  'pathname',
  'search',
  'hash',
] as const

export type ComponentName = (typeof componentNames)[number]

export type ComponentTexts = Partial<Record<ComponentName, string>>

export type PatternInit = ComponentTexts & { baseURL?: string }

/**
 * @param isPattern - the texts are pattern strings, else those of a URL
 * @throws PatternError
 */
export function processInit(init: PatternInit, isPattern: boolean, defaults: ComponentTexts): ComponentTexts {
  const result: ComponentTexts = { ...defaults }
  let base: UrlRecord | undefined
  if (init.baseURL !== undefined) {
    base = parseUrl(init.baseURL, null)
    if (base === undefined) throw new PatternError(`No base URL: ${init.baseURL}`)
    inherit(result, init, base, isPattern)
  }
  if (init.protocol !== undefined) {
    const protocol = init.protocol.endsWith(':') ? init.protocol.slice(0, -1) : init.protocol
    result.protocol = isPattern ? protocol : canonicalizeProtocol(protocol)
  }
  const protocol = result.protocol ?? ''
  const isSpecial = protocol === '' || schemeTypeOf(protocol) !== NOT_SPECIAL
  const take = (name: ComponentName, text: string | undefined, canonicalize: (text: string) => string): void => {
    if (text !== undefined) result[name] = isPattern ? text : canonicalize(text)
  }
  take('username', init.username, canonicalizeCredential)
  take('password', init.password, canonicalizeCredential)
  take('hostname', init.hostname, isSpecial ? canonicalizeDomain : canonicalizeHostname)
  take('port', init.port, port => canonicalizePort(port, protocol || undefined))
  let { pathname } = init
  if (pathname !== undefined && base !== undefined && !hasOpaquePath(base) && !isAbsolute(pathname, isPattern)) {
    const basePath = ofBase(pathnameOf(base), isPattern)
    pathname = basePath.slice(0, basePath.lastIndexOf('/') + 1) + pathname
  }
  take('pathname', pathname, isSpecial ? canonicalizePathname : canonicalizeOpaquePathname)
  take('search', withoutMark(init.search, '?'), canonicalizeSearch)
  take('hash', withoutMark(init.hash, '#'), canonicalizeHash)
  return result
}

/** A component comes from the base unless it, or one that is more significant, is given. */
function inherit(result: ComponentTexts, init: PatternInit, base: UrlRecord, isPattern: boolean): void {
  const isGiven = (...names: ComponentName[]): boolean => names.some(name => init[name] !== undefined)
  if (isGiven('protocol')) return
  result.protocol = ofBase(protocolOf(base).slice(0, -1), isPattern)
  // Credentials of a base never become part of a pattern.
  if (!isPattern && !isGiven('hostname', 'port', 'username')) {
    result.username = usernameOf(base)
    if (!isGiven('password')) result.password = passwordOf(base)
  }
  if (isGiven('hostname')) return
  result.hostname = ofBase(hostOf(base) ?? '', isPattern)
  if (isGiven('port')) return
  result.port = base.port === NO_PORT ? '' : `${base.port}`
  if (isGiven('pathname')) return
  result.pathname = ofBase(pathnameOf(base), isPattern)
  if (isGiven('search')) return
  result.search = ofBase(queryOf(base) ?? '', isPattern)
  if (!isGiven('hash')) result.hash = ofBase(fragmentOf(base) ?? '', isPattern)
}

function ofBase(text: string, isPattern: boolean): string {
  return isPattern ? escapePattern(text) : text
}

function isAbsolute(pathname: string, isPattern: boolean): boolean {
  return pathname.startsWith('/') || (isPattern && (pathname.startsWith('\\/') || pathname.startsWith('{/')))
}

function withoutMark(text: string | undefined, mark: string): string | undefined {
  return text?.startsWith(mark) ? text.slice(1) : text
}
