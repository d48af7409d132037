// Limits the rate of frames that are cheap for the peer and cost us some work each: a burst, and a tenth of it per second.
// Each bucket is made with its first frame, so that a well-behaved session has none.

import type { SessionLimits } from '../engine-limits.ts'
import { RateLimit } from './rate-limit.ts'

export type Flood =
  | 'pingBurst'
  | 'settingsBurst'
  | 'priorityBurst'
  | 'emptyFrameBurst'
  | 'tinyWindowUpdateBurst'
  | 'tableSizeChangeBurst'
  | 'announcementBurst'
  | 'streamResetBurst'

export class FloodGuard {
  readonly #limits: SessionLimits
  #buckets: Partial<Record<Flood, RateLimit>> | undefined = undefined

  constructor(limits: SessionLimits) {
    this.#limits = limits
  }

  /** @returns false if the limit is exceeded */
  allow(flood: Flood, now: number): boolean {
    this.#buckets ??= {}
    this.#buckets[flood] ??= this.#bucket(flood)
    return this.#buckets[flood].allow(now)
  }

  #bucket(flood: Flood): RateLimit {
    const burst = this.#limits[flood]
    return new RateLimit(burst, flood === 'streamResetBurst' ? this.#limits.streamResetRate : burst / 10)
  }
}
