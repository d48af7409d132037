// TLS 1.2, engine against engine: every suite with every kind of key that it takes, resumption, renegotiation, PSKs.

import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { P256, P384, P521, X25519 } from '../../../src/crypto/named-groups.ts'
import { nodeCrypto } from '../../../src/crypto/node/node-crypto.ts'
import type { SavedSession } from '../../../src/tls/engine/sessions.ts'
import { asciiBytes } from '../../../src/tls/wire/bytes.ts'
import { cipherSuiteByName, cipherSuites } from '../../../src/tls/wire/cipher-suites.ts'
import { APPLICATION_DATA, CHANGE_CIPHER_SPEC } from '../../../src/tls/wire/records.ts'
import { WiredEngine } from './message-wire.ts'
import { configFor, credential, type KeyKind, type Pair, pair, pump, Recorded } from './pair.ts'
import { recordsOf } from './record-tools.ts'

const only12 = { minVersion: 0x0303, maxVersion: 0x0303 } as const
const key = new Uint8Array(32).fill(7)
const psk = {
  client: { onPskRequest: () => ({ identity: asciiBytes('me'), key }) },
  server: { onPskIdentity: (identity: Uint8Array) => (Buffer.from(identity).toString() === 'me' ? key : undefined) },
}
const kindsFor: Record<string, KeyKind[]> = {
  ecdsa: ['ec256', 'ec384', 'ec521', 'ed25519'],
  rsa: ['rsa', 'rsa-pss'],
  psk: ['ec256'],
}

function assertTalks({ client, server }: Pair): void {
  const [already, others] = [server.text, client.text]
  client.engine.write(asciiBytes('from the client'))
  server.engine.write(asciiBytes('from the server'))
  pump({ client, server })
  assert.equal(server.text, `${already}from the client`)
  assert.equal(client.text, `${others}from the server`)
}

describe('TLS 1.2 handshakes', () => {
  for (const suite of cipherSuites.filter(one => one.protocol === 0x0303)) {
    for (const kind of kindsFor[suite.authentication] ?? []) {
      if (suite.keyExchange === 'rsa' && kind === 'rsa-pss') continue
      const isRefused = suite.keyExchange === 'rsa' && nodeCrypto.rsaDecrypt === undefined
      test(`${suite.name}, ${kind}`, { skip: isRefused && 'this runtime has no safe RSA decryption' }, () => {
        const changes = { ...only12, cipherSuites: [suite], usesPsk: true }
        const both = pair(configFor('client', kind, changes), configFor('server', kind, changes), psk)
        pump(both)
        assert.equal(both.client.engine.info.cipherSuite, suite)
        assert.equal(both.server.engine.info.version, 0x0303)
        assert.equal(both.server.engine.info.hasExtendedMasterSecret, true)
        const isPsk = suite.authentication === 'psk'
        assert.deepEqual(both.client.events, isPsk ? ['done'] : ['certificate', 'done'])
        assertTalks(both)
        const large = Buffer.alloc(40_001, 'xyz')
        both.client.engine.write(large)
        pump(both)
        assert.deepEqual(Buffer.concat(both.server.data).subarray(-40_001), large)
      })
    }
  }

  for (const group of [X25519, P256, P384, P521]) {
    test(`ECDHE with ${group.name}`, () => {
      // With a key on a curve, that curve would have to be among the client's groups.
      const both = pair(configFor('client', 'rsa', { ...only12, groups: [group] }), configFor('server', 'rsa'))
      pump(both)
      assert.equal(both.server.engine.info.group, group)
      assertTalks(both)
    })
  }

  test('a client of both versions agrees on 1.2 with a server of 1.2, and the other way', () => {
    for (const [one, other] of [
      [{}, only12],
      [only12, {}],
    ]) {
      const both = pair(configFor('client', 'ec256', one), configFor('server', 'ec256', other))
      pump(both)
      assert.equal(both.client.engine.info.version, 0x0303)
      assertTalks(both)
    }
  })

  test('a server of TLS 1.3 taken down to 1.2 by someone on the way is not accepted', () => {
    const both = pair(configFor('client'), configFor('server'))
    pump(both, (bytes, from) => {
      if (from === 'server') return bytes
      // supported_versions becomes a type that nobody knows.
      const at = Buffer.from(bytes).indexOf(Buffer.from('002b0005040304', 'hex'))
      if (at >= 0) bytes[at] = 0x7f
      return bytes
    })
    assert.equal(both.client.error?.alert, 47)
    assert.equal(both.client.error?.reason, 'inappropriate fallback')
  })

  test('versions that do not meet are refused', () => {
    const both = pair(configFor('client', 'ec256', only12), configFor('server', 'ec256', { minVersion: 0x0304 }))
    pump(both)
    assert.deepEqual(both.server.events, ['error local protocol_version'])
    assert.deepEqual(both.client.events, ['error peer protocol_version'])
  })

  test('client certificates: one and none', () => {
    const asking = configFor('server', 'ec256', { ...only12, requestCert: true })
    const withOne = pair(configFor('client', 'ec256', { credentials: [credential('rsa')] }), asking)
    pump(withOne)
    assert.deepEqual(withOne.server.peerCertificates, credential('rsa').certificates)
    assertTalks(withOne)
    const withNone = pair(configFor('client'), asking)
    pump(withNone)
    assert.deepEqual(withNone.server.peerCertificates, [])
    assertTalks(withNone)
  })

  test('a ticket resumes, a rotated key renews it, another context does not take it', () => {
    const first = pair(configFor('client', 'ec256', only12), configFor('server'))
    pump(first)
    const [session] = first.client.sessions
    const second = pair(configFor('client', 'ec256', { session }), configFor('server', 'ec256', only12))
    pump(second)
    assert.equal(second.client.engine.info.isResumed, true)
    assert.deepEqual(second.client.events, ['certificate', 'done'])
    assert.equal(second.client.sessions.length, 0)
    assertTalks(second)
    const { tickets } = configFor('server')
    const rotated = { keys: [new Uint8Array(48).fill(1), ...(tickets?.keys ?? [])] }
    const third = pair(
      configFor('client', 'ec256', { session }),
      configFor('server', 'ec256', { ...only12, tickets: rotated }),
    )
    pump(third)
    assert.equal(third.client.engine.info.isResumed, true)
    assert.equal(third.client.sessions.length, 1)
    const other = pair(
      configFor('client', 'ec256', { session }),
      configFor('server', 'ec256', { ...only12, sessionIdContext: asciiBytes('other') }),
    )
    pump(other)
    assert.equal(other.client.engine.info.isResumed, false)
    assertTalks(other)
  })

  test('a session is kept by its id where there are no tickets', () => {
    const server = configFor('server', 'ec256', { ...only12, tickets: undefined, sessionIds: true })
    const first = pair(configFor('client'), server)
    pump(first)
    const kept = first.server.sessions[0] as SavedSession
    const session = first.client.sessions[0] as SavedSession
    assert.deepEqual(Buffer.from(session.sessionId), Buffer.from(kept.sessionId))
    const second = pair(configFor('client', 'ec256', { session }), server, {
      server: {
        onClientHello: hello => {
          assert.deepEqual(Buffer.from(hello.sessionId), Buffer.from(kept.sessionId))
          second.server.engine.answerClientHello({ session: kept })
        },
      },
    })
    pump(second)
    assert.equal(second.server.engine.info.isResumed, true)
    assertTalks(second)
  })

  test('either side renegotiates, with data before and after', () => {
    const both = pair(
      configFor('client', 'ec256', { ...only12, credentials: [credential('rsa')] }),
      configFor('server', 'ec256', only12),
    )
    pump(both)
    assertTalks(both)
    assert.equal(both.client.engine.renegotiate(), true)
    pump(both)
    assert.deepEqual(both.client.events, ['certificate', 'done', 'certificate', 'done'])
    assertTalks(both)
    assert.equal(both.server.engine.renegotiate({ requestCert: true }), true)
    pump(both)
    assert.deepEqual(both.server.peerCertificates, credential('rsa').certificates)
    assertTalks(both)
  })

  test('of who renegotiates, what it showed before counts no more', () => {
    const both = pair(
      configFor('client', 'ec256', { ...only12, credentials: [credential('rsa')] }),
      configFor('server', 'ec256', { ...only12, requestCert: true }),
    )
    pump(both)
    assert.deepEqual(both.server.engine.info.peerCertificates, credential('rsa').certificates)
    assert.equal(both.server.engine.renegotiate({ requestCert: false }), true)
    pump(both)
    assert.deepEqual(both.client.events, ['certificate', 'done', 'certificate', 'done'])
    assert.deepEqual(both.server.engine.info.peerCertificates, [])
  })

  test('a certificate that a server has not proved to be its own is not shown', () => {
    const shown: number[] = []
    const server = new Recorded(configFor('server', 'ec256', only12))
    const client: Recorded = new Recorded(configFor('client', 'ec256', only12), {
      onMessage: (_direction, type, content) => {
        // A ServerKeyExchange has come: the Certificate before it was read.
        if (type === 22 && content[0] === 12) shown.push(client.engine.info.peerCertificates.length)
      },
    })
    client.engine.start()
    pump({ client, server })
    assert.deepEqual([shown, client.engine.info.peerCertificates.length], [[0], 1])
  })

  for (const side of ['client', 'server'] as const) {
    test(`no data of a ${side} is taken under a renegotiation's keys before its Finished`, () => {
      const cipherSuites = configFor('client').cipherSuites.filter(one => one.id === 0xc02b)
      const both = {
        client: new WiredEngine(configFor('client', 'ec256', { ...only12, cipherSuites })),
        server: new WiredEngine(configFor('server', 'ec256', only12)),
      }
      both.client.engine.start()
      pump(both)
      both.client.engine.renegotiate()
      const hasNewKeys = (bytes: Uint8Array) => recordsOf(bytes).some(record => record[0] === CHANGE_CIPHER_SPEC)
      pump(both, (bytes, from) => {
        if (from !== side || !hasNewKeys(bytes)) return bytes
        const records = recordsOf(bytes)
        const sealer = both[side].secrets12(1).sealer(side)
        const data = new Uint8Array(sealer.recordSize(5))
        sealer.seal(APPLICATION_DATA, [asciiBytes('early')], 5, data, 0)
        // In place of Finished.
        return Buffer.concat([...records.slice(0, -1), data])
      })
      const other = both[side === 'client' ? 'server' : 'client']
      assert.deepEqual([other.text, other.error?.reason], ['', 'app data in handshake'])
    })
  }

  test('a peer that may not renegotiate is told so', () => {
    const both = pair(configFor('client', 'ec256', only12), configFor('server', 'ec256', only12))
    pump(both)
    both.server.engine.disableRenegotiation()
    both.client.engine.renegotiate()
    pump(both)
    assert.equal(both.client.error?.reason, 'no renegotiation')
  })

  test('exporters and Finished agree', () => {
    const both = pair(configFor('client', 'ec256', only12), configFor('server', 'ec256', only12))
    pump(both)
    const [one, other] = [both.client.engine, both.server.engine]
    const exported = one.exportKeyingMaterial(70, 'label', undefined)
    assert.deepEqual(exported, other.exportKeyingMaterial(70, 'label', undefined))
    assert.notDeepEqual(exported, other.exportKeyingMaterial(70, 'label', asciiBytes('')))
    assert.deepEqual(one.finished, other.peerFinished)
    assert.deepEqual(one.peerFinished, other.finished)
    assert.match(both.client.keyLog[0] ?? '', /^CLIENT_RANDOM [0-9a-f]{64} [0-9a-f]{96}$/)
    assert.deepEqual(both.client.keyLog, both.server.keyLog)
  })

  test('a staple reaches the client that asked for it', () => {
    const told: unknown[] = []
    const both = pair(configFor('client', 'ec256', { ...only12, requestOcsp: true }), configFor('server'), {
      client: { onOcspResponse: response => told.push(response && [...response]) },
      server: { onClientHello: () => both.server.engine.answerClientHello({ ocspResponse: Uint8Array.of(1, 2, 3) }) },
    })
    pump(both)
    assert.deepEqual(told, [[1, 2, 3]])
    assertTalks(both)
  })

  test('a PSK identity that the server does not know is refused', () => {
    const suite = cipherSuiteByName('PSK-AES128-GCM-SHA256')
    const changes = {
      ...only12,
      cipherSuites: suite ? [suite] : [],
      usesPsk: true,
      pskIdentityHint: asciiBytes('hint'),
    }
    const hints: string[] = []
    const both = pair(configFor('client', 'ec256', changes), configFor('server', 'ec256', changes), {
      client: {
        onPskRequest: hint => {
          hints.push(Buffer.from(hint ?? []).toString())
          return { identity: asciiBytes('nobody'), key }
        },
      },
      server: psk.server,
    })
    pump(both)
    assert.deepEqual(hints, ['hint'])
    assert.deepEqual(both.server.events, ['error local unknown_psk_identity'])
  })
})
