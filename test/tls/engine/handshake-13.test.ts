// TLS 1.3, engine against engine: every suite, group and kind of key, and what is agreed.

import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { P256, P384, X25519 } from '../../../src/crypto/named-groups.ts'
import { nodeCrypto } from '../../../src/crypto/node/node-crypto.ts'
import type { HandshakeChannel } from '../../../src/tls/engine/record/channel.ts'
import { asciiBytes } from '../../../src/tls/wire/bytes.ts'
import { cipherSuites } from '../../../src/tls/wire/cipher-suites.ts'
import { writeCertificateRequest } from '../../../src/tls/wire/handshake-messages.ts'
import { writeUint16List } from '../../../src/tls/wire/hello-extensions.ts'
import { configFor, credential, type KeyKind, type Pair, pair, pump } from './pair.ts'

const only13 = { minVersion: 0x0304, maxVersion: 0x0304 } as const
const kinds: KeyKind[] = ['ec256', 'ec384', 'ec521', 'rsa', 'rsa-pss', 'ed25519']

function assertTalks({ client, server }: Pair): void {
  client.engine.write(asciiBytes('from the client'))
  server.engine.write(asciiBytes('from the server'))
  pump({ client, server })
  assert.equal(server.text, 'from the client')
  assert.equal(client.text, 'from the server')
}

describe('TLS 1.3 handshakes', () => {
  for (const suite of cipherSuites.filter(one => one.protocol === 0x0304)) {
    for (const group of nodeCrypto.groups) {
      for (const kind of kinds) {
        test(`${suite.name}, ${group.name}, ${kind}`, () => {
          const changes = { ...only13, cipherSuites: [suite], groups: [group] }
          const both = pair(configFor('client', kind, changes), configFor('server', kind, changes))
          pump(both)
          assert.deepEqual(both.client.events, ['certificate', 'done'])
          assert.deepEqual(both.server.events, ['done'])
          assert.equal(both.client.engine.info.cipherSuite, suite)
          assert.equal(both.server.engine.info.group, group)
          assert.equal(both.client.engine.info.version, 0x0304)
          assertTalks(both)
        })
      }
    }
  }

  test('a group that the client sent no share of is asked for by a HelloRetryRequest', () => {
    const both = pair(
      configFor('client', 'ec256', { ...only13, groups: [X25519, P384] }),
      configFor('server', 'ec256', { ...only13, groups: [P384, P256] }),
    )
    pump(both)
    assert.equal(both.client.engine.info.group, P384)
    assertTalks(both)
  })

  test('byte by byte', () => {
    const both = pair(configFor('client'), configFor('server'))
    pump(both, (bytes, from) => {
      const to = from === 'client' ? both.server : both.client
      for (const byte of bytes.subarray(0, -1)) to.engine.receive(Uint8Array.of(byte))
      return bytes.subarray(-1)
    })
    assertTalks(both)
  })

  test('client certificates: one, none, and of a kind that the server does not take', () => {
    const asking = configFor('server', 'ec256', { ...only13, requestCert: true })
    const withOne = pair(configFor('client', 'ec256', { ...only13, credentials: [credential('rsa')] }), asking)
    pump(withOne)
    assert.deepEqual(withOne.server.peerCertificates, credential('rsa').certificates)
    assert.equal(withOne.server.engine.info.peerSignatureScheme?.name, 'rsa_pss_rsae_sha256')
    assertTalks(withOne)
    const withNone = pair(configFor('client'), asking)
    pump(withNone)
    assert.deepEqual(withNone.server.peerCertificates, [])
    assertTalks(withNone)
  })

  test('ALPN: the server takes its first that the client has; none in common is refused', () => {
    const names = (...list: string[]) => list.map(asciiBytes)
    const both = pair(
      configFor('client', 'ec256', { alpnProtocols: names('http/1.1', 'h2') }),
      configFor('server', 'ec256', { alpnProtocols: names('h2', 'http/1.1') }),
    )
    pump(both)
    assert.equal(Buffer.from(both.client.engine.info.alpn ?? []).toString(), 'h2')
    const none = pair(
      configFor('client', 'ec256', { alpnProtocols: names('a') }),
      configFor('server', 'ec256', { alpnProtocols: names('b') }),
    )
    pump(none)
    assert.deepEqual(none.server.events, ['error local no_application_protocol'])
    assert.deepEqual(none.client.events, ['error peer no_application_protocol'])
  })

  test('the owner is asked about a ClientHello, and may answer later with another configuration', () => {
    const hellos: (string | undefined)[] = []
    const both = pair(configFor('client', 'ec256', only13), configFor('server', 'ec256', only13), {
      server: { onClientHello: hello => hellos.push(hello.serverName) },
    })
    pump(both)
    assert.deepEqual(hellos, ['localhost'])
    assert.deepEqual(both.client.events, [])
    both.server.engine.answerClientHello({
      config: configFor('server', 'rsa', only13),
      ocspResponse: Uint8Array.of(1, 2, 3),
    })
    pump(both)
    assert.deepEqual(both.client.peerCertificates, credential('rsa').certificates)
    assertTalks(both)
  })

  test('a staple reaches the client that asked for it', () => {
    const told: unknown[] = []
    const both = pair(configFor('client', 'ec256', { ...only13, requestOcsp: true }), configFor('server'), {
      client: { onOcspResponse: response => told.push(response && [...response]) },
      server: {
        onClientHello: hello => {
          assert.equal(hello.wantsOcsp, true)
          both.server.engine.answerClientHello({ ocspResponse: Uint8Array.of(1, 2, 3) })
        },
      },
    })
    pump(both)
    assert.deepEqual(told, [[1, 2, 3]])
    assertTalks(both)
  })

  test('a ticket resumes a session, with the certificate shown again', () => {
    const first = pair(configFor('client', 'ec256', only13), configFor('server', 'ec256', only13))
    pump(first)
    assert.equal(first.client.sessions.length, 2)
    const session = first.client.sessions[0]
    const second = pair(configFor('client', 'ec256', { ...only13, session }), configFor('server', 'ec256', only13))
    pump(second)
    assert.deepEqual(second.client.events, ['certificate', 'done'])
    assert.equal(second.client.engine.info.isResumed, true)
    assert.equal(second.server.engine.info.isResumed, true)
    assert.deepEqual(second.client.peerCertificates, credential('ec256').certificates)
    assertTalks(second)
    assert.equal(second.client.sessions.length, 0, 'no new ticket: the one that resumed is good for more')
  })

  test('a session is bound to its context, its name, its age and its keys', () => {
    const first = pair(configFor('client', 'ec256', only13), configFor('server', 'ec256', only13))
    pump(first)
    const session = first.client.sessions[0]
    const later = () => 1_700_000_000_000 + 301_000
    const others = [
      { sessionIdContext: asciiBytes('other') },
      { now: later },
      { tickets: { keys: [new Uint8Array(48)] } },
      { tickets: undefined },
      { requestCert: true },
    ]
    for (const other of others) {
      const both = pair(
        configFor('client', 'ec256', { ...only13, session }),
        configFor('server', 'ec256', { ...only13, ...other }),
      )
      pump(both)
      assert.equal(both.server.engine.info.isResumed, false)
      assertTalks(both)
    }
    const renamed = pair(
      configFor('client', 'ec256', { ...only13, session, serverName: 'elsewhere.example' }),
      configFor('server', 'ec256', only13),
    )
    pump(renamed)
    assert.equal(renamed.client.engine.info.isResumed, false)
    const retried = pair(
      configFor('client', 'ec256', { ...only13, session }),
      configFor('server', 'ec256', { ...only13, groups: [P384] }),
    )
    pump(retried)
    assert.equal(retried.client.engine.info.isResumed, true)
    assertTalks(retried)
  })

  test('external PSK: identity and key by callbacks, no certificate', () => {
    const key = new Uint8Array(32).fill(7)
    const changes = { ...only13, usesPsk: true, credentials: [] }
    const both = pair(configFor('client', 'ec256', changes), configFor('server', 'ec256', changes), {
      client: { onPskRequest: () => ({ identity: asciiBytes('me'), key }) },
      server: { onPskIdentity: identity => (Buffer.from(identity).toString() === 'me' ? key : undefined) },
    })
    pump(both)
    assert.deepEqual(both.client.events, ['done'])
    assert.equal(both.client.engine.info.isResumed, false)
    assertTalks(both)
  })

  test('keys are updated from either side, and both at once', () => {
    const both = pair(configFor('client', 'ec256', only13), configFor('server', 'ec256', only13))
    pump(both)
    both.client.engine.updateKeys(true)
    both.server.engine.updateKeys(true)
    both.server.engine.updateKeys(false)
    assertTalks(both)
  })

  test('exporters and Finished agree; the key log has a line for each secret', () => {
    const both = pair(configFor('client', 'ec256', only13), configFor('server', 'ec256', only13))
    pump(both)
    const [one, other] = [both.client.engine, both.server.engine]
    const context = asciiBytes('context')
    const exported = one.exportKeyingMaterial(100, 'label', context)
    assert.equal(exported.length, 100)
    assert.deepEqual(exported, other.exportKeyingMaterial(100, 'label', context))
    assert.notDeepEqual(exported, other.exportKeyingMaterial(100, 'label', undefined))
    assert.deepEqual(one.finished, other.peerFinished)
    assert.deepEqual(one.peerFinished, other.finished)
    assert.deepEqual(both.client.keyLog, both.server.keyLog)
    assert.deepEqual(
      both.client.keyLog.map(line => line.split(' ')[0]),
      [
        'CLIENT_HANDSHAKE_TRAFFIC_SECRET',
        'SERVER_HANDSHAKE_TRAFFIC_SECRET',
        'EXPORTER_SECRET',
        'CLIENT_TRAFFIC_SECRET_0',
        'SERVER_TRAFFIC_SECRET_0',
      ],
    )
  })

  test('close_notify ends one direction; a destroyed engine says nothing', () => {
    const both = pair(configFor('client'), configFor('server'))
    pump(both)
    both.client.engine.closeNotify()
    pump(both)
    assert.deepEqual(both.server.events, ['done', 'close'])
    assert.throws(() => both.client.engine.write(asciiBytes('x')))
    both.server.engine.write(asciiBytes('still'))
    pump(both)
    assert.equal(both.client.text, 'still')
    both.client.engine.destroy()
    both.server.engine.write(asciiBytes('x'))
    pump(both)
    assert.equal(both.client.text, 'still')
  })

  test('no plaintext is taken before the handshake is done', () => {
    const both = pair(configFor('client'), configFor('server'))
    assert.throws(() => both.client.engine.write(asciiBytes('secret')))
    assert.throws(() => both.server.engine.write(asciiBytes('secret')))
  })

  test('large writes are cut into records of at most the set size', () => {
    const both = pair(configFor('client'), configFor('server'))
    pump(both)
    const large = Buffer.alloc(100_000, 'abc')
    both.client.engine.setMaxFragmentSize(1000)
    both.client.engine.write([large.subarray(0, 3), large.subarray(3)])
    pump(both)
    assert.equal(both.server.data.length, 100)
    assert.deepEqual(Buffer.concat(both.server.data), large)
  })
})

test('a request for a certificate after the handshake, which no client of ours offers to answer: unexpected_message', () => {
  // RFC 8446 section 4.6.2. Node's clients do not offer post_handshake_auth either.
  const both = pair(configFor('client', 'ec256', { credentials: [credential('ec256')] }), configFor('server'))
  pump(both)
  const { engine } = both.server
  const schemes = writeUint16List([0x0403])
  ;(engine as unknown as HandshakeChannel).sendUntracked(13, writeCertificateRequest(new Map([[13, schemes]])))
  engine.updateKeys(false)
  pump(both)
  assert.equal(both.client.error?.alertName, 'unexpected_message')
})
