// The scoreboard of selective acknowledgments, against a plain model and by RFC 6675's rules.

import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { Reassembly } from '../../../../src/sim/engine/tcp/reassembly.ts'
import { Scoreboard } from '../../../../src/sim/engine/tcp/scoreboard.ts'

test('what is added, in any order and with any overlap, is a set of bytes', () => {
  const range = fc.tuple(fc.nat(60), fc.integer({ min: 1, max: 12 }))
  fc.assert(
    fc.property(fc.array(range, { maxLength: 20 }), fc.nat(40), (ranges, released) => {
      const board = new Scoreboard()
      const model = new Set<number>()
      for (const [from, length] of ranges) {
        board.add(from, from + length)
        for (let at = from; at < from + length; at++) model.add(at)
      }
      board.release(released)
      const left = [...model].filter(at => at >= released)
      // Segments so large that nothing counts as lost: all bytes that are acknowledged in neither way are in flight.
      assert.equal(board.pipe(released, 100, 1000), 100 - released - left.length)
      for (let offset = released; offset < 80; offset++) {
        let expected = offset
        while (left.includes(expected)) expected++
        assert.equal(board.gapFrom(offset).from, expected)
      }
    }),
  )
})

test('a hole is lost with more than two segments above it, and is to be retransmitted once', () => {
  const board = new Scoreboard()
  board.add(10, 20)
  assert.equal(board.lostBefore(10), 0)
  board.add(30, 50)
  assert.equal(board.lostBefore(10), 10)
  board.beginRecovery(0)
  assert.equal(board.pipe(0, 100, 10), 100 - 30 - 10)
  assert.deepEqual(board.nextHole(0, 10, false), { from: 0, to: 10 })
  board.resent(10)
  assert.equal(board.nextHole(0, 10, false), undefined, 'the second hole has too little above it')
  assert.equal(board.pipe(0, 100, 10), 100 - 30)
  board.add(60, 70)
  assert.deepEqual(board.nextHole(0, 10, false), { from: 20, to: 30 })
})

test('three duplicates without selective acknowledgments: the first segment is retransmitted', () => {
  const board = new Scoreboard()
  board.beginRecovery(0)
  assert.deepEqual(board.nextHole(0, 10, true), { from: 0, to: Number.POSITIVE_INFINITY })
  assert.equal(board.nextHole(0, 10, false), undefined)
})

test('the receiver reports the ranges beyond a gap, the one that grew last first', () => {
  const received = new Reassembly()
  for (const from of [30, 10, 50, 40, 12]) received.insert(from, new Uint8Array(from === 12 ? 1 : 2))
  assert.deepEqual(received.outOfOrderRanges(3), [
    { from: 10, to: 13 },
    { from: 30, to: 32 },
    { from: 40, to: 42 },
  ])
  received.insert(32, new Uint8Array(8))
  assert.deepEqual(received.outOfOrderRanges(1), [{ from: 30, to: 42 }])
  received.insert(0, new Uint8Array(10))
  assert.equal(received.next, 13)
  assert.deepEqual(received.outOfOrderRanges(3), [
    { from: 30, to: 42 },
    { from: 50, to: 52 },
  ])
})
