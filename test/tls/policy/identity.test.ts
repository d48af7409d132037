// checkServerIdentity: RFC 9525 as Node reports it. Names, wildcards, addresses, and what must never match.

import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import tls from '../../../src/tls/index.ts'

type Certificate = Parameters<typeof tls.checkServerIdentity>[1]

function check(host: string, certificate: Certificate): string | undefined {
  return tls.checkServerIdentity(host, certificate)?.reason
}

const named = (...names: string[]): Certificate => ({
  subject: { CN: 'cn.example' },
  subjectaltname: names.map(name => `DNS:${name}`).join(', '),
})

describe('a certificate is for', () => {
  const right: readonly [string, Certificate][] = [
    ['a.example', named('a.example')],
    ['A.example', named('a.EXAMPLE')],
    ['a.example.', named('a.example')],
    ['a.example', named('b.example', 'a.example')],
    ['x.a.example', named('*.a.example')],
    ['xy.a.example', named('x*.a.example')],
    ['ä.example', named('xn--4ca.example')],
    ['127.0.0.1', { subjectaltname: 'IP Address:127.0.0.1' }],
    ['::1', { subjectaltname: 'IP Address:0:0:0:0:0:0:0:1' }],
    ['cn.example', { subject: { CN: 'cn.example' } }],
    ['cn.example', { subject: { CN: ['other.example', 'cn.example'] } }],
    ['a.example', { subjectaltname: 'DNS:"x, DNS:y", DNS:a.example' }],
  ]
  for (const [host, certificate] of right) {
    it(`${host}: ${certificate.subjectaltname ?? certificate.subject?.CN}`, () => {
      assert.equal(check(host, certificate), undefined)
    })
  }
})

describe('a certificate is not for', () => {
  const wrong: readonly [string, Certificate][] = [
    ['b.example', named('a.example')],
    ['cn.example', named('a.example')],
    ['a.example', named('*.a.example')],
    ['x.y.a.example', named('*.a.example')],
    ['x.example', named('*.example')],
    ['x.a.example', named('*.*.example')],
    ['x.a.example', named('x.*.example')],
    ['xx.a.example', named('*x*.a.example')],
    ['xn--4ca.a.example', named('xn--*.a.example')],
    ['a..example', named('a..example')],
    ['127.0.0.1', named('127.0.0.1')],
    ['127.0.0.1', { subject: { CN: '127.0.0.1' } }],
    ['127.0.0.2', { subjectaltname: 'IP Address:127.0.0.1' }],
    ['a.example', { subjectaltname: 'IP Address:127.0.0.1' }],
    ['a.example', { subjectaltname: 'URI:http://a.example/' }],
    // CVE-2021-44532: what is one name with a comma in it is not two.
    ['evil.example', { subjectaltname: 'DNS:"good.example, DNS:evil.example"' }],
    // CVE-2026-48618: other dots of Unicode are no more labels than a dot.
    ['x。y.a.example', named('*.a.example')],
    ['a.example', {}],
  ]
  for (const [host, certificate] of wrong) {
    it(`${host}: ${certificate.subjectaltname ?? certificate.subject?.CN}`, () => {
      assert.equal(typeof check(host, certificate), 'string')
    })
  }

  it('says why, as Node does', () => {
    const certificate = named('a.example')
    const error = tls.checkServerIdentity('b.example', certificate)
    assert.equal(error?.code, 'ERR_TLS_CERT_ALTNAME_INVALID')
    assert.equal(
      error?.message,
      "Hostname/IP does not match certificate's altnames: Host: b.example. is not in the cert's altnames: DNS:a.example",
    )
    assert.deepEqual([error?.host, error?.cert], ['b.example', certificate])
  })

  it('is said of none whose names cannot be read', () => {
    assert.throws(() => check('a.example', { subjectaltname: 'DNS:"a' }), { code: 'ERR_TLS_CERT_ALTNAME_FORMAT' })
  })
})
