// Properties of the message codec.

import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import fc from 'fast-check'
import { MessageError } from '../../../src/dns/wire/error.ts'
import { readMessage, writeMessage } from '../../../src/dns/wire/message.ts'
import { anyMessage } from './arbitrary.ts'

const numRuns = Number(process.env['FUZZ_RUNS'] ?? 200)

describe('any message', () => {
  it('comes back as it was written, compressed or not', () => {
    const property = fc.property(anyMessage, fc.boolean(), (message, compress) => {
      assert.deepEqual(readMessage(writeMessage(message, { compress })), message)
    })
    fc.assert(property, { numRuns })
  })

  it('is cut to the size it may have, from the end, and says so', () => {
    const property = fc.property(anyMessage, fc.integer({ min: 12, max: 4096 }), (message, maxSize) => {
      let bytes: Uint8Array
      try {
        bytes = writeMessage(message, { maxSize })
      } catch (error) {
        // Questions and EDNS cannot be left out.
        assert.ok(error instanceof MessageError)
        return
      }
      assert.ok(bytes.length <= maxSize)
      const cut = readMessage(bytes)
      assert.deepEqual(cut.edns, message.edns)
      for (const section of ['answers', 'authorities', 'additionals'] as const) {
        assert.deepEqual(cut[section], message[section].slice(0, cut[section].length))
      }
      const isShort = cut.answers.length < message.answers.length || cut.authorities.length < message.authorities.length
      assert.equal(cut.flags.tc, message.flags.tc || isShort)
    })
    fc.assert(property, { numRuns })
  })

  it('cannot be read when its end is missing, or something follows', () => {
    const property = fc.property(anyMessage, fc.nat(), (message, cut) => {
      const bytes = writeMessage(message)
      assert.throws(() => readMessage(bytes.subarray(0, cut % bytes.length)), MessageError)
      assert.throws(() => readMessage(Uint8Array.of(...bytes, 0)), MessageError)
    })
    fc.assert(property, { numRuns })
  })
})
