// Nothing that a program writes leaves before the handshake is done and the peer has been agreed to; and TLS is spoken on the
// connection alone that won the race of addresses.

import assert from 'node:assert/strict'
import { once } from 'node:events'
import nodeNet from 'node:net'
import { after, describe, it, type TestContext } from 'node:test'
import { MemoryHost } from '../../src/host/index.ts'
import type { Connection, ConnectionSink, ConnectTarget } from '../../src/host/types.ts'
import tls from '../../src/tls/index.ts'
import { authority, localhost, wrongCertificates } from './certificates.ts'
import { connect, listen, type Socket, secured, textOf } from './pair.ts'

// Connections in memory keep no process alive.
const held = setInterval(() => {}, 60_000)
after(() => clearInterval(held))

/** Between the two: what the client sends, as it goes. */
async function relay(t: TestContext, port: number) {
  const sent: Buffer[] = []
  const server = nodeNet.createServer({ allowHalfOpen: true }, client => {
    const upstream = nodeNet.connect({ port, host: '127.0.0.1', allowHalfOpen: true })
    client.on('data', (data: Buffer) => sent.push(data))
    for (const socket of [client, upstream]) {
      socket.on('error', () => {})
      t.after(() => socket.destroy())
    }
    client.pipe(upstream).pipe(client)
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  t.after(() => server.close())
  return { port: (server.address() as nodeNet.AddressInfo).port, sent: () => Buffer.concat(sent) }
}

const secret = 'a secret that is for nobody else'
const ways: Readonly<Record<string, (socket: Socket) => void>> = {
  'write()': socket => {
    socket.write(secret)
  },
  'write() of parts, corked': socket => {
    socket.cork()
    for (const part of secret.split(' ')) socket.write(part === 'a' ? part : ` ${part}`)
    socket.uncork()
  },
  'cork() that is never taken back': socket => {
    socket.cork()
    socket.write(secret)
    process.nextTick(() => socket.uncork())
  },
  'end()': socket => {
    socket.end(secret)
  },
  'write() and end()': socket => {
    socket.write(secret.slice(0, 9))
    socket.end(secret.slice(9))
  },
}

/** Records of application data in clear headers: with TLS 1.2 there is none before the handshake's end. */
function applicationRecords(bytes: Buffer): number {
  let count = 0
  for (let at = 0; at + 5 <= bytes.length; at += 5 + bytes.readUInt16BE(at + 3)) if (bytes[at] === 23) count++
  return count
}

for (const version of ['TLSv1.3', 'TLSv1.2'] as const) {
  describe(`before the handshake of ${version} is done`, () => {
    for (const [way, write] of Object.entries(ways)) {
      it(`${way} sends nothing, and all of it afterwards`, async t => {
        const { port } = await listen(t, { maxVersion: version }, socket => {
          socket.pipe(socket)
        })
        const between = await relay(t, port)
        const socket = connect(t, between.port)
        write(socket)
        const heard = textOf(socket)
        await secured(socket)
        if (version === 'TLSv1.2') assert.equal(applicationRecords(between.sent()), 0)
        if (!socket.writableEnded) socket.end()
        assert.equal(await heard, secret)
        assert.ok(!between.sent().includes('secret'))
      })

      it(`${way} sends nothing to a server that is refused`, async t => {
        const { key, cert } = wrongCertificates['of an unknown authority'] as { key: string; cert: string }
        const { server, port } = await listen(t, { key, cert, maxVersion: version })
        server.on('secureConnection', (socket: Socket) => {
          // With TLS 1.2 a client has said its last word before it can judge.
          assert.equal(version, 'TLSv1.2')
          socket.on('data', () => assert.fail('it heard something'))
          socket.on('error', () => {})
        })
        const between = await relay(t, port)
        const socket = connect(t, between.port)
        write(socket)
        await once(socket, 'error')
        if (!socket.closed) await once(socket, 'close')
        assert.equal(applicationRecords(between.sent()), 0)
        assert.ok(!between.sent().includes('secret'))
      })
    }
  })
}

/** A memory host that counts what is written on each connection; to one address they open late. */
class RacingHost extends MemoryHost {
  readonly written = new Map<string, number>()

  override connect(target: ConnectTarget, sink: ConnectionSink): Connection {
    if (target.kind !== 'tcp') return super.connect(target, sink)
    const { address } = target
    const isLate = address === '::1'
    const connection = super.connect({ ...target, address: '127.0.0.1' }, isLate ? withoutConnect(sink) : sink)
    const write = connection.write.bind(connection)
    connection.write = (data, encoding, done) => {
      this.written.set(address, (this.written.get(address) ?? 0) + 1)
      return write(data, encoding, done)
    }
    return connection
  }
}

/** It is open, and nobody has heard of it yet. */
function withoutConnect(sink: ConnectionSink): ConnectionSink {
  return {
    onConnect() {},
    onData: chunk => sink.onData(chunk),
    onEnd: () => sink.onEnd(),
    onDrain: () => sink.onDrain(),
    onError: error => sink.onError(error),
    onClose: hadError => sink.onClose(hadError),
  }
}

it('TLS is spoken on the connection alone that won the race', async () => {
  const host = new RacingHost()
  await host.run(async () => {
    const server = tls.createServer({ key: localhost.key, cert: localhost.cert }, socket => socket.end('won'))
    server.on('tlsClientError', () => {})
    server.listen(0)
    await once(server, 'listening')
    const { port } = server.address() as { port: number }
    const addresses = [
      { address: '::1', family: 6 },
      { address: '127.0.0.1', family: 4 },
    ]
    const socket = tls.connect({
      host: 'localhost',
      port,
      ca: authority.cert,
      autoSelectFamily: true,
      autoSelectFamilyAttemptTimeout: 10,
      lookup: (_: string, __: object, done: (error: null, all: object[]) => void) => done(null, addresses),
    })
    socket.write('early')
    assert.equal(await textOf(socket), 'won')
    assert.equal(host.written.get('::1'), undefined)
    assert.ok((host.written.get('127.0.0.1') ?? 0) > 0)
    server.close()
  })
})
