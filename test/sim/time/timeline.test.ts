import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { Gate, Timeline } from '../../../src/sim/time/timeline.ts'

test('events run by their instant, and in the order of scheduling where instants are equal', () => {
  const timeline = new Timeline()
  const ran: string[] = []
  timeline.schedule(20, () => ran.push('later'))
  timeline.schedule(10, () => ran.push('first'))
  timeline.schedule(10, () => ran.push('second'))
  while (timeline.runNext());
  assert.deepEqual(ran, ['first', 'second', 'later'])
  assert.equal(timeline.now(), 20)
})

test('any mixture of scheduling, cancelling and running keeps the order', () => {
  const step = fc.oneof(
    fc.record({ kind: fc.constant('schedule'), after: fc.integer({ min: -5, max: 30 }) }),
    fc.record({ kind: fc.constant('cancel'), after: fc.nat(200) }),
    fc.record({ kind: fc.constant('run'), after: fc.constant(0) }),
  )
  fc.assert(
    fc.property(fc.array(step, { maxLength: 300 }), steps => {
      const timeline = new Timeline()
      const expected: { at: number; id: number }[] = []
      const ran: number[] = []
      const events: { cancel(): void }[] = []
      const runOne = () => {
        expected.sort((one, other) => one.at - other.at || one.id - other.id)
        const next = expected.shift()
        assert.equal(timeline.runNext(), next !== undefined)
        if (next !== undefined) assert.deepEqual([ran.at(-1), timeline.now()], [next.id, next.at])
      }
      for (const { kind, after } of steps) {
        if (kind === 'schedule') {
          const id = events.length
          events.push(timeline.schedule(after, () => ran.push(id)))
          expected.push({ at: timeline.now() + Math.max(0, after), id })
        } else if (kind === 'cancel') {
          events[after]?.cancel()
          const index = expected.findIndex(({ id }) => id === after)
          if (index >= 0) expected.splice(index, 1)
        } else runOne()
        assert.equal(timeline.size, expected.length)
        assert.equal(timeline.foregroundCount, expected.length)
      }
      while (expected.length > 0) runOne()
      runOne()
    }),
  )
})

test('what is scheduled for the past, or for no time at all, runs now', () => {
  const timeline = new Timeline()
  timeline.schedule(100, () => {})
  timeline.runNext()
  const ran: string[] = []
  timeline.schedule(-50, () => ran.push('past'))
  timeline.schedule(Number.NaN, () => ran.push('NaN'))
  while (timeline.runNext());
  assert.deepEqual(ran, ['past', 'NaN'])
  assert.equal(timeline.now(), 100)
})

test('a held gate keeps its events until it is released; a shut one drops them', () => {
  const timeline = new Timeline()
  const gate = new Gate()
  const ran: string[] = []
  timeline.schedule(10, () => ran.push('one'), gate)
  timeline.schedule(20, () => ran.push('two'), gate)
  const cancelled = timeline.schedule(30, () => ran.push('cancelled'), gate)
  timeline.schedule(40, () => ran.push('other'))
  gate.hold()
  while (timeline.runNext());
  assert.deepEqual(ran, ['other'])
  cancelled.cancel()
  gate.release(timeline)
  while (timeline.runNext());
  assert.deepEqual(ran, ['other', 'one', 'two'])
  assert.equal(timeline.now(), 40)
  assert.equal(timeline.foregroundCount, 0)

  timeline.schedule(1, () => ran.push('never'), gate)
  gate.shut()
  gate.release(timeline)
  while (timeline.runNext());
  assert.deepEqual(ran, ['other', 'one', 'two'])
})

test('background events do not count as something that somebody waits for', () => {
  const timeline = new Timeline()
  const event = timeline.schedule(10, () => {}, undefined, true)
  assert.equal(timeline.foregroundCount, 0)
  event.setBackground(false)
  assert.equal(timeline.foregroundCount, 1)
  event.setBackground(true)
  event.cancel()
  event.cancel()
  assert.equal(timeline.foregroundCount, 0)
  assert.equal(timeline.runNext(), false)
})

test('time does not pass what is scheduled', () => {
  const timeline = new Timeline()
  timeline.schedule(10, () => {})
  timeline.advanceTo(50)
  assert.equal(timeline.now(), 10)
  timeline.runNext()
  timeline.advanceTo(50)
  timeline.advanceTo(20)
  assert.equal(timeline.now(), 50)
})
