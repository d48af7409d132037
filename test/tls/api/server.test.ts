// tls.Server: its events, and the functions by which a program takes part in a handshake. What they throw, and what a peer
// sends, ends one connection and nothing else (CVE-2026-21637, CVE-2025-59465).

import assert from 'node:assert/strict'
import { constants } from 'node:crypto'
import { once } from 'node:events'
import { connect as connectNet } from 'node:net'
import { describe, it } from 'node:test'
import tls from '../../../src/tls/index.ts'
import { authority, client, localhost, makeCertificate, otherAuthority } from '../certificates.ts'
import { connect, failure, listen, type Server, type Socket, secured, textOf } from '../pair.ts'

describe('a server', () => {
  it('tells a connection before the handshake and after it', async t => {
    const { port, server } = await listen(t)
    const told: string[] = []
    server.on('connection', socket => {
      assert.equal(socket.encrypted, undefined)
      assert.equal(socket.remoteAddress, '127.0.0.1')
      told.push('connection')
    })
    server.on('secureConnection', () => told.push('secureConnection'))
    connect(t, port)
    await once(server, 'secureConnection')
    assert.deepEqual(told, ['connection', 'secureConnection'])
  })

  it('listens, tells where, counts, and closes', async t => {
    const { port, server } = await listen(t, {}, socket => socket.resume())
    assert.equal(server.listening, true)
    assert.deepEqual(server.address(), { address: '127.0.0.1', family: 'IPv4', port })
    assert.equal(server.ref().unref(), server)
    server.ref()
    const other = tls.createServer().listen(port, '127.0.0.1')
    assert.equal(((await once(other, 'error'))[0] as { code: string }).code, 'EADDRINUSE')
    await secured(connect(t, port))
    assert.equal(await new Promise(resolve => server.getConnections((_error, count) => resolve(count))), 1)
    server.maxConnections = 1
    const dropped = once(server, 'drop')
    connect(t, port).on('error', () => {})
    await dropped
    assert.equal(server.close(), server)
    assert.equal(server.listening, false)
  })

  it('takes a stream that a program hands in', async t => {
    const { server } = await listen(t, {}, socket => socket.end('handed in'))
    const front = (await import('../../../src/net/index.ts')).default.createServer(stream => {
      server.emit('connection', stream)
    })
    front.listen(0)
    await once(front, 'listening')
    t.after(() => front.close())
    assert.equal(await textOf(connect(t, (front.address() as { port: number }).port)), 'handed in')
  })

  it('TLS-9: has a context per name, and for the rest its own', async t => {
    const make = (name: string) => makeCertificate({ name, altNames: [`DNS:${name}`], issuer: authority })
    const { port, server } = await listen(t)
    server.addContext('*.one.example', { ...make('a.one.example') })
    server.addContext('two.example', { ...make('two.example') })
    const subjectFor = async (servername: string) => {
      const socket = await secured(connect(t, port, { servername, checkServerIdentity: () => undefined }))
      return (socket.getPeerCertificate() as { subject: { CN: string } }).subject.CN
    }
    assert.equal(await subjectFor('a.one.example'), 'a.one.example')
    assert.equal(await subjectFor('A.ONE.example'), 'a.one.example')
    assert.equal(await subjectFor('a.b.one.example'), 'localhost')
    assert.equal(await subjectFor('two.example'), 'two.example')
    assert.equal(await subjectFor('twoxexample'), 'localhost')
    const { key, cert } = make('new.example')
    server.setSecureContext({ key, cert })
    assert.equal(await subjectFor('three.example'), 'new.example')
  })

  it('asks SNICallback for the name, and tells it', async t => {
    const { key, cert } = makeCertificate({ name: 'sni.example', altNames: ['DNS:sni.example'], issuer: authority })
    const { port, server } = await listen(t, {
      SNICallback: (name, done) =>
        setImmediate(() => done(null, tls.createSecureContext(name === 'sni.example' ? { key, cert } : {}))),
    })
    const socket = connect(t, port, { servername: 'sni.example' })
    const [peer] = (await once(server, 'secureConnection')) as [Socket]
    assert.equal(peer.servername, 'sni.example')
    if (socket.secureConnecting) await secured(socket)
    assert.equal(socket.authorized, true)
  })

  it('agrees on a protocol in its own order; refuses where there is none', async t => {
    const { port, server } = await listen(t, { ALPNProtocols: ['h2', 'http/1.1'] })
    const chosen = async (ALPNProtocols: string[] | undefined) =>
      (await secured(connect(t, port, { ALPNProtocols }))).alpnProtocol
    assert.equal(await chosen(['http/1.1', 'h2']), 'h2')
    assert.equal(await chosen(['http/1.1']), 'http/1.1')
    assert.equal(await chosen(undefined), false)
    const refused = connect(t, port, { ALPNProtocols: ['x'] })
    const told = once(server, 'tlsClientError')
    const [error] = (await once(refused, 'error')) as [Error & { code: string }]
    assert.match(error.code, /NO_APPLICATION_PROTOCOL/)
    await told
  })

  it('asks ALPNCallback', async t => {
    const offers: unknown[] = []
    const { port } = await listen(t, {
      ALPNCallback: offer => {
        offers.push(offer)
        return offer.protocols.find(one => one === 'b')
      },
    })
    assert.equal((await secured(connect(t, port, { ALPNProtocols: ['a', 'b'] }))).alpnProtocol, 'b')
    assert.deepEqual(offers, [{ servername: 'localhost', protocols: ['a', 'b'] }])
    const refused = connect(t, port, { ALPNProtocols: ['c'] })
    await once(refused, 'error')
  })

  it('resumes sessions by tickets; TLS-8: their keys can be set', async t => {
    const { port, server } = await listen(t, {}, socket => socket.resume())
    const session = async () => (await once(connect(t, port), 'session'))[0] as Buffer
    const isResumed = async (saved: Buffer) => (await secured(connect(t, port, { session: saved }))).isSessionReused()
    const first = await session()
    const keys = server.getTicketKeys()
    assert.equal(keys.length, 48)
    assert.equal(await isResumed(first), true)
    const resumed = await secured(connect(t, port, { session: first, maxVersion: 'TLSv1.3' }))
    assert.ok(Buffer.isBuffer(resumed.getTLSTicket()))
    server.setTicketKeys(Buffer.alloc(48, 1))
    assert.equal(await isResumed(first), false)
    server.setTicketKeys(keys)
    assert.equal(await isResumed(first), true)
    assert.throws(() => server.setTicketKeys(Buffer.alloc(47)))
  })

  describe('renegotiation of TLS 1.2', () => {
    const renegotiate = (socket: Socket, options: object) =>
      new Promise<void>((resolve, reject) => {
        socket.once('close', () => reject(new Error('it was closed')))
        socket.renegotiate(options, error => (error ? reject(error) : resolve()))
      })
    const own = { key: client.key, cert: client.cert }
    const stranger = makeCertificate({ name: 'A stranger', issuer: otherAuthority })

    it('judges the certificate that the client shows then', async t => {
      const { server, port } = await listen(t, { ca: authority.cert, maxVersion: 'TLSv1.2' })
      for (const [certificate, verdict] of [
        [own, null],
        [stranger, 'UNABLE_TO_VERIFY_LEAF_SIGNATURE'],
      ] as const) {
        const peer = connect(t, port, { key: certificate.key, cert: certificate.cert })
        const [socket] = (await once(server, 'secureConnection')) as [Socket]
        peer.resume()
        assert.equal(socket.authorized, false)
        await renegotiate(socket, { requestCert: true, rejectUnauthorized: false })
        assert.deepEqual([socket.authorized, socket.authorizationError], [verdict === null, verdict])
      }
    })

    it('judges it at once, though a session waits to be kept', { timeout: 20_000 }, async t => {
      const { server, port } = await listen(t, { ca: authority.cert, maxVersion: 'TLSv1.2' })
      const kept: (() => void)[] = []
      server.on('newSession', (_id, _session, done) => kept.push(done))
      // Without a ticket: such a session is the server's to keep.
      const peer = connect(t, port, { ...own, secureOptions: constants.SSL_OP_NO_TICKET })
      peer.resume()
      while (kept.length === 0) await once(server, 'newSession')
      const told = once(server, 'secureConnection')
      kept[0]?.()
      const [socket] = (await told) as [Socket]
      await renegotiate(socket, { requestCert: true, rejectUnauthorized: false })
      assert.deepEqual([socket.authorized, kept.length], [true, 2])
    })

    it('ends the connection of a client whose certificate will not do then, or who has none', async t => {
      const { server, port } = await listen(t, { ca: authority.cert, maxVersion: 'TLSv1.2' })
      for (const certificate of [{ key: stranger.key, cert: stranger.cert }, {}]) {
        const peer = connect(t, port, certificate)
        peer.on('error', () => {})
        const [socket] = (await once(server, 'secureConnection')) as [Socket]
        peer.resume()
        socket.on('error', () => {})
        await assert.rejects(renegotiate(socket, { requestCert: true, rejectUnauthorized: true }))
      }
    })
  })

  it('refuses a hint at PSK identities that is too long', async t => {
    const psk = { ciphers: 'PSK+HIGH', pskCallback: () => null }
    const { server, port } = await listen(t, { ...psk, pskIdentityHint: 'a'.repeat(257) })
    const told = once(server, 'tlsClientError')
    assert.equal((await failure(connect(t, port, psk))).code, 'ECONNRESET')
    assert.equal((await told)[0].code, 'ERR_TLS_PSK_SET_IDENTITY_HINT_FAILED')
  })

  it('gives tickets one by one, with what getSession() and getTLSTicket() say of each', async t => {
    const { port } = await listen(t)
    const socket = connect(t, port)
    const told: [Buffer, Buffer | undefined, Buffer | undefined][] = []
    socket.on('session', (session: Buffer) => told.push([session, socket.getSession(), socket.getTLSTicket()]))
    await secured(socket)
    while (told.length < 2) await once(socket, 'session')
    for (const [session, current, ticket] of told) {
      assert.deepEqual(session, current)
      assert.ok(ticket && session.includes(ticket))
    }
    assert.notDeepEqual(told[0]?.[2], told[1]?.[2])
  })

  it('TLS-6: keeps sessions where the program keeps them', async t => {
    const kept = new Map<string, Buffer>()
    const options = { maxVersion: 'TLSv1.2', secureOptions: (await import('node:crypto')).constants.SSL_OP_NO_TICKET }
    const { port, server } = await listen(t, options, socket => socket.resume())
    server.on('newSession', (id: Buffer, data: Buffer, done: () => void) => {
      kept.set(id.toString('hex'), data)
      setImmediate(done)
    })
    server.on('resumeSession', (id: Buffer, done: (error: null, data: Buffer | null) => void) => {
      setImmediate(() => done(null, kept.get(id.toString('hex')) ?? null))
    })
    const first = await secured(connect(t, port))
    assert.equal(kept.size, 1)
    const session = first.getSession()
    const second = await secured(connect(t, port, { session }))
    assert.equal(second.isSessionReused(), true)
  })

  it('TLS-7: staples what OCSPRequest gives', async t => {
    const { port, server } = await listen(t, { cert: `${localhost.cert}${authority.cert}` })
    server.on('OCSPRequest', (certificate: Buffer, issuer: Buffer, done: (error: null, response: Buffer) => void) => {
      assert.ok(Buffer.isBuffer(certificate) && Buffer.isBuffer(issuer))
      setImmediate(() => done(null, Buffer.from('a staple')))
    })
    const socket = connect(t, port, { requestOCSP: true })
    const [response] = (await once(socket, 'OCSPResponse')) as [Buffer]
    assert.equal(response.toString(), 'a staple')
  })

  it('knows clients by a key that both had before', async t => {
    const psk = Buffer.from('d731ef57be09e5204f0b205b60627028', 'hex')
    const ciphers = 'PSK+HIGH'
    const { port, server } = await listen(t, {
      key: undefined,
      cert: undefined,
      ciphers,
      maxVersion: 'TLSv1.2',
      pskCallback: (socket, identity) => {
        assert.ok(socket instanceof tls.TLSSocket)
        return identity === 'me' ? psk : null
      },
    })
    const asking = (identity: string) =>
      connect(t, port, {
        ciphers,
        maxVersion: 'TLSv1.2',
        checkServerIdentity: () => undefined,
        pskCallback: () => ({ psk, identity }),
      })
    const socket = await secured(asking('me'))
    assert.equal(socket.authorized, true)
    const told = once(server, 'tlsClientError')
    await once(asking('somebody else'), 'error')
    await told
  })
})

const thrown = new Error('thrown')
const throwing = (): never => {
  throw thrown
}

describe('a program’s function that throws ends its connection alone', () => {
  const cases: Readonly<Record<string, [object, (server: Server) => unknown, object]>> = {
    SNICallback: [{ SNICallback: throwing }, () => {}, {}],
    'SNICallback, answering with an error': [
      { SNICallback: (_name: string, done: (e: Error) => void) => done(thrown) },
      () => {},
      {},
    ],
    'SNICallback, answering twice': [
      {
        SNICallback: (_name: string, done: (e: Error | null) => void) => {
          done(thrown)
          done(null)
        },
      },
      () => {},
      {},
    ],
    ALPNCallback: [{ ALPNCallback: throwing }, () => {}, { ALPNProtocols: ['a'] }],
    'ALPNCallback, answering with what was not offered': [
      { ALPNCallback: () => 'b' },
      () => {},
      { ALPNProtocols: ['a'] },
    ],
    OCSPRequest: [{}, server => server.on('OCSPRequest', throwing), { requestOCSP: true }],
    pskCallback: [
      { pskCallback: throwing, ciphers: 'PSK+HIGH', maxVersion: 'TLSv1.2', key: undefined, cert: undefined },
      () => {},
      {
        ciphers: 'PSK+HIGH',
        maxVersion: 'TLSv1.2',
        pskCallback: () => ({ psk: Buffer.alloc(16), identity: 'me' }),
      },
    ],
  }
  for (const [what, [options, prepare, clientOptions]] of Object.entries(cases)) {
    it(what, async t => {
      const { port, server } = await listen(t, { ...options })
      prepare(server)
      const told = once(server, 'tlsClientError')
      const socket = connect(t, port, { ...clientOptions })
      await once(socket, 'error')
      const [error] = (await told) as [Error]
      assert.ok(error instanceof Error)
      assert.equal(server.listening, true)
    })
  }

  it('resumeSession', async t => {
    const { SSL_OP_NO_TICKET } = (await import('node:crypto')).constants
    const { port, server } = await listen(t, { maxVersion: 'TLSv1.2', secureOptions: SSL_OP_NO_TICKET }, s =>
      s.resume(),
    )
    server.on('newSession', (_id: Buffer, _data: Buffer, done: () => void) => done())
    const session = (await secured(connect(t, port))).getSession()
    server.on('resumeSession', throwing)
    const told = once(server, 'tlsClientError')
    await once(connect(t, port, { session }), 'error')
    assert.equal((await told)[0], thrown)
  })

  it('a client’s pskCallback', async t => {
    const { port } = await listen(t, { ciphers: 'PSK+HIGH', maxVersion: 'TLSv1.2', pskCallback: () => null })
    const socket = connect(t, port, { ciphers: 'PSK+HIGH', maxVersion: 'TLSv1.2', pskCallback: throwing })
    assert.equal((await once(socket, 'error'))[0], thrown)
  })
})

describe('a hostile peer', () => {
  const sends: Readonly<Record<string, Buffer>> = {
    'no TLS at all': Buffer.from('GET / HTTP/1.1\r\n\r\n'),
    'an empty record': Buffer.from([22, 3, 1, 0, 0]),
    'a record that is too long': Buffer.concat([Buffer.from([22, 3, 1, 0xff, 0xff]), Buffer.alloc(0xffff)]),
    'an alert': Buffer.from([21, 3, 1, 0, 2, 2, 40]),
    'application data before any handshake': Buffer.from([23, 3, 3, 0, 1, 0]),
    'half a ClientHello': Buffer.from([22, 3, 1, 0, 4, 1, 0, 1, 0]),
    'a ClientHello of nothing': Buffer.from([22, 3, 1, 0, 4, 1, 0, 0, 0]),
  }
  for (const [what, bytes] of Object.entries(sends)) {
    it(`that sends ${what} hurts nobody`, async t => {
      const { port, server } = await listen(t)
      let seenFrom: string | undefined
      server.on('tlsClientError', (_error: Error, socket: Socket) => {
        seenFrom = socket.remoteAddress
      })
      const told = once(server, 'tlsClientError')
      const peer = connectNet(port, '127.0.0.1', () => peer.end(bytes))
      t.after(() => peer.destroy())
      peer.on('error', () => {})
      peer.resume()
      const [error] = (await told) as [Error]
      assert.ok(error instanceof Error)
      assert.equal(seenFrom, '127.0.0.1')
      assert.equal((await secured(connect(t, port))).authorized, true)
    })
  }

  it('that says nothing has the time of handshakeTimeout', async t => {
    const { port, server } = await listen(t, { handshakeTimeout: 50 })
    const peer = connectNet(port, '127.0.0.1')
    t.after(() => peer.destroy())
    const [error] = (await once(server, 'tlsClientError')) as [Error & { code: string }]
    assert.equal(error.code, 'ERR_TLS_HANDSHAKE_TIMEOUT')
    await once(peer, 'close')
  })

  it('that breaks off after the handshake is no error of the process', async t => {
    const { port } = await listen(t, {}, socket => socket.resume())
    const raw = connectNet(port, '127.0.0.1')
    const socket = tls.connect({ socket: raw, ca: authority.cert, servername: 'localhost' })
    await secured(socket)
    raw.resetAndDestroy()
    socket.on('error', () => {})
    await once(socket, 'close')
    assert.equal((await secured(connect(t, port))).authorized, true)
  })
})

it('close() waits for its connections', async t => {
  const { port, server } = await listen(t, {}, socket => socket.resume())
  const socket = await secured(connect(t, port))
  let isClosed = false
  server.close(() => {
    isClosed = true
  })
  await new Promise(resolve => setImmediate(resolve))
  assert.equal(isClosed, false)
  socket.end()
  await once(server, 'close')
})
