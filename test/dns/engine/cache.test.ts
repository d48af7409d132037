import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { type Answer, AnswerCache } from '../../../src/dns/engine/cache.ts'

function answer(ttl: number): Answer {
  return { kind: 'records', ttl, records: [{ name: 'a', type: 'A', class: 1, ttl, address: '192.0.2.1' }] }
}

function ttlOf(found: Answer | undefined): number | undefined {
  return found?.kind === 'records' ? found.records[0]?.ttl : undefined
}

describe('AnswerCache', () => {
  it('keeps an answer as long as it holds, and says how long that still is', () => {
    const cache = new AnswerCache()
    cache.set('a', answer(10), 0)
    assert.equal(ttlOf(cache.get('a', 3500)), 7)
    assert.equal(ttlOf(cache.get('a', 9999)), 1)
    assert.equal(cache.get('a', 10_000), undefined)
    assert.equal(cache.size, 0)
  })

  it('keeps negative answers with a TTL alone, and no longer than three hours', () => {
    const cache = new AnswerCache()
    cache.set('none', { kind: 'failure', code: 'ESERVFAIL' }, 0)
    cache.set('zero', answer(0), 0)
    cache.set('negative', { kind: 'failure', code: 'ENOTFOUND', ttl: 99_999 }, 0)
    assert.equal(cache.size, 1)
    assert.notEqual(cache.get('negative', 10_799_999), undefined)
    assert.equal(cache.get('negative', 10_800_000), undefined)
  })

  it('lets go of what was used least recently', () => {
    const cache = new AnswerCache({ maxEntries: 2 })
    cache.set('a', answer(10), 0)
    cache.set('b', answer(10), 0)
    cache.get('a', 0)
    cache.set('c', answer(10), 0)
    assert.deepEqual(
      ['a', 'b', 'c'].map(key => cache.get(key, 0) !== undefined),
      [true, false, true],
    )
  })
})
