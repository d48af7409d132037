// Closes a connection that is idle for too long: `server.keepAliveTimeout` between two requests, `server.timeout` amid
// them. It takes the place of the time-out of the socket that Node shows: `socket.setTimeout()` replaces it, and every read
// and write restarts it.

import type { Timer } from '../../host/types.ts'
import type { DeadlineList, Deadlines, Waiting } from './deadlines.ts'

/** The connection, as far as its idleness goes. */
interface Idler {
  /** Bytes that wait to be sent. */
  readonly bufferedBytes: number
  onIdle(): void
}

export class KeepAliveTimeout implements Waiting, Timer {
  deadline = 0
  waitsIn: DeadlineList | null = null
  before: Waiting | null = null
  after: Waiting | null = null
  readonly #deadlines: Deadlines
  readonly #idler: Idler
  #delayMs = 0
  #lastBuffered = 0

  constructor(deadlines: Deadlines, idler: Idler) {
    this.#deadlines = deadlines
    this.#idler = idler
  }

  /** 0: no time-out. */
  get delayMs(): number {
    return this.#delayMs
  }

  /** @param delayMs - 0: no time-out from now on */
  start(delayMs: number): void {
    this.#delayMs = delayMs
    if (delayMs === 0) this.waitsIn?.stop(this)
    else this.#deadlines.start(this, delayMs)
  }

  /** Something was read or written. Also restarts a time-out that has passed. */
  refresh(): void {
    if (this.#delayMs === 0) return
    this.#lastBuffered = this.#idler.bufferedBytes
    this.#deadlines.start(this, this.#delayMs)
  }

  cancel(): void {
    this.start(0)
  }

  /** No connection keeps the process alive by its time-out. */
  ref(): void {}

  unref(): void {}

  onDeadline(): void {
    const { bufferedBytes } = this.#idler
    // A peer that reads an answer slowly is not idle.
    if (bufferedBytes > 0 && bufferedBytes !== this.#lastBuffered) this.refresh()
    else this.#idler.onIdle()
  }
}

/** How long a connection may wait for its next request; 0: as long as it likes. */
export function keepAliveDelay(server: {
  readonly keepAliveTimeout: number
  readonly keepAliveTimeoutBuffer: number
}): number {
  const timeout = nonNegative(server.keepAliveTimeout, 0)
  return timeout === 0 ? 0 : timeout + nonNegative(server.keepAliveTimeoutBuffer, 1000)
}

function nonNegative(value: unknown, otherwise: number): number {
  return typeof value === 'number' && Number.isFinite(value) && value >= 0 ? value : otherwise
}
