// Messages as dialogues: requests, responses, trailers, pushes, what makes them malformed. RFC 9113 section 8.

import assert from 'node:assert/strict'
import { test } from 'node:test'
import {
  data,
  dialogue,
  type Fields,
  frame,
  get,
  getLine,
  getPairs,
  Peer,
  post,
  postLine,
  postPairs,
  reset,
  settings,
  settingsAck,
} from '../../support/h2-peer.ts'

dialogue('a request and its answer', 'server', {}, peer => {
  peer.sends(peer.headers(1, get, 'end'))
  peer.tells(`request 1 end ${getLine}`, 'end 1')
  const stream = peer.events.stream(1)
  peer.engine.respond(stream, [':status', '200', 'a', 'b'], false)
  peer.engine.sendData(stream, Buffer.from('hello'), { endStream: true })
  peer.expects('HEADERS 1 :status=200 a=b', 'DATA 1 end hello')
  peer.tells('closed 1 0')
  assert.equal(peer.engine.openStreams, 0)
})

dialogue('a request with a body and trailers, and an answer with both', 'server', {}, peer => {
  peer.sends(peer.headers(1, post), data(1, 'ab'), data(1, 'cd'), peer.headers(1, [['x-sum', '4']], 'end'))
  peer.tells(`request 1 ${postLine}`, 'data 1 abcd', 'trailers 1 end x-sum=4', 'end 1')
  const stream = peer.events.stream(1)
  peer.engine.sendInformational(stream, [':status', '103', 'link', '</a>'])
  peer.engine.respond(stream, [':status', '200'], false)
  peer.engine.sendData(stream, Buffer.from('efgh'))
  peer.engine.sendTrailers(stream, ['x-end', '1'])
  peer.expects('HEADERS 1 :status=103 link=</a>', 'HEADERS 1 :status=200', 'DATA 1 efgh', 'HEADERS 1 end x-end=1')
  peer.tells('closed 1 0')
})

dialogue('a client, its requests and their answers', 'client', {}, peer => {
  const one = peer.engine.openStream(getPairs, { endStream: true })
  const two = peer.engine.openStream(postPairs)
  assert.ok(one && two)
  peer.engine.sendData(two, Buffer.from('body'), { endStream: true })
  peer.expects(`HEADERS 1 end ${getLine}`, `HEADERS 3 ${postLine}`, 'DATA 3 end body')
  peer.sends(
    peer.headers(3, [[':status', '103']]),
    peer.headers(3, [[':status', '200']]),
    data(3, 'xyz'),
    peer.headers(1, [[':status', '204']], 'end'),
    data(3, '', 'end'),
  )
  peer.tells(
    'informational 3 :status=103',
    'response 3 :status=200',
    'data 3 xyz',
    'response 1 end :status=204',
    'end 1',
    'closed 1 0',
    'end 3',
    'closed 3 0',
  )
  peer.expectsNothing()
})

dialogue('a header block in many pieces', 'server', {}, peer => {
  peer.sends(peer.headers(1, [...get, ['x', 'y'.repeat(50)]], 'end', 16))
  peer.tells(`request 1 end ${getLine} x=${'y'.repeat(50)}`, 'end 1')
})

dialogue('a header block longer than a frame leaves in pieces', 'server', {}, peer => {
  peer.sends(peer.headers(1, get, 'end'))
  // Characters that Huffman does not shorten.
  peer.engine.respond(peer.events.stream(1), [':status', '200', 'x', '\\'.repeat(20_000)], true)
  const lines = peer.received()
  assert.equal(lines[0], 'HEADERS 1 end begins 16384')
  assert.equal(lines[1], 'CONTINUATION 1 3624 ends')
})

dialogue('padding and an old dependency on HEADERS, padding on DATA', 'server', {}, peer => {
  const block = peer.block(post)
  const dependency = Buffer.from([0x80, 0, 0, 0, 7])
  peer.sends(frame('HEADERS', 4 | 8 | 32, 1, Buffer.concat([Buffer.from([3]), dependency, block, Buffer.alloc(3)])))
  peer.sends(frame('DATA', 8, 1, Buffer.concat([Buffer.from([5]), Buffer.from('abc'), Buffer.alloc(5)])))
  peer.sends(frame('DATA', 9, 1, Buffer.from([0])))
  peer.tells(`request 1 ${postLine}`, 'data 1 abc', 'end 1')
})

dialogue('a push', 'client', {}, peer => {
  peer.engine.openStream(getPairs, { endStream: true })
  peer.received()
  peer.sends(peer.promise(1, 2, get), peer.headers(1, [[':status', '200']], 'end'))
  peer.sends(peer.headers(2, [[':status', '200']]), data(2, 'pushed', 'end'))
  peer.tells(
    `promise 1 2 ${getLine}`,
    'response 1 end :status=200',
    'end 1',
    'closed 1 0',
    'response 2 :status=200',
    'data 2 pushed',
    'end 2',
    'closed 2 0',
  )
})

dialogue('pushing', 'server', {}, peer => {
  peer.sends(peer.headers(1, get, 'end'))
  const parent = peer.events.stream(1)
  const promised = peer.engine.pushPromise(parent, getPairs)
  assert.ok(promised)
  peer.engine.respond(promised, [':status', '200'], false)
  peer.engine.sendData(promised, Buffer.from('p'), { endStream: true })
  peer.expects(`PUSH_PROMISE 1 2 ${getLine}`, 'HEADERS 2 :status=200', 'DATA 2 end p')
  peer.tells(`request 1 end ${getLine}`, 'end 1', 'closed 2 0')
  assert.equal(peer.engine.pushPromise(promised, getPairs), undefined, 'on a pushed stream')
})

test('no push where the peer forbids it, or has room for none', () => {
  for (const entries of [[[2, 0]], [[3, 0]]] as [number, number][][]) {
    const peer = Peer.started('server', {}, ...entries)
    peer.sends(peer.headers(1, get, 'end'))
    assert.equal(peer.engine.pushPromise(peer.events.stream(1), getPairs), undefined)
  }
})

test('a promise that may not be', () => {
  const promise = (peer: Peer): Buffer => peer.promise(1, 2, get)
  const cases: [make: (peer: Peer) => Buffer, code: number, enablePush?: number][] = [
    [peer => peer.promise(1, 3, get), 1],
    [peer => Buffer.concat([promise(peer), promise(peer)]), 1],
    [peer => peer.promise(5, 2, get), 1],
    [promise, 1, 0],
  ]
  for (const [make, code, enablePush] of cases) {
    const peer = Peer.started('client', enablePush === undefined ? {} : { settings: [[2, enablePush]] })
    peer.engine.openStream(getPairs, { endStream: true })
    peer.sends(make(peer))
    peer.expectsGoaway(code)
  }
  const server = Peer.started('server')
  server.sends(server.headers(1, post), server.promise(1, 2, get))
  server.expectsGoaway(1)
})

test('a promise on a stream that we reset is refused', () => {
  const peer = Peer.started('client')
  const stream = peer.engine.openStream(getPairs, { endStream: true })
  assert.ok(stream)
  peer.received()
  peer.engine.reset(stream, 8)
  peer.sends(peer.promise(1, 2, get))
  peer.expects('RST_STREAM 1 8', 'RST_STREAM 2 7')
})

const without = (name: string): Fields => get.filter(([field]) => field !== name)
const set = (name: string, value: string): Fields => get.map(([field, old]) => [field, field === name ? value : old])
const malformed: Record<string, Fields> = {
  'without :method': without(':method'),
  'without :scheme': without(':scheme'),
  'without :path': without(':path'),
  'without :authority or host': without(':authority'),
  'with an empty :path': set(':path', ''),
  'with a relative :path': set(':path', 'a/b'),
  'with a space in :path': set(':path', '/a b'),
  'with * for GET': set(':path', '*'),
  'with a space in :method': set(':method', 'GE T'),
  'with a space in :authority': set(':authority', 'a b'),
  'with a space around :authority': set(':authority', ' a'),
  'with an empty :authority': set(':authority', ''),
  'with / in :authority': set(':authority', 'a/b'),
  'with a user in :authority': set(':authority', 'user@a'),
  'with a byte above ASCII in :authority': set(':authority', 'a\xff'),
  'with host twice': [...get, ['host', 'a'], ['host', 'a']],
  'with an empty host': [...get, ['host', '']],
  'with / in host': [...without(':authority'), ['host', 'a/b']],
  'with an empty host instead of :authority': [...without(':authority'), ['host', '']],
  'CONNECT with / in :authority': [
    [':method', 'CONNECT'],
    [':authority', 'a/b'],
  ],
  'with an empty :scheme': set(':scheme', ''),
  'with a :scheme that begins with a digit': set(':scheme', '1http'),
  'with _ in :scheme': set(':scheme', 'a_b'),
  'with :method twice': [...get, [':method', 'GET']],
  'with :path twice': [...get, [':path', '/b']],
  'with :status': [...get, [':status', '200']],
  'with an unknown pseudo-header': [...get, [':magic', '1']],
  'with a pseudo-header behind a field': [...without(':path'), ['a', 'b'], [':path', '/']],
  'with :protocol that was not offered': [...set(':method', 'CONNECT'), [':protocol', 'websocket']],
  'CONNECT with :path': set(':method', 'CONNECT'),
  'CONNECT without :authority': [[':method', 'CONNECT']],
  'with connection': [...get, ['connection', 'close']],
  'with keep-alive': [...get, ['keep-alive', '5']],
  'with proxy-connection': [...get, ['proxy-connection', 'close']],
  'with transfer-encoding': [...get, ['transfer-encoding', 'chunked']],
  'with upgrade': [...get, ['upgrade', 'h2c']],
  'with te: gzip': [...get, ['te', 'gzip']],
  'with an upper-case name': [...get, ['X-A', '1']],
  'with a space in a name': [...get, ['x a', '1']],
  'with an empty name': [...get, ['', '1']],
  'with a line break in a value': [...get, ['x', 'a\r\nb']],
  'with NUL in a value': [...get, ['x', 'a\0b']],
  'with content-length twice': [...get, ['content-length', '1'], ['content-length', '1']],
  'with a content-length that is no number': [...get, ['content-length', '+1']],
}

for (const [name, fields] of Object.entries(malformed))
  dialogue(`a request ${name} is malformed`, 'server', {}, peer => {
    peer.sends(peer.headers(1, fields, 'end'), peer.headers(3, get, 'end'))
    // The stream alone: the next request is served.
    peer.expects('RST_STREAM 1 1')
    peer.tells(`request 3 end ${getLine}`, 'end 3')
  })

const wellFormed: Record<string, Fields> = {
  'te: trailers': [...get, ['te', 'trailers']],
  'OPTIONS *': [[':method', 'OPTIONS'], ...set(':path', '*').slice(1)],
  CONNECT: [
    [':method', 'CONNECT'],
    [':authority', 'a:443'],
  ],
  'host instead of :authority': [...without(':authority'), ['host', 'a']],
  'a host beside :authority': [...get, ['host', 'b:8080']],
  'an IPv6 address for :authority': set(':authority', '[2001:db8::1]:443'),
  'a scheme with punctuation': set(':scheme', 'web+x-1.0'),
  'another scheme': [...set(':scheme', 'coap').slice(0, 2), [':path', 'x'], [':authority', 'a']],
}

for (const [name, fields] of Object.entries(wellFormed))
  dialogue(`a request with ${name}`, 'server', {}, peer => {
    peer.sends(peer.headers(1, fields, 'end'))
    peer.tells(`request 1 end ${fields.map(field => field.join('=')).join(' ')}`, 'end 1')
  })

const contentLength: Fields = [['content-length', '3']]
dialogue('a content-length among trailers is malformed where the request has had one', 'server', {}, peer => {
  peer.sends(peer.headers(1, [...post, ...contentLength]), data(1, 'abc'), peer.headers(1, contentLength, 'end'))
  peer.expects('RST_STREAM 1 1')
})
dialogue('a content-length among trailers is malformed where it is wrong', 'server', {}, peer => {
  peer.sends(peer.headers(1, post), data(1, 'abcd'), peer.headers(1, contentLength, 'end'))
  peer.expects('RST_STREAM 1 1')
})
dialogue('a content-length among trailers is taken where it is the only one, and right', 'server', {}, peer => {
  peer.sends(peer.headers(1, post), data(1, 'abc'), peer.headers(1, contentLength, 'end'))
  peer.tells(`request 1 ${postLine}`, 'data 1 abc', 'trailers 1 end content-length=3', 'end 1')
})

const withoutContent: Record<string, [fields: Fields, told: string | undefined]> = {
  '204 with a content-length': [[[':status', '204'], ...contentLength], undefined],
  '103 with a content-length': [[[':status', '103'], ...contentLength], undefined],
  '204 with a content-length of 0, which is dropped': [
    [
      [':status', '204'],
      ['content-length', '0'],
    ],
    'response 1 end :status=204',
  ],
  '304 with a content-length': [[[':status', '304'], ...contentLength], 'response 1 end :status=304 content-length=3'],
  'any with an empty host': [
    [
      [':status', '200'],
      ['host', ''],
    ],
    'response 1 end :status=200 host=',
  ],
}
for (const [name, [fields, told]] of Object.entries(withoutContent))
  test(`a response: ${name}`, () => {
    const peer = Peer.started('client')
    peer.engine.openStream(getPairs, { endStream: true })
    peer.received()
    peer.sends(peer.headers(1, fields, 'end'))
    if (told === undefined) peer.expects('RST_STREAM 1 1')
    else assert.deepEqual(peer.events.take().slice(0, 1), [told])
  })

dialogue('extended CONNECT once it was offered', 'server', { settings: [[8, 1]] }, peer => {
  peer.sends(peer.headers(1, [[':method', 'CONNECT'], [':protocol', 'websocket'], ...get.slice(1)]))
  assert.equal(peer.events.take().length, 1)
  peer.expectsNothing()
})

dialogue('spaces around a value: the field is dropped', 'server', {}, peer => {
  peer.sends(peer.headers(1, [...get, ['a', ' b'], ['c', 'd\t'], ['e', 'f']], 'end'))
  peer.tells(`request 1 end ${getLine} e=f`, 'end 1')
})

dialogue('spaces around a value: kept where that was asked for', 'server', { strictFieldWhitespace: false }, peer => {
  peer.sends(peer.headers(1, [...get, ['a', ' b']], 'end'))
  peer.tells(`request 1 end ${getLine} a= b`, 'end 1')
})

const responses: [name: string, fields: Fields, end?: 'end'][] = [
  ['without :status', [['a', 'b']]],
  ['with a :status of two digits', [[':status', '20']]],
  ['with a :status of letters', [[':status', 'abc']]],
  ['with status 101', [[':status', '101']]],
  [
    'with :path',
    [
      [':status', '200'],
      [':path', '/'],
    ],
  ],
  ['that is informational and ends the stream', [[':status', '103']], 'end'],
]
for (const [name, fields, end] of responses)
  dialogue(`a response ${name} is malformed`, 'client', {}, peer => {
    peer.engine.openStream(getPairs, { endStream: true })
    peer.received()
    peer.sends(peer.headers(1, fields, end))
    peer.expects('RST_STREAM 1 1')
    assert.equal(peer.events.streamErrors.length, 1)
    assert.equal(peer.events.take().at(-1), 'closed 1 1')
  })

dialogue('trailers with a pseudo-header', 'server', {}, peer => {
  peer.sends(peer.headers(1, post), peer.headers(1, [[':path', '/']], 'end'))
  peer.expects('RST_STREAM 1 1')
})

dialogue('trailers that do not end the stream', 'server', {}, peer => {
  peer.sends(peer.headers(1, post), peer.headers(1, [['a', 'b']]))
  peer.expects('RST_STREAM 1 1')
})

dialogue('DATA before the response', 'client', {}, peer => {
  peer.engine.openStream(getPairs, { endStream: true })
  peer.received()
  peer.sends(data(1, 'x'))
  peer.expects('RST_STREAM 1 1')
})

const sized = (length: string): Fields => [...post, ['content-length', length]]
dialogue('content that is shorter than its length', 'server', {}, peer => {
  peer.sends(peer.headers(1, sized('5')), data(1, 'abc', 'end'))
  peer.expects('RST_STREAM 1 1')
})
dialogue('content that is longer', 'server', {}, peer => {
  peer.sends(peer.headers(1, sized('2')), data(1, 'abc'))
  peer.expects('RST_STREAM 1 1')
})
dialogue('no content at all', 'server', {}, peer => {
  peer.sends(peer.headers(1, sized('2'), 'end'))
  peer.expects('RST_STREAM 1 1')
  peer.tells()
  assert.equal(peer.engine.openStreams, 0)
})
dialogue('trailers behind content that is too short', 'server', {}, peer => {
  peer.sends(peer.headers(1, sized('5')), data(1, 'abc'), peer.headers(1, [['a', 'b']], 'end'))
  peer.expects('RST_STREAM 1 1')
})
dialogue('the answer to HEAD, 204 and 304 have a length and no content', 'client', {}, peer => {
  for (const [id, method, status] of [
    [1, 'HEAD', '200'],
    [3, 'GET', '304'],
  ] as const) {
    peer.engine.openStream([':method', method, ...getPairs.slice(2)], { endStream: true })
    peer.sends(
      peer.headers(
        id,
        [
          [':status', status],
          ['content-length', '10'],
        ],
        'end',
      ),
    )
    assert.equal(peer.events.take().at(-1), `closed ${id} 0`)
  }
  peer.received()
  peer.engine.openStream([':method', 'HEAD', ...getPairs.slice(2)], { endStream: true })
  peer.received()
  peer.sends(
    peer.headers(5, [
      [':status', '200'],
      ['content-length', '1'],
    ]),
    data(5, 'x'),
  )
  peer.expects('RST_STREAM 5 1')
})

dialogue('a stream that is safe to retry', 'client', {}, peer => {
  const stream = peer.engine.openStream(getPairs)
  const other = peer.engine.openStream(getPairs)
  assert.ok(stream && other)
  peer.sends(reset(1, 7), reset(3, 8))
  assert.equal(stream.isSafeToRetry, true)
  assert.equal(other.isSafeToRetry, false)
})

dialogue('requests wait for a place, in order, and keep their ids', 'client', {}, peer => {
  peer.sends(settings([3, 1]))
  peer.received()
  const ids = [0, 1, 2].map(() => {
    const stream = peer.engine.openStream(getPairs, { endStream: true })
    assert.ok(stream)
    return stream.id
  })
  assert.deepEqual(ids, [1, 3, 5])
  peer.expects(`HEADERS 1 end ${getLine}`)
  // Reset before it left: no frame.
  const waiting = peer.engine.stream(3)
  assert.ok(waiting)
  peer.engine.reset(waiting, 8)
  assert.equal(waiting.isSafeToRetry, true)
  peer.expectsNothing()
  peer.sends(peer.headers(1, [[':status', '200']], 'end'))
  peer.expects(`HEADERS 5 end ${getLine}`)
})

dialogue('a request that waits takes its body, or its end, along', 'client', {}, peer => {
  peer.sends(settings([3, 0]))
  peer.received()
  const [one, two, three] = [0, 1, 2].map(() => peer.engine.openStream(postPairs))
  assert.ok(one && two && three)
  peer.engine.sendData(one, Buffer.from('abc'), { endStream: true })
  peer.engine.sendData(two, Buffer.alloc(0), { endStream: true })
  peer.engine.sendData(three, Buffer.from('x'))
  peer.engine.sendTrailers(three, ['t', '1'])
  peer.expectsNothing()
  peer.sends(settings([3, 9]))
  peer.expects(
    'SETTINGS ack',
    `HEADERS 1 ${postLine}`,
    `HEADERS 3 end ${postLine}`,
    `HEADERS 5 ${postLine}`,
    'DATA 1 end abc',
    'DATA 5 x',
    'HEADERS 5 end t=1',
  )
})

dialogue('frames for a request that has not left', 'client', {}, peer => {
  peer.sends(settings([3, 0]))
  peer.engine.openStream(postPairs)
  peer.sends(peer.headers(1, [[':status', '200']]))
  peer.expectsGoaway(1)
})

test('fields marked as sensitive go as never indexed, and come so', () => {
  const peer = Peer.started('client')
  peer.engine.openStream([...getPairs, 'x-key', 'abc'], { endStream: true, sensitive: new Set(['x-key']) })
  peer.expects(`HEADERS 1 end ${getLine} x-key!=abc`)
})

test('an unknown frame is passed over, but not within a header block', () => {
  const peer = Peer.started('server')
  peer.sends(frame(0xee, 0xff, 77, 'anything'), peer.headers(1, get, 'end'))
  assert.equal(peer.events.take().length, 2)
  peer.sends(peer.headers(3, [...get, ['long', 'enough']], 'end', 4).subarray(0, 13), frame(0xee, 0, 0))
  peer.expectsGoaway(1)
})

test('the preface, and SETTINGS first', () => {
  const peer = new Peer('server', { settings: [[3, 100]] })
  peer.sends(Buffer.from('GET / HTTP/1.1\r\n\r\n'))
  peer.expectsGoaway(1)
  assert.equal(peer.events.error?.libraryCode, -903)
  const client = new Peer('client', {})
  client.expects('PREFACE', 'SETTINGS')
  client.sends(settingsAck)
  client.expectsGoaway(1)
})
