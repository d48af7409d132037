// What a peer must know is compared by the provider's `equal`, which takes as long for any wrong value: Finished, binders,
// MACs, and what binds a renegotiation to the handshake before.

import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { nodeCrypto } from '../../../src/crypto/node/node-crypto.ts'
import type { CryptoProvider } from '../../../src/crypto/provider.ts'
import { asciiBytes } from '../../../src/tls/wire/bytes.ts'
import { cipherSuiteByName } from '../../../src/tls/wire/cipher-suites.ts'
import { CLIENT_HELLO, FINISHED } from '../../../src/tls/wire/handshake-messages.ts'
import { HANDSHAKE } from '../../../src/tls/wire/records.ts'
import { meet, scenarios } from './handshake-scenarios.ts'
import type { AlterUnits } from './message-wire.ts'
import { configFor, pair, pump } from './pair.ts'
import type { Side } from './rfc8448-trace.ts'
import { toyCrypto } from './toy-crypto.ts'

const hex = (bytes: Uint8Array) => Buffer.from(bytes).toString('hex')

/** @param compared - gets both values of each comparison */
function listening(base: CryptoProvider, compared: Set<string>): CryptoProvider {
  const equal: CryptoProvider['equal'] = (one, other) => {
    compared.add(hex(one)).add(hex(other))
    return base.equal(one, other)
  }
  return Object.assign(Object.create(base) as CryptoProvider, { equal })
}

describe('secrets are compared in constant time', () => {
  for (const scenario of scenarios) {
    test(`Finished and binders: ${scenario.name}`, () => {
      const compared = { client: new Set<string>(), server: new Set<string>() }
      const wanted = { client: [] as string[], server: [] as string[] }
      const note =
        (to: Side): AlterUnits =>
        units => {
          for (const { type, content } of units) {
            if (type !== HANDSHAKE) continue
            if (content[0] === FINISHED) wanted[to].push(hex(content.subarray(4)))
            const hasBinder = content[0] === CLIENT_HELLO && scenario.version === 0x0304 && scenario.resumes
            if (hasBinder) wanted[to].push(hex(content.subarray(-32)))
          }
          return units
        }
      const end = (side: Side) => ({ ...scenario[side], crypto: listening(toyCrypto(side), compared[side]) })
      const listened = { ...scenario, client: end('client'), server: end('server') }
      const { isComplete } = meet(listened, { client: note('server'), server: note('client') })
      assert.ok(isComplete)
      for (const side of ['client', 'server'] as const) {
        assert.ok(wanted[side].length > 0)
        for (const value of wanted[side]) assert.ok(compared[side].has(value), `${side}: ${value}`)
      }
    })
  }

  for (const name of ['ECDHE-ECDSA-AES128-SHA256', 'ECDHE-ECDSA-AES256-SHA']) {
    test(`MACs of CBC records: ${name}`, () => {
      const compared = new Set<string>()
      const suite = cipherSuiteByName(name)
      const versions = { minVersion: 0x0303, maxVersion: 0x0303, cipherSuites: suite ? [suite] : [] } as const
      const server = configFor('server', 'ec256', { ...versions, crypto: listening(nodeCrypto, compared) })
      const both = pair(configFor('client', 'ec256', versions), server)
      pump(both)
      const before = compared.size
      for (let i = 0; i < 5; i++) both.client.engine.write(asciiBytes('a record'))
      pump(both)
      assert.equal(both.server.text.length, 40)
      // The MAC that came and the one that was to come are one value.
      assert.equal(compared.size - before, 5)
    })
  }

  test('renegotiation_info', () => {
    const compared = { client: new Set<string>(), server: new Set<string>() }
    const end = (side: Side) =>
      configFor(side, 'ec256', { maxVersion: 0x0303, crypto: listening(nodeCrypto, compared[side]) })
    const both = pair(end('client'), end('server'))
    pump(both)
    const [client, server] = [both.client.engine.finished, both.server.engine.finished]
    assert.ok(client && server)
    both.client.engine.renegotiate()
    pump(both)
    assert.deepEqual(both.client.events.filter(one => one === 'done').length, 2)
    assert.ok(compared.server.has(hex(client)))
    assert.ok(compared.client.has(hex(client) + hex(server)))
  })
})
