import assert from 'node:assert/strict'
import { createPrivateKey, generateKeyPairSync } from 'node:crypto'
import { test } from 'node:test'
import { formatPem, looksLikePem, parsePem } from '../../../src/tls/x509/pem.ts'
import { certificate } from '../../support/certificates.ts'

const one = certificate({ subject: [['CN', 'one']] })
const other = certificate({ subject: [['CN', 'other']] })
const labels = (text: string) => parsePem(text).map(block => block.label)

test('reads several blocks with anything between them', () => {
  const blocks = parsePem(`subject=one\n${one.pem}\n# noise ---\n${other.pem}trailing`)
  assert.deepEqual(
    blocks.map(block => Buffer.from(block.der)),
    [one.der, other.der],
  )
  assert.equal(blocks[0]?.text, one.pem.trim())
})

test('reads other ends of lines, blanks in lines, and one long line', () => {
  const body = one.der.toString('base64')
  const texts = [
    one.pem.replaceAll('\n', '\r\n'),
    one.pem.replaceAll('\n', ' \n'),
    one.pem.replaceAll('\n', '\r'),
    `-----BEGIN CERTIFICATE-----\n${body}\n-----END CERTIFICATE-----`,
  ]
  for (const text of texts) assert.deepEqual(Buffer.from(parsePem(text)[0]?.der ?? []), one.der)
})

test('knows encrypted keys of both kinds', () => {
  const options = { modulusLength: 1024, publicKeyEncoding: { type: 'spki', format: 'pem' } } as const
  const secret = { cipher: 'aes-128-cbc', passphrase: 'x', format: 'pem' } as const
  const pkcs8 = generateKeyPairSync('rsa', { ...options, privateKeyEncoding: { ...secret, type: 'pkcs8' } }).privateKey
  const pkcs1 = generateKeyPairSync('rsa', { ...options, privateKeyEncoding: { ...secret, type: 'pkcs1' } }).privateKey
  for (const pem of [pkcs8, pkcs1]) {
    const [block] = parsePem(`junk\n${pem}`)
    assert.equal(block?.isEncrypted, true)
    assert.equal(createPrivateKey({ key: block?.text ?? '', passphrase: 'x' }).type, 'private')
  }
  assert.equal(parsePem(one.keyPem)[0]?.isEncrypted, false)
})

test('leaves out what is no whole block, and goes on behind it', () => {
  const cut = one.pem.slice(0, one.pem.indexOf('-----END'))
  assert.deepEqual(labels(cut), [])
  assert.deepEqual(labels(cut + other.pem), ['CERTIFICATE'])
  assert.deepEqual(labels('-----BEGIN X-----\n-----END X-----'), [])
  assert.deepEqual(labels('-----BEGIN X-----\n???\n-----END X-----'), [])
  assert.deepEqual(labels('-----BEGIN X-----\nAAAA\n-----END Y-----'), [])
  assert.deepEqual(labels('-----BEGIN '), [])
  assert.deepEqual(labels(''), [])
})

test('takes time that grows with the text alone', () => {
  const text = '-----BEGIN X-----\n'.repeat(20_000)
  assert.deepEqual(labels(text), [])
})

test('writes what it reads', () => {
  assert.equal(`${formatPem('CERTIFICATE', one.der)}\n`, one.pem)
  assert.ok(looksLikePem(one.pem))
  assert.ok(!looksLikePem(one.der.toString('latin1')))
})
