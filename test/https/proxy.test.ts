// HTTPS through a proxy: CONNECT, then TLS with the server itself. Source: Node's documentation, "Built-in Proxy Support".

import assert from 'node:assert/strict'
import { once } from 'node:events'
import { describe, it, type TestContext } from 'node:test'
import http from '../../src/http/index.ts'
import https from '../../src/https/index.ts'
import net from '../../src/net/index.ts'
import { listen, type Peer } from '../http/raw.ts'
import { authority, localhost } from '../tls/certificates.ts'
import { ask, serve } from './pair.ts'

/** A proxy that opens tunnels, or answers otherwise. */
async function startProxy(t: TestContext, answer = 'HTTP/1.1 200 Connection Established\r\n\r\n', isSecure = false) {
  const heads: string[] = []
  const proxy = isSecure ? https.createServer({ key: localhost.key, cert: localhost.cert }) : http.createServer()
  proxy.on('connect', (request, socket) => {
    heads.push([`${request.method} ${request.url}`, ...request.rawHeaders].join('|'))
    t.after(() => socket.destroy())
    socket.write(answer)
    if (!answer.startsWith('HTTP/1.1 200')) return
    const [, port] = String(request.url).split(':')
    const target = net.connect(Number(port), '127.0.0.1')
    target.on('error', () => socket.destroy())
    socket.on('error', () => target.destroy())
    socket.pipe(target).pipe(socket)
    t.after(() => target.destroy())
  })
  proxy.listen(0, '127.0.0.1')
  await once(proxy, 'listening')
  t.after(() => {
    proxy.closeAllConnections()
    proxy.close()
  })
  return { port: (proxy.address() as { port: number }).port, heads }
}

function proxied(t: TestContext, port: number, proxyUrl: string, further: Record<string, unknown> = {}) {
  const agent = new https.Agent({ keepAlive: true, proxyEnv: { HTTPS_PROXY: proxyUrl }, ...further })
  t.after(() => agent.destroy())
  return { host: 'localhost', port, ca: authority.cert, agent, path: '/x' }
}

describe('HTTPS through a proxy', () => {
  it('asks the proxy for a tunnel, and the server for the rest', async t => {
    const { port } = await serve(t, (request, response) => response.end(`${request.url} ${request.headers['host']}`))
    const proxy = await startProxy(t)
    const options = proxied(t, port, `http://user:p%40ss@127.0.0.1:${proxy.port}`)
    assert.equal((await ask(options)).text, `/x localhost:${port}`)
    const auth = Buffer.from('user:p@ss').toString('base64')
    assert.deepEqual(proxy.heads, [
      `CONNECT localhost:${port}|proxy-authorization|Basic ${auth}|proxy-connection|keep-alive|host|localhost:${port}`,
    ])
    assert.equal((await ask(options)).request.reusedSocket, true)
    assert.equal(proxy.heads.length, 1)
  })

  it('checks the certificate of the server, not of the proxy', async t => {
    const { port } = await serve(t, () => assert.fail('it was asked'))
    const proxy = await startProxy(t)
    const options = proxied(t, port, `http://127.0.0.1:${proxy.port}`)
    await assert.rejects(ask({ ...options, servername: 'other.example' }), { code: 'ERR_TLS_CERT_ALTNAME_INVALID' })
    await assert.rejects(ask({ ...options, ca: undefined }), { code: 'UNABLE_TO_VERIFY_LEAF_SIGNATURE' })
  })

  it('says what the proxy answered where it refuses, without what it was told in secret', async t => {
    const proxy = await startProxy(t, 'HTTP/1.1 403 Forbidden\r\n\r\n')
    const options = proxied(t, 1, `http://user:secret@127.0.0.1:${proxy.port}`)
    await assert.rejects(ask(options), (error: Error & { code: string; statusCode: number }) => {
      assert.deepEqual([error.code, error.statusCode], ['ERR_PROXY_TUNNEL', 403])
      assert.match(error.message, /^Failed to establish tunnel to localhost:1 via http:.*: HTTP\/1\.1 403 Forbidden$/)
      assert.ok(!error.message.includes('secret'))
      return true
    })
  })

  it('keeps no connection that the proxy gave no tunnel on', async t => {
    const peers: Peer[] = []
    const proxyPort = await listen(t, async peer => {
      peers.push(peer)
      await peer.receives(/\r\n\r\n/)
      peer.sends('HTTP/1.1 407 Proxy Authentication Required\r\nContent-Length: 0\r\n\r\n')
    })
    const options = proxied(t, 1, `http://127.0.0.1:${proxyPort}`)
    for (let i = 0; i < 5; i++) await assert.rejects(ask(options), { code: 'ERR_PROXY_TUNNEL', statusCode: 407 })
    assert.equal(peers.length, 5)
    await Promise.all(peers.map(peer => peer.closes()))
  })

  it('keeps no tunnel in which no handshake was to be had', async t => {
    const { port } = await serve(t, () => assert.fail('it was asked'))
    const peers: Peer[] = []
    const proxyPort = await listen(t, async peer => {
      peers.push(peer)
      await peer.receives(/\r\n\r\n/)
      const target = net.connect(port, '127.0.0.1')
      peer.socket.pipe(target).pipe(peer.socket)
      peer.sends('HTTP/1.1 200 OK\r\n\r\n')
    })
    const options = proxied(t, port, `http://127.0.0.1:${proxyPort}`)
    await assert.rejects(ask({ ...options, ca: undefined }), { code: 'UNABLE_TO_VERIFY_LEAF_SIGNATURE' })
    await assert.rejects(ask({ ...options, checkServerIdentity: 'none' }), { code: 'ERR_INVALID_ARG_TYPE' })
    assert.equal(peers.length, 2)
    await Promise.all(peers.map(peer => peer.closes()))
  })

  it('asks for no tunnel to what would end the line', async t => {
    const proxy = await startProxy(t)
    const options = proxied(t, 443, `http://127.0.0.1:${proxy.port}`)
    const headers = { host: 'localhost' }
    const lines = '\r\nProxy-Authorization: Basic eA==\r\nX: '
    for (const given of [
      { host: `localhost${lines}` },
      { port: `443${lines}` },
      { defaultPort: `1${lines}`, port: 0 },
    ]) {
      const refusal = { code: 'ERR_UNESCAPED_CHARACTERS' }
      assert.throws(() => https.request({ ...options, headers, ...given }), refusal)
    }
    assert.deepEqual(proxy.heads, [])
  })

  it('reads no endless answer', async t => {
    const proxy = await startProxy(t, `HTTP/1.1 200 OK\r\nX: ${'x'.repeat(20_000)}`)
    await assert.rejects(ask(proxied(t, 1, `http://127.0.0.1:${proxy.port}`)), {
      code: 'ERR_PROXY_TUNNEL',
      message: 'Proxy response headers exceeded 16384 bytes',
    })
  })

  it('has the time that the request has', async t => {
    const proxy = await startProxy(t, 'HTTP/1.1 2')
    const request = https.request({ ...proxied(t, 1, `http://127.0.0.1:${proxy.port}`), timeout: 50 })
    const timedOut = once(request, 'timeout')
    const failed = once(request, 'error')
    request.end()
    await timedOut
    assert.equal(((await failed)[0] as { code: string }).code, 'ERR_PROXY_TUNNEL')
  })

  it('fails with the proxy that cannot be reached', async t => {
    await assert.rejects(ask(proxied(t, 1, 'http://127.0.0.1:1')), { code: 'ECONNREFUSED' })
  })

  it('asks the server itself where NO_PROXY says so', async t => {
    const { port } = await serve(t, (_request, response) => response.end('direct'))
    const proxyEnv = { HTTPS_PROXY: 'http://127.0.0.1:1', NO_PROXY: 'localhost' }
    const agent = new https.Agent({ proxyEnv })
    assert.equal((await ask({ host: 'localhost', family: 4, port, ca: authority.cert, agent })).text, 'direct')
  })

  it('goes for the default agent too, until it is undone', async t => {
    const { port } = await serve(t, (_request, response) => response.end('through'))
    const proxy = await startProxy(t)
    const before = https.globalAgent
    const restore = http.setGlobalProxyFromEnv({ https_proxy: `http://127.0.0.1:${proxy.port}` })
    t.after(() => https.globalAgent.destroy())
    assert.equal((await ask({ host: 'localhost', port, ca: authority.cert })).text, 'through')
    assert.equal(proxy.heads.length, 1)
    https.globalAgent.destroy()
    restore()
    assert.equal(https.globalAgent, before)
  })
})
