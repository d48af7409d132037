// Runs, between two frames that a session reads, the events of the first and the ticks that their listeners queue. Node
// behaves so, because nghttp2 calls back for each frame: 'response' is emitted before the first 'data', and a listener that
// ends the session stops the reading of later frames. A listener that throws stops nothing.

import { AsyncResource } from 'node:async_hooks'

/** The session's connection, which reads the frames. */
export interface TurnOwner {
  /** Whether frames wait to be read. */
  readonly hasUnread: boolean
  /** Reads frames until one of them has an event, or none is left. */
  readOn(): void
}

export class FrameTurns {
  readonly #owner: TurnOwner
  /** The event of the frame that was read last, until it is emitted. */
  #event: (() => void) | undefined = undefined
  #isEventScoped = false
  #closings: (() => void)[] | undefined = undefined
  #isQueued = false
  #isInTick = false
  #packet = 0
  #awaitsTicks = false
  /** The connection's async context. */
  #scope: AsyncResource | undefined = undefined
  /** A listener ran in this tick's async context and may have changed it: the next tick must not inherit that. */
  #hasLeftScope = false

  constructor(owner: TurnOwner) {
    this.#owner = owner
  }

  /** No frame may be read now, because a tick is queued. */
  get isRunning(): boolean {
    return this.#isQueued
  }

  /** The number of the bytes received together; it changes when all ticks that result from them have run. */
  get packet(): number {
    return this.#packet
  }

  /** Called during an event: makes `packet` change after the ticks, even if nothing is received. */
  watchTicks(): void {
    if (this.#awaitsTicks) return
    this.#awaitsTicks = true
    // Microtasks run when the tick queue is empty, and ticks when the microtask queue is.
    MICROTASK.then(() => process.nextTick(endTicks, this))
  }

  /** All ticks that result from the received bytes have run. */
  endTicks(): void {
    this.#awaitsTicks = false
    this.#packet++
  }

  /** Called before received bytes are read. */
  begin(): void {
    this.#scope ??= new AsyncResource('HTTP2FRAME', { requireManualDestroy: true })
    this.#packet++
  }

  /** Queues `emit` for the next tick. @param isScoped - it enters an async context itself */
  emitNext(emit: () => void, isScoped: boolean): void {
    this.#event = emit
    this.#isEventScoped = isScoped
    // Queued now, before the ticks of an 'end' in the same frame.
    if (!this.#isInTick) this.proceed()
  }

  /** Queues `close` to run after the event and its ticks. */
  closeNext(close: () => void): void {
    this.#closings ??= []
    this.#closings.push(close)
  }

  /** Called when a listener runs in the current tick's async context. */
  leaveScope(): void {
    this.#hasLeftScope = true
  }

  /** Queues the next tick, if there is work for it. */
  proceed(): void {
    if (this.#isQueued || !this.#hasMore) return
    this.#isQueued = true
    if (!this.#hasLeftScope) {
      process.nextTick(this.#run)
      return
    }
    this.#hasLeftScope = false
    this.#scope?.runInAsyncScope(process.nextTick as (run: () => void) => void, undefined, this.#run)
  }

  get #hasClosings(): boolean {
    return this.#closings !== undefined && this.#closings.length > 0
  }

  get #hasMore(): boolean {
    return this.#event !== undefined || this.#hasClosings || this.#owner.hasUnread
  }

  readonly #run = (): void => {
    this.#isQueued = false
    this.#isInTick = true
    try {
      if (this.#event === undefined && this.#hasClosings) {
        this.#closings?.shift()?.()
        return
      }
      if (this.#event === undefined) this.#owner.readOn()
      const event = this.#event
      if (event === undefined) return
      this.#event = undefined
      if (!this.#isEventScoped) this.#hasLeftScope = true
      event()
    } finally {
      this.#isInTick = false
      this.proceed()
    }
  }
}

const MICROTASK = Promise.resolve()

function endTicks(turns: FrameTurns): void {
  turns.endTicks()
}
