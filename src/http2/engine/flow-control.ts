// Flow control: how much may still be sent, in either direction, on a stream or on the connection. RFC 9113 sections 5.2
// and 6.9. Unaware of frames: it only computes when a WINDOW_UPDATE is due, and its increment.

import { MAX_WINDOW } from '../wire/frame-types.ts'

/**
 * The window of data that the peer may send. Invariant: `available`, the bytes received but not consumed, and the credit
 * owed to the peer add up to `size`.
 */
export class ReceiveWindow {
  #size: number
  #available: number
  /** Bytes consumed whose credit is not returned yet. Negative: the window shrank, and that much credit is withheld first. */
  #owed = 0
  #lastIncrementAt = Number.NEGATIVE_INFINITY
  #lastGrowth = 0

  constructor(size: number) {
    this.#size = size
    this.#available = size
  }

  get size(): number {
    return this.#size
  }

  /** Negative if SETTINGS lowered the window below the data in flight. */
  get available(): number {
    return this.#available
  }

  /** Received since the last WINDOW_UPDATE. */
  get received(): number {
    return this.#size - this.#available
  }

  /** @returns false if the bytes exceed the window */
  receive(bytes: number): boolean {
    if (bytes > this.#available) return false
    this.#available -= bytes
    return true
  }

  consume(bytes: number): void {
    this.#owed += bytes
  }

  /** Applies a change of SETTINGS_INITIAL_WINDOW_SIZE, which the peer applies too: RFC 9113 section 6.9.2. */
  shift(change: number): void {
    this.#size += change
    this.#available += change
  }

  /** Sets a size of which the peer is informed by WINDOW_UPDATE. */
  resize(size: number): void {
    this.#owed += size - this.#size
    this.#size = size
  }

  /** Whether at least half of the window is owed. */
  get isDue(): boolean {
    return this.#owed > 0 && this.#owed * 2 >= this.#size
  }

  /**
   * The increment of the WINDOW_UPDATE that is due, or 0. Half a window at a time, so that neither side stalls, nor sends
   * one per frame. If `maxSize` is above its size, the window doubles when half of it was used within two round trips:
   * then the window limits the peer, not the path or the reader. With a round trip of 0 ms it does not grow.
   * @param measurement - the number of the measurement of the round trip: a window doubles once for each
   */
  takeIncrement(now: number, roundTripMs: number, maxSize: number, measurement: number): number {
    if (!this.isDue) return 0
    const isQuick = now - this.#lastIncrementAt < roundTripMs * 2
    if (isQuick && this.#size < maxSize && measurement > this.#lastGrowth) {
      this.#lastGrowth = measurement
      this.resize(Math.min(this.#size * 2, maxSize))
    }
    this.#lastIncrementAt = now
    return this.#give()
  }

  /** All credit that is owed, even if little: after `resize`. */
  takeAll(): number {
    return this.#owed > 0 ? this.#give() : 0
  }

  #give(): number {
    const increment = Math.min(this.#owed, MAX_WINDOW - this.#available)
    this.#owed -= increment
    this.#available += increment
    return increment
  }
}

/** A send window after a change, which may be negative; undefined beyond 2^31-1, which is an error. */
export function openedWindow(window: number, change: number): number | undefined {
  const opened = window + change
  return opened > MAX_WINDOW ? undefined : opened
}
