// Bytes from the network, in the order of the stream: bytes in order can be taken, bytes beyond a gap wait. RFC 9293 section
// 3.10.7.4, "sequence number".

import { tcpLimits } from './tcp-limits.ts'

export class Reassembly {
  readonly #ready: Uint8Array[] = []
  #readyBytes = 0
  /** The offset of the byte that is expected next: RCV.NXT without a FIN. */
  #next = 0
  /** Segments beyond a gap: by offset, without overlap, all of them past `#next`. */
  #outOfOrder: { from: number; bytes: Uint8Array }[] = []
  /** The same, adjacent ones merged. */
  readonly #outOfOrderRanges: { from: number; to: number }[] = []
  /** The offset of the bytes that arrived out of order last. */
  #latest = -1

  get next(): number {
    return this.#next
  }

  /** Bytes that can be taken. */
  get size(): number {
    return this.#readyBytes
  }

  /** Ranges received beyond a gap, none adjacent to another: the one that grew last first (RFC 2018 section 4). */
  outOfOrderRanges(most: number): { from: number; to: number }[] {
    const latest = this.#outOfOrderRanges.find(one => this.#latest >= one.from && this.#latest < one.to)
    const others = this.#outOfOrderRanges.filter(one => one !== latest)
    return (latest === undefined ? others : [latest, ...others]).slice(0, most)
  }

  get hasGap(): boolean {
    return this.#outOfOrder.length > 0
  }

  /** @returns whether bytes have come into order */
  insert(from: number, bytes: Uint8Array): boolean {
    let [start, data] = [from, bytes]
    if (start < this.#next) {
      data = data.subarray(this.#next - start)
      start = this.#next
    }
    if (data.length === 0) return false
    if (start > this.#next) {
      this.#keep(start, data)
      return false
    }
    this.#append(data)
    let used = 0
    for (const one of this.#outOfOrder) {
      if (one.from > this.#next) break
      used++
      const rest = one.bytes.subarray(this.#next - one.from)
      if (rest.length > 0) this.#append(rest)
    }
    if (used > 0) this.#outOfOrder.splice(0, used)
    while ((this.#outOfOrderRanges[0]?.from ?? Number.POSITIVE_INFINITY) < this.#next) this.#outOfOrderRanges.shift()
    return true
  }

  take(): Uint8Array | undefined {
    const chunk = this.#ready.shift()
    if (chunk !== undefined) this.#readyBytes -= chunk.length
    return chunk
  }

  #append(bytes: Uint8Array): void {
    this.#ready.push(bytes)
    this.#readyBytes += bytes.length
    this.#next += bytes.length
  }

  /** Overlapping bytes are cut off: the first to arrive count. */
  #keep(from: number, bytes: Uint8Array): void {
    if (this.#outOfOrder.length >= tcpLimits.reassemblyRanges) return
    let index = this.#outOfOrder.length
    while (index > 0 && (this.#outOfOrder[index - 1]?.from ?? 0) > from) index--
    const before = this.#outOfOrder[index - 1]
    const beforeEnd = before === undefined ? from : before.from + before.bytes.length
    let [start, data] = [from, bytes]
    if (beforeEnd > start) {
      data = data.subarray(beforeEnd - start)
      start = beforeEnd
    }
    const after = this.#outOfOrder[index]
    if (after !== undefined && after.from < start + data.length)
      data = data.subarray(0, Math.max(0, after.from - start))
    if (data.length === 0) return
    this.#outOfOrder.splice(index, 0, { from: start, bytes: data })
    this.#latest = start
    this.#extend(start, start + data.length)
  }

  /** Merges the range with those that it touches. */
  #extend(from: number, to: number): void {
    const ranges = this.#outOfOrderRanges
    let index = ranges.length
    while (index > 0 && (ranges[index - 1] as { from: number }).from > from) index--
    const [before, after] = [ranges[index - 1], ranges[index]]
    const touchesBefore = before !== undefined && before.to === from
    const touchesAfter = after !== undefined && after.from === to
    if (touchesBefore && touchesAfter) {
      before.to = after.to
      ranges.splice(index, 1)
    } else if (touchesBefore) before.to = to
    else if (touchesAfter) after.from = from
    else ranges.splice(index, 0, { from, to })
  }
}
