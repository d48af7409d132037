// Fields of certificates, held against the runtime's X509Certificate; what is malformed; limits.

import assert from 'node:assert/strict'
import { generateKeyPairSync, type KeyObject, X509Certificate } from 'node:crypto'
import { test } from 'node:test'
import * as tls from 'node:tls'
import { Certificate, internCertificate } from '../../../src/tls/x509/certificate.ts'
import {
  maxCertificateSize,
  maxCrlSize,
  maxExtensions,
  maxGeneralNames,
  maxNameAttributes,
} from '../../../src/tls/x509/certificate-limits.ts'
import { Crl } from '../../../src/tls/x509/crl.ts'
import { DerError } from '../../../src/tls/x509/der.ts'
import { describeName, readName } from '../../../src/tls/x509/names.ts'
import { parsePem } from '../../../src/tls/x509/pem.ts'
import { keySecurityBits } from '../../../src/tls/x509/public-key.ts'
import * as make from '../../support/certificates.ts'

const read = (parts: make.CertificateParts) => new Certificate(make.certificate(parts).der)
const subject: make.NameText = [['CN', 'x']]
const refused = (parts: make.CertificateParts, pattern?: RegExp) =>
  assert.throws(
    () => read(parts),
    (error: Error) => error instanceof DerError && (pattern?.test(error.message) ?? true),
  )

test('agrees with the runtime on every root that comes with it', () => {
  for (const pem of tls.rootCertificates) {
    const theirs = new X509Certificate(pem)
    const ours = new Certificate(theirs.raw)
    assert.equal(ours.notBefore, Date.parse(theirs.validFrom))
    assert.equal(ours.notAfter, Date.parse(theirs.validTo))
    assert.equal(BigInt(`0x${Buffer.from(ours.serialNumber).toString('hex')}`), BigInt(`0x${theirs.serialNumber}`))
    assert.equal(ours.isSelfSigned, true)
    assert.equal(ours.basicConstraints?.isCa, theirs.ca)
    assert.equal(ours.publicKey.type, theirs.publicKey.asymmetricKeyType)
    const { modulusLength } = theirs.publicKey.asymmetricKeyDetails ?? {}
    if (modulusLength) assert.equal(ours.publicKey.bits, modulusLength)
    assert.ok(theirs.publicKey.export({ format: 'der', type: 'spki' }).equals(ours.publicKey.der))
    assert.equal(parsePem(pem).length, 1)
  }
})

test('reads names of every kind', () => {
  const names = [
    make.dns('a.example'),
    make.email('me@example'),
    make.uri('https://example/'),
    make.ip(127, 0, 0, 1),
    make.directory([['CN', 'd']]),
    make.element(0x88, Buffer.of(42)),
    make.element(0xa0, make.oid('1.2.3'), make.element(0xa0, make.text('x'))),
  ]
  const { altNames } = read({ subject, extensions: [make.altNames(...names)] })
  assert.deepEqual(
    altNames.map(name => name.kind),
    ['dns', 'email', 'uri', 'ip', 'directory', 'registeredId', 'other'],
  )
})

test('reads keys of every kind, with their strength', () => {
  const ec = (namedCurve: string) => generateKeyPairSync('ec', { namedCurve }).privateKey
  const keys: [KeyObject, string, number][] = [
    [ec('P-256'), 'ec', 128],
    [ec('P-384'), 'ec', 192],
    [ec('P-521'), 'ec', 256],
    [ec('secp256k1'), 'ec', 128],
    [make.newRsaKey(1024), 'rsa', 80],
    [make.newRsaKey(2048), 'rsa', 112],
    [make.newRsaKey(1536), 'rsa', 96],
    [generateKeyPairSync('ed25519').privateKey, 'ed25519', 128],
  ]
  for (const [key, type, strength] of keys) {
    const { publicKey } = read({ subject, key, issuer: { subject, key: make.newKey() } })
    assert.deepEqual([publicKey.type, keySecurityBits(publicKey)], [type, strength])
  }
})

test('compares names without case and blanks, and nothing else', () => {
  const key = (...attributes: make.NameText) => readName(make.name(attributes)).key
  assert.equal(key(['O', 'A  b '], ['CN', 'c']), key(['O', ' a B', 0x13], ['CN', 'C']))
  assert.notEqual(key(['O', 'a'], ['CN', 'c']), key(['CN', 'c'], ['O', 'a']))
  assert.notEqual(key(['O', 'a,CN=c']), key(['O', 'a'], ['CN', 'c']))
  assert.notEqual(key(['O', 'a","2.5.4.3=c']), key(['O', 'a'], ['CN', 'c']))
  assert.notEqual(key(['O', 'ä']), key(['O', 'Ä']))
})

test('keeps control characters of a peer out of explanations', () => {
  assert.equal(describeName(readName(make.name([['CN', 'a\u001b[2J\nb']]))), 'CN=a?[2J?b')
  assert.equal(describeName(readName(make.sequence())), '(empty name)')
})

test('interns by bytes, in memory of its own', () => {
  const { der } = make.certificate({ subject })
  const bytes = Uint8Array.from(der)
  const one = internCertificate(bytes)
  assert.equal(internCertificate(der), one)
  bytes.fill(0)
  assert.deepEqual(Buffer.from(one.raw), der)
})

const basic = (...content: Uint8Array[]) => make.extension('2.5.29.19', make.sequence(...content))
const malformed: Record<string, make.CertificateParts> = {
  'an extension twice': { subject, extensions: [make.basicConstraints(true), make.basicConstraints(false)] },
  'a path length without an authority': { subject, extensions: [make.basicConstraints(false, 1)] },
  'a boolean of another form': { subject, extensions: [basic(make.element(0x01, Buffer.of(1)))] },
  'a negative path length': { subject, extensions: [basic(make.boolean(true), make.element(0x02, Buffer.of(0xff)))] },
  'an empty extended usage': { subject, extensions: [make.extKeyUsage()] },
  'a key usage that is no bit string': { subject, extensions: [make.extension('2.5.29.15', make.nothing)] },
  'bytes behind an extension': {
    subject,
    extensions: [make.extension('2.5.29.15', Buffer.concat([make.bits(Buffer.of(0x80), 7), make.nothing]))],
  },
  'a general name of no kind': { subject, extensions: [make.altNames(make.text('x', 0x8a))] },
  'extensions in version 1': { subject, version: 1, extensions: [make.basicConstraints(true)] },
}
for (const [title, parts] of Object.entries(malformed)) test(`refuses ${title}`, () => refused(parts))

test('refuses two signature algorithms', () => {
  const { der } = make.certificate({ subject })
  const at = der.lastIndexOf(Buffer.from('2a8648ce3d040302', 'hex'))
  der[at + 7] = 3
  assert.throws(() => new Certificate(der), /two signature algorithms/)
})

test('refuses more than the limits', () => {
  const many = (count: number) =>
    Array.from({ length: count }, (_, index) => make.extension(`1.3.${index}`, make.nothing))
  read({ subject, extensions: many(maxExtensions) })
  refused({ subject, extensions: many(maxExtensions + 1) }, /more than 128/)
  refused({ subject: Array.from({ length: maxNameAttributes + 1 }, () => ['O', 'x'] as const) }, /more than 128/)
  const names = (count: number) => [make.altNames(...Array.from({ length: count }, () => make.dns('a')))]
  read({ subject, extensions: names(maxGeneralNames) })
  refused({ subject, extensions: names(maxGeneralNames + 1) }, /more than 4096/)
  const large = [make.extension('1.2.3', make.octets(Buffer.alloc(maxCertificateSize)))]
  refused({ subject, extensions: large }, /more than 102400/)
  assert.throws(() => internCertificate(new Uint8Array(maxCertificateSize + 1)), DerError)
})

test('refuses every cut, and every change at any place gives a certificate or a DerError', () => {
  const extensions = [
    make.basicConstraints(true, 3),
    make.keyUsage(0, 5),
    make.extKeyUsage(make.serverAuth),
    make.altNames(make.dns('a'), make.ip(1, 2, 3, 4)),
    make.nameConstraints([make.dns('a')]),
  ]
  const { der } = make.certificate({ subject, extensions })
  for (let at = 0; at < der.length; at++) {
    assert.throws(() => new Certificate(der.subarray(0, at)), DerError)
    for (const bit of [1, 0x20, 0x80, 0xff]) {
      const changed = Buffer.from(der)
      changed[at] = (changed[at] ?? 0) ^ bit
      try {
        assert.ok(new Certificate(changed).raw)
      } catch (error) {
        assert.ok(error instanceof DerError, `${error} at ${at}`)
      }
    }
  }
})

test('reads revocation lists', () => {
  const issuer = make.certificate({ subject })
  const list = new Crl(make.crl({ issuer, revoked: [7, 300] }).der)
  assert.equal(list.size, 2)
  assert.ok(list.revocationOf(Uint8Array.of(7)))
  assert.ok(list.revocationOf(Uint8Array.of(1, 44)))
  assert.equal(list.revocationOf(Uint8Array.of(8)), undefined)
  const { der } = make.crl({ issuer, revoked: [7] })
  for (let at = 0; at < der.length; at++) assert.throws(() => new Crl(der.subarray(0, at)), DerError)
})

test('refuses a revocation list beyond the limit before it is read', () => {
  assert.throws(() => new Crl(new Uint8Array(maxCrlSize + 1)), /more than/)
})
