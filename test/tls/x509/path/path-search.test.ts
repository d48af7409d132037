// Other paths, where OpenSSL's has a problem: which are found, which are refused all the same, and what the search may cost.

import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import type { CertificateCrypto } from '../../../../src/crypto/certificate-crypto.ts'
import { nodeCertificateCrypto } from '../../../../src/crypto/node/node-x509.ts'
import { Certificate } from '../../../../src/tls/x509/certificate.ts'
import {
  maxNameComparisons,
  maxSearchCandidates,
  maxSearchedPaths,
  maxSearchSignatures,
} from '../../../../src/tls/x509/certificate-limits.ts'
import { Crl } from '../../../../src/tls/x509/crl.ts'
import { verifyChain } from '../../../../src/tls/x509/path/chain.ts'
import type { PathPolicy } from '../../../../src/tls/x509/path/path-check.ts'
import { searchPaths } from '../../../../src/tls/x509/path/path-search.ts'
import { TrustedSet } from '../../../../src/tls/x509/path/trusted-set.ts'
import * as make from '../../../support/certificates.ts'

type Issuer = Pick<make.Issued, 'subject' | 'key'>

const day = 86_400_000
const ended = { notBefore: new Date(0), notAfter: new Date(Date.now() - day) }
const ca = [make.basicConstraints(true), make.keyUsage(5, 6)]

function authority(cn: string, issuer?: Issuer, more: Partial<make.CertificateParts> = {}): make.Issued {
  return make.certificate({ subject: [['CN', cn]], issuer, extensions: ca, ...more })
}

function leafOf(issuer: Issuer, more: Partial<make.CertificateParts> = {}): make.Issued {
  const extensions = [make.altNames(make.dns('a.example'))]
  return make.certificate({ subject: [['CN', 'x']], issuer, extensions, ...more })
}

const root = authority('Root')
const unknownRoot = authority('Unknown Root')
const crossKey = make.newKey()
/** The same authority, certified by another. */
const cross = (issuer: Issuer, more: Partial<make.CertificateParts> = {}) =>
  authority('Cross', issuer, { key: crossKey, ...more })
const leaf = leafOf({ subject: [['CN', 'Cross']], key: crossKey })

interface Given {
  readonly roots?: readonly make.Issued[]
  readonly crls?: readonly { der: Buffer }[]
  readonly policy?: Partial<PathPolicy>
}

function judge(chain: readonly make.Issued[], { roots = [root], crls = [], policy }: Given = {}) {
  const trusted = new TrustedSet()
  for (const one of roots) trusted.add(new Certificate(one.der))
  for (const one of crls) trusted.addCrl(new Crl(one.der))
  const crypto = counting()
  const verdict = verifyChain(
    chain.map(one => new Certificate(one.der)),
    trusted,
    { purpose: 'server', securityLevel: 1, allowPartialChain: false, ...policy },
    Date.now(),
    crypto,
  )
  return { codes: verdict.problems.map(one => one.code), path: verdict.path, checks: crypto.checks }
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

describe('another path is taken', () => {
  const otherWays: Readonly<Record<string, make.Issued>> = {
    'leads to an authority that is not trusted': cross(unknownRoot),
    'has a certificate whose issuer is missing': cross({ subject: [['CN', 'Nobody']], key: make.newKey() }),
    'has a signature that is not right': cross(root, { isForged: true }),
    'is for another purpose': cross(root, { extensions: [...ca, make.extKeyUsage(make.clientAuth)] }),
    'has name constraints that are not met': cross(root, {
      extensions: [...ca, make.nameConstraints([make.dns('b.example')])],
    }),
    'has a critical extension that is not known': cross(root, {
      extensions: [...ca, make.extension('1.2.3.4', make.nothing, true)],
    }),
    'has an authority that is none': cross(root, { extensions: [make.basicConstraints(false)] }),
    'has a weak signature': cross(root, { digest: 'sha1' }),
  }
  for (const [title, bad] of Object.entries(otherWays)) {
    test(`where OpenSSL's ${title}`, () => {
      const alone = judge([leaf, bad]).codes
      assert.notDeepEqual(alone, [])
      const good = cross(root)
      const { codes, path } = judge([leaf, bad, good])
      assert.deepEqual(codes, [])
      assert.deepEqual(
        path.map(one => Buffer.from(one.raw)),
        [leaf.der, good.der, root.der],
      )
    })
  }

  test('where the dead end comes later, and through a bridge between authorities that certify each other', () => {
    const [a, b] = [authority('A', root), authority('B', unknownRoot)] as const
    const aByB = authority('A', b, { key: a.key })
    const bByA = authority('B', a, { key: b.key })
    const lower = authority('Lower', a)
    const chain = [leafOf(lower), lower, aByB, b, bByA, a]
    const { codes, path } = judge(chain)
    assert.deepEqual(codes, [])
    assert.equal(path.length, 4)
  })

  test('where a certificate of the path was revoked, and another of the same authority was not', () => {
    const revoked = cross(root, { serial: 77 })
    const other = cross(root, { serial: 78 })
    const crls = [make.crl({ issuer: root, revoked: [77] }), make.crl({ issuer: { ...other, subject: other.subject } })]
    assert.deepEqual(judge([leaf, revoked], { crls }).codes, ['CERT_REVOKED'])
    assert.deepEqual(judge([leaf, revoked, other], { crls }).codes, [])
    assert.deepEqual(
      judge([leaf, revoked, other], { crls: [make.crl({ issuer: root, revoked: [77, 78] }), ...crls.slice(1)] }).codes,
      ['CERT_REVOKED'],
    )
  })

  test('to a trusted certificate that is no root, only where that is allowed', () => {
    const inner = authority('Inner', unknownRoot)
    const chain = [leaf, cross({ subject: [['CN', 'Nobody']], key: make.newKey() }), cross(inner)]
    const roots = [inner]
    assert.deepEqual(judge(chain, { roots, policy: { allowPartialChain: true } }).codes, [])
    assert.equal(judge(chain, { roots }).codes.at(0), 'UNABLE_TO_GET_ISSUER_CERT_LOCALLY')
  })
})

describe("the first path's problems stand", () => {
  test('where every path has one', () => {
    const constrained = cross(root, { extensions: [...ca, make.nameConstraints([make.dns('b.example')])] })
    const { codes } = judge([leaf, cross(unknownRoot), constrained, cross(root, ended)])
    assert.deepEqual(codes, ['UNABLE_TO_GET_ISSUER_CERT_LOCALLY'])
  })

  test("where they are the peer's own certificate's, and nothing else is looked for", () => {
    const extensions = [make.extKeyUsage(make.clientAuth)]
    for (const more of [ended, { extensions }, { notBefore: new Date(Date.now() + day) }]) {
      const own = leafOf({ subject: [['CN', 'Cross']], key: crossKey }, more)
      const { codes, checks } = judge([own, cross(unknownRoot), cross(root)])
      assert.equal(codes.length > 0, true)
      // Of the one path that was judged.
      assert.equal(checks, 1)
    }
  })

  test('where the other path ends in a root that the peer alone vouches for', () => {
    const impostor = authority('Root', undefined)
    assert.notDeepEqual(judge([leaf, cross(unknownRoot), cross(impostor), impostor]).codes, [])
  })

  test('where the signature on the other path is forged, at any place of it', () => {
    const middle = authority('Middle', root)
    const good = [cross(unknownRoot), cross(middle), middle] as const
    assert.deepEqual(judge([leaf, ...good]).codes, [])
    assert.notDeepEqual(judge([leaf, good[0], cross(middle, { isForged: true }), middle]).codes, [])
    const forged = authority('Middle', root, { key: middle.key, isForged: true })
    assert.notDeepEqual(judge([leaf, good[0], good[1], forged]).codes, [])
    const forgedLeaf = leafOf({ subject: [['CN', 'Cross']], key: crossKey }, { isForged: true })
    assert.notDeepEqual(judge([forgedLeaf, ...good]).codes, [])
  })
})

describe('what a search costs', () => {
  const options = (intermediates: readonly make.Issued[], crypto: CertificateCrypto, roots = [root]) => {
    const trusted = new TrustedSet()
    for (const one of roots) trusted.add(new Certificate(one.der))
    const certificates = intermediates.map(one => new Certificate(one.der))
    return { intermediates: certificates, trusted, now: Date.now(), allowPartialChain: false, crypto }
  }

  test('no more signatures than maxSearchSignatures, whatever the candidates are called', () => {
    // Of one name, each with a key of its own, so that each has to be tried.
    const many = Array.from({ length: maxSearchSignatures + 1 }, () => authority('Cross', unknownRoot))
    const good = cross(root)
    const own = new Certificate(leaf.der)
    const crypto = counting()
    assert.equal([...searchPaths(own, options([...many.slice(3), good], crypto))].length, 1)
    const last = counting()
    assert.equal([...searchPaths(new Certificate(leaf.der), options([...many, good], last))].length, 0)
    assert.equal(last.checks, maxSearchSignatures)
  })

  test('no more candidates than maxSearchCandidates, where all authorities have certified all others', () => {
    // Each of so many authorities was certified by each other one: the ways among them are their permutations.
    const found = (size: number) => {
      const names = Array.from(
        { length: size },
        (_, index) => ({ subject: [['CN', `${index}`]], key: crossKey }) as const,
      )
      const mesh = names.flatMap(one =>
        names.filter(other => other !== one).map(other => make.certificate({ ...one, issuer: other, extensions: ca })),
      )
      const first = names[0] as Issuer
      const own = new Certificate(leafOf(first).der)
      const way = make.certificate({ ...first, issuer: root, extensions: ca })
      return [...searchPaths(own, options([...mesh, way], { verify: () => true }))].length
    }
    assert.equal(found(4) > 0, true)
    // Some 6 million ways, at a dozen candidates each: it would take minutes.
    assert.ok(factorial(10) > maxSearchCandidates)
    assert.equal(found(10), 0)
  })

  test('no more paths than maxSearchedPaths', () => {
    // Seven authorities above each other, each certified twice over.
    const chain: make.Issued[] = []
    let issuer = root
    for (const cn of ['7', '6', '5', '4', '3', '2', 'Cross']) {
      const key = make.newKey()
      const again = Array.from({ length: 2 }, () => authority(cn, issuer, { key }))
      chain.push(...again)
      issuer = again[0] as make.Issued
    }
    assert.ok(2 ** 7 > maxSearchedPaths)
    const paths = [...searchPaths(new Certificate(leafOf(issuer).der), options(chain, counting()))]
    assert.equal(paths.length, maxSearchedPaths)
  })

  test('no more name comparisons than maxNameComparisons over all paths', () => {
    const trees = 1024
    const many = (count: number, name: string) => Array.from({ length: count }, () => make.dns(name))
    const constraints = (name: string) => make.nameConstraints(many(trees, name))
    // Two paths of refused names and one that is good; the first two use the comparisons up, or leave enough.
    const judgeNames = (names: number) => {
      const own = leafOf(
        { subject: [['CN', 'Cross']], key: crossKey },
        { extensions: [make.altNames(...many(names, 'a.example'))] },
      )
      const wrong = () => cross(root, { extensions: [...ca, constraints('b.example')] })
      return judge([own, wrong(), wrong(), cross(root, { extensions: [...ca, constraints('example')] })]).codes
    }
    // The subject counts as a name; the first path is met twice.
    const most = Math.floor(maxNameComparisons / trees / 4)
    assert.deepEqual(judgeNames(most - 1), [])
    assert.deepEqual(judgeNames(most), ['PERMITTED_VIOLATION'])
  })
})

function factorial(n: number): number {
  return n < 2 ? 1 : n * factorial(n - 1)
}
