// Paths, each judged by ours and by the runtime's TLS: the same code and the same message.

import assert from 'node:assert/strict'
import { test } from 'node:test'
import { nodeCertificateCrypto } from '../../../../src/crypto/node/node-x509.ts'
import { Certificate } from '../../../../src/tls/x509/certificate.ts'
import { Crl } from '../../../../src/tls/x509/crl.ts'
import { verifyChain } from '../../../../src/tls/x509/path/chain.ts'
import type { PathPolicy, PathVerdict } from '../../../../src/tls/x509/path/path-check.ts'
import { TrustedSet } from '../../../../src/tls/x509/path/trusted-set.ts'
import { nodeCode, verifyMessages } from '../../../../src/tls/x509/path/verify-codes.ts'
import * as make from '../../../support/certificates.ts'
import { runtimeVerdict, type ShownChain } from '../runtime-verdict.ts'

const day = 86_400_000
const past = new Date(Date.now() - day)
const future = new Date(Date.now() + 10 * day)
/** OpenSSL's default since 3.2. */
const securityLevel = Number(process.versions.openssl.split('.')[1]) >= 2 ? 2 : 1

function authority(cn: string, issuer?: make.Issued, more: Partial<make.CertificateParts> = {}): make.Issued {
  const extensions = more.extensions ?? [make.basicConstraints(true), make.keyUsage(5, 6)]
  return make.certificate({
    subject: [
      ['O', 'Example'],
      ['CN', cn],
    ],
    issuer,
    ...more,
    extensions,
  })
}

function leaf(issuer: make.CertificateParts['issuer'], more: Partial<make.CertificateParts> = {}): make.Issued {
  const extensions = more.extensions ?? [make.altNames(make.dns('a.example'))]
  return make.certificate({ subject: [['CN', 'a.example']], issuer, ...more, extensions })
}

function ourVerdict(shown: ShownChain, policy: Partial<PathPolicy> = {}): PathVerdict {
  const trusted = new TrustedSet()
  for (const one of shown.trusted) trusted.add(new Certificate(one.der))
  for (const text of shown.crls ?? [])
    trusted.addCrl(new Crl(Buffer.from(text.replace(/-----[^-]+-----/g, ''), 'base64')))
  const chain = shown.chain.map(one => new Certificate(one.der))
  const { purpose = 'server', allowPartialTrustChain: allowPartialChain = false } = shown
  return verifyChain(
    chain,
    trusted,
    { purpose, securityLevel, allowPartialChain, ...policy },
    Date.now(),
    nodeCertificateCrypto,
  )
}

const root = authority('Root')
const otherRoot = authority('Other Root')
const middle = authority('Middle', root)
const lower = authority('Lower', middle)
const good = leaf(middle)
const { serverAuth, clientAuth } = make
const anyUsage = '2.5.29.37.0'

function constrained(
  names: Uint8Array,
  extensions: readonly Uint8Array[],
  subject: make.NameText = [['CN', 'x']],
): ShownChain {
  const top = authority('Constrained', root, { extensions: [make.basicConstraints(true), names] })
  return { chain: [make.certificate({ subject, issuer: top, extensions }), top], trusted: [root] }
}

const serials = { leaf: 77, middle: 78 }
const numbered = authority('Numbered', root, { serial: serials.middle })
const numberedLeaf = leaf(numbered, { serial: serials.leaf })
const noCrlSign = authority('No lists', undefined, { extensions: [make.basicConstraints(true), make.keyUsage(5)] })
const rootList = make.crl({ issuer: root }).pem
const revocation = (...crls: string[]): ShownChain => ({ chain: [numberedLeaf, numbered], trusted: [root], crls })
const distribution = (...content: Uint8Array[]) => make.extension('2.5.29.28', make.sequence(...content), true)
const yes = Buffer.of(0xff)
const reason = (isCritical: boolean) => make.extension('2.5.29.21', make.element(0x0a, Buffer.of(1)), isCritical)

const chains: Record<string, ShownChain> = {
  'a chain of three': { chain: [good, middle], trusted: [root] },
  'a chain that holds its root': { chain: [good, middle, root], trusted: [root] },
  'a chain in disorder': { chain: [leaf(lower), root, middle, lower], trusted: [root] },
  'a chain with strangers in it': { chain: [good, otherRoot, middle], trusted: [root] },
  'a trusted certificate of the peer': { chain: [leaf(undefined)], trusted: [] },
  'the same, trusted': (own => ({ chain: [own], trusted: [own] }))(leaf(undefined)),
  'a trusted leaf of an unknown authority': { chain: [good], trusted: [good] },
  'the same, where partial chains will do': { chain: [good], trusted: [good], allowPartialTrustChain: true },
  'a trusted intermediate': { chain: [good], trusted: [middle] },
  'a trusted intermediate where partial chains will do': {
    chain: [good],
    trusted: [middle],
    allowPartialTrustChain: true,
  },
  'a missing intermediate': { chain: [good], trusted: [root] },
  'an unknown root': { chain: [good, middle, root], trusted: [otherRoot] },
  'a missing root': { chain: [good, middle], trusted: [otherRoot] },
  'nothing trusted': { chain: [good, middle], trusted: [] },
  'an expired leaf': { chain: [leaf(middle, { notAfter: past, notBefore: new Date(0) }), middle], trusted: [root] },
  'a leaf of tomorrow': { chain: [leaf(middle, { notBefore: future }), middle], trusted: [root] },
  'an expired leaf that signs itself': { chain: [leaf(undefined, { notAfter: past })], trusted: [root] },
  'an expired leaf without its issuer': { chain: [leaf(middle, { notAfter: past })], trusted: [root] },
  'an expired intermediate': (one => ({ chain: [leaf(one), one], trusted: [root] }))(
    authority('Old', root, { notAfter: past }),
  ),
  'an expired root': (one => ({ chain: [leaf(one)], trusted: [one] }))(
    authority('Old root', undefined, { notAfter: past }),
  ),
  'a valid issuer behind an expired one of the same name': (old => ({
    chain: [good, old, middle],
    trusted: [root],
  }))(authority('Middle', root, { notAfter: past, key: middle.key })),
  'a forged signature': { chain: [leaf(middle, { isForged: true }), middle], trusted: [root] },
  'a forged intermediate': (one => ({ chain: [leaf(one), one], trusted: [root] }))(
    authority('M', root, { isForged: true }),
  ),
  'an issuer of the same name with another key': { chain: [leaf(authority('Root'))], trusted: [root] },
  'names that differ in case and blanks': {
    chain: [
      leaf({
        subject: [
          ['O', ' EXAMPLE '],
          ['CN', 'roOT', 0x13],
        ],
        key: root.key,
      }),
    ],
    trusted: [root],
  },
  'an authority without basic constraints': (one => ({ chain: [leaf(one), one], trusted: [root] }))(
    authority('No CA', root, { extensions: [] }),
  ),
  'a leaf that issues': (one => ({ chain: [leaf(one), one], trusted: [root] }))(
    authority('Leaf', root, { extensions: [make.basicConstraints(false)] }),
  ),
  'an authority that may not sign': (one => ({ chain: [leaf(one), one], trusted: [root] }))(
    authority('No sign', root, { extensions: [make.basicConstraints(true), make.keyUsage(6)] }),
  ),
  'a root of version 1': (one => ({ chain: [leaf(one)], trusted: [one] }))(
    authority('V1', undefined, { version: 1, extensions: [] }),
  ),
  'an intermediate of version 1': (one => ({ chain: [leaf(one), one], trusted: [root] }))(
    authority('V1', root, { version: 1, extensions: [] }),
  ),
  'a path length that is kept': (one => ({ chain: [leaf(one), one], trusted: [root] }))(
    authority('Short', root, { extensions: [make.basicConstraints(true, 0)] }),
  ),
  'a path length that is passed': (() => {
    const short = authority('Short', root, { extensions: [make.basicConstraints(true, 0)] })
    const below = authority('Below', short)
    return { chain: [leaf(below), below, short], trusted: [root] }
  })(),
  'a path length of the root': (() => {
    const short = authority('Short root', undefined, { extensions: [make.basicConstraints(true, 0)] })
    const below = authority('Below', short)
    return { chain: [leaf(below), below], trusted: [short] }
  })(),
  'an unknown critical extension': {
    chain: [leaf(middle, { extensions: [make.extension('1.2.3.4', make.nothing, true)] }), middle],
    trusted: [root],
  },
  'an unknown extension': {
    chain: [leaf(middle, { extensions: [make.extension('1.2.3.4', make.nothing)] }), middle],
    trusted: [root],
  },
  'server usage': { chain: [leaf(middle, { extensions: [make.extKeyUsage(serverAuth)] }), middle], trusted: [root] },
  'client usage at a server': {
    chain: [leaf(middle, { extensions: [make.extKeyUsage(clientAuth)] }), middle],
    trusted: [root],
  },
  'any usage': { chain: [leaf(middle, { extensions: [make.extKeyUsage(anyUsage)] }), middle], trusted: [root] },
  'a client': { chain: [good, middle], trusted: [root], purpose: 'client' },
  'client usage at a client': {
    chain: [leaf(middle, { extensions: [make.extKeyUsage(clientAuth)] }), middle],
    trusted: [root],
    purpose: 'client',
  },
  'server usage at a client': {
    chain: [leaf(middle, { extensions: [make.extKeyUsage(serverAuth)] }), middle],
    trusted: [root],
    purpose: 'client',
  },
  'a client without its issuer': { chain: [good], trusted: [root], purpose: 'client' },
  'an authority for clients only': (one => ({ chain: [leaf(one), one], trusted: [root] }))(
    authority('Clients', root, { extensions: [make.basicConstraints(true), make.extKeyUsage(clientAuth)] }),
  ),
  'a key for signatures only': { chain: [leaf(middle, { extensions: [make.keyUsage(0)] }), middle], trusted: [root] },
  'names within': constrained(make.nameConstraints([make.dns('example')]), [make.altNames(make.dns('a.example'))]),
  'names outside': constrained(make.nameConstraints([make.dns('example')]), [make.altNames(make.dns('a.test'))]),
  'a name that ends alike': constrained(make.nameConstraints([make.dns('example')]), [
    make.altNames(make.dns('anexample')),
  ]),
  'excluded names': constrained(make.nameConstraints([], [make.dns('.example')]), [
    make.altNames(make.dns('a.example')),
  ]),
  'a common name outside': constrained(make.nameConstraints([make.dns('example')]), [], [['CN', 'a.test']]),
  'addresses within': constrained(make.nameConstraints([make.ip(10, 0, 0, 0, 255, 0, 0, 0)]), [
    make.altNames(make.ip(10, 1, 2, 3)),
  ]),
  'addresses outside': constrained(make.nameConstraints([make.ip(10, 0, 0, 0, 255, 0, 0, 0)]), [
    make.altNames(make.ip(11, 1, 2, 3)),
  ]),
  'a mailbox within': constrained(make.nameConstraints([make.email('example')]), [
    make.altNames(make.email('me@Example')),
  ]),
  'a mailbox outside': constrained(make.nameConstraints([make.email('example')]), [
    make.altNames(make.email('me@a.example')),
  ]),
  'a mailbox of the subject outside': constrained(
    make.nameConstraints([make.email('.example')]),
    [],
    [['emailAddress', 'me@example']],
  ),
  'a resource within': constrained(make.nameConstraints([make.uri('.example')]), [
    make.altNames(make.uri('https://a.example/x')),
  ]),
  'a resource outside': constrained(make.nameConstraints([make.uri('.example')]), [
    make.altNames(make.uri('https://example:8/')),
  ]),
  'a resource without a host': constrained(make.nameConstraints([make.uri('.example')]), [
    make.altNames(make.uri('urn:x')),
  ]),
  'a subject within': constrained(
    make.nameConstraints([make.directory([['O', 'Example']])]),
    [],
    [
      ['O', 'EXAMPLE'],
      ['CN', 'x'],
    ],
  ),
  'a subject outside': constrained(make.nameConstraints([make.directory([['O', 'Example']])]), [], [['CN', 'x']]),
  'a constraint of an unknown kind': constrained(make.nameConstraints([make.element(0x88, Buffer.of(42))]), [
    make.altNames(make.element(0x88, Buffer.of(42))),
  ]),
  'not revoked': revocation(rootList, make.crl({ issuer: numbered }).pem),
  revoked: revocation(rootList, make.crl({ issuer: numbered, revoked: [5, serials.leaf] }).pem),
  'a revoked authority': revocation(
    make.crl({ issuer: root, revoked: [serials.middle] }).pem,
    make.crl({ issuer: numbered }).pem,
  ),
  'no list of the issuer': revocation(rootList),
  'no list of the root': revocation(make.crl({ issuer: numbered }).pem),
  'an expired list': revocation(
    rootList,
    make.crl({ issuer: numbered, nextUpdate: past, thisUpdate: new Date(0) }).pem,
  ),
  'a list of tomorrow': revocation(rootList, make.crl({ issuer: numbered, thisUpdate: future }).pem),
  'a forged list': revocation(rootList, make.crl({ issuer: numbered, isForged: true }).pem),
  'a list with an unknown critical extension': revocation(
    rootList,
    make.crl({ issuer: numbered, extensions: [make.extension('1.2.3.4', make.nothing, true)] }).pem,
  ),
  'a list whose number is critical': revocation(
    rootList,
    make.crl({ issuer: numbered, extensions: [make.extension('2.5.29.20', make.integer(1), true)] }).pem,
  ),
  'a list with an entry whose reason is critical': revocation(
    rootList,
    make.crl({ issuer: numbered, revoked: [5], entryExtensions: [reason(true)] }).pem,
  ),
  'a list with a number and a reason': revocation(
    rootList,
    make.crl({
      issuer: numbered,
      revoked: [5],
      entryExtensions: [reason(false)],
      extensions: [make.extension('2.5.29.20', make.integer(1))],
    }).pem,
  ),
  'a list for authorities only': revocation(
    rootList,
    make.crl({ issuer: numbered, extensions: [distribution(make.element(0x82, yes))] }).pem,
  ),
  'a list for users only': revocation(
    rootList,
    make.crl({ issuer: numbered, extensions: [distribution(make.element(0x81, yes))] }).pem,
  ),
  'a list by who may not sign lists': {
    chain: [leaf(noCrlSign)],
    trusted: [noCrlSign],
    crls: [make.crl({ issuer: noCrlSign }).pem],
  },
  'RSA of 2048 bits': (one => ({ chain: [leaf(one), one], trusted: [root] }))(
    authority('RSA', root, { key: make.newRsaKey() }),
  ),
  'RSA of 1024 bits': { chain: [leaf(middle, { key: make.newRsaKey(1024) }), middle], trusted: [root] },
  'an authority with RSA of 1024 bits': (one => ({ chain: [leaf(one), one], trusted: [root] }))(
    authority('RSA', root, { key: make.newRsaKey(1024) }),
  ),
  'an authority with RSA of 768 bits': (one => ({ chain: [leaf(one), one], trusted: [root] }))(
    authority('RSA', root, { key: make.newRsaKey(768) }),
  ),
  'a leaf signed with SHA-1': { chain: [leaf(middle, { digest: 'sha1' }), middle], trusted: [root] },
  'a root signed with SHA-1': (one => ({ chain: [leaf(one)], trusted: [one] }))(
    authority('SHA-1', undefined, { digest: 'sha1' }),
  ),
}

for (const [title, shown] of Object.entries(chains)) {
  test(`the runtime agrees on ${title}`, async t => {
    const { allowPartialTrustChain } = shown
    if (allowPartialTrustChain && Number.parseInt(process.versions.node, 10) < 22) {
      assert.deepEqual(ourVerdict(shown).problems, [])
      t.skip('the runtime does not know allowPartialTrustChain')
      return
    }
    const { code, message } = await runtimeVerdict(shown)
    // Newer ones go on with advice about an option of the runtime's.
    const wanted = { code, message: message?.replace(/; if the root CA.*/, '') }
    const verdict = ourVerdict(shown)
    const last = verdict.problems.at(-1)
    const ours = { code: last && nodeCode(last.code), message: last && verifyMessages[last.code] }
    assert.deepEqual(
      ours,
      wanted,
      verdict.problems.map(one => `${one.code} at ${one.depth}: ${one.explanation}`).join('\n'),
    )
  })
}
