import assert from 'node:assert/strict'
import { test } from 'node:test'
import { createSecureContext } from '../../../src/tls/api/secure-context.ts'
import { trustOf } from '../../../src/tls/policy/context-trust.ts'
import { setDefaultCACertificates } from '../../../src/tls/policy/trust-store.ts'
import { Certificate } from '../../../src/tls/x509/certificate.ts'
import { DerError } from '../../../src/tls/x509/der.ts'
import * as make from '../../support/certificates.ts'

const root = make.certificate({ subject: [['CN', 'Root']], extensions: [make.basicConstraints(true)] })
const other = make.certificate({ subject: [['CN', 'Other']], extensions: [make.basicConstraints(true)] })
const names = (set: ReturnType<typeof trustOf>) =>
  set.certificates.map(one => one.subject.key.replace(/.*=|"\]$/g, '').toLowerCase())

test('authorities are read from text and bytes, several in one, and junk is nothing', () => {
  assert.deepEqual(names(trustOf({ ca: root.pem + other.pem })), ['root', 'other'])
  assert.deepEqual(names(trustOf({ ca: [Buffer.from(root.pem), other.pem, 'junk'] })), ['root', 'other'])
  assert.deepEqual(names(trustOf({ ca: [] })), [])
  assert.deepEqual(names(trustOf({ ca: 'junk' })), [])
})

test("OpenSSL's form of a trusted certificate is read, unless more is said of what it is trusted for", () => {
  const trusted = (der: Buffer) => names(trustOf({ ca: make.pem('TRUSTED CERTIFICATE', der) }))
  assert.deepEqual(trusted(root.der), ['root'])
  assert.deepEqual(trusted(Buffer.concat([root.der, make.sequence(make.sequence(make.oid(make.clientAuth)))])), [])
})

test('an authority can be added to a context, besides what it trusts already', () => {
  const added = (options: object) => {
    const { context } = createSecureContext(options)
    context.addCACert(other.pem)
    return names(trustOf(context.options))
  }
  assert.deepEqual(added({ ca: root.pem }), ['root', 'other'])
  assert.ok(added({}).length > 50)
})

test('the same options share a set, and others do not', () => {
  assert.equal(trustOf({ ca: root.pem }), trustOf({ ca: [Buffer.from(root.pem)] }))
  assert.notEqual(trustOf({ ca: root.pem }), trustOf({ ca: other.pem }))
  const { pem } = make.crl({ issuer: root })
  assert.equal(trustOf({ ca: root.pem, crl: pem }), trustOf({ ca: root.pem, crl: [pem] }))
  assert.notEqual(trustOf({ ca: root.pem, crl: pem }), trustOf({ ca: root.pem }))
  assert.equal(trustOf({ ca: root.pem }).hasCrls, false)
  assert.equal(trustOf({ ca: root.pem, crl: pem }).hasCrls, true)
})

test('a revocation list that is none is refused', () => {
  for (const crl of ['junk', root.pem, '-----BEGIN X509 CRL-----\nAAAA\n-----END X509 CRL-----']) {
    assert.throws(() => trustOf({ ca: root.pem, crl }), DerError)
  }
})

test('without authorities the default ones count, as they are now', () => {
  const before = trustOf({})
  assert.equal(trustOf({ ca: undefined }), before)
  assert.ok(before.certificates.length > 50)
  setDefaultCACertificates([root.pem])
  const after = trustOf({})
  assert.ok(after.has(new Certificate(root.der)))
  assert.equal(after.certificates.length, 1)
})
