// tls with the runtime's node:tls, both ways, feature by feature. Suites, groups and schemes are in tls-tables.test.ts.

import assert from 'node:assert/strict'
import { once } from 'node:events'
import type { Duplex } from 'node:stream'
import { describe, it, type TestContext } from 'node:test'
import runtimeTls from 'node:tls'
import tls from '../../src/tls/index.ts'
import { authority, client, localhost, makeCertificate } from '../tls/certificates.ts'
import { textOf } from '../tls/pair.ts'

/** What the tests use of both modules. */
interface Tls {
  createServer(options: object): Server
  connect(options: object): Socket
}

interface Server extends NodeJS.EventEmitter {
  listen(port: number, host: string): unknown
  address(): unknown
  close(): unknown
  addContext(name: string, context: object): void
}

interface Socket extends Duplex {
  readonly authorized: boolean
  readonly alpnProtocol: unknown
  getSession(): Buffer | undefined
  isSessionReused(): boolean
  getPeerCertificate(): { subject?: { CN?: string } }
  getEphemeralKeyInfo(): unknown
  getFinished(): Buffer | undefined
  getPeerFinished(): Buffer | undefined
  renegotiate(options: object, done: (error: Error | null) => void): unknown
  exportKeyingMaterial(length: number, label: string, context?: Buffer): Buffer
}

interface Pair {
  readonly name: string
  readonly server: Tls
  readonly client: Tls
}

const ours = tls as unknown as Tls
const theirs = runtimeTls as unknown as Tls
const pairs: Pair[] = [
  { name: 'our server and their client', server: ours, client: theirs },
  { name: 'their server and our client', server: theirs, client: ours },
]

async function listen(t: TestContext, { server: side }: Pair, options: object = {}) {
  const server = side.createServer({ key: localhost.key, cert: localhost.cert, ...options })
  server.on('secureConnection', (socket: Socket) => {
    t.after(() => socket.destroy())
    socket.on('error', () => {})
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  t.after(() => server.close())
  return { server, port: (server.address() as { port: number }).port }
}

function connect(t: TestContext, { client: side }: Pair, port: number, options: object = {}): Socket {
  const socket = side.connect({ port, host: '127.0.0.1', ca: authority.cert, servername: 'localhost', ...options })
  t.after(() => socket.destroy())
  return socket
}

/** Both ends of one connection. */
async function joined(t: TestContext, pair: Pair, port: number, server: Server, options: object = {}) {
  const accepted = once(server, 'secureConnection')
  const socket = connect(t, pair, port, options)
  await once(socket, 'secureConnect')
  return { client: socket, server: (await accepted)[0] as Socket }
}

for (const pair of pairs) {
  describe(pair.name, () => {
    for (const version of ['TLSv1.3', 'TLSv1.2'] as const) {
      const versions = { minVersion: version, maxVersion: version }

      it(`carry a megabyte both ways (${version})`, async t => {
        const { server, port } = await listen(t, pair, versions)
        server.on('secureConnection', (socket: Socket) => socket.pipe(socket))
        const socket = connect(t, pair, port)
        const text = 'abcdefghij'.repeat(100_000)
        socket.end(text)
        assert.equal(await textOf(socket as never), text)
      })

      it(`resume sessions (${version})`, async t => {
        const { server, port } = await listen(t, pair, versions)
        server.on('secureConnection', (socket: Socket) => socket.end('x'))
        const first = connect(t, pair, port)
        first.resume()
        const [session] = (await once(first, 'session')) as [Buffer]
        const { client: second, server: accepted } = await joined(t, pair, port, server, { session })
        assert.deepEqual([second.isSessionReused(), accepted.isSessionReused()], [true, true])
      })

      it(`export the same keys, and know each other’s Finished (${version})`, async t => {
        const { server, port } = await listen(t, pair, versions)
        const both = await joined(t, pair, port, server)
        for (const context of [undefined, Buffer.from('context'), Buffer.alloc(0)]) {
          const [one, other] = [both.client, both.server].map(end => end.exportKeyingMaterial(48, 'a label', context))
          assert.deepEqual(one, other)
        }
        assert.deepEqual(both.client.getFinished(), both.server.getPeerFinished())
        assert.deepEqual(both.server.getFinished(), both.client.getPeerFinished())
      })

      it(`log the same keys (${version})`, async t => {
        const { server, port } = await listen(t, pair, versions)
        const logs: [string[], string[]] = [[], []]
        server.on('keylog', line => logs[0].push(String(line)))
        const accepted = once(server, 'secureConnection')
        const socket = connect(t, pair, port)
        socket.on('keylog', line => logs[1].push(String(line)))
        await Promise.all([accepted, once(socket, 'secureConnect')])
        assert.deepEqual(logs[0].toSorted(), logs[1].toSorted())
        assert.ok(logs[0].length > 0)
      })

      it(`show client certificates, and miss them (${version})`, async t => {
        const options = { ...versions, requestCert: true, ca: authority.cert }
        const { server, port } = await listen(t, pair, options)
        const own = { key: client.key, cert: client.cert }
        const both = await joined(t, pair, port, server, own)
        assert.equal(both.server.authorized, true)
        assert.equal(both.server.getPeerCertificate().subject?.CN, 'A client')
        const failed = once(server, 'tlsClientError')
        const nameless = connect(t, pair, port)
        const [error] = (await once(nameless, 'error')) as [Error & { code: string }]
        assert.match(error.code, /ALERT_CERTIFICATE_REQUIRED|ALERT_HANDSHAKE_FAILURE/)
        assert.equal((await failed)[0].code, 'ERR_SSL_PEER_DID_NOT_RETURN_A_CERTIFICATE')
      })

      it(`staple OCSP responses (${version})`, async t => {
        const { server, port } = await listen(t, pair, versions)
        server.on('OCSPRequest', (_certificate, _issuer, done) => done(null, Buffer.from('a response')))
        const socket = connect(t, pair, port, { requestOCSP: true })
        assert.equal(String((await once(socket, 'OCSPResponse'))[0]), 'a response')
      })

      it(`agree on protocols and names (${version})`, async t => {
        const { server, port } = await listen(t, pair, { ...versions, ALPNProtocols: ['two', 'one'] })
        const other = makeCertificate({ name: 'other.example', altNames: ['DNS:other.example'], issuer: authority })
        server.addContext('other.example', { key: other.key, cert: other.cert })
        const options = { servername: 'other.example', ALPNProtocols: ['one', 'two'] }
        const both = await joined(t, pair, port, server, options)
        assert.deepEqual([both.client.alpnProtocol, both.server.alpnProtocol], ['two', 'two'])
        assert.equal(both.client.getPeerCertificate().subject?.CN, 'other.example')
      })
    }

    it('resume sessions of TLS 1.2 by their ids', async t => {
      const sessions = new Map<string, Buffer>()
      const { SSL_OP_NO_TICKET } = (await import('node:crypto')).constants
      const options = { maxVersion: 'TLSv1.2', secureOptions: SSL_OP_NO_TICKET }
      const { server, port } = await listen(t, pair, options)
      server.on('newSession', (id: Buffer, data: Buffer, done: () => void) => {
        sessions.set(id.toString('hex'), data)
        done()
      })
      server.on('resumeSession', (id: Buffer, done: (error: null, data: unknown) => void) => {
        done(null, sessions.get(id.toString('hex')) ?? null)
      })
      const first = await joined(t, pair, port, server)
      const session = first.client.getSession()
      const second = await joined(t, pair, port, server, { session })
      assert.equal(second.client.isSessionReused(), true)
    })

    it('ask again for a share of another group', async t => {
      const { server, port } = await listen(t, pair, { ecdhCurve: 'P-384' })
      const both = await joined(t, pair, port, server, { ecdhCurve: 'X25519:P-384' })
      assert.deepEqual(both.client.getEphemeralKeyInfo(), { type: 'ECDH', name: 'secp384r1', size: 384 })
    })

    it('renegotiate by TLS 1.2, whoever begins', async t => {
      const { server, port } = await listen(t, pair, { maxVersion: 'TLSv1.2' })
      server.on('secureConnection', (socket: Socket) => socket.pipe(socket))
      const both = await joined(t, pair, port, server)
      both.client.resume()
      for (const end of [both.client, both.server]) {
        await new Promise<void>((resolve, reject) => {
          end.renegotiate({ rejectUnauthorized: false }, error => (error ? reject(error) : resolve()))
        })
      }
      both.client.end('still there')
      assert.equal(await textOf(both.client as never), 'still there')
    })
  })
}

it('has our socket for no socket of its own', () => {
  assert.equal(new tls.TLSSocket() instanceof runtimeTls.TLSSocket, false)
})
