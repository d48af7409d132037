// Bytes from the user that the peer has not acknowledged, sent or not, by their offset in the stream.

import { noBytes } from '../../../core/bytes.ts'

export class SendBuffer {
  #chunks: Uint8Array[] = []
  /** Offset of the first byte of the first chunk: part of that chunk may be acknowledged already. */
  #first = 0
  #begin = 0
  #end = 0
  /** The chunk that was read last, and the offset of its first byte: sending goes forward. */
  #cursorIndex = 0
  #cursorAt = 0

  /** The offset of the oldest byte that is retained, and of the next one to be written. */
  get begin(): number {
    return this.#begin
  }

  get end(): number {
    return this.#end
  }

  get size(): number {
    return this.#end - this.#begin
  }

  push(bytes: Uint8Array): void {
    if (bytes.length === 0) return
    this.#chunks.push(bytes)
    this.#end += bytes.length
  }

  /** A view where the bytes lie in one chunk, a copy where they do not. */
  slice(from: number, length: number): Uint8Array {
    if (length === 0 || from >= this.#end) return noBytes
    if (from < this.#cursorAt) {
      this.#cursorAt = this.#first
      this.#cursorIndex = 0
    }
    let chunk = this.#chunks[this.#cursorIndex] as Uint8Array
    while (this.#cursorAt + chunk.length <= from) {
      this.#cursorAt += chunk.length
      chunk = this.#chunks[++this.#cursorIndex] as Uint8Array
    }
    const start = from - this.#cursorAt
    if (start + length <= chunk.length) return chunk.subarray(start, start + length)
    return this.#gather(start, Math.min(length, this.#end - from))
  }

  /** All bytes before this offset are acknowledged. */
  release(upTo: number): void {
    this.#begin = upTo
    let released = 0
    while (released < this.#chunks.length) {
      const { length } = this.#chunks[released] as Uint8Array
      if (this.#first + length > upTo) break
      this.#first += length
      released++
    }
    if (released === 0) return
    this.#chunks.splice(0, released)
    this.#cursorIndex -= released
    if (this.#cursorIndex < 0) {
      this.#cursorIndex = 0
      this.#cursorAt = this.#first
    }
  }

  #gather(start: number, length: number): Uint8Array {
    const bytes = new Uint8Array(length)
    let from = start
    for (let filled = 0, index = this.#cursorIndex; filled < length; index++) {
      const part = (this.#chunks[index] as Uint8Array).subarray(from, from + length - filled)
      bytes.set(part, filled)
      filled += part.length
      from = 0
    }
    return bytes
  }
}
