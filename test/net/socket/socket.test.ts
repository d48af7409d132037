import assert from 'node:assert/strict'
import { getEventListeners } from 'node:events'
import { Duplex } from 'node:stream'
import { test } from 'node:test'
import { connect, createConnection, Socket, Stream } from '../../../src/net/index.ts'
import { event, listening, onBothHosts, pair, record, text } from '../both-hosts.ts'

const life = ['lookup', 'connectionAttempt', 'connect', 'ready', 'data', 'end', 'drain', 'timeout', 'error', 'close']

onBothHosts('NET-30 NET-32 events of a life come in order', async () => {
  const { server, port } = await listening({}, socket => socket.end('bye'))
  const client = connect({ port, host: 'localhost', family: 4 })
  const log = record(client, life)
  client.resume()
  assert.ok(client.connecting && client.pending && client.readyState === 'opening')
  client.once('connect', () => assert.ok(!client.connecting && !client.pending && client.readyState === 'open'))
  const [hadError] = await event(client, 'close')
  assert.equal(hadError, false)
  assert.deepEqual(log, ['lookup', 'connectionAttempt', 'connect', 'ready', 'data', 'end', 'close'])
  assert.equal(client.readyState, 'closed')
  server.close()
})

onBothHosts('NET-34 NET-36 NET-37 text and bytes go both ways in every encoding', async () => {
  const { accepted, client } = await pair()
  client.write('grün', 'utf8')
  client.write('gr\xfcn', 'latin1')
  client.write('68656c6c6f', 'hex')
  client.write(Uint8Array.of(33))
  client.cork()
  client.write('a')
  client.write(Buffer.from('b'))
  client.write('Yw==', 'base64')
  client.uncork()
  client.end('\u20ac', 'utf16le')
  const chunks: Buffer[] = []
  for await (const chunk of accepted) chunks.push(chunk as Buffer)
  const expected = Buffer.concat([
    Buffer.from('grün'),
    Buffer.from('grün', 'latin1'),
    Buffer.from('hello!abc'),
    Buffer.from('\u20ac', 'utf16le'),
  ])
  assert.deepEqual(Buffer.concat(chunks), expected)
  assert.equal(client.bytesWritten, expected.length)
  assert.equal(accepted.bytesRead, expected.length)
})

onBothHosts('NET-34 setEncoding gives strings', async () => {
  const { accepted, client } = await pair()
  accepted.setEncoding('utf8')
  client.end('grün')
  const [chunk] = await event(accepted, 'data')
  assert.equal(chunk, 'grün')
  accepted.destroy()
})

onBothHosts('NET-12 NET-39 the peer’s FIN ends our side too, unless half-open is allowed', async () => {
  const { accepted, client } = await pair({ allowHalfOpen: true })
  client.end('question')
  assert.equal(await text(accepted.on('end', () => accepted.end('answer'))), 'question')
  assert.equal(await text(client), 'answer')

  const strict = await pair()
  strict.client.end()
  strict.accepted.resume()
  await event(strict.accepted, 'close')
  assert.ok(strict.accepted.writableEnded)
})

onBothHosts('a write after the peer’s FIN says who ended the socket', async () => {
  const { accepted, client } = await pair()
  client.end()
  accepted.resume()
  const failed = event<[NodeJS.ErrnoException]>(accepted, 'error')
  // Our side is ended a tick after 'end'.
  accepted.on('end', () => process.nextTick(() => process.nextTick(() => accepted.write('late'))))
  const [error] = await failed
  assert.equal(error.code, 'EPIPE')
  assert.equal(error.message, 'This socket has been ended by the other party')
})

onBothHosts('NET-36 what is written before the connection is there goes out when it is', async () => {
  const { server, port } = await listening({}, socket => socket.pipe(socket))
  const client = connect(port, '127.0.0.1')
  client.write('first ')
  client.write(Buffer.from('second '))
  client.end('third')
  assert.equal(client.bytesWritten, 'first second third'.length)
  assert.equal(await text(client), 'first second third')
  server.close()
})

onBothHosts('NET-40 NET-41 destroy closes at once, with the error it is given', async () => {
  const { accepted, client } = await pair()
  accepted.resume()
  const log = record(client, life)
  client.destroy(new Error('enough'))
  const [hadError] = await event(client, 'close')
  assert.deepEqual([hadError, log], [true, ['error', 'close']])
  assert.ok(client.destroyed)
  await event(accepted, 'close')
})

onBothHosts('a write that is under way when the socket is destroyed hears of it', async () => {
  const { accepted, client } = await pair()
  const first = new Promise(resolve => client.write(Buffer.alloc(8 << 20), resolve))
  const second = new Promise<NodeJS.ErrnoException>(resolve => client.write('waits behind it', resolve as () => void))
  client.destroy()
  // What the system has begun with ends without an error, as in Node; what waits has one.
  await first
  assert.match((await second).code ?? '', /^(ERR_STREAM_DESTROYED|ECANCELED)$/)
  accepted.destroy()
})

onBothHosts('resetAndDestroy gives the peer ECONNRESET and nothing else', async () => {
  const { accepted, client } = await pair()
  const log = record(accepted, life)
  const failed = event<[NodeJS.ErrnoException]>(accepted, 'error')
  const closed = event(accepted, 'close')
  accepted.resume()
  client.resetAndDestroy()
  const [error] = await failed
  assert.deepEqual([error.code, error.syscall], ['ECONNRESET', 'read'])
  await closed
  assert.deepEqual(log, ['error', 'close'])
  const never = new Socket()
  never.resetAndDestroy()
  const [refusal] = await event<[NodeJS.ErrnoException]>(never, 'error')
  assert.equal(refusal.code, 'ERR_SOCKET_CLOSED')
})

onBothHosts(
  'NET-43 an idle socket times out and stays open; what happens on it begins the time anew',
  async ({ host }) => {
    const { accepted, client } = await pair()
    let heard = 0
    client.setTimeout(20, () => heard++)
    assert.equal(client.timeout, 20)
    await event(client, 'timeout')
    assert.ok(!client.destroyed && heard === 1)
    client.setTimeout(0)
    await new Promise<void>(resolve => void host.clock.setTimer(resolve, 40))
    assert.equal(heard, 1)
    client.destroy()
    accepted.destroy()
  },
)

test('setTimeout checks its arguments as the runtime’s does', () => {
  const socket = new Socket()
  for (const bad of ['1', null, {}] as never[]) {
    assert.throws(() => socket.setTimeout(bad), { code: 'ERR_INVALID_ARG_TYPE' })
  }
  for (const bad of [-1, Number.NaN, Number.POSITIVE_INFINITY]) {
    assert.throws(() => socket.setTimeout(bad), { code: 'ERR_OUT_OF_RANGE' })
  }
  assert.throws(() => socket.setTimeout(1, 5 as never), { code: 'ERR_INVALID_ARG_TYPE' })
})

onBothHosts('NET-42 a refused connection: attempt failed, error, close', async () => {
  const { server, port } = await listening()
  server.close()
  await event(server, 'close')
  const client = connect(port, '127.0.0.1')
  const log = record(client, ['connectionAttempt', 'connectionAttemptFailed', 'error', 'close'])
  const closed = event(client, 'close')
  const [error] = await event<[NodeJS.ErrnoException & { address: string; port: number }]>(client, 'error')
  assert.equal(error.message, `connect ECONNREFUSED 127.0.0.1:${port}`)
  assert.deepEqual(
    [error.code, error.syscall, error.address, error.port],
    ['ECONNREFUSED', 'connect', '127.0.0.1', port],
  )
  assert.deepEqual(await closed, [true])
  assert.deepEqual(log, ['connectionAttempt', 'connectionAttemptFailed', 'error', 'close'])
})

onBothHosts('a path that nobody listens on: ENOENT', async ({ freePath }) => {
  const path = freePath()
  const [error] = await event<[NodeJS.ErrnoException & { address: string }]>(connect(path), 'error')
  assert.deepEqual([error.code, error.address], ['ENOENT', path])
})

onBothHosts('an unknown name: ENOTFOUND, after lookup', async () => {
  const client = connect(1, 'name.invalid')
  const log = record(client, ['lookup', 'connectionAttempt', 'error', 'close'])
  const closed = event(client, 'close')
  const [error] = await event<[NodeJS.ErrnoException & { hostname: string }]>(client, 'error')
  assert.match(error.code ?? '', /^(ENOTFOUND|EAI_AGAIN)$/)
  assert.equal(error.hostname, 'name.invalid')
  await closed
  assert.deepEqual(log, ['lookup', 'error', 'close'])
})

onBothHosts('NET-44 a closed socket connects again', async () => {
  const { server, port } = await listening({}, socket => socket.end('x'))
  const client = new Socket()
  for (let round = 0; round < 3; round++) {
    const closed = event(client, 'close')
    let got = ''
    client.connect(port, '127.0.0.1').on('data', chunk => {
      got += chunk
    })
    await closed
    client.removeAllListeners('data')
    assert.equal(got, 'x')
  }
  server.close()
})

onBothHosts('NET-46 an aborted signal destroys the socket', async () => {
  const { server, port } = await listening({}, socket => socket.resume())
  const controller = new AbortController()
  const client = connect({ port, host: '127.0.0.1', signal: controller.signal })
  await event(client, 'connect')
  const failed = event<[Error]>(client, 'error')
  controller.abort()
  assert.equal((await failed)[0].name, 'AbortError')
  assert.ok(client.destroyed)
  assert.equal(getEventListeners(controller.signal, 'abort').length, 0)
  server.close()
})

onBothHosts('NET-47 onread: one buffer, pieces no larger than it, stopped and started', async () => {
  const { server, port } = await listening({}, socket => socket.end('hello world'))
  const buffer = Buffer.alloc(4)
  const pieces: string[] = []
  const client = connect({
    port,
    host: '127.0.0.1',
    onread: {
      buffer,
      callback(size: number, got: Buffer) {
        assert.equal(got, buffer)
        pieces.push(got.toString('latin1', 0, size))
        if (pieces.length === 1) {
          setImmediate(() => client.resume())
          return false
        }
        return true
      },
    },
  } as never)
  await event(client, 'end')
  assert.equal(pieces.join(''), 'hello world')
  assert.ok(pieces.every(piece => piece.length <= 4))
  server.close()
})

onBothHosts('addresses are known at both ends, and the peer’s stay when they have been read', async () => {
  const { accepted, client } = await pair()
  assert.deepEqual(client.address(), { address: '127.0.0.1', family: 'IPv4', port: client.localPort })
  assert.deepEqual([client.remoteAddress, client.remoteFamily], ['127.0.0.1', 'IPv4'])
  assert.equal(accepted.remotePort, client.localPort)
  client.destroy()
  assert.equal(client.remoteAddress, '127.0.0.1')
  assert.deepEqual(client.address(), {})
  accepted.destroy()
})

onBothHosts('a reader that stops, stops its writer: memory stays flat', async () => {
  const { accepted, client } = await pair()
  let produced = 0
  const source = new Duplex({
    read() {
      produced += 65536
      this.push(Buffer.alloc(65536))
    },
  })
  source.pipe(client)
  accepted.pause()
  // Until nothing moves any more: what is on the way is bounded by the stream's mark and the system's buffers.
  let before = -1
  while (before !== produced) {
    before = produced
    for (let turn = 0; turn < 50; turn++) await new Promise<void>(resolve => setImmediate(resolve))
  }
  assert.ok(produced < 32 << 20, `${produced} bytes produced for a reader that never reads`)
  assert.ok(client.writableLength <= 2 * 65536)
  client.destroy()
  accepted.destroy()
})

onBothHosts('a peer that resets in the middle of a write fails that socket alone', async () => {
  const bystander = await pair()
  const { accepted, client } = await pair()
  const failed = event<[NodeJS.ErrnoException]>(client, 'error')
  client.write(Buffer.alloc(16 << 20))
  accepted.resetAndDestroy()
  const [error] = await failed
  assert.match(error.code ?? '', /^(ECONNRESET|EPIPE)$/)
  bystander.client.end('still here')
  assert.equal(await text(bystander.accepted), 'still here')
})

onBothHosts('destroy in any event handler: one close, and silence after it', async () => {
  for (const name of ['lookup', 'connectionAttempt', 'connect', 'ready', 'data', 'end']) {
    const { server, port } = await listening({}, socket => socket.on('error', () => {}).end('x'))
    const client = connect({ port, host: 'localhost', family: 4 })
    const log = record(client, ['close', 'error'])
    client.resume()
    const later = new Set<string>()
    client.once(name, () => {
      client.destroy()
      for (const other of ['connect', 'ready', 'data', 'end']) client.prependListener(other, () => later.add(other))
    })
    await event(client, 'close')
    assert.deepEqual(log, ['close'], name)
    // A listener of the same emission may still run.
    later.delete(name)
    if (name === 'connect') later.delete('ready')
    assert.deepEqual([...later], [], name)
    server.close()
  }
})

test('the class works without new, under both names, and for old-style subclasses', () => {
  const make = Socket as unknown as { (options?: object): Socket; call(self: object, options?: object): void }
  assert.ok(make() instanceof Socket)
  assert.equal(Stream, Socket)
  assert.equal(connect, createConnection)
  assert.equal(new Socket().constructor, Socket)
  assert.equal(Socket.name, 'Socket')
  function Old(this: object) {
    make.call(this, { allowHalfOpen: true })
  }
  Object.setPrototypeOf(Old.prototype, Socket.prototype)
  const old = new (Old as unknown as new () => Socket)()
  assert.ok(old instanceof Duplex && old.allowHalfOpen && old.pending)
  class New extends Socket {}
  assert.ok(new New() instanceof Socket)
})

test('bad arguments throw at once, with the runtime’s codes', () => {
  const cases: [unknown[], string][] = [
    [[{}], 'ERR_MISSING_ARGS'],
    [[{ port: '' }], 'ERR_SOCKET_BAD_PORT'],
    [[{ port: 65536 }], 'ERR_SOCKET_BAD_PORT'],
    [[{ port: true }], 'ERR_INVALID_ARG_TYPE'],
    [[{ port: 1, host: 5 }], 'ERR_INVALID_ARG_TYPE'],
    [[{ port: 1, host: 'a\0b' }], 'ERR_INVALID_ARG_VALUE'],
    [[{ path: 5 }], 'ERR_INVALID_ARG_TYPE'],
    [[{ port: 1, localAddress: 'x' }], 'ERR_INVALID_IP_ADDRESS'],
    [[{ port: 1, localPort: 'x' }], 'ERR_INVALID_ARG_TYPE'],
    [[{ port: 1, lookup: 5 }], 'ERR_INVALID_ARG_TYPE'],
    [[{ port: 1, autoSelectFamily: 5 }], 'ERR_INVALID_ARG_TYPE'],
    [[{ port: 1, autoSelectFamilyAttemptTimeout: 0 }], 'ERR_OUT_OF_RANGE'],
  ]
  for (const [args, code] of cases) {
    const socket = new Socket()
    assert.throws(() => socket.connect(...args), { code }, JSON.stringify(args))
    socket.destroy()
  }
  assert.throws(() => new Socket({ objectMode: true }), { code: 'ERR_INVALID_ARG_VALUE' })
  assert.throws(() => new Socket({ readableObjectMode: true }), { code: 'ERR_INVALID_ARG_VALUE' })
  assert.throws(() => new Socket({ fd: -1 }), { code: 'ERR_OUT_OF_RANGE' })
})
