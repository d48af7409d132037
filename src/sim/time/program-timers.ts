// setTimeout, setInterval, setImmediate of a program on a simulated machine: Node's functions and objects, on the
// machine's clock. Node's documentation, "Timers".

import { TIMEOUT_MAX } from '../../core/durations.ts'
import { codedError } from '../../core/errors.ts'
import { validateFunction } from '../../core/validate.ts'
import type { Timer } from '../../host/types.ts'
import type { MachineClock } from './machine-clock.ts'
import type { TimelineEvent } from './timeline.ts'

type Callback = (...args: unknown[]) => void

/** The object that setTimeout and setInterval return. */
export class Timeout {
  _idleTimeout: number
  _onTimeout: Callback | null
  _repeat: number | null
  readonly #args: readonly unknown[]
  readonly #clock: MachineClock
  #timer: Timer | undefined
  #hasRef = true
  #id: number | undefined

  constructor(clock: MachineClock, callback: Callback, delayMs: number, args: readonly unknown[], repeats: boolean) {
    this.#clock = clock
    this.#args = args
    this._idleTimeout = delayMs
    this._onTimeout = callback
    this._repeat = repeats ? delayMs : null
    this.#start()
  }

  ref(): this {
    this.#hasRef = true
    this.#timer?.ref()
    return this
  }

  unref(): this {
    this.#hasRef = false
    this.#timer?.unref()
    return this
  }

  hasRef(): boolean {
    return this.#hasRef
  }

  /** Restarts the timer, also if it has run; not if it was cleared. */
  refresh(): this {
    if (this._onTimeout === null) return this
    if (this.#timer === undefined) this.#start()
    else this.#timer.refresh()
    return this
  }

  close(): this {
    this._onTimeout = null
    this.#timer?.cancel()
    this.#timer = undefined
    if (this.#id !== undefined) numbered.delete(this.#id)
    return this
  }

  /** A number that clearTimeout takes in its place. */
  [Symbol.toPrimitive](): number {
    this.#id ??= ++lastId
    numbered.set(this.#id, this)
    return this.#id
  }

  [Symbol.dispose](): void {
    this.close()
  }

  #start(): void {
    this.#timer = this.#clock.setTimer(() => this.#expire(), this._idleTimeout)
    if (!this.#hasRef) this.#timer.unref()
  }

  #expire(): void {
    const timer = this.#timer
    const callback = this._onTimeout
    if (this._repeat === null && this.#id !== undefined) numbered.delete(this.#id)
    try {
      if (callback !== null) Reflect.apply(callback, this, this.#args)
    } finally {
      // The callback may have cleared or restarted it.
      if (this._repeat !== null && this._onTimeout !== null && this.#timer === timer) timer?.refresh()
    }
  }
}

/** The object that setImmediate returns. */
export class Immediate {
  _onImmediate: Callback | null
  readonly #event: TimelineEvent
  #hasRef = true

  constructor(clock: MachineClock, callback: Callback, args: readonly unknown[]) {
    this._onImmediate = callback
    this.#event = clock.schedule(0, () => {
      const run = this._onImmediate
      this._onImmediate = null
      if (run !== null) Reflect.apply(run, this, args)
    })
  }

  ref(): this {
    this.#hasRef = true
    this.#event.setBackground(false)
    return this
  }

  unref(): this {
    this.#hasRef = false
    this.#event.setBackground(true)
    return this
  }

  hasRef(): boolean {
    return this.#hasRef
  }

  cancel(): void {
    this._onImmediate = null
    this.#event.cancel()
  }

  [Symbol.dispose](): void {
    this.cancel()
  }
}

export function setTimeout(clock: MachineClock, callback: unknown, delay: unknown, args: readonly unknown[]): Timeout {
  validateFunction(callback, 'callback')
  return new Timeout(clock, callback as Callback, milliseconds(delay), args, false)
}

export function setInterval(clock: MachineClock, callback: unknown, delay: unknown, args: readonly unknown[]): Timeout {
  validateFunction(callback, 'callback')
  return new Timeout(clock, callback as Callback, milliseconds(delay), args, true)
}

export function setImmediate(clock: MachineClock, callback: unknown, args: readonly unknown[]): Immediate {
  validateFunction(callback, 'callback')
  return new Immediate(clock, callback as Callback, args)
}

/** A timer of ours, by the object or its number; undefined for the runtime's. */
export function timeoutOf(value: unknown): Timeout | undefined {
  if (value instanceof Timeout) return value
  if (typeof value !== 'number' && typeof value !== 'string') return undefined
  return numbered.get(Number(value))
}

/** Aborts after the delay, as AbortSignal.timeout does. */
export function abortAfter(clock: MachineClock, delay: unknown): AbortSignal {
  if (typeof delay !== 'number' || !(delay >= 0)) {
    throw codedError(RangeError, 'ERR_OUT_OF_RANGE', `The value of "delay" is out of range. Received ${String(delay)}`)
  }
  const controller = new AbortController()
  const timer = clock.setTimer(() => {
    controller.abort(new DOMException('The operation was aborted due to timeout', 'TimeoutError'))
  }, delay)
  timer.unref()
  return controller.signal
}

/** Node's rule: whole milliseconds, at least one; an invalid delay counts as one. */
function milliseconds(delay: unknown): number {
  const ms = Number(delay)
  if (!(ms >= 1 && ms <= TIMEOUT_MAX)) return 1
  return Math.trunc(ms)
}

/** A range of numbers separate from the runtime's, which count from one. */
let lastId = 2 ** 40
const numbered = new Map<number, Timeout>()
