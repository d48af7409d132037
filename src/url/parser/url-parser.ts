// The basic URL parser: its states in the standard's order, one method each. Where the standard appends code point after
// code point to a buffer, a method takes the whole span up to the code point that ends it, so that each state runs once
// or twice in a parse. The checks that only report a validation error are left out.
// URL standard, section 4.4 "URL parsing".

import { toUSVString } from '../usv-string.ts'
import { unitAt } from './code-unit.ts'
import { UrlComponents } from './components.ts'
import { parseHost } from './host-parser.ts'
import { takePath } from './path-parser.ts'
import {
  C0_CONTROL_SET,
  FRAGMENT_SET,
  percentEncode,
  QUERY_SET,
  SPECIAL_QUERY_SET,
  USERINFO_SET,
} from './percent-encoding.ts'
import { quickParse, quickResolve } from './quick-parser.ts'
import { hasOpaquePath, pathnameOf, queryOf, type UrlRecord } from './record.ts'
import { defaultPorts, FILE, NO_PORT, NOT_SPECIAL, schemeTypeOf } from './schemes.ts'
import { serialize } from './serialize.ts'
import { isNormalizedDriveLetter, isWindowsDriveLetter, shortenPath, startsWithDriveLetter } from './windows-drive.ts'

/** What a method returns when there is no state to go to. */
const DONE = -1
const FAILURE = -2

const NO_OVERRIDE = 0
export const SCHEME_START = 1
const SCHEME = 2
const NO_SCHEME = 3
const SPECIAL_RELATIVE_OR_AUTHORITY = 4
const PATH_OR_AUTHORITY = 5
const RELATIVE = 6
const RELATIVE_SLASH = 7
const SPECIAL_AUTHORITY_SLASHES = 8
const SPECIAL_AUTHORITY_IGNORE_SLASHES = 9
const AUTHORITY = 10
export const HOST = 11
export const HOSTNAME = 12
export const PORT = 13
const FILE_STATE = 14
const FILE_SLASH = 15
const FILE_HOST = 16
export const PATH_START = 17
const PATH = 18
export const OPAQUE_PATH = 19
export const QUERY = 20
export const FRAGMENT = 21

/** Parses a whole URL. Undefined: failure. */
export function parseUrl(input: string, base: UrlRecord | null): UrlRecord | undefined {
  return quickParse(input) ?? (base && quickResolve(input, base)) ?? parseByStates(input, base)
}

/** The same, by the states alone: what the short way is proven against. */
export function parseByStates(input: string, base: UrlRecord | null): UrlRecord | undefined {
  const url = new UrlComponents()
  const parser = new BasicUrlParser(removeTabsAndNewlines(trimControls(input)), base, url, NO_OVERRIDE)
  return parser.run(SCHEME_START) ? serialize(url) : undefined
}

/** Changes a part of `url`, beginning in the state given. False: failure; parts may have changed before it came. */
export function parsePart(input: string, url: UrlComponents, stateOverride: number): boolean {
  return new BasicUrlParser(removeTabsAndNewlines(input), null, url, stateOverride).run(stateOverride)
}

class BasicUrlParser {
  readonly #input: string
  readonly #base: UrlRecord | null
  readonly #url: UrlComponents
  readonly #override: number
  #pointer = 0

  constructor(input: string, base: UrlRecord | null, url: UrlComponents, override: number) {
    this.#input = input
    this.#base = base
    this.#url = url
    this.#override = override
  }

  run(start: number): boolean {
    let state = start
    while (state >= 0) state = this.#step(state)
    return state === DONE
  }

  #step(state: number): number {
    switch (state) {
      case SCHEME_START:
        return this.#schemeStart()
      case SCHEME:
        return this.#scheme()
      case NO_SCHEME:
        return this.#noScheme()
      case SPECIAL_RELATIVE_OR_AUTHORITY:
        return this.#specialRelativeOrAuthority()
      case PATH_OR_AUTHORITY:
        return this.#pathOrAuthority()
      case RELATIVE:
        return this.#relative()
      case RELATIVE_SLASH:
        return this.#relativeSlash()
      case SPECIAL_AUTHORITY_SLASHES:
        return this.#specialAuthoritySlashes()
      case SPECIAL_AUTHORITY_IGNORE_SLASHES:
        return this.#specialAuthorityIgnoreSlashes()
      case AUTHORITY:
        return this.#authority()
      case HOST:
      case HOSTNAME:
        return this.#host()
      case PORT:
        return this.#port()
      case FILE_STATE:
        return this.#file()
      case FILE_SLASH:
        return this.#fileSlash()
      case FILE_HOST:
        return this.#fileHost()
      case PATH_START:
        return this.#pathStart()
      case PATH:
        return this.#path()
      case OPAQUE_PATH:
        return this.#opaquePath()
      case QUERY:
        return this.#query()
      default:
        return this.#fragment()
    }
  }

  #schemeStart(): number {
    if (isAsciiAlpha(this.#current)) return SCHEME
    return this.#override === NO_OVERRIDE ? NO_SCHEME : FAILURE
  }

  #scheme(): number {
    const url = this.#url
    let end = 1
    while (isSchemeUnit(unitAt(this.#input, end))) end++
    if (unitAt(this.#input, end) !== COLON) return this.#override === NO_OVERRIDE ? NO_SCHEME : FAILURE
    const scheme = this.#input.slice(0, end).toLowerCase()
    if (this.#override !== NO_OVERRIDE) return this.#changeScheme(scheme)
    url.setScheme(scheme)
    this.#pointer = end + 1
    if (url.schemeType === FILE) return FILE_STATE
    if (url.schemeType !== NOT_SPECIAL) {
      const isBaseScheme = this.#base !== null && this.#base.schemeType === url.schemeType
      return isBaseScheme ? SPECIAL_RELATIVE_OR_AUTHORITY : SPECIAL_AUTHORITY_SLASHES
    }
    if (this.#current !== SLASH) return OPAQUE_PATH
    this.#pointer++
    return PATH_OR_AUTHORITY
  }

  /** The scheme state when a state override is given. */
  #changeScheme(scheme: string): number {
    const url = this.#url
    const type = schemeTypeOf(scheme)
    if ((type === NOT_SPECIAL) !== (url.schemeType === NOT_SPECIAL)) return DONE
    if (type === FILE && (url.includesCredentials || url.port !== NO_PORT)) return DONE
    if (url.schemeType === FILE && url.host === '') return DONE
    url.setScheme(scheme)
    if (url.port === defaultPorts[type]) url.port = NO_PORT
    return DONE
  }

  #noScheme(): number {
    const base = this.#base
    if (base === null) return FAILURE
    this.#pointer = 0
    if (hasOpaquePath(base)) {
      if (this.#current !== NUMBER_SIGN) return FAILURE
      this.#url.copyScheme(base)
      this.#url.copyPath(base)
      this.#url.query = queryOf(base)
      this.#pointer++
      return FRAGMENT
    }
    return base.schemeType === FILE ? FILE_STATE : RELATIVE
  }

  #specialRelativeOrAuthority(): number {
    if (this.#current !== SLASH || this.#following !== SLASH) return RELATIVE
    this.#pointer += 2
    return SPECIAL_AUTHORITY_IGNORE_SLASHES
  }

  #pathOrAuthority(): number {
    if (this.#current !== SLASH) return PATH
    this.#pointer++
    return AUTHORITY
  }

  #relative(): number {
    const url = this.#url
    const base = this.#base as UrlRecord // The states before this one go here only with a base.
    url.copyScheme(base)
    if (this.#isSlash(this.#current)) {
      this.#pointer++
      return RELATIVE_SLASH
    }
    url.copyAuthority(base)
    url.copyPath(base)
    url.query = queryOf(base)
    return this.#afterBasePath(() => shortenPath(url.path, false))
  }

  /** What the relative and the file state share: query, fragment, nothing, or a path in the base's folder. */
  #afterBasePath(folder: () => string): number {
    const unit = this.#current
    if (this.#isAtEnd) return DONE
    if (unit === QUESTION_MARK) {
      this.#pointer++
      return QUERY
    }
    if (unit === NUMBER_SIGN) {
      this.#pointer++
      return FRAGMENT
    }
    this.#url.query = null
    this.#url.path = folder()
    return PATH
  }

  #relativeSlash(): number {
    if (this.#isSlash(this.#current)) {
      this.#pointer++
      return this.#url.schemeType === NOT_SPECIAL ? AUTHORITY : SPECIAL_AUTHORITY_IGNORE_SLASHES
    }
    this.#url.copyAuthority(this.#base as UrlRecord)
    return PATH
  }

  #specialAuthoritySlashes(): number {
    if (this.#current === SLASH && this.#following === SLASH) this.#pointer += 2
    return SPECIAL_AUTHORITY_IGNORE_SLASHES
  }

  #specialAuthorityIgnoreSlashes(): number {
    while (this.#current === SLASH || this.#current === BACKSLASH) this.#pointer++
    return AUTHORITY
  }

  #authority(): number {
    const url = this.#url
    const start = this.#pointer
    let end = start
    let at = -1
    for (; end < this.#input.length; end++) {
      const unit = this.#input.charCodeAt(end)
      if (unit === AT) at = end
      else if (this.#endsAuthority(unit)) break
    }
    if (at >= 0) {
      if (at + 1 === end) return FAILURE
      const credentials = this.#input.slice(start, at)
      const colon = credentials.indexOf(':')
      url.username = percentEncode(colon < 0 ? credentials : credentials.slice(0, colon), USERINFO_SET)
      if (colon >= 0) url.password = percentEncode(credentials.slice(colon + 1), USERINFO_SET)
      this.#pointer = at + 1
    }
    return HOST
  }

  /** The host state and the hostname state. */
  #host(): number {
    const url = this.#url
    const isOverridden = this.#override !== NO_OVERRIDE
    if (isOverridden && url.schemeType === FILE) return FILE_HOST
    const start = this.#pointer
    let isInsideBrackets = false
    let end = start
    for (; end < this.#input.length; end++) {
      const unit = this.#input.charCodeAt(end)
      if ((unit === COLON && !isInsideBrackets) || this.#endsAuthority(unit)) break
      if (unit === LEFT_BRACKET) isInsideBrackets = true
      else if (unit === RIGHT_BRACKET) isInsideBrackets = false
    }
    const isColon = unitAt(this.#input, end) === COLON
    if (end === start) {
      if (isColon || url.schemeType !== NOT_SPECIAL) return FAILURE
      if (isOverridden && (url.includesCredentials || url.port !== NO_PORT)) return FAILURE
    }
    if (isColon && this.#override === HOSTNAME) return FAILURE
    const host = parseHost(this.#input.slice(start, end), url.schemeType !== NOT_SPECIAL)
    if (host === undefined) return FAILURE
    url.host = host
    this.#pointer = end
    if (isColon) {
      this.#pointer++
      return PORT
    }
    return isOverridden ? DONE : PATH_START
  }

  #port(): number {
    const url = this.#url
    const start = this.#pointer
    let port = 0
    let end = start
    for (; isAsciiDigit(unitAt(this.#input, end)); end++) {
      port = Math.min(port * 10 + this.#input.charCodeAt(end) - 0x30, 0x10000)
    }
    const isOverridden = this.#override !== NO_OVERRIDE
    const isWhole = end === this.#input.length || this.#endsAuthority(this.#input.charCodeAt(end))
    if (!isWhole && !isOverridden) return FAILURE
    if (end > start) {
      if (port > 0xffff) return FAILURE
      url.port = port === defaultPorts[url.schemeType] ? NO_PORT : port
    }
    this.#pointer = end
    return isOverridden ? DONE : PATH_START
  }

  #file(): number {
    const url = this.#url
    const base = this.#base
    url.setScheme('file')
    url.host = ''
    if (this.#isSlash(this.#current)) {
      this.#pointer++
      return FILE_SLASH
    }
    if (base === null || base.schemeType !== FILE) return PATH
    url.copyAuthority(base)
    url.copyPath(base)
    url.query = queryOf(base)
    const startsAfresh = startsWithDriveLetter(this.#input, this.#pointer)
    return this.#afterBasePath(() => (startsAfresh ? '' : shortenPath(url.path, true)))
  }

  #fileSlash(): number {
    const base = this.#base
    if (this.#isSlash(this.#current)) {
      this.#pointer++
      return FILE_HOST
    }
    if (base !== null && base.schemeType === FILE) {
      this.#url.copyAuthority(base)
      const path = pathnameOf(base)
      const first = path.split('/', 2)[1] as string
      if (!startsWithDriveLetter(this.#input, this.#pointer) && isNormalizedDriveLetter(first)) {
        this.#url.path = `/${first}`
      }
    }
    return PATH
  }

  #fileHost(): number {
    const start = this.#pointer
    let end = start
    while (end < this.#input.length && !this.#endsAuthority(this.#input.charCodeAt(end))) end++
    const text = this.#input.slice(start, end)
    const isOverridden = this.#override !== NO_OVERRIDE
    // No host but the first segment of a path: the path state reads it again.
    if (!isOverridden && isWindowsDriveLetter(text)) return PATH
    let host: string | undefined = ''
    if (text !== '') {
      host = parseHost(text, true)
      if (host === undefined) return FAILURE
      if (host === 'localhost') host = ''
    }
    this.#url.host = host
    this.#pointer = end
    return isOverridden ? DONE : PATH_START
  }

  #pathStart(): number {
    const url = this.#url
    if (url.schemeType !== NOT_SPECIAL) {
      if (this.#isSlash(this.#current)) this.#pointer++
      return PATH
    }
    if (this.#isAtEnd) {
      if (this.#override !== NO_OVERRIDE && url.host === null) url.path += '/'
      return DONE
    }
    if (this.#override === NO_OVERRIDE) {
      const isQuery = this.#current === QUESTION_MARK
      if (isQuery || this.#current === NUMBER_SIGN) {
        this.#pointer++
        return isQuery ? QUERY : FRAGMENT
      }
    }
    if (this.#current === SLASH) this.#pointer++
    return PATH
  }

  #path(): number {
    const end = this.#override === NO_OVERRIDE ? this.#endOfPath() : this.#input.length
    this.#url.path = takePath(this.#input.slice(this.#pointer, end), this.#url.path, this.#url.schemeType)
    this.#pointer = end
    return this.#afterPath()
  }

  #opaquePath(): number {
    const end = this.#endOfPath()
    let path = percentEncode(this.#input.slice(this.#pointer, end), C0_CONTROL_SET)
    // A space before a query or fragment would be lost when these are taken away.
    if (end < this.#input.length && path.endsWith(' ')) path = `${path.slice(0, -1)}%20`
    this.#url.path = path
    this.#url.hasOpaquePath = true
    this.#pointer = end
    return this.#afterPath()
  }

  #endOfPath(): number {
    const { length } = this.#input
    for (let end = this.#pointer; end < length; end++) {
      const unit = this.#input.charCodeAt(end)
      if (unit === QUESTION_MARK || unit === NUMBER_SIGN) return end
    }
    return length
  }

  #afterPath(): number {
    if (this.#isAtEnd) return DONE
    const isQuery = this.#current === QUESTION_MARK
    this.#pointer++
    return isQuery ? QUERY : FRAGMENT
  }

  #query(): number {
    const hash = this.#override === NO_OVERRIDE ? this.#input.indexOf('#', this.#pointer) : -1
    const query = this.#input.slice(this.#pointer, hash < 0 ? undefined : hash)
    this.#url.query = encodeQuery(query, this.#url.schemeType)
    if (hash < 0) return DONE
    this.#pointer = hash + 1
    return FRAGMENT
  }

  #fragment(): number {
    this.#url.fragment = percentEncode(this.#input.slice(this.#pointer), FRAGMENT_SET)
    return DONE
  }

  /** `c` of the standard; -1 at the end. */
  get #current(): number {
    return unitAt(this.#input, this.#pointer)
  }

  get #following(): number {
    return unitAt(this.#input, this.#pointer + 1)
  }

  get #isAtEnd(): boolean {
    return this.#pointer >= this.#input.length
  }

  #isSlash(unit: number): boolean {
    return unit === SLASH || (unit === BACKSLASH && this.#url.schemeType !== NOT_SPECIAL)
  }

  #endsAuthority(unit: number): boolean {
    return unit === QUESTION_MARK || unit === NUMBER_SIGN || this.#isSlash(unit)
  }
}

/** Leading and trailing C0 controls and spaces. */
function trimControls(input: string): string {
  let start = 0
  let end = input.length
  while (start < end && input.charCodeAt(start) <= 0x20) start++
  while (end > start && input.charCodeAt(end - 1) <= 0x20) end--
  return input.slice(start, end)
}

export function encodeQuery(query: string, schemeType: number): string {
  return percentEncode(query, schemeType === NOT_SPECIAL ? QUERY_SET : SPECIAL_QUERY_SET)
}

export function removeTabsAndNewlines(input: string): string {
  if (!input.includes('\n') && !input.includes('\t') && !input.includes('\r')) return input
  // Well-formed first: two halves of a surrogate pair with a newline between them are no pair.
  return toUSVString(input).replace(/[\t\n\r]+/g, '')
}

function isSchemeUnit(unit: number): boolean {
  return isAsciiAlpha(unit) || isAsciiDigit(unit) || unit === 0x2b || unit === 0x2d || unit === 0x2e
}

function isAsciiAlpha(unit: number): boolean {
  const lower = unit | 0x20
  return lower >= 0x61 && lower <= 0x7a
}

function isAsciiDigit(unit: number): boolean {
  return unit >= 0x30 && unit <= 0x39
}

const NUMBER_SIGN = 0x23
const SLASH = 0x2f
const COLON = 0x3a
const QUESTION_MARK = 0x3f
const AT = 0x40
const LEFT_BRACKET = 0x5b
const BACKSLASH = 0x5c
const RIGHT_BRACKET = 0x5d
