// Answers that still hold. Positive ones for the least TTL of all their records, negative ones as RFC 2308 section 5 says;
// the least recently used goes first. Time is an argument.

import { ExpiringMap } from './expiring-map.ts'
import type { Outcome } from './outcome.ts'
import { DEFAULT_CACHE_ENTRIES, MAX_CACHE_TTL_S, MAX_NEGATIVE_TTL_S } from './query-limits.ts'

export interface CacheOptions {
  readonly maxEntries?: number | undefined
  /** Seconds. */
  readonly maxTtl?: number | undefined
  readonly maxNegativeTtl?: number | undefined
}

export type Answer = Exclude<Outcome, { kind: 'alias' }>

export class AnswerCache {
  readonly #maxTtl: number
  readonly #maxNegativeTtl: number
  readonly #answers: ExpiringMap<Answer>

  constructor({ maxEntries, maxTtl, maxNegativeTtl }: CacheOptions = {}) {
    this.#answers = new ExpiringMap(maxEntries ?? DEFAULT_CACHE_ENTRIES)
    this.#maxTtl = maxTtl ?? MAX_CACHE_TTL_S
    this.#maxNegativeTtl = maxNegativeTtl ?? MAX_NEGATIVE_TTL_S
  }

  get size(): number {
    return this.#answers.size
  }

  /** @param nowMs - of a clock that only goes forward; TTLs in the answer are what is left of them */
  get(key: string, nowMs: number): Answer | undefined {
    const known = this.#answers.get(key, nowMs)
    return known && aged(known.value, Math.floor(known.ageMs / 1000))
  }

  set(key: string, answer: Answer, nowMs: number): void {
    if (answer.ttl === undefined) return
    const ttl = Math.min(answer.ttl, answer.kind === 'records' ? this.#maxTtl : this.#maxNegativeTtl)
    this.#answers.set(key, answer, nowMs, ttl * 1000)
  }

  clear(): void {
    this.#answers.clear()
  }
}

function aged(answer: Answer, seconds: number): Answer {
  if (answer.kind !== 'records' || seconds === 0) return answer
  return { ...answer, records: answer.records.map(record => ({ ...record, ttl: record.ttl - seconds })) }
}
