// Windows, both ways and at both levels: RFC 9113 sections 5.2 and 6.9; windows that grow; who sends next.

import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { ReceiveWindow } from '../../../src/http2/engine/flow-control.ts'
import type { EngineStream } from '../../../src/http2/engine/types.ts'
import {
  data,
  dialogue,
  frame,
  get,
  Peer,
  type PeerOptions,
  ping,
  post,
  settings,
  settingsAck,
  uint32,
  windowUpdate,
} from '../../support/h2-peer.ts'

/** A server with requests on these streams. */
function asked(peer: Peer, ...ids: number[]): EngineStream[] {
  for (const id of ids) peer.sends(peer.headers(id, get, 'end'))
  return ids.map(id => {
    const stream = peer.events.stream(id)
    peer.engine.respond(stream, [':status', '200'], false)
    return stream
  })
}

/** Sizes of DATA, as `stream:bytes`. */
function sizes(lines: string[]): string[] {
  return lines
    .filter(line => line.startsWith('DATA'))
    .map(line => {
      const [, id, ...rest] = line.split(' ')
      const text = rest.at(-1) ?? ''
      return `${id}:${/^\d+$/.test(text) ? text : text.length}`
    })
}

dialogue('data waits for the windows of stream and connection', 'server', {}, peer => {
  peer.sends(settings([4, 10]))
  const [stream] = asked(peer, 1)
  assert.ok(stream)
  peer.engine.sendData(stream, Buffer.from('0123456789abcdef'), { endStream: true })
  peer.expects('SETTINGS ack', 'HEADERS 1 :status=200', 'DATA 1 0123456789')
  assert.equal(stream.queuedBytes, 6)
  peer.sends(windowUpdate(1, 4))
  peer.expects('DATA 1 abcd')
  peer.sends(settings([4, 100]))
  peer.expects('SETTINGS ack', 'DATA 1 end ef')
})

dialogue('a window below zero: nothing until it is open again', 'server', {}, peer => {
  peer.sends(settings([4, 20]))
  const [stream] = asked(peer, 1)
  assert.ok(stream)
  peer.engine.sendData(stream, Buffer.alloc(15, 'a'))
  peer.received()
  peer.sends(settings([4, 5]))
  assert.equal(stream.sendWindow, -10)
  peer.engine.sendData(stream, Buffer.alloc(10, 'b'), { endStream: true })
  peer.expects('SETTINGS ack')
  peer.sends(windowUpdate(1, 10))
  peer.expectsNothing()
  peer.sends(windowUpdate(1, 3))
  peer.expects('DATA 1 bbb')
})

dialogue('an end without data needs no window', 'server', {}, peer => {
  peer.sends(settings([4, 0]))
  const [one, two] = asked(peer, 1, 3)
  assert.ok(one && two)
  peer.engine.sendData(one, Buffer.alloc(0), { endStream: true })
  peer.engine.sendTrailers(two, ['a', 'b'])
  peer.expects('SETTINGS ack', 'HEADERS 1 :status=200', 'HEADERS 3 :status=200', 'DATA 1 end ', 'HEADERS 3 end a=b')
})

test("the connection's window stops all streams, and opens for them in turn", () => {
  const peer = Peer.started('server', {}, [4, 1_000_000])
  const streams = asked(peer, 1, 3)
  for (const stream of streams) peer.engine.sendData(stream, Buffer.alloc(100_000))
  const sent = sizes(peer.received())
  assert.deepEqual(sent, ['1:16384', '3:16384', '1:16384', '3:16383'])
  assert.equal(peer.engine.state().remoteWindowSize, 0)
  peer.sends(windowUpdate(0, 20_000))
  assert.deepEqual(sizes(peer.received()), ['1:16384', '3:3616'])
})

test('done is told when the bytes have left, with the next take', () => {
  const peer = Peer.started('server', {}, [4, 10])
  const [stream] = asked(peer, 1)
  assert.ok(stream)
  const done: string[] = []
  peer.engine.sendData(stream, Buffer.from('12345'), { done: sent => done.push(`one ${sent}`) })
  peer.engine.sendData(stream, Buffer.alloc(0), { done: sent => done.push(`empty ${sent}`) })
  peer.engine.sendData(stream, Buffer.from('6789012'), { done: sent => done.push(`two ${sent}`) })
  peer.engine.sendData(stream, Buffer.from('x'), { done: sent => done.push(`three ${sent}`) })
  assert.deepEqual(done, [])
  peer.received()
  assert.deepEqual(done, ['one true', 'empty true'])
  peer.engine.reset(stream, 8)
  assert.deepEqual(done, ['one true', 'empty true', 'two false', 'three false'])
})

test('pieces are about as large as asked for, and lose nothing', () => {
  const peer = Peer.started('server', {}, [4, 2_000_000])
  peer.sends(windowUpdate(0, 2_000_000))
  const [stream] = asked(peer, 1)
  assert.ok(stream)
  peer.received()
  peer.engine.sendData(stream, Buffer.alloc(1_000_000), { endStream: true })
  let total = 0
  for (let piece = peer.engine.takeOutput(50_000); piece !== undefined; piece = peer.engine.takeOutput(50_000)) {
    assert.ok(piece.length > 0 && piece.length <= 50_000)
    for (let at = 0; at < piece.length; ) {
      const length = Buffer.from(piece).readUIntBE(at, 3)
      total += length
      at += 9 + length
    }
  }
  assert.equal(total, 1_000_000)
})

test('what was taken never changes', () => {
  const peer = Peer.started('server')
  const [stream] = asked(peer, 1)
  assert.ok(stream)
  const pieces: [Uint8Array, string][] = []
  for (let i = 0; i < 3000; i++) {
    peer.engine.sendData(stream, Buffer.from(`line ${i}\n`))
    const piece = peer.engine.takeOutput()
    assert.ok(piece)
    pieces.push([piece, Buffer.from(piece).toString('latin1')])
  }
  for (const [piece, text] of pieces) assert.equal(Buffer.from(piece).toString('latin1'), text)
})

test('pieces that were released are used again, and only those', () => {
  const peer = Peer.started('server', {}, [4, 0x7fffffff])
  peer.sends(windowUpdate(0, 0x7fff0000 - 65_535))
  const [stream] = asked(peer, 1)
  assert.ok(stream)
  peer.received()
  const random = (round: number): number => (round * 7919) % 5
  const held: [piece: Uint8Array, copy: Buffer][] = []
  const memory = new Set<ArrayBufferLike>()
  let pieces = 0
  for (let round = 0; round < 60; round++) {
    peer.engine.sendData(stream, Buffer.alloc(300_000, round))
    for (let piece = peer.engine.takeOutput(); piece !== undefined; piece = peer.engine.takeOutput()) {
      held.push([piece, Buffer.from(piece)])
      memory.add(piece.buffer)
      pieces++
    }
    while (held.length > random(round)) {
      const [piece, copy] = held.shift() as (typeof held)[number]
      assert.ok(copy.equals(piece), 'it has changed before it was released')
      peer.engine.releaseOutput(piece)
      peer.engine.releaseOutput(piece)
    }
  }
  assert.ok(memory.size < pieces / 4, `${memory.size} blocks for ${pieces} pieces`)
})

// --- receiving

dialogue('windows go back as data is consumed, half a window at a time', 'server', {}, peer => {
  peer.sends(peer.headers(1, post))
  const stream = peer.events.stream(1)
  peer.sends(data(1, Buffer.alloc(16_000)), data(1, Buffer.alloc(16_000)))
  peer.expectsNothing()
  peer.sends(data(1, Buffer.alloc(1000)))
  // The connection's at once: one slow stream shall not stop the others.
  peer.expects('WINDOW_UPDATE 0 33000')
  assert.equal(stream.receiveWindow, 65_535 - 33_000)
  peer.engine.consume(stream, 32_000)
  peer.expectsNothing()
  peer.engine.consume(stream, 1000)
  peer.expects('WINDOW_UPDATE 1 33000')
  assert.equal(stream.receiveWindow, 65_535)
  // More than there was: nothing.
  peer.engine.consume(stream, 1000)
  peer.engine.consume(stream, 100_000)
  peer.expectsNothing()
})

dialogue('padding is consumed by itself', 'server', { settings: [[4, 400]] }, peer => {
  peer.sends(peer.headers(1, post))
  const padded = frame('DATA', 8, 1, Buffer.concat([Buffer.from([255]), Buffer.from('a'), Buffer.alloc(255)]))
  peer.sends(padded)
  peer.expects('WINDOW_UPDATE 1 256')
})

dialogue('more than a stream takes', 'server', { settings: [[4, 10]] }, peer => {
  peer.sends(peer.headers(1, post), data(1, '0123456789'), data(1, 'x'))
  peer.expects('RST_STREAM 1 3')
  assert.equal(peer.engine.isDestroyed, false)
})

dialogue(
  'a window opens when its WINDOW_UPDATE leaves: until then the peer knows nothing of it',
  'server',
  { settings: [[4, 10]] },
  peer => {
    peer.sends(peer.headers(1, post), peer.headers(3, post))
    const [one, three] = [peer.events.stream(1), peer.events.stream(3)]
    peer.sends(data(1, '0123456'), data(3, '01234567'))
    peer.engine.consume(one, 7)
    peer.engine.consume(three, 7)
    assert.equal(one.receiveWindow, 3)
    assert.equal(peer.engine.hasOutput, true)
    peer.sends(data(1, '01234'))
    // One for all that was consumed until then; none for the stream that has been reset.
    peer.engine.consume(three, 1)
    peer.expects('RST_STREAM 1 3', 'WINDOW_UPDATE 3 8')
    assert.equal(three.receiveWindow, 10)
    peer.sends(data(3, '0123456789'))
    assert.equal(three.receiveWindow, 0)
    peer.expectsNothing()
  },
)

test('more than the connection takes', () => {
  const peer = Peer.started('server', { limits: { maxSessionMemory: 100_000 } })
  peer.sends(peer.headers(1, post), peer.headers(3, post), peer.headers(5, post), peer.headers(7, post))
  for (let i = 0; i < 20 && !peer.engine.isDestroyed; i++) peer.sends(data(1 + 2 * (i % 4), Buffer.alloc(16_000)))
  peer.expectsGoaway(3)
})

test('a window past 2^31-1', () => {
  const stream = Peer.started('server')
  stream.sends(stream.headers(1, post), windowUpdate(1, 0x7fffffff))
  stream.expects('RST_STREAM 1 3')
  const connection = Peer.started('server')
  connection.sends(windowUpdate(0, 0x7fffffff))
  connection.expectsGoaway(3)
  const bySettings = Peer.started('server')
  bySettings.sends(bySettings.headers(1, post), windowUpdate(1, 0x7fff0000), settings([4, 0x7fffffff]))
  bySettings.expectsGoaway(3)
})

test('WINDOW_UPDATE by nothing', () => {
  const stream = Peer.started('server')
  stream.sends(stream.headers(1, post), windowUpdate(1, 0))
  stream.expects('RST_STREAM 1 1')
  const connection = Peer.started('server')
  connection.sends(windowUpdate(0, 0))
  connection.expectsGoaway(1)
})

test('our initial window counts from its ACK on', () => {
  const peer = new Peer('server', { settings: [[4, 100_000]] })
  peer.sends(Buffer.from('PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n'), settings(), peer.headers(1, post))
  const stream = peer.events.stream(1)
  assert.equal(stream.receiveWindow, 65_535)
  peer.sends(data(1, 'abc'), settingsAck)
  assert.equal(stream.receiveWindow, 99_997)
})

test('setLocalWindowSize, up and down', () => {
  const peer = Peer.started('server')
  peer.engine.setLocalWindowSize(100_000)
  peer.expects('WINDOW_UPDATE 0 34465')
  assert.equal(peer.engine.state().effectiveLocalWindowSize, 100_000)
  assert.equal(peer.engine.state().localWindowSize, 100_000)
  peer.engine.setLocalWindowSize(50_000)
  peer.expectsNothing()
  peer.sends(peer.headers(1, post))
  for (let i = 0; i < 4; i++) peer.sends(data(1, Buffer.alloc(16_000)))
  // The first 50,000 pay for the smaller window.
  assert.deepEqual(peer.received(), [])
  assert.equal(peer.engine.state().localWindowSize, 36_000)
})

test('a reader that does not consume: the connection gives no more than memory allows', () => {
  const peer = Peer.started('server', { settings: [[4, 1_000_000]], limits: { maxSessionMemory: 200_000 } })
  peer.sends(peer.headers(1, post))
  const stream = peer.events.stream(1)
  let sent = 0
  while (peer.engine.state().localWindowSize >= 1000) {
    peer.sends(data(1, Buffer.alloc(1000)))
    peer.received()
    sent += 1000
    assert.ok(sent < 300_000)
  }
  assert.ok(peer.engine.memoryUsed < 200_000)
  peer.engine.consume(stream, sent)
  assert.match(peer.received().join(), /^WINDOW_UPDATE 0 \d+$/)
  assert.ok(peer.engine.state().localWindowSize > 60_000)
})

// --- windows that grow

function growing(roundTripMs: number, options: PeerOptions = {}): Peer {
  const peer = Peer.started('server', { growsWindows: true, roundTripMs, ...options })
  assert.equal(peer.engine.roundTripMs, roundTripMs)
  peer.sends(peer.headers(1, post))
  return peer
}

/** Sends as fast as the windows allow, `everyMs` a window's half. @returns the stream's largest window */
function fill(peer: Peer, everyMs: number, rounds: number): number {
  const stream = peer.events.stream(1)
  let largest = 0
  for (let round = 0; round < rounds; round++) {
    const bytes = Math.min(stream.receiveWindow, peer.engine.state().localWindowSize)
    for (let left = bytes; left > 0; left -= 16_384) {
      const size = Math.min(left, 16_384)
      peer.sends(data(1, Buffer.alloc(size)))
      peer.engine.consume(stream, size)
    }
    // The engine asks how far the peer is.
    const asksDistance = peer.received().includes('PING distance')
    peer.now += everyMs
    if (asksDistance) peer.sends(ping('distance', 'ack'))
    largest = Math.max(largest, stream.receiveWindow)
  }
  return largest
}

test('windows grow when they are what limits the peer', () => {
  const path = growing(50)
  assert.ok(fill(path, 50, 20) >= 1_000_000, 'a window each round trip')
  assert.ok(path.engine.state().effectiveLocalWindowSize >= 1_000_000)
})

test('windows stay when the peer, or the path, is slower', () => {
  const peer = growing(50)
  assert.ok(fill(peer, 500, 20) <= 131_070)
})

test('windows stay when the peer is near: 64 KiB are no limit there', () => {
  const peer = growing(2)
  assert.ok(fill(peer, 2, 20) <= 65_535)
})

test('windows double once for each time that the distance was measured, and the least of it counts', () => {
  const peer = growing(50)
  const stream = peer.events.stream(1)
  fill(peer, 50, 1)
  for (let i = 0; i < 40; i++) {
    peer.sends(data(1, Buffer.alloc(16_000)))
    peer.engine.consume(stream, 16_000)
    peer.received()
  }
  assert.ok(stream.receiveWindow <= 131_070, 'what one measurement is good for')
  peer.sends(ping('distance', 'ack'))
  // Near after all: it was one of the programs that took its time.
  assert.ok(fill(peer, 2, 20) <= 262_140)
})

test('windows stay within their limits', () => {
  const peer = growing(50, { limits: { maxStreamWindow: 200_000, maxConnectionWindow: 300_000 } })
  assert.ok(fill(peer, 50, 30) <= 200_000)
  assert.equal(peer.engine.state().effectiveLocalWindowSize, 300_000)
})

test('without the option they stay as they are', () => {
  const peer = growing(50, { growsWindows: false })
  assert.ok(fill(peer, 50, 30) <= 65_535)
})

test('a receive window balances: available, owed and in use add up to its size', () => {
  fc.assert(
    fc.property(fc.array(fc.tuple(fc.integer({ min: 0, max: 3 }), fc.integer({ min: 0, max: 40_000 }))), steps => {
      const window = new ReceiveWindow(65_535)
      let inUse = 0
      for (const [kind, amount] of steps) {
        if (kind === 0 && window.receive(amount)) inUse += amount
        if (kind === 1) {
          const consumed = Math.min(amount, inUse)
          inUse -= consumed
          window.consume(consumed)
        }
        if (kind === 2) window.takeIncrement(0, 0, 0, 0)
        if (kind === 3) window.resize(amount)
        assert.ok(window.available + inUse >= 0)
      }
      window.consume(inUse)
      window.takeAll()
      assert.ok(window.available >= window.size)
    }),
  )
})

// --- whose turn it is

const priorityUpdate = (streamId: number, value: string): Buffer =>
  frame(0x10, 0, 0, Buffer.concat([uint32(streamId), Buffer.from(value)]))

function order(priorities: Record<number, string>): string[] {
  const peer = Peer.started('server', {}, [4, 1_000_000])
  peer.sends(windowUpdate(0, 1_000_000))
  for (const [id, value] of Object.entries(priorities)) if (value !== '') peer.sends(priorityUpdate(Number(id), value))
  const streams = asked(peer, ...Object.keys(priorities).map(Number))
  for (const stream of streams) peer.engine.sendData(stream, Buffer.alloc(32_000), { endStream: true })
  return sizes(peer.received(1_000_000)).map(size => size.split(':')[0] as string)
}

test('streams that say nothing take turns', () => {
  assert.deepEqual(order({ 1: '', 3: '', 5: '' }), ['1', '3', '5', '1', '3', '5'])
})
test('urgency goes first', () => {
  assert.deepEqual(order({ 1: 'u=5', 3: 'u=1', 5: '' }), ['3', '3', '5', '5', '1', '1'])
})
test('not incremental: one after the other; incremental: in turns', () => {
  assert.deepEqual(order({ 1: 'u=2', 3: 'u=2' }), ['1', '1', '3', '3'])
  assert.deepEqual(order({ 1: 'u=2, i', 3: 'u=2, i' }), ['1', '3', '1', '3'])
})
test('both kinds at one urgency alternate', () => {
  assert.deepEqual(order({ 1: 'u=3', 3: 'u=3, i' }), ['1', '3', '1', '3'])
})
test('values out of range or of no sense are passed over', () => {
  assert.deepEqual(order({ 1: 'u=9, x=(', 3: 'u=1;a=b' }), ['3', '3', '1', '1'])
})

test('the priority field of a request, and changing it while data waits', () => {
  const peer = Peer.started('server', {}, [4, 1_000_000])
  peer.sends(peer.headers(1, [...get, ['priority', 'u=6']], 'end'), peer.headers(3, get, 'end'))
  const streams = [1, 3].map(id => peer.events.stream(id))
  assert.deepEqual(
    streams.map(stream => stream.urgency),
    [6, 3],
  )
  for (const stream of streams) {
    peer.engine.respond(stream, [':status', '200'], false)
    peer.engine.sendData(stream, Buffer.alloc(30_000))
  }
  peer.sends(priorityUpdate(1, 'u=0'))
  peer.engine.setPriority(peer.events.stream(3), 7, false)
  assert.deepEqual(sizes(peer.received()), ['1:16384', '1:13616', '3:16384', '3:13616'])
})

test('random queues: nothing is lost, every stream ends', () => {
  fc.assert(
    fc.property(
      fc.array(fc.tuple(fc.nat(7), fc.boolean(), fc.array(fc.nat(40_000), { maxLength: 4 })), { maxLength: 8 }),
      fc.integer({ min: 2048, max: 70_000 }),
      fc.constantFrom('none', 'aligned', 'max'),
      (plans, take, paddingStrategy) => {
        const peer = Peer.started('server', { paddingStrategy: paddingStrategy as 'none' }, [4, 20_000])
        const ids = plans.map((_, position) => 1 + position * 2)
        const streams = asked(peer, ...ids)
        const expected = new Map<string, number>()
        for (const [position, [urgency, incremental, chunks]] of plans.entries()) {
          const stream = streams[position] as EngineStream
          peer.engine.setPriority(stream, urgency, incremental)
          for (const size of chunks) peer.engine.sendData(stream, Buffer.alloc(size, 'z'))
          peer.engine.sendTrailers(stream, ['t', String(position)])
          expected.set(
            String(stream.id),
            chunks.reduce((sum, size) => sum + size, 0),
          )
        }
        const got = new Map(ids.map(id => [String(id), 0]))
        // A small answer may have ended its stream already, and be still to take.
        for (let round = 0; round < 100 && (peer.engine.openStreams > 0 || peer.engine.hasOutput); round++) {
          for (const size of sizes(peer.received(take))) {
            const [id = '', bytes] = size.split(':')
            got.set(id, (got.get(id) ?? 0) + Number(bytes))
          }
          peer.sends(windowUpdate(0, 30_000))
          for (const id of ids) peer.sends(windowUpdate(id, 5000))
        }
        assert.deepEqual(got, expected)
        assert.equal(peer.engine.openStreams, 0)
        assert.equal(peer.engine.isDestroyed, false)
      },
    ),
    { numRuns: 40 },
  )
})
