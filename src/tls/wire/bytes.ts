// Reading and writing TLS's presentation language: RFC 8446 section 3. A reader that runs past its end throws a
// decode_error, with which the whole message fails; a writer fills in the lengths of vectors.

import { DECODE_ERROR } from './alerts.ts'

/** A malformed message: the alert to send, and OpenSSL's reason. */
export class WireError extends Error {
  readonly alert: number
  readonly reason: string

  constructor(alert: number, reason: string) {
    super(reason)
    this.alert = alert
    this.reason = reason
  }
}

export function malformed(reason = 'length mismatch'): WireError {
  return new WireError(DECODE_ERROR, reason)
}

export class ByteReader {
  readonly #bytes: Uint8Array
  #at: number
  readonly #end: number

  constructor(bytes: Uint8Array, start = 0, end = bytes.length) {
    this.#bytes = bytes
    this.#at = start
    this.#end = end
  }

  get remaining(): number {
    return this.#end - this.#at
  }

  uint8(): number {
    if (this.#at >= this.#end) throw malformed()
    return this.#bytes[this.#at++] as number
  }

  uint16(): number {
    return this.uint8() * 256 + this.uint8()
  }

  uint24(): number {
    return this.uint16() * 256 + this.uint8()
  }

  uint32(): number {
    return this.uint16() * 65536 + this.uint16()
  }

  /** A view, not a copy. */
  bytes(size: number): Uint8Array {
    if (size > this.remaining) throw malformed()
    return this.#bytes.subarray(this.#at, (this.#at += size))
  }

  /** `opaque<min..max>` with a length of 1, 2 or 3 bytes. */
  vector(lengthSize: 1 | 2 | 3, min = 0, max = Number.MAX_SAFE_INTEGER): Uint8Array {
    const size = lengthSize === 1 ? this.uint8() : lengthSize === 2 ? this.uint16() : this.uint24()
    if (size < min || size > max) throw malformed()
    return this.bytes(size)
  }

  /** The items of a vector. */
  list<T>(lengthSize: 1 | 2 | 3, readItem: (reader: ByteReader) => T, min = 0): T[] {
    const reader = new ByteReader(this.vector(lengthSize, min))
    const items: T[] = []
    while (reader.remaining > 0) items.push(readItem(reader))
    return items
  }

  rest(): Uint8Array {
    return this.bytes(this.remaining)
  }

  /** Throws if any bytes are left. */
  end(): void {
    if (this.remaining > 0) throw malformed()
  }
}

export class ByteWriter {
  #bytes: Uint8Array
  #size = 0

  /** @param memory - default: from the runtime's pool, since an allocation of its own costs more than most messages do */
  constructor(capacity = 256, memory: Uint8Array = Buffer.allocUnsafe(capacity)) {
    this.#bytes = memory
  }

  /** A writer with memory of its own: for secrets, which are overwritten, and for bytes that a program retains. */
  static apart(capacity: number): ByteWriter {
    return new ByteWriter(capacity, new Uint8Array(capacity))
  }

  get size(): number {
    return this.#size
  }

  uint8(value: number): this {
    this.#reserve(1)
    this.#bytes[this.#size++] = value
    return this
  }

  uint16(value: number): this {
    this.#reserve(2)
    this.#bytes[this.#size++] = value >>> 8
    this.#bytes[this.#size++] = value
    return this
  }

  uint24(value: number): this {
    return this.uint8(value >>> 16).uint16(value & 0xffff)
  }

  uint32(value: number): this {
    return this.uint16(value >>> 16).uint16(value & 0xffff)
  }

  bytes(data: Uint8Array): this {
    this.#reserve(data.length)
    this.#bytes.set(data, this.#size)
    this.#size += data.length
    return this
  }

  vector(lengthSize: 1 | 2 | 3, data: Uint8Array): this {
    return this.measured(lengthSize, () => this.bytes(data))
  }

  /** Adds what `write` writes, with its length in front. */
  measured(lengthSize: 1 | 2 | 3, write: (writer: this) => void): this {
    this.#reserve(lengthSize)
    const at = this.#size
    this.#size += lengthSize
    write(this)
    const length = this.#size - at - lengthSize
    if (length >= 2 ** (8 * lengthSize)) throw new RangeError(`a vector of ${length} bytes is too long to write`)
    for (let i = 0; i < lengthSize; i++) this.#bytes[at + i] = length >>> (8 * (lengthSize - 1 - i))
    return this
  }

  /** A view of all that was written; the writer must not be used afterwards. */
  take(): Uint8Array {
    return this.#bytes.subarray(0, this.#size)
  }

  #reserve(size: number): void {
    const needed = this.#size + size
    if (needed <= this.#bytes.length) return
    const larger = new Uint8Array(Math.max(needed, this.#bytes.length * 2))
    larger.set(this.#bytes.subarray(0, this.#size))
    this.#bytes = larger
  }
}

/** A copy in memory of its own: a Buffer's `slice()` is a view. */
export function copyOf(bytes: Uint8Array): Uint8Array {
  return new Uint8Array(bytes)
}

/** Not in constant time: for values that are not secret. */
export function sameBytes(one: Uint8Array, other: Uint8Array): boolean {
  if (one.length !== other.length) return false
  for (let i = 0; i < one.length; i++) if (one[i] !== other[i]) return false
  return true
}

/** Text with one byte per character: names in ASCII. */
export function asciiBytes(text: string): Uint8Array {
  const bytes = new Uint8Array(text.length)
  for (let i = 0; i < text.length; i++) bytes[i] = text.charCodeAt(i)
  return bytes
}

export function asciiText(bytes: Uint8Array): string {
  let text = ''
  for (const byte of bytes) text += String.fromCharCode(byte)
  return text
}
