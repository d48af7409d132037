// Every limit of limits.ts, passed by one; and the attacks that they are for: the RFC's error at the right scope, and memory
// that stays flat.

import assert from 'node:assert/strict'
import { test } from 'node:test'
import { defaultLimits, type SessionLimits } from '../../../src/http2/engine/engine-limits.ts'
import {
  data,
  type Fields,
  frame,
  get,
  getLine,
  getPairs,
  goaway,
  Peer,
  type PeerOptions,
  ping,
  post,
  postPairs,
  preface,
  reset,
  settings,
  settingsAck,
  uint32,
  windowUpdate,
} from '../../support/h2-peer.ts'

const CALM = 11

/** The limits that have a test below; the last one compares it with the list. */
const tested = new Set<string>()

function limitTest(
  limit: keyof SessionLimits | 'maxHeaderListSize' | 'maxConcurrentStreams',
  what: string,
  run: () => void,
): void {
  tested.add(limit)
  test(`${limit}: ${what}`, run)
}

const server = (limits: Partial<SessionLimits>, options: PeerOptions = {}): Peer =>
  Peer.started('server', { ...options, limits })

/** Sends until the connection fails. @returns how many passed */
function flood(peer: Peer, make: (round: number) => Uint8Array, most = 30_000): number {
  for (let round = 0; round < most; round++) {
    peer.sends(make(round))
    if (peer.engine.isDestroyed) return round
    peer.received()
    peer.events.take()
  }
  return most
}

function expectsLimit(peer: Peer, limit: string, code = CALM): void {
  assert.equal(peer.events.error?.limit, limit)
  assert.equal(peer.events.error?.scope, 'connection')
  peer.expectsGoaway(code)
}

// --- floods: a burst passes, one more does not; a second later a tenth of it passes again

type Flood = { [Limit in keyof SessionLimits]: Limit extends `${string}Burst` ? Limit : never }[keyof SessionLimits]

function floodTest(
  limit: Flood,
  what: string,
  make: (peer: Peer, round: number) => Uint8Array,
  role: 'server' | 'client' = 'server',
  before?: (peer: Peer) => void,
  spent = 0,
): void {
  limitTest(limit, what, () => {
    for (const burst of [20, defaultLimits[limit]]) {
      const open = {
        maxSessionInvalidFrames: Number.POSITIVE_INFINITY,
        maxQueuedReplyBytes: Number.POSITIVE_INFINITY,
        settingsBurst: Number.POSITIVE_INFINITY,
      }
      const peer = Peer.started(role, { limits: { ...open, [limit]: burst } })
      before?.(peer)
      assert.equal(
        flood(peer, round => make(peer, round)),
        burst - spent,
      )
      expectsLimit(peer, limit)
    }
    const slow = Peer.started(role, { limits: { [limit]: 20, streamResetRate: 2 } })
    before?.(slow)
    const rounds = flood(
      slow,
      round => {
        slow.now += 1000
        return make(slow, round)
      },
      100,
    )
    assert.equal(rounds, 100, 'one a second is no flood')
  })
}

floodTest('pingBurst', 'a PING flood', () => ping('12345678'))
floodTest('settingsBurst', 'a SETTINGS flood', () => settings(), 'server', undefined, 1)
floodTest('priorityBurst', 'a PRIORITY flood', () => frame('PRIORITY', 0, 1, '\0\0\0\0\x05'))
floodTest('priorityBurst', 'a PRIORITY_UPDATE flood', (_peer, round) =>
  frame(0x10, 0, 0, Buffer.concat([uint32(1 + 2 * round), Buffer.from('u=1')])),
)
floodTest(
  'emptyFrameBurst',
  'empty DATA frames',
  () => data(1, ''),
  'server',
  peer => peer.sends(peer.headers(1, post)),
)
floodTest(
  'emptyFrameBurst',
  'padding without data',
  () => frame('DATA', 8, 1, '\x03\0\0\0'),
  'server',
  peer => peer.sends(peer.headers(1, post)),
)
floodTest('emptyFrameBurst', 'frames of no known type', () => frame(0x77, 0, 0, 'abc'))
floodTest(
  'emptyFrameBurst',
  'RST_STREAM on a closed stream',
  () => reset(1, 8),
  'server',
  peer => {
    peer.sends(peer.headers(1, get, 'end'))
    peer.engine.respond(peer.events.stream(1), [':status', '200'], true)
  },
)
floodTest('streamResetBurst', 'rapid reset: CVE-2023-44487', (peer, round) =>
  Buffer.concat([peer.headers(1 + 2 * round, get), reset(1 + 2 * round, 8)]),
)
floodTest('streamResetBurst', 'made you reset, by a window past its end: CVE-2025-8671', (peer, round) =>
  Buffer.concat([peer.headers(1 + 2 * round, get, 'end'), windowUpdate(1 + 2 * round, 0x7fffffff)]),
)
floodTest('streamResetBurst', 'made you reset, by DATA behind the end', (peer, round) =>
  Buffer.concat([peer.headers(1 + 2 * round, get, 'end'), data(1 + 2 * round, '')]),
)
floodTest('streamResetBurst', 'made you reset, by a malformed request', (peer, round) =>
  peer.headers(1 + 2 * round, [['X', 'y']], 'end'),
)
floodTest('tableSizeChangeBurst', 'a table size that flaps', (_peer, round) => settings([1, round % 2 ? 4096 : 0]))
floodTest('announcementBurst', 'ALTSVC', () => frame(0xa, 0, 0, '\0\x01ab'), 'client')
floodTest('announcementBurst', 'ORIGIN', () => frame(0xc, 0, 0, '\0\x01a'), 'client')
floodTest('announcementBurst', 'GOAWAY', () => goaway(0), 'client')
floodTest(
  'tinyWindowUpdateBurst',
  'data dribble: CVE-2019-9511',
  () => windowUpdate(1, 1),
  'server',
  peer => {
    peer.sends(settings([4, 0]), peer.headers(1, get, 'end'))
    const stream = peer.events.stream(1)
    peer.engine.respond(stream, [':status', '200'], false)
    peer.engine.sendData(stream, Buffer.alloc(1_000_000))
  },
)

limitTest('streamResetRate', 'so many each second once the burst is spent', () => {
  const peer = server({ streamResetBurst: 10, streamResetRate: 5 })
  let round = 0
  const next = (): Buffer => {
    const id = 1 + 2 * round++
    return Buffer.concat([peer.headers(id, get), reset(id, 8)])
  }
  for (let i = 0; i < 10; i++) peer.sends(next())
  for (let second = 0; second < 3; second++) {
    peer.now += 1000
    for (let i = 0; i < 5; i++) peer.sends(next())
  }
  assert.equal(peer.engine.isDestroyed, false)
  peer.sends(next())
  expectsLimit(peer, 'streamResetBurst')
})

limitTest('maxQueuedReplyBytes', 'a peer that asks and does not read: CVE-2019-9512', () => {
  const peer = server({ pingBurst: Number.POSITIVE_INFINITY, maxQueuedReplyBytes: 1700 })
  for (let i = 0; i < 100; i++) peer.sends(ping('12345678'))
  assert.equal(peer.engine.isDestroyed, false)
  peer.received()
  for (let i = 0; i < 101; i++) peer.sends(ping('12345678'))
  assert.equal(peer.events.error?.libraryCode, -904)
  expectsLimit(peer, 'maxQueuedReplyBytes')
})

// --- header blocks

const many = (count: number): Fields => [
  ...get,
  ...Array.from({ length: count - get.length }, (_, i) => [`x-${i}`, ''] as const),
]

limitTest('maxHeaderListPairs', 'one field too many: the stream alone', () => {
  const peer = server({ maxHeaderListPairs: 10 })
  peer.sends(peer.headers(1, many(10), 'end'), peer.headers(3, many(11), 'end'), peer.headers(5, get, 'end'))
  peer.expects('RST_STREAM 3 11')
  assert.deepEqual([...peer.events.streams.keys()], [1, 5])
  const client = Peer.started('client', { limits: { maxHeaderListPairs: 4 } })
  client.engine.openStream(getPairs, { endStream: true })
  client.sends(client.headers(1, [[':status', '200'], ...many(8).slice(4)]))
  assert.equal(client.events.streamErrors[0]?.limit, 'maxHeaderListPairs')
  assert.equal(client.events.streamErrors[0]?.code, CALM)
})

limitTest('maxHeaderListBytes', 'a list that is too long, before we said how long it may be', () => {
  const peer = server({ maxHeaderListBytes: 1000 })
  peer.sends(peer.headers(1, [...get, ['x', 'y'.repeat(1000)]], 'end'), peer.headers(3, get, 'end'))
  peer.expects('RST_STREAM 1 11')
  assert.deepEqual([...peer.events.streams.keys()], [3])
})

limitTest('maxHeaderListSize', 'SETTINGS_MAX_HEADER_LIST_SIZE counts instead', () => {
  const peer = Peer.started('server', { settings: [[6, 100_000]], limits: { maxHeaderListBytes: 1000 } })
  peer.sends(peer.headers(1, [...get, ['x', 'y'.repeat(2000)]], 'end'))
  assert.equal(peer.engine.openStreams, 1)
  peer.sends(peer.headers(3, [...get, ['x', 'y'.repeat(100_000)]], 'end', 16_000))
  peer.expects('RST_STREAM 3 11')
})

test('an HPACK bomb: a field in the table, asked for again and again', () => {
  const peer = server({})
  const big = peer.block([...get, ['x', 'y'.repeat(2000)]])
  const again = peer.block([['x', 'y'.repeat(2000)]])
  assert.equal(again.length, 1)
  const before = peer.engine.memoryUsed
  for (let i = 0; i < 100; i++) {
    const bomb = Buffer.concat([i === 0 ? big : peer.block(get), Buffer.alloc(14_000, again[0])])
    peer.sends(frame('HEADERS', 5, 1 + 2 * i, bomb))
  }
  assert.equal(peer.engine.isDestroyed, false)
  assert.deepEqual(peer.events.take(), [], 'none was told')
  assert.ok(peer.engine.memoryUsed - before < 10_000)
  // What is behind the limit counts for the table still.
  const late = Buffer.concat([peer.block(get), Buffer.alloc(14_000, again[0]), peer.block([['z', 'late']])])
  peer.sends(frame('HEADERS', 5, 201, late), peer.headers(203, [...get, ['z', 'late'], ['x', 'y'.repeat(2000)]], 'end'))
  peer.tells(`request 203 end ${getLine} z=late x=${'y'.repeat(2000)}`, 'end 203')
})

limitTest('maxHeaderBlockBytes', 'a block without end, whatever is in it', () => {
  const peer = server({ maxHeaderBlockBytes: 30_000, maxContinuationFrames: 100 })
  peer.sends(frame('HEADERS', 0, 1, Buffer.alloc(16_000, 0x82)))
  assert.equal(peer.engine.isDestroyed, false)
  // By its length alone: the frame is not read.
  peer.sends(frame('CONTINUATION', 0, 1, Buffer.alloc(16_000)).subarray(0, 9))
  expectsLimit(peer, 'maxHeaderBlockBytes')
})

limitTest('maxContinuationFrames', 'a CONTINUATION flood: CVE-2024-28182', () => {
  const peer = server({})
  peer.sends(frame('HEADERS', 0, 1, peer.block(get)))
  assert.equal(
    flood(peer, () => frame('CONTINUATION', 0, 1, 'x')),
    defaultLimits.maxContinuationFrames,
  )
  expectsLimit(peer, 'maxContinuationFrames')
  const allowed = server({})
  const block = allowed.block(get)
  allowed.sends(frame('HEADERS', 1, 1, block))
  for (let i = 1; i <= 8; i++) allowed.sends(frame('CONTINUATION', i === 8 ? 4 : 0, 1))
  assert.equal(allowed.engine.openStreams, 1)
})

limitTest('headerBlockTimeoutMs', 'a block that does not end', () => {
  const peer = server({ headerBlockTimeoutMs: 500 })
  assert.equal(peer.engine.deadline(), Number.POSITIVE_INFINITY)
  peer.now = 1000
  peer.sends(frame('HEADERS', 0, 1, peer.block(get)))
  assert.equal(peer.engine.deadline(), 1500)
  peer.engine.expire(1499)
  assert.equal(peer.engine.isDestroyed, false)
  peer.engine.expire(1500)
  expectsLimit(peer, 'headerBlockTimeoutMs', 1)
})

limitTest('maxSendHeaderBlockLength', 'a block of ours that is too long: false, and nothing has changed', () => {
  const peer = Peer.started('server', { limits: { maxSendHeaderBlockLength: 100 } })
  peer.sends(peer.headers(1, get, 'end'))
  const stream = peer.events.stream(1)
  const fields = (length: number): string[] => [':status', '200', 'x', 'y'.repeat(length)]
  // Twelve bytes, and twelve more for each field: counted without compression.
  const fixed = 12 + 24 + ':status200x'.length
  assert.equal(peer.engine.respond(stream, fields(101 - fixed), true), false)
  assert.equal(peer.engine.sendInformational(stream, [':status', '103', 'x', 'y'.repeat(100)]), false)
  assert.equal(peer.engine.pushPromise(stream, [...getPairs, 'x', 'y'.repeat(100)]), false)
  assert.equal(peer.engine.respond(stream, fields(100 - fixed), true), true)
  assert.equal(peer.received().length, 1)
  const client = Peer.started('client', { limits: { maxSendHeaderBlockLength: 100 } })
  assert.equal(client.engine.openStream([...getPairs, 'x', 'y'.repeat(100)]), false)
})

// --- streams

limitTest('peerMaxConcurrentStreams', 'what we open before the peer has said how many', () => {
  const peer = new Peer('client', { limits: { peerMaxConcurrentStreams: 2 } })
  for (let i = 0; i < 3; i++) peer.engine.openStream(getPairs, { endStream: true })
  assert.equal(peer.received().filter(line => line.startsWith('HEADERS')).length, 2)
  peer.sends(settings())
  assert.equal(peer.received().filter(line => line.startsWith('HEADERS')).length, 1)
})

limitTest('maxConcurrentStreams', 'one stream too many is refused, before the ACK as behind it', () => {
  for (const isAcknowledged of [false, true]) {
    const peer = new Peer('server', { settings: [[3, 2]] })
    peer.sends(preface, settings(), ...(isAcknowledged ? [settingsAck] : []))
    for (const id of [1, 3, 5]) peer.sends(peer.headers(id, post))
    assert.equal(peer.received().at(-1), 'RST_STREAM 5 7')
    assert.equal(peer.engine.openStreams, 2)
    // A place is free again.
    peer.sends(reset(1, 8), peer.headers(7, post))
    assert.equal(peer.engine.openStreams, 2)
    peer.expectsNothing()
  }
})

limitTest('maxSessionRejectedStreams', 'a peer that goes on opening them', () => {
  const peer = server({ maxSessionRejectedStreams: 5 }, { settings: [[3, 1]] })
  assert.equal(
    flood(peer, round => peer.headers(1 + 2 * round, post)),
    6,
  )
  expectsLimit(peer, 'maxSessionRejectedStreams')
})

limitTest('maxSessionInvalidFrames', 'a peer that breaks rule after rule', () => {
  const peer = server({ maxSessionInvalidFrames: 5 })
  assert.equal(
    flood(peer, round => peer.headers(1 + 2 * round, [['bad name', '']], 'end')),
    6,
  )
  expectsLimit(peer, 'maxSessionInvalidFrames')
})

limitTest('maxReservedRemoteStreams', 'pushes that have not begun', () => {
  const peer = Peer.started('client', { limits: { maxReservedRemoteStreams: 2 } })
  peer.engine.openStream(getPairs, { endStream: true })
  peer.received()
  for (const id of [2, 4, 6]) peer.sends(peer.promise(1, id, get))
  peer.expects('RST_STREAM 6 8')
  peer.sends(peer.headers(2, [[':status', '200']]), peer.promise(1, 8, get))
  peer.expectsNothing()
})

limitTest('maxSessionMemory', 'data that is not consumed, data that is not taken, headers that are kept', () => {
  const limits = { maxSessionMemory: 50_000 }
  const received = server(limits)
  received.sends(received.headers(1, post), received.headers(3, post))
  for (const id of [1, 3]) for (let i = 0; i < 4; i++) received.sends(data(id, Buffer.alloc(7000)))
  received.received()
  received.sends(received.headers(5, get, 'end'))
  received.expects('RST_STREAM 5 11')
  received.engine.consume(received.events.stream(1), 28_000)
  received.sends(received.headers(7, get, 'end'))
  assert.ok(received.engine.stream(7))

  const queued = server(limits)
  queued.sends(settings([4, 0]), queued.headers(1, get, 'end'))
  queued.engine.respond(queued.events.stream(1), [':status', '200'], false)
  queued.engine.sendData(queued.events.stream(1), Buffer.alloc(60_000))
  queued.received()
  queued.sends(queued.headers(3, get, 'end'))
  queued.expects('RST_STREAM 3 11')

  // CVE-2026-56846: decoded headers of streams that are left open.
  const kept = server({ ...limits, maxSessionRejectedStreams: 3 })
  const rounds = flood(kept, round => kept.headers(1 + 2 * round, [...post, ['x', 'y'.repeat(2000)]]), 1000)
  assert.ok(rounds < 30)
  expectsLimit(kept, 'maxSessionRejectedStreams')
})

limitTest('maxSessionMemory', "a response, and trailers, while a request's data waits: as Node refuses them", () => {
  const limits = { maxSessionMemory: 100_000, maxSessionInvalidFrames: 0 }
  const peer = Peer.started('client', { limits })
  const ids = [1, 3, 5, 7]
  for (const id of ids) {
    const stream = peer.engine.openStream(postPairs)
    assert.ok(stream)
    peer.engine.sendData(stream, Buffer.alloc(id === 7 ? 160_000 : 20_000))
  }
  peer.received()
  assert.ok(peer.engine.memoryUsed > 150_000, 'the windows hold it back')
  for (const id of [1, 3]) peer.sends(peer.headers(id, [[':status', '200']]))
  peer.expects('RST_STREAM 1 11', 'RST_STREAM 3 11')
  assert.deepEqual(
    peer.events.streamErrors.map(({ limit }) => limit),
    ['maxSessionMemory', 'maxSessionMemory'],
  )
  // Room again: it is told.
  peer.sends(windowUpdate(0, 1_000_000), windowUpdate(7, 1_000_000))
  peer.received()
  peer.events.take()
  peer.sends(peer.headers(5, [[':status', '200']]))
  peer.tells('response 5 :status=200')
})

limitTest('maxSessionMemory', 'answers of a megabyte each to a peer that gives no window', () => {
  const peer = server({})
  peer.sends(settings([4, 0]))
  let served = 0
  const asked = flood(peer, round => {
    const id = 1 + 2 * round
    const last = peer.engine.stream(id - 2)
    if (last !== undefined) {
      served++
      peer.engine.respond(last, [':status', '200'], false)
      peer.engine.sendData(last, Buffer.alloc(1_000_000), { endStream: true })
    }
    return peer.headers(id, get, 'end')
  })
  // Ten megabytes, and each request beyond is refused, a hundred of them, as with Node.
  assert.equal(served, 10)
  assert.equal(asked, served + defaultLimits.maxSessionRejectedStreams)
  expectsLimit(peer, 'maxSessionRejectedStreams')
})

limitTest('stalledStreamTimeoutMs', 'windows held shut (slow read)', () => {
  const peer = server({ stalledStreamTimeoutMs: 1000 }, {})
  peer.sends(settings([4, 10]), peer.headers(1, get, 'end'), peer.headers(3, get, 'end'))
  for (const id of [1, 3]) peer.engine.respond(peer.events.stream(id), [':status', '200'], false)
  peer.engine.sendData(peer.events.stream(1), Buffer.alloc(50))
  peer.engine.sendData(peer.events.stream(3), Buffer.alloc(5))
  peer.received()
  for (let at = peer.engine.deadline(); at < 900; at = peer.engine.deadline()) peer.engine.expire(at)
  peer.expectsNothing()
  for (let at = peer.engine.deadline(); at < 1600; at = peer.engine.deadline()) peer.engine.expire(at)
  peer.expects('RST_STREAM 1 8')
  assert.equal(peer.events.streamErrors[0]?.limit, 'stalledStreamTimeoutMs')
  assert.ok(peer.engine.stream(3))
})

test('zero and tiny windows: memory is what the user queued, and no more', () => {
  const peer = Peer.started('server', {}, [4, 1])
  for (let i = 0; i < 50; i++) {
    const id = 1 + 2 * i
    peer.sends(peer.headers(id, get, 'end'))
    peer.engine.respond(peer.events.stream(id), [':status', '200'], false)
    peer.engine.sendData(peer.events.stream(id), Buffer.alloc(1000), { endStream: true })
  }
  peer.received()
  const before = peer.engine.memoryUsed
  for (let i = 0; i < 50; i++) peer.sends(windowUpdate(1 + 2 * i, 1))
  assert.equal(peer.received().length, 50)
  assert.equal(peer.engine.memoryUsed, before - 50)
})

// --- the connection

limitTest('maxOutstandingPings', 'ours under way', () => {
  const peer = server({})
  for (let i = 0; i < 10; i++) assert.equal(peer.engine.ping(Buffer.alloc(8)), true)
  assert.equal(peer.engine.ping(Buffer.alloc(8)), false)
  peer.sends(ping('\0'.repeat(8), 'ack'))
  assert.equal(peer.engine.ping(Buffer.alloc(8)), true)
  assert.equal(peer.engine.outstandingPings, 10)
})

limitTest('maxOutstandingSettings', 'ours under way', () => {
  const peer = server({ maxOutstandingSettings: 2 })
  assert.equal(peer.engine.settings([]), true)
  assert.equal(peer.engine.settings([]), true)
  assert.equal(peer.engine.settings([]), false)
})

limitTest('maxSettings', 'entries in one frame: CVE-2020-11080', () => {
  const entry = (i: number): [number, number] => [0x1000 + i, 1]
  const peer = server({})
  peer.sends(settings(...Array.from({ length: 32 }, (_, i) => entry(i))))
  assert.equal(peer.engine.isDestroyed, false)
  // By its length alone.
  peer.sends(settings(...Array.from({ length: 33 }, (_, i) => entry(i))).subarray(0, 9))
  expectsLimit(peer, 'maxSettings')
})

limitTest('settingsTimeoutMs', 'SETTINGS that are not acknowledged', () => {
  const peer = new Peer('server', { limits: { settingsTimeoutMs: 5000 } })
  assert.equal(peer.engine.deadline(), 5000)
  peer.engine.expire(5000)
  expectsLimit(peer, 'settingsTimeoutMs', 4)
})

limitTest('maxOrigins', 'origins of a session: CVE-2026-48619', () => {
  const peer = Peer.started('client', { limits: { maxOrigins: 3 } })
  peer.sends(frame(0xc, 0, 0, '\0\x01a\0\x01b'), frame(0xc, 0, 0, '\0\x01c\0\x01d\0\x01e\0\x01a'))
  peer.tells('origin a b', 'origin c')
})

limitTest('maxEarlyPriorities', 'priorities of requests that do not come', () => {
  const peer = server({ maxEarlyPriorities: 2 })
  for (const id of [1, 3, 5]) peer.sends(frame(0x10, 0, 0, Buffer.concat([uint32(id), Buffer.from('u=0')])))
  for (const id of [1, 3, 5]) peer.sends(peer.headers(id, get, 'end'))
  assert.deepEqual(
    [1, 3, 5].map(id => peer.events.stream(id).urgency),
    [0, 0, 3],
  )
})

limitTest('maxDeflateDynamicTableSize', 'our table, whatever the peer allows', () => {
  const peer = Peer.started('server', { limits: { maxDeflateDynamicTableSize: 100 } }, [1, 0x7fffffff])
  peer.sends(peer.headers(1, get, 'end'))
  const fields = Array.from({ length: 50 }, (_, i) => [`x-${i}`, 'y']).flat()
  peer.engine.respond(peer.events.stream(1), [':status', '200', ...fields], true)
  assert.ok(peer.engine.state().deflateDynamicTableSize <= 100)
})

// Passed in flow-control.test.ts.
tested.add('maxStreamWindow').add('maxConnectionWindow')

test('streams left half open hold no more than their share, and go with the session', () => {
  const peer = server({}, { settings: [[3, 50]] })
  for (let i = 0; i < 50; i++) peer.sends(peer.headers(1 + 2 * i, post))
  assert.ok(peer.engine.memoryUsed < 100_000)
  peer.engine.receiveEnd()
  assert.equal(peer.engine.openStreams, 0)
  assert.equal(peer.events.take().filter(line => line.startsWith('closed')).length, 50)
})

test('memory stays flat under a million bytes of resets, however they are answered', () => {
  const peer = server({ streamResetBurst: Number.POSITIVE_INFINITY })
  for (let i = 0; i < 20_000; i++) {
    const id = 1 + 2 * i
    peer.sends(peer.headers(id, post), data(id, 'abc'), reset(id, 8))
    if (i % 100 === 0) peer.received()
    peer.events.take()
    peer.events.streams.clear()
  }
  assert.ok(peer.engine.memoryUsed < 20_000)
})

test('every limit has a test', () => {
  for (const name of Object.keys(defaultLimits)) assert.ok(tested.has(name), name)
})
