// The server's own members, options and events, as Node documents them: what the numbered behaviours leave out.

import assert from 'node:assert/strict'
import { spawnSync } from 'node:child_process'
import diagnostics from 'node:diagnostics_channel'
import { once } from 'node:events'
import { it } from 'node:test'
import http from '../../src/http/index.ts'
import { exchange, fetchText, Peer, portOf, serve } from './raw.ts'

type Request = InstanceType<typeof http.IncomingMessage>
type Response = InstanceType<typeof http.ServerResponse>

const get = 'GET / HTTP/1.1\r\nHost: a\r\n\r\n'
const getAndClose = 'GET / HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n'
const hello = (_request: Request, response: Response) => void response.end('hello')

it('is made with and without new, and has the documented defaults', () => {
  const bare = http.Server as unknown as () => InstanceType<typeof http.Server>
  for (const server of [http.createServer(), new http.Server(), bare()]) {
    assert.ok(server instanceof http.Server)
    assert.deepEqual(
      [
        server.listening,
        server.timeout,
        server.headersTimeout,
        server.requestTimeout,
        server.keepAliveTimeout,
        server.maxHeadersCount,
        server.maxRequestsPerSocket,
      ],
      [false, 0, 60_000, 300_000, 5_000, null, 0],
    )
  }
})

it('refuses time-outs and options that cannot be', () => {
  assert.throws(() => http.createServer({ headersTimeout: 20, requestTimeout: 10 }), { code: 'ERR_OUT_OF_RANGE' })
  assert.throws(() => http.createServer({ requestTimeout: -1 }), { code: 'ERR_OUT_OF_RANGE' })
  assert.throws(() => http.createServer({ insecureHTTPParser: 1 as never }), { code: 'ERR_INVALID_ARG_TYPE' })
  assert.throws(() => http.createServer({ maxHeaderSize: -1 }), { code: 'ERR_OUT_OF_RANGE' })
  assert.throws(() => http.createServer('x' as never), { code: 'ERR_INVALID_ARG_TYPE' })
})

it('listens, tells its address, counts its connections, and closes', async () => {
  const server = http.createServer(hello)
  const events: string[] = []
  server.on('listening', () => events.push('listening'))
  server.on('close', () => events.push('close'))
  server.listen({ port: 0, host: '127.0.0.1', backlog: 5 })
  await once(server, 'listening')
  assert.equal(server.listening, true)
  assert.deepEqual(server.address(), { address: '127.0.0.1', family: 'IPv4', port: portOf(server) })
  assert.equal(server.unref(), server)
  assert.equal(server.ref(), server)
  const peer = await Peer.connect(portOf(server))
  peer.sends(get)
  await peer.receives(/hello$/)
  assert.equal(await new Promise(done => server.getConnections((_error, count) => done(count))), 1)
  await new Promise(done => server.close(done))
  await peer.closes()
  assert.deepEqual(events, ['listening', 'close'])
  const error = await new Promise<(Error & { code?: string }) | undefined>(done => server.close(done))
  assert.equal(error?.code, 'ERR_SERVER_NOT_RUNNING')
})

it('tells an address that is taken in an error event', async t => {
  const { port } = await serve(t, hello)
  const second = http.createServer().listen(port, '127.0.0.1')
  const [error] = await once(second, 'error')
  assert.equal(error.code, 'EADDRINUSE')
})

it('drops connections past maxConnections', async t => {
  const { server, port } = await serve(t, hello)
  server.maxConnections = 1
  const first = await Peer.connect(port)
  first.sends(get)
  await first.receives(/hello$/)
  const dropped = once(server, 'drop')
  const second = await Peer.connect(port)
  await second.closes()
  assert.equal((await dropped)[0].remoteAddress, '127.0.0.1')
  first.socket.destroy()
})

it('tells of connections, requests and their sockets', async t => {
  const events: unknown[] = []
  const { server, port } = await serve(t, (request, response) => {
    events.push(['request', request.socket === sockets[0], response.socket === sockets[0], response.req === request])
    response.end()
  })
  const sockets: unknown[] = []
  server.on('connection', socket => {
    sockets.push(socket)
    events.push('connection')
  })
  await exchange(port, getAndClose)
  assert.deepEqual(events, ['connection', ['request', true, true, true]])
})

it('setTimeout() tells of an idle connection, and leaves it to the listener', async t => {
  const { server, port } = await serve(t, () => {})
  const timedOut = new Promise<{ destroyed: boolean; destroy(): void }>(done => {
    assert.equal(server.setTimeout(5, done), server)
  })
  assert.equal(server.timeout, 5)
  const peer = await Peer.connect(port)
  peer.sends(get)
  const socket = await timedOut
  assert.equal(socket.destroyed, false)
  socket.destroy()
  await peer.closes()
})

it('closes idle connections alone, or all', async t => {
  const { server, port } = await serve(t, (request, response) => {
    if (request.url === '/') response.end('hello')
    else response.flushHeaders()
  })
  const [idle, busy] = [await Peer.connect(port), await Peer.connect(port)]
  idle.sends(get)
  busy.sends('GET /wait HTTP/1.1\r\nHost: a\r\n\r\n')
  await Promise.all([idle.receives(/hello$/), busy.receives(/\r\n\r\n$/)])
  server.closeIdleConnections()
  await idle.closes()
  assert.equal(busy.socket.destroyed, false)
  server.closeAllConnections()
  await busy.closes()
})

it('is disposed of asynchronously', async () => {
  const server = http.createServer(hello).listen(0, '127.0.0.1')
  await once(server, 'listening')
  await server[Symbol.asyncDispose]()
  assert.equal(server.listening, false)
})

it('requests beyond maxRequestsPerSocket are dropped, with an event', async t => {
  const { server, port } = await serve(t, hello)
  server.maxRequestsPerSocket = 1
  const dropped = once(server, 'dropRequest')
  const peer = await Peer.connect(port)
  peer.sends(get + get)
  await peer.receives(/^HTTP\/1\.1 200 OK\r\n[\s\S]*Connection: close[\s\S]*helloHTTP\/1\.1 503 /)
  const [request] = await dropped
  assert.equal(request.url, '/')
  peer.socket.destroy()
})

it('requireHostHeader, joinDuplicateHeaders and uniqueHeaders', async t => {
  const open = await serve(t, { requireHostHeader: false }, hello)
  assert.match(await exchange(open.port, 'GET / HTTP/1.1\r\nConnection: close\r\n\r\n'), /^HTTP\/1\.1 200 /)
  const strict = await serve(t, hello)
  assert.match(await exchange(strict.port, 'GET / HTTP/1.1\r\nConnection: close\r\n\r\n'), /^HTTP\/1\.1 400 /)
  const twice = 'GET / HTTP/1.1\r\nHost: a\r\nAuthorization: x\r\nAuthorization: y\r\nConnection: close\r\n\r\n'
  const show = (request: Request, response: Response) => void response.end(request.headers['authorization'])
  const joining = await serve(t, { joinDuplicateHeaders: true }, show)
  assert.match(await exchange(joining.port, twice), /x, y$/)
  const dropping = await serve(t, show)
  assert.match(await exchange(dropping.port, twice), /\r\n\r\nx$/)
  const unique = await serve(t, { uniqueHeaders: ['x-one'] }, (_request, response) => {
    response.setHeader('X-One', ['a', 'b'])
    response.end()
  })
  assert.match(await exchange(unique.port, getAndClose), /X-One: a; b\r\n/)
})

it('rejectNonStandardBodyWrites: a body where none can be is an error', async t => {
  let code: unknown
  const { port } = await serve(t, { rejectNonStandardBodyWrites: true }, (_request, response) => {
    response.writeHead(304)
    try {
      response.write('x')
    } catch (error) {
      code = (error as { code: string }).code
    }
    response.end()
  })
  await exchange(port, getAndClose)
  assert.equal(code, 'ERR_HTTP_BODY_NOT_ALLOWED')
})

it('shouldUpgradeCallback decides by request', async t => {
  const options = { shouldUpgradeCallback: (request: Request) => request.url === '/up' }
  const { server, port } = await serve(t, options, hello)
  server.on('upgrade', (_request, socket) => socket.end('upgraded'))
  const asking = (path: string) =>
    exchange(port, `GET ${path} HTTP/1.1\r\nHost: a\r\nConnection: upgrade, close\r\nUpgrade: x\r\n\r\n`)
  assert.equal(await asking('/up'), 'upgraded')
  assert.match(await asking('/'), /hello$/)
})

it('highWaterMark and noDelay reach the messages and the socket', async t => {
  const { port } = await serve(t, { highWaterMark: 5 }, (request, response) => {
    response.end(`${request.readableHighWaterMark} ${response.writableHighWaterMark}`)
  })
  assert.match(await exchange(port, getAndClose), /5 5$/)
})

it('a head beyond --max-http-header-size is refused, and the limit can be read', () => {
  const script = `
    import http from ${JSON.stringify(new URL('../../src/http/index.js', import.meta.url).href)}
    console.log(http.maxHeaderSize)
  `
  for (const size of ['1234', '0']) {
    const args = [`--max-http-header-size=${size}`, '--input-type=module', '-e', script]
    const { stdout, stderr } = spawnSync(process.execPath, args, { encoding: 'utf8' })
    assert.equal(stdout.trim(), size, stderr)
  }
  assert.equal(http.maxHeaderSize, 16_384)
})

it('an overflow has its own code: HPE_HEADER_OVERFLOW', async t => {
  const { server, port } = await serve(t, { maxHeaderSize: 100 }, hello)
  const heard = once(server, 'clientError')
  server.on('clientError', (_error, socket) => socket.destroy())
  const peer = await Peer.connect(port)
  peer.sends(`GET / HTTP/1.1\r\nHost: ${'a'.repeat(200)}\r\n\r\n`)
  const [error] = await heard
  assert.equal(error.code, 'HPE_HEADER_OVERFLOW')
  assert.ok(error.bytesParsed > 0 && Buffer.isBuffer(error.rawPacket))
  await peer.closes()
})

it("publishes Node's diagnostics channels", async t => {
  const told: string[] = []
  const names = [
    'http.server.request.start',
    'http.server.response.created',
    'http.server.response.finish',
    'http.client.request.created',
    'http.client.request.start',
    'http.client.response.finish',
  ]
  const { server, port } = await serve(t, hello)
  const listeners = names.map(name => {
    const listener = (message: unknown) => {
      const about = message as { server?: unknown; request: { port?: unknown } }
      if (about.server === undefined || about.server === server) told.push(name)
    }
    diagnostics.subscribe(name, listener)
    return () => diagnostics.unsubscribe(name, listener)
  })
  await fetchText({ port, host: '127.0.0.1', agent: false })
  for (const unsubscribe of listeners) unsubscribe()
  assert.deepEqual(told.toSorted(), names.toSorted())
})
