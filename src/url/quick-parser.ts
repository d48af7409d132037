// The short way for the URLs that programs mostly meet: `scheme://host/path?query#fragment` with a special scheme, alone
// or against a base of that kind. One pass over the input finds the parts' ends. Parts that are already in their
// canonical form stay where they are: when all are, the input is the href and nothing is copied. The other parts go
// through the same functions as in the long way. What does not fit (credentials, odd slashes, tabs, other schemes) is
// not decided here: the answer is undefined, and the caller takes the states of the standard.
//
// test/url/quick-parser.test.ts proves that the two agree. Measured with the set in bench/url: 1131 ns a URL by the
// states alone, see bench/results for what it is now.

import { parseHost } from './host-parser.ts'
import { takePath } from './path-parser.ts'
import { encodeSets, FRAGMENT_SET, PATH_SET, percentEncode, SPECIAL_QUERY_SET } from './percent-encoding.ts'
import { ABSENT, UrlRecord } from './record.ts'
import { defaultPorts, FILE, FTP, HTTP, HTTPS, NO_PORT, NOT_SPECIAL, WS, WSS } from './schemes.ts'

/** An absolute URL with a special scheme, or undefined: not this way. */
export function quickParse(input: string): UrlRecord | undefined {
  const { length } = input
  if (length === 0 || input.charCodeAt(length - 1) <= 0x20) return undefined
  const schemeType = schemeTypeAt(input)
  if (schemeType === NOT_SPECIAL) return undefined
  const protocolEnd = schemeLengths[schemeType] as number
  if (input.charCodeAt(protocolEnd) !== SLASH || input.charCodeAt(protocolEnd + 1) !== SLASH) return undefined
  const hostStart = protocolEnd + 2
  if (schemeType === FILE) {
    // Only without a host, and then three slashes.
    if (input.charCodeAt(hostStart) !== SLASH) return undefined
    return quickRest(input, hostStart, input, schemeType, protocolEnd, hostStart, hostStart, NO_PORT, hostStart)
  }

  let inputEnd = hostEndAt(input, hostStart)
  if (inputEnd === NOT_QUICK) return undefined
  const isCanonical = inputEnd >= 0
  if (!isCanonical) inputEnd = ~inputEnd
  let head = input
  let hostEnd = inputEnd
  if (!isCanonical) {
    const host = parseHost(input.slice(hostStart, inputEnd), true)
    if (host === undefined) return undefined
    head = input.slice(0, hostStart) + host
    hostEnd = head.length
  }

  let port = NO_PORT
  if (input.charCodeAt(inputEnd) === COLON) {
    const start = ++inputEnd
    port = 0
    for (
      let digit = 0;
      (digit = input.charCodeAt(inputEnd) - 0x30) >= 0 && digit <= 9 && inputEnd < start + 5;
      inputEnd++
    ) {
      port = port * 10 + digit
    }
    // Not quick: none at all, leading zeros, the scheme's own. (What follows must begin the path, query or fragment.)
    if (inputEnd === start || port > 0xffff || port === defaultPorts[schemeType]) return undefined
    if (input.charCodeAt(start) === 0x30 && inputEnd > start + 1) return undefined
    if (head !== input) head += input.slice(start - 1, inputEnd)
  }
  const pathnameStart = head === input ? inputEnd : head.length
  return quickRest(head, pathnameStart, input, schemeType, protocolEnd, hostStart, hostEnd, port, inputEnd)
}

/** A reference against a base with a special scheme, or undefined: not this way. */
export function quickResolve(input: string, base: UrlRecord): UrlRecord | undefined {
  const { href, schemeType, protocolEnd, usernameEnd, hostStart, hostEnd, port, pathnameStart } = base
  if (schemeType === NOT_SPECIAL || usernameEnd !== hostStart) return undefined
  const { length } = input
  if (length === 0 || input.charCodeAt(length - 1) <= 0x20) return undefined
  const first = input.charCodeAt(0)
  if (first === SLASH) {
    const second = input.charCodeAt(1)
    if (second === SLASH) return schemeType === FILE ? undefined : quickParse(href.slice(0, protocolEnd) + input)
    // A drive of the base would have to be kept.
    if (second === BACKSLASH || schemeType === FILE) return undefined
    return quickRest(
      href.slice(0, pathnameStart),
      pathnameStart,
      input,
      schemeType,
      protocolEnd,
      hostStart,
      hostEnd,
      port,
      0,
    )
  }
  return undefined
}

/** Path, query and fragment, from `at` in the input on; `head` holds what stands before them in the href. */
function quickRest(
  head: string,
  pathnameStart: number,
  input: string,
  schemeType: number,
  protocolEnd: number,
  hostStart: number,
  hostEnd: number,
  port: number,
  at: number,
): UrlRecord | undefined {
  const { length } = input
  let path = ''
  let end = at
  // The input itself up to here: `head` is a copy as soon as anything differs.
  let isSame = head === input
  const unit = input.charCodeAt(at)
  if (unit === SLASH) {
    end = pathEndAt(input, at + 1, schemeType)
    if (end === NOT_QUICK) return undefined
    if (end < 0) {
      end = ~end
      path = takePath(input.slice(at + 1, end), '', schemeType)
      if (isSame) head = input.slice(0, at)
      isSame = false
    } else if (!isSame) path = input.slice(at, end)
  } else if (at === length || unit === QUESTION_MARK || unit === NUMBER_SIGN) {
    path = '/'
    if (isSame) head = input.slice(0, at)
    isSame = false
  } else return undefined

  if (end === length) {
    const href = isSame ? input : head + path
    return new UrlRecord(
      href,
      schemeType,
      protocolEnd,
      hostStart,
      hostStart,
      hostEnd,
      port,
      pathnameStart,
      ABSENT,
      ABSENT,
    )
  }
  if (!isSame) head += path

  let searchStart = ABSENT
  if (input.charCodeAt(end) === QUESTION_MARK) {
    const start = end + 1
    searchStart = isSame ? end : head.length
    end = spanEndAt(input, start, queryMarks)
    if (end === NOT_QUICK) return undefined
    const isCanonical = end >= 0
    if (!isCanonical) end = ~end
    if (!isCanonical) {
      if (isSame) head = input.slice(0, start - 1)
      isSame = false
      head += `?${percentEncode(input.slice(start, end), SPECIAL_QUERY_SET)}`
    } else if (!isSame) head += input.slice(start - 1, end)
  }

  let hashStart = ABSENT
  if (end < length) {
    const start = end + 1
    hashStart = isSame ? end : head.length
    end = spanEndAt(input, start, fragmentMarks)
    if (end === NOT_QUICK) return undefined
    if (end < 0) {
      if (isSame) head = input.slice(0, start - 1)
      isSame = false
      head += `#${percentEncode(input.slice(start), FRAGMENT_SET)}`
    } else if (!isSame) head += input.slice(start - 1)
  }
  const href = isSame ? input : head
  return new UrlRecord(
    href,
    schemeType,
    protocolEnd,
    hostStart,
    hostStart,
    hostEnd,
    port,
    pathnameStart,
    searchStart,
    hashStart,
  )
}

/** Of a lower-case special scheme and its colon; NOT_SPECIAL for all others. */
function schemeTypeAt(input: string): number {
  switch (input.charCodeAt(0)) {
    case 0x68: // h
      if (input.charCodeAt(1) !== 0x74 || input.charCodeAt(2) !== 0x74 || input.charCodeAt(3) !== 0x70)
        return NOT_SPECIAL
      if (input.charCodeAt(4) === COLON) return HTTP
      return input.charCodeAt(4) === 0x73 && input.charCodeAt(5) === COLON ? HTTPS : NOT_SPECIAL
    case 0x77: // w
      if (input.charCodeAt(1) !== 0x73) return NOT_SPECIAL
      if (input.charCodeAt(2) === COLON) return WS
      return input.charCodeAt(2) === 0x73 && input.charCodeAt(3) === COLON ? WSS : NOT_SPECIAL
    case 0x66: // f
      if (input.startsWith('file:')) return FILE
      return input.startsWith('ftp:') ? FTP : NOT_SPECIAL
    default:
      return NOT_SPECIAL
  }
}

/** With the colon, by scheme type. */
const schemeLengths: readonly number[] = [0, 5, 6, 3, 4, 4, 5]

/** What the scanners below answer where the states must decide; else the end of a span, complemented if not canonical. */
const NOT_QUICK = -0x40000000

/** Of the host from `start` on; the port's colon may follow. */
function hostEndAt(input: string, start: number): number {
  const { length } = input
  if (input.charCodeAt(start) === LEFT_BRACKET) {
    const close = input.indexOf(']', start)
    return close < 0 ? NOT_QUICK : ~(close + 1)
  }
  let seen = 0
  let end = start
  for (; end < length; end++) {
    const unit = input.charCodeAt(end)
    if (unit >= 0x80) {
      seen |= REWRITE
      continue
    }
    const mark = hostMarks[unit] as number
    if (mark === 0) continue
    if (mark === STOP) break
    if (mark === QUIT) return NOT_QUICK
    seen |= mark
  }
  if (end === start) return NOT_QUICK
  if (seen === 0) {
    // Most names end in a letter that no number has.
    if ((hostMarks[input.charCodeAt(end - 1)] as number) === 0 && !mayEndNumber(input, start, end)) return end
    return ~end
  }
  if (seen === HYPHEN && !mayEndNumber(input, start, end) && !input.slice(start, end).includes('xn--')) return end
  return ~end
}

/** Whether the last label begins with a digit, or a dot ends the host. */
function mayEndNumber(input: string, start: number, end: number): boolean {
  let at = end - 1
  if (input.charCodeAt(at) === DOT) return true
  while (at > start && input.charCodeAt(at - 1) !== DOT) at--
  const first = input.charCodeAt(at)
  return first >= 0x30 && first <= 0x39
}

/** Of a path whose first slash is before `start`. */
function pathEndAt(input: string, start: number, schemeType: number): number {
  const { length } = input
  let isRewritten = schemeType === FILE && hasDriveMark(input, start)
  let end = start
  for (; end < length; end++) {
    const unit = input.charCodeAt(end)
    if (unit >= 0x80) {
      isRewritten = true
      continue
    }
    const mark = pathMarks[unit] as number
    if (mark === 0) continue
    if (mark === DOTTED) {
      // A dot, plain or encoded, matters at the beginning of a segment.
      if (input.charCodeAt(end - 1) === SLASH) isRewritten = true
    } else if (mark === STOP) break
    else if (mark === QUIT) return NOT_QUICK
    else isRewritten = true
  }
  return isRewritten ? ~end : end
}

function hasDriveMark(input: string, start: number): boolean {
  return input.charCodeAt(start + 1) === 0x7c
}

/** Of a query or a fragment. */
function spanEndAt(input: string, start: number, marks: Uint8Array): number {
  const { length } = input
  let isRewritten = false
  let end = start
  for (; end < length; end++) {
    const unit = input.charCodeAt(end)
    if (unit >= 0x80) {
      isRewritten = true
      continue
    }
    const mark = marks[unit] as number
    if (mark === 0) continue
    if (mark === STOP) break
    if (mark === QUIT) return NOT_QUICK
    isRewritten = true
  }
  return isRewritten ? ~end : end
}

// What a code unit means to a scanner; 0: it may stand as it is.
const REWRITE = 1
const HYPHEN = 2
const DOTTED = 4
const STOP = 8
const QUIT = 16

const hostMarks = makeMarks(unit => {
  if (unit === '-') return HYPHEN
  if ((unit >= 'A' && unit <= 'Z') || unit === '%') return REWRITE
  return unit <= ' ' || '<>@[\\]^|\x7f'.includes(unit) ? QUIT : 0
}, '/?#:')
const pathMarks = makeMarks(unit => {
  if (unit === '.' || unit === '%') return DOTTED
  return unit === '\\' || isEncoded(unit, PATH_SET) ? REWRITE : 0
}, '?#')
const queryMarks = makeMarks(unit => (isEncoded(unit, SPECIAL_QUERY_SET) ? REWRITE : 0), '#')
const fragmentMarks = makeMarks(unit => (isEncoded(unit, FRAGMENT_SET) ? REWRITE : 0), '')

function makeMarks(markOf: (unit: string) => number, stops: string): Uint8Array {
  return Uint8Array.from({ length: 128 }, (_, code) => {
    const unit = String.fromCharCode(code)
    if (stops.includes(unit)) return STOP
    return '\t\n\r'.includes(unit) ? QUIT : markOf(unit)
  })
}

function isEncoded(unit: string, set: number): boolean {
  return ((encodeSets[unit.charCodeAt(0)] as number) & set) !== 0
}

const NUMBER_SIGN = 0x23
const DOT = 0x2e
const SLASH = 0x2f
const COLON = 0x3a
const QUESTION_MARK = 0x3f
const LEFT_BRACKET = 0x5b
const BACKSLASH = 0x5c
