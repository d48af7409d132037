// The promises of the seed documents about net, exercised over the loopback interface. test/parity/seeds/net.ts says which
// test stands for which entry of the inventory.

import assert from 'node:assert/strict'
import { once } from 'node:events'
import { mkdtempSync, openSync, rmSync } from 'node:fs'
import { createServer as createBuiltInServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { it, type TestContext } from 'node:test'
import * as net from '../../src/net/index.ts'

type Server = InstanceType<typeof net.Server>
type Socket = InstanceType<typeof net.Socket>
type Address = { address: string; family: string; port: number }

const addressOf = (server: Server): Address => server.address() as Address

/** A listening server, closed at the test's end. */
async function listening(t: TestContext, server: Server): Promise<Server> {
  t.after(() => server.listening && server.close())
  if (!server.listening) {
    server.listen(0, '127.0.0.1')
    await once(server, 'listening')
  }
  return server
}

/** Both ends of a connection, destroyed at the test's end. */
async function connected(t: TestContext, options: object = {}, clientOptions: object = {}) {
  const server = await listening(t, net.createServer(options))
  const accepting = once(server, 'connection') as Promise<[Socket]>
  const client = net.connect({ port: addressOf(server).port, host: '127.0.0.1', ...clientOptions }) as Socket
  const [[accepted]] = await Promise.all([accepting, once(client, 'connect')])
  t.after(() => {
    client.destroy()
    accepted.destroy()
  })
  return { server, client, accepted }
}

it('tells IP addresses from other text', () => {
  assert.deepEqual(['127.0.0.1', '::1', '127.000.000.001', 'x'].map(net.isIP), [4, 6, 0, 0])
  assert.deepEqual([net.isIPv4('1.2.3.4'), net.isIPv4('::1')], [true, false])
  assert.deepEqual([net.isIPv6('::1'), net.isIPv6('1.2.3.4')], [true, false])
})

it('makes servers and sockets with and without new', () => {
  for (const server of [net.createServer(), new net.Server(), Reflect.apply(net.Server, undefined, [])]) {
    assert.ok(server instanceof net.Server)
    assert.equal(server.listening, false)
    assert.equal(server.address(), null)
  }
  assert.ok(new net.Socket() instanceof net.Socket)
})

it('listens by port, host and backlog, with a listener that hears of it once', async t => {
  const server = net.createServer()
  t.after(() => server.close())
  const heard: string[] = []
  server.on('listening', () => heard.push('event'))
  assert.equal(
    server.listen(0, '127.0.0.1', 16, () => heard.push('listener')),
    server,
  )
  assert.deepEqual(heard, [])
  await once(server, 'listening')
  assert.deepEqual(heard, ['event', 'listener'])
  assert.equal(server.listening, true)
  const { address, family, port } = addressOf(server)
  assert.deepEqual([address, family, port > 0], ['127.0.0.1', 'IPv4', true])
})

it('listens by options, and on a handle that is bound already', async t => {
  const server = net.createServer().listen({ port: 0, host: '127.0.0.1', backlog: 4 })
  await once(server, 'listening')
  t.after(() => server.close())
  const bound = createBuiltInServer().listen(0, '127.0.0.1')
  await once(bound, 'listening')
  const other = net.createServer().listen(bound as never)
  await once(other, 'listening')
  assert.equal(addressOf(other).port, (bound.address() as Address).port)
  other.close()
  bound.close()
})

it('listens and connects by a path', async t => {
  const folder = mkdtempSync(join(tmpdir(), 'plainwire-net-'))
  t.after(() => rmSync(folder, { recursive: true }))
  const path = join(folder, 'socket')
  const server = net.createServer(socket => socket.end('by path')).listen(path)
  t.after(() => server.close())
  await once(server, 'listening')
  assert.equal(server.address(), path)
  for (const make of [
    () => net.connect(path),
    () => net.createConnection({ path }),
    () => new net.Socket().connect(path),
  ]) {
    const client = make().setEncoding('utf8')
    client.on('lookup', () => assert.fail('a path needs no look-up'))
    assert.deepEqual(await once(client, 'data'), ['by path'])
    client.destroy()
  }
})

it('calls the connection listener for every connection', async t => {
  const heard: unknown[] = []
  const server = await listening(
    t,
    net.createServer(socket => heard.push(socket)),
  )
  server.on('connection', socket => heard.push(socket))
  const client = net.connect(addressOf(server).port)
  await once(server, 'connection')
  assert.equal(heard.length, 2)
  assert.equal(heard[0], heard[1])
  assert.ok(heard[0] instanceof net.Socket)
  client.destroy()
  ;(heard[0] as Socket).destroy()
})

it('connects by port, by options, with a listener, and by its alias', async t => {
  const server = await listening(
    t,
    net.createServer(socket => socket.on('error', () => {}).resume()),
  )
  const { port } = addressOf(server)
  assert.equal(net.connect, net.createConnection)
  for (const make of [
    (done: () => void) => net.connect(port, done),
    (done: () => void) => net.createConnection(port, '127.0.0.1', done),
    (done: () => void) => net.createConnection({ port, host: '127.0.0.1' }, done),
    (done: () => void) => new net.Socket().connect({ port, host: '127.0.0.1' }, done),
  ]) {
    await new Promise<void>(resolve => {
      const client = make(() => resolve(void client.destroy()))
    })
  }
})

it('connects from the local address and port it is given, in the family it is given', async t => {
  const { port } = addressOf(await listening(t, net.createServer().listen(0, '127.0.0.1')))
  const { client, accepted } = await connected(t, {}, { localAddress: '127.0.0.2', family: 4 })
  assert.equal(client.localAddress, '127.0.0.2')
  assert.equal(accepted.remoteAddress, '127.0.0.2')
  assert.notEqual(client.localPort, port)
  const free = net.createServer().listen(0, '127.0.0.1')
  await once(free, 'listening')
  const localPort = addressOf(free).port
  await new Promise(resolve => free.close(resolve))
  const { accepted: other } = await connected(t, {}, { localPort })
  assert.equal(other.remotePort, localPort)
})

it('asks the look-up function it is given, with family and hints', async t => {
  const asked: unknown[] = []
  const lookup = (name: string, options: { family: number; hints: number }, done: (...args: unknown[]) => void) => {
    asked.push(name, options.family, options.hints)
    setImmediate(done, null, '127.0.0.1', 4)
  }
  const { client } = await connected(t, {}, { host: 'name.example', lookup, family: 4, hints: 0 })
  assert.deepEqual(asked, ['name.example', 4, 0])
  assert.equal(client.remoteAddress, '127.0.0.1')
})

it('connects to localhost where no host is named', async t => {
  const server = await listening(
    t,
    net.createServer(socket => socket.end()),
  )
  const client = net.connect({ port: addressOf(server).port })
  const names: unknown[] = []
  client.on('lookup', (_error, _address, _family, host) => names.push(host))
  client.resume()
  await once(client, 'close')
  assert.equal(names[0], 'localhost')
})

it('goes through the events and states of a life in order', async t => {
  const server = await listening(
    t,
    net.createServer(socket => socket.end('data')),
  )
  const client = new net.Socket()
  const seen: string[] = []
  for (const event of ['lookup', 'connect', 'ready', 'data', 'end', 'close'] as const) {
    client.on(event, () => seen.push(event))
  }
  assert.deepEqual([client.pending, client.connecting, client.readyState], [true, false, 'open'])
  client.connect({ port: addressOf(server).port, host: 'localhost', family: 4 })
  assert.deepEqual([client.pending, client.connecting, client.readyState], [true, true, 'opening'])
  await once(client, 'connect')
  assert.deepEqual([client.pending, client.connecting, client.destroyed], [false, false, false])
  assert.deepEqual(await once(client, 'close'), [false])
  assert.deepEqual(seen, ['lookup', 'connect', 'ready', 'data', 'end', 'close'])
  assert.deepEqual([client.destroyed, client.readyState], [true, 'closed'])
})

it('connects anew after it was closed', async t => {
  const server = await listening(
    t,
    net.createServer(socket => socket.end('x')),
  )
  const client = new net.Socket()
  for (let i = 0; i < 2; i++) {
    client.connect(addressOf(server).port, '127.0.0.1').resume()
    await once(client, 'close')
  }
  assert.equal(client.bytesRead, 1)
})

it('knows both ends and counts bytes', async t => {
  const { server, client, accepted } = await connected(t)
  const { port } = addressOf(server)
  assert.deepEqual([client.remoteAddress, client.remotePort, client.remoteFamily], ['127.0.0.1', port, 'IPv4'])
  assert.deepEqual([client.localAddress, client.localPort], [accepted.remoteAddress, accepted.remotePort])
  assert.deepEqual(client.address(), { address: '127.0.0.1', family: 'IPv4', port: accepted.remotePort })
  client.write('six by')
  await once(accepted, 'data')
  assert.deepEqual([client.bytesWritten, accepted.bytesRead], [6, 6])
})

it('writes text in an encoding, buffers and bytes, and calls back when they have left', async t => {
  const { client, accepted } = await connected(t)
  accepted.setEncoding('utf8')
  let heard = ''
  accepted.on('data', text => (heard += text))
  client.write('6162', 'hex')
  client.write(Buffer.from('c'))
  await new Promise(resolve => client.write(new Uint8Array([100]), resolve))
  client.end('e')
  await once(accepted, 'end')
  assert.equal(heard, 'abcde')
})

it('holds data back while it is paused, and gives it on resume', async t => {
  const { client, accepted } = await connected(t, { pauseOnConnect: true })
  assert.equal(accepted.isPaused(), true)
  client.write('early')
  accepted.on('data', () => assert.ok(!accepted.isPaused()))
  await new Promise(resolve => client.write('', resolve))
  assert.equal(accepted.bytesRead, 0)
  assert.equal(accepted.resume(), accepted)
  assert.equal(String((await once(accepted, 'data'))[0]), 'early')
  assert.equal(accepted.pause(), accepted)
})

it('says false when it is full, and drain when it is empty again', async t => {
  const { client, accepted } = await connected(t)
  const chunk = Buffer.alloc(1 << 20)
  let chunks = 1
  while (client.write(chunk)) chunks++
  assert.ok(client.writableLength > 0)
  accepted.resume()
  await once(client, 'drain')
  assert.equal(client.writableLength, 0)
  assert.equal(client.bytesWritten, chunks * chunk.length)
})

it('echoes by a pipe to itself', async t => {
  const { client, accepted } = await connected(t)
  accepted.pipe(accepted)
  client.end('echo')
  let heard = ''
  client.on('data', data => (heard += data))
  await once(client, 'end')
  assert.equal(heard, 'echo')
})

it('ends its side when the peer has ended, unless it may stay half open', async t => {
  const closed = await connected(t)
  closed.accepted.resume()
  closed.client.resume().end()
  await once(closed.client, 'close')
  assert.equal(closed.accepted.writableEnded, true)

  const half = await connected(t, { allowHalfOpen: true })
  half.accepted.resume()
  half.client.end()
  await once(half.accepted, 'end')
  assert.deepEqual([half.accepted.writableEnded, half.accepted.readyState], [false, 'writeOnly'])
  half.accepted.end('still here')
  assert.equal(String((await once(half.client, 'data'))[0]), 'still here')
  assert.equal(new net.Socket({ allowHalfOpen: true }).allowHalfOpen, true)
})

it('fires the timeout of an idle socket, and leaves the rest to the user', async t => {
  const { client, accepted } = await connected(t)
  assert.equal(client.timeout, undefined)
  assert.equal(
    client.setTimeout(5, () => {}),
    client,
  )
  assert.equal(client.timeout, 5)
  await once(client, 'timeout')
  assert.deepEqual([client.destroyed, accepted.destroyed], [false, false])
  assert.equal(client.setTimeout(0).timeout, 0)
})

it('returns the socket from its settings', async t => {
  const { client } = await connected(t, {}, { noDelay: true, keepAlive: true })
  for (const socket of [client, new net.Socket()]) {
    for (const result of [socket.setNoDelay(), socket.setKeepAlive(true, 1000), socket.unref(), socket.ref()]) {
      assert.equal(result, socket)
    }
  }
})

it('destroys, and tells the peer', async t => {
  const { client, accepted } = await connected(t)
  accepted.resume()
  assert.equal(client.destroy(), client)
  assert.equal(client.destroyed, true)
  assert.deepEqual(await once(client, 'close'), [false])
  await once(accepted, 'end')
})

it('tells an error, and right after it that it is closed', async t => {
  const server = await listening(t, net.createServer())
  const { port } = addressOf(server)
  await new Promise(resolve => server.close(resolve))
  const client = net.connect(port, '127.0.0.1')
  const closing = new Promise(resolve => client.on('close', (...args) => resolve(args)))
  const [error] = (await once(client, 'error')) as [NodeJS.ErrnoException]
  assert.equal(error.code, 'ECONNREFUSED')
  assert.equal(error.message, `connect ECONNREFUSED 127.0.0.1:${port}`)
  assert.deepEqual(await closing, [true])
})

it('is destroyed by its signal', async () => {
  const abort = new AbortController()
  const socket = new net.Socket({ signal: abort.signal })
  abort.abort()
  const [error] = await once(socket, 'error')
  assert.equal(error.name, 'AbortError')
  assert.equal(socket.destroyed, true)
})

it('wraps a descriptor for reading, for writing or both', async () => {
  assert.throws(() => new net.Socket({ fd: openSync('/dev/null', 'r'), readable: true }), {
    code: 'ERR_INVALID_FD_TYPE',
  })
  assert.throws(() => new net.Socket({ fd: -1, writable: true }), { code: 'ERR_OUT_OF_RANGE' })
})

it('reads into the buffer it is given', async t => {
  const buffer = Buffer.alloc(16)
  const heard: string[] = []
  let onRead = () => {}
  const onread = {
    buffer,
    callback(bytes: number, target: Uint8Array) {
      assert.equal(target, buffer)
      heard.push(Buffer.from(target.subarray(0, bytes)).toString())
      onRead()
      return true
    },
  }
  const { accepted } = await connected(t, {}, { onread })
  const read = new Promise<void>(resolve => (onRead = resolve))
  accepted.write('into it')
  await read
  assert.deepEqual(heard, ['into it'])
})

it('counts its connections, and drops what is beyond the most it takes', async t => {
  const { server, client } = await connected(t)
  const count = () =>
    new Promise((resolve, reject) =>
      server.getConnections((error, number) => (error ? reject(error) : resolve(number))),
    )
  assert.equal(await count(), 1)
  server.maxConnections = 1
  const refused = net.connect(addressOf(server).port, '127.0.0.1').resume()
  const [dropped] = (await once(server, 'drop')) as [{ remotePort: number }]
  assert.equal(dropped.remotePort > 0, true)
  refused.on('error', () => {})
  if (!refused.destroyed) await once(refused, 'close')
  assert.equal(await count(), 1)
  client.destroy()
})

it('refuses peers on its block list', async t => {
  const blockList = new net.BlockList()
  blockList.addAddress('127.0.0.1')
  const server = await listening(t, net.createServer({ blockList } as object))
  server.on('connection', () => assert.fail('a blocked peer came through'))
  const client = net.connect(addressOf(server).port, '127.0.0.1').resume()
  client.on('error', () => {})
  await once(client, 'close')
})

it('closes when its last connection has ended', async t => {
  const { server, client, accepted } = await connected(t)
  const order: string[] = []
  accepted.resume().on('end', () => order.push('connection'))
  assert.equal(
    server.close(() => order.push('callback')),
    server,
  )
  server.on('close', () => order.push('server'))
  assert.equal(server.listening, false)
  client.resume().end()
  await once(server, 'close')
  assert.deepEqual(order, ['connection', 'callback', 'server'])
  const [error] = (await new Promise<unknown[]>(resolve => server.close((...args) => resolve(args)))) as [Error]
  assert.equal((error as NodeJS.ErrnoException).code, 'ERR_SERVER_NOT_RUNNING')
})

it('tells an error of listening, and does not close by itself', async t => {
  const server = await listening(t, net.createServer())
  const other = net.createServer()
  other.on('close', () => assert.fail('closed by itself'))
  other.listen(addressOf(server).port, '127.0.0.1')
  const [error] = (await once(other, 'error')) as [NodeJS.ErrnoException]
  assert.deepEqual([error.code, error.syscall, other.listening], ['EADDRINUSE', 'listen', false])
})

it('keeps the process alive or not, as ref and unref say', async t => {
  const server = await listening(t, net.createServer())
  assert.equal(server.unref(), server)
  assert.equal(server.ref(), server)
  assert.equal(net.createServer().unref().ref().listening, false)
})
