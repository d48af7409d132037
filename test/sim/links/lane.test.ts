import assert from 'node:assert/strict'
import { test } from 'node:test'
import { type LinkConditions, readConditions } from '../../../src/sim/links/conditions.ts'
import { type FrameCodec, Lane } from '../../../src/sim/links/lane.ts'
import { randomFor } from '../../../src/sim/randomness.ts'
import { Timeline } from '../../../src/sim/time/timeline.ts'
import type { Frame } from '../../../src/sim/types.ts'

/** Frames of a number, 1,000 bytes each. */
function frame(number: number): Frame {
  const bytes = Uint8Array.of(number >> 8, number & 0xff)
  return {
    source: '02:00:00:00:00:01',
    destination: '02:00:00:00:00:02',
    payload: { kind: 'opaque', etherType: 0x88b5, bytes },
  }
}

const codec: FrameCodec = {
  length: () => 1000,
  encode: ({ payload }) => (payload.kind === 'opaque' ? payload.bytes : new Uint8Array()),
  decode: bytes => ({ ...frame(0), payload: { kind: 'opaque', etherType: 0x88b5, bytes } }),
}

function lane(conditions: LinkConditions, seed = 1) {
  const timeline = new Timeline()
  const arrived: { number: number; at: number }[] = []
  const tested = new Lane(timeline, randomFor(seed, 'lane'), codec, ({ payload }) => {
    const { bytes } = payload as { bytes: Uint8Array }
    arrived.push({ number: ((bytes[0] as number) << 8) | (bytes[1] as number), at: timeline.now() })
  })
  tested.conditions = readConditions(conditions)
  const finish = () => {
    while (timeline.runNext());
    return arrived
  }
  return { tested, timeline, finish, numbers: () => finish().map(({ number }) => number) }
}

const upTo = (count: number) => Array.from({ length: count }, (_, index) => index)

test('latency', () => {
  const { tested, finish } = lane({ latency: '2ms' })
  tested.send(frame(7))
  assert.deepEqual(finish(), [{ number: 7, at: 2e6 }])
})

test('without any condition a frame arrives at once, and from within the call only where that is allowed', () => {
  const { tested, timeline, numbers } = lane({})
  tested.send(frame(1), true)
  assert.equal(timeline.size, 0)
  tested.send(frame(2))
  assert.equal(timeline.size, 1)
  assert.deepEqual(numbers(), [1, 2])
})

test('bandwidth: frames leave one after the other', () => {
  const { tested, finish } = lane({ bandwidth: '1mbit', latency: '10ms' })
  for (const number of upTo(3)) tested.send(frame(number))
  // 8,000 bits each.
  assert.deepEqual(
    finish().map(({ at }) => at / 1e6),
    [18, 26, 34],
  )
})

test('a full queue drops what comes last', () => {
  const { tested, numbers } = lane({ bandwidth: '1mbit', queue: 2 })
  for (const number of upTo(5)) tested.send(frame(number))
  // One is leaving, two wait.
  assert.deepEqual(numbers(), [0, 1, 2])
  assert.equal(tested.counts.overflowed, 2)
})

test('the queue empties as time goes by', () => {
  const { tested, timeline, numbers } = lane({ bandwidth: '1mbit', queue: 2 })
  for (const number of upTo(200)) timeline.schedule(number * 8e6, () => tested.send(frame(number)))
  assert.deepEqual(numbers(), upTo(200))
})

test('jitter keeps the order', () => {
  const { tested, timeline, finish } = lane({ latency: '5ms', jitter: '5ms' })
  for (const number of upTo(200)) timeline.schedule(number * 1e5, () => tested.send(frame(number)))
  const arrived = finish()
  assert.deepEqual(
    arrived.map(({ number }) => number),
    upTo(200),
  )
  const delays = arrived.map(({ number, at }) => at - number * 1e5)
  assert.ok(Math.min(...delays) >= 5e6 && Math.max(...delays) <= 10e6 && new Set(delays).size > 50)
})

test('loss, duplication, corruption and reordering come about as often as they were asked for', () => {
  const count = 10_000
  for (const condition of ['loss', 'duplication', 'corruption', 'reordering'] as const) {
    const { tested, timeline, numbers } = lane({ [condition]: 0.1, latency: '1ms' })
    for (const number of upTo(count)) timeline.schedule(number * 1e5, () => tested.send(frame(number)))
    const arrived = numbers()
    const { lost, duplicated, corrupted, reordered } = tested.counts
    const happened = { loss: lost, duplication: duplicated, corruption: corrupted, reordering: reordered }
    for (const [name, times] of Object.entries(happened)) {
      assert.ok(name === condition ? times > 800 && times < 1200 : times === 0, `${condition}: ${times} ${name}`)
    }
    assert.equal(arrived.length, count - lost + duplicated)
    const overtaken = arrived.filter((number, index) => index > 0 && number < (arrived[index - 1] as number)).length
    assert.equal(overtaken > 500, condition === 'reordering' || condition === 'corruption')
  }
})

test('corruption turns one bit over, and leaves the frame that was sent as it was', () => {
  const { tested, numbers } = lane({ corruption: 1 })
  const sent = frame(0)
  tested.send(sent)
  const [received] = numbers()
  assert.equal(Math.log2(received as number) % 1, 0)
  assert.deepEqual(sent, frame(0))
})

test('a link that is down lets nothing pass; what is under way arrives', () => {
  const { tested, timeline, numbers } = lane({ latency: '5ms' })
  tested.send(frame(1))
  timeline.schedule(1e6, () => {
    tested.conditions = readConditions({ up: false }, tested.conditions)
    tested.send(frame(2))
    tested.conditions = readConditions({ up: true }, tested.conditions)
    tested.send(frame(3))
  })
  assert.deepEqual(numbers(), [1, 3])
})

test('the same seed draws the same', () => {
  const run = (seed: number) => {
    const { tested, finish } = lane({ loss: 0.3, jitter: '1ms', reordering: 0.1, duplication: 0.1 }, seed)
    for (const number of upTo(100)) tested.send(frame(number))
    return finish()
  }
  assert.deepEqual(run(5), run(5))
  assert.notDeepEqual(run(5), run(6))
})

test('wrong conditions are refused by name', () => {
  const invalid = { code: 'ERR_INVALID_ARG_VALUE' }
  assert.throws(() => readConditions({ bandwidth: '-1mbit' }), {
    ...invalid,
    message: /'bandwidth' must not be negative/,
  })
  assert.throws(() => readConditions({ loss: 1.5 }), { ...invalid, message: /'loss' must be a probability/ })
  assert.throws(() => readConditions({ queue: -1 }), { code: 'ERR_OUT_OF_RANGE' })
  assert.throws(() => readConditions({ lag: '5ms' } as LinkConditions), {
    ...invalid,
    message: /'conditions.lag' is unknown: there are latency, jitter/,
  })
})
