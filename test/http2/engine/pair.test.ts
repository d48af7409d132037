// Two engines, a client and a server, and nothing between them but bytes, cut anywhere: whatever is asked is answered, with
// every byte of every body, whatever the windows, the padding and the order.

import assert from 'node:assert/strict'
import { createHash } from 'node:crypto'
import { test } from 'node:test'
import fc from 'fast-check'
import { SessionEngine } from '../../../src/http2/engine/session-engine.ts'
import type { EngineStream, PaddingStrategy } from '../../../src/http2/engine/types.ts'
import { SessionEvents } from '../../support/session-events.ts'
import { sessionOptions } from '../../support/session-options.ts'

interface Exchange {
  readonly upload: number
  readonly download: number
  readonly urgency: number
  readonly hasTrailers: boolean
}

interface Plan {
  readonly exchanges: readonly Exchange[]
  readonly windows: readonly [client: number, server: number]
  readonly maxStreams: number
  readonly tableSize: number
  readonly padding: PaddingStrategy
  readonly cuts: readonly number[]
}

const digest = (parts: readonly Uint8Array[]): string => {
  const hash = createHash('sha1')
  for (const part of parts) hash.update(part)
  return hash.digest('hex')
}

/** Bytes that tell each place from every other. */
function content(size: number, salt: number): Buffer {
  const bytes = Buffer.alloc(size)
  for (let i = 0; i < size; i++) bytes[i] = (i * 31 + (i >> 8) + salt) & 0xff
  return bytes
}

function run({ exchanges, windows, maxStreams, tableSize, padding, cuts }: Plan): void {
  const received = { client: new Map<number, Uint8Array[]>(), server: new Map<number, Uint8Array[]>() }
  const keep = (side: 'client' | 'server', stream: EngineStream, bytes: Uint8Array): void => {
    const parts = received[side].get(stream.id) ?? []
    parts.push(Buffer.from(bytes))
    received[side].set(stream.id, parts)
  }
  const serverEvents = new SessionEvents({
    onData(stream, bytes) {
      keep('server', stream, bytes)
      server.consume(stream, bytes.length)
    },
    onEnd(stream) {
      const { download, hasTrailers } = exchanges[(stream.id - 1) / 2] as Exchange
      const size = download
      server.respond(stream, [':status', '200', 'x-id', String(stream.id)], false)
      const body = content(size, stream.id)
      for (let at = 0; at < size; at += 5000) server.sendData(stream, body.subarray(at, at + 5000))
      if (hasTrailers) server.sendTrailers(stream, ['x-size', String(size)])
      else server.sendData(stream, Buffer.alloc(0), { endStream: true })
    },
  })
  const clientEvents = new SessionEvents({
    onData(stream, bytes) {
      keep('client', stream, bytes)
      client.consume(stream, bytes.length)
    },
  })
  const limits = { maxSessionMemory: Number.POSITIVE_INFINITY, tinyWindowUpdateBurst: Number.POSITIVE_INFINITY }
  const client = new SessionEngine(
    'client',
    clientEvents,
    sessionOptions({ settings: [[4, windows[0]]], paddingStrategy: padding, growsWindows: true, limits }),
  )
  const server = new SessionEngine(
    'server',
    serverEvents,
    sessionOptions({
      settings: [
        [1, tableSize],
        [3, maxStreams],
        [4, windows[1]],
      ],
      paddingStrategy: padding,
      limits: { ...limits, maxSessionRejectedStreams: 0 },
    }),
  )
  let now = 0
  let cut = 0
  const carry = (from: SessionEngine, to: SessionEngine): boolean => {
    let isCarried = false
    for (let piece = from.takeOutput(); piece !== undefined; piece = from.takeOutput()) {
      isCarried = true
      for (let at = 0; at < piece.length; ) {
        const size = cuts.length === 0 ? piece.length : 1 + (cuts[cut++ % cuts.length] as number)
        // The receiver may keep what it is given; the piece goes back.
        to.receive(Buffer.from(piece.subarray(at, at + size)), now)
        at += size
      }
      from.releaseOutput(piece)
    }
    return isCarried
  }
  const settle = (): void => {
    for (let round = 0; round < 100_000; round++) {
      now += 5
      const wasBusy = [carry(client, server), carry(server, client)]
      if (!wasBusy.includes(true)) return
    }
    assert.fail('it does not come to rest')
  }
  client.start(now)
  server.start(now)
  settle()
  for (const { upload, urgency } of exchanges) {
    const fields = [':method', 'POST', ':scheme', 'http', ':path', '/', ':authority', 'a', 'priority', `u=${urgency}`]
    const stream = client.openStream(fields)
    assert.ok(stream)
    client.sendData(stream, content(upload, stream.id + 1), { endStream: true })
  }
  settle()
  assert.equal(clientEvents.error, undefined)
  assert.equal(serverEvents.error, undefined)
  assert.equal(client.openStreams + server.openStreams, 0)
  for (const [position, { upload, download, hasTrailers }] of exchanges.entries()) {
    const id = 1 + 2 * position
    assert.equal(digest(received.server.get(id) ?? []), digest([content(upload, id + 1)]))
    assert.equal(digest(received.client.get(id) ?? []), digest([content(download, id)]))
    assert.equal(clientEvents.lines.includes(`trailers ${id} end x-size=${download}`), hasTrailers)
    assert.ok(clientEvents.lines.includes(`closed ${id} 0`) && serverEvents.lines.includes(`closed ${id} 0`))
  }
}

test('two engines: all that is asked is answered, byte for byte', () => {
  const size = fc.oneof(fc.nat(100), fc.nat(5000), fc.nat(200_000))
  const exchange = fc.record({ upload: size, download: size, urgency: fc.nat(7), hasTrailers: fc.boolean() })
  const window = fc.oneof(fc.integer({ min: 20, max: 300 }), fc.integer({ min: 1000, max: 1_000_000 }))
  const plan = fc.record({
    exchanges: fc.array(exchange, { maxLength: 6 }),
    windows: fc.tuple(window, window),
    maxStreams: fc.integer({ min: 1, max: 10 }),
    tableSize: fc.constantFrom(0, 100, 4096, 65_536),
    padding: fc.constantFrom<PaddingStrategy>('none', 'aligned', 'max'),
    cuts: fc.array(fc.oneof(fc.nat(3), fc.nat(20_000)), { maxLength: 5 }),
  })
  fc.assert(fc.property(plan, run), { numRuns: Number(process.env['FUZZ_RUNS'] ?? 30) })
})
