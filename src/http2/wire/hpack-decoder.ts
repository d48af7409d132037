// HPACK, the receiving half: a header block's bytes to fields. RFC 7541.
//
// Each table entry carries its marks (fields.ts) beside its text, so that a field that comes by index costs neither a
// string nor a check. The engine decides whether a message is well-formed.

import { NAME_MASK, nameMarks, valueMarks } from './fields.ts'
import { decodedCapacity, decodeHuffman } from './huffman.ts'
import { ENTRY_OVERHEAD, staticTable } from './static-table.ts'
import { latin1Text } from './text.ts'

export interface FieldSink {
  /**
   * @param marks - what is known of the field: see fields.ts
   * @param isSensitive - it came as a literal that is never indexed, and goes on that way: RFC 7541 section 7.1.3
   * @returns false: none of the block's other fields is wanted
   */
  onField(name: string, value: string, marks: number, isSensitive: boolean): boolean
}

/** The block cannot be decoded; the tables of the two ends differ from here on: COMPRESSION_ERROR for the connection. */
export class HpackError extends Error {}

/** Size updates at the start of one block: one to the least value there was, one to the last. RFC 7541 section 4.2. */
export const MAX_SIZE_UPDATES = 2

interface Entry {
  readonly name: string
  readonly value: string
  marks: number
}

const UNMARKED = -1

export class HpackDecoder {
  // Newest entry at #first, the others behind it, in a ring of a power of two.
  #ring: (Entry | undefined)[] = new Array(32)
  #first = 0
  #count = 0
  #size = 0
  /** What the peer last set, and what we let it set. */
  #maxSize: number
  #limit: number
  /** We lowered the limit below what the peer uses: the next block has to begin with an update. */
  #wantsUpdate = false

  #bytes: Uint8Array = new Uint8Array(0)
  #at = 0
  #end = 0

  constructor(limit = 4096) {
    this.#limit = limit
    this.#maxSize = limit
  }

  /** Bytes that the dynamic table counts for: RFC 7541 section 4.1. */
  get tableSize(): number {
    return this.#size
  }

  /** Our SETTINGS_HEADER_TABLE_SIZE, from the moment that the peer acknowledged it. */
  setLimit(limit: number): void {
    if (limit < this.#maxSize) this.#wantsUpdate = true
    this.#limit = limit
  }

  /** Decodes one whole block. @throws {HpackError} */
  decode(bytes: Uint8Array, start: number, end: number, sink: FieldSink): void {
    this.#bytes = bytes
    this.#at = start
    this.#end = end
    this.#readSizeUpdates()
    while (this.#at < end) {
      if (this.#readField(sink)) continue
      this.#passOver()
      return
    }
  }

  /** @returns whether another is wanted */
  #readField(sink: FieldSink): boolean {
    const byte = this.#bytes[this.#at] as number
    if (byte & 0x80) {
      const entry = this.#entry(this.#readInteger(7))
      return sink.onField(entry.name, entry.value, entry.marks, false)
    }
    if (byte & 0x40) {
      const entry = this.#readLiteral(6)
      this.#insert(entry)
      return sink.onField(entry.name, entry.value, entry.marks, false)
    }
    if (byte & 0x20) throw new HpackError('a table size update after a field')
    const entry = this.#readLiteral(4)
    return sink.onField(entry.name, entry.value, entry.marks, (byte & 0x10) !== 0)
  }

  /**
   * Skips the rest of a block that is not wanted, in which a byte may expand to kilobytes: does only what keeps the table
   * synchronized and detects decoding errors.
   */
  #passOver(): void {
    const bytes = this.#bytes
    const end = this.#end
    while (this.#at < end) {
      this.#passIndexed(bytes, end)
      if (this.#at === end) break
      const byte = bytes[this.#at] as number
      if (byte & 0x80) this.#entry(this.#readInteger(7))
      else if (byte & 0x40) this.#insertUnmarked()
      else if (byte & 0x20) throw new HpackError('a table size update after a field')
      else {
        const index = this.#readInteger(4)
        if (index === 0) this.#passString()
        else this.#entry(index)
        this.#passString()
      }
    }
    this.#markEntries()
  }

  /** Most of the entries that a block inserts are gone at its end. */
  #insertUnmarked(): void {
    const index = this.#readInteger(6)
    const name = index === 0 ? this.#readString() : this.#entry(index).name
    this.#insert({ name, value: this.#readString(), marks: UNMARKED })
  }

  #markEntries(): void {
    for (let i = 0; i < this.#count; i++) {
      const entry = this.#ring[(this.#first + i) & (this.#ring.length - 1)] as Entry
      // Behind the newest: the others have been there before.
      if (entry.marks !== UNMARKED) return
      entry.marks = fieldMarks(entry.name, entry.value)
    }
  }

  /** Indices of one byte, up to anything else. */
  #passIndexed(bytes: Uint8Array, end: number): void {
    const last = Math.min(staticEntries.length + this.#count, 126)
    let at = this.#at
    for (; at < end; at++) {
      const index = (bytes[at] as number) - 0x80
      if (index <= 0 || index > last) break
    }
    this.#at = at
  }

  #passString(): void {
    const isHuffman = this.#isHuffman()
    const end = this.#stringEnd()
    if (isHuffman) this.#decodeHuffman(end, scratchFor(decodedCapacity(end - this.#at)))
    this.#at = end
  }

  #readSizeUpdates(): void {
    let updates = 0
    while (this.#at < this.#end && ((this.#bytes[this.#at] as number) & 0xe0) === 0x20) {
      if (++updates > MAX_SIZE_UPDATES) throw new HpackError('too many table size updates')
      const size = this.#readInteger(5)
      if (size > this.#limit) throw new HpackError(`table size ${size} above the limit of ${this.#limit}`)
      this.#maxSize = size
      this.#wantsUpdate = false
      this.#evict(size)
    }
    if (this.#wantsUpdate && this.#maxSize > this.#limit)
      throw new HpackError('no table size update after the limit fell')
  }

  /** A literal field's name and value; `prefix` bits hold the index of its name. */
  #readLiteral(prefix: number): Entry {
    const index = this.#readInteger(prefix)
    let name: string
    let marks: number
    if (index === 0) {
      name = this.#readString()
      marks = nameMarks(name)
    } else {
      const named = this.#entry(index)
      name = named.name
      marks = named.marks & NAME_MASK
    }
    const value = this.#readString()
    return { name, value, marks: marks | valueMarks(value, marks) }
  }

  #readInteger(prefix: number): number {
    const mask = (1 << prefix) - 1
    let value = (this.#bytes[this.#at++] as number) & mask
    if (value < mask) return value
    // Values up to 2^32 - 1 take at most five more bytes; nothing here may be larger, and zeroes may not go on for ever.
    for (let shift = 0; shift <= 28; shift += 7) {
      if (this.#at >= this.#end) throw new HpackError('an integer is cut off')
      const byte = this.#bytes[this.#at++] as number
      value += (byte & 0x7f) * 2 ** shift
      if (byte < 0x80) return value
    }
    throw new HpackError('an integer is too long')
  }

  #readString(): string {
    const isHuffman = this.#isHuffman()
    const end = this.#stringEnd()
    const start = this.#at
    if (!isHuffman) {
      this.#at = end
      return latin1Text(this.#bytes, start, end)
    }
    const target = scratchFor(decodedCapacity(end - start))
    const written = this.#decodeHuffman(end, target)
    this.#at = end
    return latin1Text(target, 0, written)
  }

  /** @returns how many bytes of `target` it fills */
  #decodeHuffman(end: number, target: Uint8Array): number {
    const written = decodeHuffman(this.#bytes, this.#at, end, target)
    if (written < 0) throw new HpackError('a Huffman string is not valid')
    return written
  }

  /** Of the string that begins here. */
  #isHuffman(): boolean {
    if (this.#at >= this.#end) throw new HpackError('a string is missing')
    return ((this.#bytes[this.#at] as number) & 0x80) !== 0
  }

  /** Where the string ends whose bytes begin where this leaves us. */
  #stringEnd(): number {
    const length = this.#readInteger(7)
    const end = this.#at + length
    if (end > this.#end) throw new HpackError('a string is cut off')
    return end
  }

  #entry(index: number): Entry {
    if (index === 0) throw new HpackError('index 0')
    if (index <= staticEntries.length) return staticEntries[index - 1] as Entry
    const behind = index - staticEntries.length - 1
    if (behind >= this.#count) throw new HpackError(`index ${index} beyond the table`)
    return this.#ring[(this.#first + behind) & (this.#ring.length - 1)] as Entry
  }

  #insert(entry: Entry): void {
    const size = entry.name.length + entry.value.length + ENTRY_OVERHEAD
    this.#evict(this.#maxSize - size)
    // An entry larger than the table empties it, and that is all: RFC 7541 section 4.4.
    if (size > this.#maxSize) return
    if (this.#count === this.#ring.length) this.#growRing()
    this.#first = (this.#first - 1) & (this.#ring.length - 1)
    this.#ring[this.#first] = entry
    this.#count++
    this.#size += size
  }

  #evict(size: number): void {
    while (this.#size > size && this.#count > 0) {
      const oldest = (this.#first + --this.#count) & (this.#ring.length - 1)
      const entry = this.#ring[oldest] as Entry
      this.#ring[oldest] = undefined
      this.#size -= entry.name.length + entry.value.length + ENTRY_OVERHEAD
    }
  }

  #growRing(): void {
    const ring: (Entry | undefined)[] = new Array(this.#ring.length * 2)
    for (let i = 0; i < this.#count; i++) ring[i] = this.#ring[(this.#first + i) & (this.#ring.length - 1)]
    this.#ring = ring
    this.#first = 0
  }
}

const staticEntries: readonly Entry[] = staticTable.map(([name, value]) => ({
  name,
  value,
  marks: fieldMarks(name, value),
}))

function fieldMarks(name: string, value: string): number {
  const marks = nameMarks(name)
  return marks | valueMarks(value, marks)
}

let scratch = new Uint8Array(4096)

/** One scratch area for all decoders: a string is taken out of it before the next goes in. */
function scratchFor(size: number): Uint8Array {
  if (size <= scratch.length) return scratch
  // Only what is common is kept; one long string shall not hold its memory for ever.
  const larger = new Uint8Array(size)
  if (size <= 65536) scratch = larger
  return larger
}
