// Two machines in this process's memory on one clock that the model moves: turns come by themselves, time only when it is let pass.

import { MemoryHost } from '../../src/host/memory/memory-host.ts'
import { MemoryNetwork } from '../../src/host/memory/memory-network.ts'
import type { Clock, Timer } from '../../src/host/types.ts'
import type { World } from './world.ts'

export interface MemoryWorld extends World {
  /** How many timers wait for their time, on either machine. */
  readonly armedTimers: number
}

/** Nothing between two machines of memory takes longer than a few turns; ticks and microtasks run out within each. */
const QUIET_TURNS = 3

export function memoryWorld(seed: number): MemoryWorld {
  const clock = new MovedClock()
  const network = new MemoryNetwork()
  const server = new MemoryHost({ name: 'server', network, clock, seed })
  const client = new MemoryHost({ name: 'client', network, clock, seed: seed + 1 })
  return {
    server: fn => server.run(fn),
    client: fn => client.run(fn),
    serverAddress: 'server',
    patience: 0,
    settle: () => clock.settle(),
    pass: milliseconds => clock.pass(milliseconds),
    get armedTimers() {
      return clock.armed.size
    },
    close() {},
  }
}

/** Time that passes when it is told to. */
export class MovedClock implements Clock {
  readonly armed = new Set<MovedTimer>()
  readonly #epoch = Date.now()
  #passed = 0
  #turns = 0

  now(): number {
    return this.#epoch + this.#passed
  }

  monotonic(): number {
    return this.#passed
  }

  setImmediate(callback: () => void): void {
    this.#turns++
    setImmediate(() => {
      this.#turns--
      callback()
    })
  }

  setTimer(callback: () => void, delayMs: number): Timer {
    return new MovedTimer(this, callback, delayMs)
  }

  async settle(): Promise<void> {
    for (let quiet = 0; quiet < QUIET_TURNS; quiet++) {
      if (this.#turns > 0) quiet = 0
      await new Promise(resolve => setImmediate(resolve))
    }
  }

  async pass(milliseconds: number): Promise<void> {
    const end = this.#passed + milliseconds
    for (;;) {
      const [first] = [...this.armed].sort((one, other) => one.at - other.at)
      if (first === undefined || first.at > end) break
      this.#passed = Math.max(this.#passed, first.at)
      first.fire()
      await this.settle()
    }
    this.#passed = end
  }
}

class MovedTimer implements Timer {
  at = 0
  readonly #clock: MovedClock
  readonly #callback: () => void
  readonly #delayMs: number

  constructor(clock: MovedClock, callback: () => void, delayMs: number) {
    this.#clock = clock
    this.#callback = callback
    this.#delayMs = delayMs
    this.refresh()
  }

  refresh(): void {
    this.at = this.#clock.monotonic() + this.#delayMs
    this.#clock.armed.add(this)
  }

  cancel(): void {
    this.#clock.armed.delete(this)
  }

  fire(): void {
    this.cancel()
    this.#callback()
  }

  ref(): void {}
  unref(): void {}
}
