// One name for all: what is looked up, sent, found, resumed and checked is the same host, however it is written; and TLS begins
// with the first byte of whatever connection it gets.

import assert from 'node:assert/strict'
import { once } from 'node:events'
import { describe, it } from 'node:test'
import net from '../../src/net/index.ts'
import tls from '../../src/tls/index.ts'
import { authority, makeCertificate } from './certificates.ts'
import { connect, failure, listen, secured, textOf } from './pair.ts'

describe('a name in capitals', () => {
  it('is sent, found and checked as the same in small letters', async t => {
    const names: unknown[] = []
    const one = makeCertificate({ name: 'One.Example', altNames: ['DNS:ONE.example'], issuer: authority })
    const { port, server } = await listen(t, {}, socket => names.push(socket.servername))
    server.addContext('*.eXample', tls.createSecureContext({ key: one.key, cert: one.cert }))
    for (const servername of ['one.example', 'ONE.EXAMPLE', 'oNe.eXample']) {
      const [socket] = await Promise.all([secured(connect(t, port, { servername })), once(server, 'secureConnection')])
      assert.equal(socket.authorized, true, servername)
    }
    assert.deepEqual(
      names.map(name => String(name).toLowerCase()),
      ['one.example', 'one.example', 'one.example'],
    )
    assert.equal(
      (await failure(connect(t, port, { servername: 'ONE.example.org' }))).code,
      'ERR_TLS_CERT_ALTNAME_INVALID',
    )
  })
})

describe('an address that is not written as an address', () => {
  it('is no name that a certificate could have', async t => {
    // The resolver takes these for 127.0.0.1; a certificate for that address is none for them, nor one with such names.
    const odd = makeCertificate({
      name: '127.1',
      altNames: ['DNS:*.1', 'DNS:0x7f.0.0.1', 'IP:127.0.0.1'],
      issuer: authority,
    })
    const { port } = await listen(t, { key: odd.key, cert: odd.cert })
    for (const host of ['127.1', '2130706433', '0177.0.0.1', '127.0.0.1\0.example']) {
      const lookup = (_host: string, options: { all?: boolean }, done: (...args: unknown[]) => void) =>
        options.all ? done(null, [{ address: '127.0.0.1', family: 4 }]) : done(null, '127.0.0.1', 4)
      const open = () => connect(t, port, { host, servername: undefined, lookup })
      // Some are refused as arguments: that is as well.
      const error = await new Promise<{ code?: string }>((resolve, reject) => {
        try {
          failure(open()).then(resolve, reject)
        } catch (thrown) {
          resolve(thrown as { code?: string })
        }
      })
      assert.match(String(error.code), /^ERR_(TLS_CERT_ALTNAME_INVALID|INVALID_ARG_VALUE)$/, host)
    }
  })
})

describe('a host with several addresses', () => {
  it('gets TLS on the connection that stands, and nothing in clear on any', async t => {
    const texts: string[] = []
    const { port } = await listen(t, {}, async socket => texts.push(await textOf(socket)))
    const seen: Buffer[] = []
    const relay = net.createServer(socket => {
      const onward = net.connect(port, '127.0.0.1')
      socket.on('data', (chunk: Buffer) => seen.push(chunk))
      socket.pipe(onward).pipe(socket)
      for (const one of [socket, onward]) one.on('error', () => {})
      t.after(() => socket.destroy())
      t.after(() => onward.destroy())
    })
    relay.listen(0, '127.0.0.1')
    await once(relay, 'listening')
    t.after(() => relay.close())
    // Nobody listens at the first two.
    const addresses = [
      { address: '::1', family: 6 },
      { address: '127.0.0.2', family: 4 },
      { address: '127.0.0.1', family: 4 },
    ]
    const lookup = (_host: string, _options: unknown, done: (...args: unknown[]) => void) => done(null, addresses)
    const socket = tls.connect({
      host: 'localhost',
      port: (relay.address() as { port: number }).port,
      ca: authority.cert,
      lookup,
      autoSelectFamily: true,
      autoSelectFamilyAttemptTimeout: 50,
    } as object)
    t.after(() => socket.destroy())
    socket.end('the secret')
    await once(socket, 'close')
    const all = Buffer.concat(seen)
    assert.deepEqual([...all.subarray(0, 2)], [22, 3])
    assert.equal(all.includes('the secret'), false)
    assert.deepEqual(texts, ['the secret'])
    assert.equal(socket.authorized, true)
  })
})
