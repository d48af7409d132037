// Percent-encoding and -decoding of query strings. Source: Node's documentation, "Query string".

import { codedError } from '../core/errors.ts'
import { querystring } from './object.ts'

/** Encodes text for a URL's query. Called through the module's object, so that programs may replace it there. */
export function qsEscape(given: unknown): string {
  const text = typeof given === 'object' ? String(given) : `${given as string}`
  try {
    return encodeURIComponent(text)
  } catch {
    return encodeIllFormed(text)
  }
}

/** Decodes escapes; where they are not UTF-8, byte by byte. @param decodeSpaces - in that case, `+` is a space */
export function qsUnescape(text: string, decodeSpaces?: boolean): string {
  try {
    return decodeURIComponent(text)
  } catch {
    return querystring.unescapeBuffer(text, decodeSpaces).toString()
  }
}

/** Gives the low byte of each code unit, and the byte that each escape encodes. Malformed escapes stay as they are. */
export function unescapeBuffer(text: string, decodeSpaces?: boolean): Buffer<ArrayBuffer> {
  const bytes = Buffer.allocUnsafe(text.length)
  let size = 0
  for (let i = 0; i < text.length; i++) {
    const unit = text.charCodeAt(i)
    const escaped = unit === PERCENT ? hexAt(text, i + 1) : -1
    if (escaped >= 0) {
      bytes[size++] = escaped
      i += 2
    } else bytes[size++] = unit === PLUS && decodeSpaces ? SPACE : unit
  }
  return bytes.subarray(0, size)
}

/** As in Node, an unpaired surrogate is combined with whatever code unit follows, and is an error at the end of the text. */
function encodeIllFormed(text: string): string {
  let encoded = ''
  for (let i = 0; i < text.length; i++) {
    const unit = text.charCodeAt(i)
    if (unit < 0xd800 || unit >= 0xe000) {
      encoded += encodeURIComponent(text.charAt(i))
      continue
    }
    if (++i >= text.length) throw invalidUri()
    const code = 0x10000 + (((unit & 0x3ff) << 10) | (text.charCodeAt(i) & 0x3ff))
    encoded += encodeURIComponent(String.fromCodePoint(code))
  }
  return encoded
}

const invalidUri = () => codedError(URIError, 'ERR_INVALID_URI', 'URI malformed', invalidUri)

/** The value of two hexadecimal digits; -1 if they are not hexadecimal digits. */
function hexAt(text: string, at: number): number {
  const high = hexDigit(text.charCodeAt(at))
  const low = hexDigit(text.charCodeAt(at + 1))
  return high < 0 || low < 0 ? -1 : high * 16 + low
}

function hexDigit(unit: number): number {
  if (unit >= 0x30 && unit <= 0x39) return unit - 0x30
  const lower = unit | 0x20
  return lower >= 0x61 && lower <= 0x66 ? lower - 0x57 : -1
}

const PERCENT = 0x25
const PLUS = 0x2b
const SPACE = 0x20
