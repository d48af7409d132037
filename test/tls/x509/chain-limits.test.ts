// Long, wide and circular chains, and what is kept of verified ones.

import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { CertificateCrypto } from '../../../src/crypto/certificate-crypto.ts'
import { nodeCertificateCrypto } from '../../../src/crypto/node/node-x509.ts'
import { Certificate, internCertificate } from '../../../src/tls/x509/certificate.ts'
import {
  maxCachedCertificateBytes,
  maxCachedCertificates,
  maxCachedVerdicts,
  maxIssuerCandidates,
  maxNameComparisons,
  maxPathDepth,
  maxPeerIntermediates,
} from '../../../src/tls/x509/certificate-limits.ts'
import { Crl } from '../../../src/tls/x509/crl.ts'
import { verifyChain } from '../../../src/tls/x509/path/chain.ts'
import type { PathVerdict } from '../../../src/tls/x509/path/path-check.ts'
import { TrustedSet } from '../../../src/tls/x509/path/trusted-set.ts'
import * as make from '../../support/certificates.ts'

const key = make.newKey()
const day = 86_400_000
const policy = { purpose: 'server', securityLevel: 1, allowPartialChain: false } as const

function authority(
  cn: string,
  issuer?: Pick<make.Issued, 'subject' | 'key'>,
  more: Partial<make.CertificateParts> = {},
) {
  const extensions = [make.basicConstraints(true)]
  return make.certificate({ subject: [['CN', cn]], key, issuer, extensions, ...more })
}

function counting(): CertificateCrypto & { checks: number } {
  return {
    checks: 0,
    verify(...args) {
      this.checks++
      return nodeCertificateCrypto.verify(...args)
    },
  }
}

function judge(chain: readonly make.Issued[], roots: readonly make.Issued[], crypto = counting()) {
  const trusted = new TrustedSet()
  for (const one of roots) trusted.add(new Certificate(one.der))
  const certificates = chain.map(one => new Certificate(one.der))
  const verdict = verifyChain(certificates, trusted, policy, Date.now(), crypto)
  return { verdict, codes: codesOf(verdict), crypto, trusted, certificates }
}

const codesOf = ({ problems }: PathVerdict) => problems.map(one => one.code)

const longChain = (length: number, root: make.Issued) => {
  const chain = [root]
  for (let depth = 1; depth < length; depth++) chain.unshift(authority(`${depth}`, chain[0]))
  return chain
}

test('a path may be as long as the limit, and no longer', () => {
  const root = authority('Root')
  const fits = longChain(maxPathDepth + 1, root)
  assert.deepEqual(judge(fits, [root]).codes, [])
  const tooLong = judge(longChain(maxPathDepth + 3, root), [root])
  assert.deepEqual(tooLong.codes, ['CERT_CHAIN_TOO_LONG'])
  // Nothing was checked for a chain that leads nowhere.
  assert.equal(tooLong.crypto.checks, 0)
})

test('authorities that certify each other end, and are told as a missing issuer', () => {
  const [a, b] = [
    { subject: [['CN', 'A']], key },
    { subject: [['CN', 'B']], key },
  ] as const
  const circle = [make.certificate({ subject: [['CN', 'x']], issuer: a }), authority('A', b), authority('B', a)]
  const { codes, crypto } = judge(circle, [authority('Root')])
  assert.deepEqual(codes, ['UNABLE_TO_GET_ISSUER_CERT_LOCALLY'])
  assert.ok(crypto.checks <= 2)
})

test('many issuers of one name cost one signature', () => {
  const root = authority('Root')
  const many = Array.from({ length: 300 }, (_, index) => authority('Middle', root, { serial: index + 1 }))
  const leaf = make.certificate({ subject: [['CN', 'x']], issuer: { subject: [['CN', 'Middle']], key } })
  const { codes, crypto } = judge([leaf, ...many], [root])
  assert.deepEqual(codes, [])
  assert.equal(crypto.checks, 2)
})

test('no more candidates of one name are weighed than the limit', () => {
  const root = authority('Root')
  const old = { notBefore: new Date(0), notAfter: new Date(Date.now() - day) }
  const expired = Array.from({ length: maxIssuerCandidates }, (_, index) =>
    authority('Root', undefined, { ...old, serial: index + 1 }),
  )
  const leaf = make.certificate({ subject: [['CN', 'x']], issuer: root })
  assert.deepEqual(judge([leaf], [...expired.slice(1), root]).codes, [])
  assert.deepEqual(judge([leaf], [...expired, root]).codes, ['CERT_HAS_EXPIRED'])
})

test('a good path is kept until something in it ends, or trust changes', () => {
  const root = authority('Root')
  const leaf = make.certificate({ subject: [['CN', 'x']], issuer: root, notAfter: new Date(Date.now() + day) })
  const { verdict, trusted, certificates, crypto } = judge([leaf], [root])
  const again = (now: number, purpose: 'server' | 'client' = 'server') =>
    verifyChain(certificates, trusted, { ...policy, purpose }, now, crypto)
  assert.equal(again(Date.now()), verdict)
  assert.notEqual(again(Date.now(), 'client'), verdict)
  assert.deepEqual(codesOf(again(Date.now() + 2 * day)), ['CERT_HAS_EXPIRED'])
  assert.deepEqual(codesOf(again(Date.now() - 2 * day)), ['CERT_NOT_YET_VALID', 'CERT_NOT_YET_VALID'])
  // The signature of the same certificate by the same key is checked once.
  assert.equal(crypto.checks, 1)
  trusted.addCrl(
    new Crl(
      make.crl({
        issuer: root,
        revoked: [Number(`0x${Buffer.from(certificates[0]?.serialNumber ?? []).toString('hex')}`)],
      }).der,
    ),
  )
  assert.deepEqual(codesOf(again(Date.now())).at(-1), 'CERT_REVOKED')
})

test('a bad path is judged anew', () => {
  const root = authority('Root')
  const leaf = make.certificate({ subject: [['CN', 'x']], issuer: root })
  const { codes, trusted, certificates, crypto } = judge([leaf], [])
  assert.deepEqual(codes, ['UNABLE_TO_GET_ISSUER_CERT_LOCALLY', 'UNABLE_TO_VERIFY_LEAF_SIGNATURE'])
  trusted.add(new Certificate(root.der))
  assert.deepEqual(codesOf(verifyChain(certificates, trusted, policy, Date.now(), crypto)), [])
})

test('explanations say which certificate, and what is wrong with it', () => {
  const root = authority('Root')
  const expired = make.certificate({
    subject: [
      ['O', 'Example'],
      ['CN', 'x'],
    ],
    issuer: root,
    serial: 77,
    notAfter: new Date('2024-01-02T03:04:05Z'),
    notBefore: new Date('2023-01-01T00:00:00Z'),
  })
  const [problem] = judge([expired], [root]).verdict.problems
  assert.equal(problem?.explanation, '"O=Example, CN=x" (serial 4D) expired at 2024-01-02T03:04:05Z')
  const [missing] = judge([expired], []).verdict.problems
  assert.equal(
    missing?.explanation,
    'the issuer of "O=Example, CN=x" (serial 4D) is missing: "CN=Root" is neither trusted nor sent',
  )
})

test('names times constraints beyond maxNameComparisons are not compared, and the path is refused', () => {
  const many = (count: number, name: string) => Array.from({ length: count }, () => make.dns(name))
  const judgeNames = (names: number, trees: number) => {
    const constraints = make.nameConstraints(many(trees, 'example'))
    const root = authority('Root', undefined, { extensions: [make.basicConstraints(true), constraints] })
    const extensions = [make.altNames(...many(names, 'a.example'))]
    return judge([make.certificate({ subject: [['CN', 'x']], issuer: root, extensions })], [root]).codes
  }
  // The subject counts as a name.
  const trees = 1024
  const names = maxNameComparisons / trees
  assert.deepEqual(judgeNames(names - 1, trees), [])
  assert.deepEqual(judgeNames(names, trees), ['UNSPECIFIED'])
})

test('maxNameComparisons is for a whole path: many authorities have no more of them than one', () => {
  const many = (count: number, name: string) => Array.from({ length: count }, () => make.dns(name))
  const constraints = make.nameConstraints(many(512, 'example'))
  const judgePath = (names: number) => {
    const root = authority('Root')
    let issuer = root
    const chain: make.Issued[] = []
    for (const cn of ['one', 'two']) {
      issuer = authority(cn, issuer, { extensions: [make.basicConstraints(true), constraints] })
      chain.unshift(issuer)
    }
    const extensions = [make.altNames(...many(names, 'a.example'))]
    return judge([make.certificate({ subject: [['CN', 'x']], issuer, extensions }), ...chain], [root]).codes
  }
  // The second authority has a name too, and so has the subject.
  const most = maxNameComparisons / 512
  assert.deepEqual(judgePath((most - 1) / 2 - 1), [])
  assert.deepEqual(judgePath(most / 2), ['UNSPECIFIED'])
})

test('of what a peer sends, no more is looked at than the limit', () => {
  const root = authority('Root')
  const middle = authority('Middle', root)
  const leaf = make.certificate({ subject: [['CN', 'x']], issuer: middle })
  const strangers = Array.from({ length: maxPeerIntermediates }, (_, index) => authority(`${index}`, root))
  assert.deepEqual(judge([leaf, ...strangers.slice(1), middle], [root]).codes, [])
  assert.equal(judge([leaf, ...strangers, middle], [root]).codes[0], 'UNABLE_TO_GET_ISSUER_CERT_LOCALLY')
})

/** Certificates that differ in their serial number alone: nobody has to have signed them to be read. */
function variants(der: Uint8Array, count: number): Uint8Array[] {
  const { serialNumber } = new Certificate(der)
  const at = Buffer.from(der).indexOf(Buffer.from(serialNumber)) + serialNumber.length - 2
  return Array.from({ length: count }, (_, i) => {
    const bytes = Buffer.from(der)
    bytes.writeUInt16BE((bytes.readUInt16BE(at) + i + 1) & 0xffff, at)
    return bytes
  })
}

test('certificates are kept up to maxCachedCertificates: the one that was not asked for longest goes', () => {
  const { der } = authority('kept')
  const kept = internCertificate(der)
  const others = variants(der, maxCachedCertificates)
  for (const other of others.slice(1)) internCertificate(other)
  assert.equal(internCertificate(der), kept)
  for (const other of others) internCertificate(other)
  assert.notEqual(internCertificate(der), kept)
})

test('certificates are kept up to maxCachedCertificateBytes', () => {
  const { der } = authority('kept')
  const kept = internCertificate(der)
  const padding = make.extension('1.2.3.4', Buffer.alloc(80 * 1024))
  const large = make.certificate({ subject: [['CN', 'large']], key, extensions: [padding] }).der
  const most = Math.floor((maxCachedCertificateBytes - der.length) / large.length)
  const others = variants(large, most + 1)
  for (const other of others.slice(1)) internCertificate(other)
  assert.equal(internCertificate(der), kept)
  for (const other of others) internCertificate(other)
  assert.notEqual(internCertificate(der), kept)
})

test('verdicts are kept up to maxCachedVerdicts: the oldest goes', () => {
  const root = authority('root')
  const leaf = make.certificate({ subject: [['CN', 'leaf']], key, issuer: root })
  const { verdict, crypto, trusted, certificates } = judge([leaf], [root])
  assert.deepEqual(codesOf(verdict), [])
  const again = (...more: Certificate[]) => verifyChain([...certificates, ...more], trusted, policy, Date.now(), crypto)
  assert.equal(again(), verdict)
  for (const other of variants(leaf.der, maxCachedVerdicts)) again(internCertificate(other))
  assert.notEqual(again(), verdict)
})
