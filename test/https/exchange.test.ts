// Requests and answers over TLS, seen from both sides: the numbered behaviours of the module (HTTPS-*). What http does by
// itself is tested there.

import assert from 'node:assert/strict'
import { once } from 'node:events'
import { connect as connectNet } from 'node:net'
import { describe, it } from 'node:test'
import type { TLSSocket } from 'node:tls'
import http from '../../src/http/index.ts'
import https from '../../src/https/index.ts'
import tls from '../../src/tls/index.ts'
import { authority, client, wrongCertificates } from '../tls/certificates.ts'
import { ask, clientOptions, serve } from './pair.ts'

describe('HTTPS', () => {
  it('HTTPS-1: carries requests and answers', async t => {
    const { port } = await serve(t, (request, response) => {
      let body = ''
      request.on('data', chunk => {
        body += chunk
      })
      request.on('end', () => response.end(`${request.method} ${request.url} ${body}`))
    })
    const options = clientOptions(t, port)
    assert.equal((await ask({ ...options, path: '/a?b' })).text, 'GET /a?b ')
    assert.equal((await ask({ ...options, method: 'POST' }, 'body')).text, 'POST / body')
  })

  it('HTTPS-1: has servers that inherit from those of tls', () => {
    const server = https.createServer()
    assert.ok(server instanceof https.Server && server instanceof tls.Server)
    assert.ok(https.Server() instanceof https.Server)
    assert.equal(https.globalAgent.options['keepAlive'], true)
    assert.ok(https.globalAgent instanceof http.Agent)
  })

  it('HTTPS-2: asks port 443 of localhost for / with GET where nothing is said', async () => {
    const request = https.request({ agent: false })
    request.on('error', () => {})
    assert.deepEqual(
      [request.method, request.path, request.host, request.protocol],
      ['GET', '/', 'localhost', 'https:'],
    )
    assert.equal(request.agent?.defaultPort, 443)
    const closed = new Promise(resolve => request.on('close', resolve))
    request.destroy()
    await closed
    assert.throws(() => https.request('http://localhost/'), { code: 'ERR_INVALID_PROTOCOL' })
  })

  it('HTTPS-4: tells what http tells of requests', async t => {
    const { port, server } = await serve(t, (request, response) => response.end(String(request.headers['x'])))
    const told: string[] = []
    for (const event of ['checkContinue', 'checkExpectation']) {
      server.on(event, (_request, response) => {
        told.push(event)
        response.end()
      })
    }
    server.on('connect', (_request, socket) => {
      told.push('connect')
      socket.end('HTTP/1.1 200 OK\r\n\r\n')
    })
    const options = clientOptions(t, port)
    assert.equal((await ask({ ...options, headers: { x: 'y' } })).text, 'y')
    const got = https.get({ ...options, headers: { x: 'z' } })
    assert.equal(((await once(got, 'response')) as [{ statusCode: number }])[0].statusCode, 200)
    await ask({ ...options, headers: { Expect: '100-continue' } })
    await ask({ ...options, headers: { Expect: 'more' } })
    const tunnel = https.request({ ...options, method: 'CONNECT', path: 'localhost:1' }).end()
    const [, socket] = await once(tunnel, 'connect')
    socket.destroy()
    assert.deepEqual(told, ['checkContinue', 'checkExpectation', 'connect'])
  })

  it('tells a connection, listens and closes', async t => {
    const { port, server } = await serve(t, (_request, response) => response.end())
    assert.equal(server.listening, true)
    const told = once(server, 'connection')
    await ask({ ...clientOptions(t, port), agent: false })
    assert.equal((await told)[0].encrypted, undefined)
    const other = https.createServer()
    other.listen(0)
    await once(other, 'listening')
    const closed = once(other, 'close')
    assert.equal(other.close(), other)
    await closed
  })

  it('has the limits of http, as Node sets them', async t => {
    const { port, server } = await serve(t, () => {})
    const { timeout, maxHeadersCount, headersTimeout, requestTimeout, keepAliveTimeout } = server
    const plain = http.createServer()
    assert.deepEqual(
      [timeout, maxHeadersCount, headersTimeout, requestTimeout, keepAliveTimeout],
      [0, null, 60_000, 300_000, plain.keepAliveTimeout],
    )
    const timedOut = new Promise(resolve => server.setTimeout(50, resolve))
    const request = https.get(clientOptions(t, port))
    request.on('error', () => {})
    await timedOut
    request.destroy()
  })

  it('shows the TLS socket on request and response', async t => {
    const seen: unknown[] = []
    const { port } = await serve(t, (request, response) => {
      const socket = request.socket as unknown as TLSSocket
      seen.push(socket.encrypted, socket.servername, socket.alpnProtocol, socket.getProtocol(), socket.authorized)
      response.end()
    })
    const { socket } = await ask(clientOptions(t, port))
    assert.deepEqual(seen, [true, 'localhost', false, 'TLSv1.3', false])
    assert.equal((socket as TLSSocket).authorized, true)
  })

  it('tells secureConnection with the socket that the request shows', async t => {
    const { port, server } = await serve(t, (request, response) => response.end(String(request.socket === secured)))
    let secured: unknown
    server.on('secureConnection', (socket: unknown) => {
      secured = socket
    })
    assert.equal((await ask(clientOptions(t, port))).text, 'true')
  })

  it('speaks http/1.1 by ALPN', async t => {
    const { port } = await serve(t, (request, response) =>
      response.end((request.socket as unknown as TLSSocket).alpnProtocol || ''),
    )
    assert.equal((await ask({ ...clientOptions(t, port), ALPNProtocols: ['http/1.1'] })).text, 'http/1.1')
  })

  it('asks clients for certificates', async t => {
    const { port } = await serve(
      t,
      (request, response) => {
        const socket = request.socket as unknown as TLSSocket
        response.end(`${socket.authorized} ${socket.getPeerCertificate().subject.CN}`)
      },
      { requestCert: true, ca: authority.cert },
    )
    const { key, cert } = client
    assert.equal((await ask({ ...clientOptions(t, port), key, cert })).text, 'true A client')
  })

  it('tells clientError of a failed handshake, and of bytes that are no request', async t => {
    const { port, server } = await serve(t, (_request, response) => response.end())
    const told = once(server, 'clientError')
    server.on('clientError', (_error, socket) => socket.destroy())
    const peer = connectNet(port, '127.0.0.1', () => peer.end('GET / HTTP/1.1\r\n\r\n'))
    peer.on('error', () => {})
    assert.match(((await told)[0] as { code: string }).code, /^ERR_SSL_/)
    const again = once(server, 'clientError')
    const socket = tls.connect({ port, host: '127.0.0.1', ca: authority.cert, servername: 'localhost' }, () => {
      socket.write('no request\r\n\r\n')
    })
    socket.on('error', () => {})
    assert.match(((await again)[0] as { code: string }).code, /^HPE_/)
  })

  it('upgrades', async t => {
    const { port, server } = await serve(t, () => {})
    server.on('upgrade', (_request, socket) => {
      socket.write('HTTP/1.1 101 Switching Protocols\r\nConnection: upgrade\r\nUpgrade: echo\r\n\r\n')
      socket.pipe(socket)
    })
    const request = https.request({ ...clientOptions(t, port), headers: { Connection: 'upgrade', Upgrade: 'echo' } })
    request.end()
    const [, socket] = await once(request, 'upgrade')
    t.after(() => socket.destroy())
    socket.end('over TLS')
    let text = ''
    for await (const chunk of socket) text += chunk
    assert.equal(text, 'over TLS')
  })

  for (const [what, { key, cert, code }] of Object.entries(wrongCertificates)) {
    it(`refuses a server with a certificate that is ${what}`, async t => {
      const { port } = await serve(t, () => assert.fail('it was asked'), { key, cert })
      for (const options of [{}, { rejectUnauthorized: undefined }, { agent: false }, { agent: undefined }]) {
        await assert.rejects(ask({ ...clientOptions(t, port), ...options }), { code })
      }
    })
  }
})
