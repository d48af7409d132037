// Noise and near-misses for the HTTP/1.1 parser. `FUZZ_RUNS=1000000 node scripts/test.mjs fuzz/http-parser` for the long run.

import assert from 'node:assert/strict'
import { it } from 'node:test'
import fc from 'fast-check'
import { type Transcript, transcribe } from '../http/engine/transcript.ts'

const numRuns = Number(process.env['FUZZ_RUNS'] ?? 300)

const pieces = [
  'GET / HTTP/1.1\r\n',
  'POST /x HTTP/1.1\r\n',
  'HTTP/1.1 200 OK\r\n',
  'HTTP/1.1 101 X\r\n',
  'CONNECT a:1 HTTP/1.1\r\n',
  '\r\n',
  '\n',
  '\r',
  'Content-Length: 3\r\n',
  'Content-Length: 0\r\n',
  'Transfer-Encoding: chunked\r\n',
  'Transfer-Encoding: gzip, chunked\r\n',
  'Connection: close\r\n',
  'Connection: upgrade\r\n',
  'Upgrade: x\r\n',
  'Host: a\r\n',
  'A: ',
  'b\r\n',
  ' folded\r\n',
  'abc',
  '3\r\n',
  '0\r\n',
  '1;x="y"\r\n',
  ':',
  ';',
  ' ',
  '\0',
  '\xff',
]
const stream = fc
  .array(
    fc.oneof(
      { weight: 8, arbitrary: fc.constantFrom(...pieces) },
      { weight: 1, arbitrary: fc.string({ unit: 'binary-ascii' }) },
    ),
    { maxLength: 30 },
  )
  .map(parts => Buffer.from(parts.join(''), 'latin1'))
const options = fc.record({
  role: fc.constantFrom('request' as const, 'response' as const),
  answer: fc.constantFrom('read' as const, 'skip-body' as const),
  leniency: fc.oneof(fc.constant(0), fc.nat(2047)),
  maxHeaderSize: fc.constantFrom(0, 20, 100),
  maxHeadersCount: fc.constantFrom(0, 1, 5),
  ends: fc.boolean(),
})

it('any bytes give messages or an error, and never anything else', () => {
  fc.assert(
    fc.property(stream, options, (bytes, options) => {
      transcribe(bytes, options)
    }),
    { numRuns },
  )
})

it('how the bytes are cut makes no difference', () => {
  fc.assert(
    fc.property(stream, options, fc.integer({ min: 1, max: 40 }), (bytes, options, step) => {
      assert.deepEqual(told(transcribe(bytes, { ...options, step })), told(transcribe(bytes, options)))
    }),
    { numRuns },
  )
})

/** A whole message is told of the same way; what comes in pieces may be refused a little earlier. */
function told(transcript: Transcript): unknown {
  return transcript.error === undefined ? transcript : { messages: transcript.messages, isRefused: true }
}

it('a message that is written is read as it was', () => {
  const token = fc.string({ unit: fc.constantFrom(...'abcXYZ-_09'), minLength: 1, maxLength: 10 })
  const value = fc.string({ unit: fc.constantFrom(...'az \t\xe9;,"'), maxLength: 20 }).map(text => text.trim())
  const fields = fc.array(
    fc.tuple(
      token.map(name => `x-${name}`),
      value,
    ),
    { maxLength: 8 },
  )
  fc.assert(
    fc.property(
      fields,
      fc.array(fc.string({ unit: 'binary-ascii', minLength: 1 }), { maxLength: 4 }),
      fc.boolean(),
      fc.integer({ min: 1, max: 99 }),
      (fields, chunks, isChunked, step) => {
        const body = chunks.join('')
        const coded = isChunked
          ? `${chunks.map(chunk => `${chunk.length.toString(16)}\r\n${chunk}\r\n`).join('')}0\r\n\r\n`
          : body
        const framing = isChunked ? 'Transfer-Encoding: chunked' : `Content-Length: ${body.length}`
        const head = fields.map(([name, value]) => `${name}: ${value}\r\n`).join('')
        const { messages, error } = transcribe(`PUT /p HTTP/1.1\r\n${head}${framing}\r\n\r\n${coded}`, { step })
        assert.equal(error, undefined)
        assert.deepEqual(
          messages.map(message => message.body),
          [body],
        )
        assert.deepEqual(messages[0]?.fields.slice(0, -2), fields.flat())
      },
    ),
    { numRuns },
  )
})
