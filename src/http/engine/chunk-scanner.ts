// The chunked transfer coding: RFC 9112 section 7.1. The scanner parses sizes and delimiters, and reports which bytes are
// data; it retains none of them. Extensions are validated, counted and discarded.

import { CR, HTAB, hexValue, isQuotedByte, isTokenByte, isValueByte, LF, SP } from '../wire/characters.ts'
import {
  LENIENT_OPTIONAL_CR_BEFORE_LF,
  LENIENT_OPTIONAL_CRLF_AFTER_CHUNK,
  LENIENT_OPTIONAL_LF_AFTER_CR,
  LENIENT_SPACES_AFTER_CHUNK_SIZE,
} from './leniency.ts'
import { maxChunkExtensionBytes, maxExcessChunkExtensionBytes } from './limits.ts'
import { ParseError, type ParseErrorName } from './parse-error.ts'

const SIZE_START = 0
const SIZE = 1
const SIZE_END = 2
const SIZE_LF = 3
const EXTENSION_START = 4
const EXTENSION_NAME = 5
const EXTENSION_VALUE = 6
const QUOTED = 7
const QUOTED_PAIR = 8
const QUOTED_END = 9
const DATA = 10
const DATA_CR = 11
const DATA_LF = 12

export class ChunkScanner {
  readonly #leniency: number
  #state = SIZE_START
  /** The size of the current chunk, then the number of its bytes that remain. */
  #left = 0
  #extensionBytes = 0
  #excessBytes = 0

  /** After `scan`: the position of the data it found, if `dataEnd > dataStart`. */
  dataStart = 0
  dataEnd = 0
  /** The last chunk's line has been read: trailers follow. */
  isLast = false

  constructor(leniency: number) {
    this.#leniency = leniency
  }

  start(): void {
    this.#state = SIZE_START
    this.#excessBytes = 0
    this.isLast = false
  }

  /** Scans to the end of the next piece of data, of the last chunk's line, or of the bytes. @returns the next index */
  scan(bytes: Uint8Array, start: number, end: number): number {
    this.dataStart = this.dataEnd = 0
    let i = start
    while (i < end) {
      if (this.#state === DATA) return this.#takeData(i, end)
      const byte = bytes[i] as number
      if (this.#state > EXTENSION_START && this.#state <= QUOTED_END && byte !== CR) this.#countExtension(i)
      if (this.#state === SIZE_LF) {
        i = this.#endSizeLine(byte, i)
        if (this.isLast) return i
      } else if (this.#state < EXTENSION_START) i = this.#scanSize(byte, i)
      else if (this.#state > DATA) i = this.#scanDataEnd(byte, i)
      else i = this.#scanExtension(byte, i)
    }
    return i
  }

  #takeData(start: number, end: number): number {
    const taken = Math.min(this.#left, end - start)
    this.#left -= taken
    this.#excessBytes -= taken
    this.dataStart = start
    this.dataEnd = start + taken
    if (this.#left === 0) this.#state = DATA_CR
    return this.dataEnd
  }

  #scanSize(byte: number, at: number): number {
    const digit = hexValue[byte] as number
    if (this.#state !== SIZE_END && digit >= 0) {
      this.#left = this.#state === SIZE_START ? digit : this.#left * 16 + digit
      if (this.#left > 2 ** 64) fail('INVALID_CHUNK_SIZE', 'Chunk size overflow', at + 1)
      this.#state = SIZE
      return at + 1
    }
    // Node's parser counts in 64 bits; here the size must be exact in a double.
    if (this.#left > Number.MAX_SAFE_INTEGER) fail('INVALID_CHUNK_SIZE', 'Chunk size overflow', at)
    if (this.#state === SIZE_START) fail('INVALID_CHUNK_SIZE', 'Invalid character in chunk size', at)
    if ((byte === SP || byte === HTAB) && this.#allows(LENIENT_SPACES_AFTER_CHUNK_SIZE)) {
      this.#state = SIZE_END
      return at + 1
    }
    if (byte === 59) {
      this.#extensionBytes = 0
      this.#state = EXTENSION_START
      return at + 1
    }
    const errorAt = byte === SP || byte === HTAB ? at + 1 : at
    return this.#endLine(byte, at, 'chunk size', 'INVALID_CHUNK_SIZE', 'Invalid character in chunk size', errorAt)
  }

  /** Reads a byte where only the end of the line is allowed. */
  #endLine(byte: number, at: number, after: string, name: ParseErrorName, reason: string, errorAt: number): number {
    if (byte === CR) {
      this.#state = SIZE_LF
      return at + 1
    }
    if (byte !== LF) return fail(name, reason, errorAt)
    if (!this.#allows(LENIENT_OPTIONAL_CR_BEFORE_LF)) {
      const isAfterSize = this.#state < EXTENSION_START
      return fail('CR_EXPECTED', `Missing expected CR after ${after}`, isAfterSize ? at + 1 : at)
    }
    this.#state = SIZE_LF
    return at
  }

  #endSizeLine(byte: number, at: number): number {
    if (byte !== LF && !this.#allows(LENIENT_OPTIONAL_LF_AFTER_CR)) {
      return fail('STRICT', 'Expected LF after chunk size', at)
    }
    if (this.#left === 0) this.isLast = true
    this.#state = DATA
    return byte === LF ? at + 1 : at
  }

  #scanExtension(byte: number, at: number): number {
    switch (this.#state) {
      case EXTENSION_START:
        if (byte === SP || byte === CR) return fail('STRICT', 'Invalid character in chunk extensions', at + 1)
        this.#state = EXTENSION_NAME
        return at

      case EXTENSION_NAME:
        if (isTokenByte[byte] === 1) return at + 1
        if (byte === 61) this.#state = EXTENSION_VALUE
        else if (byte === 59) this.#state = EXTENSION_START
        else {
          const reason = 'Invalid character in chunk extensions name'
          return this.#endExtension(byte, at, 'chunk extension name', reason, at + 1)
        }
        return at + 1

      case EXTENSION_VALUE:
        if (byte === 34) this.#state = QUOTED
        else if (byte === 59) this.#state = EXTENSION_START
        else if (isTokenByte[byte] !== 1) {
          const reason = 'Invalid character in chunk extensions value'
          return this.#endExtension(byte, at, 'chunk extension value', reason, at + 1)
        }
        return at + 1

      case QUOTED:
        if (byte === 34) this.#state = QUOTED_END
        else if (byte === 92) this.#state = QUOTED_PAIR
        else if (isQuotedByte[byte] !== 1) {
          return fail('STRICT', 'Invalid character in chunk extensions quoted value', at + 1)
        }
        return at + 1

      case QUOTED_PAIR:
        if (isValueByte[byte] !== 1) {
          return fail('STRICT', 'Invalid quoted-pair in chunk extensions quoted value', at + 1)
        }
        this.#state = QUOTED
        return at + 1

      default:
        if (byte === 59) {
          this.#state = EXTENSION_START
          return at + 1
        }
        return this.#endExtension(
          byte,
          at,
          'chunk extension value',
          'Invalid character in chunk extensions quote value',
          at,
        )
    }
  }

  #endExtension(byte: number, at: number, after: string, reason: string, errorAt: number): number {
    return this.#endLine(byte, at, after, 'STRICT', reason, errorAt)
  }

  #countExtension(at: number): void {
    this.#extensionBytes++
    this.#excessBytes++
    if (this.#extensionBytes > maxChunkExtensionBytes || this.#excessBytes > maxExcessChunkExtensionBytes) {
      fail('CHUNK_EXTENSIONS_OVERFLOW', 'Chunk extensions overflow', at)
    }
  }

  #scanDataEnd(byte: number, at: number): number {
    if (this.#state === DATA_LF) {
      if (byte !== LF) return fail('STRICT', 'Expected LF after chunk data', at)
      this.#state = SIZE_START
      return at + 1
    }
    if (byte === CR) {
      this.#state = DATA_LF
      return at + 1
    }
    if (byte === LF) {
      if (!this.#allows(LENIENT_OPTIONAL_CR_BEFORE_LF)) {
        return fail('CR_EXPECTED', 'Missing expected CR after chunk data', at + 1)
      }
      this.#state = SIZE_START
      return at + 1
    }
    if (!this.#allows(LENIENT_OPTIONAL_CRLF_AFTER_CHUNK)) return fail('STRICT', 'Expected LF after chunk data', at)
    this.#state = SIZE_START
    return at
  }

  #allows(leniency: number): boolean {
    return (this.#leniency & leniency) !== 0
  }
}

function fail(name: ParseErrorName, reason: string, at: number): never {
  throw new ParseError(name, reason, at)
}
