// The ranges that the peer has acknowledged selectively (RFC 2018), and what follows from them in fast recovery (RFC 6675):
// which bytes count as lost, which of them are to be retransmitted, and how many are in flight. Offsets as in connection.ts.

interface Range {
  from: number
  to: number
}

export class Scoreboard {
  /** In order, without overlaps. */
  #ranges: Range[] = []
  /** Bytes in all of them. */
  #total = 0
  /** HighRxt: holes before it have been retransmitted in this recovery. */
  #resentUpTo = 0

  get isEmpty(): boolean {
    return this.#ranges.length === 0
  }

  add(from: number, to: number): void {
    const ranges = this.#ranges
    let end = ranges.length
    while (end > 0 && (ranges[end - 1] as Range).from > to) end--
    let start = end
    let [low, high] = [from, to]
    while (start > 0 && (ranges[start - 1] as Range).to >= from) {
      const one = ranges[--start] as Range
      if (one.from <= from && one.to >= to) return
      low = Math.min(low, one.from)
      high = Math.max(high, one.to)
      this.#total -= one.to - one.from
    }
    this.#total += high - low
    ranges.splice(start, end - start, { from: low, to: high })
  }

  /** All bytes before this offset are acknowledged. */
  release(upTo: number): void {
    let gone = 0
    for (const one of this.#ranges) {
      if (one.from >= upTo) break
      this.#total -= Math.min(one.to, upTo) - one.from
      if (one.to > upTo) {
        one.from = upTo
        break
      }
      gone++
    }
    if (gone > 0) this.#ranges.splice(0, gone)
  }

  clear(): void {
    this.#ranges = []
    this.#total = 0
  }

  /** The first hole begins at SND.UNA. */
  beginRecovery(sndUna: number): void {
    this.#resentUpTo = sndUna
  }

  /**
   * RFC 6675 section 4, IsLost(): holes before this offset have more than two segments' worth of received bytes above them.
   * @returns 0: there is no such offset
   */
  lostBefore(segmentSize: number): number {
    let above = 0
    for (let index = this.#ranges.length - 1; index >= 0; index--) {
      const { from, to } = this.#ranges[index] as Range
      above += to - from
      if (above > 2 * segmentSize) return from
    }
    return 0
  }

  /** Section 4, SetPipe(): bytes in flight. */
  pipe(sndUna: number, sndNxt: number, segmentSize: number): number {
    const from = Math.max(this.#resentUpTo, sndUna)
    const to = this.lostBefore(segmentSize)
    let lost = Math.max(to - from, 0)
    if (lost > 0) {
      for (const one of this.#ranges) {
        if (one.from >= to) break
        lost -= Math.max(Math.min(one.to, to) - Math.max(one.from, from), 0)
      }
    }
    return sndNxt - sndUna - this.#total - lost
  }

  /** Section 4, NextSeg(), rule 1: the next hole that is lost and was not retransmitted; undefined: there is none. */
  nextHole(sndUna: number, segmentSize: number, mustResendFirst: boolean): Range | undefined {
    let from = Math.max(this.#resentUpTo, sndUna)
    const lostBefore = this.lostBefore(segmentSize)
    for (const one of this.#ranges) {
      if (one.to <= from) continue
      if (one.from > from) {
        const isLost = from < lostBefore || (mustResendFirst && from === sndUna)
        return isLost ? { from, to: one.from } : undefined
      }
      from = one.to
    }
    return mustResendFirst && from === sndUna ? { from, to: Number.POSITIVE_INFINITY } : undefined
  }

  resent(upTo: number): void {
    this.#resentUpTo = Math.max(this.#resentUpTo, upTo)
  }

  /** The next bytes, from this offset on, that the peer has not acknowledged: [from, to). */
  gapFrom(offset: number): Range {
    let from = offset
    for (const one of this.#ranges) {
      if (one.to <= from) continue
      if (one.from > from) return { from, to: one.from }
      from = one.to
    }
    return { from, to: Number.POSITIVE_INFINITY }
  }
}
