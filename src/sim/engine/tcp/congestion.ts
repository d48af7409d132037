// How much may be in flight: slow start, congestion avoidance, fast retransmit and NewReno's fast recovery. RFC 5681,
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

  /** The path or the peer accepts only smaller ones. */
  set segmentSize(size: number) {
    this.#segmentSize = size
  }

  /**
   * New data was acknowledged.
   * @param acknowledged - bytes that this acknowledgment is the first to cover
   * @param upTo - the new SND.UNA
   * @param inFlight - bytes that are in flight after it
   * @param wasLimited - whether this window was what limited sending
   * @returns true: the segment at SND.UNA is lost too, and is to be retransmitted (RFC 6582 section 3.2, "partial acknowledgment")
   */
  receiveNew(acknowledged: number, upTo: number, inFlight: number, wasLimited: boolean): boolean {
    this.#duplicates = 0
    const size = this.#segmentSize
    if (this.#recover !== undefined) {
      if (upTo < this.#recover) {
        // Deflated by the bytes that have left the network; one segment is added back for the one that is retransmitted.
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

  /** @returns true: the segment at SND.UNA is to be retransmitted. RFC 5681 section 3.2 */
  receiveDuplicate(inFlight: number, sent: number): boolean {
    this.#duplicates++
    const size = this.#segmentSize
    if (this.#recover !== undefined) {
      // Each duplicate means that a segment has left the network.
      this.#window += size
      return false
    }
    // Duplicates caused by retransmissions after a time-out do not indicate a loss: RFC 6582 section 3.2, step 2.
    if (this.#duplicates !== DUPLICATES || !this.isNewLoss(sent - inFlight)) return false
    this.#threshold = Math.max(Math.floor(inFlight / 2), 2 * size)
    this.#recover = sent
    this.#window = this.#threshold + DUPLICATES * size
    return true
  }

  /** Losses are known from selective acknowledgments: RFC 6675 section 5, step 4. */
  beginRecovery(inFlight: number, sent: number): void {
    this.#threshold = Math.max(Math.floor(inFlight / 2), 2 * this.#segmentSize)
    this.#window = this.#threshold
    this.#recover = sent
  }

  /** New data was acknowledged in a recovery by selective acknowledgments: it ends once all that had been sent when it began is. */
  advanceRecovery(upTo: number): void {
    this.#duplicates = 0
    if (this.#recover !== undefined && upTo >= this.#recover) this.#recover = undefined
  }

  /** Counts a duplicate. @returns whether there are enough of them to indicate a loss */
  countDuplicate(): boolean {
    return ++this.#duplicates >= DUPLICATES
  }

  /** Whether a loss at SND.UNA is a new one, and not of data sent before the last time-out. RFC 6582 section 3.2, step 2 */
  isNewLoss(sndUna: number): boolean {
    return sndUna > this.#sentAtTimeout
  }

  /** RFC 5681 section 3.1: the retransmission timer has expired. */
  expire(inFlight: number, sent: number, isFirst: boolean): void {
    this.#sentAtTimeout = sent
    if (isFirst) this.#threshold = Math.max(Math.floor(inFlight / 2), 2 * this.#segmentSize)
    this.#window = this.#segmentSize
    this.#recover = undefined
    this.#duplicates = 0
  }
}

/** Duplicate acknowledgments that indicate a loss, and not reordering. */
const DUPLICATES = 3
