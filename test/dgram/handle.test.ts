// What programs do with a datagram socket's handle, of ours and of the runtime's.

import assert from 'node:assert/strict'
import nodeDgram from 'node:dgram'
import { once } from 'node:events'
import { it, type TestContext } from 'node:test'
import ours from '../../src/dgram/index.ts'
import { MemoryHost } from '../../src/host/index.ts'

// biome-ignore lint/suspicious/noExplicitAny: handles have no types in Node's declarations
type Handle = any

function onBoth(name: string, scene: (dgram: typeof nodeDgram, t: TestContext) => Promise<void>): void {
  it(`${name}: node`, t => scene(nodeDgram, t))
  it(`${name}: ours`, t => scene(ours as unknown as typeof nodeDgram, t))
}

/** By the name of the symbol, as programs find it on every Node. */
function handleOf(socket: object): Handle {
  const name = Object.getOwnPropertySymbols(socket).find(({ description }) => description === 'state symbol')
  return (Reflect.get(socket, name as symbol) as { handle: Handle }).handle
}

onBoth('is there until the socket is closed', async dgram => {
  const socket = dgram.createSocket('udp4')
  const handle = handleOf(socket)
  assert.equal(handle.constructor.name, 'UDP')
  assert.equal(handleOf(socket), handle)
  assert.equal(handle.hasRef(), true)
  socket.unref()
  assert.equal(handle.hasRef(), false)
  socket.ref()
  socket.bind(0, '127.0.0.1')
  await once(socket, 'listening')
  assert.ok(handle.fd > 0)
  assert.ok(handle.getAsyncId() > 0)
  assert.equal(handle.hasRef(), true)
  const out = {}
  assert.equal(handle.getsockname(out), 0)
  assert.deepEqual(out, socket.address())
  socket.close()
  assert.equal(handleOf(socket), null)
  await once(socket, 'close')
})

onBoth('stands on the socket where the Node has it so', async (dgram, t) => {
  const socket = dgram.createSocket({ type: 'udp4', reuseAddr: true }) as nodeDgram.Socket & {
    _handle: Handle
    _bindState: number
  }
  t.after(() => socket.close())
  const isShown = '_handle' in nodeDgram.Socket.prototype
  assert.equal('_handle' in socket, isShown)
  if (!isShown) return
  assert.equal(socket._handle, handleOf(socket))
  assert.equal(socket._bindState, 0)
  assert.equal(Reflect.get(socket, '_reuseAddr'), true)
  assert.equal(Reflect.get(socket, '_receiving'), false)
  socket.bind(0, '127.0.0.1')
  assert.equal(socket._bindState, 1)
  await once(socket, 'listening')
  assert.equal(socket._bindState, 2)
  assert.equal(Reflect.get(socket, '_receiving'), true)
})

it('has no descriptor on a host without any', () => {
  new MemoryHost().run(() => {
    const socket = ours.createSocket('udp4')
    assert.equal(handleOf(socket).fd, -1)
    assert.ok(handleOf(socket).getAsyncId() > 0)
    socket.close()
  })
})
