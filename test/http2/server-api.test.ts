// http2's servers and the options of servers and sessions, each by what it does.
// test/parity/seeds/http2.ts says which test stands for which entry of the seed inventory.

import assert from 'node:assert/strict'
import { once } from 'node:events'
import type builtIn from 'node:http2'
import type net from 'node:net'
import { text } from 'node:stream/consumers'
import { describe, it, type TestContext } from 'node:test'
import { authority, localhost } from '../tls/certificates.ts'
import { exchange, http2, listening, pair, type Server } from './peers.ts'

const { constants } = http2
const identity = { key: localhost.key, cert: localhost.cert }

/** In the clear, and over TLS. */
const kinds = [
  {
    name: 'createServer()',
    create: (options: object, listener?: never) => http2.createServer(options, listener),
    scheme: 'http',
  },
  {
    name: 'createSecureServer()',
    create: (options: object, listener?: never) =>
      http2.createSecureServer({ ...identity, ...options }, listener) as unknown as Server,
    scheme: 'https',
  },
] as const

for (const { name, create, scheme } of kinds) {
  const open = async (t: TestContext, options: object = {}, clientOptions: object = {}, listener?: unknown) => {
    const server = create(options, listener as never)
    const port = await listening(t, server)
    const accepted = once(server, 'session') as Promise<[builtIn.ServerHttp2Session]>
    const client = http2.connect(`${scheme}://localhost:${port}`, { ca: authority.cert, ...clientOptions })
    client.on('error', () => {})
    t.after(() => client.destroy())
    await once(client, 'remoteSettings')
    const [session] = await accepted
    session.on('error', () => {})
    return { server, port, client, session }
  }

  describe(name, () => {
    it('tells of connections, sessions, streams and requests', async t => {
      const seen: string[] = []
      const server = create({})
      const port = await listening(t, server)
      server.on(scheme === 'http' ? 'connection' : 'secureConnection', () => seen.push('connection'))
      server.on('session', () => seen.push('session'))
      server.on('stream', () => seen.push('stream'))
      server.on('request', (_request, response) => {
        seen.push('request')
        response.end('heard')
      })
      const client = http2.connect(`${scheme}://localhost:${port}`, { ca: authority.cert })
      t.after(() => client.destroy())
      assert.equal(await text(client.request()), 'heard')
      assert.deepEqual(seen.sort(), ['connection', 'request', 'session', 'stream'])
      assert.deepEqual([client.encrypted, client.alpnProtocol], scheme === 'http' ? [false, 'h2c'] : [true, 'h2'])
    })

    it('takes a request listener, and classes for its messages', async t => {
      class OwnRequest extends http2.Http2ServerRequest {}
      class OwnResponse extends http2.Http2ServerResponse {}
      const { client } = await open(
        t,
        { Http2ServerRequest: OwnRequest, Http2ServerResponse: OwnResponse },
        {},
        (request: object, response: builtIn.Http2ServerResponse) =>
          response.end(String(request instanceof OwnRequest && response instanceof OwnResponse)),
      )
      assert.equal(await text(client.request()), 'true')
    })

    it('leaves 100 Continue to checkContinue', async t => {
      const { server, client } = await open(t)
      server.on('request', () => assert.fail('nobody asked for the plain request'))
      server.on('checkContinue', (_request, response) => {
        response.writeContinue()
        response.end('continued')
      })
      const request = client.request({ ':method': 'POST', expect: '100-continue' }, { endStream: false })
      const continued = once(request, 'continue')
      request.end()
      await continued
      assert.equal(await text(request), 'continued')
    })

    it('sends its settings, and others with updateSettings()', async t => {
      const { server, client, session } = await open(
        t,
        { settings: { maxConcurrentStreams: 5 } },
        { settings: { initialWindowSize: 70_000 } },
      )
      assert.equal(client.remoteSettings.maxConcurrentStreams, 5)
      if (session.remoteSettings.initialWindowSize !== 70_000) await once(session, 'remoteSettings')
      assert.equal(session.remoteSettings.initialWindowSize, 70_000)
      ;(server as builtIn.Http2Server).updateSettings({ maxConcurrentStreams: 6 })
      const later = http2.connect(`${scheme}://localhost:${(server.address() as net.AddressInfo).port}`, {
        ca: authority.cert,
      })
      t.after(() => later.destroy())
      const [settings] = await once(later, 'remoteSettings')
      assert.equal(settings.maxConcurrentStreams, 6)
      assert.throws(() => (server as builtIn.Http2Server).updateSettings({ maxFrameSize: 1 }), {
        code: 'ERR_HTTP2_INVALID_SETTING_VALUE',
      })
    })

    it('setTimeout() tells of sessions without traffic, in an event and to a callback', async t => {
      const { server, client } = await open(t)
      client.ping(() => {})
      assert.equal((server as unknown as { timeout: number }).timeout, 0)
      const called = new Promise<void>(resolve => void server.setTimeout(5, resolve))
      const timedOut = once(server, 'timeout')
      const other = http2.connect(`${scheme}://localhost:${(server.address() as net.AddressInfo).port}`, {
        ca: authority.cert,
      })
      other.on('error', () => {})
      t.after(() => other.destroy())
      await Promise.all([called, timedOut])
      assert.throws(() => server.setTimeout(5, 'x' as never), { code: 'ERR_INVALID_ARG_TYPE' })
    })

    it('tells a session’s error, and close() ends when its sessions have', async t => {
      const { server, session, client } = await open(t)
      const told = once(server, 'sessionError')
      session.destroy(new Error('mine'))
      assert.equal((await told)[0].message, 'mine')
      client.destroy()
      await new Promise<void>(resolve => void server.close(() => resolve()))
    })

    it('peerMaxConcurrentStreams bounds a peer until it says otherwise; more are told by its settings', async t => {
      const { client } = await open(
        t,
        { peerMaxConcurrentStreams: 3, settings: { maxConcurrentStreams: 1 } },
        { peerMaxConcurrentStreams: 1 },
      )
      const first = client.request({}, { endStream: false })
      const second = client.request()
      await new Promise(setImmediate)
      assert.deepEqual([first.pending, second.id === undefined || second.pending || second.id === 3], [false, true])
      first.close()
      second.close()
    })

    it('maxOutstandingPings: one more is not sent', async t => {
      const { client } = await open(t, {}, { maxOutstandingPings: 2 })
      const results = Array.from(
        { length: 3 },
        () =>
          new Promise(resolve => {
            const isSent = client.ping(error =>
              resolve(error === null ? 'answered' : (error as NodeJS.ErrnoException).code),
            )
            if (!isSent) resolve('refused')
          }),
      )
      assert.equal((await Promise.all(results)).filter(result => result === 'answered').length, 2)
    })

    it('maxSendHeaderBlockLength: a larger block is a frame error', async t => {
      const { client } = await open(t, {}, { maxSendHeaderBlockLength: 200 })
      const request = client.request({ 'x-long': 'x'.repeat(300) })
      const failed = new Promise<unknown[]>(resolve => request.on('frameError', (...args) => resolve(args)))
      request.on('error', () => {})
      assert.equal((await failed)[1], constants.NGHTTP2_FRAME_SIZE_ERROR)
    })

    it('maxHeaderListPairs: a request with more fields is refused', async t => {
      const { client, server } = await open(t, { maxHeaderListPairs: 8 })
      server.on('request', (_request, response) => response.end())
      const fields = Object.fromEntries(Array.from({ length: 10 }, (_, i) => [`x-${i}`, '1']))
      const request = client.request(fields)
      request.on('error', () => {})
      await new Promise(resolve => request.once('close', resolve))
      assert.equal(request.rstCode, constants.NGHTTP2_ENHANCE_YOUR_CALM)
      assert.equal(await text(client.request()), '')
    })

    it('maxDeflateDynamicTableSize bounds what our compression keeps', async t => {
      const { client, server } = await open(t, {}, { maxDeflateDynamicTableSize: 0 })
      server.on('request', (_request, response) => response.end())
      await text(client.request({ 'x-kept': 'value' }))
      assert.equal(client.state.deflateDynamicTableSize, 0)
    })

    it('maxSessionMemory: a session that holds more takes no further streams', async t => {
      const { client, server } = await open(t, { maxSessionMemory: 1 })
      server.on('stream', (stream: builtIn.ServerHttp2Stream) => {
        stream.on('error', () => {})
        stream.respond()
        // Nobody reads: all of it stays in memory.
        stream.write(Buffer.alloc(600_000))
      })
      let refused: number | undefined
      for (let i = 0; i < 6 && refused === undefined; i++) {
        const request = client.request({}, { endStream: false })
        request.on('error', () => {})
        refused = await new Promise(resolve => {
          request.on('response', () => resolve(undefined))
          request.on('close', () => resolve(request.rstCode))
        })
      }
      assert.equal(refused, constants.NGHTTP2_ENHANCE_YOUR_CALM)
    })

    it('maxSessionInvalidFrames and maxSessionRejectedStreams end a session that goes on', async t => {
      for (const options of [{ maxSessionInvalidFrames: 2 }, { maxSessionRejectedStreams: 2 }]) {
        assert.doesNotThrow(() => create(options).close())
      }
      assert.throws(() => create({ maxSessionInvalidFrames: -1 }), { code: /ERR_OUT_OF_RANGE/ })
      assert.throws(() => create({ maxSessionRejectedStreams: -1 }), { code: /ERR_OUT_OF_RANGE/ })
      t.diagnostic('what they end is tested on the engine: flood-guard.test.ts')
    })

    it('paddingStrategy pads, and what is padded arrives', async t => {
      const { PADDING_STRATEGY_ALIGNED: aligned } = constants as unknown as { PADDING_STRATEGY_ALIGNED: number }
      for (const strategy of [constants.PADDING_STRATEGY_NONE, aligned, constants.PADDING_STRATEGY_MAX]) {
        const { client, server } = await open(t, { paddingStrategy: strategy }, { paddingStrategy: strategy })
        server.on('request', (_request, response) => response.end('padded'))
        assert.equal(await text(client.request()), 'padded')
      }
    })
  })
}

describe('a secure server', () => {
  it('serves HTTP/1.1 by its own classes where that is allowed', async t => {
    const { default: https } = await import('../../src/https/index.ts')
    const { default: http } = await import('../../src/http/index.ts')
    class OwnRequest extends http.IncomingMessage {}
    class OwnResponse extends http.ServerResponse {}
    const server = http2.createSecureServer(
      { ...identity, allowHTTP1: true, Http1IncomingMessage: OwnRequest, Http1ServerResponse: OwnResponse } as never,
      (request, response) => response.end(`${request.httpVersion} ${(request as unknown) instanceof OwnRequest}`),
    )
    const port = await listening(t, server)
    const request = https.get({ host: 'localhost', port, ca: authority.cert, agent: false } as never)
    const [response] = await once(request, 'response')
    assert.equal(await text(response), '1.1 true')
  })

  it('tells its origins to the client, which keeps them', async t => {
    const server = http2.createSecureServer({ ...identity, origins: ['https://a.example', 'https://b.example'] })
    const port = await listening(t, server)
    const client = http2.connect(`https://localhost:${port}`, { ca: authority.cert })
    t.after(() => client.destroy())
    const [origins] = await once(client, 'origin')
    assert.deepEqual(origins, ['https://a.example', 'https://b.example'])
    assert.deepEqual(client.originSet, [`https://localhost:${port}`, ...origins])
  })
})

describe('extended CONNECT', () => {
  it('opens a protocol over a stream where the server allows it, and is refused before', async t => {
    const both = await pair(t, { settings: { enableConnectProtocol: true } })
    const headers = {
      ':method': 'CONNECT',
      ':protocol': 'websocket',
      ':scheme': 'http',
      ':path': '/chat',
      ':authority': 'example.org',
    }
    const { request, stream, received } = await exchange(both, headers)
    assert.deepEqual([received[':protocol'], received[':path'], received[':scheme']], ['websocket', '/chat', 'http'])
    stream.respond({ ':status': 200 })
    stream.pipe(stream)
    request.end('both ways')
    assert.equal(await text(request), 'both ways')
    const plain = await pair(t)
    const refused = plain.client.request(headers)
    const failure = new Promise<NodeJS.ErrnoException | number | undefined>(resolve => {
      refused.on('error', error => resolve(error))
      refused.on('close', () => resolve(refused.rstCode))
    })
    assert.ok(await failure)
  })
})
