import assert from 'node:assert/strict'
import { test } from 'node:test'
import { formatDuration, parseDuration, parseProbability, parseRate, parseSize } from '../../src/sim/units.ts'

test('durations', () => {
  const cases: [unknown, number][] = [
    ['2ms', 2e6],
    ['1.5s', 1.5e9],
    ['250 us', 250e3],
    ['1h', 3600e9],
    ['2m', 120e9],
    [5, 5e6],
    ['0ms', 0],
  ]
  for (const [text, nanoseconds] of cases) assert.equal(parseDuration(text, 'latency'), nanoseconds, String(text))
})

test('rates and sizes', () => {
  assert.equal(parseRate('100mbit', 'bandwidth'), 1e8)
  assert.equal(parseRate('1.5Gbit/s', 'bandwidth'), 1.5e9)
  assert.equal(parseRate(9600, 'bandwidth'), 9600)
  assert.equal(parseRate('unlimited', 'bandwidth'), Number.POSITIVE_INFINITY)
  assert.equal(parseSize('64kb', 'queue'), 65536)
  assert.equal(parseProbability(0.5, 'loss'), 0.5)
})

test('what is no such thing is refused by name', () => {
  const invalid = { code: 'ERR_INVALID_ARG_VALUE' }
  assert.throws(() => parseDuration('soon', 'latency'), {
    ...invalid,
    message: `The argument 'latency' must be a duration such as "2ms", "1.5s" or "1h". Received 'soon'`,
  })
  assert.throws(() => parseDuration('-5ms', 'latency'), { ...invalid, message: /'latency' must not be negative/ })
  assert.throws(() => parseRate('-1mbit', 'options.bandwidth'), {
    ...invalid,
    message: /property 'options.bandwidth' must not be negative/,
  })
  assert.throws(() => parseRate('100mbps', 'bandwidth'), { ...invalid, message: /must be a rate such as/ })
  assert.throws(() => parseRate(0, 'bandwidth'), { ...invalid, message: /must be above zero/ })
  assert.throws(() => parseProbability(2, 'loss'), { ...invalid, message: /must be a probability between 0 and 1/ })
  assert.throws(() => parseProbability('2%', 'loss'), { code: 'ERR_INVALID_ARG_TYPE' })
  assert.throws(() => parseDuration(undefined, 'for'), { code: 'ERR_INVALID_ARG_TYPE' })
  assert.throws(() => parseDuration(Number.NaN, 'for'), invalid)
})

test('spans as text', () => {
  assert.deepEqual([0, 999, 12_250, 80e6, 1.5e9, 5400e9].map(formatDuration), [
    '0 ns',
    '999 ns',
    '12.25 us',
    '80 ms',
    '1.5 s',
    '1.5 h',
  ])
})
