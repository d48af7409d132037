// What is wrong with which certificate of a chain, in a sentence: one for each thing that can be wrong.

import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { nodeCertificateCrypto } from '../../../src/crypto/node/node-x509.ts'
import { Certificate } from '../../../src/tls/x509/certificate.ts'
import { maxPathDepth } from '../../../src/tls/x509/certificate-limits.ts'
import { Crl } from '../../../src/tls/x509/crl.ts'
import { verifyChain } from '../../../src/tls/x509/path/chain.ts'
import type { PathPolicy } from '../../../src/tls/x509/path/path-check.ts'
import { TrustedSet } from '../../../src/tls/x509/path/trusted-set.ts'
import type { VerifyCode } from '../../../src/tls/x509/path/verify-codes.ts'
import * as make from '../../support/certificates.ts'

const key = make.newKey()
const past = { notBefore: new Date('2023-01-01T00:00:00Z'), notAfter: new Date('2024-01-02T03:04:05Z') }
const future = { notBefore: new Date('2090-01-02T03:04:05Z'), notAfter: new Date('2091-01-01T00:00:00Z') }
const ca = [make.basicConstraints(true), make.keyUsage(5, 6)]

const root = authority('Root', undefined)
const middle = authority('Middle', root, { serial: 0x21 })

function authority(cn: string, issuer?: make.Issued, more: Partial<make.CertificateParts> = {}): make.Issued {
  return make.certificate({ subject: [['CN', cn]], key, issuer, serial: 0x11, extensions: ca, ...more })
}

function leaf(issuer: make.Issued | undefined, more: Partial<make.CertificateParts> = {}): make.Issued {
  return make.certificate({ subject: [['CN', 'x']], key, issuer, serial: 0x31, ...more })
}

interface Given {
  readonly chain: readonly make.Issued[]
  readonly roots?: readonly make.Issued[]
  readonly crls?: readonly { der: Buffer }[]
  readonly policy?: Partial<PathPolicy>
}

function explain({ chain, roots = [root], crls = [], policy }: Given, code: VerifyCode) {
  const trusted = new TrustedSet()
  for (const one of roots) trusted.add(new Certificate(one.der))
  for (const one of crls) trusted.addCrl(new Crl(one.der))
  const { problems } = verifyChain(
    chain.map(one => new Certificate(one.der)),
    trusted,
    { purpose: 'server', securityLevel: 1, allowPartialChain: false, ...policy },
    Date.now(),
    nodeCertificateCrypto,
  )
  const problem = problems.find(one => one.code === code)
  assert.ok(problem, `${code} is not among ${problems.map(one => one.code)}`)
  return [problem.depth, problem.explanation]
}

const X = '"CN=x" (serial 31)'
const MIDDLE = '"CN=Middle" (serial 21)'
const ROOT = '"CN=Root" (serial 11)'
const list = 'the revocation list of "CN=Root"'
const goodList = make.crl({ issuer: root })
const weakKey = make.newRsaKey(1024)
const unknown = make.extension('1.2.3.4', Buffer.from([5, 0]), true)

const cases: readonly [what: string, code: VerifyCode, given: Given, depth: number, explanation: string][] = [
  [
    'the issuer of the peer’s own is missing',
    'UNABLE_TO_GET_ISSUER_CERT_LOCALLY',
    { chain: [leaf(root)], roots: [] },
    0,
    `the issuer of ${X} is missing: "CN=Root" is neither trusted nor sent`,
  ],
  [
    'its signature cannot be checked',
    'UNABLE_TO_VERIFY_LEAF_SIGNATURE',
    { chain: [leaf(middle)] },
    0,
    `the signature of ${X} cannot be checked: its issuer "CN=Middle" is missing`,
  ],
  [
    'the issuer of an authority is missing',
    'UNABLE_TO_GET_ISSUER_CERT_LOCALLY',
    { chain: [leaf(middle), middle], roots: [] },
    1,
    `the issuer of ${MIDDLE} is missing: "CN=Root" is neither trusted nor sent`,
  ],
  [
    'it signed itself',
    'DEPTH_ZERO_SELF_SIGNED_CERT',
    { chain: [leaf(undefined)], roots: [] },
    0,
    `${X} is signed by itself, and is not among the trusted certificates`,
  ],
  [
    'the root that was sent is not trusted',
    'SELF_SIGNED_CERT_IN_CHAIN',
    { chain: [leaf(middle), middle, root], roots: [] },
    2,
    `${ROOT} is signed by itself, and is not among the trusted certificates`,
  ],
  ['it has expired', 'CERT_HAS_EXPIRED', { chain: [leaf(root, past)] }, 0, `${X} expired at 2024-01-02T03:04:05Z`],
  [
    'it is for later',
    'CERT_NOT_YET_VALID',
    { chain: [leaf(root, future)] },
    0,
    `${X} is valid from 2090-01-02T03:04:05Z on`,
  ],
  [
    'an authority has expired',
    'CERT_HAS_EXPIRED',
    { chain: [leaf(middle), authority('Middle', root, { serial: 0x21, ...past })] },
    1,
    `${MIDDLE} expired at 2024-01-02T03:04:05Z`,
  ],
  [
    'the trusted one has expired',
    'CERT_HAS_EXPIRED',
    { chain: [leaf(root)], roots: [authority('Root', undefined, past)] },
    1,
    `${ROOT} expired at 2024-01-02T03:04:05Z`,
  ],
  [
    'its signature is wrong',
    'CERT_SIGNATURE_FAILURE',
    { chain: [leaf(root, { isForged: true })] },
    0,
    `the signature of ${X} is not by the key of ${ROOT}`,
  ],
  [
    'who issued it is no authority',
    'INVALID_CA',
    { chain: [leaf(middle), authority('Middle', root, { serial: 0x21, extensions: [make.basicConstraints(false)] })] },
    1,
    `${MIDDLE} issued another, and is not a certificate authority`,
  ],
  [
    'an authority may have fewer below it',
    'PATH_LENGTH_EXCEEDED',
    {
      chain: [leaf(middle), middle],
      roots: [authority('Root', undefined, { extensions: [make.basicConstraints(true, 0), make.keyUsage(5, 6)] })],
    },
    2,
    `${ROOT} allows 0 authorities below it, and there are 1`,
  ],
  [
    'it is for something else',
    'INVALID_PURPOSE',
    { chain: [leaf(root, { extensions: [make.extKeyUsage(make.clientAuth)] })] },
    0,
    `${X} is not for server authentication`,
  ],
  [
    'an authority’s key is not for certificates',
    'KEYUSAGE_NO_CERTSIGN',
    {
      chain: [leaf(middle), middle],
      roots: [authority('Root', undefined, { extensions: [make.basicConstraints(true), make.keyUsage(6)] })],
    },
    2,
    `${ROOT} may not sign certificates`,
  ],
  [
    'a critical extension is not known',
    'UNHANDLED_CRITICAL_EXTENSION',
    { chain: [leaf(root, { extensions: [unknown] })] },
    0,
    `${X} has a critical extension that is not known: 1.2.3.4`,
  ],
  [
    'its key is weak',
    'EE_KEY_TOO_SMALL',
    { chain: [leaf(root, { key: weakKey })], policy: { securityLevel: 2 } },
    0,
    `the key of ${X} is too weak: rsa of 1024 bits`,
  ],
  [
    'an authority’s key is weak',
    'CA_KEY_TOO_SMALL',
    {
      chain: [leaf(authority('Root', undefined, { key: weakKey }))],
      roots: [authority('Root', undefined, { key: weakKey })],
      policy: { securityLevel: 2 },
    },
    1,
    `the key of ${ROOT} is too weak: rsa of 1024 bits`,
  ],
  [
    'its signature is by a weak digest',
    'CA_MD_TOO_WEAK',
    { chain: [leaf(root, { digest: 'sha1' })], policy: { securityLevel: 2 } },
    0,
    `the signature of ${X} is too weak: ec with sha1`,
  ],
  [
    'an authority may not certify its name',
    'PERMITTED_VIOLATION',
    {
      chain: [leaf(root, { extensions: [make.altNames(make.dns('a.test'))] })],
      roots: [authority('Root', undefined, { extensions: [...ca, make.nameConstraints([make.dns('example')])] })],
    },
    0,
    `${X} has a name that ${ROOT} may not certify`,
  ],
  [
    'it was revoked',
    'CERT_REVOKED',
    {
      chain: [leaf(root)],
      crls: [make.crl({ issuer: root, revoked: [0x31], thisUpdate: new Date('2024-01-02T03:04:05Z') })],
    },
    0,
    `${X} was revoked at 2024-01-02T03:04:05Z`,
  ],
  [
    'no list speaks of it',
    'UNABLE_TO_GET_CRL',
    { chain: [leaf(middle), middle], crls: [goodList] },
    0,
    `there is no revocation list of "CN=Middle" for ${X}`,
  ],
  [
    'the list has expired',
    'CRL_HAS_EXPIRED',
    { chain: [leaf(root)], crls: [make.crl({ issuer: root, nextUpdate: past.notAfter })] },
    0,
    `${list} expired at 2024-01-02T03:04:05Z`,
  ],
  [
    'the list is for later',
    'CRL_NOT_YET_VALID',
    {
      chain: [leaf(root)],
      crls: [make.crl({ issuer: root, thisUpdate: future.notBefore, nextUpdate: future.notAfter })],
    },
    0,
    `${list} is valid from 2090-01-02T03:04:05Z on`,
  ],
  [
    'the list’s signature is wrong',
    'CRL_SIGNATURE_FAILURE',
    { chain: [leaf(root)], crls: [make.crl({ issuer: root, isForged: true })] },
    0,
    `the signature of ${list} is not by the key of ${ROOT}`,
  ],
  [
    'the list has a critical extension that is not known',
    'UNHANDLED_CRITICAL_CRL_EXTENSION',
    { chain: [leaf(root)], crls: [make.crl({ issuer: root, extensions: [unknown] })] },
    0,
    `${list} has a critical extension that is not known: 1.2.3.4`,
  ],
]

describe('a sentence says that', () => {
  for (const [what, code, given, depth, explanation] of cases) {
    it(`${what} (${code})`, () => assert.deepEqual(explain(given, code), [depth, explanation]))
  }

  it('the chain is too long (CERT_CHAIN_TOO_LONG)', () => {
    const chain = [root]
    for (let depth = 1; depth < maxPathDepth + 3; depth++) chain.unshift(authority(`${depth}`, chain[0]))
    const [, explanation] = explain({ chain }, 'CERT_CHAIN_TOO_LONG')
    assert.match(String(explanation), /^no trusted certificate was reached before "CN=\d+" \(serial 11\)$/)
  })
})
