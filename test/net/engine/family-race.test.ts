import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { FamilyRace, interleaveFamilies } from '../../../src/net/engine/family-race.ts'

/** A race that writes down what it does. */
function race(count: number, delayMs = 100): { race: FamilyRace; log: string[] } {
  const log: string[] = []
  const handler = {
    onAttempt: (index: number) => void log.push(`attempt ${index}`),
    onSlow: (index: number) => void log.push(`slow ${index}`),
    onWon: (index: number) => void log.push(`won ${index}`),
    onLost: () => void log.push('lost'),
  }
  return { race: new FamilyRace(count, delayMs, handler), log }
}

test('the next address is tried when the delay has passed, and the first one goes on', () => {
  const { race: it, log } = race(3)
  it.start(0)
  assert.equal(it.deadline, 100)
  it.expire(99)
  assert.deepEqual(log, ['attempt 0'])
  it.expire(100)
  assert.deepEqual(log, ['attempt 0', 'slow 0', 'attempt 1'])
  assert.equal(it.deadline, 200)
  it.receiveConnected(0)
  assert.deepEqual(log.slice(3), ['won 0'])
  assert.equal(it.deadline, Number.POSITIVE_INFINITY)
})

test('a failure of the latest attempt starts the next at once', () => {
  const { race: it, log } = race(2)
  it.start(0)
  it.receiveFailure(0, 10)
  assert.deepEqual(log, ['attempt 0', 'attempt 1'])
  assert.equal(it.deadline, Number.POSITIVE_INFINITY)
})

test('a failure of an earlier attempt leaves the latest its time', () => {
  const { race: it, log } = race(3)
  it.start(0)
  it.expire(100)
  it.receiveFailure(0, 150)
  assert.deepEqual(log, ['attempt 0', 'slow 0', 'attempt 1'])
  assert.equal(it.deadline, 200)
})

test('it is lost when the last of all attempts has failed, not before', () => {
  const { race: it, log } = race(2)
  it.start(0)
  it.expire(100)
  it.receiveFailure(1, 120)
  assert.ok(!it.isOver)
  it.receiveFailure(0, 500)
  assert.deepEqual(log, ['attempt 0', 'slow 0', 'attempt 1', 'lost'])
})

test('nothing is told after the end or after cancel()', () => {
  const { race: it, log } = race(2)
  it.start(0)
  it.cancel()
  it.expire(1000)
  it.receiveConnected(0)
  it.receiveFailure(0, 1000)
  assert.deepEqual(log, ['attempt 0'])
})

test('whatever happens in whatever order: each address once, one end', () => {
  fc.assert(
    fc.property(
      fc.integer({ min: 1, max: 5 }),
      fc.array(fc.record({ kind: fc.constantFrom('time', 'fail', 'connect'), index: fc.nat(4) }), { maxLength: 20 }),
      (count, steps) => {
        const { race: it, log } = race(count)
        const open = new Set<number>()
        let now = 0
        const started = () => log.filter(line => line.startsWith('attempt')).length
        it.start(now)
        for (const { kind, index } of steps) {
          for (let one = open.size; one < started(); one++) open.add(one)
          now += 50
          if (kind === 'time') it.expire(now)
          else if (index < started() && open.has(index)) {
            if (kind === 'fail') it.receiveFailure(index, now)
            else it.receiveConnected(index)
          }
        }
        const attempts = log.filter(line => line.startsWith('attempt'))
        assert.equal(new Set(attempts).size, attempts.length)
        assert.ok(attempts.length <= count)
        assert.ok(log.filter(line => /^(won|lost)/.test(line)).length <= 1)
      },
    ),
  )
})

test('families take turns, beginning with the first one, and no address comes twice', () => {
  const v4 = (address: string) => ({ address, family: 4 })
  const v6 = (address: string) => ({ address, family: 6 })
  const sorted = interleaveFamilies([v6('::1'), v6('::2'), v4('1.1.1.1'), v6('::1'), v6('::3'), v4('2.2.2.2')])
  assert.deepEqual(
    sorted.map(({ address }) => address),
    ['::1', '1.1.1.1', '::2', '2.2.2.2', '::3'],
  )
})
