// What the peer may send, given back as the user deals with what came: when, and how much, on the connection and on each
// stream. RFC 9113 section 6.9. Windows grow here, where that was asked for.
//
// A window opens when its WINDOW_UPDATE leaves, not when the user is done with the data: until then the peer cannot know
// of it, and what it sends beyond the old window is an error, as with the library beneath Node.

import { DEFAULT_WINDOW } from '../../wire/frame-types.ts'
import { writeWindowUpdate } from '../../wire/frames.ts'
import type { SessionLimits } from '../engine-limits.ts'
import { ReceiveWindow } from '../flow-control.ts'
import type { Outbox } from '../send/outbox.ts'
import type { Stream } from '../stream.ts'
import type { SessionOptions } from '../types.ts'

/** What credit needs of its session. */
interface CreditSession {
  readonly limits: SessionLimits
  readonly options: Pick<SessionOptions, 'growsWindows'>
  readonly outbox: Pick<Outbox, 'control' | 'wake'>
  readonly now: number
  readonly roundTripMs: number
  readonly isDestroyed: boolean
  sendPing(payload: Uint8Array, answered: () => void): void
}

export class ReceiveCredit {
  /** The connection's. */
  readonly window = new ReceiveWindow(DEFAULT_WINDOW)
  readonly #core: CreditSession
  /** Data that the user has, of all streams. */
  #unconsumed = 0
  /** Of that, what the connection's window was not given back. */
  #withheld = 0
  /** Streams that a WINDOW_UPDATE is due for; some twice, some closed by now. */
  readonly #due: Stream[] = []
  /** How often the path was measured; the measurement by which a window grew last; whether a PING is on its way. */
  #measurements = 0
  #usedMeasurement = 0
  #isMeasuring = false

  constructor(core: CreditSession) {
    this.#core = core
  }

  get unconsumed(): number {
    return this.#unconsumed
  }

  /** A WINDOW_UPDATE is due. */
  get hasUpdates(): boolean {
    return this.window.isDue || this.#due.length > 0
  }

  /** Data goes to the user. */
  hand(stream: Stream, bytes: number): void {
    stream.unconsumed += bytes
    this.#unconsumed += bytes
  }

  /** The user has done with some of a stream's data, or its stream is no more. */
  release(stream: Stream, bytes: number): void {
    stream.unconsumed -= bytes
    this.#unconsumed -= bytes
    if (this.#withheld === 0 || this.#unconsumed > this.#core.limits.maxSessionMemory / 4) return
    this.#consume(this.#withheld)
    this.#withheld = 0
  }

  /** Data came, padding included: its share of the connection's window goes back at once while memory lasts. */
  creditConnection(bytes: number): void {
    if (this.#unconsumed + bytes > this.#core.limits.maxSessionMemory / 2) this.#withheld += bytes
    else this.#consume(bytes)
  }

  #consume(bytes: number): void {
    this.window.consume(bytes)
    if (this.window.isDue) this.#core.outbox.wake()
  }

  /** Bytes of a stream's that it may send again. */
  creditStream(stream: Stream, bytes: number): void {
    const { window } = stream
    if (window === undefined || stream.isRemoteClosed) return
    const wasDue = window.isDue
    window.consume(bytes)
    if (wasDue || !window.isDue) return
    this.#due.push(stream)
    this.#core.outbox.wake()
  }

  /** Output is taken: the WINDOW_UPDATEs that are due go with it. */
  writeUpdates(): void {
    if (this.window.isDue && !this.#core.isDestroyed) this.#updateConnection()
    if (this.#due.length === 0) return
    for (const stream of this.#due) if (!stream.isRemoteClosed) this.#updateStream(stream)
    this.#due.length = 0
  }

  #updateStream({ id, window }: Stream): void {
    if (window === undefined) return
    const { limits, options } = this.#core
    const share = limits.maxSessionMemory / 4
    const most = this.#unconsumed < share ? Math.min(limits.maxStreamWindow, share) : 0
    const increment = this.#takeIncrement(window, most)
    this.sendUpdate(id, increment)
    if (increment > 0 && options.growsWindows) this.#measurePath()
  }

  sendUpdate(streamId: number, increment: number): void {
    if (increment === 0) return
    writeWindowUpdate(this.#core.outbox.control, streamId, increment)
    this.#core.outbox.wake()
  }

  #updateConnection(): void {
    const { limits } = this.#core
    const most = Math.min(limits.maxConnectionWindow, limits.maxSessionMemory / 2)
    this.sendUpdate(0, this.#takeIncrement(this.window, most))
  }

  #takeIncrement(window: ReceiveWindow, maxSize: number): number {
    const { size } = window
    const increment = window.takeIncrement(this.#core.now, this.#pathMs, maxSize, this.#measurements)
    if (window.size > size) this.#usedMeasurement = this.#measurements
    return increment
  }

  /** The round trip that windows grow by; 0: they do not. */
  get #pathMs(): number {
    const { roundTripMs } = this.#core
    return this.#measurements > 0 && roundTripMs >= leastPathMs ? roundTripMs : 0
  }

  /**
   * By PINGs amid data: what SETTINGS took at the start is mostly what two programs take to start. One for each time that
   * windows double, since the least of them counts: a near peer seems far as often as one of the two programs is busy.
   */
  #measurePath(): void {
    if (this.#isMeasuring || this.#measurements > this.#usedMeasurement) return
    if (this.#measurements > 0 && this.#pathMs === 0) return
    this.#isMeasuring = true
    this.#core.sendPing(pathPing, () => {
      this.#isMeasuring = false
      this.#measurements++
    })
  }
}

/**
 * Nearer peers are not limited by a window of 64 KiB, 16 MB/s at this distance; a larger one would only hold more of what
 * is not read.
 */
const leastPathMs = 4
const pathPing = Uint8Array.from('distance', character => character.charCodeAt(0))
