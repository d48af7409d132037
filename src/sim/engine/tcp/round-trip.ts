// How long to wait for an acknowledgment: RFC 6298, with Linux's least and greatest values.

import type { Nanoseconds } from '../../types.ts'
import { tcpLimits } from './tcp-limits.ts'

export class RoundTrip {
  #smoothed: Nanoseconds | undefined
  #variation: Nanoseconds = 0
  #timeout: Nanoseconds = tcpLimits.initialRto
  #backoff = 1

  /** Undefined before the first measurement. */
  get smoothed(): Nanoseconds | undefined {
    return this.#smoothed
  }

  get timeout(): Nanoseconds {
    return Math.min(this.#timeout * this.#backoff, tcpLimits.maxRto)
  }

  /** Of a segment that was sent once: RFC 6298 section 2, and Karn's rule in section 3. */
  measure(trip: Nanoseconds): void {
    if (this.#smoothed === undefined) {
      this.#smoothed = trip
      this.#variation = trip / 2
    } else {
      this.#variation = 0.75 * this.#variation + 0.25 * Math.abs(this.#smoothed - trip)
      this.#smoothed = 0.875 * this.#smoothed + 0.125 * trip
    }
    const timeout = this.#smoothed + Math.max(4 * this.#variation, GRANULARITY)
    this.#timeout = Math.max(Math.ceil(timeout), tcpLimits.minRto)
    this.#backoff = 1
  }

  /** Section 5.5. */
  backOff(): void {
    this.#backoff = Math.min(this.#backoff * 2, 1024)
  }

  /** New data was acknowledged: the back-off ends. */
  reset(): void {
    this.#backoff = 1
  }
}

const GRANULARITY: Nanoseconds = 1e6
