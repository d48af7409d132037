// Small random numbers from one large draw: asking the system's generator costs some microseconds, however few the bytes.

import { randomFillSync } from 'node:crypto'

const POOL_SIZE = 4096
/** Above this, a draw of its own: what is long is often a secret, and is not kept beside others. */
const MAX_FROM_POOL = 32

export class RandomPool {
  readonly #pool = new Uint8Array(POOL_SIZE)
  #used = POOL_SIZE

  /** Bytes that nobody else is given; the pool forgets them. */
  take(size: number): Uint8Array {
    if (size > MAX_FROM_POOL) return randomFillSync(new Uint8Array(size))
    if (this.#used + size > POOL_SIZE) {
      randomFillSync(this.#pool)
      this.#used = 0
    }
    const bytes = this.#pool.slice(this.#used, this.#used + size)
    this.#pool.fill(0, this.#used, this.#used + size)
    this.#used += size
    return bytes
  }
}
