import assert from 'node:assert/strict'
import runtime from 'node:net'
import { test } from 'node:test'
import { MemoryHost } from '../../../src/host/index.ts'
import net, { BoundSocket, connect, createServer, Socket } from '../../../src/net/index.ts'
import { BoundSocket as AnyBoundSocket } from '../../../src/net/socket/bound-socket.ts'
import { event, text } from '../both-hosts.ts'

const isThere = 'BoundSocket' in runtime
const skip = isThere ? false : 'the runtime has no BoundSocket'

test('a server listens on an address taken before, and a client connects from one', { skip }, async () => {
  const place = new BoundSocket({ host: '127.0.0.1' })
  const { port } = place.address()
  assert.ok(port > 0)
  const server = createServer(socket => socket.end(`${socket.remotePort}`)).listen(place)
  await event(server, 'listening')
  assert.deepEqual(server.address(), { address: '127.0.0.1', family: 'IPv4', port })
  assert.throws(() => new BoundSocket({ host: '127.0.0.1', port }), { code: 'EADDRINUSE' })
  assert.throws(() => place.close(), { code: 'ERR_SOCKET_HANDLE_ADOPTED' })

  const from = new BoundSocket({ host: '127.0.0.1' })
  const { port: own } = from.address()
  const client = new Socket({ handle: from }).connect(port, '127.0.0.1')
  assert.equal(await text(client), String(own))
  server.close()
})

test('what is not used is given back', { skip }, async () => {
  const place = new BoundSocket({ host: '127.0.0.1' })
  const { port } = place.address()
  place.close()
  const again = new BoundSocket({ host: '127.0.0.1', port })
  again[Symbol.dispose]()
  again[Symbol.dispose]()
})

test('where the runtime has none, neither has the module', { skip: isThere }, () => {
  assert.equal(BoundSocket, undefined)
  assert.ok(!('BoundSocket' in net))
})

test('where the host cannot, it says so at the call', () => {
  new MemoryHost().run(() => assert.throws(() => new AnyBoundSocket(), { code: 'ERR_FEATURE_UNAVAILABLE_ON_PLATFORM' }))
})

test('its arguments are checked before anything is bound', () => {
  assert.throws(() => new AnyBoundSocket({ host: 'localhost' }), { code: 'ERR_INVALID_ARG_VALUE' })
  assert.throws(() => new AnyBoundSocket({ port: 65536 }), { code: 'ERR_SOCKET_BAD_PORT' })
  assert.throws(() => new AnyBoundSocket({ path: '/x', port: 1 }), { code: 'ERR_INVALID_ARG_VALUE' })
  assert.throws(() => new AnyBoundSocket({ ipv6Only: 1 as never }), { code: 'ERR_INVALID_ARG_TYPE' })
})

test('a server listens on another server’s handle', async () => {
  const first = createServer().listen(0, '127.0.0.1')
  await event(first, 'listening')
  const second = createServer(socket => socket.end('second')).listen(first as never)
  await event(second, 'listening')
  assert.deepEqual(second.address(), first.address())
  const { port } = first.address() as { port: number }
  assert.equal(await text(connect(port, '127.0.0.1')), 'second')
  second.close()
  first.close()
})
