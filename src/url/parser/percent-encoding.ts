// Percent-encoding: the encode sets and both directions. One table answers for every set, a bit each, so that the
// parser's loops ask one question per code unit.
// URL standard, section 1.3 "Percent-encoded bytes".

import { codeUnitAt } from './code-unit.ts'

/** Bits of `encodeSets`: a code unit below 0x80 with the bit is encoded in that set. All others always are. */
export const C0_CONTROL_SET = 1
export const FRAGMENT_SET = 2
export const QUERY_SET = 4
export const SPECIAL_QUERY_SET = 8
export const PATH_SET = 16
export const USERINFO_SET = 32
export const FORM_SET = 64

export const encodeSets: Uint8Array = makeEncodeSets()

/** `%00` to `%FF`. Flat strings: from `toString(16).padStart` they are not, and encoding takes three times as long. */
const percentByte: readonly string[] = Array.from({ length: 256 }, (_, byte) =>
  String.fromCharCode(0x25, hexDigit(byte >> 4), hexDigit(byte & 15)),
)

/**
 * UTF-8 percent-encode. Lone surrogates become U+FFFD, as in every conversion to a scalar value string.
 * @param space - what a space becomes, if the set has it
 */
export function percentEncode(text: string, set: number, space = '%20'): string {
  const { length } = text
  for (let i = 0; i < length; i++) {
    const unit = codeUnitAt(text, i)
    if (unit >= 0x80 || ((encodeSets[unit] as number) & set) !== 0) return encodeFrom(text, i, set, space)
  }
  return text
}

/** @param start - of the first code unit that must be encoded */
function encodeFrom(text: string, start: number, set: number, space: string): string {
  const { length } = text
  let out = ''
  let done = 0
  for (let i = start; i < length; i++) {
    const unit = codeUnitAt(text, i)
    if (unit < 0x80 && ((encodeSets[unit] as number) & set) === 0) continue
    if (done < i) out += text.slice(done, i)
    if (unit === 0x20) out += space
    else if (unit < 0x80) out += percentByte[unit]
    else {
      const point = text.codePointAt(i) as number
      if (point > 0xffff) i++
      out += percentEncodePoint(point)
    }
    done = i + 1
  }
  return done < length ? out + text.slice(done) : out
}

function percentEncodePoint(point: number): string {
  if (point < 0x800) return `${percentByte[0xc0 | (point >> 6)]}${percentByte[0x80 | (point & 0x3f)]}`
  if (point > 0xffff) {
    const head = `${percentByte[0xf0 | (point >> 18)]}${percentByte[0x80 | ((point >> 12) & 0x3f)]}`
    return `${head}${percentByte[0x80 | ((point >> 6) & 0x3f)]}${percentByte[0x80 | (point & 0x3f)]}`
  }
  if (point >= 0xd800 && point <= 0xdfff) return '%EF%BF%BD'
  return `${percentByte[0xe0 | (point >> 12)]}${percentByte[0x80 | ((point >> 6) & 0x3f)]}${percentByte[0x80 | (point & 0x3f)]}`
}

/** Percent-decode, then UTF-8 decode without BOM: malformed sequences stay, malformed UTF-8 becomes U+FFFD. */
export function percentDecode(text: string): string {
  if (!text.includes('%')) return text
  try {
    return decodeURIComponent(text)
  } catch {
    return utf8Decoder.decode(percentDecodeBytes(utf8Encoder.encode(text)))
  }
}

/** Percent-decode of bytes. */
export function percentDecodeBytes(bytes: Uint8Array): Uint8Array<ArrayBuffer> {
  const out = new Uint8Array(bytes.length)
  let size = 0
  for (let i = 0; i < bytes.length; i++) {
    let byte = bytes[i] as number
    if (byte === 0x25 && i + 2 < bytes.length) {
      const high = hexValue(bytes[i + 1] as number)
      const low = hexValue(bytes[i + 2] as number)
      if (high >= 0 && low >= 0) {
        byte = (high << 4) | low
        i += 2
      }
    }
    out[size++] = byte
  }
  return out.subarray(0, size)
}

/** The value of a hexadecimal digit's code unit, or -1. */
export function hexValue(unit: number): number {
  if (unit >= 0x30 && unit <= 0x39) return unit - 0x30
  const lower = unit | 0x20
  return lower >= 0x61 && lower <= 0x66 ? lower - 0x57 : -1
}

function hexDigit(value: number): number {
  return value < 10 ? 0x30 + value : 0x37 + value
}

const utf8Encoder = new TextEncoder()
const utf8Decoder = new TextDecoder('utf-8', { ignoreBOM: true })

function makeEncodeSets(): Uint8Array {
  const table = new Uint8Array(128)
  const add = (bits: number, units: string): void => {
    for (const unit of units) {
      const code = unit.charCodeAt(0)
      table[code] = (table[code] as number) | bits
    }
  }
  // Each set of the standard is another one and some more.
  const userinfo = USERINFO_SET | FORM_SET
  const path = PATH_SET | userinfo
  const query = QUERY_SET | SPECIAL_QUERY_SET | path
  const controls = Array.from({ length: 0x20 }, (_, code) => String.fromCharCode(code)).join('')
  add(C0_CONTROL_SET | FRAGMENT_SET | query, `${controls}\x7f`)
  add(FRAGMENT_SET, ' "<>`')
  add(query, ' "#<>')
  add(SPECIAL_QUERY_SET, "'")
  add(path, '?^`{}')
  add(userinfo, '/:;=@[\\]|')
  add(FORM_SET, "$%&+,!'()~")
  return table
}
