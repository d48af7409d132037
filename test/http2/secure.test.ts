// HTTP/2 over TLS: ALPN, HTTP/1.1 beside it, protocols that nobody knows, ORIGIN, and the runtime's module at the other end.

import assert from 'node:assert/strict'
import { once } from 'node:events'
import builtIn from 'node:http2'
import type { AddressInfo, Server } from 'node:net'
import { text } from 'node:stream/consumers'
import { describe, it, type TestContext } from 'node:test'
import * as ours from '../../src/http2/index.ts'
import https from '../../src/https/index.ts'
import tls from '../../src/tls/index.ts'
import { catchUncaught } from '../support/uncaught.ts'
import { authority, localhost } from '../tls/certificates.ts'

// Ours as @types/node knows it, so that both are used alike.
const http2 = ours as unknown as typeof builtIn
const identity = { key: localhost.key, cert: localhost.cert }
const trusted = { ca: authority.cert }

async function listening<S>(server: S, t: TestContext): Promise<number> {
  const net = server as unknown as Server
  net.listen(0, '127.0.0.1')
  await once(net, 'listening')
  t.after(() => net.close())
  return (net.address() as AddressInfo).port
}

const pairs = [
  ['ours', 'ours', http2, http2],
  ['ours', "the runtime's", http2, builtIn],
  ["the runtime's", 'ours', builtIn, http2],
] as const

describe('HTTP/2 over TLS', () => {
  for (const [serverName, clientName, serving, asking] of pairs) {
    it(`runs with ${serverName} as server and ${clientName} as client`, async t => {
      const server = serving.createSecureServer(identity, (request, response) => response.end(request.url))
      const port = await listening(server, t)
      const client = asking.connect(`https://localhost:${port}`, trusted)
      assert.equal(await text(client.request({ ':path': '/secure' })), '/secure')
      assert.equal(client.alpnProtocol, 'h2')
      assert.equal(client.encrypted, true)
      assert.deepEqual(client.originSet, [`https://localhost:${port}`])
      client.close()
      await once(client, 'close')
    })
  }

  it("tells a server's session of its connection before the settings that come with the handshake's end", async t => {
    const server = http2.createSecureServer(identity)
    const told: string[] = []
    server.on('session', session => {
      for (const event of ['connect', 'remoteSettings']) session.on(event, () => told.push(event))
    })
    const port = await listening(server, t)
    const client = http2.connect(`https://localhost:${port}`, trusted)
    t.after(() => client.destroy())
    await once(client, 'localSettings')
    assert.deepEqual(told, ['connect', 'remoteSettings'])
  })

  for (const event of ['session', 'secureConnection']) {
    it(`serves a client although a listener of '${event}' has thrown`, async t => {
      const thrown = catchUncaught(t)
      const server = http2.createSecureServer(identity, (_request, response) => response.end('served'))
      const failure = new Error(event)
      server.once(event, () => {
        throw failure
      })
      server.once('session', session => session.origin('https://a.test', 'https://b.test'))
      const port = await listening(server, t)
      const client = builtIn.connect(`https://localhost:${port}`, trusted)
      t.after(() => client.destroy())
      assert.equal(await text(client.request()), 'served')
      assert.equal(await text(client.request()), 'served')
      assert.deepEqual(thrown, [failure])
    })
  }

  it('refuses a server whose certificate is not trusted', async t => {
    const server = http2.createSecureServer(identity, () => assert.fail('no request'))
    const port = await listening(server, t)
    const client = http2.connect(`https://localhost:${port}`)
    client.request().on('error', () => {})
    const [error] = (await once(client, 'error')) as [NodeJS.ErrnoException]
    assert.match(String(error.code), /UNABLE_TO|SELF_SIGNED/)
  })

  it('shows the certificate through the socket of a request', async t => {
    const server = http2.createSecureServer(identity, (request, response) => {
      const { socket } = request as unknown as { socket: { encrypted: boolean; getProtocol(): string } }
      response.end(`${socket.encrypted} ${socket.getProtocol()}`)
    })
    const client = http2.connect(`https://localhost:${await listening(server, t)}`, trusted)
    assert.match(await text(client.request()), /^true TLSv1/)
    client.close()
  })

  it('sends the origins that it may be asked for', async t => {
    const server = http2.createSecureServer({ ...identity, origins: ['https://a.example', 'https://b.example/x'] })
    const client = http2.connect(`https://localhost:${await listening(server, t)}`, trusted)
    const [origins] = (await once(client, 'origin')) as [string[]]
    assert.deepEqual(origins, ['https://a.example', 'https://b.example'])
    assert.equal(client.originSet?.length, 3)
    client.close()
  })
})

describe('a client without HTTP/2', () => {
  it('is served by HTTP/1.1 where that is allowed', async t => {
    const server = http2.createSecureServer({ ...identity, allowHTTP1: true }, (request, response) => {
      response.end(request.httpVersion)
    })
    const port = await listening(server, t)
    const [answer] = (await once(
      https.get({ host: 'localhost', port, agent: false, ...trusted } as never),
      'response',
    )) as [NodeJS.ReadableStream]
    assert.equal(await text(answer), '1.1')
  })

  it('is told so where it is not', async t => {
    const server = http2.createSecureServer(identity)
    const port = await listening(server, t)
    const socket = tls.connect({ host: 'localhost', port, ...trusted } as never) as unknown as NodeJS.ReadWriteStream
    assert.match(await text(socket), /^HTTP\/1\.0 403 Forbidden\r\n[\s\S]*Missing ALPN Protocol/)
  })

  it("is the program's where it listens to unknownProtocol", async t => {
    const server = http2.createSecureServer(identity)
    server.on('unknownProtocol', socket => socket.end('who are you?'))
    const port = await listening(server, t)
    const socket = tls.connect({ host: 'localhost', port, ...trusted } as never) as unknown as NodeJS.ReadWriteStream
    assert.equal(await text(socket), 'who are you?')
  })

  it('is cut off after unknownProtocolTimeout, if it does not go', async t => {
    const server = http2.createSecureServer({ ...identity, unknownProtocolTimeout: 20 })
    const port = await listening(server, t)
    const closed = new Promise<void>(resolve => {
      server.on('secureConnection', served => served.on('close', () => resolve()))
    })
    // It keeps its side open.
    const socket = tls.connect({ host: 'localhost', port, allowHalfOpen: true, ...trusted } as never)
    socket.on('error', () => {})
    socket.resume()
    await closed
    socket.destroy()
  })
})
