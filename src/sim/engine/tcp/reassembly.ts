// Bytes from the network, in the order of the stream: what is in order can be taken, what came too early waits. RFC 9293
// section 3.10.7.4, "sequence number".

import { tcpLimits } from './tcp-limits.ts'

export class Reassembly {
  readonly #ready: Uint8Array[] = []
  #readyBytes = 0
  /** The place of the byte that is wanted next. */
  #next = 0
  /** By place, without overlap, all of it past `#next`. */
  #early: { from: number; bytes: Uint8Array }[] = []
  /** The same without seams. */
  readonly #islands: { from: number; to: number }[] = []
  /** Where the last early byte went. */
  #latest = -1

  get next(): number {
    return this.#next
  }

  /** Bytes that can be taken. */
  get size(): number {
    return this.#readyBytes
  }

  /** What has come too early, as ranges that touch nothing: the one that grew last first (RFC 2018 section 4). */
  islands(most: number): { from: number; to: number }[] {
    const latest = this.#islands.find(one => this.#latest >= one.from && this.#latest < one.to)
    const others = this.#islands.filter(one => one !== latest)
    return (latest === undefined ? others : [latest, ...others]).slice(0, most)
  }

  get hasGap(): boolean {
    return this.#early.length > 0
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
    for (const early of this.#early) {
      if (early.from > this.#next) break
      used++
      const rest = early.bytes.subarray(this.#next - early.from)
      if (rest.length > 0) this.#append(rest)
    }
    if (used > 0) this.#early.splice(0, used)
    while ((this.#islands[0]?.from ?? Number.POSITIVE_INFINITY) < this.#next) this.#islands.shift()
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

  /** What overlaps is cut off: the first to come counts. */
  #keep(from: number, bytes: Uint8Array): void {
    if (this.#early.length >= tcpLimits.reassemblyRanges) return
    let index = this.#early.length
    while (index > 0 && (this.#early[index - 1]?.from ?? 0) > from) index--
    const before = this.#early[index - 1]
    const beforeEnd = before === undefined ? from : before.from + before.bytes.length
    let [start, data] = [from, bytes]
    if (beforeEnd > start) {
      data = data.subarray(beforeEnd - start)
      start = beforeEnd
    }
    const after = this.#early[index]
    if (after !== undefined && after.from < start + data.length)
      data = data.subarray(0, Math.max(0, after.from - start))
    if (data.length === 0) return
    this.#early.splice(index, 0, { from: start, bytes: data })
    this.#latest = start
    this.#extend(start, start + data.length)
  }

  /** The ranges grow together where they touch. */
  #extend(from: number, to: number): void {
    const islands = this.#islands
    let index = islands.length
    while (index > 0 && (islands[index - 1] as { from: number }).from > from) index--
    const [before, after] = [islands[index - 1], islands[index]]
    const touchesBefore = before !== undefined && before.to === from
    const touchesAfter = after !== undefined && after.from === to
    if (touchesBefore && touchesAfter) {
      before.to = after.to
      islands.splice(index, 1)
    } else if (touchesBefore) before.to = to
    else if (touchesAfter) after.from = from
    else islands.splice(index, 0, { from, to })
  }
}
