// The limits of src/tls/connection/limits.ts: each is reached, and then passed by one. maxGatheredBytes and lingerMs are tested with the
// connection that has them.

import assert from 'node:assert/strict'
import { once } from 'node:events'
import { describe, it } from 'node:test'
import {
  maxAddedIssuers,
  maxAuthorityNamesBytes,
  maxCachedSets,
  maxHelloBytes,
  maxPskBytes,
  maxPskHintBytes,
  maxPskIdentityBytes,
} from '../../../src/tls/connection/limits.ts'
import { readOffer } from '../../../src/tls/policy/client-offer.ts'
import { authorityNames, trustOf } from '../../../src/tls/policy/context-trust.ts'
import * as make from '../../support/certificates.ts'
import { configFor, pair, pump } from '../engine/pair.ts'
import { connect, failure, listen, secured } from '../pair.ts'

const key = make.newKey()
const authority = (cn: string, issuer?: make.Issued, length = 0) =>
  make.certificate({
    subject: length > 0 ? [['CN', cn.padEnd(length, '.')]] : [['CN', cn]],
    key,
    issuer,
    extensions: [make.basicConstraints(true)],
  })

describe('PSKs', () => {
  const psk = Buffer.alloc(maxPskBytes, 7)
  const options = { ciphers: 'PSK+HIGH', maxVersion: 'TLSv1.2' } as const
  const client = (given: object) => ({ ...options, checkServerIdentity: () => undefined, pskCallback: () => given })

  it('have maxPskBytes at most, and their identities maxPskIdentityBytes', async t => {
    const identity = 'i'.repeat(maxPskIdentityBytes)
    const { port } = await listen(t, { ...options, pskCallback: (_socket, name) => (name === identity ? psk : null) })
    assert.equal((await secured(connect(t, port, client({ psk, identity })))).authorized, true)
    const longer = Buffer.alloc(maxPskBytes + 1, 7)
    const tooMuch = [
      { psk: longer, identity },
      { psk, identity: `${identity}i` },
    ]
    for (const given of tooMuch) {
      const error = await failure(connect(t, port, client(given)))
      assert.equal(error.code, 'ERR_INVALID_ARG_VALUE')
      assert.match(error.message, /exceeds (256|128) bytes/)
    }
  })

  it('of a server too', async t => {
    const { port, server } = await listen(t, { ...options, pskCallback: () => Buffer.alloc(maxPskBytes + 1) })
    const told = once(server, 'tlsClientError')
    await failure(connect(t, port, client({ psk, identity: 'me' })))
    assert.equal(((await told)[0] as { code?: string }).code, 'ERR_INVALID_ARG_VALUE')
  })

  it('have hints of maxPskHintBytes at most', async t => {
    for (const size of [maxPskHintBytes, maxPskHintBytes + 1]) {
      const pskIdentityHint = 'h'.repeat(size)
      const { port, server } = await listen(t, { ...options, pskIdentityHint, pskCallback: () => psk })
      server.on('tlsClientError', () => {})
      const socket = connect(t, port, client({ psk, identity: 'me' }))
      if (size > maxPskHintBytes) await failure(socket)
      else await secured(socket)
    }
  })
})

describe('authorities', () => {
  it('are named to clients up to maxAuthorityNamesBytes, which both versions carry', () => {
    const size = 1000
    const many = Array.from({ length: 66 }, (_, index) => authority(`${index}`, undefined, size - 26))
    const bytesOf = (names: readonly Uint8Array[]) => names.reduce((sum, name) => sum + 2 + name.length, 0)
    const names = authorityNames({ ca: many.map(one => one.pem) })
    const [first] = names
    assert.ok(first && names.length < many.length)
    assert.ok(bytesOf(names) <= maxAuthorityNamesBytes && bytesOf([...names, first]) > maxAuthorityNamesBytes)
    // One more that just fits.
    const rest = maxAuthorityNamesBytes - bytesOf(names)
    const certificateAuthorities = [...names, new Uint8Array(rest - 2).fill(0x30)]
    assert.equal(bytesOf(certificateAuthorities), maxAuthorityNamesBytes)
    for (const maxVersion of [0x0303, 0x0304] as const) {
      const server = configFor('server', 'ec256', { maxVersion, requestCert: true, certificateAuthorities })
      const both = pair(configFor('client'), server)
      pump(both)
      assert.equal(both.server.engine.isHandshakeDone, true, String(both.server.error?.cause ?? both.client.error))
    }
  })

  it('make a chain of maxAddedIssuers for a certificate that comes alone', async t => {
    const chain = [authority('Root')]
    for (let depth = 1; depth <= maxAddedIssuers + 1; depth++) chain.push(authority(`${depth}`, chain.at(-1)))
    const leaf = make.certificate({
      subject: [['CN', 'localhost']],
      key,
      issuer: chain.at(-1),
      extensions: [make.altNames(make.dns('localhost'))],
    })
    const { port } = await listen(t, { key: leaf.keyPem, cert: leaf.pem, ca: chain.map(one => one.pem) })
    const socket = await secured(connect(t, port, { ca: chain[0]?.pem, rejectUnauthorized: false }))
    let length = 0
    for (let one = socket.getPeerX509Certificate(); one !== undefined; one = one.issuerCertificate) length++
    assert.equal(length, 1 + maxAddedIssuers)
    assert.equal(socket.authorized, false)
  })

  it('are kept as sets, maxCachedSets of them: the oldest goes', () => {
    const [first, ...others] = Array.from({ length: maxCachedSets }, (_, index) => ({ ca: authority(`${index}`).pem }))
    assert.ok(first)
    const set = trustOf(first)
    for (const one of others) trustOf(one)
    assert.equal(trustOf(first), set)
    trustOf({ ca: authority('one more').pem })
    assert.notEqual(trustOf(first), set)
  })
})

it('a ClientHello is waited for up to maxHelloBytes', () => {
  // Records of a message that says it is 2^24 bytes long.
  const records = Buffer.alloc(maxHelloBytes + 1)
  for (let at = 0; at + 5 <= records.length; at += 5 + 16379) {
    records.set([22, 3, 1, 16379 >> 8, 16379 & 0xff], at)
    if (at === 0) records.set([1, 0xff, 0xff, 0xff], 5)
  }
  assert.equal(readOffer(records.subarray(0, maxHelloBytes)), 'incomplete')
  assert.equal(readOffer(records), 'unreadable')
})
