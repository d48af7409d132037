// One form of a host: in SNI, in what a certificate must name, and in whom a session belongs to.

import assert from 'node:assert/strict'
import { once } from 'node:events'
import net from 'node:net'
import { describe, it, type TestContext } from 'node:test'
import tls from '../../../src/tls/index.ts'
import { canonicalHost } from '../../../src/tls/policy/canonical-host.ts'
import { readOffer } from '../../../src/tls/policy/client-offer.ts'
import { authority, makeCertificate } from '../certificates.ts'
import { connect, failure, listen, secured } from '../pair.ts'

describe('the canonical form of', () => {
  for (const [given, expected] of [
    ['a.example', 'a.example'],
    ['A.Example', 'a.example'],
    ['a.example.', 'a.example'],
    ['BÜCHER.example', 'xn--bcher-kva.example'],
    ['a。example', 'a.example'],
    ['XN--bcher-kva.example', 'xn--bcher-kva.example'],
    ['127.0.0.1', '127.0.0.1'],
    ['１２７.0.0.1', '127.0.0.1'],
    ['::1', '::1'],
    ['[::1]', '::1'],
    ['0:0:0:0:0:0:0:1', '::1'],
    ['2001:DB8::0001', '2001:db8::1'],
    ['fe80::1%eth0', 'fe80::1%eth0'],
    // Other spellings of numbers, and what is more than a name, are what they are.
    ['127.1', '127.1'],
    ['0x7f000001', '0x7f000001'],
    ['a.example/b', 'a.example/b'],
    ['%61.example', '%61.example'],
    ['', ''],
  ] as const) {
    it(JSON.stringify(given), () => assert.equal(canonicalHost(given), expected))
  }
})

const own = makeCertificate({
  name: 'x',
  altNames: ['DNS:a.example', 'DNS:xn--bcher-kva.example', 'IP:127.0.0.1'],
  issuer: authority,
})
const spellings = [
  ['a.example', 'A.Example', 'a.example.', 'a。example'],
  ['bücher.example', 'BÜCHER.example', 'xn--bcher-kva.example', 'XN--BCHER-KVA.example.'],
]

/** The name in the first record that a client sends. */
async function nameOnTheWire(t: TestContext, options: object): Promise<string | undefined> {
  const server = net.createServer()
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  t.after(() => server.close())
  const { port } = server.address() as net.AddressInfo
  const socket = tls.connect({ host: '127.0.0.1', port, ...options })
  socket.on('error', () => {})
  const [peer] = (await once(server, 'connection')) as [net.Socket]
  const [bytes] = (await once(peer, 'data')) as [Buffer]
  socket.destroy()
  peer.destroy()
  const offer = readOffer(bytes)
  assert.ok(typeof offer === 'object')
  return offer.serverName
}

for (const [canonical = '', ...others] of spellings.map(([first, ...rest]) => [
  canonicalHost(String(first)),
  first,
  ...rest,
])) {
  describe(`every spelling of ${canonical}`, () => {
    for (const servername of others as string[]) {
      it(`asks for it, is certified by it, and resumes its session: ${servername}`, async t => {
        assert.equal(await nameOnTheWire(t, { servername }), canonical)
        const { port } = await listen(t, { key: own.key, cert: own.cert }, socket => socket.resume())
        const first = connect(t, port, { servername: canonical })
        const [session] = (await once(first, 'session')) as [Buffer]
        const second = await secured(connect(t, port, { servername, session }))
        assert.deepEqual([second.authorized, second.isSessionReused()], [true, true])
      })
    }
  })
}

it('setServername() takes every spelling too', async t => {
  const raw = new net.Server().listen(0, '127.0.0.1')
  await once(raw, 'listening')
  t.after(() => raw.close())
  const stream = net.connect((raw.address() as net.AddressInfo).port, '127.0.0.1')
  t.after(() => stream.destroy())
  const [peer] = (await once(raw, 'connection')) as [net.Socket]
  const socket = new tls.TLSSocket(stream, {})
  socket.on('error', () => {})
  socket.setServername('A.Example.')
  socket.write('x')
  const [bytes] = (await once(peer, 'data')) as [Buffer]
  assert.equal((readOffer(bytes) as { serverName: string }).serverName, 'a.example')
  peer.destroy()
})

it('an address is no name to ask for, however it is written', () => {
  for (const servername of ['127.0.0.1', '[::1]', '１２７.0.0.1', '0:0::1']) {
    assert.throws(() => tls.connect({ port: 1, servername }), { code: 'ERR_INVALID_ARG_VALUE' })
  }
})

it('a number that is no address in its usual form is certified by no address, and by no name that looks like one', async t => {
  const named = makeCertificate({ name: 'x', altNames: ['DNS:127.0.0.1', 'IP:127.0.0.1'], issuer: authority })
  const { port } = await listen(t, { key: named.key, cert: named.cert })
  for (const host of ['127.1', '0x7f.0.0.1', '2130706433']) {
    const lookup = (_name: string, _options: object, done: (e: null, a: object[]) => void) =>
      done(null, [{ address: '127.0.0.1', family: 4 }])
    const error = await failure(connect(t, port, { host, lookup, servername: undefined, autoSelectFamily: true }))
    assert.equal(error.code, 'ERR_TLS_CERT_ALTNAME_INVALID')
  }
})
