// dgram on both hosts: the OS host over loopback, and two memory hosts. test/parity/seeds/dgram.ts says which test stands
// for which entry of the seed inventory.

import assert from 'node:assert/strict'
import diagnostics from 'node:diagnostics_channel'
import { once } from 'node:events'
import { describe, type TestContext, it as test } from 'node:test'
import * as dgram from '../../src/dgram/index.ts'
import { MemoryHost, osHost } from '../../src/host/index.ts'
import * as net from '../../src/net/index.ts'

type Socket = InstanceType<typeof dgram.Socket>
type Options = Parameters<typeof dgram.createSocket>[0]
type Message = [Buffer, { address: string; family: string; port: number; size: number }]

/** A socket that ends with the test, if it has not by then. */
function open(t: TestContext, options: Options = 'udp4'): Socket {
  const socket = dgram.createSocket(options)
  let isClosed = false
  socket.on('close', () => {
    isClosed = true
  })
  t.after(() => isClosed || socket.close())
  return socket
}

async function bound(t: TestContext, options: Options = 'udp4', address = '127.0.0.1'): Promise<Socket> {
  const socket = open(t, options)
  await new Promise<void>(resolve => void socket.bind(0, address, resolve))
  return socket
}

const message = async (socket: Socket): Promise<Message> => (await once(socket, 'message')) as Message
const textOf = async (socket: Socket): Promise<string> => String((await message(socket))[0])

for (const host of [osHost, new MemoryHost()]) {
  /** Sockets in memory keep no process alive; the test does. */
  const it = (title: string, run: (t: TestContext) => Promise<void> | void) =>
    test(title, async t => {
      const held = setInterval(() => {}, 60_000)
      await host.run(async () => run(t)).finally(() => clearInterval(held))
    })

  describe(`dgram on ${host.name}`, () => {
    it('binds in every form, and says where', async t => {
      for (const args of [[], [0], [0, '127.0.0.1'], [{ port: 0, address: '127.0.0.1' }], [undefined, '127.0.0.1']]) {
        const socket = open(t)
        const listening = once(socket, 'listening')
        let calls = 0
        assert.equal(
          socket.bind(...args, () => calls++),
          socket,
        )
        await listening
        assert.equal(calls, 1)
        const { address, family, port } = socket.address()
        assert.deepEqual(
          [address, family],
          [args.length < 2 && typeof args[0] !== 'object' ? '0.0.0.0' : '127.0.0.1', 'IPv4'],
        )
        assert.ok(port > 0)
        assert.throws(() => socket.bind(), { code: 'ERR_SOCKET_ALREADY_BOUND', message: 'Socket is already bound' })
      }
      const six = await bound(t, 'udp6', '::1')
      assert.deepEqual([six.address().address, six.address().family], ['::1', 'IPv6'])
    })

    it('an address in use is an error event, and the socket may bind again', async t => {
      const first = await bound(t)
      const second = open(t)
      second.bind(first.address().port, '127.0.0.1')
      const [error] = await once(second, 'error')
      assert.deepEqual([error.code, error.syscall, error.port], ['EADDRINUSE', 'bind', first.address().port])
      second.bind(0, '127.0.0.1')
      await once(second, 'listening')
    })

    it('an address that is not here is an error event', async t => {
      const socket = open(t)
      socket.bind(0, '192.0.2.1')
      assert.equal((await once(socket, 'error'))[0].code, 'EADDRNOTAVAIL')
    })

    it('reuseAddr lets two sockets have one port', async t => {
      const first = await bound(t, { type: 'udp4', reuseAddr: true })
      const second = open(t, { type: 'udp4', reuseAddr: true })
      second.bind(first.address().port, '127.0.0.1')
      await once(second, 'listening')
    })

    it('bindSync() and connectSync() give their result at once', async t => {
      const server = open(t)
      const address = server.bindSync({ address: '127.0.0.1' })
      assert.deepEqual(address, server.address())
      assert.throws(() => open(t).bindSync({ port: address.port, address: '127.0.0.1' }), { code: 'EADDRINUSE' })
      assert.throws(() => open(t).bindSync({ address: 'localhost' }), { code: 'ERR_INVALID_ARG_VALUE' })
      const client = open(t)
      client.connectSync(address.port, '127.0.0.1')
      assert.equal(client.remoteAddress().port, address.port)
      assert.throws(() => client.connectSync(1), { code: 'ERR_SOCKET_DGRAM_IS_CONNECTED' })
      await once(client, 'connect')
      const received = textOf(server)
      client.send('at once')
      assert.equal(await received, 'at once')
    })

    it('every form of send() makes one datagram', async t => {
      const server = await bound(t)
      const { port } = server.address()
      const client = await bound(t)
      const bytes = Buffer.from('some bytes')
      const forms: [unknown[], string][] = [
        [['täxt', port, '127.0.0.1'], 'täxt'],
        [['no address', port], 'no address'],
        [[bytes, port, undefined], 'some bytes'],
        [[new Uint16Array([0x6261, 0x6463]), port, '127.0.0.1'], 'abcd'],
        [[new DataView(bytes.buffer, bytes.byteOffset, 4), port], 'some'],
        [[['a ', bytes, new Uint8Array([0x21])], port], 'a some bytes!'],
        [[bytes, 5, 5, port, '127.0.0.1'], 'bytes'],
        [['täxt', 1, 2, port], 'ä'],
        [[bytes, 0, 0, port], ''],
        [[[], port], ''],
        [[bytes, String(port)], 'some bytes'],
      ]
      for (const [args, expected] of forms) {
        const received = message(server)
        const size = await new Promise((resolve, reject) =>
          client.send(...args, (error: Error | null, bytesSent: number) =>
            error ? reject(error) : resolve(bytesSent),
          ),
        )
        const [data, sender] = await received
        assert.equal(String(data), expected)
        assert.equal(size, Buffer.byteLength(expected))
        assert.deepEqual(sender, { ...client.address(), address: '127.0.0.1', size })
      }
    })

    it('refuses what cannot be sent', async t => {
      const socket = await bound(t)
      const refusals: [unknown[], string][] = [
        [[5, 1], 'ERR_INVALID_ARG_TYPE'],
        [[[5], 1], 'ERR_INVALID_ARG_TYPE'],
        [[], 'ERR_INVALID_ARG_TYPE'],
        [['x'], 'ERR_SOCKET_BAD_PORT'],
        [['x', 0], 'ERR_SOCKET_BAD_PORT'],
        [['x', 65536], 'ERR_SOCKET_BAD_PORT'],
        [['x', 1, 5], 'ERR_INVALID_ARG_TYPE'],
        [['x', 2, 0, 1], 'ERR_BUFFER_OUT_OF_BOUNDS'],
        [['x', 0, 2, 1], 'ERR_BUFFER_OUT_OF_BOUNDS'],
        [[['x'], 0, 1, 1], 'ERR_INVALID_ARG_TYPE'],
      ]
      for (const [args, code] of refusals) assert.throws(() => socket.send(...args), { code }, JSON.stringify(args))
      assert.throws(() => socket.sendto('x', 0, 1, '1' as never, 'a'), { code: 'ERR_INVALID_ARG_TYPE' })
    })

    it('a datagram of 65,507 bytes arrives; one more byte is EMSGSIZE', async t => {
      const server = await bound(t)
      const { port } = server.address()
      const client = open(t)
      const received = message(server)
      client.send(Buffer.alloc(65_507, 'x'), port, '127.0.0.1')
      assert.equal((await received)[0].length, 65_507)
      const error = await new Promise<Error & { code?: string; syscall?: string }>(resolve =>
        client.send(Buffer.alloc(65_508), port, '127.0.0.1', (failure: Error) => resolve(failure)),
      )
      assert.deepEqual(
        [error.code, error.syscall, error.message],
        ['EMSGSIZE', 'send', `send EMSGSIZE 127.0.0.1:${port}`],
      )
    })

    it('sending binds an unbound socket, and keeps the order of what waits', async t => {
      const server = await bound(t)
      const { port } = server.address()
      const client = open(t)
      const texts: string[] = []
      const all = new Promise<void>(resolve => {
        server.on('message', data => texts.push(String(data)) === 3 && resolve())
      })
      for (const text of ['1', '2', '3']) client.send(text, port, '127.0.0.1')
      await all
      assert.deepEqual(texts, ['1', '2', '3'])
      assert.equal(client.address().address, '0.0.0.0')
    })

    it('asks the look-up function that it is given, and tells its failure', async t => {
      const asked: unknown[] = []
      const lookup = (
        host: string,
        family: number,
        done: (error: Error | null, address?: string, family?: number) => void,
      ) => {
        asked.push([host, family])
        if (host === 'unknown.example') done(new Error('nowhere'))
        else done(null, '127.0.0.1', 4)
      }
      const server = await bound(t)
      const client = open(t, { type: 'udp4', lookup })
      const received = textOf(server)
      client.send('named', server.address().port, 'a.example')
      assert.equal(await received, 'named')
      assert.deepEqual(asked, [
        ['0.0.0.0', 4],
        ['a.example', 4],
      ])
      const toCallback = new Promise<Error>(resolve => client.send('x', 1, 'unknown.example', resolve))
      assert.equal((await toCallback).message, 'nowhere')
      client.send('x', 1, 'unknown.example')
      assert.equal((await once(client, 'error'))[0].message, 'nowhere')
    })

    it('connect() fixes the peer, disconnect() frees it', async t => {
      const [server, other] = [await bound(t), await bound(t)]
      const client = open(t)
      assert.throws(() => client.remoteAddress(), { code: 'ERR_SOCKET_DGRAM_NOT_CONNECTED' })
      assert.throws(() => client.disconnect(), { code: 'ERR_SOCKET_DGRAM_NOT_CONNECTED' })
      const connected = once(client, 'connect')
      await new Promise<void>(resolve => client.connect(server.address().port, '127.0.0.1', resolve))
      await connected
      assert.throws(() => client.connect(1), { code: 'ERR_SOCKET_DGRAM_IS_CONNECTED' })
      assert.deepEqual(client.remoteAddress(), server.address())
      assert.equal(client.address().address, '127.0.0.1', 'a connected socket knows its own address')
      assert.throws(() => client.send('x', 0, 1, 5, '127.0.0.1'), { code: 'ERR_SOCKET_DGRAM_IS_CONNECTED' })
      const forms: [unknown[], string][] = [
        [['whole'], 'whole'],
        [['apart', 1, 3], 'par'],
        [[['two ', 'parts']], 'two parts'],
      ]
      for (const [args, expected] of forms) {
        const received = textOf(server)
        await new Promise(resolve => client.send(...args, resolve))
        assert.equal(await received, expected)
      }
      // From anybody else nothing is heard.
      other.send('stranger', client.address().port, '127.0.0.1')
      const received = textOf(client)
      server.send('peer', client.address().port, '127.0.0.1')
      assert.equal(await received, 'peer')
      client.disconnect()
      const free = textOf(other)
      client.send('free', other.address().port, '127.0.0.1')
      assert.equal(await free, 'free')
    })

    it('a udp6 socket hears IPv4 under mapped addresses, and answers there, unless ipv6Only', async t => {
      const server = await bound(t, 'udp6', '::')
      const client = await bound(t)
      const { port } = server.address()
      const received = message(server)
      client.send('four', port, '127.0.0.1')
      const [, sender] = await received
      assert.deepEqual([sender.address, sender.family], ['::ffff:127.0.0.1', 'IPv6'])
      const answer = textOf(client)
      server.send('six', sender.port, sender.address)
      assert.equal(await answer, 'six')
      const only = await bound(t, { type: 'udp6', ipv6Only: true }, '::')
      const four = open(t)
      four.bind(only.address().port, '127.0.0.1')
      await once(four, 'listening')
    })

    it('close() ends it: an event, and refusals from then on', async t => {
      const socket = await bound(t)
      const events: string[] = []
      socket.on('close', () => events.push('event'))
      await new Promise<void>(resolve => {
        assert.equal(socket.close(resolve), socket)
        assert.deepEqual(events, [], 'not from within')
      })
      assert.deepEqual(events, ['event'])
      const notRunning = { code: 'ERR_SOCKET_DGRAM_NOT_RUNNING', message: 'Not running' }
      for (const method of ['close', 'address', 'bind', 'bindSync', 'remoteAddress', 'getSendQueueSize'] as const) {
        assert.throws(() => socket[method](), notRunning, method)
      }
      assert.throws(() => socket.send('x', 1), notRunning)
      assert.throws(() => socket.setTTL(1), notRunning)
      assert.equal(socket.ref().unref(), socket)
      const disposed = await bound(t)
      await disposed[Symbol.asyncDispose]()
      await disposed[Symbol.asyncDispose]()
      assert.throws(() => disposed.address(), notRunning)
    })

    it('closing while it binds, connects or sends leaves nothing behind', async t => {
      const server = await bound(t)
      for (const begin of [
        (socket: Socket) => socket.bind(0),
        (socket: Socket) => socket.connect(server.address().port),
        (socket: Socket) => socket.send('x', server.address().port),
      ]) {
        const socket = dgram.createSocket('udp4')
        begin(socket)
        await new Promise<void>(resolve => socket.close(resolve))
      }
    })

    it('a signal closes it', async t => {
      const controller = new AbortController()
      const socket = dgram.createSocket({ type: 'udp4', signal: controller.signal })
      socket.bind(0)
      await once(socket, 'listening')
      const closed = once(socket, 'close')
      controller.abort()
      await closed
      await once(dgram.createSocket({ type: 'udp4', signal: AbortSignal.abort() }), 'close')
      assert.throws(() => dgram.createSocket({ type: 'udp4', signal: {} as never }), { code: 'ERR_INVALID_ARG_TYPE' })
      t.diagnostic('closed by signal')
    })

    it('block lists: what comes from there is dropped, what goes there is refused', async t => {
      const list = new net.BlockList()
      list.addAddress('127.0.0.1')
      const deaf = await bound(t, { type: 'udp4', receiveBlockList: list })
      deaf.on('message', () => assert.fail('blocked'))
      const server = await bound(t)
      const received = textOf(server)
      const client = open(t)
      client.send('blocked', deaf.address().port, '127.0.0.1')
      client.send('heard', server.address().port, '127.0.0.1')
      assert.equal(await received, 'heard')
      const held = open(t, { type: 'udp4', sendBlockList: list })
      const refused = new Promise<Error & { code?: string }>(resolve => held.send('x', 1, '127.0.0.1', resolve))
      assert.equal((await refused).code, 'ERR_IP_BLOCKED')
      const refusedToo = new Promise<Error & { code?: string }>(resolve =>
        held.connect(1, '127.0.0.1', resolve as () => void),
      )
      assert.equal((await refusedToo).code, 'ERR_IP_BLOCKED')
      assert.throws(() => held.connectSync(1, '127.0.0.1'), { code: 'ERR_IP_BLOCKED' })
      assert.throws(() => dgram.createSocket({ type: 'udp4', sendBlockList: {} }), { code: 'ERR_INVALID_ARG_TYPE' })
    })

    it('buffer sizes can be asked for at creation and set later', async t => {
      const socket = await bound(t, { type: 'udp4', recvBufferSize: 8192, sendBufferSize: 8192 })
      const [receives, sends] = [socket.getRecvBufferSize(), socket.getSendBufferSize()]
      assert.ok(receives >= 8192 && sends >= 8192)
      socket.setRecvBufferSize(4 * 8192)
      socket.setSendBufferSize(4 * 8192)
      assert.ok(socket.getRecvBufferSize() > receives && socket.getSendBufferSize() > sends)
      assert.throws(() => socket.setRecvBufferSize(-1), { code: 'ERR_SOCKET_BAD_BUFFER_SIZE' })
      assert.deepEqual([socket.getSendQueueSize(), socket.getSendQueueCount()], [0, 0])
    })

    it('time to live, broadcast and references are set on a bound socket', async t => {
      const socket = await bound(t)
      assert.equal(socket.setTTL(3), 3)
      assert.equal(socket.setMulticastTTL(3), 3)
      assert.equal(socket.setMulticastLoopback(true), true)
      socket.setBroadcast(true)
      assert.equal(socket.unref().ref(), socket)
      assert.throws(() => socket.setTTL('1' as never), { code: 'ERR_INVALID_ARG_TYPE' })
      assert.throws(() => socket.addMembership(''), { code: 'ERR_MISSING_ARGS' })
      assert.throws(() => socket.addSourceSpecificMembership(1 as never, '232.1.1.1'), { code: 'ERR_INVALID_ARG_TYPE' })
    })

    it('what needs a bound socket says so on one that is not', t => {
      const socket = open(t)
      assert.throws(() => socket.address(), { code: 'EBADF', message: 'getsockname EBADF' })
      assert.throws(() => socket.setTTL(1), { code: 'EBADF', message: 'setTTL EBADF' })
      assert.throws(() => socket.setBroadcast(true), { code: 'EBADF' })
      assert.throws(() => socket.getRecvBufferSize(), {
        name: 'SystemError',
        code: 'ERR_SOCKET_BUFFER_SIZE',
        message: 'Could not get or set buffer size: uv_recv_buffer_size returned EBADF (bad file descriptor)',
      })
    })
  })
}

test('is made with and without new, by type or options, with a listener of messages', () => {
  const listener = () => {}
  const made = [
    dgram.createSocket('udp4', listener),
    dgram.createSocket({ type: 'udp4' }, listener),
    new dgram.Socket('udp4', listener),
    Reflect.apply(dgram.Socket, undefined, ['udp4', listener]) as Socket,
  ]
  for (const socket of made) {
    assert.ok(socket instanceof dgram.Socket)
    assert.deepEqual([socket.type, socket.listeners('message')], ['udp4', [listener]])
    socket.close()
  }
  for (const type of ['udp', 'tcp4', 4, null, undefined, { type: 'x' }]) {
    assert.throws(() => dgram.createSocket(type as never), {
      name: 'TypeError',
      code: 'ERR_SOCKET_BAD_TYPE',
      message: 'Bad socket type specified. Valid types are: udp4, udp6',
    })
  }
  assert.throws(() => dgram.createSocket({ type: 'udp4', recvBufferSize: -1 }), { code: 'ERR_OUT_OF_RANGE' })
  assert.throws(() => dgram.createSocket({ type: 'udp4', lookup: 'x' }), { code: 'ERR_INVALID_ARG_TYPE' })
})

test('tells of every socket on its diagnostics channel', () => {
  const told: unknown[] = []
  const listener = (event: unknown) => told.push((event as { socket: unknown }).socket)
  diagnostics.subscribe('udp.socket', listener)
  const socket = dgram.createSocket('udp4')
  diagnostics.unsubscribe('udp.socket', listener)
  assert.deepEqual(told, [socket])
  socket.close()
})

describe('dgram on the operating system', () => {
  test('a bound socket keeps the process alive unless unref() was called', async () => {
    const { spawnSync } = await import('node:child_process')
    const url = new URL('../../src/dgram/index.js', import.meta.url).href
    const program = `import { createSocket } from '${url}'
      createSocket('udp4').unref().bind(0, () => console.log('bound'))
      createSocket('udp4').bind(0, function () { this.unref() })`
    const { stdout, status } = spawnSync(process.execPath, ['--input-type=module', '-e', program], { encoding: 'utf8' })
    assert.deepEqual([stdout, status], ['bound\n', 0])
  })

  test('binds to a descriptor, and refuses one that is no UDP socket', t => {
    const socket = open(t)
    assert.throws(() => socket.bind({ fd: 1_000_000 }), { code: /ERR_INVALID_FD_TYPE|EBADF/ })
  })

  test('a multicast group hears itself over loopback; a source can be chosen', async t => {
    const socket = await bound(t, { type: 'udp4', reuseAddr: true }, '0.0.0.0')
    const unbound = open(t)
    unbound.addMembership('224.0.0.114', '127.0.0.1')
    assert.ok(unbound.address().port > 0, 'a membership binds')
    socket.setMulticastInterface('127.0.0.1')
    socket.setMulticastLoopback(true)
    socket.addMembership('224.0.0.114', '127.0.0.1')
    const received = textOf(socket)
    socket.send('to all', socket.address().port, '224.0.0.114')
    assert.equal(await received, 'to all')
    socket.dropMembership('224.0.0.114', '127.0.0.1')
    socket.addSourceSpecificMembership('127.0.0.1', '232.1.1.1', '127.0.0.1')
    socket.dropSourceSpecificMembership('127.0.0.1', '232.1.1.1', '127.0.0.1')
    assert.throws(() => socket.addMembership('10.0.0.1'), { code: 'EINVAL' })
    assert.throws(() => socket.dropMembership('224.0.0.115', '127.0.0.1'), { code: 'EADDRNOTAVAIL' })
  })
})
