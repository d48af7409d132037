// How connections end: what a server counts and tells, in which order, and what a client over a program's own socket hears.

import assert from 'node:assert/strict'
import { once } from 'node:events'
import type { Duplex } from 'node:stream'
import { describe, it } from 'node:test'
import net from '../../src/net/index.ts'
import tls from '../../src/tls/index.ts'
import { memoryWorld } from '../models/memory-world.ts'
import { localhost } from './certificates.ts'
import { connect, listen, type Socket, secured } from './pair.ts'

const turn = () => new Promise(resolve => setImmediate(resolve))

async function countOf(server: { getConnections(callback: (error: unknown, count: number) => void): unknown }) {
  return new Promise<number>(resolve => server.getConnections((_error, count) => resolve(count)))
}

describe('a connection of a server', () => {
  for (const by of ['the client', 'the server'] as const) {
    it(`ended by ${by}: the server's 'close', the 'close' of the socket beneath, then its own`, async t => {
      const told: string[] = []
      let isOver = () => {}
      const { port, server } = await listen(t, {}, socket => {
        socket.resume().on('close', () => {
          told.push('secured')
          isOver()
        })
        server.close()
        if (by === 'the server') socket.destroy()
      })
      server.on('connection', socket => socket.on('close', (hadError: boolean) => told.push(`beneath ${hadError}`)))
      server.on('close', () => told.push('server'))
      const socket = await secured(connect(t, port).resume())
      if (by === 'the client') socket.end()
      await Promise.all([once(server, 'close'), new Promise<void>(resolve => (isOver = resolve))])
      assert.deepEqual(told, ['server', 'beneath false', 'secured'])
    })
  }

  it("that is refused has a 'close' beneath as well", async t => {
    const { port, server } = await listen(t)
    const told: string[] = []
    server.on('connection', socket => socket.on('close', () => told.push('close')))
    connect(t, port, { ca: undefined }).on('error', () => {})
    await once(server, 'tlsClientError')
    server.close()
    await once(server, 'close')
    for (let turns = 0; turns < 20; turns++) await turn()
    assert.deepEqual(told, ['close'])
  })

  it('counts no longer once it is destroyed, as in Node', async t => {
    const { port, server } = await listen(t)
    connect(t, port).resume()
    const count = await new Promise(resolve => {
      server.on('secureConnection', (socket: Socket) => {
        socket.destroy()
        void countOf(server).then(resolve)
      })
    })
    assert.equal(count, 0)
  })

  it('counts as long as what it has received is not read', async t => {
    const { port, server } = await listen(t, { pauseOnConnect: true })
    const client = connect(t, port).resume()
    client.end('text')
    const [socket] = (await once(server, 'secureConnection')) as [Socket]
    socket.end()
    await once(client, 'close')
    for (let turns = 0; turns < 20; turns++) await turn()
    assert.equal(await countOf(server), 1)
    socket.resume()
    await once(socket, 'close')
    assert.equal(await countOf(server), 0)
  })
})

it('the end of a client that comes while the server asks its program is noticed, and a late answer does nothing', async () => {
  const world = memoryWorld(1)
  let answer = (_error: null) => {}
  const told: string[] = []
  const { key, cert } = localhost
  const SNICallback = (_name: string, done: typeof answer) => {
    answer = done
  }
  const server = world.server(() => tls.createServer({ key, cert, SNICallback }).listen(443))
  server.on('tlsClientError', (error: Error & { code?: string }) => told.push(`failed ${error.code}`))
  server.on('close', () => told.push('close'))
  await world.settle()
  const socket = world.client(() => tls.connect({ host: 'server', port: 443, servername: 'localhost' }))
  await world.settle()
  server.close()
  socket.on('error', () => {}).end()
  await world.settle()
  assert.deepEqual(told, ['failed ECONNRESET', 'close'])
  answer(null)
  await world.settle()
  assert.equal(told.length, 2)
})

it("a client that is destroyed in 'secureConnect' still tells of its session, as in Node", async t => {
  const { port } = await listen(t, { maxVersion: 'TLSv1.2' })
  const socket = connect(t, port)
  let sessions = 0
  socket.on('session', () => sessions++).on('secureConnect', () => socket.destroy())
  await once(socket, 'close')
  assert.equal(sessions, 1)
})

it('an answer to SNICallback that is no object counts as none, as in Node', async t => {
  const { port } = await listen(t, { SNICallback: (_name, done) => done(null, 'no context' as never) })
  await secured(connect(t, port))
})

it("a paused client over a program's socket loses nothing of what came before its server's end", async t => {
  const { port } = await listen(t, {}, socket => socket.end('text'))
  const below = net.connect(port, '127.0.0.1')
  const socket = connect(t, port, { socket: below })
  const belowClosed = once(below, 'close')
  const told: string[] = []
  for (const event of ['data', 'end', 'finish', 'close', 'error'])
    socket.on(event, value => told.push(`${event} ${value ?? ''}`))
  socket.pause()
  await belowClosed
  await turn()
  assert.deepEqual(told, [])
  socket.resume()
  await once(socket, 'close')
  assert.deepEqual(told, ['data text', 'end ', 'finish ', 'close false'])
})

for (const [what, code, undo] of [
  ['destroyed', 'EBADF', (below: Duplex) => below.destroy()],
  ['ended', 'EPIPE', (below: Duplex) => below.end()],
] as const) {
  it(`a write over a socket that its program has ${what} fails with ${code}`, async t => {
    const { port } = await listen(t)
    const below = net.connect(port, '127.0.0.1')
    const socket = await secured(connect(t, port, { socket: below }))
    const told: unknown[] = []
    socket.on('error', (error: Error & { code?: string }) => told.push(error.code))
    undo(below)
    socket.write('text', 'utf8', error => told.push((error as { code?: string } | undefined)?.code))
    assert.equal(await new Promise(resolve => socket.on('close', resolve)), true)
    assert.deepEqual(told, [code, code])
  })
}

it("a client over a program's socket hears the end of a server that just closes, and no error of its own last words", async t => {
  const { port } = await listen(t, {}, socket => socket.destroy())
  const below = net.connect(port, '127.0.0.1')
  const told: string[] = []
  const socket = connect(t, port, { socket: below }).resume()
  for (const [name, one] of [
    ['below', below],
    ['above', socket],
  ] as const) {
    one.on('error', error => told.push(`${name} ${error.message}`))
    one.on('close', hadError => told.push(`${name} ${hadError}`))
  }
  socket.on('end', () => told.push('end'))
  await once(socket, 'close')
  assert.deepEqual(told, ['end', 'below false', 'above false'])
})
