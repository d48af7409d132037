// Answers that still hold. Positive ones for the least TTL of all their records, negative ones as RFC 2308 section 5 says;
// the least recently used goes first. Time is an argument.

import { DEFAULT_CACHE_ENTRIES, MAX_CACHE_TTL_S, MAX_NEGATIVE_TTL_S } from './limits.ts'
import type { Outcome } from './outcome.ts'

export interface CacheOptions {
  readonly maxEntries?: number | undefined
  /** Seconds. */
  readonly maxTtl?: number | undefined
  readonly maxNegativeTtl?: number | undefined
}

export type Answer = Exclude<Outcome, { kind: 'alias' }>

interface Entry {
  readonly answer: Answer
  readonly since: number
  readonly until: number
}

export class AnswerCache {
  readonly #maxEntries: number
  readonly #maxTtl: number
  readonly #maxNegativeTtl: number
  /** In the order of use: a Map keeps the order of insertion. */
  readonly #entries = new Map<string, Entry>()

  constructor({ maxEntries, maxTtl, maxNegativeTtl }: CacheOptions = {}) {
    this.#maxEntries = maxEntries ?? DEFAULT_CACHE_ENTRIES
    this.#maxTtl = maxTtl ?? MAX_CACHE_TTL_S
    this.#maxNegativeTtl = maxNegativeTtl ?? MAX_NEGATIVE_TTL_S
  }

  get size(): number {
    return this.#entries.size
  }

  /** @param nowMs - of a clock that only goes forward; TTLs in the answer are what is left of them */
  get(key: string, nowMs: number): Answer | undefined {
    const entry = this.#entries.get(key)
    if (entry === undefined) return undefined
    this.#entries.delete(key)
    if (nowMs >= entry.until) return undefined
    this.#entries.set(key, entry)
    return aged(entry.answer, Math.floor((nowMs - entry.since) / 1000))
  }

  set(key: string, answer: Answer, nowMs: number): void {
    if (answer.ttl === undefined) return
    const ttl = Math.min(answer.ttl, answer.kind === 'records' ? this.#maxTtl : this.#maxNegativeTtl)
    this.#entries.delete(key)
    if (ttl <= 0 || this.#maxEntries <= 0) return
    if (this.#entries.size >= this.#maxEntries) this.#entries.delete(this.#entries.keys().next().value as string)
    this.#entries.set(key, { answer, since: nowMs, until: nowMs + ttl * 1000 })
  }

  clear(): void {
    this.#entries.clear()
  }
}

function aged(answer: Answer, seconds: number): Answer {
  if (answer.kind !== 'records' || seconds === 0) return answer
  return { ...answer, records: answer.records.map(record => ({ ...record, ttl: record.ttl - seconds })) }
}
