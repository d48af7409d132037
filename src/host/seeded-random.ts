// Random bytes from a seed, for hosts whose runs are to be reproducible: sfc32, a small generator that passes the usual
// statistical tests. It is not cryptographic: keys made from these bytes are not secret.

export class SeededRandom {
  #a = 0
  #b = 0
  #c: number
  #count = 1

  constructor(seed: number) {
    this.#c = seed | 0
    // The first outputs are still correlated with the seed.
    for (let round = 0; round < 15; round++) this.uint32()
  }

  uint32(): number {
    const sum = (this.#a + this.#b + this.#count) | 0
    this.#count = (this.#count + 1) | 0
    this.#a = this.#b ^ (this.#b >>> 9)
    this.#b = (this.#c + (this.#c << 3)) | 0
    this.#c = (((this.#c << 21) | (this.#c >>> 11)) + sum) | 0
    return sum >>> 0
  }

  bytes(size: number): Uint8Array {
    return Uint8Array.from({ length: size }, () => this.uint32() & 0xff)
  }
}
