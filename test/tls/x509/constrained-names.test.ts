// Name constraints hold for every name that a host may be known by: what is accepted as a host's name (host-identity.ts) is what
// an authority must have been allowed to certify.

import assert from 'node:assert/strict'
import { test } from 'node:test'
import { Certificate } from '../../../src/tls/x509/certificate.ts'
import { isCertificateFor } from '../../../src/tls/x509/path/host-identity.ts'
import { checkCommonNames, checkNameConstraints } from '../../../src/tls/x509/path/name-constraints.ts'
import * as make from '../../support/certificates.ts'

const key = make.newKey()
const extensions = [make.basicConstraints(true), make.nameConstraints([make.dns('corp.example')])]
const onlyCorp = new Certificate(make.certificate({ subject: [['CN', 'Root']], key, extensions }).der)
const excluded = make.nameConstraints([], [make.dns('secret.corp.example')])
const notSecret = new Certificate(
  make.certificate({ subject: [['CN', 'Root']], key, extensions: [make.basicConstraints(true), excluded] }).der,
)

const named = (commonName: string, ...altNames: string[]) =>
  new Certificate(
    make.certificate({
      subject: [['CN', commonName]],
      key,
      extensions: altNames.length > 0 ? [make.altNames(...altNames.map(make.dns))] : [],
    }).der,
  )

function problemOf(certificate: Certificate, { nameConstraints }: Certificate): string | undefined {
  assert.ok(nameConstraints)
  return checkNameConstraints(certificate, nameConstraints) ?? checkCommonNames(certificate, nameConstraints)
}

const isFor = (certificate: Certificate, name: string) => isCertificateFor(certificate, { kind: 'name', name })

for (const commonName of ['www.other.test', '*.other.test', 'w*.other.test', 'www.other.test.', '*.other.test.']) {
  test(`a common name outside of what is permitted: ${commonName}`, () => {
    const certificate = named(commonName)
    assert.ok(isFor(certificate, 'www.other.test'))
    assert.equal(problemOf(certificate, onlyCorp), 'PERMITTED_VIOLATION')
  })
}

for (const commonName of ['www.corp.example', '*.corp.example', 'www.corp.example.', 'A person', 'me@other.test']) {
  test(`a common name that is permitted, or of no host: ${commonName}`, () => {
    assert.equal(problemOf(named(commonName), onlyCorp), undefined)
  })
}

for (const name of ['secret.corp.example', 'SECRET.corp.example.', '*.corp.example', 's*.corp.example']) {
  test(`a name that may stand for an excluded host: ${name}`, () => {
    const certificate = named('x', name)
    assert.ok(isFor(certificate, 'secret.corp.example'))
    assert.equal(problemOf(certificate, notSecret), 'EXCLUDED_VIOLATION')
    assert.equal(problemOf(named(name), notSecret), 'EXCLUDED_VIOLATION')
  })
}

for (const name of ['www.corp.example', '*.www.corp.example', 'w*.corp.example', 'corp.example']) {
  test(`a name beside an excluded host: ${name}`, () => {
    assert.equal(problemOf(named('x', name), notSecret), undefined)
  })
}
