// BoringSSL's BoGo tests on our TLS engine: a selection of each kind, and what the shim makes of the runner's flags. All of
// them: test/interop/bogo/README.md.

import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { parseFlags, Unimplemented } from './bogo/flags.ts'
import { missing, run } from './bogo/runner.ts'

const selection = [
  'KeyUpdate-*',
  'HelloRetryRequest*',
  'SkipEarlyData-*',
  'Renegotiate-Client-*',
  'WrongMessageType-*',
  'TrailingMessageData-*',
  'Resume-Server-*',
  'TooMany*',
]

describe('BoGo', { skip: missing }, () => {
  test('a selection passes', async () => {
    const { passed, failed } = await run({ patterns: selection, workers: 2, timeoutMs: 300_000 })
    assert.deepEqual([...failed.values()], [])
    assert.ok(passed > 100, `${passed} passed`)
  })
})

describe("the shim's flags", () => {
  test('are for both connections, or for the one that is named', () => {
    const { initial, resume } = parseFlags(['-server', '-curves', '29', '-on-resume-curves', '23', '-on-retry-async'])
    assert.deepEqual(initial, { credentials: [], server: true, curves: [29] })
    assert.deepEqual(resume, { credentials: [], server: true, curves: [29, 23] })
  })

  test('give each credential its own, and let the handshaker have its', () => {
    const args = ['-key-file', 'k', '-new-x509-credential', '-key-file', 'l', '-on-handshaker-key-file', 'm']
    assert.deepEqual(parseFlags(args).initial, { 'key-file': 'k', credentials: [{ 'key-file': 'l' }] })
  })

  test('that it does not know end it', () => {
    assert.throws(() => parseFlags(['-dtls']), Unimplemented)
    assert.throws(() => parseFlags(['-on-resume-quic']), Unimplemented)
  })
})
