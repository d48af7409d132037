// Flow control: how much may still be sent, either way, on a stream or on the connection. RFC 9113 section 5.2 and 6.9.
// No idea of frames: it says when a WINDOW_UPDATE is due, and how large.

import { MAX_WINDOW } from '../wire/frame-types.ts'

/**
 * What the peer may send. Always: `available`, what was received and not consumed, and what is owed to the peer add up to
 * `size`.
 */
export class ReceiveWindow {
  #size: number
  #available: number
  /** Consumed, and not given back yet. Below zero: the window shrank, and so much is kept before any is given back. */
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

  /** Below zero when SETTINGS lowered it beneath what was under way. */
  get available(): number {
    return this.#available
  }

  /** Received since the last WINDOW_UPDATE. */
  get received(): number {
    return this.#size - this.#available
  }

  /** False: more than was allowed. */
  receive(bytes: number): boolean {
    if (bytes > this.#available) return false
    this.#available -= bytes
    return true
  }

  consume(bytes: number): void {
    this.#owed += bytes
  }

  /** For SETTINGS_INITIAL_WINDOW_SIZE, which the peer applies by itself: RFC 9113 section 6.9.2. */
  shift(change: number): void {
    this.#size += change
    this.#available += change
  }

  /** For a size that the peer learns of by WINDOW_UPDATE. */
  resize(size: number): void {
    this.#owed += size - this.#size
    this.#size = size
  }

  /** Half of it is owed. */
  get isDue(): boolean {
    return this.#owed > 0 && this.#owed * 2 >= this.#size
  }

  /**
   * The WINDOW_UPDATE that is due, 0: none. Half a window at a time, so that neither side stalls, nor sends one per frame.
   * With `maxSize` above its size the window doubles when half of it went in less than two round trips: then it, and not
   * the path or the reader, is what limits the peer. 0 ms: it stays.
   * @param measurement - the number of the one that gave the round trip: a window doubles once for each
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

  /** All that is owed, however little: after `resize`. */
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

/** A send window after it was opened (or, below zero, closed) by so much; undefined: past 2^31-1, which is an error. */
export function openedWindow(window: number, change: number): number | undefined {
  const opened = window + change
  return opened > MAX_WINDOW ? undefined : opened
}
