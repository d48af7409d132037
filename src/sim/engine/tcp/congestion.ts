// How much may be on its way: slow start, congestion avoidance, fast retransmit and NewReno's fast recovery. RFC 5681,
// RFC 6582. Sequence numbers are counted from the connection's first byte, so they never wrap.

import { tcpLimits } from './tcp-limits.ts'

export class Congestion {
  #segmentSize: number
  #window: number
  #threshold = Number.POSITIVE_INFINITY
  #duplicates = 0
  /** In fast recovery: what had been sent when it began. */
  #recover: number | undefined
  /** What had been sent when it timed out last. */
  #sentAtTimeout = -1

  constructor(segmentSize: number) {
    this.#segmentSize = segmentSize
    // RFC 6928 section 2.
    this.#window = Math.min(tcpLimits.initialWindowSegments * segmentSize, Math.max(2 * segmentSize, 14_600))
  }

  get window(): number {
    return this.#window
  }

  get threshold(): number {
    return this.#threshold
  }

  get isRecovering(): boolean {
    return this.#recover !== undefined
  }

  /** The path or the peer takes only smaller ones. */
  set segmentSize(size: number) {
    this.#segmentSize = size
  }

  /**
   * New data was acknowledged.
   * @param acknowledged - bytes, of which this acknowledgment told first
   * @param upTo - the highest byte that is acknowledged
   * @param inFlight - bytes that still are on their way
   * @param wasLimited - whether it was this window that kept more from being sent
   * @returns true: the first of them is lost too, and is to be sent again (RFC 6582 section 3.2, "partial acknowledgment")
   */
  receiveNew(acknowledged: number, upTo: number, inFlight: number, wasLimited: boolean): boolean {
    this.#duplicates = 0
    const size = this.#segmentSize
    if (this.#recover !== undefined) {
      if (upTo < this.#recover) {
        // Deflated by what has left the network, and one segment's worth back for the one that is sent again.
        this.#window = Math.max(this.#window - acknowledged + (acknowledged >= size ? size : 0), size)
        return true
      }
      this.#recover = undefined
      this.#window = Math.min(this.#threshold, Math.max(inFlight, size) + size)
      return false
    }
    if (!wasLimited) return false
    // Appropriate byte counting, RFC 3465, with L = 2: acknowledgments of two segments each are the rule.
    if (this.#window < this.#threshold) this.#window += Math.min(acknowledged, 2 * size)
    else this.#window += Math.max(1, Math.floor((size * Math.min(acknowledged, 2 * size)) / this.#window))
    return false
  }

  /** @returns true: the first unacknowledged segment is to be sent again. RFC 5681 section 3.2 */
  receiveDuplicate(inFlight: number, sent: number): boolean {
    this.#duplicates++
    const size = this.#segmentSize
    if (this.#recover !== undefined) {
      // Each says that a segment has left the network.
      this.#window += size
      return false
    }
    // Duplicates of what a time-out made us send twice tell of no loss: RFC 6582 section 3.2, step 2.
    if (this.#duplicates !== DUPLICATES || !this.isNewLoss(sent - inFlight)) return false
    this.#threshold = Math.max(Math.floor(inFlight / 2), 2 * size)
    this.#recover = sent
    this.#window = this.#threshold + DUPLICATES * size
    return true
  }

  /** Losses are known by selective acknowledgments: RFC 6675 section 5, step 4. */
  beginRecovery(inFlight: number, sent: number): void {
    this.#threshold = Math.max(Math.floor(inFlight / 2), 2 * this.#segmentSize)
    this.#window = this.#threshold
    this.#recover = sent
  }

  /** In such a recovery new data was acknowledged: it ends with what had been sent when it began. */
  advanceRecovery(upTo: number): void {
    this.#duplicates = 0
    if (this.#recover !== undefined && upTo >= this.#recover) this.#recover = undefined
  }

  /** Whether that many duplicates tell of a loss, where selective acknowledgments do not: one counts. */
  countDuplicate(): boolean {
    return ++this.#duplicates >= DUPLICATES
  }

  /** Whether a loss at that place is a new one, and not the doing of a time-out. RFC 6582 section 3.2, step 2 */
  isNewLoss(acknowledged: number): boolean {
    return acknowledged > this.#sentAtTimeout
  }

  /** Section 3.1: nothing came back in time. */
  expire(inFlight: number, sent: number, isFirst: boolean): void {
    this.#sentAtTimeout = sent
    if (isFirst) this.#threshold = Math.max(Math.floor(inFlight / 2), 2 * this.#segmentSize)
    this.#window = this.#segmentSize
    this.#recover = undefined
    this.#duplicates = 0
  }
}

/** Duplicate acknowledgments that are taken for a loss, not for reordering. */
const DUPLICATES = 3
