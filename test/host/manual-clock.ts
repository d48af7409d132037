// A clock on which nothing happens before the test says so.

import type { Clock, Timer } from '../../src/host/types.ts'

export class ManualClock implements Clock {
  readonly #turns: (() => void)[] = []

  now(): number {
    return 0
  }

  monotonic(): number {
    return 0
  }

  setImmediate(callback: () => void): void {
    this.#turns.push(callback)
  }

  setTimer(): Timer {
    throw new Error('no timers on this clock')
  }

  /** @returns whether there was one to run */
  runTurn(): boolean {
    const turn = this.#turns.shift()
    turn?.()
    return turn !== undefined
  }

  /** Runs turns until none is left. */
  runAll(): void {
    let turns = 0
    while (this.runTurn()) if (turns++ > 10_000) throw new Error('it never comes to rest')
  }
}
