// A token bucket that starts full: allows a burst, and a rate per second. The caller supplies the time.

export class RateLimit {
  readonly #burst: number
  readonly #perMs: number
  #left: number
  #filledAt = 0

  constructor(burst: number, perSecond: number) {
    this.#burst = burst
    this.#perMs = perSecond / 1000
    this.#left = burst
  }

  /** @returns false if the limit is exceeded */
  allow(now: number): boolean {
    if (this.#left < this.#burst)
      this.#left = Math.min(this.#burst, this.#left + Math.max(0, now - this.#filledAt) * this.#perMs)
    this.#filledAt = now
    if (this.#left < 1) return false
    this.#left--
    return true
  }
}
