// How connections of an https server end: what was written before is sent, and what a listener throws keeps nothing open.

import assert from 'node:assert/strict'
import { once } from 'node:events'
import { it, type TestContext } from 'node:test'
import tls from 'node:tls'
import { catchUncaught } from '../support/uncaught.ts'
import { authority } from '../tls/certificates.ts'
import { type Server, serve } from './pair.ts'

/** A client of the runtime's own, connected; what it receives is collected. */
async function connectTo(t: TestContext, port: number): Promise<{ socket: tls.TLSSocket; text: () => string }> {
  const socket = tls.connect({ port, host: '127.0.0.1', servername: 'localhost', ca: authority.cert })
  t.after(() => socket.destroy())
  let received = ''
  socket.setEncoding('latin1').on('data', (text: string) => {
    received += text
  })
  await once(socket, 'secureConnect')
  return { socket, text: () => received }
}

function closed(server: Server): Promise<unknown[]> {
  const closed = once(server, 'close')
  server.close()
  return closed
}

/** A connection that stays open fails its test. */
const limit = { timeout: 20_000 }

const request = 'GET / HTTP/1.1\r\nHost: a\r\n\r\n'

it('what is no HTTP is answered 400 before its connection closes', limit, async t => {
  const { port } = await serve(t, () => {})
  const { socket, text } = await connectTo(t, port)
  socket.write('rubbish\r\n\r\n')
  await once(socket, 'close')
  assert.equal(text(), 'HTTP/1.1 400 Bad Request\r\nConnection: close\r\n\r\n')
})

it("a socket handed over by 'upgrade' ends when its client does", limit, async t => {
  const { port, server } = await serve(t, () => {})
  server.on('upgrade', (_request, socket) => {
    socket.resume()
    socket.write('HTTP/1.1 101 Switching Protocols\r\nConnection: upgrade\r\nUpgrade: x\r\n\r\n')
  })
  const { socket } = await connectTo(t, port)
  socket.end('GET / HTTP/1.1\r\nHost: a\r\nConnection: upgrade\r\nUpgrade: x\r\n\r\n')
  await once(socket, 'close')
  await closed(server)
})

it("a response's 'close' listener that throws leaves its connection out of the server's count", limit, async t => {
  const thrown = catchUncaught(t)
  const { port, server } = await serve(t, (_request, response) => {
    response.on('close', () => {
      throw new Error("from 'close'")
    })
    response.write('a part')
  })
  const { socket } = await connectTo(t, port)
  socket.write(request)
  await once(socket, 'data')
  socket.destroy()
  await closed(server)
  assert.equal(thrown.length, 1)
})

it("a 'connection' listener that throws does not keep the connection from being secured and served", limit, async t => {
  const thrown = catchUncaught(t)
  const { port, server } = await serve(t, (_request, response) => response.end('ok'))
  server.on('connection', () => {
    throw new Error("from 'connection'")
  })
  const { socket, text } = await connectTo(t, port)
  socket.write(request)
  await once(socket, 'data')
  assert.match(text(), /ok$/)
  assert.equal(thrown.length, 1)
})

it('a callback of a write that throws keeps no other from being called', limit, async t => {
  const thrown = catchUncaught(t)
  const called: string[] = []
  const { port } = await serve(t, (_request, response) => {
    response.writeProcessing(() => {
      called.push('writeProcessing')
      throw new Error('from writeProcessing()')
    })
    response.writeEarlyHints({ link: '</a>; rel=preload' }, () => called.push('writeEarlyHints'))
    response.end('ok', () => called.push('end'))
  })
  const { socket } = await connectTo(t, port)
  socket.end(request)
  await once(socket, 'close')
  assert.deepEqual(called, ['writeProcessing', 'writeEarlyHints', 'end'])
  assert.equal(thrown.length, 1)
})
