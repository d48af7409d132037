// Time-outs without a timer each: connections that wait equally long stand in a list in the order in which they began,
// and one timer serves the first of them. Beginning and ending a wait costs a few pointers; a timer of the runtime's own
// per connection and request costs several hundred nanoseconds.

import type { Clock, Timer } from '../../host/types.ts'

/** Something that can wait in a list. */
export interface Waiting {
  deadline: number
  waitsIn: DeadlineList | null
  before: Waiting | null
  after: Waiting | null
  onDeadline(): void
}

export class DeadlineList {
  readonly #clock: Clock
  readonly delayMs: number
  #first: Waiting | null = null
  #last: Waiting | null = null
  #timer: Timer | null = null
  #isArmed = false

  constructor(clock: Clock, delayMs: number) {
    this.#clock = clock
    this.delayMs = delayMs
  }

  /** Starts the wait of `one`, anew if it is waiting already. */
  start(one: Waiting): void {
    if (one.waitsIn !== null) one.waitsIn.stop(one)
    one.deadline = this.#clock.monotonic() + this.delayMs
    one.waitsIn = this
    one.before = this.#last
    one.after = null
    if (this.#last === null) this.#first = one
    else this.#last.after = one
    this.#last = one
    if (!this.#isArmed) this.#arm(this.delayMs)
  }

  stop(one: Waiting): void {
    if (one.waitsIn !== this) return
    if (one.before === null) this.#first = one.after
    else one.before.after = one.after
    if (one.after === null) this.#last = one.before
    else one.after.before = one.before
    one.before = one.after = null
    one.waitsIn = null
  }

  /** Nothing waits, and nothing will before long: no timer stays either. */
  rest(): void {
    if (this.#first !== null) return
    this.#isArmed = false
    this.#timer?.cancel()
    this.#timer = null
  }

  /** The timer stays armed while the list is empty for a moment, as it is between two requests. */
  #arm(delayMs: number): void {
    this.#isArmed = true
    this.#timer = this.#clock.setTimer(() => this.#onTimer(), Math.max(1, Math.ceil(delayMs)))
    this.#timer.unref()
  }

  #onTimer(): void {
    this.#isArmed = false
    const now = this.#clock.monotonic()
    try {
      while (this.#first !== null && this.#first.deadline <= now) {
        const one = this.#first
        this.stop(one)
        one.onDeadline()
      }
    } finally {
      // Also after a listener has thrown: those behind it still wait.
      if (this.#first !== null && !this.#isArmed) this.#arm(this.#first.deadline - now)
    }
  }
}

/** The lists of one server, by delay. */
export class Deadlines {
  readonly #clock: Clock
  readonly #lists = new Map<number, DeadlineList>()
  #latest: DeadlineList | undefined

  constructor(clock: Clock) {
    this.#clock = clock
  }

  start(one: Waiting, delayMs: number): void {
    if (this.#latest?.delayMs !== delayMs) this.#latest = this.#listOf(delayMs)
    this.#latest.start(one)
  }

  /** Cancels the timers of lists in which nothing waits. */
  rest(): void {
    for (const list of this.#lists.values()) list.rest()
  }

  #listOf(delayMs: number): DeadlineList {
    let list = this.#lists.get(delayMs)
    if (list === undefined) {
      list = new DeadlineList(this.#clock, delayMs)
      this.#lists.set(delayMs, list)
    }
    return list
  }
}
