// Every cell of the table of stream states: in the table, and for those that frames can reach, through the engine.

import assert from 'node:assert/strict'
import { test } from 'node:test'
import * as s from '../../../src/http2/engine/stream-states.ts'
import type { StreamStateNumber } from '../../../src/http2/engine/types.ts'
import { data, frame, get, getPairs, Peer, post, reset, windowUpdate } from '../../support/h2-peer.ts'

// Written down once more from RFC 9113 section 5.1, by event: what each state becomes.
const [idle, open, resLocal, resRemote, hcl, hcr, closed] = [1, 2, 3, 4, 5, 6, 7]
const no = s.REFUSED
const protocol = s.PROTOCOL_CONNECTION
const expected: [event: number, next: Record<number, number | undefined>][] = [
  [s.SEND_HEADERS, { [idle]: open, [open]: open, [resLocal]: hcr, [hcr]: hcr }],
  [s.SEND_DATA, { [open]: open, [hcr]: hcr }],
  [s.SEND_END, { [open]: hcl, [hcr]: closed }],
  [s.SEND_RESET, { [open]: closed, [resLocal]: closed, [resRemote]: closed, [hcl]: closed, [hcr]: closed }],
  [s.SEND_PROMISE, { [idle]: resLocal }],
  [
    s.RECEIVE_HEADERS,
    {
      [idle]: open,
      [open]: open,
      [resRemote]: hcl,
      [hcl]: hcl,
      [hcr]: s.STREAM_CLOSED_STREAM,
      [closed]: s.STREAM_CLOSED_CONNECTION,
    },
  ],
  [s.RECEIVE_DATA, { [open]: open, [hcl]: hcl, [hcr]: s.STREAM_CLOSED_STREAM, [closed]: s.STREAM_CLOSED_STREAM }],
  [s.RECEIVE_END, { [open]: hcr, [hcl]: closed, [hcr]: s.STREAM_CLOSED_STREAM, [closed]: s.STREAM_CLOSED_CONNECTION }],
  [
    s.RECEIVE_RESET,
    { [open]: closed, [resLocal]: closed, [resRemote]: closed, [hcl]: closed, [hcr]: closed, [closed]: s.IGNORED },
  ],
  [s.RECEIVE_PROMISE, { [idle]: resRemote, [open]: open, [hcl]: hcl }],
  [s.RECEIVE_WINDOW_UPDATE, { [open]: open, [resLocal]: resLocal, [hcl]: hcl, [hcr]: hcr, [closed]: s.IGNORED }],
]

test('the table holds what RFC 9113 section 5.1 says, cell by cell', () => {
  assert.equal(expected.length, s.eventCount)
  for (const [event, next] of expected)
    for (let state = idle; state <= closed; state++) {
      const otherwise = event <= s.SEND_PROMISE ? no : protocol
      const cell = s.transition(state as StreamStateNumber, event)
      assert.equal(cell, next[state] ?? otherwise, `state ${state}, event ${event}`)
    }
})

/** A server's stream 1 in some state, and a client's for the reserved one. */
const inState: Record<string, () => Peer> = {
  idle: () => Peer.started('server'),
  open: () => {
    const peer = Peer.started('server')
    peer.sends(peer.headers(1, post))
    return peer
  },
  'half-closed (remote)': () => {
    const peer = Peer.started('server')
    peer.sends(peer.headers(1, get, 'end'))
    return peer
  },
  'half-closed (local)': () => {
    const peer = Peer.started('server')
    peer.sends(peer.headers(1, post))
    peer.engine.respond(peer.events.stream(1), [':status', '200'], true)
    return peer
  },
  closed: () => {
    const peer = Peer.started('server')
    peer.sends(peer.headers(1, get, 'end'))
    peer.engine.respond(peer.events.stream(1), [':status', '200'], true)
    return peer
  },
  'closed by our reset': () => {
    const peer = Peer.started('server')
    peer.sends(peer.headers(1, post))
    peer.engine.reset(peer.events.stream(1), 8)
    return peer
  },
}

const frames: Record<string, (peer: Peer) => Uint8Array> = {
  DATA: () => data(1, 'x'),
  trailers: peer => peer.headers(1, [['a', 'b']], 'end'),
  RST_STREAM: () => reset(1, 8),
  WINDOW_UPDATE: () => windowUpdate(1, 5),
  PRIORITY: () => frame('PRIORITY', 0, 1, Buffer.from([0, 0, 0, 0, 15])),
}

/** What comes of it: `ok`, nothing at all, a stream error or a connection error by code. */
const outcomes: [state: string, frame: string, outcome: string][] = [
  ['idle', 'DATA', 'connection 1'],
  ['idle', 'trailers', 'stream 1'],
  ['idle', 'RST_STREAM', 'connection 1'],
  ['idle', 'WINDOW_UPDATE', 'connection 1'],
  ['idle', 'PRIORITY', 'ok'],
  ['open', 'DATA', 'ok'],
  ['open', 'trailers', 'ok'],
  ['open', 'RST_STREAM', 'closed'],
  ['open', 'WINDOW_UPDATE', 'ok'],
  ['open', 'PRIORITY', 'ok'],
  ['half-closed (remote)', 'DATA', 'stream 5'],
  ['half-closed (remote)', 'trailers', 'stream 5'],
  ['half-closed (remote)', 'RST_STREAM', 'closed'],
  ['half-closed (remote)', 'WINDOW_UPDATE', 'ok'],
  ['half-closed (remote)', 'PRIORITY', 'ok'],
  ['half-closed (local)', 'DATA', 'ok'],
  ['half-closed (local)', 'trailers', 'closed'],
  ['half-closed (local)', 'RST_STREAM', 'closed'],
  ['half-closed (local)', 'WINDOW_UPDATE', 'ok'],
  ['half-closed (local)', 'PRIORITY', 'ok'],
  ['closed', 'DATA', 'stream 5'],
  ['closed', 'trailers', 'connection 5'],
  ['closed', 'RST_STREAM', 'ok'],
  ['closed', 'WINDOW_UPDATE', 'ok'],
  ['closed', 'PRIORITY', 'ok'],
  ['closed by our reset', 'DATA', 'ok'],
  ['closed by our reset', 'trailers', 'ok'],
  ['closed by our reset', 'RST_STREAM', 'ok'],
  ['closed by our reset', 'WINDOW_UPDATE', 'ok'],
  ['closed by our reset', 'PRIORITY', 'ok'],
]

for (const [state, name, outcome] of outcomes)
  test(`${name} on a stream that is ${state}: ${outcome}`, () => {
    const peer = (inState[state] as () => Peer)()
    peer.received()
    const before = peer.engine.stream(1)
    const make = frames[name] as (peer: Peer) => Uint8Array
    peer.sends(make(peer))
    const [kind, code] = outcome.split(' ')
    if (kind === 'connection') {
      peer.expectsGoaway(Number(code))
      return
    }
    assert.equal(peer.engine.isDestroyed, false)
    const lines = peer.received()
    if (kind === 'stream') assert.deepEqual(lines, [`RST_STREAM 1 ${code}`])
    else assert.deepEqual(lines, [])
    if (kind === 'closed') assert.equal(before?.state, closed)
  })

test('frames on a stream that the peer promised', () => {
  for (const [bytes, fails] of [
    [data(2, 'x'), true],
    [windowUpdate(2, 1), true],
    [reset(2, 8), false],
  ] as const) {
    const peer = Peer.started('client')
    peer.engine.openStream(getPairs, { endStream: true })
    peer.sends(peer.promise(1, 2, get))
    peer.received()
    assert.equal(peer.engine.stream(2)?.state, resRemote)
    peer.sends(bytes)
    assert.equal(peer.engine.isDestroyed, fails)
  }
})

test('frames on a stream that we promised', () => {
  for (const [make, fails] of [
    [() => data(2, 'x'), true],
    [(peer: Peer) => peer.headers(2, [['a', 'b']], 'end'), true],
    [() => windowUpdate(2, 1), false],
    [() => reset(2, 8), false],
  ] as const) {
    const peer = Peer.started('server')
    peer.sends(peer.headers(1, get, 'end'))
    peer.engine.pushPromise(peer.events.stream(1), getPairs)
    peer.received()
    assert.equal(peer.engine.stream(2)?.state, resLocal)
    peer.sends(make(peer))
    assert.equal(peer.engine.isDestroyed, fails)
  }
})

test('verbs that a state does not allow do nothing and give false', () => {
  const peer = Peer.started('server')
  peer.sends(peer.headers(1, get, 'end'))
  const stream = peer.events.stream(1)
  const { engine } = peer
  assert.equal(engine.sendData(stream, Buffer.from('x')), false, 'data before headers')
  assert.equal(engine.sendTrailers(stream, ['a', 'b']), false)
  assert.equal(engine.respond(stream, [':status', '200'], true), true)
  assert.equal(engine.respond(stream, [':status', '200'], true), false)
  assert.equal(engine.sendInformational(stream, [':status', '103']), false)
  assert.equal(engine.sendData(stream, Buffer.from('x')), false)
  assert.equal(engine.pushPromise(stream, getPairs), undefined)
  engine.reset(stream, 8)
  engine.consume(stream, 5)
  peer.expects('HEADERS 1 end :status=200')
})
