// Frames that cost the peer next to nothing and us a little each: so many at once, and a tenth of that each second.
// A bucket is made with its first frame: a session that behaves has none.

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

  /** False: one too many. */
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
