// A message being written: numbers, strings, and names that point back to what is there already.

import { MessageError } from './error.ts'
import { MAX_NAME_SIZE, MAX_STRING_SIZE } from './limits.ts'
import { writeLabels } from './name.ts'

export class MessageWriter {
  #bytes = new Uint8Array(512)
  #length = 0
  readonly #compresses: boolean
  /** Where the names, and the ends of names, are that a pointer may lead to; keyed by their text. */
  #offsets = new Map<string, number>()

  constructor(compresses: boolean) {
    this.#compresses = compresses
  }

  get length(): number {
    return this.#length
  }

  /** A copy of what was written. */
  finish(): Uint8Array {
    return this.#bytes.slice(0, this.#length)
  }

  /** Takes back all from `length` on. */
  truncate(length: number): void {
    this.#length = length
    for (const [name, offset] of this.#offsets) if (offset >= length) this.#offsets.delete(name)
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
    if (!this.#compresses) {
      this.plainName(name)
      return
    }
    const known = this.#offsets.get(name)
    if (known !== undefined) {
      this.uint16(0xc000 | known)
      return
    }
    const start = this.#length
    this.plainName(name)
    this.#shorten(name, start)
  }

  /** Puts a pointer in place of the longest end of the name at `start` that is there already, and notes its new parts. */
  #shorten(name: string, start: number): void {
    let at = start
    let textAt = 0
    while (this.#bytes[at] !== 0) {
      const rest = textAt === 0 ? name : name.slice(textAt)
      const known = this.#offsets.get(rest)
      if (known !== undefined) {
        this.#length = at
        this.uint16(0xc000 | known)
        return
      }
      // A pointer has 14 bits.
      if (at < 0x4000) this.#offsets.set(rest, at)
      const size = this.#bytes[at] as number
      for (let i = 0; i < size; i++) {
        if (name.charCodeAt(textAt) !== BACKSLASH) textAt++
        else textAt += isDigit(name.charCodeAt(textAt + 1)) ? 4 : 2
      }
      textAt++
      at += size + 1
    }
  }

  #reserve(size: number): void {
    const wanted = this.#length + size
    if (wanted <= this.#bytes.length) return
    const larger = new Uint8Array(Math.max(this.#bytes.length * 2, wanted))
    larger.set(this.#bytes.subarray(0, this.#length))
    this.#bytes = larger
  }
}

function isDigit(code: number): boolean {
  return code >= 0x30 && code <= 0x39
}

const BACKSLASH = 0x5c
