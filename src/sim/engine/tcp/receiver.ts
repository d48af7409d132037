// The receiving half of a TCP connection: the receive window and its growth, the peer's FIN, delayed acknowledgments (RFC 5681
// section 4.2) and SACK blocks (RFC 2018). Which states accept data, connection.ts knows.
//
// Offsets count from the peer's first byte: -1 is its SYN, and its FIN has the offset after the last byte.

import type { Nanoseconds } from '../../types.ts'
import type { TcpOptions } from '../../wire/packets.ts'
import { Reassembly } from './reassembly.ts'
import { tcpLimits } from './tcp-limits.ts'
import { NEVER, type TcpTimers } from './timers.ts'

export class Receiver {
  readonly #timers: TcpTimers
  readonly #buffer = new Reassembly()
  /** Bytes that may wait to be read. */
  #capacity: number = tcpLimits.receiveBuffer
  /** Bytes read since the capacity changed last, by a user who left none. */
  #readInTime = 0
  /** IRS: the peer's initial sequence number. */
  #irs = 0
  #rcvScale = 0
  /** RCV.NXT + RCV.WND as advertised: it never moves back. */
  #windowEdge = 0
  #finOffset: number | undefined = undefined
  #hasFin = false
  #hasSack = false
  #unacknowledgedSegments = 0
  #mustAcknowledge = false

  constructor(timers: TcpTimers) {
    this.#timers = timers
  }

  get rcvNxt(): number {
    return this.#buffer.next + (this.#hasFin ? 1 : 0)
  }

  get readableBytes(): number {
    return this.#buffer.size
  }

  /** All bytes before the peer's FIN were read. */
  get isAtEnd(): boolean {
    return this.#hasFin && this.#buffer.size === 0
  }

  /** Both ends report what arrives out of order. */
  get hasSack(): boolean {
    return this.#hasSack
  }

  /** The peer's SYN has arrived. */
  start(irs: number, rcvScale: number, hasSack: boolean): void {
    this.#irs = irs
    this.#rcvScale = rcvScale
    this.#hasSack = hasSack
  }

  /** The offset of a sequence number of the peer's. */
  offsetOf(sequence: number): number {
    const next = this.rcvNxt
    return next + ((sequence - (this.#irs + 1 + next)) | 0)
  }

  /** RCV.NXT as an acknowledgment number. */
  get acknowledgment(): number {
    return (this.#irs + 1 + this.rcvNxt) >>> 0
  }

  /** The next bytes in order, as they came. */
  read(): Uint8Array | undefined {
    const bytes = this.#buffer.take()
    if (bytes !== undefined) this.#growCapacity(bytes.length)
    return bytes
  }

  /** A window that was all but closed has opened. Silly window avoidance: RFC 9293 section 3.8.6.2.2. */
  wantsWindowUpdate(segmentSize: number): boolean {
    const { next } = this.#buffer
    const opened = next + this.#rcvWnd - this.#windowEdge
    return opened >= Math.min(2 * segmentSize, this.#capacity / 2) && this.#windowEdge - next < 2 * segmentSize
  }

  /** Data at the edge of a closed window: it is not taken, but answered. */
  isZeroWindowProbe(from: number, length: number): boolean {
    const next = this.rcvNxt
    return this.#windowEdge <= next && from === next && length > 0
  }

  /** RFC 9293 section 3.10.7.4, "first, check sequence number". */
  isAcceptable(from: number, length: number): boolean {
    const [next, edge] = [this.rcvNxt, this.#windowEdge]
    // Beyond a closed window's edge by one: the peer's probe byte may precede the segment, though it was not taken.
    if (length === 0) return from >= next && (from < edge || from <= next + 1)
    return from < edge && from + length > next
  }

  /** @returns true: the peer's FIN is next in order, and is taken */
  receive(from: number, data: Uint8Array, hasFin: boolean): boolean {
    if (data.length > 0) {
      const room = Math.max(0, this.#windowEdge - from)
      const hadGap = this.#buffer.hasGap
      const isInOrder = this.#buffer.insert(from, data.length > room ? data.subarray(0, room) : data)
      this.#unacknowledgedSegments++
      // Out of order, or filling a gap: the sender needs to know at once (RFC 5681 section 4.2).
      if (!isInOrder || hadGap) this.#mustAcknowledge = true
    }
    if (hasFin) this.#finOffset = from + data.length
    if (this.#hasFin || this.#finOffset === undefined || this.#buffer.next < this.#finOffset) return false
    this.#hasFin = true
    this.#mustAcknowledge = true
    return true
  }

  /** The next acknowledgment is not delayed. */
  requestAck(): void {
    this.#mustAcknowledge = true
  }

  /** Whether an acknowledgment is due now: every second segment; of a single one it is delayed. */
  isAckDue(now: Nanoseconds): boolean {
    if (this.#mustAcknowledge || this.#unacknowledgedSegments >= 2) return true
    if (this.#unacknowledgedSegments > 0 && this.#timers.delayedAckAt === NEVER) {
      this.#timers.delayedAckAt = now + tcpLimits.delayedAck
    }
    return false
  }

  onAckSent(): void {
    this.#timers.delayedAckAt = NEVER
    this.#unacknowledgedSegments = 0
    this.#mustAcknowledge = false
  }

  /** @returns the window field of a SYN: never scaled (RFC 7323 section 2.2) */
  advertiseFirstWindow(): number {
    const window = Math.min(tcpLimits.receiveBuffer, 0xffff)
    if (this.#windowEdge < window) this.#windowEdge = window
    return window
  }

  /** @returns the window field of a segment that is about to be sent */
  advertiseWindow(): number {
    const { next } = this.#buffer
    // Rounded down to what the scale can express: rounded up, every small segment would push the edge a little further.
    const offered = Math.min(this.#rcvWnd >> this.#rcvScale, 0xffff)
    const edge = next + (offered << this.#rcvScale)
    if (edge > this.#windowEdge) this.#windowEdge = edge
    const kept = Math.min(0xffff, (this.#windowEdge - next) >> this.#rcvScale)
    return Math.max(offered, Math.max(0, kept))
  }

  /** RFC 2018 section 4. @returns undefined: nothing has arrived out of order */
  sackOptions(): TcpOptions | undefined {
    if (!this.#hasSack || !this.#buffer.hasGap) return undefined
    const wire = (offset: number) => (this.#irs + 1 + offset) >>> 0
    return { sackBlocks: this.#buffer.outOfOrderRanges(3).map(({ from, to }) => [wire(from), wire(to)]) }
  }

  /** RCV.WND as it could be: what is advertised may be more, since the edge never moves back. */
  get #rcvWnd(): number {
    return Math.max(0, this.#capacity - this.#buffer.size)
  }

  /** A user who keeps up gets twice the room, so that on a long path the window does not bound the throughput. */
  #growCapacity(read: number): void {
    if (this.#buffer.size > 0 || this.#capacity >= tcpLimits.largestReceiveBuffer) return
    this.#readInTime += read
    if (this.#readInTime < this.#capacity) return
    this.#readInTime = 0
    this.#capacity = Math.min(2 * this.#capacity, tcpLimits.largestReceiveBuffer)
  }
}
