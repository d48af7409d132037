// One TCP connection: RFC 9293's states, with RFC 6298 (retransmission), 5681, 6582 and 6675 (congestion), 7323 section 2
// (window scale), 896 (Nagle), 1122 section 4.2 (delayed ACK, zero-window probes, keep-alive) and 5961 (what a forged RST
// or SYN brings). No I/O: segments go to the handler, time comes as an argument. One file of 800 lines, because the
// standard's section 3.10.7 is one procedure over one record of state; buffers, congestion, selective acknowledgments and
// round-trip times are apart.
//
// Places in the stream count from the first byte in each direction, as plain numbers that never wrap; a FIN stands at the
// place after the last byte. Only at the border are they turned into sequence numbers.

import type { Nanoseconds } from '../../types.ts'
import { type TcpOptions, type TcpSegment, tcpFlags } from '../../wire/packets.ts'
import { Congestion } from './congestion.ts'
import { Reassembly } from './reassembly.ts'
import { RoundTrip } from './round-trip.ts'
import { Scoreboard } from './scoreboard.ts'
import { SendBuffer } from './send-buffer.ts'
import { tcpLimits } from './tcp-limits.ts'

export type TcpState =
  | 'closed'
  | 'syn-sent'
  | 'syn-received'
  | 'established'
  | 'fin-wait-1'
  | 'fin-wait-2'
  | 'close-wait'
  | 'closing'
  | 'last-ack'
  | 'time-wait'

/** Why a connection ended that nobody has closed. */
export type TcpFailure = 'refused' | 'reset' | 'timed-out' | 'unreachable'

/** Told last: a handler may call straight back in. */
export interface TcpHandler {
  transmit(segment: TcpSegment): void
  onEstablished(): void
  /** Bytes, or the peer's end, can be taken. */
  onReadable(): void
  /** The peer has taken bytes: there is room, or all is through. */
  onAcknowledged(): void
  onFailure(failure: TcpFailure): void
  /** It is over: the ports may be used again. */
  onClosed(): void
}

export interface TcpSettings {
  readonly sourcePort: number
  readonly destinationPort: number
  /** The initial sequence number. */
  readonly initial: number
  /** The largest segment that the own card takes: MTU less headers. */
  readonly segmentSize: number
  /** Whether selective acknowledgments are offered. Default: true; without them recovery is NewReno's (RFC 6582). */
  readonly offersSack?: boolean | undefined
}

const { FIN, SYN, RST, PSH, ACK } = tcpFlags
const NEVER = Number.POSITIVE_INFINITY
/** RFC 7323 section 2.2: windows of up to 8 MiB can be told. */
const WINDOW_SCALE = 7
const NO_DATA = new Uint8Array(0)
/** RFC 791: every link takes packets of 68 bytes. */
const LEAST_PATH_SEGMENT = 28

export class TcpConnection {
  readonly #settings: TcpSettings
  readonly #handler: TcpHandler
  #state: TcpState = 'closed'
  /** Whether the peer's segments are taken for a user, or for nobody: then new data is answered with RST. */
  #isOrphan = false

  // Sending: RFC 9293 section 3.3.1.
  readonly #sendBuffer = new SendBuffer()
  /** SND.UNA, SND.NXT, and the highest that SND.NXT has been. */
  #sndUna = 0
  #sndNxt = 0
  #sndMax = 0
  #sndWnd = 0
  #maxSndWnd = 0
  #sndScale = 0
  /** SND.WL1 and SND.WL2: where the peer's window was told last. */
  #sndWl1 = -1
  #sndWl2 = -1
  #isEnding = false
  #segmentSize: number
  readonly #congestion: Congestion
  readonly #roundTrip = new RoundTrip()
  /** Both ends speak of what came out of order (RFC 2018). */
  #hasSack = false
  readonly #scoreboard = new Scoreboard()
  /** Recovery has begun, and its first segment was not sent again yet. */
  #mustResendFirst = false
  /** A segment under way whose acknowledgment is timed: the place after it, and when it was sent. */
  #timed: { readonly upTo: number; readonly at: Nanoseconds } | undefined
  #retries = 0
  /** The congestion window was what kept more from being sent. */
  #isLimited = false
  noDelay = false

  // Receiving.
  readonly #received = new Reassembly()
  /** Bytes that may wait to be read. */
  #capacity: number = tcpLimits.receiveBuffer
  #takenInTime = 0
  #irs = 0
  #rcvScale = 0
  /** The place after the last byte that the peer may send: never taken back. */
  #windowEdge = 0
  /** Where the peer's FIN stands. */
  #peerEnd: number | undefined
  #hasPeerEnded = false
  #unacknowledgedSegments = 0
  #mustAcknowledge = false

  // Deadlines.
  #retransmitAt: Nanoseconds = NEVER
  #acknowledgeAt: Nanoseconds = NEVER
  #probeAt: Nanoseconds = NEVER
  #probes = 0
  #unansweredProbes = 0
  #strayAnsweredAt: Nanoseconds = Number.NEGATIVE_INFINITY
  #keepAliveAt: Nanoseconds = NEVER
  #keepAliveProbes = 0
  #keepAlive: { readonly idle: Nanoseconds; readonly interval: Nanoseconds; readonly probes: number } | undefined
  #endAt: Nanoseconds = NEVER

  constructor(settings: TcpSettings, handler: TcpHandler) {
    this.#settings = settings
    this.#handler = handler
    this.#segmentSize = settings.segmentSize
    this.#congestion = new Congestion(settings.segmentSize)
  }

  get state(): TcpState {
    return this.#state
  }

  /** Bytes that the peer has not acknowledged. */
  get unacknowledgedBytes(): number {
    return this.#sendBuffer.size
  }

  /** How many more bytes `write` takes. */
  get room(): number {
    return (
      Math.max(tcpLimits.sendBuffer, Math.min(2 * this.#congestion.window, tcpLimits.largestSendBuffer)) -
      this.#sendBuffer.size
    )
  }

  /** How many are worth giving it: what waits stays in proportion to what can be on its way, as Linux sizes its buffers. */
  get sendBudget(): number {
    const most = Math.max(2 * this.#congestion.window, tcpLimits.leastSendBuffer)
    return Math.max(Math.min(most, tcpLimits.largestSendBuffer) - this.#sendBuffer.size, 0)
  }

  get readableBytes(): number {
    return this.#received.size
  }

  /** All bytes before the peer's FIN were taken. */
  get isAtEnd(): boolean {
    return this.#hasPeerEnded && this.#received.size === 0
  }

  /** Our FIN is acknowledged. */
  get isEndAcknowledged(): boolean {
    return this.#isEnding && this.#sndUna > this.#sendBuffer.end
  }

  /** For reports: the round-trip time as measured, and what may be on its way. */
  get smoothedRoundTrip(): Nanoseconds | undefined {
    return this.#roundTrip.smoothed
  }

  get congestionWindow(): number {
    return this.#congestion.window
  }

  /** Active open. */
  open(now: Nanoseconds): void {
    this.#state = 'syn-sent'
    this.#sendSyn(now)
  }

  /** Passive open, of a SYN that a listener got. */
  accept(syn: TcpSegment, now: Nanoseconds): void {
    this.#state = 'syn-received'
    this.#takeSyn(syn)
    this.#sendSyn(now)
  }

  /** @returns how many of the bytes were taken; they must not change until acknowledged */
  write(bytes: Uint8Array, now: Nanoseconds): number {
    const taken = Math.min(bytes.length, this.room)
    this.#sendBuffer.push(taken === bytes.length ? bytes : bytes.subarray(0, taken))
    this.#output(now)
    return taken
  }

  /** The next bytes in order, as they came. */
  read(): Uint8Array | undefined {
    const bytes = this.#received.take()
    if (bytes === undefined) return undefined
    this.#growWindow(bytes.length)
    const opened = this.#received.next + this.#rcvWnd() - this.#windowEdge
    // Receiver's silly window avoidance: RFC 9293 section 3.8.6.2.2.
    if (opened >= Math.min(2 * this.#segmentSize, this.#capacity / 2) && this.#isReceiving()) {
      if (this.#windowEdge - this.#received.next < 2 * this.#segmentSize) this.#acknowledge()
    }
    return bytes
  }

  /** FIN after all that was written. */
  end(now: Nanoseconds): void {
    if (this.#isEnding) return
    this.#isEnding = true
    if (this.#state === 'syn-sent') return
    if (this.#state === 'established') this.#state = 'fin-wait-1'
    else if (this.#state === 'close-wait') this.#state = 'last-ack'
    this.#output(now)
  }

  /** Nobody reads any more. What was written still goes out. */
  abandon(now: Nanoseconds): void {
    if (this.#state === 'syn-sent') {
      this.#close()
      return
    }
    if (this.#received.size > 0) {
      this.abort()
      return
    }
    this.#isOrphan = true
    this.end(now)
    if (this.#state === 'fin-wait-2') this.#endAt = now + tcpLimits.finWait2
  }

  /** RST, and over. */
  abort(): void {
    if (this.#state !== 'closed' && this.#state !== 'syn-sent' && this.#state !== 'time-wait') {
      this.#transmit(this.#sndMax, RST | ACK, NO_DATA)
    }
    this.#close()
  }

  /** Word from the network (ICMP): it matters while nothing was ever heard of the peer. RFC 5927 section 4. */
  receiveUnreachable(failure: TcpFailure): void {
    if (this.#state === 'syn-sent') this.#fail(failure)
  }

  /** A router takes only smaller packets: RFC 1191. */
  receiveTooBig(segmentSize: number, now: Nanoseconds): void {
    if (segmentSize >= this.#segmentSize || segmentSize < LEAST_PATH_SEGMENT) return
    this.#segmentSize = segmentSize
    this.#congestion.segmentSize = segmentSize
    this.#sndNxt = this.#sndUna
    this.#timed = undefined
    this.#output(now)
  }

  setKeepAlive(
    settings: { idle: Nanoseconds; interval: Nanoseconds; probes: number } | undefined,
    now: Nanoseconds,
  ): void {
    this.#keepAlive = settings
    this.#keepAliveProbes = 0
    this.#keepAliveAt = settings === undefined ? NEVER : now + settings.idle
  }

  setNoDelay(on: boolean, now: Nanoseconds): void {
    this.noDelay = on
    if (on) this.#output(now)
  }

  /** When `expire` is to be called; Infinity: not. */
  get deadline(): Nanoseconds {
    return Math.min(this.#retransmitAt, this.#acknowledgeAt, this.#probeAt, this.#keepAliveAt, this.#endAt)
  }

  /** Whether somebody may be waiting for what the deadline brings. */
  get isDeadlineAwaited(): boolean {
    return Math.min(this.#retransmitAt, this.#acknowledgeAt, this.#probeAt) !== NEVER
  }

  expire(now: Nanoseconds): void {
    if (now >= this.#endAt) {
      this.#close()
      return
    }
    if (now >= this.#acknowledgeAt) this.#acknowledge()
    if (now >= this.#probeAt) this.#probe(now)
    if (now >= this.#keepAliveAt) this.#probeIdle(now)
    if (now >= this.#retransmitAt) this.#retransmit(now)
  }

  /** RFC 9293 section 3.10.7. */
  receive(segment: TcpSegment, now: Nanoseconds): void {
    if (this.#keepAlive !== undefined) {
      this.#keepAliveProbes = 0
      this.#keepAliveAt = now + this.#keepAlive.idle
    }
    if (this.#state === 'closed') return
    if (this.#state === 'syn-sent') this.#receiveInSynSent(segment, now)
    else this.#receiveSynchronized(segment, now)
  }

  /** Section 3.10.7.3. */
  #receiveInSynSent(segment: TcpSegment, now: Nanoseconds): void {
    const { flags } = segment
    const isAcknowledged = segment.acknowledgment === this.#wireNumber(0)
    if (flags & ACK && !isAcknowledged) {
      if (!(flags & RST)) this.#transmitRaw(segment.acknowledgment, 0, RST, NO_DATA)
      return
    }
    if (flags & RST) {
      if (flags & ACK) this.#fail('refused')
      return
    }
    if (!(flags & SYN)) return
    this.#takeSyn(segment)
    if (!(flags & ACK)) {
      this.#state = 'syn-received'
      this.#sendSyn(now)
      return
    }
    if (this.#timed !== undefined) this.#roundTrip.measure(now - this.#timed.at)
    this.#establish(segment)
    this.#acknowledge()
    this.#output(now)
    this.#handler.onEstablished()
  }

  /** Section 3.10.7.4. */
  #receiveSynchronized(segment: TcpSegment, now: Nanoseconds): void {
    const { flags, data } = segment
    const from = this.#offset(segment.sequence)
    if (this.#state === 'syn-received' && flags & SYN && !(flags & ACK) && from === -1) {
      this.#sendSyn(now)
      return
    }
    const isZeroWindowProbe = this.#windowEdge <= this.#rcvNxt && from === this.#rcvNxt && data.length > 0
    if (!this.#isAcceptable(from, data.length + (flags & FIN ? 1 : 0)) && !isZeroWindowProbe) {
      if (!(flags & RST) && this.#mayAnswerStray(segment, now)) this.#acknowledge()
      if (this.#state === 'time-wait') this.#endAt = now + tcpLimits.timeWait
      return
    }
    if (flags & RST) {
      // RFC 5961 section 3.2: only the very place counts, whatever else may be guessed.
      if (from === this.#rcvNxt) this.#fail(this.#state === 'syn-received' ? 'refused' : 'reset')
      else this.#acknowledge()
      return
    }
    if (flags & SYN && this.#state !== 'syn-received') {
      this.#acknowledge()
      return
    }
    if (!(flags & ACK) || !this.#receiveAcknowledgment(segment, from, now)) return
    if (isZeroWindowProbe) this.#mustAcknowledge = true
    else this.#receiveData(segment, from, now)
    this.#output(now)
    this.#acknowledgeIfDue(now)
  }

  /**
   * Two ends that disagree would answer each other's acknowledgments for ever: those without data are answered only so often
   * (RFC 5961 section 7, Linux' tcp_invalid_ratelimit).
   */
  #mayAnswerStray({ flags, data }: TcpSegment, now: Nanoseconds): boolean {
    if (data.length > 0 || flags & (SYN | FIN)) return true
    if (now - this.#strayAnsweredAt < tcpLimits.strayInterval) return false
    this.#strayAnsweredAt = now
    return true
  }

  /** @returns false: the segment is done with */
  #receiveAcknowledgment(segment: TcpSegment, from: number, now: Nanoseconds): boolean {
    const upTo = this.#sentOffset(segment.acknowledgment)
    this.#unansweredProbes = 0
    if (this.#state === 'syn-received') {
      if (segment.acknowledgment !== this.#wireNumber(0)) {
        this.#transmitRaw(segment.acknowledgment, 0, RST, NO_DATA)
        return false
      }
      if (this.#timed !== undefined) this.#roundTrip.measure(now - this.#timed.at)
      this.#establish(segment)
      this.#handler.onEstablished()
    }
    if (upTo > this.#sndMax) {
      this.#acknowledge()
      return false
    }
    const window = segment.window << this.#sndScale
    const isDuplicate = upTo <= this.#sndUna && this.#isDuplicate(segment, upTo, window)
    if (upTo > this.#sndUna) this.#receiveNewAcknowledgment(upTo, now)
    if (this.#hasSack) this.#receiveSelective(segment, isDuplicate)
    else if (isDuplicate && this.#congestion.receiveDuplicate(this.#inFlight, this.#sndMax)) this.#resendFirst(now)
    this.#takeWindow(window, from, upTo, now)
    return this.#advanceClosing(now)
  }

  #receiveNewAcknowledgment(upTo: number, now: Nanoseconds): void {
    const count = upTo - this.#sndUna
    this.#sndUna = upTo
    if (this.#sndNxt < upTo) this.#sndNxt = upTo
    this.#retries = 0
    if (this.#timed !== undefined && upTo >= this.#timed.upTo) {
      this.#roundTrip.measure(now - this.#timed.at)
      this.#timed = undefined
    } else this.#roundTrip.reset()
    this.#sendBuffer.release(Math.min(upTo, this.#sendBuffer.end))
    this.#retransmitAt = this.#sndNxt > upTo ? now + this.#roundTrip.timeout : NEVER
    if (this.#hasSack) this.#scoreboard.release(upTo)
    if (this.#hasSack && this.#congestion.isRecovering) this.#congestion.advanceRecovery(upTo)
    else if (this.#congestion.receiveNew(count, upTo, this.#inFlight, this.#isLimited)) this.#resendFirst(now)
    this.#handler.onAcknowledged()
  }

  /** RFC 6675 section 5: what came out of order tells what was lost. */
  #receiveSelective({ options }: TcpSegment, isDuplicate: boolean): void {
    for (const [left, right] of options?.sackBlocks ?? []) {
      const [from, to] = [this.#sentOffset(left), this.#sentOffset(right)]
      // Of what is acknowledged already (RFC 2883), or was never sent: no news.
      if (from > this.#sndUna && from < to && to <= this.#sndMax) this.#scoreboard.add(from, to)
    }
    const isThird = isDuplicate && this.#congestion.countDuplicate()
    if (this.#congestion.isRecovering || !this.#congestion.isNewLoss(this.#sndUna)) return
    if (!isThird && this.#scoreboard.lostBefore(this.#segmentSize) <= this.#sndUna) return
    this.#congestion.beginRecovery(this.#inFlight, this.#sndMax)
    this.#scoreboard.beginRecovery(this.#sndUna)
    this.#mustResendFirst = true
  }

  /** An acknowledged or sent sequence number of ours as a place. */
  #sentOffset(sequence: number): number {
    return this.#sndUna + ((sequence - this.#wireNumber(this.#sndUna)) | 0)
  }

  /** RFC 5681 section 2, "duplicate acknowledgment". */
  #isDuplicate(segment: TcpSegment, upTo: number, window: number): boolean {
    const isEmpty = segment.data.length === 0 && !(segment.flags & (SYN | FIN))
    return isEmpty && upTo === this.#sndUna && this.#sndMax > upTo && window === this.#sndWnd
  }

  #takeWindow(window: number, from: number, upTo: number, now: Nanoseconds): void {
    const isNewer = from > this.#sndWl1 || (from === this.#sndWl1 && upTo >= this.#sndWl2)
    if (!isNewer) return
    this.#sndWnd = window
    if (window > this.#maxSndWnd) this.#maxSndWnd = window
    this.#sndWl1 = from
    this.#sndWl2 = upTo
    if (window > 0) {
      this.#probeAt = NEVER
      this.#probes = 0
    } else if (this.#probeAt !== NEVER) this.#probeAt = Math.max(this.#probeAt, now)
  }

  /** What the acknowledgment of our FIN brings. @returns false: it is over */
  #advanceClosing(now: Nanoseconds): boolean {
    if (!this.isEndAcknowledged) return true
    if (this.#state === 'fin-wait-1') {
      this.#state = 'fin-wait-2'
      if (this.#isOrphan) this.#endAt = now + tcpLimits.finWait2
    } else if (this.#state === 'closing') this.#enterTimeWait(now)
    else if (this.#state === 'last-ack') {
      this.#close()
      return false
    }
    return true
  }

  #receiveData({ flags, data }: TcpSegment, from: number, now: Nanoseconds): void {
    const mayCarry = this.#state === 'established' || this.#state === 'fin-wait-1' || this.#state === 'fin-wait-2'
    if (!mayCarry) {
      if (data.length > 0 || flags & FIN) this.#mustAcknowledge = true
      return
    }
    if (data.length > 0) {
      if (this.#isOrphan) {
        this.abort()
        return
      }
      const room = Math.max(0, this.#windowEdge - from)
      const hadGap = this.#received.hasGap
      const isInOrder = this.#received.insert(from, data.length > room ? data.subarray(0, room) : data)
      this.#unacknowledgedSegments++
      // Out of order, or filling a gap: the sender wants to know at once (RFC 5681 section 4.2).
      if (!isInOrder || hadGap) this.#mustAcknowledge = true
    }
    if (flags & FIN) this.#peerEnd = from + data.length
    const hasEnded = !this.#hasPeerEnded && this.#peerEnd !== undefined && this.#received.next >= this.#peerEnd
    if (hasEnded) this.#receiveEnd(now)
    if (data.length > 0 || hasEnded) this.#handler.onReadable()
  }

  #receiveEnd(now: Nanoseconds): void {
    this.#hasPeerEnded = true
    this.#mustAcknowledge = true
    if (this.#state === 'established') this.#state = 'close-wait'
    else if (this.#state === 'fin-wait-1') this.#state = this.isEndAcknowledged ? 'time-wait' : 'closing'
    else if (this.#state === 'fin-wait-2') this.#state = 'time-wait'
    if (this.#state === 'time-wait') this.#enterTimeWait(now)
  }

  #enterTimeWait(now: Nanoseconds): void {
    this.#state = 'time-wait'
    this.#retransmitAt = NEVER
    this.#keepAliveAt = NEVER
    this.#endAt = now + tcpLimits.timeWait
  }

  /** Section 3.8.6.3 and RFC 5681 section 4.2: every second segment, or after a while. */
  #acknowledgeIfDue(now: Nanoseconds): void {
    if (this.#mustAcknowledge || this.#unacknowledgedSegments >= 2) this.#acknowledge()
    else if (this.#unacknowledgedSegments > 0 && this.#acknowledgeAt === NEVER) {
      this.#acknowledgeAt = now + tcpLimits.delayedAck
    }
  }

  /** From the highest place: after a time-out the next one lies behind what the peer has, and would seem old to it. */
  #acknowledge(): void {
    this.#transmit(this.#sndMax, ACK, NO_DATA)
  }

  /** Sends what may be sent: section 3.8.6.2.1, with Nagle's rule. */
  #output(now: Nanoseconds): void {
    if (!this.#maySend()) return
    if (this.#hasSack && this.#congestion.isRecovering) {
      this.#outputInRecovery(now)
      return
    }
    this.#isLimited = false
    for (;;) {
      if (this.#sndNxt < this.#sndMax && !this.#scoreboard.isEmpty)
        this.#sndNxt = this.#scoreboard.gapFrom(this.#sndNxt).from
      // Only then may it grow: a window that nobody fills says nothing about the path (RFC 7661).
      if (this.#sendBuffer.end > this.#sndUna + this.#congestion.window) this.#isLimited = true
      const limit = this.#sndUna + Math.min(this.#congestion.window, this.#sndWnd)
      const available = this.#sendBuffer.end - this.#sndNxt
      const size = Math.min(this.#segmentSize, available, limit - this.#sndNxt)
      const carriesEnd = this.#isEnding && this.#sndNxt + Math.max(size, 0) === this.#sendBuffer.end
      if (size <= 0 && !(carriesEnd && available === 0 && this.#sndNxt === this.#sendBuffer.end)) break
      if (size < this.#segmentSize && !carriesEnd && !this.#mayBeSmall(size, available)) break
      this.#sendAt(this.#sndNxt, Math.max(size, 0), carriesEnd, now)
    }
    const waits = this.#sndNxt < this.#sendBuffer.end || (this.#isEnding && this.#sndNxt === this.#sendBuffer.end)
    if (waits && this.#sndWnd === 0 && this.#sndNxt === this.#sndUna && this.#probeAt === NEVER) {
      this.#probeAt = now + this.#roundTrip.timeout
    }
  }

  /** RFC 6675 section 5, step (C): holes first, then new data, as far as what is on its way leaves room. */
  #outputInRecovery(now: Nanoseconds): void {
    const [board, size] = [this.#scoreboard, this.#segmentSize]
    let pipe = board.pipe(this.#sndUna, this.#sndNxt, size)
    while (this.#mustResendFirst || this.#congestion.window - pipe >= size) {
      const hole = board.nextHole(this.#sndUna, size, this.#mustResendFirst)
      this.#mustResendFirst = false
      let sent: number
      if (hole !== undefined) {
        this.#timed = undefined
        sent = this.#resend(hole.from, Math.min(hole.to - hole.from, size), now)
        board.resent(hole.from + sent)
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

  /** Bytes that were sent, and the FIN if it was sent after them. @returns how many places of the stream that were */
  #resend(from: number, length: number, now: Nanoseconds): number {
    const size = Math.max(Math.min(length, this.#sendBuffer.end - from), 0)
    const carriesEnd = this.#isEnding && from + size === this.#sendBuffer.end && this.#sndMax > this.#sendBuffer.end
    if (size === 0 && !carriesEnd) return 0
    this.#sendAt(from, size, carriesEnd, now)
    return size + (carriesEnd ? 1 : 0)
  }

  /** A segment that is not full: only with nothing else under way, or at the user's wish. */
  #mayBeSmall(size: number, available: number): boolean {
    if (this.#sndNxt === this.#sndUna) return true
    if (size < available) return size >= this.#maxSndWnd / 2
    return this.noDelay
  }

  #sendAt(offset: number, size: number, carriesEnd: boolean, now: Nanoseconds): void {
    const data = this.#sendBuffer.slice(offset, size)
    const isLast = offset + size === this.#sendBuffer.end
    const flags = ACK | (isLast && size > 0 ? PSH : 0) | (carriesEnd ? FIN : 0)
    const after = offset + size + (carriesEnd ? 1 : 0)
    // Only what is sent for the first time is timed.
    if (this.#timed === undefined && offset >= this.#sndMax) this.#timed = { upTo: after, at: now }
    if (this.#sndNxt < after) this.#sndNxt = after
    if (this.#sndMax < after) this.#sndMax = after
    if (this.#retransmitAt === NEVER) this.#retransmitAt = now + this.#roundTrip.timeout
    this.#transmit(offset, flags, data)
  }

  /** The first segment that is not acknowledged, again. */
  #resendFirst(now: Nanoseconds): void {
    this.#timed = undefined
    const size = Math.min(this.#segmentSize, this.#sendBuffer.end - this.#sndUna)
    const carriesEnd =
      this.#isEnding && this.#sndUna + size === this.#sendBuffer.end && this.#sndMax > this.#sendBuffer.end
    this.#retransmitAt = now + this.#roundTrip.timeout
    this.#sendAt(this.#sndUna, size, carriesEnd, now)
  }

  #retransmit(now: Nanoseconds): void {
    const isOpening = this.#state === 'syn-sent' || this.#state === 'syn-received'
    const most = isOpening ? tcpLimits.synRetries : this.#isOrphan ? tcpLimits.orphanRetries : tcpLimits.retries
    if (++this.#retries > most) {
      this.#fail('timed-out')
      return
    }
    this.#roundTrip.backOff()
    this.#timed = undefined
    if (isOpening) {
      this.#retransmitAt = NEVER
      this.#sendSyn(now)
      return
    }
    this.#congestion.expire(this.#sndMax - this.#sndUna, this.#sndMax, this.#retries === 1)
    // RFC 6675 section 5.1: the peer may have thought better of what it told of.
    this.#scoreboard.clear()
    this.#mustResendFirst = false
    // From the first lost byte on; what has arrived after it, the peer will acknowledge with it.
    this.#sndNxt = this.#sndUna
    this.#retransmitAt = NEVER
    if (this.#sndWnd === 0) this.#resendFirst(now)
    else this.#output(now)
  }

  /** Section 3.8.6.1: one byte, to hear of the window. It never gives up while it is answered. */
  #probe(now: Nanoseconds): void {
    if (this.#unansweredProbes++ >= (this.#isOrphan ? tcpLimits.orphanRetries : tcpLimits.retries)) {
      this.#fail('timed-out')
      return
    }
    this.#probes = Math.min(this.#probes + 1, 10)
    this.#probeAt = now + Math.min(this.#roundTrip.timeout * 2 ** this.#probes, tcpLimits.maxRto)
    const data = this.#sendBuffer.slice(this.#sndUna, Math.min(1, this.#sendBuffer.end - this.#sndUna))
    if (this.#sndMax < this.#sndUna + data.length) this.#sndMax = this.#sndUna + data.length
    this.#transmit(this.#sndUna, ACK, data)
  }

  /** RFC 1122 section 4.2.3.6: a segment that has to be answered. */
  #probeIdle(now: Nanoseconds): void {
    const settings = this.#keepAlive
    if (settings === undefined || !this.#isReceiving()) {
      this.#keepAliveAt = NEVER
      return
    }
    if (this.#keepAliveProbes++ >= settings.probes) {
      this.#fail('timed-out')
      return
    }
    this.#keepAliveAt = now + settings.interval
    this.#transmit(this.#sndUna - 1, ACK, NO_DATA)
  }

  #sendSyn(now: Nanoseconds): void {
    this.#timed ??= this.#retries === 0 ? { upTo: 0, at: now } : undefined
    if (this.#retransmitAt === NEVER) this.#retransmitAt = now + this.#roundTrip.timeout
    const isAnswer = this.#state === 'syn-received'
    const options: TcpOptions = {
      maximumSegmentSize: this.#settings.segmentSize,
      windowScale: WINDOW_SCALE,
      isSackPermitted: (isAnswer ? this.#hasSack : this.#settings.offersSack !== false) || undefined,
    }
    const window = Math.min(tcpLimits.receiveBuffer, 0xffff)
    this.#handler.transmit({
      kind: 'tcp',
      sourcePort: this.#settings.sourcePort,
      destinationPort: this.#settings.destinationPort,
      sequence: this.#settings.initial,
      acknowledgment: isAnswer ? this.#wireRcvNxt() : 0,
      flags: isAnswer ? SYN | ACK : SYN,
      window,
      urgentPointer: 0,
      options,
      data: NO_DATA,
    })
    if (this.#windowEdge < window) this.#windowEdge = window
  }

  #takeSyn({ sequence, options }: TcpSegment): void {
    this.#irs = sequence
    // RFC 9293 section 3.7.1: without the option, what any host must take.
    const wanted = Math.max(options?.maximumSegmentSize ?? 536, tcpLimits.leastSegment)
    this.#segmentSize = Math.min(this.#settings.segmentSize, wanted)
    this.#congestion.segmentSize = this.#segmentSize
    this.#hasSack = options?.isSackPermitted === true && this.#settings.offersSack !== false
    if (options?.windowScale !== undefined) {
      this.#sndScale = Math.min(options.windowScale, 14)
      this.#rcvScale = WINDOW_SCALE
    }
  }

  #establish(segment: TcpSegment): void {
    this.#state = 'established'
    this.#timed = undefined
    this.#retries = 0
    this.#retransmitAt = NEVER
    this.#sndWnd = segment.flags & SYN ? segment.window : segment.window << this.#sndScale
    this.#maxSndWnd = this.#sndWnd
    this.#sndWl1 = this.#offset(segment.sequence)
    this.#sndWl2 = 0
    if (this.#isEnding) this.#state = 'fin-wait-1'
  }

  #isAcceptable(from: number, length: number): boolean {
    const [first, edge] = [this.#rcvNxt, this.#windowEdge]
    // A window probe's byte may stand before the rest, though it was not taken.
    if (length === 0) return from >= first && (from < edge || from <= first + 1)
    return from < edge && from + length > first
  }

  #maySend(): boolean {
    const state = this.#state
    return (
      state === 'established' ||
      state === 'close-wait' ||
      state === 'fin-wait-1' ||
      state === 'closing' ||
      state === 'last-ack'
    )
  }

  #isReceiving(): boolean {
    return (
      this.#state === 'established' ||
      this.#state === 'fin-wait-1' ||
      this.#state === 'fin-wait-2' ||
      this.#state === 'close-wait'
    )
  }

  get #inFlight(): number {
    return this.#sndMax - this.#sndUna
  }

  /** RCV.NXT. */
  get #rcvNxt(): number {
    return this.#received.next + (this.#hasPeerEnded ? 1 : 0)
  }

  #rcvWnd(): number {
    return Math.max(0, this.#capacity - this.#received.size)
  }

  /** A reader who keeps up gets twice the room, so that on a long path the window is not what bounds the speed. */
  #growWindow(taken: number): void {
    if (this.#received.size > 0 || this.#capacity >= tcpLimits.largestReceiveBuffer) return
    this.#takenInTime += taken
    if (this.#takenInTime < this.#capacity) return
    this.#takenInTime = 0
    this.#capacity = Math.min(2 * this.#capacity, tcpLimits.largestReceiveBuffer)
  }

  #transmit(offset: number, flags: number, data: Uint8Array): void {
    this.#transmitRaw(this.#wireNumber(offset), this.#wireRcvNxt(), flags, data)
  }

  #transmitRaw(sequence: number, acknowledgment: number, flags: number, data: Uint8Array): void {
    if (flags & ACK) {
      this.#acknowledgeAt = NEVER
      this.#unacknowledgedSegments = 0
      this.#mustAcknowledge = false
    }
    // Rounded down to what the scale can tell: rounded up, every small segment would push the edge a little further.
    const told = Math.min(this.#rcvWnd() >> this.#rcvScale, 0xffff)
    const edge = this.#received.next + (told << this.#rcvScale)
    if (edge > this.#windowEdge) this.#windowEdge = edge
    const kept = Math.min(0xffff, (this.#windowEdge - this.#received.next) >> this.#rcvScale)
    this.#handler.transmit({
      kind: 'tcp',
      sourcePort: this.#settings.sourcePort,
      destinationPort: this.#settings.destinationPort,
      sequence,
      acknowledgment,
      flags,
      window: Math.max(told, Math.max(0, kept)),
      urgentPointer: 0,
      // With data it could make the packet larger than the path takes.
      options: this.#hasSack && data.length === 0 && this.#received.hasGap ? this.#selective() : undefined,
      data,
    })
  }

  /** RFC 2018 section 4. */
  #selective(): TcpOptions {
    const wire = (offset: number) => (this.#irs + 1 + offset) >>> 0
    return { sackBlocks: this.#received.outOfOrderRanges(3).map(({ from, to }) => [wire(from), wire(to)]) }
  }

  #wireNumber(offset: number): number {
    return (this.#settings.initial + 1 + offset) >>> 0
  }

  #wireRcvNxt(): number {
    return (this.#irs + 1 + this.#rcvNxt) >>> 0
  }

  /** A sequence number of the peer's as a place in its stream: -1 for its SYN. */
  #offset(sequence: number): number {
    return this.#rcvNxt + ((sequence - this.#wireRcvNxt()) | 0)
  }

  #fail(failure: TcpFailure): void {
    this.#close()
    this.#handler.onFailure(failure)
  }

  #close(): void {
    if (this.#state === 'closed') return
    this.#state = 'closed'
    this.#retransmitAt = this.#acknowledgeAt = this.#probeAt = this.#keepAliveAt = this.#endAt = NEVER
    this.#handler.onClosed()
  }
}
