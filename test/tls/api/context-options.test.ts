// createSecureContext beside the runtime's: the same options are taken, and the same are refused with the same error, whether
// they were checked by ours alone or not.

import assert from 'node:assert/strict'
import { after, before, describe, it } from 'node:test'
import * as runtime from 'node:tls'
import { inspect } from 'node:util'
import { setTlsEngine } from '../../../src/tls/api/engine-choice.ts'
import { areBeyondDoubt } from '../../../src/tls/api/option-checks.ts'
import { createSecureContext } from '../../../src/tls/api/secure-context.ts'
import * as make from '../../support/certificates.ts'

before(() => setTlsEngine('plainwire'))
after(() => setTlsEngine(undefined))

const root = make.certificate({ subject: [['CN', 'Root']], extensions: [make.basicConstraints(true)] })
const own = make.certificate({ subject: [['CN', 'x']], issuer: root })
const other = make.certificate({ subject: [['CN', 'x']], issuer: root })
const rsa = make.certificate({ subject: [['CN', 'x']], issuer: root, key: make.newRsaKey() })
const weak = make.certificate({ subject: [['CN', 'x']], issuer: root, key: make.newRsaKey(768) })
const sha1 = make.certificate({ subject: [['CN', 'x']], issuer: root, digest: 'sha1' })
const { keyPem: key, pem: cert } = own
const encrypted = own.key.export({
  format: 'pem',
  type: 'pkcs8',
  cipher: 'aes-128-cbc',
  passphrase: 'sample',
}) as string
const broken = '-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n'

/** Taken by ours without asking the runtime. */
const plain: Record<string, Record<string, unknown>> = {
  nothing: {},
  'key and certificate': { key, cert },
  'as bytes': { key: Buffer.from(key), cert: Buffer.from(cert) },
  'in lists': { key: [{ pem: key }], cert: [cert + root.pem], ca: [root.pem] },
  'an encrypted key': { key: encrypted, cert, passphrase: 'sample' },
  'with its own passphrase': { key: [{ pem: encrypted, passphrase: 'sample' }], cert },
  RSA: { key: rsa.keyPem, cert: rsa.pem },
  authorities: { ca: [root.pem, Buffer.from(root.pem)] },
  'authorities that are none': { ca: 'x' },
  'a revocation list': { crl: make.crl({ issuer: root }).pem },
  'one version': { minVersion: 'TLSv1.3' },
  'a method': { secureProtocol: 'TLS_method' },
  'a cipher list': { ciphers: 'ECDHE-RSA-AES128-GCM-SHA256:HIGH:!aNULL:@SECLEVEL=2' },
  'suites of 1.3': { ciphers: 'TLS_AES_128_GCM_SHA256' },
  'unknown words beside known ones': { ciphers: 'x:ECDHE-RSA-AES128-GCM-SHA256' },
  groups: { ecdhCurve: 'P-256:X25519' },
  schemes: { sigalgs: 'ecdsa_secp256r1_sha256:rsa_pss_rsae_sha256' },
  'an id of sessions': { sessionIdContext: 'x', sessionTimeout: 5, ticketKeys: Buffer.alloc(48) },
}

/** Left to the runtime. */
const doubtful: Record<string, Record<string, unknown>> = {
  'a key of another certificate': { key: other.keyPem, cert },
  'a key alone': { key },
  'a certificate alone': { cert },
  'two certificates of a kind': { key: [key, other.keyPem], cert: [cert, other.pem] },
  'a key that is none': { key: 'x', cert },
  'a certificate that is none': { key, cert: 'x' },
  'a broken certificate': { cert: broken },
  'a broken certificate behind a good one': { key, cert: cert + broken },
  'a certificate that is cut': { key, cert: cert.slice(0, 100) },
  'no passphrase': { key: encrypted, cert },
  'another passphrase': { key: encrypted, cert, passphrase: 'simple' },
  'a passphrase that is none': { key, cert, passphrase: 1 },
  'a weak key': { key: weak.keyPem, cert: weak.pem },
  'a weak signature': { key: sha1.keyPem, cert: sha1.pem },
  'a certificate that is a number': { key, cert: 1 },
  'an authority that is a number': { ca: 1 },
  'a key that is a number': { key: 1, cert },
  'a list that is none': { crl: 'x' },
  'a list that is a number': { crl: 1 },
  'no known cipher': { ciphers: 'x' },
  'no known suite of 1.3': { ciphers: 'TLS_X' },
  'a suite of 1.3 left out': { ciphers: '!TLS_AES_128_GCM_SHA256' },
  'no cipher': { ciphers: ':' },
  'a level that is none': { ciphers: 'DEFAULT@SECLEVEL=9' },
  'a command that is none': { ciphers: 'DEFAULT@X' },
  'ciphers that are a number': { ciphers: 1 },
  'no known group': { ecdhCurve: 'x' },
  'a group that is a number': { ecdhCurve: 1 },
  'one group that is not known': { ecdhCurve: 'P-256:x' },
  'no schemes': { sigalgs: '' },
  'schemes that are a number': { sigalgs: 1 },
  'a scheme that is not known': { sigalgs: 'x' },
  'a version that is none': { minVersion: 'x' },
  'an old version': { minVersion: 'TLSv1' },
  'versions in disorder': { minVersion: 'TLSv1.3', maxVersion: 'TLSv1.2' },
  'a version and a method': { minVersion: 'TLSv1.2', secureProtocol: 'TLS_method' },
  'a method that is none': { secureProtocol: 'x' },
  'an old method': { secureProtocol: 'SSLv3_method' },
  'flags that are text': { secureOptions: 'x' },
  'an id that is a number': { sessionIdContext: 1 },
  'a timeout that is text': { sessionTimeout: 'x' },
  'a timeout below zero': { sessionTimeout: -1 },
  'ticket keys that are text': { ticketKeys: 'x' },
  'ticket keys of another size': { ticketKeys: Buffer.alloc(3) },
  'an engine': { privateKeyEngine: 'x', privateKeyIdentifier: 1 },
  'an engine alone': { clientCertEngine: 1 },
  'a key of an engine': { privateKeyIdentifier: 'x' },
  'weak parameters': { dhparam: 'x' },
  'a file that is none': { pfx: 'x' },
}

function outcome(create: (options: never) => unknown, options: object): unknown {
  try {
    create(options as never)
    return 'taken'
  } catch (error) {
    const { code, message, name } = error as Error & { code?: string }
    return { code, message, name }
  }
}

describe('the runtime agrees on', () => {
  for (const [title, options] of Object.entries({ ...plain, ...doubtful })) {
    it(title, () => {
      assert.deepEqual(outcome(createSecureContext, options), outcome(runtime.createSecureContext, options))
    })
  }
})

it('what is right beyond doubt is not given to the runtime, all else is', () => {
  for (const [title, options] of Object.entries(plain)) {
    assert.equal(areBeyondDoubt(createSecureContext(options).context), true, title)
  }
  for (const [title, options] of Object.entries(doubtful)) {
    if (outcome(createSecureContext, options) !== 'taken') continue
    assert.equal(areBeyondDoubt(createSecureContext(options).context), false, title)
  }
})

it('algorithms of compression are those of Node 26', () => {
  const create = (certificateCompression: unknown) => () => createSecureContext({ certificateCompression })
  assert.ok(create(['zlib', 'brotli'])())
  assert.ok(create([])())
  assert.throws(create(1), {
    code: 'ERR_INVALID_ARG_TYPE',
    message: /^The "options.certificateCompression" property must be an instance of Array/,
  })
  assert.throws(create(['x']), {
    code: 'ERR_INVALID_ARG_VALUE',
    message: "The property 'options.certificateCompression[0]' must be 'zlib', 'brotli', or 'zstd'. Received 'x'",
  })
  assert.throws(create(['zlib', 'zlib', 'zlib', 'zlib']), { message: /can specify at most 3 algorithms/ })
})

it('a context that is printed shows no key and no passphrase', () => {
  const encrypted = { key: own.keyPem, cert: own.pem, passphrase: 'a secret' }
  const context = createSecureContext(encrypted)
  for (const text of [inspect(context, { depth: 20 }), inspect({ context }, { depth: 20 }), JSON.stringify(context)]) {
    assert.doesNotMatch(text, /PRIVATE KEY|a secret/)
  }
})
