// HPACK, the sending half: fields to a header block's bytes. RFC 7541.
//
// Found by two look-ups, name then value, both in maps that hold the static and the dynamic table. A static name joins its
// encoder's map when it is first sent: all 52 of them would be 17 of a session's 24 KB. What is not worth a
// place in the table (long, or different each time) goes as a literal; what is secret is marked never to be indexed.

import { encodeHuffman, huffmanLength } from './huffman.ts'
import { ENTRY_OVERHEAD, staticTable } from './static-table.ts'
import { writeLatin1 } from './text.ts'

export class HpackEncoder {
  readonly #names = new Map<string, Name>()
  // The dynamic table: entry number n is at n - #oldest. Numbers only grow; an index on the wire counts from the newest.
  #entries: Entry[] = []
  #oldest = 0
  #next = 0
  #size = 0
  /** The most we want, what the peer allows, and the lesser of the two. */
  readonly #wanted: number
  #maxSize: number
  /** The least size since the last block, to be told before the last one; -1: nothing to tell. */
  #leastChange = -1

  #block = new Uint8Array(256)
  #length = 0

  /** @param wanted - the largest table that this end keeps, whatever the peer allows */
  constructor(wanted = 4096) {
    this.#wanted = wanted
    this.#maxSize = Math.min(wanted, 4096)
    // The peer starts out with 4096: RFC 9113 section 6.5.2.
    if (wanted < 4096) this.#leastChange = wanted
  }

  get tableSize(): number {
    return this.#size
  }

  /** The peer's SETTINGS_HEADER_TABLE_SIZE. */
  setLimit(limit: number): void {
    const size = Math.min(limit, this.#wanted)
    if (size === this.#maxSize) return
    this.#maxSize = size
    this.#leastChange = this.#leastChange < 0 ? size : Math.min(this.#leastChange, size)
    this.#evict(size)
  }

  /** Begins a block; its fields follow by `add`, and `block()` gives its bytes. */
  begin(): void {
    this.#length = 0
    if (this.#leastChange < 0) return
    if (this.#leastChange < this.#maxSize) this.#writeInteger(0x20, 5, this.#leastChange)
    this.#writeInteger(0x20, 5, this.#maxSize)
    this.#leastChange = -1
  }

  /** The block so far; good until the next `begin()`. */
  block(): Uint8Array {
    return this.#block.subarray(0, this.#length)
  }

  add(name: string, value: string, isSensitive = false): void {
    // Six bytes for each integer; text never takes more than its own length.
    this.#reserve(name.length + value.length + 18)
    const known = this.#names.get(name) ?? this.#adoptStatic(name)
    if (known === undefined) {
      if (isSensitive) this.#writeLiteral(0x10, 4, 0, name, value)
      else if (value.length + name.length > longestIndexed) this.#writeLiteral(0, 4, 0, name, value)
      else {
        this.#writeLiteral(0x40, 6, 0, name, value)
        this.#insert(name, value, undefined)
      }
      return
    }
    if (!isSensitive) {
      const still = known.fixed?.get(value)
      if (still !== undefined) {
        this.#writeInteger(0x80, 7, still)
        return
      }
      const moving = known.dynamic?.get(value)
      if (moving !== undefined) {
        this.#writeInteger(0x80, 7, this.#indexOf(moving))
        return
      }
    }
    const index = known.index > 0 ? known.index : this.#indexOf(known.last)
    if (isSensitive || value.length < known.secretBelow) this.#writeLiteral(0x10, 4, index, name, value)
    else if (known.isVolatile || value.length + name.length > longestIndexed)
      this.#writeLiteral(0, 4, index, name, value)
    else {
      this.#writeLiteral(0x40, 6, index, name, value)
      this.#insert(name, value, known)
    }
  }

  #adoptStatic(name: string): Name | undefined {
    const known = staticNames.get(name)
    if (known === undefined) return undefined
    const adopted = { ...known, dynamic: undefined, last: -1 }
    this.#names.set(name, adopted)
    return adopted
  }

  #indexOf(number: number): number {
    return staticTable.length + this.#next - number
  }

  #writeLiteral(pattern: number, prefix: number, nameIndex: number, name: string, value: string): void {
    this.#writeInteger(pattern, prefix, nameIndex)
    if (nameIndex === 0) this.#writeString(name)
    this.#writeString(value)
  }

  #writeInteger(pattern: number, prefix: number, value: number): void {
    const mask = (1 << prefix) - 1
    if (this.#length + 6 > this.#block.length) this.#reserve(6)
    if (value < mask) {
      this.#block[this.#length++] = pattern | value
      return
    }
    this.#block[this.#length++] = pattern | mask
    let rest = value - mask
    while (rest > 127) {
      this.#block[this.#length++] = (rest % 128) | 0x80
      rest = Math.floor(rest / 128)
    }
    this.#block[this.#length++] = rest
  }

  #writeString(text: string): void {
    const packed = huffmanLength(text)
    if (packed < text.length) {
      this.#writeInteger(0x80, 7, packed)
      this.#length = encodeHuffman(text, this.#block, this.#length)
    } else {
      this.#writeInteger(0, 7, text.length)
      this.#length = writeLatin1(text, this.#block, this.#length)
    }
  }

  #reserve(bytes: number): void {
    if (this.#length + bytes <= this.#block.length) return
    const larger = new Uint8Array(Math.max(this.#block.length * 2, this.#length + bytes))
    larger.set(this.#block.subarray(0, this.#length))
    this.#block = larger
  }

  #insert(name: string, value: string, known: Name | undefined): void {
    const size = name.length + value.length + ENTRY_OVERHEAD
    this.#evict(this.#maxSize - size)
    if (size > this.#maxSize) return
    let holder = known
    // The eviction may have dropped the name, when this entry was the last that had it.
    if (holder === undefined || (holder.index === 0 && holder.last < this.#oldest)) {
      holder = { index: 0, isVolatile: false, secretBelow: 0, fixed: undefined, dynamic: undefined, last: -1 }
      this.#names.set(name, holder)
    }
    const number = this.#next++
    this.#entries.push({ name, value, size })
    this.#size += size
    holder.last = number
    holder.dynamic ??= new Map()
    holder.dynamic.set(value, number)
  }

  #evict(size: number): void {
    let dropped = 0
    while (this.#size > size && dropped < this.#entries.length) {
      const entry = this.#entries[dropped++] as Entry
      const number = this.#oldest++
      this.#size -= entry.size
      const holder = this.#names.get(entry.name)
      if (holder === undefined) continue
      if (holder.dynamic?.get(entry.value) === number) holder.dynamic.delete(entry.value)
      if (holder.last === number && holder.index === 0) this.#names.delete(entry.name)
    }
    if (dropped > 0) this.#entries.splice(0, dropped)
  }
}

interface Entry {
  readonly name: string
  readonly value: string
  readonly size: number
}

/** What is known of a name. */
interface Name {
  /** In the static table; 0: not there. */
  readonly index: number
  /** Its values rarely come again. */
  readonly isVolatile: boolean
  /** Values shorter than this are secrets. */
  readonly secretBelow: number
  readonly fixed: ReadonlyMap<string, number> | undefined
  dynamic: Map<string, number> | undefined
  /** The newest dynamic entry with this name. */
  last: number
}

// Past this, one entry would push out too much of a table of 4096.
const longestIndexed = 2048

// Each of their values is used about once.
const volatile = new Set([
  ':path',
  'age',
  'content-length',
  'etag',
  'if-modified-since',
  'if-none-match',
  'location',
  'set-cookie',
])

// Guessed byte by byte where an attacker shares the connection: RFC 7541 section 7.1. Short cookies as well, as with the
// library beneath Node: so short a value has too little that cannot be guessed.
const secretBelow = new Map([
  ['authorization', Number.POSITIVE_INFINITY],
  ['proxy-authorization', Number.POSITIVE_INFINITY],
  ['cookie', 20],
])

const staticNames = new Map<string, Omit<Name, 'dynamic' | 'last'>>()
for (const [position, [name, value]] of staticTable.entries()) {
  const index = position + 1
  const known = staticNames.get(name)
  if (known !== undefined) {
    ;(known.fixed as Map<string, number>).set(value, index)
    continue
  }
  const fixed = new Map<string, number>()
  // A name alone stands there with an empty value, which is a field like any other.
  fixed.set(value, index)
  staticNames.set(name, { index, isVolatile: volatile.has(name), secretBelow: secretBelow.get(name) ?? 0, fixed })
}
