// One end of a connection whose carrier is in this process: a pipe between memory hosts, or the TCP of a simulated machine.
// The sink is notified on turns of the host's clock, never from within a call. A turn compares the state with the last notification
// and dispatches the difference: there is no queue of events.

import { codedError } from '../../core/errors.ts'
import { captureContext } from '../ambient.ts'
import type { Clock, Connection, ConnectionSink, Endpoint, TextEncoding, WriteDone } from '../types.ts'

/**
 *   connecting --> open --> closing --> closed
 *
 * `closing`: after `destroy()`, after a failure, or when both directions have ended. The next turn notifies the sink of the
 * failure, if there is one, and of the close.
 */
type State = 'connecting' | 'open' | 'closing' | 'closed'

/** Queued bytes that the carrier has not accepted yet. */
export interface Waiting {
  bytes: Uint8Array
  readonly done: WriteDone | undefined
}

export abstract class ScheduledConnection implements Connection {
  sink: ConnectionSink
  local: Endpoint | undefined = undefined
  remote: Endpoint | undefined = undefined
  bytesRead = 0
  bytesWritten = 0
  bufferedBytes = 0

  protected readonly clock: Clock
  protected state: State = 'connecting'
  protected waiting: Waiting[] = []
  /** `ending`: the caller has called `end()`. `ended`: the carrier has the FIN. */
  protected writeSide: 'open' | 'ending' | 'ended' = 'open'
  protected corks = 0
  protected isPaused = true
  protected wantsDrain = false
  readonly #inContext = captureContext()
  readonly #highWaterMark: number
  /** The sink's last notification. Only an end made by `connect` is notified that it is connected. */
  #notified: 'nothing' | 'connect' | 'end'
  /** The error to pass to `onError` before `onClose`; `notified` once that has been called. */
  #failure: Error | 'notified' | undefined = undefined
  /** Callbacks for the next turn, in this order, each with its error or none. */
  #finished: { done: WriteDone; error: Error | undefined }[] = []
  #endDone: WriteDone[] = []
  #isScheduled = false

  /** @param highWaterMark - from this many queued bytes on, `write` returns false */
  constructor(clock: Clock, sink: ConnectionSink, isClient: boolean, highWaterMark: number) {
    this.clock = clock
    this.sink = sink
    this.#notified = isClient ? 'nothing' : 'connect'
    this.#highWaterMark = highWaterMark
  }

  // To be implemented by the carrier

  /** A copy whose memory stays unchanged until it has been transmitted. */
  protected abstract copy(data: Uint8Array | string, encoding: TextEncoding): Uint8Array
  /** Gives the carrier as much of `waiting` as it accepts, then the FIN. */
  protected abstract transmit(): void
  /** Passes received bytes to the sink, as many as one turn may deliver. */
  protected abstract deliver(): void
  /** The peer's FIN has arrived, and all bytes before it have been delivered. */
  protected abstract readonly isAtEnd: boolean
  /** Fails the connection where a reader or a writer is about to notice that the carrier is broken. */
  protected abstract noticeBroken(): void
  /** The connection is closing. @param isReset - the peer gets RST instead of FIN */
  protected onClosing(_isReset: boolean): void {}
  /** Both directions have ended. */
  protected onBothEnded(): void {}
  /** The sink is about to be notified of the close: releases ports and peers. */
  protected abstract onReleased(): void

  // Connection

  get isConnecting(): boolean {
    return this.state === 'connecting'
  }

  write(data: Uint8Array | string, encoding: TextEncoding = 'utf8', done?: WriteDone): boolean {
    if (this.isOver) {
      this.finish(done, destroyedError())
      return false
    }
    if (this.writeSide !== 'open') {
      const error = codedError(Error, 'ERR_STREAM_WRITE_AFTER_END', 'write after end')
      this.fail(error)
      this.finish(done, error)
      return false
    }
    const bytes = this.copy(data, encoding)
    this.bytesWritten += bytes.length
    this.bufferedBytes += bytes.length
    this.waiting.push({ bytes, done })
    this.transmit()
    if (this.bufferedBytes < this.#highWaterMark) return true
    this.wantsDrain = true
    return false
  }

  cork(): void {
    this.corks++
  }

  uncork(): void {
    if (this.corks === 0 || --this.corks > 0) return
    this.#joinWaiting()
    this.transmit()
  }

  pause(): void {
    this.isPaused = true
  }

  resume(): void {
    this.isPaused = false
    this.schedule()
  }

  end(done?: WriteDone): void {
    if (this.isOver) {
      this.finish(done, destroyedError())
      return
    }
    if (done !== undefined) this.#endDone.push(done)
    if (this.writeSide === 'open') this.writeSide = 'ending'
    if (this.corks > 0) {
      this.corks = 0
      this.#joinWaiting()
    }
    this.transmit()
  }

  abstract destroy(): void
  abstract reset(): void
  abstract setNoDelay(on: boolean): void
  abstract setKeepAlive(on: boolean, initialDelayMs: number, intervalMs?: number, probes?: number): void

  // Pending work is scheduled on the clock, and the clock keeps the process alive for it.
  ref(): void {}
  unref(): void {}

  /** Closes with an error, and notifies the sink of it. */
  fail(error: Error): void {
    if (this.isOver) return
    this.#failure = error
    this.close(error)
  }

  // For use by the carrier

  protected get isOver(): boolean {
    return this.state === 'closing' || this.state === 'closed'
  }

  protected get mayDeliver(): boolean {
    return this.state === 'open' && !this.isPaused
  }

  protected get hasNotifiedEnd(): boolean {
    return this.#notified === 'end'
  }

  /** Closes without an error; a pending one is not reported. @returns false if it was closing or closed already */
  protected closeQuietly(isReset: boolean): boolean {
    if (this.state === 'closed') return false
    if (this.#failure !== 'notified') this.#failure = undefined
    if (this.state === 'closing') return false
    this.close(destroyedError(), isReset)
    return true
  }

  /** @param reason - for writes that were not transmitted */
  protected close(reason: Error, isReset = false): void {
    this.state = 'closing'
    this.bufferedBytes = 0
    for (const { done } of this.waiting) this.finish(done, reason)
    this.finishEnd(reason)
    this.waiting = []
    this.onClosing(isReset)
    this.schedule()
  }

  /** Both sides have ended and the carrier has failed: no byte is lost, so it closes without an error. */
  protected closeAfterReset(): void {
    this.finishEnd()
    this.close(destroyedError())
  }

  protected finishEnd(error?: Error): void {
    for (const done of this.#endDone) this.finish(done, error)
    this.#endDone = []
  }

  protected finish(done: WriteDone | undefined, error: Error | undefined): void {
    if (done === undefined) return
    this.#finished.push({ done, error })
    this.schedule()
  }

  protected schedule(): void {
    if (this.#isScheduled) return
    this.#isScheduled = true
    this.clock.setImmediate(this.#takeTurn)
  }

  /** The carrier's work at the start of a turn, before anything but the connect is dispatched. */
  protected beginTurn(): void {}

  #joinWaiting(): void {
    if (this.waiting.length < 2) return
    const all = this.waiting
    const done = (error?: Error | null) => {
      for (const one of all) one.done?.(error)
    }
    this.waiting = [{ bytes: Buffer.concat(all.map(({ bytes }) => bytes)), done }]
  }

  readonly #takeTurn = (): void => {
    this.#isScheduled = false
    this.#inContext(this.#dispatch)
  }

  readonly #dispatch = (): void => {
    let isThrough = false
    try {
      this.#dispatchConnect()
      this.beginTurn()
      this.#dispatchFinished()
      this.#dispatchDrain()
      this.deliver()
      this.#dispatchEnd()
      this.noticeBroken()
      this.#dispatchClose()
      isThrough = true
    } finally {
      // A callback has thrown: the next turn dispatches the remaining notifications.
      if (!isThrough) this.schedule()
    }
  }

  #dispatchConnect(): void {
    if (this.#notified !== 'nothing' || this.state !== 'open') return
    this.#notified = 'connect'
    this.sink.onConnect()
  }

  #dispatchFinished(): void {
    for (let next = this.#finished.shift(); next !== undefined; next = this.#finished.shift()) next.done(next.error)
  }

  #dispatchDrain(): void {
    if (!this.wantsDrain || this.bufferedBytes > 0 || this.state !== 'open' || this.writeSide !== 'open') return
    this.wantsDrain = false
    this.sink.onDrain()
  }

  #dispatchEnd(): void {
    if (!this.mayDeliver || this.#notified === 'end' || !this.isAtEnd) return
    this.#notified = 'end'
    this.sink.onEnd()
  }

  #dispatchClose(): void {
    if (this.state === 'open' && this.#notified === 'end' && this.writeSide === 'ended') {
      this.state = 'closing'
      this.onBothEnded()
    }
    if (this.state !== 'closing') return
    this.#dispatchFinished()
    const failure = this.#failure
    if (failure instanceof Error) {
      this.#failure = 'notified'
      this.sink.onError(failure)
      this.#dispatchFinished()
    }
    this.state = 'closed'
    this.onReleased()
    this.sink.onClose(this.#failure !== undefined)
  }
}

function destroyedError(): Error {
  return codedError(Error, 'ERR_STREAM_DESTROYED', 'Cannot call write after a stream was destroyed')
}
