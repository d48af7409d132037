// A place in a message, moving on: numbers, strings and names, each checked against the end of what holds it.

import { latin1Text } from '../../core/bytes.ts'
import { formatIp } from '../../core/ip.ts'
import { MessageError } from './error.ts'
import { MAX_NAME_SIZE, MAX_POINTERS } from './message-limits.ts'
import { escapes } from './name.ts'

export class MessageReader {
  readonly bytes: Uint8Array
  at = 0
  /** Where the message, or the record's data that is being read, ends. */
  end: number
  /** The first few names, by where they stand. The reader only moves on, so each lies before whatever points to it. */
  readonly #knownAt: number[] = []
  readonly #known: string[] = []

  constructor(bytes: Uint8Array) {
    this.bytes = bytes
    this.end = bytes.length
  }

  uint8(): number {
    if (this.at >= this.end) throw new MessageError('a number past the end', this.at)
    return this.bytes[this.at++] as number
  }

  uint16(): number {
    const { at, bytes } = this
    if (at + 2 > this.end) throw new MessageError('a number past the end', at)
    this.at = at + 2
    return ((bytes[at] as number) << 8) | (bytes[at + 1] as number)
  }

  uint32(): number {
    return this.uint16() * 0x10000 + this.uint16()
  }

  /** A copy: what is kept of a message shall not keep the whole of it. */
  take(size: number): Uint8Array {
    const { at } = this
    if (at + size > this.end) throw new MessageError(`${size} bytes past the end`, at)
    this.at = at + size
    return new Uint8Array(this.bytes.subarray(at, at + size))
  }

  /** All up to the end. */
  rest(): Uint8Array {
    return this.take(this.end - this.at)
  }

  address(size: 4 | 16): string {
    const { at } = this
    if (at + size > this.end) throw new MessageError(`${size} bytes past the end`, at)
    this.at = at + size
    return formatIp(this.bytes, at, size)
  }

  /** One character per byte. */
  text(size: number): string {
    const { at } = this
    if (at + size > this.end) throw new MessageError(`text of ${size} bytes past the end`, at)
    this.at = at + size
    return latin1Text(this.bytes, at, at + size)
  }

  /** A character-string: RFC 1035 section 3.3. */
  string(): string {
    return this.text(this.uint8())
  }

  /**
   * A name, compressed or not: RFC 1035 section 4.1.4. A pointer must go back behind where the labels before it began, so
   * that none can be met twice; and there are MAX_POINTERS at most.
   */
  name(): string {
    const { bytes, at: start } = this
    const first = bytes[start] as number
    if (first < 0xc0 || start + 2 > this.end) return this.#readName(start)
    // Most names are pointers to a name that was read before; its text serves again.
    const target = ((first & 0x3f) << 8) | (bytes[start + 1] as number)
    const known = this.#knownAt.indexOf(target)
    if (known === -1) return this.#readName(start)
    this.at = start + 2
    return this.#known[known] as string
  }

  #readName(start: number): string {
    const { bytes } = this
    let { end } = this
    let at = start
    let runStart = start
    let pointers = 0
    let size = 0
    let written = 0
    for (;;) {
      if (at >= end) throw new MessageError('a name past the end', at)
      const length = bytes[at] as number
      if (length === 0) break
      if (length >= 0xc0) {
        if (at + 1 >= end) throw new MessageError('a pointer past the end', at)
        const target = ((length & 0x3f) << 8) | (bytes[at + 1] as number)
        if (target >= runStart) throw new MessageError('a pointer that does not go back', at)
        if (++pointers > MAX_POINTERS) throw new MessageError(`more than ${MAX_POINTERS} pointers in a name`, at)
        if (pointers === 1) this.at = at + 2
        // Labels elsewhere end with the message, not with this record's data, and before where they were pointed from.
        end = runStart
        at = runStart = target
        continue
      }
      if (length > 63) throw new MessageError('a label of an unknown kind', at)
      const labelEnd = at + 1 + length
      if (labelEnd > end) throw new MessageError('a label past the end', at)
      size += length + 1
      if (size >= MAX_NAME_SIZE) throw new MessageError(`a name over ${MAX_NAME_SIZE} bytes`, at)
      if (written > 0) scratch[written++] = DOT
      for (at++; at < labelEnd; at++) {
        const byte = bytes[at] as number
        if (escapes[byte] === 0) scratch[written++] = byte
        else written = writeEscape(byte, written)
      }
    }
    if (pointers === 0) this.at = at + 1
    const name = latin1Text(scratch, 0, written)
    if (this.#known.length < MAX_KNOWN) {
      const first = bytes[start] as number
      this.#knownAt.push(first < 0xc0 ? start : ((first & 0x3f) << 8) | (bytes[start + 1] as number))
      this.#known.push(name)
    }
    return name
  }
}

function writeEscape(byte: number, at: number): number {
  scratch[at] = BACKSLASH
  if (escapes[byte] === 1) {
    scratch[at + 1] = byte
    return at + 2
  }
  scratch[at + 1] = 0x30 + ((byte / 100) | 0)
  scratch[at + 2] = 0x30 + (((byte / 10) | 0) % 10)
  scratch[at + 3] = 0x30 + (byte % 10)
  return at + 4
}

/** Enough for the question and what it leads to. */
const MAX_KNOWN = 8

/** Where a name's text is put together: each byte may take four characters. */
const scratch = new Uint8Array(4 * MAX_NAME_SIZE)

const DOT = 0x2e
const BACKSLASH = 0x5c
