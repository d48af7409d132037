// Happy Eyeballs: which address to try next, and when. RFC 8305 sections 4 and 5.
//
//   start --> attempt 0 --(delay, or failure)--> attempt 1 --(delay, or failure)--> ...   first to connect wins
//
// A later attempt starts beside an earlier one, which goes on until one of them wins or all have failed.

export interface RaceHandler {
  /** Start attempt number `index`; report back with `receiveConnected` or `receiveFailure`. */
  onAttempt(index: number): void
  /** Attempt `index` has had its delay and has not connected; the next one starts. It is still running. */
  onSlow(index: number): void
  /** `index` won; whatever else runs is to be given up. */
  onWon(index: number): void
  /** All attempts have failed. */
  onLost(): void
}

export class FamilyRace {
  readonly #count: number
  readonly #delayMs: number
  readonly #handler: RaceHandler
  #started = 0
  #failed = 0
  #isOver = false
  #deadline = Number.POSITIVE_INFINITY

  /**
   * @param count - of addresses, one at least
   * @param delayMs - how long an attempt runs alone: RFC 8305's "Connection Attempt Delay"
   */
  constructor(count: number, delayMs: number, handler: RaceHandler) {
    this.#count = count
    this.#delayMs = delayMs
    this.#handler = handler
  }

  get isOver(): boolean {
    return this.#isOver
  }

  /** When to call `expire`, on the clock whose time is passed in; Infinity: never. */
  get deadline(): number {
    return this.#deadline
  }

  start(now: number): void {
    this.#startNext(now)
  }

  receiveConnected(index: number): void {
    if (this.#isOver) return
    this.#end()
    this.#handler.onWon(index)
  }

  receiveFailure(index: number, now: number): void {
    if (this.#isOver) return
    this.#failed++
    if (this.#failed === this.#count) {
      this.#end()
      this.#handler.onLost()
    } else if (index === this.#started - 1 && this.#started < this.#count) {
      // No reason to wait for the delay once the latest attempt has failed.
      this.#startNext(now)
    }
  }

  expire(now: number): void {
    if (this.#isOver || now < this.#deadline) return
    const slow = this.#started - 1
    this.#deadline = Number.POSITIVE_INFINITY
    this.#handler.onSlow(slow)
    if (!this.#isOver) this.#startNext(now)
  }

  /** The user gave up. Nothing is called any more. */
  cancel(): void {
    this.#end()
  }

  #startNext(now: number): void {
    const index = this.#started++
    this.#deadline = this.#started < this.#count ? now + this.#delayMs : Number.POSITIVE_INFINITY
    this.#handler.onAttempt(index)
  }

  #end(): void {
    this.#isOver = true
    this.#deadline = Number.POSITIVE_INFINITY
  }
}

/** Each address once, families taking turns, beginning with the first one's: RFC 8305 section 4. */
export function interleaveFamilies<A extends { readonly address: string; readonly family: number }>(
  addresses: readonly A[],
): A[] {
  const seen = new Set<string>()
  const unique = addresses.filter(({ address }) => !seen.has(address) && seen.add(address))
  const first = unique.filter(({ family }) => family === unique[0]?.family)
  const second = unique.filter(({ family }) => family !== unique[0]?.family)
  const turns: A[] = []
  for (let index = 0; index < Math.max(first.length, second.length); index++) {
    for (const list of [first, second]) {
      const address = list[index]
      if (address) turns.push(address)
    }
  }
  return turns
}
