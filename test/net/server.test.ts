import assert from 'node:assert/strict'
import { execFile } from 'node:child_process'
import { once } from 'node:events'
import { test } from 'node:test'
import { promisify } from 'node:util'
import { BlockList, connect, createServer, Server, type Socket } from '../../src/net/index.ts'
import { event, listening, onBothHosts, text } from './both-hosts.ts'

onBothHosts('NET-15 NET-16 every form of listen() ends in listening, with an address', async ({ freePath }) => {
  const path = freePath()
  const forms: [unknown[], (address: unknown) => void][] = [
    [[0, '127.0.0.1'], address => assert.equal((address as { address: string }).address, '127.0.0.1')],
    [
      [{ port: 0, host: '127.0.0.1', backlog: 5 }],
      address => assert.equal((address as { family: string }).family, 'IPv4'),
    ],
    [[{ port: 0, host: 'localhost' }], address => assert.ok((address as { port: number }).port > 0)],
    [[], address => assert.ok((address as { port: number }).port > 0)],
    [[path], address => assert.equal(address, path)],
    [[{ path: freePath() }], address => assert.equal(typeof address, 'string')],
  ]
  for (const [args, check] of forms) {
    const server = createServer()
    let calledBack = false
    server.listen(...args, () => {
      calledBack = true
    })
    await event(server, 'listening')
    assert.ok(calledBack && server.listening)
    check(server.address())
    server.close()
    await event(server, 'close')
    assert.ok(!server.listening && server.address() === null)
  }
})

onBothHosts('an address in use: EADDRINUSE, as an event, and no close', async () => {
  const { server, port } = await listening()
  const second = createServer()
  second.listen(port, '127.0.0.1')
  const [error] = await event<[NodeJS.ErrnoException & { address: string; port: number }]>(second, 'error')
  assert.equal(error.message, `listen EADDRINUSE: address already in use 127.0.0.1:${port}`)
  assert.deepEqual([error.code, error.syscall, error.address, error.port], ['EADDRINUSE', 'listen', '127.0.0.1', port])
  assert.ok(!second.listening)
  server.close()
  await event(server, 'close')
  second.listen(port, '127.0.0.1')
  await event(second, 'listening')
  second.close()
})

onBothHosts('NET-18 close() comes to its end when the last connection has', async () => {
  const { server, port } = await listening({}, socket => socket.resume())
  const client = connect(port, '127.0.0.1')
  await event(server, 'connection')
  let isClosed = false
  server.close(() => {
    isClosed = true
  })
  const refused = connect(port, '127.0.0.1')
  const [error] = await event<[NodeJS.ErrnoException]>(refused, 'error')
  assert.equal(error.code, 'ECONNREFUSED')
  assert.ok(!isClosed)
  client.end()
  await event(server, 'close')
  assert.ok(isClosed)
})

onBothHosts('NET-14 NET-17 connections over maxConnections are dropped, and counted ones are told', async () => {
  const { server, port } = await listening({}, socket => socket.resume())
  server.maxConnections = 1
  const first = connect(port, '127.0.0.1')
  await event(server, 'connection')
  const second = connect(port, '127.0.0.1').on('error', () => {})
  const [data] = await event<[{ remotePort: number; localPort: number; remoteFamily: string }]>(server, 'drop')
  assert.deepEqual([data.localPort, data.remoteFamily], [port, 'IPv4'])
  await event(second.resume(), 'close')
  const count = await new Promise(resolve => server.getConnections((_, number) => resolve(number)))
  assert.equal(count, 1)
  first.destroy()
  server.close()
})

onBothHosts('blocked addresses are closed without a connection event', async () => {
  const blockList = new BlockList()
  blockList.addAddress('127.0.0.1')
  const { server, port } = await listening({ blockList }, () => assert.fail('accepted'))
  const client = connect(port, '127.0.0.1').on('error', () => {})
  await event(client.resume(), 'close')
  const blocked = connect({ port, host: '127.0.0.1', blockList })
  const [error] = await event<[NodeJS.ErrnoException]>(blocked, 'error')
  assert.equal(error.code, 'ERR_IP_BLOCKED')
  server.close()
})

onBothHosts('NET-13 pauseOnConnect reads nothing before resume()', async () => {
  const { server, port } = await listening({ pauseOnConnect: true })
  const client = connect(port, '127.0.0.1')
  client.end('waits')
  const [socket] = await event<[Socket]>(server, 'connection')
  assert.ok(socket.isPaused())
  const chunks: Buffer[] = []
  socket.on('data', (chunk: Buffer) => chunks.push(chunk))
  for (let turn = 0; turn < 20; turn++) await new Promise<void>(resolve => setImmediate(resolve))
  assert.equal(chunks.length, 0)
  socket.resume()
  await event(socket, 'end')
  assert.equal(Buffer.concat(chunks).toString(), 'waits')
  server.close()
})

onBothHosts('an aborted signal closes the server', async () => {
  const controller = new AbortController()
  const server = createServer().listen({ port: 0, host: '127.0.0.1', signal: controller.signal })
  await event(server, 'listening')
  controller.abort()
  await event(server, 'close')
})

onBothHosts('await using closes the server', async () => {
  const { server } = await listening()
  await server[Symbol.asyncDispose]()
  assert.ok(!server.listening)
  await server[Symbol.asyncDispose]()
})

onBothHosts('a rejected connection listener destroys its socket', async () => {
  const server = createServer()
  const { port } = await new Promise<{ port: number }>(resolve => {
    server.listen(0, '127.0.0.1', () => resolve(server.address() as { port: number }))
  })
  Object.defineProperty(server, Symbol.for('nodejs.rejection'), {
    value: (error: Error, name: string, socket: Socket) => {
      assert.equal(name, 'connection')
      socket.destroy(error)
    },
  })
  server.on('connection', (socket: Socket) => socket.on('error', () => {}).destroy(new Error('refused')))
  const client = connect(port, '127.0.0.1').on('error', () => {})
  await event(client.resume(), 'close')
  server.close()
})

onBothHosts('closing before the name is looked up listens nowhere', async () => {
  const server = createServer().listen(0, 'localhost')
  server.close()
  await event(server, 'close')
  for (let turn = 0; turn < 20; turn++) await new Promise<void>(resolve => setImmediate(resolve))
  assert.ok(!server.listening)
})

onBothHosts('NET-3 a UNIX path carries a conversation; such sockets have no addresses', async ({ freePath }) => {
  const path = freePath()
  const server = createServer({ allowHalfOpen: true }, socket => socket.pipe(socket)).listen(path)
  await event(server, 'listening')
  const client = connect(path)
  client.end('over a path')
  assert.equal(await text(client), 'over a path')
  assert.deepEqual([client.remoteAddress, client.localPort], [undefined, undefined])
  server.close()
})

test('bad arguments throw at once, with the runtime’s codes', () => {
  const cases: [unknown[], string][] = [
    [[-1], 'ERR_SOCKET_BAD_PORT'],
    [[65536], 'ERR_SOCKET_BAD_PORT'],
    [[{ port: 'x' }], 'ERR_SOCKET_BAD_PORT'],
    [[{}], 'ERR_INVALID_ARG_VALUE'],
    [[{ port: true }], 'ERR_INVALID_ARG_VALUE'],
    [[{ fd: -1 }], 'ERR_INVALID_ARG_VALUE'],
    [[{ path: '\0x', readableAll: true }], 'ERR_INVALID_ARG_VALUE'],
    [[{ port: 0, signal: 'x' }], 'ERR_INVALID_ARG_TYPE'],
  ]
  for (const [args, code] of cases) {
    assert.throws(() => createServer().listen(...args), { code }, JSON.stringify(args))
  }
  assert.throws(() => createServer('x' as never), { code: 'ERR_INVALID_ARG_TYPE' })
  assert.throws(() => createServer({ blockList: {} as never }), { code: 'ERR_INVALID_ARG_TYPE' })
})

onBothHosts('NET-19 close() of what is not open calls back with an error; listen() twice throws', async () => {
  const idle = new Server()
  const error = await new Promise<NodeJS.ErrnoException | undefined>(resolve => idle.close(resolve))
  assert.equal(error?.code, 'ERR_SERVER_NOT_RUNNING')
  const { server } = await listening()
  assert.throws(() => server.listen(0), { code: 'ERR_SERVER_ALREADY_LISTEN' })
  server.close()
  await once(server, 'close')
})

test('a connection over maxConnections is closed although a listener of drop throws', async () => {
  const net = new URL('../../src/net/index.js', import.meta.url).href
  // In a process of its own: the exception is an uncaught one.
  const program = `
    import { connect, createServer } from '${net}'
    let thrown = 0
    process.on('uncaughtException', () => thrown++)
    const server = createServer()
    server.maxConnections = 0
    server.on('drop', () => { throw new Error('thrown by a listener') })
    server.listen(0, '127.0.0.1', () => {
      connect(server.address().port, '127.0.0.1').resume().on('close', () => {
        console.log(thrown, 'thrown, and closed')
        server.close()
      })
    })`
  const { stdout } = await promisify(execFile)(process.execPath, ['--input-type=module', '-e', program], {
    timeout: 20_000,
  })
  assert.equal(stdout, '1 thrown, and closed\n')
})
