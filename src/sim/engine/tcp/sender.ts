// The sending half of a TCP connection: RFC 9293 section 3.8 with RFC 6298 (retransmission), 5681, 6582 and 6675 (recovery), 896
// (Nagle) and the probing of closed windows (section 3.8.6.1). It is called in states that may send; which those are,
// connection.ts knows.
//
// Offsets count from our first byte; our FIN has the offset after the last byte.

import { noBytes } from '../../../core/bytes.ts'
import type { Nanoseconds } from '../../types.ts'
import { type TcpSegment, tcpFlags } from '../../wire/packets.ts'
import { Congestion } from './congestion.ts'
import { RoundTrip } from './round-trip.ts'
import { Scoreboard } from './scoreboard.ts'
import type { SegmentOutput } from './segment-output.ts'
import { SendBuffer } from './send-buffer.ts'
import { tcpLimits } from './tcp-limits.ts'
import { NEVER, type TcpTimers } from './timers.ts'

const { FIN, SYN, RST, PSH, ACK } = tcpFlags
/** RFC 791: every link takes packets of 68 bytes. */
const LEAST_PATH_SEGMENT = 28

export class Sender {
  readonly #segments: SegmentOutput
  readonly #timers: TcpTimers
  readonly #sendBuffer = new SendBuffer()
  readonly #congestion: Congestion
  readonly #roundTrip = new RoundTrip()
  /** Of a peer that acknowledges selectively. */
  #scoreboard: Scoreboard | undefined = undefined
  #segmentSize: number
  // RFC 9293 section 3.3.1.
  #sndUna = 0
  #sndNxt = 0
  /** The highest that SND.NXT has been. */
  #sndMax = 0
  #sndWnd = 0
  #sndScale = 0
  #sndWl1 = -1
  #sndWl2 = -1
  /** Max(SND.WND). */
  #maxSndWnd = 0
  /** A segment whose acknowledgment is timed: the offset after it, and when it was sent. */
  #timed: { readonly upTo: number; readonly at: Nanoseconds } | undefined = undefined
  #retries = 0
  #probes = 0
  #unansweredProbes = 0
  #isEnding = false
  /** Recovery has begun, and its first segment was not retransmitted yet. */
  #mustResendFirst = false
  /** The congestion window was what limited sending. */
  #isLimited = false
  #noDelay = false

  constructor(segmentSize: number, segments: SegmentOutput, timers: TcpTimers) {
    this.#segmentSize = segmentSize
    this.#segments = segments
    this.#timers = timers
    this.#congestion = new Congestion(segmentSize)
  }

  get sndUna(): number {
    return this.#sndUna
  }

  get sndMax(): number {
    return this.#sndMax
  }

  get segmentSize(): number {
    return this.#segmentSize
  }

  get unacknowledgedBytes(): number {
    return this.#sendBuffer.size
  }

  get room(): number {
    const { window } = this.#congestion
    return Math.max(tcpLimits.sendBuffer, Math.min(2 * window, tcpLimits.largestSendBuffer)) - this.#sendBuffer.size
  }

  get sendBudget(): number {
    const most = Math.max(2 * this.#congestion.window, tcpLimits.leastSendBuffer)
    return Math.max(Math.min(most, tcpLimits.largestSendBuffer) - this.#sendBuffer.size, 0)
  }

  /** A FIN follows all that was written. */
  get isEnding(): boolean {
    return this.#isEnding
  }

  get isFinAcknowledged(): boolean {
    return this.#isEnding && this.#sndUna > this.#sendBuffer.end
  }

  get smoothedRoundTrip(): Nanoseconds | undefined {
    return this.#roundTrip.smoothed
  }

  get congestionWindow(): number {
    return this.#congestion.window
  }

  /** The offset of an acknowledgment number. */
  offsetOf(acknowledgment: number): number {
    return this.#sndUna + ((acknowledgment - this.#segments.sequenceOf(this.#sndUna)) | 0)
  }

  /** @returns how many of the bytes were taken */
  write(bytes: Uint8Array): number {
    const taken = Math.min(bytes.length, this.room)
    this.#sendBuffer.push(taken === bytes.length ? bytes : bytes.subarray(0, taken))
    return taken
  }

  end(): void {
    this.#isEnding = true
  }

  setNoDelay(on: boolean): void {
    this.#noDelay = on
  }

  // The handshake

  /** A SYN is about to be sent. */
  startSyn(now: Nanoseconds): void {
    this.#timed ??= this.#retries === 0 ? { upTo: 0, at: now } : undefined
    if (this.#timers.retransmitAt === NEVER) this.#timers.retransmitAt = now + this.#roundTrip.timeout
  }

  /** The peer's SYN has arrived. */
  negotiate(segmentSize: number, sndScale: number, hasSack: boolean): void {
    this.#segmentSize = segmentSize
    this.#congestion.segmentSize = segmentSize
    this.#sndScale = sndScale
    this.#scoreboard = hasSack ? new Scoreboard() : undefined
  }

  /** Our SYN is acknowledged. */
  establish({ flags, window }: TcpSegment, from: number, now: Nanoseconds): void {
    if (this.#timed !== undefined) this.#roundTrip.measure(now - this.#timed.at)
    this.#timed = undefined
    this.#retries = 0
    this.#timers.retransmitAt = NEVER
    this.#sndWnd = flags & SYN ? window : window << this.#sndScale
    this.#maxSndWnd = this.#sndWnd
    this.#sndWl1 = from
    this.#sndWl2 = 0
  }

  // Acknowledgments

  /** The peer answers: its closed window may be probed for as long as it does. */
  onAnswered(): void {
    this.#unansweredProbes = 0
  }

  /**
   * @param upTo - at most SND.MAX
   * @returns whether the segment acknowledges new data
   */
  receiveAcknowledgment(segment: TcpSegment, upTo: number, from: number, now: Nanoseconds): boolean {
    const window = segment.window << this.#sndScale
    const isNew = upTo > this.#sndUna
    const isDuplicate = !isNew && this.#isDuplicate(segment, upTo, window)
    if (isNew) this.#receiveNew(upTo, now)
    if (this.#scoreboard !== undefined) this.#receiveSelective(segment, this.#scoreboard, isDuplicate)
    else if (isDuplicate && this.#congestion.receiveDuplicate(this.#inFlight, this.#sndMax)) this.#resendFirst(now)
    this.#updateWindow(window, from, upTo, now)
    return isNew
  }

  #receiveNew(upTo: number, now: Nanoseconds): void {
    const count = upTo - this.#sndUna
    this.#sndUna = upTo
    if (this.#sndNxt < upTo) this.#sndNxt = upTo
    this.#retries = 0
    if (this.#timed !== undefined && upTo >= this.#timed.upTo) {
      this.#roundTrip.measure(now - this.#timed.at)
      this.#timed = undefined
    } else this.#roundTrip.reset()
    this.#sendBuffer.release(Math.min(upTo, this.#sendBuffer.end))
    this.#timers.retransmitAt = this.#sndNxt > upTo ? now + this.#roundTrip.timeout : NEVER
    this.#scoreboard?.release(upTo)
    if (this.#scoreboard !== undefined && this.#congestion.isRecovering) this.#congestion.advanceRecovery(upTo)
    else if (this.#congestion.receiveNew(count, upTo, this.#inFlight, this.#isLimited)) this.#resendFirst(now)
  }

  /** RFC 6675 section 5: the ranges that arrived out of order show what was lost. */
  #receiveSelective({ options }: TcpSegment, scoreboard: Scoreboard, isDuplicate: boolean): void {
    for (const [left, right] of options?.sackBlocks ?? []) {
      const [from, to] = [this.offsetOf(left), this.offsetOf(right)]
      // Blocks of acknowledged data (RFC 2883), or of data that was never sent, say nothing new.
      if (from > this.#sndUna && from < to && to <= this.#sndMax) scoreboard.add(from, to)
    }
    const isThird = isDuplicate && this.#congestion.countDuplicate()
    if (this.#congestion.isRecovering || !this.#congestion.isNewLoss(this.#sndUna)) return
    if (!isThird && scoreboard.lostBefore(this.#segmentSize) <= this.#sndUna) return
    this.#congestion.beginRecovery(this.#inFlight, this.#sndMax)
    scoreboard.beginRecovery(this.#sndUna)
    this.#mustResendFirst = true
  }

  /** RFC 5681 section 2, "duplicate acknowledgment". */
  #isDuplicate(segment: TcpSegment, upTo: number, window: number): boolean {
    const isEmpty = segment.data.length === 0 && !(segment.flags & (SYN | FIN))
    return isEmpty && upTo === this.#sndUna && this.#sndMax > upTo && window === this.#sndWnd
  }

  #updateWindow(window: number, from: number, upTo: number, now: Nanoseconds): void {
    const isNewer = from > this.#sndWl1 || (from === this.#sndWl1 && upTo >= this.#sndWl2)
    if (!isNewer) return
    this.#sndWnd = window
    if (window > this.#maxSndWnd) this.#maxSndWnd = window
    this.#sndWl1 = from
    this.#sndWl2 = upTo
    if (window > 0) {
      this.#timers.persistAt = NEVER
      this.#probes = 0
    } else if (this.#timers.persistAt !== NEVER) this.#timers.persistAt = Math.max(this.#timers.persistAt, now)
  }

  get #inFlight(): number {
    return this.#sndMax - this.#sndUna
  }

  // Output

  /** Sends what may be sent: section 3.8.6.2.1, with Nagle's rule. */
  output(now: Nanoseconds): void {
    const scoreboard = this.#scoreboard
    if (scoreboard !== undefined && this.#congestion.isRecovering) {
      this.#outputInRecovery(scoreboard, now)
      return
    }
    this.#isLimited = false
    for (;;) {
      if (scoreboard !== undefined && this.#sndNxt < this.#sndMax && !scoreboard.isEmpty)
        this.#sndNxt = scoreboard.gapFrom(this.#sndNxt).from
      // Only then may it grow: a window that is not used up says nothing about the path (RFC 7661).
      if (this.#sendBuffer.end > this.#sndUna + this.#congestion.window) this.#isLimited = true
      const limit = this.#sndUna + Math.min(this.#congestion.window, this.#sndWnd)
      const available = this.#sendBuffer.end - this.#sndNxt
      const size = Math.min(this.#segmentSize, available, limit - this.#sndNxt)
      const carriesFin = this.#isEnding && this.#sndNxt + Math.max(size, 0) === this.#sendBuffer.end
      if (size <= 0 && !(carriesFin && available === 0 && this.#sndNxt === this.#sendBuffer.end)) break
      if (size < this.#segmentSize && !carriesFin && !this.#mayBeSmall(size, available)) break
      this.#sendAt(this.#sndNxt, Math.max(size, 0), carriesFin, now)
    }
    const waits = this.#sndNxt < this.#sendBuffer.end || (this.#isEnding && this.#sndNxt === this.#sendBuffer.end)
    if (waits && this.#sndWnd === 0 && this.#sndNxt === this.#sndUna && this.#timers.persistAt === NEVER) {
      this.#timers.persistAt = now + this.#roundTrip.timeout
    }
  }

  /** RFC 6675 section 5, step (C): holes first, then new data, as far as the window exceeds what is in flight. */
  #outputInRecovery(scoreboard: Scoreboard, now: Nanoseconds): void {
    const size = this.#segmentSize
    let pipe = scoreboard.pipe(this.#sndUna, this.#sndNxt, size)
    while (this.#mustResendFirst || this.#congestion.window - pipe >= size) {
      const hole = scoreboard.nextHole(this.#sndUna, size, this.#mustResendFirst)
      this.#mustResendFirst = false
      let sent: number
      if (hole !== undefined) {
        this.#timed = undefined
        sent = this.#resend(hole.from, Math.min(hole.to - hole.from, size), now)
        scoreboard.resent(hole.from + sent)
      } else {
        const available = this.#sendBuffer.end - this.#sndNxt
        sent = Math.min(size, available, this.#sndUna + this.#sndWnd - this.#sndNxt)
        if (sent <= 0 || (sent < size && sent < available)) break
        this.#sendAt(this.#sndNxt, sent, this.#isEnding && sent === available, now)
      }
      if (sent === 0) break
      pipe += sent
    }
  }

  /** Retransmits bytes, and the FIN if it was sent after them. @returns how many offsets that were */
  #resend(from: number, length: number, now: Nanoseconds): number {
    const size = Math.max(Math.min(length, this.#sendBuffer.end - from), 0)
    const carriesFin = this.#isEnding && from + size === this.#sendBuffer.end && this.#sndMax > this.#sendBuffer.end
    if (size === 0 && !carriesFin) return 0
    this.#sendAt(from, size, carriesFin, now)
    return size + (carriesFin ? 1 : 0)
  }

  /** Retransmits the segment at SND.UNA. */
  #resendFirst(now: Nanoseconds): void {
    this.#timed = undefined
    const size = Math.min(this.#segmentSize, this.#sendBuffer.end - this.#sndUna)
    const carriesFin =
      this.#isEnding && this.#sndUna + size === this.#sendBuffer.end && this.#sndMax > this.#sendBuffer.end
    this.#timers.retransmitAt = now + this.#roundTrip.timeout
    this.#sendAt(this.#sndUna, size, carriesFin, now)
  }

  /** Nagle's rule: a segment that is not full is sent only with nothing else in flight, or at the user's wish. */
  #mayBeSmall(size: number, available: number): boolean {
    if (this.#sndNxt === this.#sndUna) return true
    if (size < available) return size >= this.#maxSndWnd / 2
    return this.#noDelay
  }

  #sendAt(offset: number, size: number, carriesFin: boolean, now: Nanoseconds): void {
    const data = this.#sendBuffer.slice(offset, size)
    const isLast = offset + size === this.#sendBuffer.end
    const flags = ACK | (isLast && size > 0 ? PSH : 0) | (carriesFin ? FIN : 0)
    const after = offset + size + (carriesFin ? 1 : 0)
    // Only what is sent for the first time is timed.
    if (this.#timed === undefined && offset >= this.#sndMax) this.#timed = { upTo: after, at: now }
    if (this.#sndNxt < after) this.#sndNxt = after
    if (this.#sndMax < after) this.#sndMax = after
    if (this.#timers.retransmitAt === NEVER) this.#timers.retransmitAt = now + this.#roundTrip.timeout
    this.#segments.transmit(offset, flags, data)
  }

  /** From SND.MAX: after a time-out SND.NXT lies behind what the peer has, and would seem old to it. */
  sendAck(): void {
    this.#segments.transmit(this.#sndMax, ACK, noBytes)
  }

  sendReset(): void {
    this.#segments.transmit(this.#sndMax, RST | ACK, noBytes)
  }

  // Time-outs, and what the path takes

  /** The retransmission timer has expired. @returns false: more often in succession than is allowed */
  backOff(most: number): boolean {
    if (++this.#retries > most) return false
    this.#roundTrip.backOff()
    this.#timed = undefined
    this.#timers.retransmitAt = NEVER
    return true
  }

  /** After `backOff`: sends again from the first lost byte on. What has arrived beyond it, the peer acknowledges with it. */
  retransmit(now: Nanoseconds): void {
    this.#congestion.expire(this.#inFlight, this.#sndMax, this.#retries === 1)
    // RFC 6675 section 5.1: the peer may have discarded what it acknowledged selectively.
    this.#scoreboard?.clear()
    this.#mustResendFirst = false
    this.#sndNxt = this.#sndUna
    if (this.#sndWnd === 0) this.#resendFirst(now)
    else this.output(now)
  }

  /**
   * The persist timer has expired: one byte makes the peer report its window. Section 3.8.6.1.
   * @returns false: more often without an answer than is allowed
   */
  probeWindow(most: number, now: Nanoseconds): boolean {
    if (this.#unansweredProbes++ >= most) return false
    this.#probes = Math.min(this.#probes + 1, 10)
    this.#timers.persistAt = now + Math.min(this.#roundTrip.timeout * 2 ** this.#probes, tcpLimits.maxRto)
    const data = this.#sendBuffer.slice(this.#sndUna, Math.min(1, this.#sendBuffer.end - this.#sndUna))
    if (this.#sndMax < this.#sndUna + data.length) this.#sndMax = this.#sndUna + data.length
    this.#segments.transmit(this.#sndUna, ACK, data)
    return true
  }

  /** An acknowledged offset: the peer has to answer it. */
  probeIdle(): void {
    this.#segments.transmit(this.#sndUna - 1, ACK, noBytes)
  }

  /** The path takes only segments of this size: what is in flight is lost. @returns false: that is nothing new */
  reduceSegmentSize(segmentSize: number): boolean {
    if (segmentSize >= this.#segmentSize || segmentSize < LEAST_PATH_SEGMENT) return false
    this.#segmentSize = segmentSize
    this.#congestion.segmentSize = segmentSize
    this.#sndNxt = this.#sndUna
    this.#timed = undefined
    return true
  }
}
