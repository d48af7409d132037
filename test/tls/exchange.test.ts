// A client and a server talk, seen from both sides: the numbered behaviours of the module (TLS-*), and what a TLSSocket tells.

import assert from 'node:assert/strict'
import { execFile } from 'node:child_process'
import { createPrivateKey } from 'node:crypto'
import { once } from 'node:events'
import { duplexPair } from 'node:stream'
import { describe, it } from 'node:test'
import { promisify } from 'node:util'
import net from '../../src/net/index.ts'
import tls from '../../src/tls/index.ts'
import { authority, client as clientCertificate, localhost, makeCertificate } from './certificates.ts'
import { connect, listen, type Socket, secured, textOf } from './pair.ts'

describe('a connection', () => {
  it('carries what is said on it, both ways, from before the handshake is done', async t => {
    const { port } = await listen(t, {}, socket => socket.pipe(socket))
    const socket = connect(t, port)
    socket.write('early ')
    await secured(socket)
    socket.end('late')
    assert.equal(await textOf(socket), 'early late')
  })

  it('carries megabytes, and slows down a writer whose reader is slow', async t => {
    const size = 8 * 1024 * 1024
    let isFull = false
    const { port } = await listen(t, {}, socket => {
      isFull = !socket.write(Buffer.alloc(size, 'x'))
      socket.end()
    })
    const socket = await secured(connect(t, port))
    let received = 0
    for await (const chunk of socket) received += (chunk as Buffer).length
    assert.equal(received, size)
    assert.equal(isFull, true)
  })

  it('shows addresses and counts plaintext', async t => {
    const { port } = await listen(t, {}, socket => socket.end('12345'))
    const socket = await secured(connect(t, port))
    const { remoteAddress, remotePort, remoteFamily, localAddress, encrypted } = socket
    assert.deepEqual([remoteAddress, remotePort, remoteFamily], ['127.0.0.1', port, 'IPv4'])
    assert.deepEqual([localAddress, encrypted], ['127.0.0.1', true])
    assert.deepEqual(socket.address(), { address: '127.0.0.1', family: 'IPv4', port: socket.localPort })
    socket.write('123')
    await textOf(socket)
    assert.deepEqual([socket.bytesRead, socket.bytesWritten], [5, 3])
  })

  it('runs over a pipe, and over any stream', async t => {
    const [one, other] = duplexPair()
    const server = new tls.TLSSocket(one, { isServer: true, key: localhost.key, cert: localhost.cert })
    server.on('secure', () => server.end('over a pair'))
    const socket = tls.connect({ socket: other, ca: authority.cert, servername: 'localhost' })
    t.after(() => socket.destroy())
    assert.equal(await textOf(socket), 'over a pair')
    assert.equal(socket.authorized, true)
  })

  it('runs over another TLS connection', async t => {
    const inner = await listen(t, {}, socket => socket.end('inner'))
    const outer = await listen(t, {}, socket => socket.pipe(net.connect(inner.port, '127.0.0.1')).pipe(socket))
    const first = connect(t, outer.port)
    const second = tls.connect({ socket: first, ca: authority.cert, servername: 'localhost' })
    t.after(() => second.destroy())
    assert.equal(await textOf(second), 'inner')
  })

  it('agrees on TLS 1.3 by default and on 1.2 where one side wants it', async t => {
    const { port } = await listen(t, {}, socket => socket.resume())
    assert.equal((await secured(connect(t, port))).getProtocol(), 'TLSv1.3')
    const asked = connect(t, port, { maxVersion: 'TLSv1.2' })
    // Before there is an answer.
    assert.equal(asked.getProtocol(), 'TLSv1.3')
    const older = await secured(asked)
    assert.equal(older.getProtocol(), 'TLSv1.2')
    assert.match(String(older.getCipher()?.name), /^ECDHE-ECDSA-/)
  })

  it('fails with codes of OpenSSL where the two have nothing in common', async t => {
    const { port, server } = await listen(t, { minVersion: 'TLSv1.3' })
    const told = once(server, 'tlsClientError')
    const socket = connect(t, port, { maxVersion: 'TLSv1.2' })
    const [error] = (await once(socket, 'error')) as [Error & { code: string; library: string; reason: string }]
    assert.match(error.code, /^ERR_SSL_/)
    assert.equal(error.library, 'SSL routines')
    assert.ok(error.message.includes(`:SSL routines:`) && error.message.includes(error.reason))
    const [ofServer] = (await told) as [Error & { code: string }]
    assert.equal(ofServer.code, 'ERR_SSL_UNSUPPORTED_PROTOCOL')
  })

  it('fails where the other side does not speak TLS', async t => {
    const server = net.createServer(socket => socket.end('HTTP/1.1 400 Bad Request\r\n\r\n')).listen(0)
    t.after(() => server.close())
    await once(server, 'listening')
    const socket = connect(t, (server.address() as { port: number }).port)
    const [error] = (await once(socket, 'error')) as [Error & { code: string }]
    assert.equal(error.code, 'ERR_SSL_WRONG_VERSION_NUMBER')
  })

  it('fails where the other side closes first', async t => {
    const server = net.createServer(socket => socket.destroy()).listen(0)
    t.after(() => server.close())
    await once(server, 'listening')
    const { port } = server.address() as { port: number }
    const socket = connect(t, port)
    const [error] = (await once(socket, 'error')) as [Error & { code: string; port: number }]
    assert.equal(error.code, 'ECONNRESET')
  })
})

describe('a TLSSocket tells', () => {
  it('TLS-12, TLS-13: what was agreed, and nothing of it before', async t => {
    const { port, server } = await listen(t)
    const socket = connect(t, port, { ecdhCurve: 'X25519' })
    assert.deepEqual(
      [socket.getCipher(), socket.getFinished(), socket.getPeerFinished(), socket.isSessionReused()],
      [undefined, undefined, undefined, false],
    )
    const [peer] = (await once(server, 'secureConnection')) as [Socket]
    if (socket.secureConnecting) await secured(socket)
    assert.deepEqual(Object.keys(socket.getCipher() ?? {}), ['name', 'standardName', 'version'])
    assert.deepEqual(socket.getFinished(), peer.getPeerFinished())
    assert.deepEqual(peer.getFinished(), socket.getPeerFinished())
    const key = socket.getEphemeralKeyInfo() as { type: string; size: number }
    assert.deepEqual([key.type, typeof key.size], ['ECDH', 'number'])
    assert.equal(peer.getEphemeralKeyInfo(), null)
  })

  it('TLS-14: shared signature algorithms', async t => {
    const { port, server } = await listen(t)
    connect(t, port)
    const [peer] = (await once(server, 'secureConnection')) as [Socket]
    assert.ok(peer.getSharedSigalgs().includes('ECDSA+SHA256'))
  })

  it('TLS-15: certificates, with their issuers where asked', async t => {
    const { port } = await listen(t, { cert: `${localhost.cert}${authority.cert}` })
    const socket = await secured(connect(t, port))
    type Legacy = { subject: { CN: string }; issuerCertificate?: Legacy; raw: Buffer }
    const plain = socket.getPeerCertificate() as Legacy
    assert.equal(plain.subject.CN, 'localhost')
    assert.equal(plain.issuerCertificate, undefined)
    const detailed = socket.getPeerCertificate(true) as Legacy
    assert.equal(detailed.issuerCertificate?.subject.CN, 'Test authority')
    assert.equal(socket.getPeerX509Certificate()?.subject, 'CN=localhost')
    assert.deepEqual(socket.getCertificate(), {})
  })

  it('its own certificate', async t => {
    const { port } = await listen(t, { requestCert: true, ca: authority.cert })
    const { key, cert } = clientCertificate
    const socket = await secured(connect(t, port, { key, cert }))
    assert.equal((socket.getCertificate() as { subject: { CN: string } }).subject.CN, 'A client')
    assert.equal(socket.getX509Certificate()?.subject, 'CN=A client')
  })

  it('the same exported keys on both sides', async t => {
    const { port, server } = await listen(t)
    const socket = connect(t, port)
    assert.throws(() => socket.exportKeyingMaterial(32, 'label'), { code: 'ERR_TLS_INVALID_STATE' })
    const [peer] = (await once(server, 'secureConnection')) as [Socket]
    if (socket.secureConnecting) await secured(socket)
    const context = Buffer.from('context')
    assert.deepEqual(
      socket.exportKeyingMaterial(32, 'EXPORTER-test', context),
      peer.exportKeyingMaterial(32, 'EXPORTER-test', context),
    )
  })

  it('TLS-5: key log lines in NSS format', async t => {
    const { port, server } = await listen(t)
    const ofServer: string[] = []
    const ofClient: string[] = []
    server.on('keylog', (line: Buffer, socket: Socket) => {
      assert.ok(socket instanceof tls.TLSSocket)
      ofServer.push(line.toString())
    })
    const socket = connect(t, port)
    socket.on('keylog', (line: Buffer) => ofClient.push(line.toString()))
    await secured(socket)
    if (ofServer.length < ofClient.length) await once(server, 'secureConnection')
    for (const line of ofClient) assert.match(line, /^[A-Z_0-9]+ [0-9a-f]{64} [0-9a-f]+\n$/)
    assert.ok(ofClient.some(line => line.startsWith('CLIENT_TRAFFIC_SECRET_0 ')))
    assert.deepEqual(ofServer.toSorted(), ofClient.toSorted())
  })

  it('whether a fragment size and a renegotiation are possible', async t => {
    const { port } = await listen(t, {}, socket => socket.resume())
    const socket = await secured(connect(t, port))
    assert.deepEqual(
      [socket.setMaxSendFragment(100), socket.setMaxSendFragment(512), socket.setMaxSendFragment(20000)],
      [false, true, false],
    )
    assert.equal(
      socket.renegotiate({}, () => {}),
      false,
    )
    socket.destroy()
    assert.equal(
      socket.renegotiate({}, () => {}),
      undefined,
    )
    assert.deepEqual([socket.getCipher(), socket.getProtocol(), socket.getSession()], [null, null, null])
  })
})

it('TLS-16: what it traces', async () => {
  const script = `
    const { makeCertificate } = await import(process.argv[1] + 'examples/certificate.mjs')
    const { default: tls } = await import(process.argv[1] + 'dist/src/tls/index.js')
    const server = tls.createServer({ ...makeCertificate({ name: 'a' }) }, socket => socket.end()).listen(0, () => {
      const socket = tls.connect({ port: server.address().port, rejectUnauthorized: false })
      socket.enableTrace()
      socket.resume().on('close', () => server.close())
    })`
  const root = new URL('../../../', import.meta.url).href
  const { stderr } = await promisify(execFile)(process.execPath, ['--input-type=module', '-e', script, root])
  assert.match(stderr, /ClientHello/)
  assert.match(stderr, /Finished/)
})

it('ciphers and contexts', () => {
  assert.ok(tls.getCiphers().includes('tls_aes_256_gcm_sha384'))
  assert.ok(tls.createSecureContext({ key: localhost.key, cert: localhost.cert }) instanceof tls.SecureContext)
  assert.ok(tls.rootCertificates.length > 100 && Object.isFrozen(tls.rootCertificates))
  assert.equal(tls.getCACertificates('bundled'), tls.rootCertificates)
})

it('tells a reader that reads once for each readable of all records that came together', async t => {
  const size = 60_000
  const { port } = await listen(t, {}, socket => socket.write(Buffer.alloc(size)))
  const socket = connect(t, port)
  let bytes = 0
  await new Promise<void>(resolve => {
    socket.on('readable', () => {
      bytes += (socket.read() as Buffer | null)?.length ?? 0
      if (bytes === size) resolve()
    })
  })
})

it('tells of groups, schemes and certificates in Node’s words', async t => {
  const { server, port } = await listen(t)
  const accepted = once(server, 'secureConnection')
  const { key, cert } = clientCertificate
  const socket = await secured(connect(t, port, { key, cert }))
  const [peer] = (await accepted) as [Socket]
  for (const name of ['Ed25519+UNDEF', 'RSA-PSS+SHA256', 'ECDSA+SHA256']) {
    assert.ok(peer.getSharedSigalgs().includes(name), name)
  }
  // Nobody asked for it.
  assert.equal((socket.getCertificate() as { subject: { CN: string } }).subject.CN, 'A client')
  const agreed = socket.getEphemeralKeyInfo()
  const isHybrid = (agreed as { name: string }).name === 'X25519MLKEM768'
  const curve = { type: 'ECDH', name: 'X25519', size: 253 }
  assert.deepEqual(agreed, isHybrid ? { ...curve, type: 'TLSGroup', name: 'X25519MLKEM768', size: undefined } : curve)
})

it('shares no signature algorithm: refused, though the suite signs nothing', async t => {
  const { server, port } = await listen(t, { sigalgs: 'RSA+SHA256', maxVersion: 'TLSv1.2' })
  const told = once(server, 'tlsClientError')
  connect(t, port, { sigalgs: 'RSA+SHA512' }).on('error', () => {})
  assert.equal((await told)[0].code, 'ERR_SSL_NO_SHARED_SIGNATURE_ALGORITHMS')
})

it('refuses a certificate that cannot be read as an authority, and keeps those there are', () => {
  const before = tls.getCACertificates()
  const broken = '-----BEGIN CERTIFICATE-----\nnot one\n-----END CERTIFICATE-----'
  assert.throws(() => tls.setDefaultCACertificates([authority.cert, broken]), { code: 'ERR_OSSL_PEM_ASN1_LIB' })
  assert.equal(tls.getCACertificates(), before)
})

it('leaves nothing behind of a context that was refused', () => {
  assert.throws(() => tls.createSecureContext({ ecdhCurve: 'prime192v3' }), { message: 'Failed to set ECDH curve' })
  assert.equal(createPrivateKey(localhost.key).type, 'private')
})

it('trusts what setDefaultCACertificates names, where nothing else is said', async t => {
  const { port } = await listen(t, {}, socket => socket.end('trusted'))
  const before = tls.getCACertificates()
  t.after(() => tls.setDefaultCACertificates(before))
  tls.setDefaultCACertificates([authority.cert])
  assert.deepEqual(tls.getCACertificates(), [authority.cert.trimEnd()])
  assert.equal(await textOf(connect(t, port, { ca: undefined })), 'trusted')
})

describe('options are checked', () => {
  const wrong: readonly [string, Record<string, unknown>, string][] = [
    ['an address as server name', { servername: '127.0.0.1' }, 'ERR_INVALID_ARG_VALUE'],
    ['checkServerIdentity', { checkServerIdentity: 1 }, 'ERR_INVALID_ARG_TYPE'],
    ['checkServerIdentity, undefined', { checkServerIdentity: undefined }, 'ERR_INVALID_ARG_TYPE'],
    ['minDHSize', { minDHSize: 0 }, 'ERR_OUT_OF_RANGE'],
    ['versions', { minVersion: 'TLSv9' }, 'ERR_TLS_INVALID_PROTOCOL_VERSION'],
    [
      'versions and a protocol',
      { minVersion: 'TLSv1.2', secureProtocol: 'TLS_method' },
      'ERR_TLS_PROTOCOL_VERSION_CONFLICT',
    ],
    ['a protocol name too long', { ALPNProtocols: ['x'.repeat(256)] }, 'ERR_OUT_OF_RANGE'],
    ['an empty protocol name', { ALPNProtocols: [''] }, 'ERR_INVALID_ARG_VALUE'],
    ['protocols cut off', { ALPNProtocols: Buffer.from([5, 65]) }, 'ERR_INVALID_ARG_VALUE'],
    ['enableTrace', { enableTrace: 1 }, 'ERR_INVALID_ARG_TYPE'],
    ['pskCallback', { pskCallback: 1 }, 'ERR_INVALID_ARG_TYPE'],
  ]
  for (const [what, options, code] of wrong) {
    it(what, () => {
      assert.throws(() => tls.connect({ port: 1, ...options }), { code })
    })
  }

  it('those of a server', () => {
    const both = { ALPNProtocols: ['a'], ALPNCallback: () => 'a' }
    assert.throws(() => tls.createServer(both), { code: 'ERR_TLS_ALPN_CALLBACK_WITH_PROTOCOLS' })
    assert.throws(() => tls.createServer({ SNICallback: 1 as never }), { code: 'ERR_INVALID_ARG_TYPE' })
    assert.throws(() => tls.createServer({ handshakeTimeout: 'x' as never }), { code: 'ERR_INVALID_ARG_TYPE' })
    assert.throws(() => tls.createServer().addContext('', {}), { code: 'ERR_TLS_REQUIRED_SERVER_NAME' })
    assert.throws(() => new tls.TLSSocket(undefined, { isServer: true }).setServername('a'), {
      code: 'ERR_TLS_SNI_FROM_SERVER',
    })
  })
})

it('a certificate of RSA works as one of an elliptic curve', async t => {
  const rsa = makeCertificate({ name: 'localhost', altNames: ['DNS:localhost'], issuer: authority, keyType: 'rsa' })
  const { port } = await listen(t, { key: rsa.key, cert: rsa.cert }, socket => socket.end('rsa'))
  assert.equal(await textOf(connect(t, port)), 'rsa')
})
