// RSA key exchange gives no oracle: whatever is wrong with what a client encrypted - padding, length, version, all of it - the
// server says the same, at the same point, with the same alert. RFC 5246 section 7.4.7.1, CVE-2023-46809.

import assert from 'node:assert/strict'
import { constants, createPrivateKey, privateDecrypt, randomBytes } from 'node:crypto'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, test } from 'node:test'
import { nodeCrypto } from '../../../src/crypto/node/node-crypto.ts'
import type { CryptoProvider } from '../../../src/crypto/provider.ts'
import { asciiBytes } from '../../../src/tls/wire/bytes.ts'
import { cipherSuiteByName } from '../../../src/tls/wire/cipher-suites.ts'
import { configFor, fixtures, pair, pump } from './pair.ts'

const privateKey = createPrivateKey(readFileSync(join(fixtures, 'rsa-key.pem')))

/** As the interface asks for it; the runtime's own is not there with every OpenSSL, and its time is no matter here. */
const rsaDecrypt: NonNullable<CryptoProvider['rsaDecrypt']> = (_key, encrypted, size) => {
  const fallback = randomBytes(size)
  try {
    const block = privateDecrypt({ key: privateKey, padding: constants.RSA_NO_PADDING }, encrypted)
    const end = block.indexOf(0, 2)
    const isRight = block[0] === 0 && block[1] === 2 && end >= 10 && block.length - end - 1 === size
    return isRight ? block.subarray(end + 1) : fallback
  } catch {
    return fallback
  }
}

type Encrypt = CryptoProvider['rsaEncrypt']

function encryptWith(changes: Partial<CryptoProvider>): CryptoProvider {
  return Object.assign(Object.create(nodeCrypto) as CryptoProvider, changes)
}

/** What the server does with what a client encrypts so: alerts, and how many flights there were. */
function meet(rsaEncrypt: Encrypt, suiteName: string) {
  const suite = cipherSuiteByName(suiteName)
  const only = { minVersion: 0x0303, maxVersion: 0x0303, cipherSuites: suite ? [suite] : [] } as const
  const server = encryptWith({})
  Object.defineProperty(server, 'rsaDecrypt', { value: rsaDecrypt })
  const both = pair(
    configFor('client', 'rsa', { ...only, crypto: encryptWith({ rsaEncrypt }) }),
    configFor('server', 'rsa', { ...only, crypto: server }),
  )
  const sizes: number[] = []
  pump(both, (bytes, from) => {
    if (from === 'server') sizes.push(bytes.length)
    return bytes
  })
  return { both, said: { events: both.server.events, reason: both.server.error?.reason, sizes } }
}

const right: Encrypt = nodeCrypto.rsaEncrypt
const wrong: Readonly<Record<string, Encrypt>> = {
  'another secret': key => right(key, Buffer.concat([Uint8Array.of(3, 3), randomBytes(46)])),
  'a version that was not offered': (key, premaster) => {
    // In the client's own memory too: its keys are of this secret.
    premaster[1] = 2
    return right(key, premaster)
  },
  'a secret that is too short': (key, premaster) => right(key, premaster.subarray(0, 47)),
  'a secret that is too long': (key, premaster) => right(key, Buffer.concat([premaster, Uint8Array.of(0)])),
  'no secret at all': key => right(key, new Uint8Array(0)),
  'bytes that were not encrypted': (key, premaster) => randomBytes(right(key, premaster).length).fill(1, 0, 1),
  zeroes: (key, premaster) => new Uint8Array(right(key, premaster).length),
}

describe('RSA key exchange', () => {
  for (const suiteName of ['AES128-GCM-SHA256', 'AES128-SHA256']) {
    test(`${suiteName}: a right secret, and every wrong one alike`, () => {
      const { both } = meet(right, suiteName)
      assert.equal(both.server.error, undefined)
      both.client.engine.write(asciiBytes('data'))
      pump(both)
      assert.equal(both.server.text, 'data')
      const [first, ...others] = Object.entries(wrong).map(([what, encrypt]) => ({ what, ...meet(encrypt, suiteName) }))
      assert.deepEqual(first?.said.events, ['error local bad_record_mac'])
      for (const { what, said } of others) assert.deepEqual(said, first?.said, what)
    })
  }
})
