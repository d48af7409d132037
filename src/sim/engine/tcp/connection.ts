// One TCP connection (RFC 9293): the user's calls, and the procedure of section 3.10.7 for segments that arrive; RFC 5961 for
// forged RSTs and SYNs. No I/O: segments go to the handler, time comes as an argument. What each state may do is in states.ts;
// the halves of the connection are sender.ts and receiver.ts.
//
// Inside, bytes have offsets: they count from the first byte in each direction, as plain numbers that never wrap. Only at the
// border are they turned into sequence numbers.

import type { Nanoseconds } from '../../types.ts'
import { type TcpSegment, tcpFlags } from '../../wire/packets.ts'
import type { TcpFailure, TcpHandler, TcpSettings } from './handler.ts'
import { KeepAlive, type KeepAliveSettings } from './keep-alive.ts'
import { Receiver } from './receiver.ts'
import { SegmentOutput, WINDOW_SCALE } from './segment-output.ts'
import { Sender } from './sender.ts'
import { isLegal, nextState, type StateRules, states, type TcpEvent, type TcpState } from './states.ts'
import { tcpLimits } from './tcp-limits.ts'
import { NEVER, TcpTimers } from './timers.ts'

const { FIN, SYN, RST, ACK } = tcpFlags

export class TcpConnection {
  readonly #settings: TcpSettings
  readonly #handler: TcpHandler
  readonly #timers = new TcpTimers()
  readonly #keepAlive = new KeepAlive(this.#timers)
  readonly #receiver = new Receiver(this.#timers)
  readonly #segments: SegmentOutput
  readonly #sender: Sender
  #state: StateRules = states.closed
  /** No user reads any more: new data is answered with RST. */
  #isOrphan = false
  #strayAnsweredAt: Nanoseconds = Number.NEGATIVE_INFINITY

  constructor(settings: TcpSettings, handler: TcpHandler) {
    this.#settings = settings
    this.#handler = handler
    this.#segments = new SegmentOutput(settings, handler, this.#receiver)
    this.#sender = new Sender(settings.segmentSize, this.#segments, this.#timers)
  }

  get state(): TcpState {
    return this.#state.name
  }

  /** Bytes that the peer has not acknowledged. */
  get unacknowledgedBytes(): number {
    return this.#sender.unacknowledgedBytes
  }

  /** How many more bytes `write` takes. */
  get room(): number {
    return this.#sender.room
  }

  /** How many bytes are worth writing: what waits stays in proportion to what can be in flight, as Linux sizes its buffers. */
  get sendBudget(): number {
    return this.#sender.sendBudget
  }

  get readableBytes(): number {
    return this.#receiver.readableBytes
  }

  /** All bytes before the peer's FIN were read. */
  get isAtEnd(): boolean {
    return this.#receiver.isAtEnd
  }

  /** Our FIN is acknowledged. */
  get isEndAcknowledged(): boolean {
    return this.#sender.isFinAcknowledged
  }

  /** For reports: the round-trip time as measured, and how much may be in flight. */
  get smoothedRoundTrip(): Nanoseconds | undefined {
    return this.#sender.smoothedRoundTrip
  }

  get congestionWindow(): number {
    return this.#sender.congestionWindow
  }

  // The user's calls: section 3.10

  /** Active open. */
  open(now: Nanoseconds): void {
    this.#move('open')
    this.#sendSyn(now)
  }

  /** Passive open, by a SYN that has arrived at a listening port. */
  accept(syn: TcpSegment, now: Nanoseconds): void {
    this.#move('accept')
    this.#negotiate(syn)
    this.#sendSyn(now)
  }

  /** @returns how many of the bytes were taken: none after `end`; they must not change until acknowledged */
  write(bytes: Uint8Array, now: Nanoseconds): number {
    if (!this.#state.mayWrite || this.#sender.isEnding) return 0
    const taken = this.#sender.write(bytes)
    this.#output(now)
    return taken
  }

  /** The next bytes in order, as they came. */
  read(): Uint8Array | undefined {
    const bytes = this.#receiver.read()
    if (bytes === undefined) return undefined
    if (this.#state.isReceiving && this.#receiver.wantsWindowUpdate(this.#sender.segmentSize)) this.#sender.sendAck()
    return bytes
  }

  /** FIN after all that was written. */
  end(now: Nanoseconds): void {
    if (!isLegal('close', this.#state)) return
    this.#sender.end()
    this.#move('close')
    this.#output(now)
  }

  /** No user reads any more. What was written is still sent. */
  abandon(now: Nanoseconds): void {
    if (this.#state === states['syn-sent']) {
      this.#close()
      return
    }
    if (this.#receiver.readableBytes > 0) {
      this.abort()
      return
    }
    this.#isOrphan = true
    this.end(now)
    this.#limitFinWait2(now)
  }

  /** Deletes the connection, and tells the peer with a RST. */
  abort(): void {
    if (this.#state.mustResetOnAbort) this.#sender.sendReset()
    this.#close()
  }

  /** An ICMP error: it matters only while nothing has arrived from the peer. RFC 5927 section 4. */
  receiveUnreachable(failure: TcpFailure): void {
    if (this.#state === states['syn-sent']) this.#fail(failure)
  }

  /** A router takes only smaller packets: RFC 1191. */
  receiveTooBig(segmentSize: number, now: Nanoseconds): void {
    if (this.#sender.reduceSegmentSize(segmentSize)) this.#output(now)
  }

  setKeepAlive(settings: KeepAliveSettings | undefined, now: Nanoseconds): void {
    this.#keepAlive.set(settings, now)
  }

  setNoDelay(on: boolean, now: Nanoseconds): void {
    this.#sender.setNoDelay(on)
    if (on) this.#output(now)
  }

  // Time-outs

  /** When `expire` is to be called; Infinity: not. */
  get deadline(): Nanoseconds {
    return this.#timers.deadline
  }

  /** Whether a user may be waiting for what the deadline brings. */
  get isDeadlineAwaited(): boolean {
    return this.#timers.isAwaited
  }

  expire(now: Nanoseconds): void {
    const timers = this.#timers
    if (now >= timers.deleteAt) {
      this.#close()
      return
    }
    if (now >= timers.delayedAckAt) this.#sender.sendAck()
    if (now >= timers.persistAt && !this.#sender.probeWindow(this.#retryLimit, now)) this.#fail('timed-out')
    if (now >= timers.keepAliveAt) this.#probeIdle(now)
    if (now >= timers.retransmitAt) this.#retransmit(now)
  }

  #probeIdle(now: Nanoseconds): void {
    if (!this.#state.isReceiving) this.#timers.keepAliveAt = NEVER
    else if (this.#keepAlive.countProbe(now)) this.#sender.probeIdle()
    else this.#fail('timed-out')
  }

  #retransmit(now: Nanoseconds): void {
    if (!this.#sender.backOff(this.#retryLimit)) this.#fail('timed-out')
    else if (this.#state.isOpening) this.#sendSyn(now)
    else this.#sender.retransmit(now)
  }

  get #retryLimit(): number {
    if (this.#state.isOpening) return tcpLimits.synRetries
    return this.#isOrphan ? tcpLimits.orphanRetries : tcpLimits.retries
  }

  // Segments that arrive: section 3.10.7

  receive(segment: TcpSegment, now: Nanoseconds): void {
    if (this.#state === states.closed) return
    this.#keepAlive.onSegment(now)
    if (this.#state === states['syn-sent']) this.#receiveInSynSent(segment, now)
    else this.#receiveSynchronized(segment, now)
  }

  /** Section 3.10.7.3. */
  #receiveInSynSent(segment: TcpSegment, now: Nanoseconds): void {
    const { flags } = segment
    if (flags & ACK && segment.acknowledgment !== this.#segments.sequenceOf(0)) {
      if (!(flags & RST)) this.#segments.transmitReset(segment)
      return
    }
    if (flags & RST) {
      if (flags & ACK) this.#fail('refused')
      return
    }
    if (!(flags & SYN)) return
    this.#negotiate(segment)
    if (!(flags & ACK)) {
      this.#move('syn')
      this.#sendSyn(now)
      return
    }
    this.#establish('syn-ack', segment, now)
    this.#sender.sendAck()
    this.#output(now)
    this.#handler.onEstablished()
  }

  /** Section 3.10.7.4. */
  #receiveSynchronized(segment: TcpSegment, now: Nanoseconds): void {
    const { flags, data } = segment
    const from = this.#receiver.offsetOf(segment.sequence)
    if (flags & SYN && !(flags & ACK) && from === -1 && this.#state === states['syn-received']) {
      this.#sendSyn(now)
      return
    }
    const isZeroWindowProbe = this.#receiver.isZeroWindowProbe(from, data.length)
    if (!isZeroWindowProbe && !this.#receiver.isAcceptable(from, data.length + (flags & FIN ? 1 : 0))) {
      if (!(flags & RST) && this.#mayAnswerStray(segment, now)) this.#sender.sendAck()
      if (this.#state === states['time-wait']) this.#timers.deleteAt = now + tcpLimits.timeWait
      return
    }
    if (flags & RST) {
      // RFC 5961 section 3.2: only a RST at RCV.NXT counts, since any other in the window may be a guess.
      if (from === this.#receiver.rcvNxt) this.#fail(this.#state === states['syn-received'] ? 'refused' : 'reset')
      else this.#sender.sendAck()
      return
    }
    if (flags & SYN && this.#state !== states['syn-received']) {
      this.#sender.sendAck()
      return
    }
    if (!(flags & ACK) || !this.#receiveAcknowledgment(segment, from, now)) return
    if (isZeroWindowProbe) this.#receiver.requestAck()
    else this.#receiveData(segment, from, now)
    this.#output(now)
    if (this.#receiver.isAckDue(now)) this.#sender.sendAck()
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

  /** "Fifth, check the ACK field". @returns false: the segment is not processed further */
  #receiveAcknowledgment(segment: TcpSegment, from: number, now: Nanoseconds): boolean {
    const upTo = this.#sender.offsetOf(segment.acknowledgment)
    this.#sender.onAnswered()
    if (this.#state === states['syn-received']) {
      if (upTo !== 0) {
        this.#segments.transmitReset(segment)
        return false
      }
      this.#establish('ack-of-syn', segment, now)
      this.#handler.onEstablished()
    }
    if (upTo > this.#sender.sndMax) {
      this.#sender.sendAck()
      return false
    }
    if (this.#sender.receiveAcknowledgment(segment, upTo, from, now)) this.#handler.onAcknowledged()
    if (this.#sender.isFinAcknowledged && isLegal('ack-of-fin', this.#state)) {
      this.#move('ack-of-fin')
      this.#limitWaiting(now)
    }
    return this.#state !== states.closed
  }

  /** "Seventh, process the segment text", and "eighth, check the FIN bit". */
  #receiveData({ flags, data }: TcpSegment, from: number, now: Nanoseconds): void {
    const hasFin = (flags & FIN) !== 0
    if (!this.#state.mayAcceptData) {
      if (data.length > 0 || hasFin) this.#receiver.requestAck()
      return
    }
    if (data.length > 0 && this.#isOrphan) {
      this.abort()
      return
    }
    const isAtFin = this.#receiver.receive(from, data, hasFin)
    if (isAtFin) {
      this.#move('fin')
      this.#limitWaiting(now)
    }
    if (data.length > 0 || isAtFin) this.#handler.onReadable()
  }

  // What both sides lead to

  #sendSyn(now: Nanoseconds): void {
    this.#sender.startSyn(now)
    this.#segments.transmitSyn(this.#state === states['syn-received'])
  }

  /** The options of the peer's SYN. */
  #negotiate({ sequence, options }: TcpSegment): void {
    // RFC 9293 section 3.7.1: without the option, what any host must take.
    const wanted = Math.max(options?.maximumSegmentSize ?? 536, tcpLimits.leastSegment)
    const segmentSize = Math.min(this.#settings.segmentSize, wanted)
    const hasSack = options?.isSackPermitted === true && this.#settings.offersSack !== false
    // Both ends scale their windows, or neither does: RFC 7323 section 2.2.
    const hasScale = options?.windowScale !== undefined
    this.#sender.negotiate(segmentSize, hasScale ? Math.min(options.windowScale, 14) : 0, hasSack)
    this.#receiver.start(sequence, hasScale ? WINDOW_SCALE : 0, hasSack)
  }

  #establish(event: 'syn-ack' | 'ack-of-syn', segment: TcpSegment, now: Nanoseconds): void {
    this.#move(event)
    this.#sender.establish(segment, this.#receiver.offsetOf(segment.sequence), now)
    // The user has closed while the handshake was under way.
    if (this.#sender.isEnding) this.#move('close')
  }

  #output(now: Nanoseconds): void {
    if (this.#state.maySend) this.#sender.output(now)
  }

  /** FIN-WAIT-2 and TIME-WAIT end by themselves. */
  #limitWaiting(now: Nanoseconds): void {
    if (this.#state === states['time-wait']) this.#timers.enterTimeWait(now)
    else this.#limitFinWait2(now)
  }

  /** Without a user, the peer's FIN is not awaited for ever. */
  #limitFinWait2(now: Nanoseconds): void {
    if (this.#isOrphan && this.#state === states['fin-wait-2']) this.#timers.deleteAt = now + tcpLimits.finWait2
  }

  #fail(failure: TcpFailure): void {
    this.#close()
    this.#handler.onFailure(failure)
  }

  #close(): void {
    if (this.#state !== states.closed) this.#move('delete')
  }

  /** The only place where the state changes. */
  #move(event: TcpEvent): void {
    this.#state = nextState(this.#state, event)
    if (this.#state !== states.closed) return
    this.#timers.stop()
    this.#handler.onClosed()
  }
}
