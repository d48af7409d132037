// A resumed connection is judged as a full one: by what is trusted now, by today's date, by today's word on strangers.

import assert from 'node:assert/strict'
import { once } from 'node:events'
import { after, describe, it } from 'node:test'
import { MemoryHost } from '../../src/host/index.ts'
import { RuntimeClock } from '../../src/host/os/runtime-clock.ts'
import tls from '../../src/tls/index.ts'
import * as make from '../support/certificates.ts'
import { authority, client, makeCertificate, otherAuthority, wrongCertificates } from './certificates.ts'
import { connect, failure, listen, type Socket, secured } from './pair.ts'

// Connections in memory keep no process alive.
const held = setInterval(() => {}, 60_000)
after(() => clearInterval(held))

const sessionOf = async (socket: Socket) => ((await once(socket, 'session')) as [Buffer])[0]

/** What is wrong with a server on a connection that a session was resumed on. */
async function wrongOnResumption(socket: Socket): Promise<unknown> {
  await secured(socket)
  assert.equal(socket.isSessionReused(), true)
  assert.equal(socket.authorized, false)
  return socket.authorizationError
}

for (const version of ['TLSv1.3', 'TLSv1.2'] as const) {
  const options = { minVersion: version, maxVersion: version }
  describe(`a client that resumes a session of ${version}`, () => {
    it('refuses a server whose authority it does not trust any more', async t => {
      const { port } = await listen(t, options, socket => socket.resume())
      const session = await sessionOf(connect(t, port))
      const strict = { session, ca: otherAuthority.cert }
      assert.equal((await failure(connect(t, port, strict))).code, 'UNABLE_TO_VERIFY_LEAF_SIGNATURE')
      const lenient = connect(t, port, { ...strict, rejectUnauthorized: false })
      assert.equal(await wrongOnResumption(lenient), 'UNABLE_TO_VERIFY_LEAF_SIGNATURE')
    })

    it('refuses a server that it let in before, when it lets in strangers no more', async t => {
      const { key, cert, code } = wrongCertificates['self-signed'] as { key: string; cert: string; code: string }
      const { port } = await listen(t, { ...options, key, cert }, socket => socket.resume())
      const session = await sessionOf(connect(t, port, { rejectUnauthorized: false }))
      assert.equal((await failure(connect(t, port, { session }))).code, code)
      assert.equal(await wrongOnResumption(connect(t, port, { session, rejectUnauthorized: false })), code)
    })

    it('refuses a server that was let in by the name that it does not have', async t => {
      const { key, cert, code } = wrongCertificates['another name'] as { key: string; cert: string; code: string }
      const { port } = await listen(t, { ...options, key, cert }, socket => socket.resume())
      const session = await sessionOf(connect(t, port, { checkServerIdentity: () => undefined }))
      assert.equal((await failure(connect(t, port, { session }))).code, code)
    })

    it('refuses a server whose certificate has been revoked since', async t => {
      const root = make.certificate({
        subject: [['CN', 'Root']],
        extensions: [make.basicConstraints(true), make.keyUsage(5, 6)],
      })
      const own = make.certificate({
        subject: [['CN', 'localhost']],
        extensions: [make.altNames(make.dns('localhost'))],
        issuer: root,
        serial: 7,
      })
      const credentials = { ...options, key: own.keyPem, cert: own.pem }
      const { port } = await listen(t, credentials, socket => socket.resume())
      const session = await sessionOf(connect(t, port, { ca: root.pem }))
      const crl = make.crl({ issuer: root, revoked: [7] }).pem
      assert.equal((await failure(connect(t, port, { session, ca: root.pem, crl }))).code, 'CERT_REVOKED')
    })

    it('refuses a server whose certificate has expired since', async () => {
      const clock = new LateClock()
      const host = new MemoryHost({ clock })
      await host.run(async () => {
        const notAfter = new Date(Date.now() + 60_000)
        const own = makeCertificate({ name: 'localhost', altNames: ['DNS:localhost'], issuer: authority, notAfter })
        const server = tls.createServer({ ...options, key: own.key, cert: own.cert }, socket => socket.resume())
        server.listen(0, '127.0.0.1')
        await once(server, 'listening')
        const { port } = server.address() as { port: number }
        const open = (given: object) =>
          tls.connect({ host: '127.0.0.1', port, ca: authority.cert, servername: 'localhost', ...given })
        const first = open({})
        const session = await sessionOf(first)
        first.destroy()
        clock.lateMs = 120_000
        assert.equal((await failure(open({ session }))).code, 'CERT_HAS_EXPIRED')
        const lenient = open({ session, rejectUnauthorized: false })
        assert.equal(await wrongOnResumption(lenient), 'CERT_HAS_EXPIRED')
        lenient.destroy()
        server.close()
      })
    })
  })

  it(`a server judges a client that resumes a session of ${version} by what it trusts now`, async t => {
    const asking = { ...options, requestCert: true, sessionIdContext: 'one' }
    const ticketKeys = Buffer.alloc(48, 1)
    const before = await listen(t, { ...asking, ticketKeys, ca: authority.cert }, socket => socket.resume())
    const now = await listen(t, { ...asking, ticketKeys, ca: otherAuthority.cert })
    now.server.on('secureConnection', () => assert.fail('it was let in'))
    const own = { key: client.key, cert: client.cert }
    const session = await sessionOf(connect(t, before.port, own))
    const again = once(before.server, 'secureConnection')
    connect(t, before.port, { ...own, session })
    const [resumed] = (await again) as [Socket]
    assert.deepEqual([resumed.isSessionReused(), resumed.authorized], [true, true])
    let isReused: unknown
    now.server.on('tlsClientError', (_error: Error, seen: Socket) => {
      isReused = seen.isSessionReused()
    })
    const told = once(now.server, 'tlsClientError')
    const socket = connect(t, now.port, { ...own, session })
    socket.on('error', () => {})
    const [, seen] = (await told) as [Error, Socket]
    assert.deepEqual([isReused, seen.authorizationError], [true, 'SELF_SIGNED_CERT_IN_CHAIN'])
  })
}

class LateClock extends RuntimeClock {
  lateMs = 0

  override now(): number {
    return super.now() + this.lateMs
  }
}
