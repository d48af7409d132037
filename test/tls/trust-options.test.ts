// What the options of a context say of trust, over whole connections with our engine: files of keys, revocation lists, levels of
// strength, and the explanations that errors carry.

import assert from 'node:assert/strict'
import { execFileSync } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, before, it } from 'node:test'
import { setTlsEngine } from '../../src/tls/api/engine-choice.ts'
import * as make from '../support/certificates.ts'
import { connect, failure, listen, secured } from './pair.ts'

before(() => setTlsEngine('plainwire'))
after(() => setTlsEngine(undefined))

const names = [make.altNames(make.dns('localhost'))]
const root = make.certificate({ subject: [['CN', 'Root']], extensions: [make.basicConstraints(true)] })
const middle = make.certificate({
  subject: [['CN', 'Middle']],
  issuer: root,
  extensions: [make.basicConstraints(true)],
})
const own = make.certificate({ subject: [['CN', 'localhost']], issuer: middle, extensions: names, serial: 99 })
const credentials = { key: own.keyPem, cert: own.pem + middle.pem }

function pfxFile(): Buffer | undefined {
  const folder = mkdtempSync(join(tmpdir(), 'plainwire-pfx-'))
  const file = (name: string, text = '') => {
    if (text) writeFileSync(join(folder, name), text)
    return join(folder, name)
  }
  try {
    const args = ['-inkey', file('key', own.keyPem), '-in', file('own', own.pem), '-certfile', file('more', middle.pem)]
    execFileSync('openssl', ['pkcs12', '-export', ...args, '-out', file('pfx'), '-passout', 'pass:sample'], {
      stdio: 'ignore',
    })
    return readFileSync(file('pfx'))
  } catch {
    return undefined
  } finally {
    rmSync(folder, { recursive: true })
  }
}

it('a server shows key and chain of a PKCS#12 file', async t => {
  const pfx = pfxFile()
  if (pfx === undefined) return t.skip('openssl is not installed')
  const { port } = await listen(t, { key: undefined, cert: undefined, pfx, passphrase: 'sample' })
  const socket = await secured(connect(t, port, { ca: root.pem }))
  assert.equal(socket.authorized, true)
  type Shown = { subject: { CN: string }; issuerCertificate: Shown }
  const shown = socket.getPeerCertificate(true) as unknown as Shown
  const chain = [shown, shown.issuerCertificate, shown.issuerCertificate.issuerCertificate]
  assert.deepEqual(
    chain.map(one => one.subject.CN),
    ['localhost', 'Middle', 'Root'],
  )
  assert.equal(chain[2]?.issuerCertificate, chain[2])
})

it('a client refuses what a revocation list names, and what no list speaks of', async t => {
  const { port } = await listen(t, credentials)
  const rootList = make.crl({ issuer: root }).pem
  const good = [rootList, make.crl({ issuer: middle, revoked: [1] }).pem]
  assert.equal((await secured(connect(t, port, { ca: root.pem, crl: good }))).authorized, true)
  const revoked = await failure(
    connect(t, port, { ca: root.pem, crl: [rootList, make.crl({ issuer: middle, revoked: [99] }).pem] }),
  )
  assert.deepEqual([revoked.code, revoked.message], ['CERT_REVOKED', 'certificate revoked'])
  assert.match((revoked as { explanation?: string }).explanation ?? '', /"CN=localhost" \(serial 63\) was revoked at /)
  assert.equal((await failure(connect(t, port, { ca: root.pem, crl: rootList }))).code, 'UNABLE_TO_GET_CRL')
})

it('a client asks for the strength that its cipher list names', async t => {
  const { port } = await listen(t, credentials)
  const ciphers = (level: number) => `TLS_AES_128_GCM_SHA256:ECDHE-ECDSA-AES128-GCM-SHA256:@SECLEVEL=${level}`
  assert.equal((await secured(connect(t, port, { ca: root.pem, ciphers: ciphers(3) }))).authorized, true)
  const weak = await failure(connect(t, port, { ca: root.pem, ciphers: ciphers(4) }))
  assert.equal(weak.code, 'UNSPECIFIED')
})

it('errors say which certificate is missing', async t => {
  const { port } = await listen(t, { key: own.keyPem, cert: own.pem })
  const error = (await failure(connect(t, port, { ca: root.pem }))) as Error & { code: string; explanation: string }
  assert.deepEqual(
    // What newer runtimes advise follows.
    [error.code, error.message.split(';')[0]],
    ['UNABLE_TO_VERIFY_LEAF_SIGNATURE', 'unable to verify the first certificate'],
  )
  assert.match(error.explanation, /"CN=localhost".*its issuer "CN=Middle" is missing/)
})
