// The Agent's options, methods and tables, and the module's own settings, as Node documents them.

import assert from 'node:assert/strict'
import { once } from 'node:events'
import { closeSync, openSync } from 'node:fs'
import type net from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { it, type TestContext } from 'node:test'
import { fileURLToPath } from 'node:url'
import http from '../../src/http/index.ts'
import { fetchText, listen, serve } from './raw.ts'

type Response = InstanceType<typeof http.ServerResponse>
type Answering = { port: number; open: Response[] }

/** A server that answers when the test says. */
async function answering(t: TestContext): Promise<Answering> {
  const open: Response[] = []
  const { port } = await serve(t, (_request, response) => void open.push(response))
  return { port, open }
}

function agentFor(t: TestContext, options: ConstructorParameters<typeof http.Agent>[0]) {
  const agent = new http.Agent(options)
  t.after(() => agent.destroy())
  return agent
}

const ended = async (request: InstanceType<typeof http.ClientRequest>) => {
  const [response] = await once(request, 'response')
  response.resume()
  await once(response, 'end')
}

it('is made with and without new, with options that it keeps', () => {
  const bare = http.Agent as unknown as (options: object) => InstanceType<typeof http.Agent>
  const options = {
    keepAlive: true,
    keepAliveMsecs: 5,
    maxSockets: 3,
    maxTotalSockets: 4,
    maxFreeSockets: 2,
    timeout: 9,
  }
  for (const agent of [new http.Agent({ ...options, scheduling: 'fifo' }), bare({ ...options, scheduling: 'fifo' })]) {
    assert.ok(agent instanceof http.Agent)
    assert.deepEqual([agent.maxSockets, agent.maxTotalSockets, agent.maxFreeSockets], [3, 4, 2])
    assert.equal(agent.options['timeout'], 9)
  }
  assert.throws(() => new http.Agent({ maxTotalSockets: -1 }), { code: 'ERR_OUT_OF_RANGE' })
  assert.throws(() => new http.Agent({ scheduling: 'other' as never }), { code: 'ERR_INVALID_ARG_VALUE' })
})

it('counts sockets, requests and free sockets by name', async t => {
  const { port, open } = await answering(t)
  const agent = agentFor(t, { keepAlive: true, maxSockets: 1 })
  const options = { host: '127.0.0.1', port, agent }
  const name = agent.getName(options)
  const [first, second] = [http.get(options), http.get(options)]
  await once(first, 'socket')
  assert.deepEqual([agent.sockets[name]?.length, agent.requests[name]?.length], [1, 1])
  while (open.length === 0) await new Promise(setImmediate)
  open.shift()?.end()
  await ended(first)
  while (open.length === 0) await new Promise(setImmediate)
  assert.equal(agent.requests[name], undefined)
  open.shift()?.end()
  await ended(second)
  await new Promise(setImmediate)
  assert.deepEqual([agent.sockets[name], agent.freeSockets[name]?.length], [undefined, 1])
})

it('maxTotalSockets bounds all origins together; maxFreeSockets what is kept', async t => {
  const [one, two] = [await answering(t), await answering(t)]
  const agent = agentFor(t, { keepAlive: true, maxTotalSockets: 1, maxFreeSockets: 1 })
  const first = http.get({ host: '127.0.0.1', port: one.port, agent })
  const second = http.get({ host: '127.0.0.1', port: two.port, agent })
  await once(first, 'socket')
  assert.equal(second.socket, null)
  while (one.open.length === 0) await new Promise(setImmediate)
  one.open[0]?.end()
  await ended(first)
  while (two.open.length === 0) await new Promise(setImmediate)
  two.open[0]?.end()
  await ended(second)
  const pool = agentFor(t, { keepAlive: true, maxFreeSockets: 1 })
  const both = [1, 2].map(() => http.get({ host: '127.0.0.1', port: one.port, agent: pool }))
  while (one.open.length < 3) await new Promise(setImmediate)
  const answered = Promise.all(both.map(ended))
  for (const response of one.open.slice(1)) response.end()
  await answered
  await new Promise(setImmediate)
  assert.deepEqual(
    Object.values(pool.freeSockets).map(sockets => sockets?.length),
    [1],
  )
})

it('options of the agent reach the socket: keepAliveMsecs, timeout, and those of connect()', async t => {
  const port = await listen(t, () => {})
  const agent = agentFor(t, { keepAlive: true, keepAliveMsecs: 1234, timeout: 5, localAddress: '127.0.0.2' })
  const request = http.get({ host: '127.0.0.1', port, agent })
  request.on('error', () => {})
  const [socket] = (await once(request, 'socket')) as [net.Socket]
  assert.equal(socket.timeout, 5)
  await Promise.all([once(request, 'timeout'), once(socket, 'connect')])
  assert.equal(socket.localAddress, '127.0.0.2')
  request.destroy()
})

it('createConnection() of the agent makes sockets as net.connect() does', async t => {
  const { port } = await serve(t, (_request, response) => response.end('x'))
  const agent = agentFor(t, {})
  const socket = agent.createConnection({
    host: 'localhost',
    port,
    family: 4,
    hints: 0,
    localAddress: '127.0.0.1',
    localPort: 0,
    allowHalfOpen: true,
    timeout: 1000,
    lookup: (_name: string, _options: object, done: (...results: unknown[]) => void) => done(null, '127.0.0.1', 4),
  } as never) as net.Socket
  await once(socket, 'connect')
  assert.deepEqual([socket.remotePort, socket.allowHalfOpen, socket.timeout], [port, true, 1000])
  socket.destroy()
  const asked: object[] = []
  class Choosing extends http.Agent {
    override createConnection(options: never, done: never) {
      asked.push(options)
      return super.createConnection(options, done)
    }
  }
  const choosing = new Choosing()
  assert.equal((await fetchText({ host: '127.0.0.1', port, agent: choosing })).body, 'x')
  assert.equal(asked.length, 1)
})

it('createConnection() of the agent takes a path, and an open descriptor', async t => {
  const server = http.createServer((_request, response) => response.end('by path'))
  const path = join(tmpdir(), `plainwire-agent-${process.pid}.sock`)
  server.listen(path)
  await once(server, 'listening')
  t.after(() => server.close())
  const agent = agentFor(t, {})
  const socket = agent.createConnection({ path } as never) as net.Socket
  await once(socket, 'connect')
  socket.destroy()
  // A pipe's descriptor, to be written alone, as net.Socket takes it; one that is no socket is refused as Node refuses it.
  const file = openSync(fileURLToPath(import.meta.url), 'r')
  t.after(() => closeSync(file))
  assert.throws(() => agent.createConnection({ fd: file, readable: true, writable: false } as never), {
    code: 'ERR_INVALID_FD_TYPE',
  })
})

it('getName() of host, port, local address, family and path', () => {
  const agent = new http.Agent()
  assert.deepEqual(
    [
      agent.getName(),
      agent.getName({ host: 'h', port: 80, localAddress: 'l' }),
      agent.getName({ host: 'h', port: 80, localAddress: 'l', family: 6 }),
      agent.getName({ socketPath: '/p' } as never),
    ],
    ['localhost::', 'h:80:l', 'h:80:l:6', 'localhost:::/p'],
  )
})

it("a free socket's errors do not reach the process, and it leaves the pool", async t => {
  const sockets: net.Socket[] = []
  const port = await listen(t, async peer => {
    sockets.push(peer.socket as never)
    await peer.receives(/\r\n\r\n/)
    peer.sends('HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n')
  })
  const agent = agentFor(t, { keepAlive: true })
  await ended(http.get({ host: '127.0.0.1', port, agent }))
  const [free] = Object.values(agent.freeSockets)[0] ?? []
  assert.ok(free)
  const closed = new Promise(done => free.once('close', done))
  ;(sockets[0] as net.Socket).resetAndDestroy()
  await closed
  assert.deepEqual(Object.keys(agent.freeSockets), [])
})

it("the server's Keep-Alive hint bounds how long a socket is kept", async t => {
  const port = await listen(t, async peer => {
    for (;;) {
      await peer.receives(/\r\n\r\n/)
      peer.sends('HTTP/1.1 200 OK\r\nKeep-Alive: timeout=0\r\nContent-Length: 0\r\n\r\n')
    }
  })
  const agent = agentFor(t, { keepAlive: true })
  await ended(http.get({ host: '127.0.0.1', port, agent }))
  await new Promise(setImmediate)
  assert.deepEqual(Object.keys(agent.freeSockets), [], 'a socket that the server closes at once is not kept')
})

it('a queued request whose AbortSignal fires fails with ABORT_ERR when its turn comes, unsent', async t => {
  const { port, open } = await answering(t)
  const agent = agentFor(t, { maxSockets: 1 })
  http.get({ host: '127.0.0.1', port, agent }).on('response', response => response.resume())
  const controller = new AbortController()
  const queued = http.get({ host: '127.0.0.1', port, agent, signal: controller.signal })
  controller.abort()
  const failed = once(queued, 'error')
  while (open.length === 0) await new Promise(setImmediate)
  open[0]?.end()
  assert.equal((await failed)[0].code, 'ABORT_ERR')
  assert.equal(open.length, 1)
})

it('goes over the proxy of its proxyEnv, except where NO_PROXY says', async t => {
  const targets: string[] = []
  const { port: proxyPort } = await serve(t, (request, response) => {
    targets.push(`${request.method} ${request.url} ${request.headers['proxy-authorization'] ?? '-'}`)
    response.end('by proxy')
  })
  const { port } = await serve(t, (_request, response) => response.end('directly'))
  const agent = agentFor(t, {
    proxyEnv: { HTTP_PROXY: `http://user:pw@127.0.0.1:${proxyPort}`, NO_PROXY: `127.0.0.1:${port}` },
  } as never)
  assert.equal((await fetchText({ host: 'a.example', port: 81, path: '/x', agent })).body, 'by proxy')
  assert.equal((await fetchText({ host: '127.0.0.1', port, agent })).body, 'directly')
  assert.deepEqual(targets, ['GET http://a.example:81/x Basic dXNlcjpwdw=='])
})

it('tells the proxy who asks, in whatever form the headers are given', async t => {
  const heads: string[] = []
  const port = await listen(t, async peer => {
    for (;;) {
      const [head] = await peer.receives(/^[\s\S]*?\r\n\r\n/)
      heads.push(head)
      peer.sends('HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n')
    }
  })
  const agent = agentFor(t, { proxyEnv: { HTTP_PROXY: `http://u:p@127.0.0.1:${port}` } } as never)
  const own = 'Proxy-Authorization'
  const forms = [
    ['Host', 'far.example', 'X-One', '1', own, 'Basic bWluZQ=='],
    [
      ['Host', 'far.example'],
      ['X-One', '1'],
      [own, 'Basic bWluZQ=='],
    ],
    { Host: 'far.example', 'X-One': '1', [own]: 'Basic bWluZQ==' },
  ]
  for (const headers of forms) await fetchText({ host: 'far.example', path: '/x', agent, headers })
  assert.equal(heads.length, 3)
  for (const head of heads) {
    assert.match(head, /^GET http:\/\/far\.example\/x HTTP\/1\.1\r\n/)
    assert.match(head, /\r\nX-One: 1\r\n/)
    assert.deepEqual(head.match(/proxy-[a-z]+: .*/gi)?.sort(), [
      'proxy-authorization: Basic dTpw',
      'proxy-connection: close',
    ])
  }
})

it('setGlobalProxyFromEnv() sets it for all, and gives a way back', async t => {
  const { port: proxyPort } = await serve(t, (request, response) => response.end(request.url))
  const restore = http.setGlobalProxyFromEnv({ http_proxy: `http://127.0.0.1:${proxyPort}` })
  assert.equal((await fetchText({ host: 'b.example', path: '/y' })).body, 'http://b.example/y')
  restore()
  assert.throws(() => http.setGlobalProxyFromEnv({ http_proxy: 'nonsense' }), { code: 'ERR_PROXY_INVALID_CONFIG' })
  http.globalAgent.destroy()
})

it('the module: constants, validators, the global agent, and what it passes on', () => {
  assert.ok(http.METHODS.includes('QUERY') && http.METHODS.includes('M-SEARCH'))
  assert.equal(http.STATUS_CODES[418], "I'm a Teapot")
  assert.ok(http.globalAgent instanceof http.Agent)
  const other = new http.Agent()
  const { globalAgent } = http
  http.globalAgent = other
  assert.equal(http.globalAgent, other)
  http.globalAgent = globalAgent
  http.validateHeaderName('X-Fine')
  http.validateHeaderValue('X-Fine', 'v')
  assert.throws(() => http.validateHeaderName('bad name', 'Label'), {
    code: 'ERR_INVALID_HTTP_TOKEN',
    message: 'Label must be a valid HTTP token ["bad name"]',
  })
  assert.throws(() => http.validateHeaderValue('a', 'b\n'), { code: 'ERR_INVALID_CHAR' })
  http.setMaxIdleHTTPParsers(5)
  assert.throws(() => http.setMaxIdleHTTPParsers(0), { code: 'ERR_OUT_OF_RANGE' })
  assert.deepEqual(
    [http.WebSocket, http.MessageEvent, http.CloseEvent],
    [globalThis.WebSocket, globalThis.MessageEvent, (globalThis as { CloseEvent?: unknown }).CloseEvent],
  )
})
