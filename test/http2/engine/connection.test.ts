// The connection as a dialogue: settings, PING, GOAWAY, shutdown, resets, extension frames, and its end.
// RFC 9113 sections 5.4, 6.5, 6.7, 6.8; RFC 7838, 8336, 9218.

import assert from 'node:assert/strict'
import { test } from 'node:test'
import {
  data,
  dialogue,
  frame,
  get,
  getLine,
  getPairs,
  goaway,
  Peer,
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

test('our settings go out first, and hold from their ACK on', () => {
  const peer = new Peer('server', {
    settings: [
      [1, 100],
      [3, 7],
      [0x1234, 5],
    ],
    customSettings: [0x1234],
  })
  peer.expects('SETTINGS 1=100 3=7 4660=5')
  assert.equal(peer.engine.localSettings.maxConcurrentStreams, 0xffffffff)
  assert.equal(peer.engine.outstandingSettings, 1)
  peer.sends(preface, settings(), settingsAck)
  peer.tells('settings', 'settings-ack')
  assert.equal(peer.engine.localSettings.maxConcurrentStreams, 7)
  assert.equal(peer.engine.localSettings.headerTableSize, 100)
  assert.deepEqual([...(peer.engine.localSettings.custom ?? [])], [[0x1234, 5]])
  assert.equal(peer.engine.outstandingSettings, 0)
})

dialogue("the peer's settings hold at once", 'server', { customSettings: [0x99] }, peer => {
  peer.sends(settings([1, 0], [2, 0], [3, 9], [4, 1000], [5, 20_000], [6, 5000], [8, 1], [9, 1], [0x99, 4], [0x77, 1]))
  peer.expects('SETTINGS ack')
  const { custom, ...known } = { ...peer.engine.remoteSettings }
  assert.deepEqual(known, {
    headerTableSize: 0,
    enablePush: false,
    maxConcurrentStreams: 9,
    initialWindowSize: 1000,
    maxFrameSize: 20_000,
    maxHeaderListSize: 5000,
    enableConnectProtocol: true,
    noRfc7540Priorities: true,
  })
  assert.deepEqual([...(custom ?? [])], [[0x99, 4]])
})

const badSettings: [name: string, bytes: Buffer, code: number][] = [
  ['SETTINGS_ENABLE_PUSH of 2', settings([2, 2]), 1],
  ['a window past 2^31-1', settings([4, 0x80000000]), 3],
  ['a frame size below 16,384', settings([5, 16_383]), 1],
  ['a frame size past 2^24-1', settings([5, 0x1000000]), 1],
  ['SETTINGS_ENABLE_CONNECT_PROTOCOL of 2', settings([8, 2]), 1],
  ['SETTINGS on a stream', frame('SETTINGS', 0, 1), 1],
  ['half an entry', frame('SETTINGS', 0, 0, 'abc'), 6],
  ['an ACK with content', frame('SETTINGS', 1, 0, Buffer.alloc(6)), 6],
  ['an ACK of nothing', settingsAck, 1],
]
for (const [name, bytes, code] of badSettings)
  dialogue(`settings: ${name}`, 'server', {}, peer => {
    peer.sends(bytes)
    peer.expectsGoaway(code)
  })

const errnos: [what: string, errno: number, ...frames: Uint8Array[]][] = [
  ['an answer in HTTP/1.1', -505, Buffer.from('HTTP/1.1 400 Bad Request\r\n\r\n')],
  ['a PING that is too short', -505, settings(), frame('PING', 0, 0, '12345')],
  ['a block that cannot be decoded', -505, settings(), frame('HEADERS', 4, 1, Buffer.from([0x80]))],
  ['a window past 2^31-1', -524, settings(), windowUpdate(0, 0x7fffffff)],
  [
    'too many CONTINUATION frames',
    -905,
    settings(),
    frame('HEADERS', 0, 1),
    ...Array(9).fill(frame('CONTINUATION', 0, 1)),
  ],
]
for (const [what, errno, ...frames] of errnos)
  test(`${what}: errno ${errno}, as with the library beneath Node`, () => {
    const peer = new Peer('client')
    peer.engine.openStream(getPairs, { endStream: true })
    peer.sends(...frames)
    assert.equal(peer.events.error?.libraryCode, errno)
  })

test('a server that enables push, or takes extended CONNECT back', () => {
  const peer = Peer.started('client')
  peer.sends(settings([2, 1]))
  peer.expectsGoaway(1)
  const other = Peer.started('client', {}, [8, 1])
  other.sends(settings([8, 0]))
  other.expectsGoaway(1)
})

test('a request that has not left when the connection fails does not leave', () => {
  const peer = Peer.started('client', {}, [8, 1])
  peer.engine.openStream(getPairs, { endStream: true })
  peer.expects(`HEADERS 1 end ${getLine}`)
  const late = peer.engine.openStream(postPairs)
  assert.ok(late)
  peer.engine.sendData(late, Buffer.from('twice?'), { endStream: true })
  peer.sends(settings([8, 0]))
  const said = peer.received()
  assert.equal(said.length, 1)
  assert.match(said[0] as string, /^GOAWAY 1 0 /)
  const first = new Peer('client')
  first.engine.openStream(getPairs)
  first.sends(data(1, ''))
  // What begins a connection does.
  assert.deepEqual(first.received().slice(0, 2), ['PREFACE', 'SETTINGS'])
})

dialogue('PING', 'server', {}, peer => {
  peer.sends(ping('abcdefgh'))
  peer.expects('PING ack abcdefgh')
  peer.tells('ping abcdefgh')
  assert.equal(peer.engine.ping(Buffer.from('12345678')), true)
  peer.expects('PING 12345678')
  peer.sends(ping('12345678', 'ack'))
  peer.tells('ping-ack 12345678')
})

test('an answer to no PING: passed over, except before our SETTINGS are acknowledged', () => {
  const peer = Peer.started('server')
  peer.sends(ping('12345678', 'ack'))
  assert.equal(peer.engine.isDestroyed, false)
  const early = new Peer('server')
  early.sends(preface, settings(), ping('12345678', 'ack'))
  early.expectsGoaway(1)
})

const wrongLengths: [name: string, bytes: Buffer][] = [
  ['PING', frame('PING', 0, 0, '1234567')],
  ['RST_STREAM', frame('RST_STREAM', 0, 1, '123')],
  ['WINDOW_UPDATE', frame('WINDOW_UPDATE', 0, 0, '12345')],
  ['GOAWAY', frame('GOAWAY', 0, 0, '1234567')],
  ['a frame past our SETTINGS_MAX_FRAME_SIZE', frame('DATA', 0, 1, Buffer.alloc(16_385))],
  ['an unknown frame past it', frame(0x70, 0, 0, Buffer.alloc(16_385))],
]
for (const [name, bytes] of wrongLengths)
  dialogue(`${name} of the wrong length`, 'server', {}, peer => {
    peer.sends(bytes)
    peer.expectsGoaway(6)
  })

dialogue('PRIORITY of the wrong length: its stream alone', 'server', {}, peer => {
  peer.sends(peer.headers(1, post), frame('PRIORITY', 0, 1, '1234'))
  peer.expects('RST_STREAM 1 6')
})

const misplaced: [name: string, bytes: Buffer][] = [
  ['DATA', frame('DATA', 0, 0, 'x')],
  ['HEADERS', frame('HEADERS', 4, 0)],
  ['PRIORITY', frame('PRIORITY', 0, 0, '12345')],
  ['RST_STREAM', frame('RST_STREAM', 0, 0, '1234')],
  ['CONTINUATION', frame('CONTINUATION', 4, 0)],
]
for (const [name, bytes] of misplaced)
  dialogue(`${name} on the connection`, 'server', {}, peer => {
    peer.sends(bytes)
    peer.expectsGoaway(1)
  })
dialogue('PING and GOAWAY on a stream', 'server', {}, peer => {
  peer.sends(frame('PING', 0, 1, '12345678'))
  peer.expectsGoaway(1)
})
dialogue('padding longer than its frame', 'server', {}, peer => {
  peer.sends(peer.headers(1, post), frame('DATA', 8, 1, Buffer.from([5, 1, 2])))
  peer.expectsGoaway(1)
})
dialogue('padding longer than its header frame', 'server', {}, peer => {
  peer.sends(frame('HEADERS', 4 | 8, 1, Buffer.from([5, 1, 2])))
  peer.expectsGoaway(1)
})
dialogue('a block that cannot be decoded', 'server', {}, peer => {
  peer.sends(frame('HEADERS', 5, 1, Buffer.from([0xff, 0xff, 0xff, 0xff])))
  peer.expectsGoaway(9)
})
dialogue('an even stream from a client', 'server', {}, peer => {
  peer.sends(peer.headers(2, get, 'end'))
  peer.expectsGoaway(1)
})
dialogue('an id below the last', 'server', {}, peer => {
  peer.sends(peer.headers(5, get, 'end'), peer.headers(3, get, 'end'))
  peer.expectsGoaway(5)
})

test('a client takes no HEADERS that open a stream', () => {
  for (const id of [1, 2]) {
    const peer = Peer.started('client')
    peer.sends(peer.headers(id, [[':status', '200']]))
    peer.expectsGoaway(1)
  }
})

// --- GOAWAY

dialogue('GOAWAY from the peer: what it has not seen is closed, and safe to retry', 'client', {}, peer => {
  const [one, two] = [0, 1].map(() => peer.engine.openStream(getPairs, { endStream: true }))
  assert.ok(one && two)
  peer.received()
  peer.sends(goaway(1, 0, 'bye'))
  peer.tells('goaway 0 1 bye', 'closed 3 7')
  assert.equal(two.isSafeToRetry, true)
  assert.equal(peer.engine.openRefusal(), 'goaway')
  assert.equal(peer.engine.openStream(getPairs), undefined)
  peer.sends(peer.headers(1, [[':status', '200']], 'end'))
  peer.tells('response 1 end :status=200', 'end 1', 'closed 1 0')
  peer.sends(goaway(3))
  peer.expectsGoaway(1)
})

dialogue('goaway(): the streams go on, later ones are passed over', 'server', {}, peer => {
  peer.sends(peer.headers(1, post))
  peer.engine.goaway(0, undefined, Buffer.from('why'))
  peer.expects('GOAWAY 0 1 why')
  peer.sends(data(1, 'x', 'end'), peer.headers(3, post), data(3, 'y'), peer.headers(3, [['a', 'b']], 'end'))
  peer.expectsNothing()
  assert.deepEqual(peer.events.take().slice(1), ['data 1 x', 'end 1'])
})

dialogue('a push behind our GOAWAY is passed over', 'client', {}, peer => {
  peer.engine.openStream(getPairs, { endStream: true })
  peer.engine.goaway(0)
  peer.received()
  peer.sends(peer.promise(1, 2, get), peer.headers(2, [[':status', '200']]), data(2, 'x', 'end'))
  peer.sends(peer.headers(1, [[':status', '200']], 'end'))
  peer.expectsNothing()
  peer.tells('response 1 end :status=200', 'end 1', 'closed 1 0')
})

test('shutdown(): one GOAWAY that promises nothing, another after a round trip', () => {
  const peer = Peer.started('server')
  peer.engine.shutdown()
  peer.expects('GOAWAY 0 2147483647', 'PING shutdown')
  peer.sends(peer.headers(1, get, 'end'), ping('shutdown', 'ack'))
  peer.expects('GOAWAY 0 1')
  peer.sends(peer.headers(3, get, 'end'))
  peer.tells(`request 1 end ${getLine}`, 'end 1')
})

test('shutdown() of a peer that does not answer the PING', () => {
  const peer = Peer.started('server')
  peer.engine.shutdown()
  peer.received()
  const at = peer.engine.deadline()
  assert.ok(at < Number.POSITIVE_INFINITY)
  peer.engine.expire(at)
  peer.expects('GOAWAY 0 0')
  assert.equal(peer.engine.deadline(), Number.POSITIVE_INFINITY)
})

test('destroy() closes every stream, says GOAWAY, and hears nothing more', () => {
  const peer = Peer.started('server')
  peer.sends(peer.headers(1, post))
  const stream = peer.events.stream(1)
  const done: boolean[] = []
  peer.engine.respond(stream, [':status', '200'], false)
  peer.engine.sendData(stream, Buffer.alloc(100_000), { done: sent => done.push(sent) })
  peer.events.take()
  peer.engine.destroy(2)
  assert.deepEqual(done, [false])
  peer.tells('closed 1 2')
  peer.sends(ping('12345678'), peer.headers(3, get))
  peer.tells()
  peer.expects('HEADERS 1 :status=200', 'GOAWAY 2 1')
  for (const verb of [
    () => peer.engine.settings([]),
    () => peer.engine.ping(Buffer.alloc(8)),
    () => peer.engine.sendData(stream, Buffer.alloc(1)),
    () => peer.engine.respond(stream, [], true),
  ])
    assert.equal(verb(), false)
  peer.engine.goaway(0)
  peer.engine.shutdown()
  peer.engine.altsvc(0, 'a', 'b')
  peer.engine.destroy(0)
  peer.expectsNothing()
})

test("the connection's end closes what is open", () => {
  const peer = Peer.started('client')
  peer.sends(settings([3, 1]))
  const [one, two] = [0, 1].map(() => peer.engine.openStream(postPairs))
  assert.ok(one && two)
  peer.engine.receiveEnd()
  assert.deepEqual(peer.events.take().slice(-2), ['closed 1 8', 'closed 3 8'])
  assert.deepEqual([one.isSafeToRetry, two.isSafeToRetry], [false, true])
  assert.equal(peer.engine.openStreams, 0)
})

test('a user that destroys the session from within any event', () => {
  const events = ['onHeaders', 'onData', 'onEnd', 'onStreamClosed', 'onReset', 'onSettings', 'onPing'] as const
  for (const event of events) {
    const peer = Peer.started('server')
    peer.events.reactions = { [event]: () => peer.engine.destroy(0) }
    peer.sends(
      settings([4, 70_000]),
      ping('12345678'),
      peer.headers(1, post),
      data(1, 'abc'),
      data(1, 'def', 'end'),
      peer.headers(3, post),
      reset(3, 8),
      peer.headers(5, get, 'end'),
    )
    assert.equal(peer.engine.isDestroyed, true, event)
    assert.equal(peer.engine.openStreams, 0, event)
    const lines = peer.events.take()
    const opened = lines.filter(line => line.startsWith('request')).length
    assert.equal(lines.filter(line => line.startsWith('closed')).length, opened, `${event}: ${lines}`)
  }
})

test('a user that resets the stream from within any of its events', () => {
  for (const event of ['onHeaders', 'onData', 'onEnd'] as const) {
    const peer: Peer = Peer.started('server', {
      reactions: { [event]: (stream: { id: number }) => peer.engine.reset(peer.events.stream(stream.id), 8) },
    })
    peer.sends(peer.headers(1, post), data(1, 'abc'), data(1, 'def'), peer.headers(1, [['t', '1']], 'end'))
    peer.sends(ping('12345678'))
    assert.deepEqual(peer.received(), ['RST_STREAM 1 8', 'PING ack 12345678'], event)
    assert.equal(peer.events.take().filter(line => line === 'closed 1 8').length, 1)
  }
})

test('a client ends the connection for DATA on a stream that both sides have ended', () => {
  const peer = Peer.started('client')
  peer.engine.openStream(getPairs, { endStream: true })
  peer.received()
  peer.sends(peer.headers(1, [[':status', '200']], 'end'), data(1, 'more', 'end'))
  peer.expects('GOAWAY 5 0 DATA on a closed stream')
})

test('a client passes over DATA of a stream that it has reset, and of one reset so long ago that it has forgotten', () => {
  const peer = Peer.started('client')
  const streams = Array.from({ length: 1002 }, () => {
    const stream = peer.engine.openStream(getPairs, { endStream: true })
    assert.ok(stream)
    peer.received()
    peer.engine.reset(stream, 8)
    return stream
  })
  peer.received()
  peer.sends(data(streams[1001]?.id as number, 'late'))
  peer.expectsNothing()
  // More than are remembered: the answer for closed streams is the stream's alone.
  peer.sends(data(1, 'late'))
  peer.expects('RST_STREAM 1 5')
  assert.equal(peer.engine.isDestroyed, false)
})

test('what a user throws passes through, and nothing that came is lost', () => {
  let throws = true
  const peer = Peer.started('server', {
    reactions: {
      onData() {
        if (throws) throw new Error('of the user')
      },
    },
  })
  const request = peer.headers(1, post)
  assert.throws(
    () => peer.sends(Buffer.concat([request, data(1, 'abc'), data(1, 'def'), ping('12345678')])),
    /of the user/,
  )
  throws = false
  peer.sends(data(1, 'g', 'end'))
  assert.deepEqual(peer.events.take().slice(1), ['data 1 abcdef', 'ping 12345678', 'data 1 g', 'end 1'])
  peer.expects('PING ack 12345678')
})

test('what a user throws keeps nothing from being read on', () => {
  let throws = true
  const peer = Peer.started('server', {
    reactions: {
      onData() {
        if (throws) throw new Error('of the user')
      },
    },
  })
  assert.throws(
    () => peer.sends(Buffer.concat([peer.headers(1, post), data(1, 'abc', 'end'), ping('12345678')])),
    /of the/,
  )
  throws = false
  assert.equal(peer.engine.hasUnread, true)
  peer.engine.resumeReceiving(peer.now)
  assert.equal(peer.engine.hasUnread, false)
  assert.deepEqual(peer.events.take().slice(1), ['data 1 abc', 'end 1', 'ping 12345678'])
})

test('a pause leaves the frames behind the current one until it is over', () => {
  const peer: Peer = Peer.started('server', { reactions: { onHeaders: () => peer.engine.pauseReceiving() } })
  const [first, second] = [peer.headers(1, get, 'end'), peer.headers(3, get, 'end')]
  peer.sends(Buffer.concat([first, second, ping('12345678')]).subarray(0, -3))
  assert.deepEqual(peer.events.take(), [`request 1 end ${getLine}`, 'end 1'])
  assert.equal(peer.engine.hasUnread, true)
  peer.engine.resumeReceiving(peer.now)
  assert.deepEqual(peer.events.take(), [`request 3 end ${getLine}`, 'end 3'])
  // What comes meanwhile goes behind what is left.
  peer.sends(Buffer.from('678'))
  assert.deepEqual(peer.events.take(), ['ping 12345678'])
  assert.equal(peer.engine.hasUnread, false)
})

test('verbs from within events go out with the rest', () => {
  const peer: Peer = Peer.started('server', {
    reactions: {
      onHeaders(stream) {
        peer.engine.respond(stream, [':status', '200'], false)
        peer.engine.sendData(stream, Buffer.from('x'), { endStream: true })
      },
    },
  })
  peer.sends(peer.headers(1, get, 'end'), peer.headers(3, get, 'end'))
  peer.expects('HEADERS 1 :status=200', 'DATA 1 end x', 'HEADERS 3 :status=200', 'DATA 3 end x')
})

test('one wake for all that is written until it was taken', () => {
  const peer = Peer.started('server')
  const before = peer.events.wakes
  peer.sends(ping('1'.repeat(8)), ping('2'.repeat(8)))
  assert.equal(peer.events.wakes, before + 1)
  peer.received()
  peer.sends(ping('3'.repeat(8)))
  assert.equal(peer.events.wakes, before + 2)
})

// --- extensions

dialogue('ALTSVC', 'client', {}, peer => {
  peer.engine.openStream(getPairs)
  const altsvc = (id: number, origin: string, value: string): Buffer =>
    frame(0xa, 0, id, Buffer.concat([Buffer.from([0, origin.length]), Buffer.from(origin + value)]))
  peer.sends(altsvc(0, 'https://a.test', 'h2=":8000"'), altsvc(1, '', 'clear'))
  // Passed over: an origin on a stream, none on the connection, a stream that is not there, one that is cut off.
  peer.sends(altsvc(1, 'https://a.test', 'x'), altsvc(0, '', 'x'), altsvc(9, '', 'x'), frame(0xa, 0, 0, '\0'))
  peer.tells('altsvc 0 https://a.test h2=":8000"', 'altsvc 1  clear')
})

dialogue('ORIGIN', 'client', {}, peer => {
  peer.sends(frame(0xc, 0, 0, '\0\x03abc\0\0\0\x02de'), frame(0xc, 0, 0, '\0\x09abc'), frame(0xc, 0, 1, '\0\x01a'))
  peer.tells('origin abc de')
})

dialogue('a server passes ALTSVC and ORIGIN over', 'server', {}, peer => {
  peer.sends(frame(0xa, 0, 0, '\0\x01ab'), frame(0xc, 0, 0, '\0\x01a'))
  peer.tells()
})

test('sending them', () => {
  const peer = Peer.started('server')
  peer.engine.altsvc(0, 'ab', 'cd')
  peer.engine.origin(['x', 'yz'])
  peer.expects('FRAME 10 0 \0\x02abcd', 'FRAME 12 0 \0\x01x\0\x02yz')
  const client = Peer.started('client')
  client.engine.priorityUpdate(1, 'u=1')
  client.expects('FRAME 16 0 \0\0\0\x01u=1')
})

dialogue('PRIORITY_UPDATE where it may not be', 'server', {}, peer => {
  peer.sends(frame(0x10, 0, 0, '\0\0'))
  peer.expectsGoaway(6)
})
dialogue('PRIORITY_UPDATE for stream 0', 'server', {}, peer => {
  peer.sends(frame(0x10, 0, 0, uint32(0)))
  peer.expectsGoaway(1)
})
dialogue('PRIORITY_UPDATE from a server', 'client', {}, peer => {
  peer.sends(frame(0x10, 0, 0, uint32(1)))
  peer.expectsGoaway(1)
})
dialogue('PRIORITY_UPDATE for a pushed stream that is over, and one that is still to come', 'server', {}, peer => {
  peer.sends(peer.headers(1, get, 'end'))
  const promised = peer.engine.pushPromise(peer.events.stream(1), getPairs)
  assert.ok(promised)
  peer.engine.respond(promised, [':status', '200'], true)
  peer.received()
  peer.sends(frame(0x10, 0, 0, uint32(2)))
  assert.equal(peer.engine.isDestroyed, false)
  peer.sends(frame(0x10, 0, 0, uint32(4)))
  peer.expectsGoaway(1)
})
dialogue('PRIORITY that depends on itself', 'server', {}, peer => {
  peer.sends(peer.headers(1, post), frame('PRIORITY', 0, 1, Buffer.concat([uint32(1), Buffer.from([0])])))
  peer.expects('RST_STREAM 1 1')
})

// --- what goes out

test('padding: aligned makes frames of a multiple of eight, max as long as may be', () => {
  for (const paddingStrategy of ['aligned', 'max'] as const) {
    const peer = Peer.started('server', { paddingStrategy })
    peer.sends(peer.headers(1, get, 'end'))
    const stream = peer.events.stream(1)
    peer.engine.respond(stream, [':status', '200'], false)
    peer.engine.sendData(stream, Buffer.from('hello'), { endStream: true })
    const bytes = Buffer.from(peer.engine.takeOutput() ?? '')
    const first = 9 + bytes.readUIntBE(0, 3)
    const second = 9 + bytes.readUIntBE(first, 3)
    assert.equal(first + second, bytes.length)
    if (paddingStrategy === 'aligned') assert.deepEqual([first % 8, second % 8], [0, 0])
    else assert.deepEqual([bytes[9], bytes[first + 9]], [255, 255])
  }
})

test('ids: setNextStreamId, and the end of them', () => {
  const peer = Peer.started('client')
  assert.equal(peer.engine.setNextStreamId(2), false)
  assert.equal(peer.engine.setNextStreamId(0x7fffffff), true)
  const last = peer.engine.openStream(getPairs)
  assert.ok(last)
  assert.equal(last.id, 0x7fffffff)
  assert.equal(peer.engine.openRefusal(), 'out-of-streams')
  assert.equal(peer.engine.openStream(getPairs), undefined)
})

test('the figures of state()', () => {
  const peer = Peer.started('server', {}, [4, 10])
  peer.sends(peer.headers(1, [...post, ['x', 'y']]), data(1, 'abc'))
  const stream = peer.events.stream(1)
  peer.engine.respond(stream, [':status', '200', 'a', 'b'], false)
  peer.engine.sendData(stream, Buffer.alloc(30))
  peer.received()
  assert.deepEqual(peer.engine.state(), {
    effectiveLocalWindowSize: 65_535,
    localWindowSize: 65_532,
    effectiveRecvDataLength: 3,
    nextStreamID: 2,
    lastProcStreamID: 1,
    remoteWindowSize: 65_525,
    outboundQueueSize: 0,
    deflateDynamicTableSize: 34,
    inflateDynamicTableSize: 34 + 48,
  })
  assert.deepEqual(
    peer.engine.streams().map(({ id }) => id),
    [1],
  )
})
