// The `pfx` option, held against the runtime: the files of Node's own tests, where they are, with right and wrong passwords.

import assert from 'node:assert/strict'
import { X509Certificate } from 'node:crypto'
import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { test } from 'node:test'
import * as tls from 'node:tls'
import { readPfxOptions } from '../../../src/tls/api/pfx-option.ts'

const keys = join(process.env['NODE_TEST_DIR'] ?? '../node', 'test/fixtures/keys')
const skip = !existsSync(keys) && 'the checkout of Node is not there (NODE_TEST_DIR)'

function outcome(open: () => unknown): unknown {
  try {
    open()
    return 'opened'
  } catch (error) {
    const { code, message } = error as { code?: string; message: string }
    // What is no file has several names in OpenSSL, by version.
    return { code, message: message.replace('header too long', 'not enough data') }
  }
}

test('files of every kind are opened, or refused with the same error', { skip }, () => {
  const files = readdirSync(keys).filter(name => name.endsWith('.pfx'))
  assert.ok(files.length > 5)
  const inputs: [string, Uint8Array][] = files.map(name => [name, readFileSync(join(keys, name))])
  for (const [name, pfx] of [
    ...inputs,
    ['nothing', new Uint8Array(0)] as const,
    ['noise', Buffer.from('x')] as const,
  ]) {
    for (const passphrase of ['sample', '', 'wrong', 'password']) {
      const ours = outcome(() => readPfxOptions({ pfx, passphrase }))
      const theirs = outcome(() => tls.createSecureContext({ pfx: pfx as Buffer, passphrase }))
      assert.deepEqual(ours, theirs, `${name} with ${passphrase}`)
    }
  }
})

test('several files have their own passwords, or the common one', { skip }, () => {
  const [one, other] = ['agent1.pfx', 'agent6.pfx'].map(name => readFileSync(join(keys, name)))
  const identities = readPfxOptions({ pfx: [one, { buf: other, passphrase: 'sample' }], passphrase: 'sample' })
  assert.equal(identities.length, 2)
  for (const { certificate, key } of identities) {
    assert.ok(new X509Certificate(Buffer.from(certificate)).checkPrivateKey(key))
  }
})
