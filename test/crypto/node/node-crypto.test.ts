// The runtime's cryptography as a provider: what it keeps, and what it refuses instead of throwing.

import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { P256, P384, P521, X25519 } from '../../../src/crypto/named-groups.ts'
import { MAX_KEPT_KEYS, nodeCrypto } from '../../../src/crypto/node/node-crypto.ts'
import { signatureSchemes } from '../../../src/crypto/signature-schemes.ts'
import * as make from '../../support/certificates.ts'

const key = make.newKey()
const certificate = (cn: string) => make.certificate({ subject: [['CN', cn]], key }).der

describe('keys of certificates', () => {
  test('are kept, MAX_KEPT_KEYS of them: the oldest goes', () => {
    const [first = assert.fail(), ...others] = Array.from({ length: MAX_KEPT_KEYS }, (_, index) =>
      certificate(`${index}`),
    )
    const kept = nodeCrypto.certificateKey(first)
    for (const one of others) nodeCrypto.certificateKey(one)
    assert.equal(nodeCrypto.certificateKey(first), kept)
    nodeCrypto.certificateKey(certificate('one more'))
    assert.notEqual(nodeCrypto.certificateKey(first), kept)
  })

  test('are none where there is no certificate, or one cut at any place', () => {
    const whole = certificate('x')
    for (let size = 0; size < whole.length; size += 7) {
      assert.equal(nodeCrypto.certificateKey(whole.subarray(0, size)), undefined)
    }
  })
})

describe('shares that are none', () => {
  const bad: Readonly<Record<string, (size: number) => Uint8Array>> = {
    zeroes: size => new Uint8Array(size),
    ones: size => new Uint8Array(size).fill(0xff),
    'nothing at all': () => new Uint8Array(0),
    'one byte short': size => new Uint8Array(size - 1).fill(4),
    'one byte long': size => new Uint8Array(size + 1).fill(4),
    'no point of the curve': size => new Uint8Array(size).fill(4),
  }
  const curves = [P256, P384, P521]
  for (const group of nodeCrypto.groups) {
    for (const [what, make] of Object.entries(bad)) {
      // Any bytes but a few are a share of X25519's and X448's.
      if (!curves.includes(group) && (what === 'ones' || what === 'no point of the curve')) continue
      test(`${group.name}: ${what}`, () => {
        assert.equal(nodeCrypto.generateKeyShare(group).agree(make(group.serverShareSize)), undefined)
        assert.equal(nodeCrypto.answerKeyShare(group, make(group.clientShareSize)), undefined)
      })
    }
  }

  test('points of small order give all zeroes: RFC 7748 section 6.1', () => {
    const one = new Uint8Array(32)
    one[0] = 1
    const ofOrder8 = Buffer.from('e0eb7a7c3b41b8ae1656e3faf19fc46ada098deb9c32b1fd866205165f49b800', 'hex')
    for (const point of [one, ofOrder8]) {
      assert.equal(nodeCrypto.generateKeyShare(X25519).agree(point), undefined)
      assert.equal(nodeCrypto.answerKeyShare(X25519, point), undefined)
    }
  })

  test('compressed points are not taken: RFC 8446 section 4.2.8.2', () => {
    const { publicKey } = nodeCrypto.generateKeyShare(P256)
    const compressed = Uint8Array.of(2 + ((publicKey[64] ?? 0) & 1), ...publicKey.subarray(1, 33))
    assert.equal(nodeCrypto.generateKeyShare(P256).agree(compressed), undefined)
    assert.equal(nodeCrypto.answerKeyShare(P256, compressed), undefined)
  })
})

test('a signature by another key, of other data, or by another scheme is false, never thrown', () => {
  const own = nodeCrypto.certificateKey(certificate('x'))
  const other = nodeCrypto.certificateKey(make.certificate({ subject: [['CN', 'y']] }).der)
  assert.ok(own && other)
  const data = Uint8Array.of(1, 2, 3)
  const pkcs8 = key.export({ format: 'der', type: 'pkcs8' })
  const [scheme = assert.fail()] = signatureSchemes
  const signature = nodeCrypto.sign(scheme, nodeCrypto.importPrivateKey(pkcs8), data)
  assert.equal(nodeCrypto.verify(scheme, own, data, signature), true)
  assert.equal(nodeCrypto.verify(scheme, other, data, signature), false)
  assert.equal(nodeCrypto.verify(scheme, own, Uint8Array.of(1, 2), signature), false)
  for (const bytes of [new Uint8Array(0), new Uint8Array(1000), signature.subarray(1)]) {
    assert.equal(nodeCrypto.verify(scheme, own, data, bytes), false)
  }
  // That a scheme fits a key's kind is the engine's to say.
  for (const one of signatureSchemes) {
    if (one.hash !== 'sha256' && one.keyType === 'ec') assert.equal(nodeCrypto.verify(one, own, data, signature), false)
  }
})
