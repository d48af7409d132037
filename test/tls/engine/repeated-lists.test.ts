// ClientHellos whose lists are as long as a message may be, and say the same again and again: they cost a server no more than
// short ones.

import assert from 'node:assert/strict'
import { test } from 'node:test'
import { sharedSchemes, sharedSuites } from '../../../src/tls/engine/negotiation.ts'
import type { Credential } from '../../../src/tls/engine/types.ts'
import { CLIENT_HELLO, writeClientHello, writeMessage } from '../../../src/tls/wire/handshake-messages.ts'
import * as ext from '../../../src/tls/wire/hello-extensions.ts'
import { configFor, Recorded } from './pair.ts'

const config = configFor('server', 'rsa', { honorCipherOrder: false })

test('what is shared is named once, in the order of the first time', () => {
  const suites = sharedSuites(config, [0xc02f, 0xc030, 0xc02f, 0xc030, 0xc02f], 0x0303)
  assert.deepEqual(
    suites.map(suite => suite.id),
    [0xc02f, 0xc030],
  )
  const schemes = sharedSchemes(config, [0x0804, 0x0403, 0x0804, 0x0403])
  assert.deepEqual(
    schemes.map(scheme => scheme.id),
    [0x0804, 0x0403],
  )
})

test('no key is tried again and again for suites and schemes that are all the same', () => {
  let tries = 0
  const [{ certificates, key }] = config.credentials as [Credential]
  const counted = {
    certificates,
    key: Object.defineProperty({ ...key }, 'type', {
      get: () => {
        tries++
        return key.type
      },
    }),
  }
  const server = new Recorded({ ...config, credentials: [counted] })
  // ECDSA only, where the server has RSA: each pair of the two would be tried.
  const extensions = new Map([
    [ext.SIGNATURE_ALGORITHMS, ext.writeUint16List(new Array<number>(10_000).fill(0x0403))],
    [ext.SUPPORTED_GROUPS, ext.writeUint16List([0x001d, 0x0017])],
  ])
  const cipherSuites = new Array<number>(20).fill(0xc02b)
  const hello = { version: 0x0303, random: new Uint8Array(32), sessionId: new Uint8Array(0), cipherSuites }
  const body = writeClientHello({ ...hello, compressionMethods: Uint8Array.of(0), extensions })
  const message = writeMessage(CLIENT_HELLO, body)
  for (let at = 0; at < message.length; at += 16_384) {
    const fragment = message.subarray(at, at + 16_384)
    server.engine.receive(Buffer.concat([Uint8Array.of(22, 3, 1, fragment.length >>> 8, fragment.length), fragment]))
  }
  assert.equal(server.error?.reason, 'no shared cipher')
  assert.ok(tries > 0 && tries < 10, `${tries} tries`)
})
