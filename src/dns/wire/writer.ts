// A message being written: numbers, strings, and names that point back to what is there already.

import { copyOf } from '../../core/bytes.ts'
import { writeIp } from '../../core/ip.ts'
import { MessageError } from './error.ts'
import { MAX_NAME_SIZE, MAX_STRING_SIZE } from './message-limits.ts'
import { writeLabels } from './name.ts'
import { MAX_OFFSET, NameTable } from './name-table.ts'

export class MessageWriter {
  #bytes = new Uint8Array(4096)
  #length = 0
  #compresses = true
  readonly #names = new NameTable()
  /** Names as they were given, and where they are: most come again as they are. The oldest few, the question's first. */
  readonly #known: string[] = []
  readonly #knownAt: number[] = []

  /** A writer serves one message after the other: making its tables costs more than a message. */
  start(compresses: boolean): void {
    this.#compresses = compresses
    this.truncate(0)
  }

  get length(): number {
    return this.#length
  }

  /** A copy of what was written. */
  finish(): Uint8Array {
    const message = copyOf(this.#bytes, 0, this.#length)
    if (this.#bytes.length > MAX_KEPT_BYTES) this.#bytes = new Uint8Array(4096)
    return message
  }

  /** Takes back all from `length` on. */
  truncate(length: number): void {
    this.#length = length
    this.#names.truncate(length)
    while (this.#knownAt.length > 0 && (this.#knownAt[this.#knownAt.length - 1] as number) >= length) {
      this.#knownAt.pop()
      this.#known.pop()
    }
  }

  uint8(value: number): void {
    if ((value & 0xff) !== value) throw new MessageError(`${value} is no number of one byte`, this.#length)
    this.#reserve(1)
    this.#bytes[this.#length++] = value
  }

  uint16(value: number): void {
    if ((value & 0xffff) !== value) throw new MessageError(`${value} is no number of two bytes`, this.#length)
    this.#reserve(2)
    this.#bytes[this.#length++] = value >> 8
    this.#bytes[this.#length++] = value
  }

  uint32(value: number): void {
    if (value >>> 0 !== value) throw new MessageError(`${value} is no number of four bytes`, this.#length)
    this.uint16(value >>> 16)
    this.uint16(value & 0xffff)
  }

  getUint16(at: number): number {
    return ((this.#bytes[at] as number) << 8) | (this.#bytes[at + 1] as number)
  }

  setUint16(at: number, value: number): void {
    this.#bytes[at] = value >> 8
    this.#bytes[at + 1] = value
  }

  raw(bytes: Uint8Array): void {
    this.#reserve(bytes.length)
    this.#bytes.set(bytes, this.#length)
    this.#length += bytes.length
  }

  /** @param size - 4 or 16: which kind it has to be */
  address(address: string, size: 4 | 16): void {
    this.#reserve(16)
    if (writeIp(address, this.#bytes, this.#length) !== size) {
      throw new MessageError(`'${address}' is no IPv${size === 4 ? 4 : 6} address`, this.#length)
    }
    this.#length += size
  }

  /** Text whose characters are bytes. */
  text(text: string): void {
    this.#reserve(text.length)
    for (let i = 0; i < text.length; i++) {
      const code = text.charCodeAt(i)
      if (code > 0xff) throw new MessageError('a character that is no byte', i)
      this.#bytes[this.#length++] = code
    }
  }

  /** A character-string: RFC 1035 section 3.3. */
  string(text: string): void {
    if (text.length > MAX_STRING_SIZE) throw new MessageError(`a string over ${MAX_STRING_SIZE} bytes`, MAX_STRING_SIZE)
    this.uint8(text.length)
    this.text(text)
  }

  /** A name in full, for data where no pointers are allowed: RFC 3597 section 4. */
  plainName(name: string): void {
    this.#reserve(MAX_NAME_SIZE)
    this.#length = writeLabels(name, this.#bytes, this.#length)
  }

  /** A name, compressed where its end is in the message already: RFC 1035 section 4.1.4. */
  name(name: string): void {
    const known = this.#known.indexOf(name)
    if (known !== -1 && this.#compresses) {
      this.uint16(0xc000 | (this.#knownAt[known] as number))
      return
    }
    const start = this.#length
    this.plainName(name)
    // The root is shorter than a pointer.
    if (!this.#compresses || this.#length - start <= 1) return
    if (!this.#shorten(start) && this.#known.length < MAX_KNOWN && start <= MAX_OFFSET) {
      this.#known.push(name)
      this.#knownAt.push(start)
    }
  }

  /**
   * Puts a pointer in place of the longest end of the name at `start` that is there already.
   * @returns whether that is all of it
   */
  #shorten(start: number): boolean {
    const bytes = this.#bytes
    let labels = 0
    for (let at = start; bytes[at] !== 0; at += (bytes[at] as number) + 1) labelAt[labels++] = at
    const known = this.#names.count
    let shared = 0
    let parent = 0
    // From the root up: below a label that is new, all are.
    for (let i = labels - 1; i >= 0; i--) {
      parent = this.#names.enter(bytes, labelAt[i] as number, parent)
      if (parent === 0) break
      if (parent < known) {
        shared = parent
        labels = i
      }
    }
    if (shared === 0) return false
    this.#length = labelAt[labels] as number
    this.uint16(0xc000 | this.#names.offsetOf(shared))
    return labels === 0
  }

  #reserve(size: number): void {
    const wanted = this.#length + size
    if (wanted <= this.#bytes.length) return
    const larger = new Uint8Array(Math.max(this.#bytes.length * 2, wanted))
    larger.set(this.#bytes.subarray(0, this.#length))
    this.#bytes = larger
  }
}

const labelAt = new Uint16Array(128)

/** Enough for the question and what it leads to. */
const MAX_KNOWN = 8

/** A longer buffer is let go after its message. */
const MAX_KEPT_BYTES = 16384
