// Who may be at the other end: every wrong certificate is refused by default, on every way to connect, and is let in only by
// the one word for it. A server judges its clients alike.

import assert from 'node:assert/strict'
import { once } from 'node:events'
import { connect as connectNet } from 'node:net'
import { describe, it } from 'node:test'
import net from '../../src/net/index.ts'
import tls from '../../src/tls/index.ts'
import { authority, client, makeCertificate, otherAuthority, wrongCertificates } from './certificates.ts'
import { connect, failure, listen, type Socket, secured } from './pair.ts'

const ways: Readonly<Record<string, (port: number, options: Record<string, unknown>) => Socket>> = {
  'connect(options)': (port, options) => tls.connect({ host: '127.0.0.1', port, ...options }),
  'connect(port, host, options)': (port, options) => tls.connect(port, '127.0.0.1', options),
  'connect({ socket }) over a socket of ours': (port, options) =>
    tls.connect({ socket: net.connect(port, '127.0.0.1'), ...options }),
  'connect({ socket }) over a stream of a program': (port, options) =>
    tls.connect({ socket: connectNet(port, '127.0.0.1'), ...options }),
  'connect({ secureContext })': (port, { ca, ...options }) =>
    tls.connect({ host: '127.0.0.1', port, secureContext: tls.createSecureContext({ ca }), ...options }),
}

for (const [way, open] of Object.entries(ways)) {
  describe(`a client by ${way}`, () => {
    for (const [what, { key, cert, code }] of Object.entries(wrongCertificates)) {
      it(`refuses a certificate that is ${what}`, async t => {
        const { port, server } = await listen(t, { key, cert })
        server.on('secureConnection', () => assert.fail('the server saw a connection'))
        for (const rejecting of [{}, { rejectUnauthorized: undefined }, { rejectUnauthorized: null }]) {
          const socket = open(port, { ca: authority.cert, servername: 'localhost', ...rejecting })
          t.after(() => socket.destroy())
          socket.write('nothing of this may leave')
          const error = await failure(socket)
          assert.equal(error.code, code)
          assert.equal(socket.authorized, false)
        }
      })

      it(`lets it in with rejectUnauthorized: false, and says what is wrong (${what})`, async t => {
        const { port } = await listen(t, { key, cert })
        const socket = open(port, { ca: authority.cert, servername: 'localhost', rejectUnauthorized: false })
        t.after(() => socket.destroy())
        await secured(socket)
        assert.equal(socket.authorized, false)
        assert.equal(socket.authorizationError as unknown, code)
      })
    }
  })
}

describe('a client', () => {
  it('is authorized by the right certificate', async t => {
    const { port } = await listen(t)
    const socket = await secured(connect(t, port))
    assert.equal(socket.authorized, true)
    assert.equal(socket.authorizationError as unknown, null)
  })

  it('checks an address against addresses, not names', async t => {
    const named = makeCertificate({ name: '127.0.0.1', altNames: ['DNS:127.0.0.1'], issuer: authority })
    const { port } = await listen(t, { ...named })
    const error = await failure(connect(t, port, { servername: undefined }))
    assert.equal(error.code, 'ERR_TLS_CERT_ALTNAME_INVALID')
    const right = await listen(t)
    assert.equal((await secured(connect(t, right.port, { servername: undefined }))).authorized, true)
  })

  it('trusts nobody where no authority is given and the certificate is not of a public one', async t => {
    const { port } = await listen(t)
    const error = await failure(connect(t, port, { ca: undefined }))
    assert.equal(error.code, 'UNABLE_TO_VERIFY_LEAF_SIGNATURE')
  })

  it('checks a resumed connection as a new one', async t => {
    const { port } = await listen(t, {}, socket => socket.resume())
    const first = connect(t, port)
    const [session] = (await once(first, 'session')) as [Buffer]
    const resumed = await secured(connect(t, port, { session }))
    assert.equal(resumed.isSessionReused(), true)
    const refusal = new Error('not any more')
    const error = await failure(connect(t, port, { session, checkServerIdentity: () => refusal }))
    assert.equal(error, refusal)
  })

  it('offers a session to no other server than the one it was made with', async t => {
    const { port } = await listen(t, {}, socket => socket.resume())
    const first = connect(t, port)
    const [session] = (await once(first, 'session')) as [Buffer]
    const other = await secured(connect(t, port, { session, servername: undefined, host: '127.0.0.1' }))
    assert.equal(other.isSessionReused(), false)
  })

  it('survives a checkServerIdentity that throws', async t => {
    const { port } = await listen(t)
    const thrown = new Error('thrown')
    const throwing = () => {
      throw thrown
    }
    assert.equal(await failure(connect(t, port, { checkServerIdentity: throwing })), thrown)
  })

  it('TLS-3: takes NODE_TLS_REJECT_UNAUTHORIZED=0 as the word where nothing is said', async t => {
    const { key, cert } = wrongCertificates['self-signed'] as { key: string; cert: string }
    const { port } = await listen(t, { key, cert })
    process.env['NODE_TLS_REJECT_UNAUTHORIZED'] = '0'
    t.after(() => delete process.env['NODE_TLS_REJECT_UNAUTHORIZED'])
    assert.equal((await secured(connect(t, port))).authorized, false)
    assert.equal((await failure(connect(t, port, { rejectUnauthorized: true }))).code, 'DEPTH_ZERO_SELF_SIGNED_CERT')
  })
})

describe('a server that asks for certificates', () => {
  const asking = { requestCert: true, ca: authority.cert }

  it('lets in a client of its authority', async t => {
    const { port, server } = await listen(t, asking)
    connect(t, port, { key: client.key, cert: client.cert })
    const [socket] = (await once(server, 'secureConnection')) as [Socket]
    assert.equal(socket.authorized, true)
    assert.equal((socket.getPeerCertificate() as { subject: { CN: string } }).subject.CN, 'A client')
  })

  const strangers = {
    'without a certificate': {},
    'of another authority': makeCertificate({ name: 'A client', issuer: otherAuthority }),
    'that signed for itself': makeCertificate({ name: 'A client' }),
  }
  for (const [what, given] of Object.entries(strangers)) {
    it(`refuses a client ${what}`, async t => {
      const { port, server } = await listen(t, asking)
      server.on('secureConnection', () => assert.fail('it was let in'))
      const socket = connect(t, port, { ...given })
      socket.on('error', () => {})
      const [error, seen] = (await once(server, 'tlsClientError')) as [Error, Socket]
      assert.ok(error instanceof Error)
      assert.equal(seen.authorized, false)
    })

    it(`shows a client ${what} as not authorized with rejectUnauthorized: false`, async t => {
      const { port, server } = await listen(t, { ...asking, rejectUnauthorized: false })
      connect(t, port, { ...given })
      const [socket] = (await once(server, 'secureConnection')) as [Socket]
      assert.equal(socket.authorized, false)
      assert.ok(socket.authorizationError)
    })
  }
})
