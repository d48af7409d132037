// The callbacks that wait for acknowledgements of a session's SETTINGS and PINGs, and since when. The peer acknowledges each
// kind in the order in which the frames were sent: RFC 9113 sections 6.5.3 and 6.7.

import type { Clock } from '../../host/types.ts'

/** @param durationMs - the time until the acknowledgement; undefined if the session ended before it */
export type Acknowledged = (durationMs: number | undefined) => void
export type Ponged = (durationMs: number | undefined, payload: Buffer | undefined) => void

interface Awaited<Done> {
  readonly since: number
  readonly done: Done
}

export class AwaitedAnswers {
  readonly #clock: Clock
  readonly #settings: Awaited<Acknowledged>[] = []
  readonly #pings: Awaited<Ponged>[] = []

  constructor(clock: Clock) {
    this.#clock = clock
  }

  awaitSettings(since: number, done: Acknowledged): void {
    this.#settings.push({ since, done })
  }

  awaitPing(since: number, done: Ponged): void {
    this.#pings.push({ since, done })
  }

  settingsAcknowledged(): void {
    const awaited = this.#settings.shift()
    awaited?.done(this.#clock.monotonic() - awaited.since)
  }

  pingAcknowledged(payload: Buffer): void {
    const awaited = this.#pings.shift()
    awaited?.done(this.#clock.monotonic() - awaited.since, payload)
  }

  /** The session has ended: calls all waiting callbacks, each in its own turn, because one may throw. */
  cancel(): void {
    for (const { done } of this.#pings.splice(0)) this.#clock.setImmediate(() => done(undefined, undefined))
    for (const { done } of this.#settings.splice(0)) this.#clock.setImmediate(() => done(undefined))
  }
}
