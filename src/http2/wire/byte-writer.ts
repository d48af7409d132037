// Bytes that are put together piece by piece and taken as one.

export class ByteWriter {
  #bytes: Uint8Array
  #length = 0

  constructor(capacity = 0) {
    this.#bytes = new Uint8Array(capacity)
  }

  get length(): number {
    return this.#length
  }

  /** Makes room for `size` more bytes. @returns where they begin in `bytes` */
  extend(size: number): number {
    const at = this.#length
    const wanted = at + size
    if (wanted > this.#bytes.length) {
      const larger = new Uint8Array(Math.max(wanted, this.#bytes.length * 2, 256))
      larger.set(this.#bytes.subarray(0, at))
      this.#bytes = larger
    }
    this.#length = wanted
    return at
  }

  /** The memory behind it, longer than `length`: good until the next `extend`. */
  get bytes(): Uint8Array {
    return this.#bytes
  }

  append(bytes: Uint8Array): void {
    const at = this.extend(bytes.length)
    this.#bytes.set(bytes, at)
  }

  /** Forgets what was written; memory past `keptCapacity` goes. */
  clear(keptCapacity: number): void {
    this.#length = 0
    if (this.#bytes.length > keptCapacity) this.#bytes = new Uint8Array(0)
  }
}
