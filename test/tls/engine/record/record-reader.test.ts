// Bytes cut into records: however they come, whatever waits, and what that costs.

import assert from 'node:assert/strict'
import { test } from 'node:test'
import { MAX_PLAINTEXT } from '../../../../src/tls/engine/handshake-limits.ts'
import { RecordReader } from '../../../../src/tls/engine/record/record-reader.ts'
import { HANDSHAKE, HEADER_SIZE } from '../../../../src/tls/wire/records.ts'

const sizes = [1, 0, 5, 300, 2, 4000, 1, 1, 17]
const records = sizes.map((size, index) =>
  Buffer.concat([Uint8Array.of(HANDSHAKE, 3, 3, size >>> 8, size & 255), new Uint8Array(size).fill(index + 1)]),
)
const stream = Buffer.concat(records)

function take(reader: RecordReader): Buffer[] {
  const taken: Buffer[] = []
  for (let record = reader.next(MAX_PLAINTEXT); record; record = reader.next(MAX_PLAINTEXT)) {
    taken.push(Buffer.from(record))
  }
  return taken
}

/** In memory that is used again for the next piece, as a socket's may be. */
function pieces(size: number, use: (piece: Uint8Array) => void): void {
  const memory = new Uint8Array(size)
  for (let at = 0; at < stream.length; at += size) {
    const end = Math.min(at + size, stream.length)
    memory.fill(0xee)
    memory.set(stream.subarray(at, end))
    use(memory.subarray(0, end - at))
  }
}

test('records are the same in pieces of any size, taken at once or left to wait', () => {
  for (const size of [1, 2, 3, 4, 5, 6, 7, 100, 305, 4096, stream.length]) {
    const [prompt, late] = [new RecordReader(), new RecordReader()]
    const taken: Buffer[] = []
    pieces(size, piece => {
      prompt.give(piece)
      taken.push(...take(prompt))
      prompt.keep()
      late.give(piece)
      late.keep()
    })
    assert.deepEqual(taken, records)
    assert.equal(late.size, stream.length)
    assert.deepEqual(take(late), records)
    assert.equal(late.size, 0)
  }
})

test('records that were taken stay what they are while more comes', () => {
  const reader = new RecordReader()
  reader.give(stream.subarray(0, 12))
  reader.keep()
  const first = reader.next(MAX_PLAINTEXT)
  reader.give(stream.subarray(12))
  assert.deepEqual(Buffer.from(first ?? []), records[0])
  assert.deepEqual(take(reader), records.slice(1))
})

test('bytes that wait are not copied again for each that comes', () => {
  const count = 50_000
  const reader = new RecordReader()
  const { set } = Uint8Array.prototype
  let copied = 0
  Uint8Array.prototype.set = function (this: Uint8Array, from: ArrayLike<number>, at?: number) {
    copied += from.length
    set.call(this, from, at)
  }
  try {
    for (let i = 0; i < count; i++) {
      reader.give(Uint8Array.of(HANDSHAKE))
      reader.keep()
    }
  } finally {
    Uint8Array.prototype.set = set
  }
  assert.equal(reader.size, count)
  assert.ok(copied < 4 * count, `${copied} bytes were copied`)
})

test('no record is larger than it may be, by its header alone', () => {
  const reader = new RecordReader()
  reader.give(Uint8Array.of(HANDSHAKE, 3, 3, 0x40, 0))
  assert.equal(reader.next(MAX_PLAINTEXT), undefined)
  const beyond = new RecordReader()
  for (const byte of [HANDSHAKE, 3, 3, 0x40]) beyond.give(Uint8Array.of(byte))
  assert.equal(beyond.next(MAX_PLAINTEXT), undefined)
  assert.equal(beyond.size, HEADER_SIZE - 1)
  beyond.give(Uint8Array.of(1))
  assert.throws(() => beyond.next(MAX_PLAINTEXT), /packet length too long/)
})
