// Http2Session on both sides: every property, method and event that programs see.
// test/parity/seeds/http2.ts says which test stands for which entry of the seed inventory.

import assert from 'node:assert/strict'
import { once } from 'node:events'
import net from 'node:net'
import { duplexPair } from 'node:stream'
import { text } from 'node:stream/consumers'
import { it } from 'node:test'
import { exchange, http2, listening, pair, refusalOf, type ServerStream } from './peers.ts'

const { constants } = http2
/** RFC 9113 section 6.2. */
const headersFrame = 1

it('sessions know their kind, their state and their settings', async t => {
  const { client, session } = await pair(
    t,
    { settings: { maxConcurrentStreams: 7 } },
    { settings: { enablePush: false } },
  )
  assert.deepEqual([session.type, client.type], [constants.NGHTTP2_SESSION_SERVER, constants.NGHTTP2_SESSION_CLIENT])
  assert.deepEqual(
    [client.connecting, client.closed, client.destroyed, client.encrypted, client.alpnProtocol, client.originSet],
    [false, false, false, false, 'h2c', undefined],
  )
  assert.equal(client.remoteSettings.maxConcurrentStreams, 7)
  if (client.pendingSettingsAck) await once(client, 'localSettings')
  assert.equal(client.localSettings.enablePush, false)
  assert.equal(session.remoteSettings.enablePush, false)
  assert.equal(session.remoteSettings.headerTableSize, 4096)
  const { state } = client
  assert.deepEqual(Object.keys(state).sort(), [
    'deflateDynamicTableSize',
    'effectiveLocalWindowSize',
    'effectiveRecvDataLength',
    'inflateDynamicTableSize',
    'lastProcStreamID',
    'localWindowSize',
    'nextStreamID',
    'outboundQueueSize',
    'remoteWindowSize',
  ])
  for (const [name, value] of Object.entries(state)) assert.ok(Number.isInteger(value) && value >= 0, name)
  assert.equal(state.nextStreamID, 1)
  assert.ok((state.localWindowSize ?? 0) >= 65_535 && (state.remoteWindowSize ?? 0) >= 65_535)
})

it('is told that it is connecting, then of the connection', async t => {
  const server = http2.createServer()
  const port = await listening(t, server)
  let listened: unknown[] = []
  const client = http2.connect(`http://127.0.0.1:${port}`, (...args) => {
    listened = args
  })
  assert.equal(client.connecting, true)
  const [session, socket] = await once(client, 'connect')
  assert.equal(session, client)
  assert.ok(socket instanceof net.Socket || socket.remotePort === port)
  assert.equal(listened[0], client)
  assert.equal(client.connecting, false)
  client.close()
  await once(client, 'close')
})

it('ping() carries eight bytes there and back, and tells the other side', async t => {
  const { client, session } = await pair(t)
  const heard = once(session, 'ping')
  const payload = Buffer.from('abcdefgh')
  const [duration, echoed] = await new Promise<[number, Buffer]>((resolve, reject) => {
    assert.equal(
      client.ping(payload, (error, ms, bytes) => (error ? reject(error) : resolve([ms, bytes]))),
      true,
    )
  })
  assert.ok(duration >= 0)
  assert.deepEqual([echoed, (await heard)[0]], [payload, payload])
  assert.throws(() => client.ping(Buffer.alloc(7), () => {}), { code: 'ERR_HTTP2_PING_LENGTH' })
  assert.throws(() => client.ping('x' as never, () => {}), { code: 'ERR_INVALID_ARG_TYPE' })
  assert.throws(() => client.ping(payload, 5 as never), { code: 'ERR_INVALID_ARG_TYPE' })
})

it('goaway() tells its code, the last stream and the opaque data', async t => {
  const { client, session } = await pair(t)
  const told = once(client, 'goaway')
  session.goaway(constants.NGHTTP2_NO_ERROR, 0, Buffer.from('bye'))
  const [code, lastStreamID, data] = await told
  assert.deepEqual([code, lastStreamID, String(data)], [constants.NGHTTP2_NO_ERROR, 0, 'bye'])
  const failed = once(client, 'close')
  session.goaway(constants.NGHTTP2_ENHANCE_YOUR_CALM)
  await failed
  assert.equal(client.destroyed, true)
})

it('settings() are told to the other side, and acknowledged', async t => {
  const { client, session } = await pair(t)
  if (client.pendingSettingsAck) await once(client, 'localSettings')
  const [told, acknowledged] = [once(session, 'remoteSettings'), once(client, 'localSettings')]
  const called = new Promise(resolve =>
    client.settings(
      {
        initialWindowSize: 100_000,
        maxFrameSize: 20_000,
        maxConcurrentStreams: 9,
        maxHeaderListSize: 9999,
        headerTableSize: 100,
        enablePush: false,
      },
      (error, settings) => resolve([error, settings.initialWindowSize]),
    ),
  )
  assert.equal(client.pendingSettingsAck, true)
  const [settings] = await told
  assert.deepEqual(
    [
      settings.initialWindowSize,
      settings.maxFrameSize,
      settings.maxConcurrentStreams,
      settings.maxHeaderListSize,
      settings.headerTableSize,
      settings.enablePush,
    ],
    [100_000, 20_000, 9, 9999, 100, false],
  )
  assert.equal((await acknowledged)[0].initialWindowSize, 100_000)
  assert.deepEqual(await called, [null, 100_000])
  assert.equal(client.pendingSettingsAck, false)
  session.settings({ enableConnectProtocol: true })
  assert.equal((await once(client, 'remoteSettings'))[0].enableConnectProtocol, true)
  assert.throws(() => client.settings({ maxFrameSize: 1 }), { code: 'ERR_HTTP2_INVALID_SETTING_VALUE' })
})

it('setLocalWindowSize() widens the window of the whole session', async t => {
  const { client } = await pair(t)
  client.setLocalWindowSize(1 << 20)
  assert.deepEqual([client.state.effectiveLocalWindowSize, client.state.localWindowSize], [1 << 20, 1 << 20])
  assert.throws(() => client.setLocalWindowSize(-1), { code: 'ERR_OUT_OF_RANGE' })
  assert.throws(() => client.setLocalWindowSize('1' as never), { code: 'ERR_INVALID_ARG_TYPE' })
})

it("setTimeout() tells 'timeout' of a session without traffic", async t => {
  const { client } = await pair(t)
  const called = new Promise<void>(resolve => void client.setTimeout(5, resolve))
  await once(client, 'timeout')
  await called
  assert.equal(client.destroyed, false)
  assert.throws(() => client.setTimeout(5, 'x' as never), { code: 'ERR_INVALID_ARG_TYPE' })
})

it('close() waits for open streams, and refuses new ones', async t => {
  const both = await pair(t)
  const { request, stream } = await exchange(both)
  const closed = new Promise<void>(resolve => both.client.close(resolve))
  assert.deepEqual([both.client.closed, both.client.destroyed], [true, false])
  assert.equal((await refusalOf(both.client)).code, 'ERR_HTTP2_GOAWAY_SESSION')
  stream.respond()
  stream.end('last')
  request.end()
  assert.equal(await text(request), 'last')
  await closed
  assert.equal(both.client.destroyed, true)
  assert.equal((await refusalOf(both.client)).code, 'ERR_HTTP2_INVALID_SESSION')
})

it('destroy() ends it with an error, with a code, or without', async t => {
  const mine = new Error('mine')
  for (const [args, expected] of [
    [[mine], mine.message],
    [[mine, constants.NGHTTP2_INTERNAL_ERROR], mine.message],
    [[constants.NGHTTP2_INTERNAL_ERROR], /^Session closed with error code 2$/],
    [[], undefined],
  ] as const) {
    const { client, session } = await pair(t)
    let failure: Error | undefined
    client.on('error', error => {
      failure = error
    })
    const closes = (one: object) => new Promise(resolve => (one as NodeJS.EventEmitter).once('close', resolve))
    const [closed, otherClosed] = [closes(client), closes(session)]
    client.destroy(...(args as []))
    assert.equal(client.destroyed, true)
    await closed
    await otherClosed
    if (expected === undefined) assert.equal(failure, undefined)
    else assert.match(String(failure?.message), expected instanceof RegExp ? expected : new RegExp(expected))
    assert.equal(client.socket, undefined)
  }
})

it('shows its socket, but for what would harm the session', async t => {
  const { client } = await pair(t)
  const { socket } = client
  assert.equal(socket.remoteAddress, '127.0.0.1')
  for (const method of ['emit', 'end', 'pause', 'read', 'resume', 'write'] as const) {
    assert.throws(() => (socket as net.Socket)[method], { code: 'ERR_HTTP2_NO_SOCKET_MANIPULATION' }, method)
  }
  socket.setTimeout(1000)
  assert.equal(client.ref(), undefined)
  assert.equal(client.unref(), undefined)
  client.ref()
})

it('altsvc() offers another service, for an origin or a stream', async t => {
  const both = await pair(t)
  const told = once(both.client, 'altsvc')
  both.session.altsvc('h2=":8000"', 'https://example.org:80')
  assert.deepEqual(await told, ['h2=":8000"', 'https://example.org:80', 0])
  const { request, stream } = await exchange(both)
  const ofStream = once(both.client, 'altsvc')
  both.session.altsvc('h3=":443"', stream.id as number)
  const [alt, , id] = await ofStream
  assert.deepEqual([alt, id], ['h3=":443"', request.id])
  assert.throws(() => both.session.altsvc('x\u0001', 'https://example.org'), { code: 'ERR_INVALID_CHAR' })
  assert.throws(() => both.session.altsvc('h2=":1"', 'no url'), { code: 'ERR_INVALID_URL' })
})

it('a session runs over a connection that the program makes', async t => {
  const [one, two] = duplexPair()
  const server = http2.createServer((_request, response) => void response.end('over a pair'))
  server.emit('connection', one)
  const client = http2.connect('http://example.org', { createConnection: () => two })
  t.after(() => client.destroy())
  const request = client.request()
  assert.equal(await text(request), 'over a pair')
})

it('connect() takes a URL, options and protocol, and refuses others', async t => {
  const { port } = await pair(t)
  const client = http2.connect(new URL(`http://127.0.0.1:${port}/path`), { protocol: 'http:' })
  await once(client, 'connect')
  client.close()
  const other = http2.connect({ host: '127.0.0.1', port, protocol: 'http:' } as never)
  await once(other, 'connect')
  other.close()
  assert.throws(() => http2.connect('ftp://a.example'), { code: 'ERR_HTTP2_UNSUPPORTED_PROTOCOL' })
})

it('a frame that cannot be sent is told, and closes its stream', async t => {
  const both = await pair(t)
  const { request, stream } = await exchange(both)
  const failed = once(stream, 'frameError')
  const closed = new Promise(resolve => request.once('close', resolve))
  // Beyond what a header block may hold.
  stream.respond({ 'x-long': 'x'.repeat(100_000) })
  const [type, code, id] = await failed
  assert.deepEqual([type, code, id], [headersFrame, constants.NGHTTP2_FRAME_SIZE_ERROR, stream.id])
  await closed
})

it("a client's session is told of pushed streams, with their request", async t => {
  const both = await pair(t)
  const { request, stream } = await exchange(both)
  const pushed = once(both.client, 'stream')
  stream.pushStream({ ':path': '/pushed' }, (_error, push) => {
    push.respond()
    push.end('pushed')
  })
  const [push, headers] = await pushed
  assert.equal(headers[':path'], '/pushed')
  assert.equal(await text(push), 'pushed')
  stream.respond()
  stream.end()
  request.resume().end()
})

it('a server of many streams numbers them to 2^31-1, and then takes no more', async t => {
  const { client } = await pair(t)
  ;(client as unknown as { setNextStreamID(id: number): void }).setNextStreamID(2 ** 31 - 1)
  const last = client.request()
  last.on('error', () => {})
  assert.equal(last.id, 2 ** 31 - 1)
  const beyond = client.request()
  const [error] = await once(beyond, 'error')
  assert.equal(error.code, 'ERR_HTTP2_OUT_OF_STREAMS')
})

it('origin() is for secure sessions of servers', async t => {
  const { session } = await pair(t)
  assert.throws(() => session.origin('no url'), { code: 'ERR_INVALID_URL' })
  const streams: unknown[] = []
  session.on('stream', stream => streams.push(stream))
  session.origin('https://example.org')
  assert.deepEqual(streams, [])
})

it('maxReservedRemoteStreams: pushed streams beyond it are refused', async t => {
  const both = await pair(t, {}, { maxReservedRemoteStreams: 1 } as never)
  const { stream } = await exchange(both)
  const codes = await new Promise<(number | undefined)[]>(resolve => {
    const closed: (number | undefined)[] = []
    for (let i = 0; i < 3; i++) {
      stream.pushStream({ ':path': `/${i}` }, (_error, push) => {
        push.on('error', () => {})
        push.on('close', () => {
          closed.push(push.rstCode)
          if (closed.length === 2) resolve(closed)
        })
      })
    }
  })
  for (const code of codes) assert.ok(code === constants.NGHTTP2_REFUSED_STREAM || code === constants.NGHTTP2_CANCEL)
})

it('close() of a session without streams destroys it once its GOAWAY has left, not before it returns', async t => {
  const { client, session } = await pair(t)
  const codes: number[] = []
  session.on('goaway', code => codes.push(code))
  client.close()
  assert.deepEqual([client.closed, client.destroyed], [true, false])
  await Promise.all([once(client, 'close'), once(session, 'close')])
  assert.equal(codes[0], constants.NGHTTP2_NO_ERROR)
})

it('destroy() ends its streams, also those that have arrived in full and have not been read', async t => {
  const both = await pair(t)
  both.server.on('stream', (stream: ServerStream) => {
    stream.respond()
    stream.end('all at once')
  })
  const request = both.client.request({ ':path': '/' })
  const closed = once(request, 'close')
  await once(request, 'response')
  // Behind the answer's end.
  await new Promise(resolve => both.client.ping(resolve))
  both.client.destroy()
  await closed
  assert.equal(request.readableEnded, false)
})
