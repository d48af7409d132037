// Serves small requests for random bytes from one large draw: a call of the system's generator costs some microseconds, however
// few the bytes.

import { randomFillSync } from 'node:crypto'

const POOL_SIZE = 4096
/** Larger requests get a draw of their own: they are often for secrets, which are not to lie in a shared pool. */
const MAX_FROM_POOL = 32

export class RandomPool {
  readonly #pool = new Uint8Array(POOL_SIZE)
  #used = POOL_SIZE

  /** Bytes that no other caller gets; the pool erases them. */
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
