// Distinguished names: RFC 5280 section 4.1.2.4. They are compared as in OpenSSL: text in one encoding, ASCII in lower case,
// blanks trimmed at the ends and runs of them collapsed; all else byte by byte. RFC 5280 section 7.1.

import { asBuffer } from '../../core/bytes.ts'
import { maxNameAttributes } from './certificate-limits.ts'
import { DerError, DerReader, tags } from './der.ts'
import { oids } from './oids.ts'

export interface NameAttribute {
  readonly oid: string
  readonly tag: number
  readonly value: Uint8Array
}

export interface DistinguishedName {
  readonly der: Uint8Array
  /** The sets of attributes (RDNs), in order. */
  readonly parts: readonly (readonly NameAttribute[])[]
  /** Equal names have equal keys, one per part: a name is in another's subtree if its keys begin with the other's. */
  readonly keys: readonly string[]
  /** All keys, joined. */
  readonly key: string
}

/** @param der - the whole SEQUENCE */
export function readName(der: Uint8Array): DistinguishedName {
  const reader = new DerReader(der).enter(tags.SEQUENCE)
  const parts: NameAttribute[][] = []
  let count = 0
  while (!reader.isAtEnd) {
    const set = reader.enter(tags.SET)
    const part: NameAttribute[] = []
    do {
      if (++count > maxNameAttributes) throw new DerError(`a name of more than ${maxNameAttributes} attributes`)
      const attribute = set.enter(tags.SEQUENCE)
      const oid = attribute.readOid()
      const { tag, content } = attribute.readAny()
      attribute.expectEnd()
      part.push({ oid, tag, value: content })
    } while (!set.isAtEnd)
    parts.push(part)
  }
  const keys = parts.map(part => JSON.stringify(part.map(attributeKey).sort()))
  return { der, parts, keys, key: keys.join() }
}

function attributeKey({ oid, tag, value }: NameAttribute): string {
  const text = readText(tag, value)
  if (text === undefined) return `${oid} ${tag} ${asBuffer(value).toString('hex')}`
  const canonical = text
    .replace(/^[ \t\n\v\f\r]+|[ \t\n\v\f\r]+$/g, '')
    .replace(/[ \t\n\v\f\r]+/g, ' ')
    .replace(/[A-Z]/g, letter => letter.toLowerCase())
  return `${oid}=${canonical}`
}

/** The text of a string type; undefined: another type, or bytes that are invalid for it. */
export function readText(tag: number, value: Uint8Array): string | undefined {
  switch (tag) {
    case tags.UTF8_STRING:
      return readUtf8(value)
    case tags.PRINTABLE_STRING:
    case tags.IA5_STRING:
    case tags.VISIBLE_STRING:
    // OpenSSL reads T.61 as latin1, as all issuers write it.
    case tags.TELETEX_STRING:
      return asBuffer(value).toString('latin1')
    case tags.BMP_STRING:
      return value.length % 2 === 0 ? readUtf16(value) : undefined
    case tags.UNIVERSAL_STRING:
      return value.length % 4 === 0 ? readUtf32(value) : undefined
    default:
      return undefined
  }
}

const utf8 = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true })

function readUtf8(value: Uint8Array): string | undefined {
  try {
    return utf8.decode(value)
  } catch {
    return undefined
  }
}

function readUtf16(value: Uint8Array): string {
  let text = ''
  for (let at = 0; at < value.length; at += 2) {
    text += String.fromCharCode(((value[at] ?? 0) << 8) | (value[at + 1] ?? 0))
  }
  return text
}

function readUtf32(value: Uint8Array): string | undefined {
  const view = new DataView(value.buffer, value.byteOffset, value.byteLength)
  let text = ''
  for (let at = 0; at < value.length; at += 4) {
    const point = view.getUint32(at)
    if (point > 0x10ffff) return undefined
    text += String.fromCodePoint(point)
  }
  return text
}

/** In the order of the name. */
export function attributesOf(name: DistinguishedName, oid: string): NameAttribute[] {
  return name.parts.flat().filter(attribute => attribute.oid === oid)
}

const shortNames: ReadonlyMap<string, string> = new Map([
  ['2.5.4.3', 'CN'],
  ['2.5.4.4', 'SN'],
  ['2.5.4.5', 'serialNumber'],
  ['2.5.4.6', 'C'],
  ['2.5.4.7', 'L'],
  ['2.5.4.8', 'ST'],
  ['2.5.4.9', 'street'],
  ['2.5.4.10', 'O'],
  ['2.5.4.11', 'OU'],
  ['2.5.4.12', 'title'],
  ['2.5.4.42', 'GN'],
  ['2.5.4.97', 'organizationIdentifier'],
  [oids.emailAddress, 'emailAddress'],
  ['0.9.2342.19200300.100.1.25', 'DC'],
  ['0.9.2342.19200300.100.1.1', 'UID'],
])

/** For explanations, never for comparisons: `C=DE, O=Example, CN=Example Root`. */
export function describeName(name: DistinguishedName): string {
  const parts = name.parts.map(part => part.map(describeAttribute).join(' + '))
  return parts.length > 0 ? parts.join(', ') : '(empty name)'
}

function describeAttribute({ oid, tag, value }: NameAttribute): string {
  const text = readText(tag, value) ?? `#${asBuffer(value).toString('hex')}`
  // Control characters that a peer has chosen must not reach logs and terminals.
  const shown = [...text.slice(0, 128)].map(char => (isControl(char) ? '?' : char)).join('')
  return `${shortNames.get(oid) ?? oid}=${shown}`
}

function isControl(char: string): boolean {
  const code = char.codePointAt(0) ?? 0
  return code < 0x20 || (code >= 0x7f && code < 0xa0)
}
