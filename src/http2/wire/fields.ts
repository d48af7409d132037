// What a field's name and value may hold on the wire, and which fields have rules of their own. Worked out once per
// table entry and carried along as a small number, so that a field that comes by index costs no look at its text.
// RFC 9113 sections 8.2 and 8.3.

/** What kind of field a name is: the low bits of a field's marks. */
export const REGULAR = 0
export const METHOD = 1
export const SCHEME = 2
export const AUTHORITY = 3
export const PATH = 4
export const STATUS = 5
export const PROTOCOL = 6
export const UNKNOWN_PSEUDO = 7
export const CONTENT_LENGTH = 8
export const TE = 9
/** `connection` and its kin: RFC 9113 section 8.2.2. */
export const CONNECTION_SPECIFIC = 10
export const HOST = 11
export const PRIORITY = 12
export const COOKIE = 13
export const KIND_MASK = 0x0f

/** Marks beside the kind. */
export const BAD_NAME = 0x10
/** Holds a character that no value may hold: RFC 9113 section 8.2.1. */
export const BAD_VALUE = 0x20
/** Begins or ends with a space or tab: forbidden as well, but a named leniency. */
export const PADDED_VALUE = 0x40

/** Of `:authority`, `host` and `:scheme`: empty, or with a character that none may have in a request. RFC 9113 section 8.3.1. */
export const BAD_TARGET = 0x80
/** Those that the name alone decides. */
export const NAME_MASK = KIND_MASK | BAD_NAME

/** The kind of a name, and BAD_NAME where it is none. */
export function nameMarks(name: string): number {
  const known = kinds.get(name)
  if (known !== undefined) return known
  if (name.length === 0) return BAD_NAME
  if (name.charCodeAt(0) === 0x3a) return UNKNOWN_PSEUDO
  for (let i = 0; i < name.length; i++) {
    if (nameBytes[name.charCodeAt(i)] !== 1) return BAD_NAME
  }
  return REGULAR
}

/** BAD_VALUE, PADDED_VALUE and BAD_TARGET, where they hold. @param name - marks of the field's name */
export function valueMarks(value: string, name: number): number {
  const kind = name & KIND_MASK
  if (kind === AUTHORITY || kind === HOST) return textMarks(value) | targetMarks(value, authorityBytes)
  if (kind !== SCHEME || value === 'https' || value === 'http') return textMarks(value)
  return textMarks(value) | (isLetter(value.charCodeAt(0)) ? targetMarks(value, schemeBytes) : BAD_TARGET)
}

function isLetter(code: number): boolean {
  return (code | 0x20) >= 0x61 && (code | 0x20) <= 0x7a
}

function targetMarks(value: string, allowed: Uint8Array): number {
  if (value.length === 0) return BAD_TARGET
  for (let i = 0; i < value.length; i++) if (allowed[value.charCodeAt(i)] !== 1) return BAD_TARGET
  return 0
}

function textMarks(value: string): number {
  const { length } = value
  if (length === 0) return 0
  for (let i = 0; i < length; i++) {
    const code = value.charCodeAt(i)
    if ((code < 0x20 && code !== 0x09) || code === 0x7f) return BAD_VALUE
  }
  const first = value.charCodeAt(0)
  const last = value.charCodeAt(length - 1)
  return first === 0x20 || first === 0x09 || last === 0x20 || last === 0x09 ? PADDED_VALUE : 0
}

/** RFC 3986 section 3.2, without the user's name and password that RFC 9113 section 8.3.1 forbids; and section 3.1. */
const authorityBytes = bytesOf("!$%&'()*+,-.:;=[]_~0123456789abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ")
const schemeBytes = bytesOf('+-.0123456789abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ')

/** Bytes that a name may hold: RFC 9110 section 5.6.2, without the upper case (RFC 9113 section 8.2.1). */
const nameBytes = bytesOf("!#$%&'*+-.^_`|~0123456789abcdefghijklmnopqrstuvwxyz")

function bytesOf(characters: string): Uint8Array {
  const bytes = new Uint8Array(256)
  for (const character of characters) bytes[character.charCodeAt(0)] = 1
  return bytes
}

const kinds = new Map<string, number>([
  [':method', METHOD],
  [':scheme', SCHEME],
  [':authority', AUTHORITY],
  [':path', PATH],
  [':status', STATUS],
  [':protocol', PROTOCOL],
  ['content-length', CONTENT_LENGTH],
  ['te', TE],
  ['connection', CONNECTION_SPECIFIC],
  ['keep-alive', CONNECTION_SPECIFIC],
  ['proxy-connection', CONNECTION_SPECIFIC],
  ['transfer-encoding', CONNECTION_SPECIFIC],
  ['upgrade', CONNECTION_SPECIFIC],
  ['host', HOST],
  ['priority', PRIORITY],
  ['cookie', COOKIE],
])
