// Keys and secrets are overwritten when a connection closes, however far it has come: a provider keeps every buffer that it
// was given as a key, and every shared secret that it gave.

import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import type { Aead, CryptoProvider } from '../../../src/crypto/provider.ts'
import { readSession } from '../../../src/tls/engine/sessions.ts'
import type { TlsEngineConfig } from '../../../src/tls/engine/types.ts'
import { Encounter, meet, rarerScenarios, type Scenario, scenarios, sessionOf } from './handshake-scenarios.ts'
import type { Side } from './rfc8448-trace.ts'
import { bytesFrom, toyCrypto } from './toy-crypto.ts'

interface Seen {
  readonly what: string
  readonly bytes: Uint8Array
}

/** @param seen - gets the buffers themselves */
function watchfulCrypto(name: string, seen: Seen[]): CryptoProvider {
  const base = toyCrypto(name)
  const note = (what: string, bytes: Uint8Array) => {
    if (!isNoSecret(bytes)) seen.push({ what: `${what}\n${new Error().stack}`, bytes })
    return bytes
  }
  const watched: Partial<CryptoProvider> = {
    hmac: (hash, key, data) => base.hmac(hash, note('a key of HMAC', key), data),
    aead(cipher, key) {
      const aead = base.aead(cipher, note('a key', key))
      if (cipher !== 'aes-256-gcm') return aead
      // No suite of these scenarios has it: this is a ticket, with a session's secret at its place.
      return Object.assign(Object.create(aead) as Aead, {
        seal: aead.seal.bind(aead),
        destroy: aead.destroy.bind(aead),
        open: (...args: Parameters<Aead['open']>) => {
          const plaintext = aead.open(...args)
          if (plaintext) note('the secret in a ticket', readSession(plaintext)?.secret ?? plaintext)
          return plaintext
        },
      })
    },
    blockCipher: (cipher, key) => base.blockCipher(cipher, note('a key of CBC', key)),
    generateKeyShare(group) {
      const share = base.generateKeyShare(group)
      const agree = (peer: Uint8Array) => {
        const secret = share.agree(peer)
        return secret && note('a shared secret', secret)
      }
      return { group, publicKey: share.publicKey, agree }
    },
    answerKeyShare(group, peer) {
      const answer = base.answerKeyShare(group, peer)
      if (answer) note('a shared secret', answer.secret)
      return answer
    },
  }
  return Object.assign(Object.create(base) as CryptoProvider, watched)
}

/** The keys of tickets belong to the configuration; without a PSK the handshake secret's salt is the same for everybody. */
function isNoSecret(bytes: Uint8Array): boolean {
  const hex = Buffer.from(bytes).toString('hex')
  return hex === constantSalt || hex === Buffer.from(bytesFrom('ticket keys', 48).subarray(16)).toString('hex')
}

/** RFC 8448 section 3: "derive secret for handshake". */
const constantSalt = '6f2615a108c702c5678f54fc9dbab69716c076189c48250cebeac3576c3611ba'

/** Every key of one end is zeroes now. */
function assertOverwritten(seen: readonly Seen[], what: string): void {
  for (const one of seen) {
    assert.ok(
      one.bytes.every(byte => byte === 0),
      `${what}: ${one.what}`,
    )
  }
}

function watched(scenario: Scenario): { scenario: Scenario; seen: Record<Side, Seen[]> } {
  const seen: Record<Side, Seen[]> = { client: [], server: [] }
  const end = (side: Side): Partial<TlsEngineConfig> => ({
    ...scenario[side],
    crypto: watchfulCrypto(side, seen[side]),
  })
  return { scenario: { ...scenario, client: end('client'), server: end('server') }, seen }
}

describe('keys are overwritten', () => {
  for (const scenario of [...scenarios, ...rarerScenarios]) {
    const session = scenario.resumes ? sessionOf(scenario) : undefined
    const flights = meet(scenario).flights

    test(`${scenario.name}: at any point of the handshake`, () => {
      for (let stop = 1; stop <= flights; stop++) {
        const { scenario: one, seen } = watched(scenario)
        const encounter = new Encounter(one, session).run(stop)
        for (const side of ['client', 'server'] as const) {
          const { engine } = encounter[side]
          if (engine.isHandshakeDone) engine.exportKeyingMaterial(32, 'label', undefined)
          engine.destroy()
          assertOverwritten(seen[side], `the ${side} after ${stop} flights`)
        }
        if (stop > 3) assert.ok(seen.client.length > 5 && seen.server.length > 5)
      }
    })

    test(`${scenario.name}: by a failure`, () => {
      for (let stop = 1; stop <= flights; stop++) {
        const { scenario: one, seen } = watched(scenario)
        const encounter = new Encounter(one, session).run(stop)
        for (const side of ['client', 'server'] as const) {
          encounter[side].engine.receive(Uint8Array.of(0, 0, 0, 0, 0, 0))
          assert.ok(encounter[side].error)
          assertOverwritten(seen[side], `the ${side} after ${stop} flights`)
        }
      }
    })
  }
})
