// The bytes that are allowed in each part of an HTTP/1.1 head: tables of 256 flags. RFC 9110 section 5.6.2 (token),
// section 5.5 (field value), section 5.6.4 (quoted string); targets as Node's parser accepts them, which is slightly more
// than RFC 3986 allows.

export const HTAB = 9
export const LF = 10
export const CR = 13
export const SP = 32

const alphanumerics = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789'

/** Methods, field names, names of chunk extensions. */
export const isTokenByte = table(`!#$%&'*+-.^_\`|~${alphanumerics}`)
/** Path and query; the scanner handles `?` and `#`. */
export const isTargetByte = table(`!"$%&'()*+,-./:;<=>@[\\]^_\`{|}~${alphanumerics}`)
/** The authority of an absolute-form or authority-form target; the scanner handles `@`. */
export const isAuthorityByte = table(`-_.!~*'()%;:&=+$,[]${alphanumerics}`)
/** Field values: HTAB, visible characters, space, obs-text. */
export const isValueByte = table('\t', [0x20, 0x7e], [0x80, 0xff])
/** Field values as the Fetch standard defines them: all bytes but NUL, CR and LF. */
export const isRelaxedValueByte = table('\t\v\f', [0x01, 0x08], [0x0e, 0xff])
/** Inside a quoted string, except the quote and the backslash. */
export const isQuotedByte = table('\t !', [0x23, 0x5b], [0x5d, 0x7e], [0x80, 0xff])

/** The value of a hexadecimal digit, or -1. */
export const hexValue = hexTable()

function table(characters: string, ...ranges: readonly (readonly [number, number])[]): Uint8Array {
  const flags = new Uint8Array(256)
  for (const character of characters) flags[character.charCodeAt(0)] = 1
  for (const [first, last] of ranges) flags.fill(1, first, last + 1)
  return flags
}

function hexTable(): Int8Array {
  const values = new Int8Array(256).fill(-1)
  for (let digit = 0; digit < 16; digit++) {
    const text = digit.toString(16)
    values[text.charCodeAt(0)] = digit
    values[text.toUpperCase().charCodeAt(0)] = digit
  }
  return values
}
