// DER, read strictly: definite and shortest lengths, single-byte tags, nothing behind the end. ITU-T X.690 section 10.
// There is no recursion: the caller descends as far as the structure's definition says, so the depth is bounded by the code.
// Contents are views of the input. Malformed input throws a DerError, which callers turn into their own errors.

export class DerError extends Error {
  override readonly name = 'DerError'
}

/** Identifier bytes, with class and form. */
export const tags = {
  BOOLEAN: 0x01,
  INTEGER: 0x02,
  BIT_STRING: 0x03,
  OCTET_STRING: 0x04,
  NULL: 0x05,
  OBJECT_IDENTIFIER: 0x06,
  ENUMERATED: 0x0a,
  UTF8_STRING: 0x0c,
  NUMERIC_STRING: 0x12,
  PRINTABLE_STRING: 0x13,
  TELETEX_STRING: 0x14,
  IA5_STRING: 0x16,
  UTC_TIME: 0x17,
  GENERALIZED_TIME: 0x18,
  VISIBLE_STRING: 0x1a,
  UNIVERSAL_STRING: 0x1c,
  BMP_STRING: 0x1e,
  SEQUENCE: 0x30,
  SET: 0x31,
} as const

/** The tag `[number]` of a definition: primitive, or constructed where it wraps other values. */
export const contextTag = (number: number, isConstructed: boolean) => (isConstructed ? 0xa0 : 0x80) | number

export interface DerElement {
  readonly tag: number
  readonly content: Uint8Array
  /** With tag and length. */
  readonly whole: Uint8Array
}

/** Reads the elements of one content, in order. */
export class DerReader {
  readonly #bytes: Uint8Array
  #at = 0

  constructor(bytes: Uint8Array) {
    this.#bytes = bytes
  }

  get isAtEnd(): boolean {
    return this.#at >= this.#bytes.length
  }

  /** The next element's tag; -1 at the end. */
  get nextTag(): number {
    return this.#bytes[this.#at] ?? -1
  }

  readAny(): DerElement {
    const bytes = this.#bytes
    const start = this.#at
    const tag = bytes[start]
    if (tag === undefined) throw new DerError('an element is missing')
    if ((tag & 0x1f) === 0x1f) throw new DerError('a tag of several bytes')
    let length = bytes[start + 1]
    let contentStart = start + 2
    if (length === undefined) throw new DerError('a length is missing')
    if (length >= 0x80) {
      const size = length & 0x7f
      if (size === 0) throw new DerError('an indefinite length')
      if (size > 4) throw new DerError('a length of more than four bytes')
      if (contentStart + size > bytes.length) throw new DerError('a length is cut off')
      length = 0
      for (let index = 0; index < size; index++) length = length * 256 + (bytes[contentStart + index] ?? 0)
      if (length < 0x80 || length < 256 ** (size - 1)) throw new DerError('a length that is not the shortest')
      contentStart += size
    }
    const end = contentStart + length
    if (end > bytes.length) throw new DerError(`${length} bytes are announced and ${bytes.length - contentStart} left`)
    this.#at = end
    return { tag, content: bytes.subarray(contentStart, end), whole: bytes.subarray(start, end) }
  }

  readElement(tag: number): DerElement {
    if (this.nextTag !== tag) throw new DerError(`tag ${hex(tag)} is expected, not ${hex(this.nextTag)}`)
    return this.readAny()
  }

  read(tag: number): Uint8Array {
    return this.readElement(tag).content
  }

  /** Undefined where the next element has another tag. */
  readOptional(tag: number): Uint8Array | undefined {
    return this.nextTag === tag ? this.readAny().content : undefined
  }

  /** A reader of the content of the next, constructed element. */
  enter(tag: number): DerReader {
    return new DerReader(this.read(tag))
  }

  /** @param limit - the largest number of elements */
  *elements(limit: number): Generator<DerElement> {
    for (let count = 0; !this.isAtEnd; count++) {
      if (count >= limit) throw new DerError(`more than ${limit} elements`)
      yield this.readAny()
    }
  }

  expectEnd(): void {
    if (!this.isAtEnd) throw new DerError(`${this.#bytes.length - this.#at} bytes too many`)
  }

  readOid(): string {
    return formatOid(this.read(tags.OBJECT_IDENTIFIER))
  }

  readInteger(): Uint8Array {
    return checkInteger(this.read(tags.INTEGER))
  }

  /** An INTEGER of at most 31 bits that is not below zero. */
  readSmallInteger(): number {
    return smallInteger(this.readInteger())
  }
}

/** The content of the one element that the bytes consist of. */
export function readWhole(bytes: Uint8Array, tag: number): DerReader {
  const reader = new DerReader(bytes)
  const content = reader.enter(tag)
  reader.expectEnd()
  return content
}

export function checkInteger(content: Uint8Array): Uint8Array {
  const [first, second] = content
  if (first === undefined) throw new DerError('an empty INTEGER')
  if (second !== undefined && ((first === 0 && second < 0x80) || (first === 0xff && second >= 0x80))) {
    throw new DerError('an INTEGER that is not the shortest')
  }
  return content
}

export function smallInteger(content: Uint8Array): number {
  checkInteger(content)
  if (content.length > 5 || (content[0] ?? 0) >= 0x80) throw new DerError('an INTEGER out of range')
  const value = content.reduce((sum, byte) => sum * 256 + byte, 0)
  if (value > 0x7fffffff) throw new DerError('an INTEGER out of range')
  return value
}

export function readBoolean(content: Uint8Array): boolean {
  if (content.length !== 1 || (content[0] !== 0 && content[0] !== 0xff)) throw new DerError('a BOOLEAN of another form')
  return content[0] === 0xff
}

export interface BitString {
  readonly bytes: Uint8Array
  readonly unusedBits: number
}

export function readBitString(content: Uint8Array): BitString {
  const unusedBits = content[0]
  if (unusedBits === undefined || unusedBits > 7) throw new DerError('a BIT STRING without its count of unused bits')
  const bytes = content.subarray(1)
  const last = bytes.at(-1)
  if (unusedBits > 0 && (last === undefined || (last & ((1 << unusedBits) - 1)) !== 0)) {
    throw new DerError('a BIT STRING with unused bits that are set')
  }
  return { bytes, unusedBits }
}

/** A BIT STRING of whole bytes, as keys and signatures are. */
export function readOctetBits(content: Uint8Array): Uint8Array {
  const { bytes, unusedBits } = readBitString(content)
  if (unusedBits !== 0) throw new DerError('a BIT STRING of a broken number of bytes')
  return bytes
}

/** Named bits: bit 0 of the definition is bit 0 of the number. At most sixteen are read. */
export function readNamedBits(content: Uint8Array): number {
  const { bytes } = readBitString(content)
  let bits = 0
  for (let index = 0; index < Math.min(16, bytes.length * 8); index++) {
    if ((bytes[index >> 3] ?? 0) & (0x80 >> (index & 7))) bits |= 1 << index
  }
  return bits
}

/** An OID in dotted form. Arcs may exceed 2^53: those made of UUIDs do. */
export function formatOid(content: Uint8Array): string {
  if (content.length === 0 || content.length > 64) throw new DerError('an OBJECT IDENTIFIER of an unusual length')
  const known = knownOids.get(latin1Of(content))
  if (known !== undefined) return known
  const arcs: bigint[] = []
  let arc = 0n
  let isArcStart = true
  for (const byte of content) {
    if (isArcStart && byte === 0x80) throw new DerError('an OBJECT IDENTIFIER that is not the shortest')
    arc = (arc << 7n) | BigInt(byte & 0x7f)
    isArcStart = byte < 0x80
    if (!isArcStart) continue
    arcs.push(arc)
    arc = 0n
  }
  if (!isArcStart) throw new DerError('an OBJECT IDENTIFIER is cut off')
  const first = arcs[0] ?? 0n
  const root = first < 40n ? 0n : first < 80n ? 1n : 2n
  const text = [root, first - root * 40n, ...arcs.slice(1)].join('.')
  if (knownOids.size < maxKnownOids) knownOids.set(latin1Of(content), text)
  return text
}

/** A cache: certificates contain the same few dozen OIDs. */
const knownOids = new Map<string, string>()
const maxKnownOids = 512

function latin1Of(bytes: Uint8Array): string {
  return String.fromCharCode(...bytes)
}

/** UTCTime or GeneralizedTime in the forms of RFC 5280 section 4.1.2.5, as milliseconds since the epoch. */
export function readTime(element: DerElement): number {
  const isUtc = element.tag === tags.UTC_TIME
  if (!isUtc && element.tag !== tags.GENERALIZED_TIME) throw new DerError('a time of another type')
  const text = latin1Of(element.content.subarray(0, 20))
  const match = (
    isUtc ? /^()(\d\d)(\d\d)(\d\d)(\d\d)(\d\d)(\d\d)Z$/ : /^(\d\d)(\d\d)(\d\d)(\d\d)(\d\d)(\d\d)(\d\d)Z$/
  ).exec(text)
  if (!match) throw new DerError('a time of another form')
  const [century, years, month, day, hour, minute, second] = match.slice(1).map(Number) as [
    number,
    number,
    number,
    number,
    number,
    number,
    number,
  ]
  const year = isUtc ? years + (years >= 50 ? 1900 : 2000) : century * 100 + years
  // Date.UTC would take years below 100 for those of the twentieth century.
  const date = new Date(0)
  date.setUTCFullYear(year, month - 1, day)
  date.setUTCHours(hour, minute, second)
  const isReal =
    date.getUTCMonth() === month - 1 && date.getUTCDate() === day && hour < 24 && minute < 60 && second < 60
  if (!isReal) throw new DerError('a time that does not exist')
  return date.getTime()
}

const hex = (tag: number) => (tag < 0 ? 'the end' : `0x${tag.toString(16).padStart(2, '0')}`)
