// Bytes from the user that are not acknowledged yet, by their place in the stream.

export class SendBuffer {
  #chunks: Uint8Array[] = []
  /** Place of the first byte of the first chunk. */
  #begin = 0
  #end = 0
  /** The chunk that was looked at last, and the place of its first byte. */
  #cursorIndex = 0
  #cursorAt = 0

  /** The place of the oldest byte that is kept, and of the next to be written. */
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
    // Sending goes forward: the search begins where the last one ended.
    if (from < this.#cursorAt) {
      this.#cursorAt = this.#begin
      this.#cursorIndex = 0
    }
    let [at, index] = [this.#cursorAt, this.#cursorIndex]
    while (index < this.#chunks.length && at + (this.#chunks[index] as Uint8Array).length <= from) {
      at += (this.#chunks[index++] as Uint8Array).length
    }
    this.#cursorAt = at
    this.#cursorIndex = index
    const first = this.#chunks[index]
    if (first === undefined || length === 0) return new Uint8Array(0)
    const offset = from - at
    if (offset + length <= first.length) return first.subarray(offset, offset + length)
    const bytes = new Uint8Array(Math.min(length, this.#end - from))
    let filled = 0
    for (let start = offset; filled < bytes.length; start = 0) {
      const chunk = this.#chunks[index++] as Uint8Array
      const part = chunk.subarray(start, start + bytes.length - filled)
      bytes.set(part, filled)
      filled += part.length
    }
    return bytes
  }

  /** All before that place is acknowledged. */
  release(upTo: number): void {
    let released = 0
    for (const chunk of this.#chunks) {
      if (this.#begin + chunk.length > upTo) break
      this.#begin += chunk.length
      released++
    }
    if (released > 0) this.#chunks.splice(0, released)
    this.#cursorIndex -= released
    const first = this.#chunks[0]
    if (first !== undefined && upTo > this.#begin) {
      this.#chunks[0] = first.subarray(upTo - this.#begin)
      this.#begin = upTo
    }
    if (this.#cursorIndex <= 0) {
      this.#cursorIndex = 0
      this.#cursorAt = this.#begin
    }
  }
}
