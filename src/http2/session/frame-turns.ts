// What runs between two frames that a session reads: the events of the first, and the ticks that their listeners queue. So
// it is in Node, whose library calls out for each frame: 'response' is emitted before the first 'data', and a listener
// that ends the session ends the reading of the frames behind. A listener that throws ends nothing.

import { AsyncResource } from 'node:async_hooks'

/** What the turns belong to. */
export interface TurnOwner {
  /** Frames wait to be read. */
  readonly hasUnread: boolean
  /** Reads frames until one of them has an event, or none is left. */
  readOn(): void
}

export class FrameTurns {
  readonly #owner: TurnOwner
  /** Of the frame that was read last, not emitted yet. */
  #event: (() => void) | undefined = undefined
  #isEventScoped = false
  #closings: (() => void)[] | undefined = undefined
  #isQueued = false
  #isInTick = false
  #packet = 0
  #awaitsTicks = false
  /** The connection's async context. */
  #scope: AsyncResource | undefined = undefined
  /** A listener ran in this tick's own context and may have changed it: that shall not lead to the next stream's. */
  #hasLeftScope = false

  constructor(owner: TurnOwner) {
    this.#owner = owner
  }

  /** No frame may be read now. */
  get isRunning(): boolean {
    return this.#isQueued
  }

  /** Numbers what was received at once, and changes when all ticks that come of it are over. */
  get packet(): number {
    return this.#packet
  }

  /** From within an event: `packet` changes although nothing may follow. */
  watchTicks(): void {
    if (this.#awaitsTicks) return
    this.#awaitsTicks = true
    // Microtasks run when no tick is left, and ticks when no microtask is.
    MICROTASK.then(() => process.nextTick(endTicks, this))
  }

  /** All ticks of what was received are over. */
  endTicks(): void {
    this.#awaitsTicks = false
    this.#packet++
  }

  /** Reading begins. */
  begin(): void {
    this.#scope ??= new AsyncResource('HTTP2FRAME', { requireManualDestroy: true })
    this.#packet++
  }

  /** `emit` runs in the tick that follows. @param isScoped - in a context of its own */
  emitNext(emit: () => void, isScoped: boolean): void {
    this.#event = emit
    this.#isEventScoped = isScoped
    // Ahead of the ticks of an 'end' that comes with it.
    if (!this.#isInTick) this.proceed()
  }

  /** `close` runs once the event and its ticks have. */
  closeNext(close: () => void): void {
    this.#closings ??= []
    this.#closings.push(close)
  }

  /** A listener runs in no context but that of the current tick. */
  leaveScope(): void {
    this.#hasLeftScope = true
  }

  /** Queues the next tick, where there is something for it to do. */
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
