// A machine's clock: Host.clock on a simulated machine. It reads the network's time, with the machine's own date, and stops with
// the machine.

import { captureContext } from '../../host/ambient.ts'
import type { Clock, Timer } from '../../host/types.ts'
import type { Nanoseconds } from '../types.ts'
import type { Gate, Timeline, TimelineEvent } from './timeline.ts'

export interface MachineClockOptions {
  readonly timeline: Timeline
  readonly gate: Gate
  /** The date at the network's beginning, in milliseconds since 1970. */
  readonly epoch: number
  /** Whether the globals (setTimeout, Date ...) follow this clock for the machine's programs. */
  readonly isForPrograms?: boolean | undefined
}

export class MachineClock implements Clock {
  readonly timeline: Timeline
  readonly gate: Gate
  readonly isForPrograms: boolean
  readonly #epoch: number
  readonly #start: Nanoseconds
  /** How far the machine's date is ahead of the true one. */
  skew: Nanoseconds = 0

  constructor({ timeline, gate, epoch, isForPrograms = true }: MachineClockOptions) {
    this.timeline = timeline
    this.gate = gate
    this.isForPrograms = isForPrograms
    this.#epoch = epoch
    this.#start = timeline.now()
  }

  now(): number {
    return Math.floor(this.#epoch + (this.timeline.now() + this.skew) / NS_PER_MS)
  }

  /** Since the machine was started. */
  monotonic(): number {
    return (this.timeline.now() - this.#start) / NS_PER_MS
  }

  setTimer(callback: () => void, delayMs: number): Timer {
    return new MachineTimer(this, callback, delayMs)
  }

  setImmediate(callback: () => void): void {
    this.schedule(0, callback)
  }

  /** Calls back in the context of the caller, as program code. */
  schedule(after: Nanoseconds, callback: () => void): TimelineEvent {
    const { timeline } = this
    const inContext = captureContext()
    return timeline.schedule(
      after,
      () => {
        timeline.wake()
        inContext(callback)
      },
      this.gate,
    )
  }
}

/** A refresh only stores the new instant: when the event runs, it is scheduled again for that instant. */
class MachineTimer implements Timer {
  readonly #clock: MachineClock
  readonly #callback: () => void
  readonly #delay: Nanoseconds
  readonly #inContext = captureContext()
  #due = 0
  #event: TimelineEvent | undefined
  #isBackground = false
  #isCancelled = false

  constructor(clock: MachineClock, callback: () => void, delayMs: number) {
    this.#clock = clock
    this.#callback = callback
    this.#delay = delayMs > 0 ? Math.ceil(delayMs * NS_PER_MS) : 0
    this.refresh()
  }

  refresh(): void {
    if (this.#isCancelled) return
    this.#due = this.#clock.timeline.now() + this.#delay
    if (this.#event === undefined) this.#schedule()
  }

  cancel(): void {
    this.#isCancelled = true
    this.#event?.cancel()
    this.#event = undefined
  }

  ref(): void {
    this.#isBackground = false
    this.#event?.setBackground(false)
  }

  unref(): void {
    this.#isBackground = true
    this.#event?.setBackground(true)
  }

  #schedule(): void {
    const { timeline, gate } = this.#clock
    this.#event = timeline.schedule(this.#due - timeline.now(), this.#expire, gate, this.#isBackground)
  }

  readonly #expire = (): void => {
    this.#event = undefined
    const { timeline } = this.#clock
    if (timeline.now() < this.#due) {
      this.#schedule()
      return
    }
    timeline.wake()
    this.#inContext(this.#callback)
  }
}

const NS_PER_MS = 1e6
