// Messages on a stream: RFC 7766 section 8.

import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import fc from 'fast-check'
import { FrameReader, frameMessage } from '../../../src/dns/wire/framing.ts'

describe('FrameReader', () => {
  it('gives the messages of a stream, however it is cut', () => {
    const property = fc.property(
      fc.array(fc.uint8Array({ maxLength: 600, size: 'max' }), { maxLength: 8 }),
      fc.array(fc.integer({ min: 1, max: 400 }), { minLength: 1 }),
      (messages, cuts) => {
        const stream = Buffer.concat(messages.map(frameMessage))
        const reader = new FrameReader()
        const got: Uint8Array[] = []
        for (let at = 0, i = 0; at < stream.length; i++) {
          const end = at + (cuts[i % cuts.length] ?? 1)
          got.push(...reader.receive(stream.subarray(at, end)))
          at = end
        }
        assert.deepEqual(
          got.map(message => Buffer.from(message).toString('hex')),
          messages.map(message => Buffer.from(message).toString('hex')),
        )
        assert.equal(reader.pending, 0)
      },
    )
    fc.assert(property, { numRuns: 300 })
  })

  it('takes the largest message byte by byte, and knows that one has begun', () => {
    const message = new Uint8Array(65535).fill(7)
    const reader = new FrameReader()
    const stream = frameMessage(message)
    for (const byte of stream.subarray(0, -1)) assert.deepEqual(reader.receive(Uint8Array.of(byte)), [])
    assert.equal(reader.pending, 65536)
    const [whole] = reader.receive(stream.subarray(-1))
    assert.deepEqual(whole, message)
    assert.equal(reader.pending, 0)
  })

  it('refuses to frame what no length can say', () => {
    assert.throws(() => frameMessage(new Uint8Array(65536)), { name: 'MessageError' })
  })
})
