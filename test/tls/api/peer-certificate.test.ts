// Legacy certificate objects, held against those of the runtime's own TLS.

import assert from 'node:assert/strict'
import { X509Certificate } from 'node:crypto'
import { test } from 'node:test'
import { legacyCertificate } from '../../../src/tls/api/peer-certificate.ts'
import { peerX509Certificate } from '../../../src/tls/api/socket-facts.ts'
import { Certificate } from '../../../src/tls/x509/certificate.ts'
import { TrustedSet } from '../../../src/tls/x509/path/trusted-set.ts'
import * as make from '../../support/certificates.ts'
import { runtimePeerCertificate } from '../x509/runtime-verdict.ts'

const extensions = [make.basicConstraints(true), make.keyUsage(5)]
const root = make.certificate({
  subject: [
    ['C', 'DE'],
    ['O', 'Example'],
    ['CN', 'Root'],
  ],
  extensions,
})
const middle = make.certificate({ subject: [['CN', 'Middle']], issuer: root, key: make.newRsaKey(), extensions })
const infoAccess = make.extension(
  '1.3.6.1.5.5.7.1.1',
  make.sequence(make.sequence(make.oid('1.3.6.1.5.5.7.48.1'), make.uri('http://ocsp.example/'))),
)
const leaf = make.certificate({
  subject: [
    ['O', 'one'],
    ['O', 'two'],
    ['CN', 'a.example'],
  ],
  issuer: middle,
  extensions: [
    make.altNames(make.dns('a.example'), make.dns('b, DNS:c'), make.ip(127, 0, 0, 1), make.uri('https://x/')),
    make.extKeyUsage(make.serverAuth, make.clientAuth),
    infoAccess,
  ],
})

const self = make.certificate({ subject: [['CN', 'self']] })

const cases: Record<string, { chain: make.Issued[]; trusted: make.Issued[] }> = {
  'a whole chain': { chain: [leaf, middle, root], trusted: [root] },
  'a chain that ends among the trusted': { chain: [leaf, middle], trusted: [root] },
  'a chain with a stranger': { chain: [leaf, self, middle], trusted: [root] },
  'a certificate without an issuer': { chain: [leaf], trusted: [root] },
  'a certificate whose issuers are all trusted': { chain: [leaf], trusted: [root, middle] },
  'a root': { chain: [self], trusted: [] },
}

for (const [title, { chain, trusted }] of Object.entries(cases)) {
  test(`${title} is shown as the runtime shows it`, async () => {
    const set = new TrustedSet()
    for (const one of trusted) set.add(new Certificate(one.der))
    const ders = chain.map(one => one.der)
    for (const isDetailed of [false, true]) {
      const theirs = await runtimePeerCertificate({ chain, trusted }, isDetailed)
      assert.deepEqual(legacyCertificate(ders, isDetailed, set, Date.now()), theirs)
    }
  })
}

test('a chain in disorder is followed to its end, where the runtime may stop early', () => {
  type Shown = { subject: { CN: string }; issuerCertificate?: Shown }
  const shown = legacyCertificate([leaf.der, root.der, middle.der], true) as Shown
  const top = shown.issuerCertificate?.issuerCertificate
  assert.equal(top?.subject.CN, 'Root')
  assert.equal(top?.issuerCertificate, top)
})

test('what is no certificate behind the own one is passed over: a peer may send anything', () => {
  const noise = Buffer.from('no certificate')
  assert.deepEqual(legacyCertificate([leaf.der, noise], false), legacyCertificate([leaf.der], false))
  assert.deepEqual(
    legacyCertificate([leaf.der, noise, middle.der], true),
    legacyCertificate([leaf.der, middle.der], true),
  )
  const backend = { peerChain: [leaf.der, noise] } as never
  const shown = peerX509Certificate({ backend } as never)
  assert.equal(shown?.subject, new X509Certificate(leaf.der).subject)
  assert.equal(shown?.issuerCertificate, undefined)
})
