// Options that the seed inventory does not know, each by what it does to a session: those of attacks, of custom settings and
// of strictness; the fall-back to HTTP/1.1; extended CONNECT where it is not allowed; the runtime's TLS beneath.

import assert from 'node:assert/strict'
import { once } from 'node:events'
import type builtIn from 'node:http2'
import { type Duplex, duplexPair } from 'node:stream'
import { text } from 'node:stream/consumers'
import { describe, it, type TestContext } from 'node:test'
import https from '../../src/https/index.ts'
import { setTlsEngine } from '../../src/tls/api/engine-choice.ts'
import { frame, preface, reset, settings } from '../support/h2-peer.ts'
import { authority, localhost } from '../tls/certificates.ts'
import { http2, listening, pair } from './peers.ts'

const { constants } = http2
const identity = { key: localhost.key, cert: localhost.cert }
/** GET http://a/, of HPACK's static table. */
const requestBlock = Buffer.from([0x82, 0x86, 0x84, 0x01, 0x01, 0x61])

/** The error that ends a session of a server with those options, when its client sends those bytes. */
async function failureOf(options: builtIn.ServerOptions, ...frames: Buffer[]): Promise<NodeJS.ErrnoException> {
  const [side, raw] = duplexPair() as [Duplex, Duplex]
  const server = http2.createServer(options).on('stream', stream => stream.on('error', () => {}))
  const failed = once(server, 'sessionError') as Promise<[NodeJS.ErrnoException]>
  server.emit('connection', side)
  raw.on('error', () => {}).resume()
  raw.write(Buffer.concat([preface, ...frames]))
  const [error] = await failed
  raw.destroy()
  return error
}

describe('a session ends', () => {
  it('past streamResetBurst, where streams are reset faster than streamResetRate', async () => {
    const resets = [1, 3, 5, 7].flatMap(id => [
      frame('HEADERS', 5, id, requestBlock),
      reset(id, constants.NGHTTP2_CANCEL),
    ])
    const error = await failureOf({ streamResetBurst: 2, streamResetRate: 1 }, settings(), ...resets)
    assert.match(String(error.code), /^ERR_HTTP2_/)
  })

  it('past maxSettings in one frame', async () => {
    const error = await failureOf({ maxSettings: 2 }, settings([4, 70_000], [4, 70_001], [4, 70_002]))
    assert.equal(error.message, 'Protocol error')
    assert.equal((error.cause as { limit?: string }).limit, 'maxSettings')
  })
})

it('ends with more SETTINGS on their way than maxOutstandingSettings', async t => {
  const { client } = await pair(t, {}, { maxOutstandingSettings: 2 } as object)
  while (client.pendingSettingsAck) await once(client, 'localSettings')
  const failed = new Promise<NodeJS.ErrnoException>(resolve => client.once('error', resolve))
  let sent = 0
  while (!client.destroyed && sent < 10) {
    client.settings({ initialWindowSize: 70_000 + sent })
    sent++
  }
  assert.equal((await failed).code, 'ERR_HTTP2_MAX_PENDING_SETTINGS_ACK')
  assert.ok(sent === 2 || sent === 3, `${sent} were taken`)
})

it('shows the custom settings that remoteCustomSettings names', async t => {
  const { client } = await pair(t, { settings: { customSettings: { 1244: 456, 1245: 7 } } }, {
    remoteCustomSettings: [1244],
  } as object)
  assert.deepEqual({ ...client.remoteSettings.customSettings }, { 1244: 456 })
})

it('takes two values of a single-value field where strictSingleValueFields is off', async t => {
  const twice = { 'content-type': ['a', 'b'] as unknown as string }
  const strict = await pair(t)
  assert.throws(() => strict.client.request(twice), {
    code: 'ERR_HTTP2_HEADER_SINGLE_VALUE',
  })
  const { client, server } = await pair(t, {}, { strictSingleValueFields: false } as object)
  const arrived = once(server, 'stream')
  client.request(twice).on('error', () => {})
  await arrived
})

it('drops fields with blanks around their value, unless strictFieldWhitespaceValidation is off', async () => {
  // x: " a", a literal that is not indexed: RFC 7541 section 6.2.2.
  const padded = Buffer.concat([requestBlock, Buffer.from([0x00, 0x01, 0x78, 0x02, 0x20, 0x61])])
  const heard = async (options: object): Promise<unknown> => {
    const [side, raw] = duplexPair() as [Duplex, Duplex]
    const server = http2.createServer(options)
    const opened = once(server, 'stream')
    server.emit('connection', side)
    raw.on('error', () => {}).resume()
    raw.write(Buffer.concat([preface, settings(), frame('HEADERS', 5, 1, padded)]))
    const [stream, headers] = await opened
    stream.on('error', () => {})
    raw.destroy()
    return headers['x']
  }
  assert.equal(await heard({}), undefined)
  assert.equal(await heard({ strictFieldWhitespaceValidation: false }), ' a')
})

it('keeps no more origins than maxOriginSetSize', async t => {
  const origins = ['https://a.example', 'https://b.example', 'https://c.example']
  const server = http2.createSecureServer({ ...identity, origins })
  const port = await listening(t, server)
  const client = http2.connect(`https://localhost:${port}`, { ca: authority.cert, maxOriginSetSize: 2 } as object)
  t.after(() => client.destroy())
  const [error] = (await once(client, 'error')) as [NodeJS.ErrnoException]
  assert.equal(error.code, 'ERR_HTTP2_TOO_MANY_ORIGINS')
})

it('answers other expectations with 417, or leaves them to checkExpectation', async t => {
  const asked = async (server: builtIn.Http2Server, t: TestContext): Promise<unknown> => {
    const client = http2.connect(`http://127.0.0.1:${await listening(t, server)}`)
    t.after(() => client.destroy())
    const [headers] = await once(client.request({ expect: 'cake' }), 'response')
    return headers[':status']
  }
  assert.equal(
    await asked(
      http2.createServer(() => assert.fail('no request')),
      t,
    ),
    417,
  )
  const server = http2.createServer(() => assert.fail('no request'))
  server.on('checkExpectation', (_request, response) => {
    response.statusCode = 202
    response.end()
  })
  assert.equal(await asked(server, t), 202)
})

it('hands http1Options to the server that speaks HTTP/1.1', async t => {
  const options = { ...identity, allowHTTP1: true, http1Options: { keepAliveTimeout: 7000 } }
  const server = http2.createSecureServer(options as object, (_request, response) => response.end())
  const port = await listening(t, server)
  const agent = new https.Agent({ keepAlive: true })
  t.after(() => agent.destroy())
  const [answer] = await once(https.get({ port, host: 'localhost', ca: authority.cert, agent } as object), 'response')
  assert.equal(answer.headers['keep-alive'], 'timeout=7')
  answer.resume()
  await once(answer, 'end')
})

it('refuses an extended CONNECT that the server has not allowed', async t => {
  const { client } = await pair(t)
  const tunnel = client.request({ ':method': 'CONNECT', ':protocol': 'websocket', ':path': '/', ':scheme': 'http' })
  const [error] = (await once(tunnel, 'error')) as [NodeJS.ErrnoException]
  assert.equal(error.code, 'ERR_HTTP2_STREAM_ERROR')
  assert.equal(tunnel.rstCode, constants.NGHTTP2_PROTOCOL_ERROR)
})

it('carries a tunnel by extended CONNECT, both ways and to its end', async t => {
  const { client, server } = await pair(t, { settings: { enableConnectProtocol: true } })
  server.on('stream', (stream: builtIn.ServerHttp2Stream) => {
    stream.respond({ ':status': 200 })
    stream.pipe(stream)
  })
  const head = { ':protocol': 'websocket', ':path': '/chat', ':scheme': 'http', ':authority': 'localhost' }
  const tunnel = client.request({ ':method': 'CONNECT', ...head })
  tunnel.end('frames of another protocol')
  assert.equal(await text(tunnel), 'frames of another protocol')
})

it("runs over the runtime's TLS where that is chosen", async t => {
  setTlsEngine('runtime')
  t.after(() => setTlsEngine(undefined))
  const server = http2.createSecureServer(identity)
  server.on('stream', (stream: builtIn.ServerHttp2Stream) => {
    stream.respond()
    stream.pipe(stream)
  })
  const client = http2.connect(`https://localhost:${await listening(t, server)}`, { ca: authority.cert })
  t.after(() => client.destroy())
  const echo = client.request({ ':method': 'POST' })
  const bytes = Buffer.alloc(300_000, 'x')
  echo.end(bytes)
  assert.equal((await text(echo)).length, bytes.length)
  assert.equal(client.alpnProtocol, 'h2')
})
