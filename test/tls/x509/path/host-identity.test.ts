import assert from 'node:assert/strict'
import { X509Certificate } from 'node:crypto'
import { test } from 'node:test'
import * as tls from 'node:tls'
import fc from 'fast-check'
import { checkServerIdentity, isNamed } from '../../../../src/tls/policy/identity.ts'
import { Certificate } from '../../../../src/tls/x509/certificate.ts'
import { isCertificateFor, matchesName } from '../../../../src/tls/x509/path/host-identity.ts'
import * as make from '../../../support/certificates.ts'

const key = make.newKey()
const certificate = (subject: make.NameText, ...names: Buffer[]) =>
  make.certificate({ subject, key, extensions: names.length > 0 ? [make.altNames(...names)] : [] })
const isFor = (issued: make.Issued, name: string) =>
  isCertificateFor(new Certificate(issued.der), { kind: 'name', name })

test('names that look like others in text are what they are', () => {
  // The forms of CVE-2021-44532 and CVE-2021-44533.
  const injected = certificate([['CN', 'x']], make.dns('a.test, DNS:b.test'))
  assert.equal(isFor(injected, 'b.test'), false)
  assert.equal(isFor(certificate([['CN', 'x']], make.uri('https://x/, DNS:b.test')), 'b.test'), false)
  assert.equal(isFor(certificate([['O', 'x\nCN=b.test']]), 'b.test'), false)
  assert.equal(isFor(certificate([['CN', 'x']], make.dns('b.test\0.a.test')), 'b.test'), false)
  // CVE-2021-44531: a URI is no host name.
  assert.equal(isFor(certificate([['CN', 'x']], make.uri('https://b.test/')), 'b.test'), false)
})

test('a common name counts where there is no DNS name', () => {
  assert.equal(isFor(certificate([['CN', 'b.test']]), 'b.test'), true)
  assert.equal(isFor(certificate([['CN', 'b.test']], make.ip(1, 2, 3, 4)), 'b.test'), true)
  assert.equal(isFor(certificate([['CN', 'b.test']], make.dns('c.test')), 'b.test'), false)
})

test('addresses are bytes, and only addresses', () => {
  const ours = new Certificate(certificate([['CN', '1.2.3.4']], make.ip(1, 2, 3, 5), make.dns('1.2.3.6')).der)
  const check = (...bytes: number[]) => isCertificateFor(ours, { kind: 'address', bytes: Uint8Array.from(bytes) })
  assert.deepEqual([check(1, 2, 3, 5), check(1, 2, 3, 4), check(1, 2, 3, 6)], [true, false, false])
})

test('wildcards stand for one label, or a part of it, and never below a top-level domain', () => {
  const cases: [string, string, boolean][] = [
    ['a.b.test', '*.b.test', true],
    ['a.b.test', '*.B.test.', true],
    ['b.test', '*.b.test', false],
    ['a.a.b.test', '*.b.test', false],
    ['b.test', '*.test', false],
    ['axb.b.test', 'a*b.b.test', true],
    ['ab.b.test', 'a*b.b.test', true],
    ['a.b.test', 'a*a.b.test', false],
    ['a.b.test', '**.b.test', false],
    ['a.b.test', 'a.*.test', false],
    ['xn--a.b.test', 'xn--*.b.test', false],
    ['a..test', '*..test', false],
    ['', '', false],
  ]
  for (const [host, pattern, expected] of cases)
    assert.equal(matchesName(host, pattern), expected, `${host} ${pattern}`)
})

const label = fc.constantFrom('a', 'b', 'A', 'xn--4ca', '*', 'a*', '*a', '', 'test', '\u0000', ',', '"', ' ', 'ä', '1')
/** What newer runtimes turn into A-labels and addresses first, older ones do not: hosts are without it. */
const hostLabel = fc.constantFrom('a', 'b', 'A', 'xn--4ca', 'test', 'ab', '')
const askedName = fc
  .array(hostLabel, { maxLength: 4 })
  .map(labels => labels.join('.'))
  .filter(name => !name.endsWith('..'))
const hostName = fc.array(label, { maxLength: 4 }).map(labels => labels.join('.'))

test('the runtime agrees: on texts of certificates, word for word, and on what is in them', () => {
  fc.assert(
    fc.property(askedName, fc.array(hostName, { maxLength: 3 }), hostName, (host, names, cn) => {
      const issued = certificate([['CN', cn || 'x']], ...names.map(name => make.dns(name)))
      const legacy = new X509Certificate(issued.der).toLegacyObject()
      const say = (check: (host: string, cert: never) => Error | undefined) => {
        try {
          return check(host, legacy as never)?.message
        } catch (error) {
          return (error as { code: string }).code
        }
      }
      const [ours, theirs] = [say(checkServerIdentity as never), say(tls.checkServerIdentity as never)]
      assert.equal(ours, theirs)
      // What the text says holds for the values, and the other way round.
      if (ours === 'ERR_TLS_CERT_ALTNAME_FORMAT') return
      assert.equal(isNamed(host, issued.der), ours === undefined)
    }),
    { numRuns: 300 },
  )
})
