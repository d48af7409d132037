// Listeners that throw in a program that handles 'uncaughtException': the connection works on as with node:tls, what has failed is
// freed, and nothing passes that the verdict on the peer would have held back.

import assert from 'node:assert/strict'
import { once } from 'node:events'
import { describe, it, type TestContext } from 'node:test'
import https from '../../src/https/index.ts'
import net from '../../src/net/index.ts'
import tls from '../../src/tls/index.ts'
import { catchUncaught } from '../support/uncaught.ts'
import { authority, client, localhost, otherAuthority } from './certificates.ts'
import { connect, listen, type Socket } from './pair.ts'

const versions = ['TLSv1.2', 'TLSv1.3'] as const
const thrown = new Error('thrown by a listener')
const fail = (): never => {
  throw thrown
}

const echo = (socket: Socket) => socket.on('data', (data: Buffer) => socket.write(data))

async function answerTo(socket: Socket, text: string): Promise<string> {
  socket.write(text)
  const [data] = (await once(socket, 'data')) as [Buffer]
  return data.toString()
}

const closed = (socket: { on(event: 'close', listener: () => void): unknown }) =>
  new Promise<void>(resolve => socket.on('close', () => resolve()))

for (const version of versions) {
  describe(`what works on after a listener has thrown, ${version}`, () => {
    const only = { minVersion: version, maxVersion: version }

    it("of 'secureConnection'", async t => {
      const uncaught = catchUncaught(t)
      const { port } = await listen(t, only, socket => {
        echo(socket)
        fail()
      })
      const socket = connect(t, port)
      assert.equal(await answerTo(socket, 'one'), 'one')
      assert.equal(await answerTo(socket, 'two'), 'two')
      assert.deepEqual(uncaught, [thrown])
    })

    it("of 'secureConnection', when the program kept the handshake waiting for a session", async t => {
      const uncaught = catchUncaught(t)
      const { port, server } = await listen(t, { ...only, maxVersion: 'TLSv1.2', minVersion: 'TLSv1.2' }, socket => {
        echo(socket)
        fail()
      })
      server.on('newSession', (_id, _session, done: () => void) => void setImmediate(done))
      assert.equal(await answerTo(connect(t, port), 'one'), 'one')
      assert.deepEqual(uncaught, [thrown])
    })

    it("of 'secureConnect', and sessions are told of", async t => {
      const uncaught = catchUncaught(t)
      const { port } = await listen(t, only, echo)
      const socket = connect(t, port)
      const session = once(socket, 'session')
      socket.on('secureConnect', fail)
      assert.equal(await answerTo(socket, 'one'), 'one')
      assert.ok(Buffer.isBuffer((await session)[0]))
      assert.deepEqual(uncaught, [thrown])
    })

    it("of 'secure' on a socket of the program's own making", async t => {
      const uncaught = catchUncaught(t)
      const server = net.createServer(stream => {
        const socket = new tls.TLSSocket(stream, { isServer: true, key: localhost.key, cert: localhost.cert, ...only })
        echo(socket).on('secure', fail)
        t.after(() => socket.destroy())
      })
      server.listen(0, '127.0.0.1')
      await once(server, 'listening')
      t.after(() => server.close())
      assert.equal(await answerTo(connect(t, (server.address() as { port: number }).port), 'one'), 'one')
      assert.deepEqual(uncaught, [thrown])
    })

    it("of 'keylog', on both ends", async t => {
      const uncaught = catchUncaught(t)
      const { port, server } = await listen(t, only, echo)
      server.on('keylog', fail)
      const socket = connect(t, port)
      socket.on('keylog', fail)
      assert.equal(await answerTo(socket, 'one'), 'one')
      assert.equal(uncaught.length >= 2, true)
    })

    it("of an https server's 'secureConnection': requests are answered", async t => {
      const uncaught = catchUncaught(t)
      const server = https.createServer({ key: localhost.key, cert: localhost.cert, ...only }, (_request, response) => {
        response.end('answer')
      })
      server.on('secureConnection', fail)
      server.listen(0, '127.0.0.1')
      await once(server, 'listening')
      t.after(() => server.close())
      const socket = connect(t, (server.address() as { port: number }).port)
      socket.write('GET / HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n')
      let text = ''
      for await (const chunk of socket) text += chunk
      assert.match(text, /^HTTP\/1\.1 200 OK/)
      assert.deepEqual(uncaught, [thrown])
    })
  })

  describe(`what is held back all the same, ${version}`, () => {
    const only = { minVersion: version, maxVersion: version }
    const isLast = version === 'TLSv1.3'

    /** A server that the client must refuse, which writes down what it hears of it. */
    async function impostor(t: TestContext) {
      const heard: string[] = []
      // Trusted by nobody here.
      const { cert, key } = otherAuthority
      const options = { ...only, cert, key, requestCert: true, ca: [authority.cert] }
      const { port, server } = await listen(t, options, socket => {
        heard.push(`secured by ${socket.authorized ? 'its certificate' : 'nothing'}`)
        socket.on('data', () => heard.push('data')).on('error', () => {})
      })
      server.on('tlsClientError', () => heard.push('failed'))
      /** Once the server's side is over too, there is no more to hear. */
      const over = async () => {
        server.close()
        await once(server, 'close')
        return heard
      }
      return { port, over }
    }

    // With TLS 1.2 the server's Finished comes last: the client's certificate has gone before the verdict, as in Node.
    it(`from an impostor, where a listener of 'keylog' throws: ${isLast ? 'certificate and ' : ''}data`, async t => {
      catchUncaught(t)
      const { port, over } = await impostor(t)
      const socket = connect(t, port, { cert: client.cert, key: client.key })
      socket.on('keylog', fail)
      socket.on('error', () => {})
      socket.write('secret')
      await closed(socket)
      assert.deepEqual(await over(), isLast ? ['failed'] : ['secured by its certificate'])
    })

    it("from an impostor, where a listener of 'secure' throws before the verdict: the data", async t => {
      catchUncaught(t)
      const { port, over } = await impostor(t)
      const socket = connect(t, port, { cert: client.cert, key: client.key })
      socket.prependListener('secure', fail)
      socket.on('error', () => {})
      socket.write('secret')
      // The verdict was not given, so the connection can only end.
      socket.once('secure', () => assert.fail('the listener behind the one that throws was called'))
      await new Promise(resolve => process.once('uncaughtException', resolve))
      await new Promise(resolve => setImmediate(resolve))
      assert.equal(socket.authorized, false)
      socket.destroy()
      assert.ok(!(await over()).includes('data'))
    })
  })
}

describe('what is freed when a listener has thrown', () => {
  it("of 'tlsClientError': the connection", async t => {
    const uncaught = catchUncaught(t)
    const { port, server } = await listen(t)
    server.on('tlsClientError', fail)
    const stream = net.connect(port, '127.0.0.1').on('error', () => {})
    stream.write('this is no TLS at all')
    await closed(stream.resume())
    assert.deepEqual(uncaught, [thrown])
    // It ends only without connections.
    server.close()
    await once(server, 'close')
  })

  it("of 'tlsClientError' after the time for the handshake: the connection", async t => {
    const uncaught = catchUncaught(t)
    const { port, server } = await listen(t, { handshakeTimeout: 20 })
    server.on('tlsClientError', fail)
    const stream = net.connect(port, '127.0.0.1')
    await closed(stream.resume())
    assert.deepEqual(uncaught, [thrown])
    // It ends only without connections.
    server.close()
    await once(server, 'close')
  })
})
