// The timers of one host's clock that are still to run.

import { currentHost } from '../../../src/host/current.ts'
import type { Clock, Timer } from '../../../src/host/types.ts'

export class ArmedTimers {
  readonly #armed = new Set<object>()

  /** Counts those that the host of the running code arms from now on. */
  constructor() {
    const { clock } = currentHost()
    const setTimer = clock.setTimer.bind(clock)
    const armed = this.#armed
    const counting = (callback: () => void, delayMs: number): Timer => {
      const timer = setTimer(() => {
        armed.delete(timer)
        callback()
      }, delayMs)
      armed.add(timer)
      return {
        refresh() {
          armed.add(timer)
          timer.refresh()
        },
        cancel() {
          armed.delete(timer)
          timer.cancel()
        },
        ref: () => timer.ref(),
        unref: () => timer.unref(),
      }
    }
    Object.defineProperty(clock, 'setTimer', { value: counting satisfies Clock['setTimer'] })
  }

  get count(): number {
    return this.#armed.size
  }
}
