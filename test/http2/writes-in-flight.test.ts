// A connection that takes everything and gives nothing back: no more than MAX_WRITES_IN_FLIGHT pieces are handed to it.

import assert from 'node:assert/strict'
import { once } from 'node:events'
import { Duplex, duplexPair } from 'node:stream'
import { it } from 'node:test'
import { MAX_WRITES_IN_FLIGHT } from '../../src/http2/default-limits.ts'
import { frame, preface, settings, windowUpdate } from '../support/h2-peer.ts'
import { http2, type ServerStream } from './peers.ts'

/** GET http://a/, of HPACK's static table. */
const requestBlock = Buffer.from([0x82, 0x86, 0x84, 0x01, 0x01, 0x61])

it('waits for a connection that has called back for none of its pieces', async () => {
  const waiting: (() => void)[] = []
  let pieces = 0
  class Taking extends Duplex {
    override _read(): void {}
    override write(_chunk: unknown, _encoding?: unknown, done?: unknown): boolean {
      pieces++
      if (typeof done === 'function') waiting.push(done as () => void)
      return true
    }
  }
  const side = new Taking()
  const server = http2.createServer().on('stream', (stream: ServerStream) => {
    stream.on('error', () => {})
    stream.respond()
    stream.write(Buffer.alloc(8_000_000))
  })
  server.emit('connection', side)
  const large = 0x7000_0000
  side.push(
    Buffer.concat([preface, settings([4, large]), windowUpdate(0, large), frame('HEADERS', 5, 1, requestBlock)]),
  )
  const turns = async (): Promise<void> => {
    for (let turn = 0; turn < 50; turn++) await new Promise(setImmediate)
  }
  await turns()
  assert.equal(pieces, MAX_WRITES_IN_FLIGHT)
  waiting.shift()?.()
  await turns()
  assert.equal(pieces, MAX_WRITES_IN_FLIGHT + 1, 'one given back, one more taken')
  side.destroy()
})

it("over a program's own streams what was written has been read before its callback, if its reader is quick", async () => {
  const [ours, theirs] = duplexPair()
  const log: string[] = []
  const server = http2.createServer().on('stream', (stream: ServerStream) => {
    stream.respond()
    stream.write('one', () => log.push('written'))
    stream.write('two', () => log.push('written'))
    stream.end()
  })
  server.emit('connection', theirs)
  const client = http2.connect('http://a', { createConnection: () => ours })
  const request = client.request()
  request.on('data', data => log.push(`read ${data}`))
  await once(request, 'close')
  assert.deepEqual(log, ['read one', 'written', 'read two', 'written'])
  client.destroy()
})
