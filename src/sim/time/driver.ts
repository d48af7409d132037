// Advances virtual time while a call of `until` or `run` is pending: runs event after event from the timeline, and lets program
// code finish in between.
//
// An event that runs program code (a sink, a timer's callback) ends the turn: microtasks and ticks are run, as they are
// between two callbacks of the runtime, before the next event. Packets under way run no program code, so thousands share a
// turn. Time jumps to a later instant only when no real work of a program is under way (real-work.ts).

import { performance } from 'node:perf_hooks'
import { captureContext } from '../../host/ambient.ts'
import type { Nanoseconds } from '../types.ts'
import { formatDuration } from '../units.ts'
import type { Timeline } from './timeline.ts'

/** The runtime's own, whatever a program puts in their place. */
const { setImmediate, setTimeout, clearTimeout } = globalThis
const realNow = performance.now.bind(performance)

/** A pending call of `until` or `run`. */
interface Goal {
  /** The instant at which the wait ends. */
  readonly deadline: Nanoseconds
  /** The deadline has been reached. */
  onDeadline(): void
  /** No event is scheduled. Undefined: time then advances to the deadline. */
  onDeadlock?: (() => void) | undefined
}

export interface DriverOptions {
  readonly timeline: Timeline
  /** Whether programs have real work under way. */
  readonly hasRealWork: () => boolean
  /** Makes the error of a wait that ended without a result; its message begins with `reason`. */
  readonly failure: (reason: string) => Error
  readonly isRealTime?: boolean | undefined
}

export class Driver {
  readonly #timeline: Timeline
  readonly #hasRealWork: () => boolean
  readonly #failure: (reason: string) => Error
  readonly #isRealTime: boolean
  readonly #goals = new Set<Goal>()
  /** The context in which the driver was made: turns must not run in that of a machine whose program wakes the driver. */
  readonly #outside = captureContext()
  /** A turn is requested, in this turn of the runtime or in a later one. */
  #wantsTurn = false
  #wantsLaterTurn = false
  /** Immediates of the runtime that are queued. */
  #queued = 0
  #sleep: ReturnType<typeof setTimeout> | undefined
  /** Since when, in real milliseconds, the driver has been idle, waiting for real events. */
  #idleSince: number | undefined
  /** Whether the driver has waited for real events since the latest call of `until` or `run`. */
  #hasIdled = false
  #idleTurns = 0
  /** The instant of the last foreground event. */
  #lastForeground: Nanoseconds = 0

  constructor({ timeline, hasRealWork, failure, isRealTime = false }: DriverOptions) {
    this.#timeline = timeline
    this.#hasRealWork = hasRealWork
    this.#failure = failure
    this.#isRealTime = isRealTime
    if (isRealTime) timeline.onEarlier = () => this.#wakeUp()
  }

  /** Advances time until the promise settles. @returns its value */
  until<T>(promise: PromiseLike<T>, within: Nanoseconds): Promise<T> {
    return new Promise((resolve, reject) => {
      const goal: Goal = {
        deadline: this.#timeline.now() + within,
        onDeadline: () => {
          reject(
            this.#failure(`Timeout: the promise is still pending after ${formatDuration(within)} of simulated time`),
          )
        },
        onDeadlock: () => {
          this.#goals.delete(goal)
          reject(this.#failure('Deadlock: no event is scheduled'))
        },
      }
      promise.then(
        value => {
          this.#goals.delete(goal)
          resolve(value)
        },
        (error: unknown) => {
          this.#goals.delete(goal)
          reject(error)
        },
      )
      this.#pursue(goal)
    })
  }

  /** Advances time by a span. */
  run(span: Nanoseconds): Promise<void> {
    return new Promise(resolve => {
      this.#pursue({ deadline: this.#timeline.now() + span, onDeadline: resolve })
    })
  }

  #pursue(goal: Goal): void {
    this.#goals.add(goal)
    this.#idleSince = undefined
    this.#hasIdled = false
    this.#lastForeground = this.#timeline.now()
    this.#wakeUp()
  }

  #wakeUp(): void {
    if (this.#sleep !== undefined) clearTimeout(this.#sleep)
    this.#sleep = undefined
    this.#outside(() => this.#scheduleTurn())
  }

  #scheduleTurn(): void {
    this.#wantsTurn = true
    if (this.#queued === 0) this.#queue()
  }

  /** Schedules a turn after the runtime has polled for I/O. */
  #scheduleLaterTurn(): void {
    this.#wantsLaterTurn = true
    if (this.#queued === 0) this.#queue()
  }

  /**
   * Immediates that are queued together run in one turn of the runtime, with microtasks and ticks run out after each. One
   * at a time, a bulk transfer spent a third of its time in the runtime's polls: 112,000 packets a
   * second, and 273,000 as it is (two programs, one core).
   */
  #queue(): void {
    this.#wantsTurn ||= this.#wantsLaterTurn
    this.#wantsLaterTurn = false
    this.#queued = TURNS_AT_ONCE
    for (let count = 0; count < TURNS_AT_ONCE; count++) setImmediate(this.#onImmediate)
  }

  readonly #onImmediate = (): void => {
    this.#queued--
    try {
      if (this.#wantsTurn) {
        this.#wantsTurn = false
        this.#turn()
      }
    } finally {
      if (this.#queued === 0 && (this.#wantsTurn || this.#wantsLaterTurn)) this.#queue()
    }
  }

  /** Continues after some real time, or sooner if a turn is requested. */
  #sleepFor(ms: number): void {
    if (this.#sleep !== undefined) return
    this.#sleep = setTimeout(() => {
      this.#sleep = undefined
      this.#scheduleTurn()
    }, ms)
    // Without a pending call only scheduled foreground events keep the process alive.
    if (this.#goals.size === 0 && this.#timeline.foregroundCount === 0) this.#sleep.unref()
  }

  #turn(): void {
    // No call is pending: virtual time stands still.
    if (this.#goals.size === 0 && !this.#isRealTime) return
    try {
      if (this.#isRealTime) this.#followRealTime()
      else this.#goOn()
    } catch (error) {
      // A program's exception is an uncaught exception of the process. If the process survives it, time goes on.
      this.#scheduleTurn()
      throw error
    }
  }

  #goOn(): void {
    const timeline = this.#timeline
    timeline.takeWoken()
    // The outcome of real work belongs to this instant, before its other events.
    if (this.#hasRealWork()) {
      this.#waitForReality()
      return
    }
    const horizon = this.#horizon()
    for (let budget = EVENTS_PER_TURN; budget > 0; budget--) {
      const next = timeline.nextAt()
      if (next > timeline.now()) {
        if (timeline.foregroundCount === 0 && this.#isStuck(next, horizon)) return
      }
      if (next > horizon) {
        timeline.advanceTo(horizon)
        this.#expire()
        break
      }
      if (timeline.foregroundCount > 0) this.#noteLife()
      timeline.runNext()
      if (timeline.takeWoken()) break
    }
    this.#scheduleTurn()
  }

  #followRealTime(): void {
    const timeline = this.#timeline
    for (let budget = EVENTS_PER_TURN; budget > 0 && timeline.nextAt() <= timeline.now(); budget--) {
      timeline.runNext()
      if (timeline.takeWoken()) break
    }
    const now = timeline.now()
    this.#expire()
    const next = Math.min(timeline.nextAt(), this.#horizon())
    if (next <= now) this.#scheduleTurn()
    else if (next !== Number.POSITIVE_INFINITY) this.#sleepFor(Math.min((next - now) / 1e6, LONGEST_SLEEP_MS))
  }

  #horizon(): Nanoseconds {
    let horizon = Number.POSITIVE_INFINITY
    for (const { deadline } of this.#goals) if (deadline < horizon) horizon = deadline
    return horizon
  }

  #expire(): void {
    const now = this.#timeline.now()
    for (const goal of this.#goals) {
      if (goal.deadline > now) continue
      this.#goals.delete(goal)
      goal.onDeadline()
    }
  }

  #noteLife(): void {
    this.#lastForeground = this.#timeline.now()
    this.#idleSince = undefined
  }

  /** Spins first, since most real work is short; then sleeps, so that the processor is free for the work. */
  #waitForReality(): void {
    if (++this.#idleTurns < SPINS) this.#scheduleLaterTurn()
    else {
      this.#idleTurns = 0
      this.#sleepFor(1)
    }
  }

  /**
   * No foreground event is scheduled: only background events, or none. First unseen real work gets some real time; then the
   * background events get some virtual time; then the pending calls are rejected with a deadlock.
   */
  #isStuck(next: Nanoseconds, horizon: Nanoseconds): boolean {
    const stuck = [...this.#goals].filter(goal => goal.onDeadlock !== undefined)
    if (stuck.length === 0) return false
    const mayGoOn = next <= horizon && next - this.#lastForeground <= BACKGROUND_SPAN
    if (mayGoOn && this.#hasIdled) return false
    const now = realNow()
    this.#idleSince ??= now
    if (now - this.#idleSince < IDLE_MS) {
      this.#waitForReality()
      return true
    }
    this.#idleSince = undefined
    this.#hasIdled = true
    if (mayGoOn) return false
    for (const goal of stuck) goal.onDeadlock?.()
    this.#scheduleTurn()
    return true
  }
}

/** The limit lets signals and real I/O get their turn. */
const EVENTS_PER_TURN = 2000
/** Few enough for real I/O and signals to get their turn. */
const TURNS_AT_ONCE = 32
const SPINS = 50
/** Real time in which unseen work (a thread, a child process) may still end the wait. */
const IDLE_MS = 150
/** Virtual time in which a background timer may end the wait: longer than the longest default timeout of a server. */
const BACKGROUND_SPAN: Nanoseconds = 600e9
const LONGEST_SLEEP_MS = 60_000
