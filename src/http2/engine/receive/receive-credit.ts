// Decides when to send WINDOW_UPDATE, and by how much, on the connection and on each stream, as the user consumes received
// data. RFC 9113 section 6.9. Windows also grow here, if the option is set.
//
// A window opens when its WINDOW_UPDATE is written, not when the user consumes the data: until then the peer cannot know
// of the credit, and data beyond the old window is an error, as with nghttp2.

import { DEFAULT_WINDOW } from '../../wire/frame-types.ts'
import { writeWindowUpdate } from '../../wire/frames.ts'
import type { SessionLimits } from '../engine-limits.ts'
import { ReceiveWindow } from '../flow-control.ts'
import type { Outbox } from '../send/outbox.ts'
import type { Stream } from '../stream.ts'
import type { SessionOptions } from '../types.ts'

/** The session, as its receive credit sees it. */
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
  /** The connection's window. */
  readonly window = new ReceiveWindow(DEFAULT_WINDOW)
  readonly #core: CreditSession
  /** Data of all streams that the user has received and not consumed. */
  #unconsumed = 0
  /** The bytes whose credit on the connection is withheld to limit memory. */
  #withheld = 0
  /** Streams for which a WINDOW_UPDATE is due; may contain duplicates and closed streams. */
  readonly #due: Stream[] = []
  /** How often the path was measured; the measurement by which a window last grew; whether a PING is in flight. */
  #measurements = 0
  #usedMeasurement = 0
  #isMeasuring = false

  constructor(core: CreditSession) {
    this.#core = core
  }

  get unconsumed(): number {
    return this.#unconsumed
  }

  /** Whether a WINDOW_UPDATE is due. */
  get hasUpdates(): boolean {
    return this.window.isDue || this.#due.length > 0
  }

  /** Counts data that is passed to the user. */
  hand(stream: Stream, bytes: number): void {
    stream.unconsumed += bytes
    this.#unconsumed += bytes
  }

  /** The user has consumed some of a stream's data, or the stream has closed. */
  release(stream: Stream, bytes: number): void {
    stream.unconsumed -= bytes
    this.#unconsumed -= bytes
    if (this.#withheld === 0 || this.#unconsumed > this.#core.limits.maxSessionMemory / 4) return
    this.#consume(this.#withheld)
    this.#withheld = 0
  }

  /** DATA was received, padding included: its credit on the connection is returned at once, within the limit of memory. */
  creditConnection(bytes: number): void {
    if (this.#unconsumed + bytes > this.#core.limits.maxSessionMemory / 2) this.#withheld += bytes
    else this.#consume(bytes)
  }

  #consume(bytes: number): void {
    this.window.consume(bytes)
    if (this.window.isDue) this.#core.outbox.wake()
  }

  /** Returns credit to a stream. */
  creditStream(stream: Stream, bytes: number): void {
    const { window } = stream
    if (window === undefined || stream.isRemoteClosed) return
    const wasDue = window.isDue
    window.consume(bytes)
    if (wasDue || !window.isDue) return
    this.#due.push(stream)
    this.#core.outbox.wake()
  }

  /** Writes the WINDOW_UPDATEs that are due; called when output is taken. */
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

  /** The round-trip time by which windows grow; 0: they do not grow. */
  get #pathMs(): number {
    const { roundTripMs } = this.#core
    return this.#measurements > 0 && roundTripMs >= leastPathMs ? roundTripMs : 0
  }

  /**
   * Measures the round trip by a PING during data transfer: the time for SETTINGS at the start is mostly that of two programs
   * starting. One PING for each doubling of the windows, since the minimum counts: a near peer appears distant whenever one
   * of the programs is busy.
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
 * Closer peers are not limited by a window of 64 KiB, which allows 16 MB/s at this round trip; a larger window would only
 * buffer more unread data.
 */
const leastPathMs = 4
const pathPing = Uint8Array.from('distance', character => character.charCodeAt(0))
