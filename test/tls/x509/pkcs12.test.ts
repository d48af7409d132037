// PKCS#12 files as openssl writes them: every scheme that it has without its legacy provider, and files that are wrong.

import assert from 'node:assert/strict'
import { execFileSync } from 'node:child_process'
import { createPrivateKey } from 'node:crypto'
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, test } from 'node:test'
import { type PasswordCrypto, UnsupportedAlgorithm } from '../../../src/crypto/certificate-crypto.ts'
import { nodePasswordCrypto } from '../../../src/crypto/node/node-x509.ts'
import { maxKdfIterations, maxPfxSize, maxSafeBagDepth, maxSafeBags } from '../../../src/tls/x509/certificate-limits.ts'
import { DerError } from '../../../src/tls/x509/der.ts'
import { readPfx, WrongPassword } from '../../../src/tls/x509/pkcs12.ts'
import * as make from '../../support/certificates.ts'

const folder = mkdtempSync(join(tmpdir(), 'plainwire-pfx-'))
after(() => rmSync(folder, { recursive: true }))

const root = make.certificate({ subject: [['CN', 'Root']], extensions: [make.basicConstraints(true)] })
const own = make.certificate({ subject: [['CN', 'a.example']], issuer: root })
const hasOpenssl = run('version') !== undefined

function run(...args: string[]): Buffer | undefined {
  try {
    return execFileSync('openssl', args, { stdio: ['ignore', 'pipe', 'ignore'] })
  } catch {
    return undefined
  }
}

function exported(password: string, ...more: string[]): Buffer | undefined {
  const file = (name: string, text: string) => {
    writeFileSync(join(folder, name), text)
    return join(folder, name)
  }
  const args = [
    '-inkey',
    file('key.pem', own.keyPem),
    '-in',
    file('own.pem', own.pem),
    '-certfile',
    file('root.pem', root.pem),
  ]
  const out = join(folder, 'out.pfx')
  return run('pkcs12', '-export', ...args, '-out', out, '-passout', `pass:${password}`, ...more) && readFileSync(out)
}

const read = (file: Uint8Array, password: string) => readPfx(file, Buffer.from(password), nodePasswordCrypto)

function check(file: Uint8Array | undefined, password: string): void {
  assert.ok(file)
  const { keys, certificates } = read(file, password)
  assert.equal(keys.length, 1)
  const [key] = keys
  assert.deepEqual(
    certificates.map(one => Buffer.from(one.der)),
    [own.der, root.der],
  )
  assert.ok(createPrivateKey({ key: Buffer.from(key?.der ?? []), format: 'der', type: 'pkcs8' }).equals(own.key))
  assert.deepEqual(key?.localKeyId, certificates[0]?.localKeyId)
}

const schemes: Record<string, string[]> = {
  'what openssl writes by itself': [],
  'AES-128 and SHA-384': ['-keypbe', 'AES-128-CBC', '-certpbe', 'AES-192-CBC', '-macalg', 'SHA384'],
  'triple DES under the older derivation': ['-keypbe', 'PBE-SHA1-3DES', '-certpbe', 'PBE-SHA1-3DES', '-macalg', 'SHA1'],
  'two-key triple DES': ['-keypbe', 'PBE-SHA1-2DES', '-certpbe', 'PBE-SHA1-2DES', '-macalg', 'SHA512'],
  'no encryption': ['-keypbe', 'NONE', '-certpbe', 'NONE'],
  'no MAC': ['-nomac'],
  'one iteration': ['-iter', '1'],
}

for (const [title, options] of Object.entries(schemes)) {
  test(`reads ${title}`, { skip: !hasOpenssl && 'openssl is not installed' }, () => {
    check(exported('sample', ...options), 'sample')
    check(exported('', ...options), '')
    check(exported('gr\u00fc\u00df \u{1f511}', ...options), 'gr\u00fc\u00df \u{1f511}')
  })
}

test('refuses another password', { skip: !hasOpenssl && 'openssl is not installed' }, () => {
  const file = exported('sample')
  assert.ok(file)
  assert.throws(() => read(file, 'simple'), WrongPassword)
  assert.throws(() => read(file, ''), WrongPassword)
  const withoutMac = exported('sample', '-nomac')
  assert.ok(withoutMac)
  assert.throws(
    () => read(withoutMac, 'simple'),
    (error: Error) => error instanceof WrongPassword || error instanceof DerError,
  )
})

test('says by name what the runtime has no cipher for', { skip: !hasOpenssl && 'openssl is not installed' }, t => {
  const file = exported('sample', '-legacy', '-certpbe', 'PBE-SHA1-RC2-40')
  if (file === undefined) t.skip('openssl has no legacy provider')
  else assert.throws(() => read(file, 'sample'), UnsupportedAlgorithm)
})

test('takes no change for good at any place, and throws no other kind of error', {
  skip: !hasOpenssl && 'openssl is not installed',
}, () => {
  const file = exported('sample', '-iter', '1')
  assert.ok(file)
  const contents = read(file, 'sample')
  for (let at = 0; at < file.length; at++) {
    const changed: Buffer = Buffer.from(file)
    changed[at] = (changed[at] ?? 0) ^ 0x41
    // Parameters that the MAC's digest does not have are passed over.
    const kinds = [WrongPassword, DerError, UnsupportedAlgorithm]
    try {
      assert.deepEqual(read(changed, 'sample'), contents)
    } catch (error) {
      if (!kinds.some(kind => error instanceof kind)) throw error
    }
  }
})

test('a key that is not encrypted is given as a copy: who overwrites it leaves the file as it was', {
  skip: !hasOpenssl && 'openssl is not installed',
}, () => {
  const file = exported('sample', '-keypbe', 'NONE')
  assert.ok(file)
  const before = Buffer.from(file)
  const { keys } = read(file, 'sample')
  assert.equal(keys.length, 1)
  for (const { der } of keys) der.fill(0)
  assert.deepEqual(file, before)
})

test('refuses what is no file, and a cut one', { skip: !hasOpenssl && 'openssl is not installed' }, () => {
  const file = exported('sample')
  assert.ok(file)
  assert.throws(() => read(new Uint8Array(0), ''), DerError)
  assert.throws(() => read(Buffer.from('x'), ''), DerError)
  assert.throws(() => read(file.subarray(0, 200), ''), DerError)
})

test('derives no key with more than maxKdfIterations, by either derivation', () => {
  const macOf = (iterations: number) =>
    make.sequence(
      make.sequence(make.sequence(make.oid('2.16.840.1.101.3.4.2.1')), make.octets(Buffer.alloc(32))),
      make.octets(Buffer.alloc(8)),
      make.integer(iterations),
    )
  const data = (inner: Buffer) =>
    make.sequence(make.oid('1.2.840.113549.1.7.1'), make.element(0xa0, make.octets(inner)))
  const pbes2 = (iterations: number) =>
    make.sequence(
      make.oid('1.2.840.113549.1.5.13'),
      make.sequence(
        make.sequence(
          make.oid('1.2.840.113549.1.5.12'),
          make.sequence(make.octets(Buffer.alloc(8)), make.integer(iterations)),
        ),
        make.sequence(make.oid('2.16.840.1.101.3.4.1.42'), make.octets(Buffer.alloc(16))),
      ),
    )
  const shrouded = (iterations: number) =>
    make.sequence(
      make.oid('1.2.840.113549.1.12.10.1.2'),
      make.element(0xa0, make.sequence(pbes2(iterations), make.octets(Buffer.alloc(16)))),
    )
  /** Hashes nothing: what counts is how much work was asked for. */
  const asked: number[] = []
  const lazy: PasswordCrypto = {
    ...nodePasswordCrypto,
    pbkdf2: (...args) => {
      asked.push(Math.max(...args.filter(one => typeof one === 'number')))
      return new Uint8Array(32)
    },
  }
  const withMac = (iterations: number) => make.sequence(make.integer(3), data(make.sequence()), macOf(iterations))
  const withKey = (iterations: number) =>
    make.sequence(make.integer(3), data(make.sequence(data(make.sequence(shrouded(iterations))))))
  const isTooMany = (error: Error) => error instanceof DerError && error.message.includes('iterations')
  assert.throws(() => readPfx(withKey(maxKdfIterations), Buffer.from(''), lazy), WrongPassword)
  assert.deepEqual(asked, [maxKdfIterations])
  assert.throws(() => readPfx(withKey(maxKdfIterations + 1), Buffer.from(''), lazy), isTooMany)
  assert.throws(() => readPfx(withMac(maxKdfIterations + 1), Buffer.from(''), lazy), isTooMany)
})

test('refuses bags that are nested more than maxSafeBagDepth deep', () => {
  const bagOf = (inner: Buffer) =>
    make.sequence(make.sequence(make.oid('1.2.840.113549.1.12.10.1.6'), make.element(0xa0, inner)))
  const nested = (depth: number): Buffer => (depth === 0 ? make.sequence() : bagOf(nested(depth - 1)))
  const data = (inner: Buffer) =>
    make.sequence(make.oid('1.2.840.113549.1.7.1'), make.element(0xa0, make.octets(inner)))
  const file = (depth: number) => make.sequence(make.integer(3), data(make.sequence(data(nested(depth)))))
  assert.deepEqual(read(file(maxSafeBagDepth), '').keys, [])
  assert.throws(
    () => read(file(maxSafeBagDepth + 1), ''),
    (error: Error) => error instanceof DerError && error.message.includes('deep'),
  )
})

test('refuses a file beyond the limit, and more bags than are allowed', () => {
  assert.throws(() => read(new Uint8Array(maxPfxSize + 1), ''), /more than/)
  const bag = make.sequence(make.oid('1.2.3'), make.element(0xa0, make.nothing))
  const file = (count: number) => {
    const bags = make.octets(make.sequence(...new Array<Buffer>(count).fill(bag)))
    const data = make.sequence(make.oid('1.2.840.113549.1.7.1'), make.element(0xa0, bags))
    const safe = make.octets(make.sequence(data))
    return make.sequence(make.integer(3), make.sequence(make.oid('1.2.840.113549.1.7.1'), make.element(0xa0, safe)))
  }
  assert.deepEqual(read(file(maxSafeBags), '').keys, [])
  assert.throws(() => read(file(maxSafeBags + 1), ''), /more than/)
})

test('a salt of a megabyte is a salt', () => {
  const macData = make.sequence(
    make.sequence(make.sequence(make.oid('2.16.840.1.101.3.4.2.1')), make.octets(Buffer.alloc(32))),
    make.octets(Buffer.alloc(2 ** 20)),
    make.integer(1),
  )
  const content = make.sequence(make.oid('1.2.840.113549.1.7.1'), make.element(0xa0, make.octets(make.sequence())))
  assert.throws(() => read(make.sequence(make.integer(3), content, macData), ''), WrongPassword)
})
