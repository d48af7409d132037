// Noise against a whole server connection, without a network: whatever comes, in whatever pieces, and whenever the peer
// goes away, nothing is thrown, and the connection ends. `FUZZ_RUNS=100000 node scripts/test.mjs fuzz/http-server`.

import assert from 'node:assert/strict'
import { EventEmitter } from 'node:events'
import { it } from 'node:test'
import fc from 'fast-check'
import type { Connection, ConnectionSink } from '../../src/host/types.ts'
import { HttpService, type IncomingMessage, type ServerResponse } from '../../src/http/internal.ts'

const numRuns = Number(process.env['FUZZ_RUNS'] ?? 200)

/** A connection that takes what is written and keeps what is told. */
class FakeConnection implements Connection {
  sink: ConnectionSink
  readonly local = undefined
  readonly remote = undefined
  readonly bytesRead = 0
  readonly bytesWritten = 0
  readonly bufferedBytes = 0
  isClosed = false
  written = ''

  constructor() {
    this.sink = this as never
  }

  write(data: Uint8Array | string, _encoding?: unknown, done?: (error?: Error | null) => void): boolean {
    this.written += typeof data === 'string' ? data : Buffer.from(data).toString('latin1')
    if (done) process.nextTick(done)
    return true
  }

  cork(): void {}
  uncork(): void {}
  pause(): void {}
  resume(): void {}
  setNoDelay(): void {}
  setKeepAlive(): void {}
  ref(): void {}
  unref(): void {}

  end(done?: (error?: Error | null) => void): void {
    if (done) process.nextTick(done)
  }

  destroy(): void {
    if (this.isClosed) return
    this.isClosed = true
    process.nextTick(() => this.sink.onClose(false))
  }

  reset(): void {
    this.destroy()
  }
}

const pieces = [
  'GET / HTTP/1.1\r\nHost: a\r\n\r\n',
  'POST /x HTTP/1.1\r\nHost: a\r\nContent-Length: 3\r\n\r\nabc',
  'POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n',
  '3\r\nabc\r\n',
  '0\r\n\r\n',
  'GET / HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n',
  'GET / HTTP/1.1\r\nHost: a\r\nExpect: 100-continue\r\n\r\n',
  'GET / HTTP/1.1\r\nHost: a\r\nConnection: upgrade\r\nUpgrade: x\r\n\r\n',
  'CONNECT a:1 HTTP/1.1\r\nHost: a\r\n\r\n',
  'GET / HTTP/1.0\r\n\r\n',
  '\r\n',
  'noise',
  '\0',
]
const actions = ['answer', 'stream', 'destroy request', 'destroy response', 'later', 'nothing'] as const
const chunks = fc.array(
  fc.oneof(
    fc.constantFrom(...pieces),
    fc.constantFrom(...pieces).map(text => text.slice(0, 7)),
    fc.string({ unit: 'binary-ascii' }),
  ),
  { maxLength: 12 },
)

function handle(action: (typeof actions)[number], request: IncomingMessage, response: ServerResponse): void {
  request.on('error', () => {})
  response.on('error', () => {})
  if (action === 'answer') response.end('x')
  else if (action === 'stream') request.pipe(response)
  else if (action === 'destroy request') request.destroy()
  else if (action === 'destroy response') response.destroy()
  else if (action === 'later') setImmediate(() => response.end('later'))
}

it('whatever comes, the connection lives or ends, and nothing is thrown', async () => {
  await fc.assert(
    fc.asyncProperty(
      chunks,
      fc.array(fc.constantFrom(...actions), { minLength: 1 }),
      fc.boolean(),
      async (chunks, choices, ends) => {
        const server = new EventEmitter()
        const service = new HttpService(server, {})
        let served = 0
        server.on('request', (request, response) => {
          handle(choices[served++ % choices.length] as (typeof actions)[number], request, response)
        })
        const connection = new FakeConnection()
        service.serve(connection)
        for (const chunk of chunks) {
          if (!connection.isClosed) connection.sink.onData(Buffer.from(chunk, 'latin1'))
          if (served % 2 === 1) await new Promise(process.nextTick)
        }
        if (ends && !connection.isClosed) connection.sink.onEnd()
        await new Promise(setImmediate)
        connection.destroy()
        await new Promise(setImmediate)
        assert.equal(service.connections.size, 0)
        for (const line of connection.written.match(/^HTTP\/1\.1 .*$/gm) ?? []) assert.match(line, /^HTTP\/1\.1 \d{3} /)
      },
    ),
    { numRuns },
  )
})
