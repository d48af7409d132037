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

/** BAD_VALUE and PADDED_VALUE, where they hold. */
export function valueMarks(value: string): number {
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

/** Bytes that a name may hold: RFC 9110 section 5.6.2, without the upper case (RFC 9113 section 8.2.1). */
const nameBytes = new Uint8Array(65536 >> 8)
for (const character of "!#$%&'*+-.^_`|~0123456789abcdefghijklmnopqrstuvwxyz") nameBytes[character.charCodeAt(0)] = 1

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
