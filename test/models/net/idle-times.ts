// The model of setTimeout(): 'timeout' comes once, when an open socket has been idle for so long, and not before.

import assert from 'node:assert/strict'
import type { EndRef } from './acts.ts'
import type { End } from './ends.ts'

type TimedAct =
  | { readonly kind: 'timeout'; readonly end: EndRef; readonly milliseconds: number }
  | { readonly kind: 'pass'; readonly milliseconds: number }

/** Whose sockets are watched. */
interface Watched<Act> {
  readonly clients: readonly End[]
  readonly accepted: readonly End[]
  end(ref: EndRef): End | undefined
  run(acts: readonly Act[]): Promise<void>
}

/** Two clocks of one run agree to this: what settling takes. */
const TOLERANCE_MS = 40

interface Watch {
  /** 0: none. */
  milliseconds: number
  /** How long it has been idle, at least and at most. */
  least: number
  most: number
  expected: { least: number; most: number }
  activity: number
  hasFired: boolean
}

/**
 * Time is counted in what the acts let pass. Activity is what the stage sees of it: bytes that arrive or are written. Each 'pass' is
 * longer than the tolerance, so that whether a time-out was due is nearly always certain; where it is not, both are right.
 */
export class IdleTimes<Act extends { readonly kind: string }> {
  readonly #stage: Watched<Act | TimedAct>
  readonly #watches = new Map<End, Watch>()

  constructor(stage: Watched<Act | TimedAct>) {
    this.#stage = stage
  }

  async run(act: Act | TimedAct): Promise<void> {
    const before = new Map(this.#all().map(end => [end, activityOf(end)]))
    if (isTimed(act) && act.kind === 'timeout') {
      const end = this.#stage.end(act.end)
      if (end !== undefined && !end.socket.destroyed) this.#set(end, act.milliseconds)
    }
    const fired = new Map(this.#all().map(end => [end, end.count('timeout')]))
    await this.#stage.run([act])
    const passed = isTimed(act) && act.kind === 'pass' ? act.milliseconds : 0
    for (const [end, watch] of this.#watches) {
      if (activityOf(end) !== before.get(end) && act.kind !== 'pass') {
        watch.least = 0
        watch.most = 0
        watch.hasFired = false
        continue
      }
      watch.least += passed
      watch.most += passed + TOLERANCE_MS
      const times = end.count('timeout') - (fired.get(end) ?? 0)
      this.#judge(end, watch, times)
    }
  }

  check(): void {
    for (const end of this.#all()) {
      if (!this.#watches.has(end)) assert.equal(end.count('timeout'), 0, `${end.name}: a time-out that nobody set`)
    }
  }

  #judge(end: End, watch: Watch, times: number): void {
    const { milliseconds } = watch
    if (milliseconds === 0 || watch.hasFired) {
      assert.equal(times, 0, `${end.name}: a time-out of ${milliseconds} ms too many`)
      return
    }
    if (end.socket.destroyed) return
    if (watch.least >= milliseconds + TOLERANCE_MS)
      assert.equal(times, 1, `${end.name}: ${milliseconds} ms have passed in silence`)
    else if (watch.most < milliseconds) assert.equal(times, 0, `${end.name}: ${milliseconds} ms have not passed`)
    if (times > 0) watch.hasFired = true
  }

  #set(end: End, milliseconds: number): void {
    this.#watches.set(end, {
      milliseconds,
      least: 0,
      most: 0,
      expected: { least: 0, most: 0 },
      activity: activityOf(end),
      hasFired: false,
    })
  }

  #all(): End[] {
    return [...this.#stage.clients, ...this.#stage.accepted]
  }
}

function isTimed(act: { readonly kind: string }): act is TimedAct {
  return act.kind === 'timeout' || act.kind === 'pass'
}

function activityOf(end: End): number {
  // A paused socket has read what nobody has received yet.
  return (
    end.sent +
    end.received +
    end.socket.bytesRead +
    end.log.filter(event => event !== 'timeout' && event !== 'finish').length
  )
}
