// Real time, through the runtime's own timers.

import { performance } from 'node:perf_hooks'
import type { Clock, Timer } from '../types.ts'

// Taken once, so that a program that replaces the globals (fake timers) does not affect the stack.
const { setTimeout, clearTimeout, setImmediate } = globalThis

export class RuntimeClock implements Clock {
  now(): number {
    return Date.now()
  }

  monotonic(): number {
    return performance.now()
  }

  setTimer(callback: () => void, delayMs: number): Timer {
    return new RuntimeTimer(callback, delayMs)
  }

  setImmediate(callback: () => void): void {
    setImmediate(callback)
  }
}

class RuntimeTimer implements Timer {
  readonly #timeout: NodeJS.Timeout

  constructor(callback: () => void, delayMs: number) {
    this.#timeout = setTimeout(callback, delayMs)
  }

  refresh(): void {
    this.#timeout.refresh()
  }

  cancel(): void {
    clearTimeout(this.#timeout)
  }

  ref(): void {
    this.#timeout.ref()
  }

  unref(): void {
    this.#timeout.unref()
  }
}
