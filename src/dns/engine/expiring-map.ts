// Values that hold for a while, at most so many of them: the least recently used goes first. Time is an argument.

interface Entry<V> {
  readonly value: V
  readonly since: number
  readonly until: number
}

export class ExpiringMap<V> {
  readonly #maxEntries: number
  /** In the order of use: a Map keeps the order of insertion. */
  readonly #entries = new Map<string, Entry<V>>()

  constructor(maxEntries: number) {
    this.#maxEntries = maxEntries
  }

  get size(): number {
    return this.#entries.size
  }

  /** @param nowMs - of a clock that only goes forward. @returns with the value, how long it has been here */
  get(key: string, nowMs: number): { readonly value: V; readonly ageMs: number } | undefined {
    const entry = this.#entries.get(key)
    if (entry === undefined) return undefined
    this.#entries.delete(key)
    if (nowMs >= entry.until) return undefined
    this.#entries.set(key, entry)
    return { value: entry.value, ageMs: nowMs - entry.since }
  }

  /** @param holdsMs - 0 or less: nothing is kept */
  set(key: string, value: V, nowMs: number, holdsMs: number): void {
    this.#entries.delete(key)
    if (holdsMs <= 0 || this.#maxEntries <= 0) return
    if (this.#entries.size >= this.#maxEntries) this.#entries.delete(this.#entries.keys().next().value as string)
    this.#entries.set(key, { value, since: nowMs, until: nowMs + holdsMs })
  }

  clear(): void {
    this.#entries.clear()
  }
}
