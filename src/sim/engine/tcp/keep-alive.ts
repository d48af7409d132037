// Keep-alive: a peer that has sent nothing for a while is probed, and given up after so many probes without an answer. RFC 1122
// section 4.2.3.6.

import type { Nanoseconds } from '../../types.ts'
import { NEVER, type TcpTimers } from './timers.ts'

export interface KeepAliveSettings {
  /** From the last segment to the first probe. */
  readonly idle: Nanoseconds
  /** From one probe to the next. */
  readonly interval: Nanoseconds
  /** How many unanswered probes are sent. */
  readonly probes: number
}

export class KeepAlive {
  readonly #timers: TcpTimers
  #settings = off
  #unanswered = 0

  constructor(timers: TcpTimers) {
    this.#timers = timers
  }

  /** @param settings - undefined: off */
  set(settings: KeepAliveSettings | undefined, now: Nanoseconds): void {
    this.#settings = settings ?? off
    this.#restart(now)
  }

  /** A segment has arrived. */
  onSegment(now: Nanoseconds): void {
    if (this.#settings !== off) this.#restart(now)
  }

  /** The timer has expired. @returns false: no more probes, the peer is gone */
  countProbe(now: Nanoseconds): boolean {
    const { interval, probes } = this.#settings
    this.#timers.keepAliveAt = now + interval
    return this.#unanswered++ < probes
  }

  #restart(now: Nanoseconds): void {
    this.#unanswered = 0
    this.#timers.keepAliveAt = now + this.#settings.idle
  }
}

const off: KeepAliveSettings = { idle: NEVER, interval: NEVER, probes: 0 }
