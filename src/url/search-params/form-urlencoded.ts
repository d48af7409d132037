// application/x-www-form-urlencoded: between a query string and a flat list of name, value, name, value.
// URL standard, section 5.

import { encodeSets, FORM_SET, hexValue, percentDecode, percentEncode } from '../parser/percent-encoding.ts'

/** @param query - without its question mark, well-formed */
export function parseForm(query: string): string[] {
  const list: string[] = []
  const { length } = query
  let start = 0
  let equals = -1
  let isEncoded = false
  for (let i = 0; i <= length; i++) {
    const unit = i < length ? query.charCodeAt(i) : AMPERSAND
    if (unit > EQUALS) continue
    if (unit === AMPERSAND) {
      if (i > start) takePair(list, query, start, equals < 0 ? i : equals, i, isEncoded)
      start = i + 1
      equals = -1
      isEncoded = false
    } else if (unit === EQUALS) {
      if (equals < 0) equals = i
    } else if (unit === PERCENT || unit === PLUS) isEncoded = true
  }
  return list
}

export function formatForm(list: readonly string[]): string {
  let out = ''
  for (let i = 0; i < list.length; i += 2) {
    if (i > 0) out += '&'
    out += `${percentEncode(list[i] as string, FORM_SET, '+')}=${percentEncode(list[i + 1] as string, FORM_SET, '+')}`
  }
  return out
}

/** Whether parsing and formatting would give the same text again: `a=b&c=d`, with what is encoded encoded alike. */
export function isCanonicalForm(query: string): boolean {
  let equals = 0
  let pairs = 0
  for (let i = 0; i < query.length; i++) {
    const unit = query.charCodeAt(i)
    if (unit >= 0x80) return false
    const mark = canonicalMarks[unit] as number
    if (mark === 0) continue
    if (mark === REWRITTEN) return false
    if (unit === EQUALS) {
      if (++equals !== pairs + 1) return false
    } else if (unit === AMPERSAND) {
      if (equals !== ++pairs) return false
    } else if (!isCanonicalEscape(query, i)) return false
  }
  return query === '' || equals === pairs + 1
}

/** ASCII that must be encoded, in upper case. (Of other bytes only decoding tells whether they are UTF-8.) */
function isCanonicalEscape(query: string, at: number): boolean {
  const high = query.charCodeAt(at + 1)
  const low = query.charCodeAt(at + 2)
  if (high < 0x30 || high > 0x37 || !((low >= 0x30 && low <= 0x39) || (low >= 0x41 && low <= 0x46))) return false
  const unit = ((high - 0x30) << 4) | hexValue(low)
  return unit !== SPACE && ((encodeSets[unit] as number) & FORM_SET) !== 0
}

function takePair(list: string[], query: string, start: number, equals: number, end: number, isEncoded: boolean): void {
  const name = query.slice(start, equals)
  const value = equals < end ? query.slice(equals + 1, end) : ''
  if (isEncoded) list.push(decodeForm(name), decodeForm(value))
  else list.push(name, value)
}

/** Plus signs are spaces; what stands for ASCII is decoded here, and anything else the general way. */
function decodeForm(text: string): string {
  let out = ''
  let done = 0
  for (let i = 0; i < text.length; i++) {
    const unit = text.charCodeAt(i)
    if (unit === PLUS) {
      out += `${text.slice(done, i)} `
      done = i + 1
    } else if (unit === PERCENT) {
      const high = hexValue(text.charCodeAt(i + 1))
      const low = hexValue(text.charCodeAt(i + 2))
      if (high > 7) return percentDecode(text.replaceAll('+', ' '))
      if (high < 0 || low < 0) continue
      out += text.slice(done, i) + String.fromCharCode((high << 4) | low)
      i += 2
      done = i + 1
    }
  }
  return done === 0 ? text : out + text.slice(done)
}

const SPACE = 0x20
const PERCENT = 0x25
const AMPERSAND = 0x26
const PLUS = 0x2b
const EQUALS = 0x3d

// What a code unit means to isCanonicalForm; 0: it stands for itself.
const REWRITTEN = 1
const CHECKED = 2

const canonicalMarks = Uint8Array.from({ length: 128 }, (_, code) => {
  if (code === PLUS) return 0
  if (code === PERCENT || code === AMPERSAND || code === EQUALS) return CHECKED
  return ((encodeSets[code] as number) & FORM_SET) !== 0 ? REWRITTEN : 0
})
