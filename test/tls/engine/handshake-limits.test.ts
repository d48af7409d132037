// Each limit of src/tls/engine/handshake-limits.ts, reached and then passed by one; and records that are none.

import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { X25519 } from '../../../src/crypto/named-groups.ts'
import { nodeCrypto } from '../../../src/crypto/node/node-crypto.ts'
import {
  MAX_CERTIFICATE_MESSAGE,
  MAX_CHAIN,
  MAX_CHANGE_CIPHER_SPECS,
  MAX_CIPHERTEXT_12,
  MAX_CIPHERTEXT_13,
  MAX_CLIENT_HELLO,
  MAX_EMPTY_RECORDS,
  MAX_HANDSHAKE_MESSAGE,
  MAX_KEY_UPDATES,
  MAX_PLAINTEXT,
  MAX_PSK_IDENTITIES,
  MAX_RECORDS_PER_KEY,
  MAX_REFUSED_RENEGOTIATIONS,
  MAX_TICKET_LIFETIME_SECONDS,
  MAX_TICKET_PLAINTEXT,
  MAX_TICKETS,
  MAX_TICKETS_KEPT,
  MAX_WAITING_INPUT,
  MAX_WARNING_ALERTS,
  TICKETS_PER_HANDSHAKE,
} from '../../../src/tls/engine/handshake-limits.ts'
import type { HandshakeChannel } from '../../../src/tls/engine/record/channel.ts'
import type { RecordSealer } from '../../../src/tls/engine/record/record-protection.ts'
import { CLOCK_SLACK_MS, isExpired } from '../../../src/tls/engine/sessions.ts'
import { asciiBytes, asciiText } from '../../../src/tls/wire/bytes.ts'
import { cipherSuites } from '../../../src/tls/wire/cipher-suites.ts'
import {
  CLIENT_HELLO,
  NEW_SESSION_TICKET,
  writeClientHello,
  writeMessage,
  writeNewSessionTicket,
} from '../../../src/tls/wire/handshake-messages.ts'
import * as ext from '../../../src/tls/wire/hello-extensions.ts'
import { NO_EXTENSIONS } from '../../../src/tls/wire/hello-extensions.ts'
import { ALERT, APPLICATION_DATA, HANDSHAKE } from '../../../src/tls/wire/records.ts'
import { WiredEngine } from './message-wire.ts'
import { configFor, credential, type Pair, pair, pump, Recorded } from './pair.ts'
import { sealed, sealerOf } from './record-tools.ts'
import { toyCredential, toyCrypto } from './toy-crypto.ts'

const changeCipherSpec = Uint8Array.of(20, 3, 3, 0, 1, 1)

function established(): Pair {
  const both = pair(configFor('client'), configFor('server', 'ec256', { tickets: undefined }))
  pump(both)
  return both
}

/** A call, so that the compiler does not take what it was for what it is. */
function errorOf(one: Recorded) {
  return one.error
}

function serverThatGets(bytes: Uint8Array): Recorded {
  const server = new Recorded(configFor('server'))
  server.engine.receive(bytes)
  return server
}

function plainRecord(content: Uint8Array): Uint8Array {
  return Buffer.concat([Uint8Array.of(HANDSHAKE, 3, 1, content.length >>> 8, content.length & 0xff), content])
}

interface HelloLists {
  readonly groups?: readonly number[]
  readonly schemes?: readonly number[]
  readonly shares?: readonly ext.KeyShareEntry[]
}

/** In records as full as they may be. */
function plainFlight(message: Uint8Array): Uint8Array {
  const records: Uint8Array[] = []
  for (let at = 0; at < message.length; at += MAX_PLAINTEXT) {
    records.push(plainRecord(message.subarray(at, at + MAX_PLAINTEXT)))
  }
  return Buffer.concat(records)
}

/** A ClientHello whose body has just this size, by padding, and where that is not enough by suites; with PSKs that are called 0, 1, 2 and so on. */
function helloOf(size: number, psks = 0, more: HelloLists = {}): Uint8Array {
  const offer = {
    identities: Array.from({ length: psks }, (_, i) => ({ identity: asciiBytes(`${i}`), obfuscatedAge: 0 })),
    binders: Array.from({ length: psks }, () => new Uint8Array(32)),
  }
  const share = nodeCrypto.generateKeyShare(X25519)
  const { groups = [X25519.id], schemes = [0x0403], shares = [] } = more
  const sessionId = size > MAX_HANDSHAKE_MESSAGE ? 32 : 0
  const hello = (padding: number, suites = 0) =>
    writeClientHello({
      version: 0x0303,
      random: new Uint8Array(32),
      sessionId: new Uint8Array(sessionId),
      cipherSuites: [0x1301, ...new Array<number>(suites).fill(0x5a5a)],
      compressionMethods: Uint8Array.of(0),
      extensions: new Map([
        [ext.SUPPORTED_VERSIONS, ext.writeSupportedVersions([0x0304])],
        [ext.SUPPORTED_GROUPS, ext.writeUint16List(groups)],
        [ext.SIGNATURE_ALGORITHMS, ext.writeUint16List(schemes)],
        [ext.PSK_KEY_EXCHANGE_MODES, ext.writeOpaque(Uint8Array.of(1), 1)],
        [ext.KEY_SHARE, ext.writeKeyShares([...shares, { group: X25519.id, share: share.publicKey }])],
        [21, new Uint8Array(padding)],
        ...(psks > 0 ? ([[ext.PRE_SHARED_KEY, ext.writePskOffer(offer)]] as const) : []),
      ]),
    })
  const padding = size - hello(0).length
  const suites = size > MAX_HANDSHAKE_MESSAGE ? 32_766 : 0
  return writeMessage(CLIENT_HELLO, hello(padding - 2 * suites, suites))
}

describe('limits of the TLS engine', () => {
  test('records in clear: 2^14 bytes, no more', () => {
    const size = MAX_PLAINTEXT + 1
    assert.equal(serverThatGets(Uint8Array.of(22, 3, 1, MAX_PLAINTEXT >>> 8, 0)).error, undefined)
    assert.equal(serverThatGets(Uint8Array.of(22, 3, 1, size >>> 8, size & 0xff)).error?.alertName, 'record_overflow')
  })

  test('protected records: 2^14 bytes of content, no more', () => {
    for (const [size, alert] of [
      [MAX_PLAINTEXT, undefined],
      [MAX_PLAINTEXT + 1, 'record_overflow'],
    ] as const) {
      const both = established()
      both.server.engine.receive(
        sealed(sealerOf(both, both.client, 'CLIENT_TRAFFIC_SECRET_0'), APPLICATION_DATA, new Uint8Array(size)),
      )
      assert.equal(errorOf(both.server)?.alertName, alert)
    }
  })

  test('protected records are judged by their header', () => {
    for (const [version, limit] of [
      [0x0303, MAX_CIPHERTEXT_12],
      [0x0304, MAX_CIPHERTEXT_13],
    ] as const) {
      for (const size of [limit, limit + 1]) {
        const both = pair(configFor('client'), configFor('server', 'ec256', { maxVersion: version }))
        pump(both)
        both.server.engine.receive(Uint8Array.of(APPLICATION_DATA, 3, 3, size >>> 8, size & 0xff))
        assert.equal(errorOf(both.server)?.alertName, size > limit ? 'record_overflow' : undefined)
      }
    }
  })

  test('handshake messages are judged by their header', () => {
    for (const [type, limit] of [
      [1, MAX_CLIENT_HELLO],
      [16, MAX_HANDSHAKE_MESSAGE],
      [11, MAX_CERTIFICATE_MESSAGE],
    ] as const) {
      for (const size of [limit, limit + 1]) {
        const header = Uint8Array.of(22, 3, 1, 0, 4, type, size >>> 16, size >>> 8, size & 0xff)
        const { error } = serverThatGets(header)
        assert.equal(error?.reason, size > limit ? 'excessive message size' : undefined)
        assert.equal(error?.alertName, size > limit ? 'decode_error' : undefined)
      }
    }
  })

  test('a ClientHello of MAX_CLIENT_HELLO bytes is answered, also one byte in each record', () => {
    // All lists full, but that of compression methods, of which TLS 1.3 has one.
    const message = helloOf(MAX_CLIENT_HELLO - 254)
    const whole = serverThatGets(plainFlight(message))
    assert.equal(errorOf(whole), undefined)
    assert.ok(whole.engine.info.cipherSuite)
    const bytewise = serverThatGets(Buffer.concat([...message].map(byte => plainRecord(Uint8Array.of(byte)))))
    assert.equal(errorOf(bytewise), undefined)
    assert.ok(bytewise.engine.info.cipherSuite)
  })

  test('what a ClientHello names thousands of times is kept once', () => {
    const schemes = new Array<number>(29_000).fill(0x0403)
    const server = serverThatGets(plainFlight(helloOf(60_000, 0, { schemes })))
    assert.equal(errorOf(server), undefined)
    assert.deepEqual(
      server.engine.info.sharedSignatureSchemes.map(one => one.id),
      [0x0403],
    )
    // Each share has to be of a group that was offered.
    const groups = Array.from({ length: 14_000 }, (_, index) => 0x4000 + index)
    const shares = groups.slice(-6000).map(group => ({ group, share: Uint8Array.of(1) }))
    const hello = (more: HelloLists) => serverThatGets(plainFlight(helloOf(63_000, 0, more)))
    assert.equal(errorOf(hello({ groups: [...groups, X25519.id], shares })), undefined)
    assert.equal(
      errorOf(hello({ groups: [...groups.slice(0, -1), X25519.id], shares }))?.alertName,
      'illegal_parameter',
    )
    const doubled = [...shares.slice(1), ...shares.slice(-1)]
    assert.equal(errorOf(hello({ groups: [...groups, X25519.id], shares: doubled }))?.alertName, 'illegal_parameter')
  })

  for (const version of [0x0303, 0x0304] as const) {
    test(`certificates in a chain, version ${version.toString(16)}, of a server and of a client`, () => {
      const [one] = credential('ec256').certificates
      assert.ok(one)
      const chainOf = (length: number) => [
        { ...credential('ec256'), certificates: new Array<Uint8Array>(length).fill(one) },
      ]
      const versions = { minVersion: version, maxVersion: version }
      for (const length of [MAX_CHAIN, MAX_CHAIN + 1]) {
        const alert = length > MAX_CHAIN ? 'bad_certificate' : undefined
        const ofServer = pair(
          configFor('client', 'ec256', versions),
          configFor('server', 'ec256', { credentials: chainOf(length) }),
        )
        pump(ofServer)
        assert.equal(errorOf(ofServer.client)?.alertName, alert)
        const ofClient = pair(
          configFor('client', 'ec256', { ...versions, credentials: chainOf(length) }),
          configFor('server', 'ec256', { requestCert: true }),
        )
        pump(ofClient)
        assert.equal(errorOf(ofClient.server)?.alertName, alert)
      }
    })
  }

  test('PSKs of a ClientHello: those beyond MAX_PSK_IDENTITIES are not looked at', () => {
    for (const place of [MAX_PSK_IDENTITIES - 1, MAX_PSK_IDENTITIES]) {
      const asked: string[] = []
      const server = new Recorded(configFor('server', 'ec256', { usesPsk: true, tickets: undefined }), {
        onPskIdentity: identity => {
          asked.push(asciiText(identity))
          return asciiText(identity) === `${place}` ? new Uint8Array(32) : undefined
        },
      })
      server.engine.receive(plainRecord(helloOf(2000, MAX_PSK_IDENTITIES + 2)))
      assert.equal(asked.length, MAX_PSK_IDENTITIES)
      // The binders are zeroes: one that is looked at does not fit, the others do not matter.
      assert.equal(errorOf(server)?.alertName, place < MAX_PSK_IDENTITIES ? 'decrypt_error' : undefined)
    }
  })

  test('empty records', () => {
    const both = established()
    const sealer = sealerOf(both, both.client, 'CLIENT_TRAFFIC_SECRET_0')
    for (let i = 0; i < MAX_EMPTY_RECORDS; i++) {
      both.server.engine.receive(sealed(sealer, APPLICATION_DATA, new Uint8Array(0)))
    }
    assert.equal(errorOf(both.server), undefined)
    both.server.engine.receive(sealed(sealer, APPLICATION_DATA, new Uint8Array(0)))
    assert.equal(errorOf(both.server)?.alertName, 'unexpected_message')
  })

  test('key updates without data between them', () => {
    const both = established()
    for (let i = 0; i < MAX_KEY_UPDATES; i++) both.client.engine.updateKeys(false)
    pump(both)
    both.client.engine.write(Uint8Array.of(1))
    pump(both)
    for (let i = 0; i < MAX_KEY_UPDATES; i++) both.client.engine.updateKeys(true)
    pump(both)
    assert.equal(errorOf(both.server), undefined)
    both.client.engine.updateKeys(false)
    pump(both)
    assert.equal(errorOf(both.server)?.reason, 'too many key updates')
  })

  for (const side of ['client', 'server'] as const) {
    test(`wishes to renegotiate that a ${side} refuses have one answer, and an end`, () => {
      const suite = cipherSuites.filter(one => one.id === 0xc02b)
      const both = {
        client: new WiredEngine(configFor('client', 'ec256', { maxVersion: 0x0303, cipherSuites: suite })),
        server: new WiredEngine(configFor('server')),
      }
      both.client.engine.start()
      pump(both)
      const one = both[side]
      const other = both[side === 'client' ? 'server' : 'client']
      one.engine.disableRenegotiation()
      const sealer = other.secrets12(0).sealer(other.side)
      // A connection's second record under these keys: its first was Finished.
      sealed(sealer, HANDSHAKE, new Uint8Array(16))
      const wish = Uint8Array.of(side === 'client' ? 0 : 1, 0, 0, 0)
      const wishes = (count: number) => Buffer.concat(new Array<Uint8Array>(count).fill(wish))
      for (let i = 0; i < 3; i++) {
        one.engine.receive(sealed(sealer, HANDSHAKE, wishes(MAX_REFUSED_RENEGOTIATIONS)))
        assert.equal(one.engine.takeOutput().length, 1)
        one.engine.receive(sealed(sealer, APPLICATION_DATA, Uint8Array.of(1)))
      }
      assert.equal(errorOf(one), undefined)
      one.engine.receive(sealed(sealer, HANDSHAKE, wishes(MAX_REFUSED_RENEGOTIATIONS + 1)))
      assert.equal(errorOf(one)?.alertName, 'unexpected_message')
    })
  }

  test('our own keys change after MAX_RECORDS_PER_KEY records, and the peer follows', () => {
    const both = established()
    const sealer = sealerOf(both, both.client, 'CLIENT_TRAFFIC_SECRET_0')
    let sequence = MAX_RECORDS_PER_KEY - 1
    // As if so many records had gone before: sending them takes minutes.
    const worn: RecordSealer = {
      get sequence() {
        return sequence
      },
      recordSize: size => sealer.recordSize(size),
      seal: (...args) => {
        sequence++
        return sealer.seal(...args)
      },
      destroy: () => sealer.destroy(),
    }
    ;(both.client.engine as unknown as HandshakeChannel).setSealer(worn)
    const sent: number[] = []
    for (const size of [100, 200, 300]) {
      both.client.engine.write(new Uint8Array(size))
      const output = both.client.engine.takeOutput()
      sent.push(output.length)
      both.server.engine.receive(Buffer.concat(output))
    }
    assert.deepEqual(sent, [1, 2, 1])
    assert.equal(errorOf(both.server), undefined)
    assert.equal(Buffer.concat(both.server.data).length, 600)
  })

  test('a ticket of TLS 1.3 lives for MAX_TICKET_LIFETIME_SECONDS at most, whoever says more', () => {
    const longer = MAX_TICKET_LIFETIME_SECONDS + 1
    const both = pair(configFor('client'), configFor('server', 'ec256', { sessionTimeoutSeconds: longer }))
    pump(both)
    assert.equal(both.client.sessions.length, TICKETS_PER_HANDSHAKE)
    assert.equal(both.client.sessions[0]?.lifetimeSeconds, MAX_TICKET_LIFETIME_SECONDS)
    const other = established()
    const sealer = sealerOf(other, other.client, 'SERVER_TRAFFIC_SECRET_0')
    for (const lifetimeSeconds of [longer - 2, longer - 1, longer, 2 ** 32 - 1]) {
      const ticket = { lifetimeSeconds, ageAdd: 0, nonce: Uint8Array.of(0), ticket: Uint8Array.of(1) }
      const body = writeNewSessionTicket({ ...ticket, extensions: NO_EXTENSIONS })
      other.client.engine.receive(sealed(sealer, HANDSHAKE, writeMessage(NEW_SESSION_TICKET, body)))
      const expected = Math.min(lifetimeSeconds, MAX_TICKET_LIFETIME_SECONDS)
      assert.equal(other.client.sessions.at(-1)?.lifetimeSeconds, expected)
    }
    const session = other.client.sessions.at(-1)
    assert.ok(session)
    const end = session.issuedAt + MAX_TICKET_LIFETIME_SECONDS * 1000
    assert.equal(isExpired(session, end), false)
    assert.equal(isExpired(session, end + 1), true)
    // A clock that went back by a little is no harm; by more it says nothing of a session's age.
    assert.equal(isExpired(session, session.issuedAt - CLOCK_SLACK_MS), false)
    assert.equal(isExpired(session, session.issuedAt - CLOCK_SLACK_MS - 1), true)
  })

  for (const version of [0x0303, 0x0304] as const) {
    test(`a session beyond MAX_TICKET_PLAINTEXT gets no ticket, version ${version.toString(16)}`, () => {
      const endpoint = (name: string) => ({
        minVersion: version,
        maxVersion: version,
        crypto: toyCrypto(name),
        credentials: [toyCredential(name)],
      })
      /** The size of a ticket for a client with a certificate of this size; undefined: none. */
      const ticketFor = (size: number): number | undefined => {
        const credentials = [toyCredential('client', size)]
        const both = pair(
          configFor('client', 'ec256', { ...endpoint('client'), credentials }),
          configFor('server', 'ec256', { ...endpoint('server'), requestCert: true }),
        )
        pump(both)
        assert.equal(both.server.engine.isHandshakeDone, true)
        return both.client.sessions[0]?.ticket.length
      }
      const sealing = 48
      const beside = (ticketFor(100) ?? 0) - sealing - 100
      assert.equal(ticketFor(MAX_TICKET_PLAINTEXT - beside), MAX_TICKET_PLAINTEXT + sealing)
      assert.equal(ticketFor(MAX_TICKET_PLAINTEXT - beside + 1), undefined)
    })
  }

  test('tickets: few are kept, many are an attack', () => {
    const both = established()
    const sealer = sealerOf(both, both.client, 'SERVER_TRAFFIC_SECRET_0')
    const ticket = { lifetimeSeconds: 100, ageAdd: 0, nonce: Uint8Array.of(0), ticket: Uint8Array.of(1) }
    const message = writeMessage(NEW_SESSION_TICKET, writeNewSessionTicket({ ...ticket, extensions: NO_EXTENSIONS }))
    for (let i = 0; i < MAX_TICKETS; i++) both.client.engine.receive(sealed(sealer, HANDSHAKE, message))
    assert.equal(errorOf(both.client), undefined)
    assert.equal(both.client.sessions.length, MAX_TICKETS_KEPT)
    both.client.engine.receive(sealed(sealer, HANDSHAKE, message))
    assert.equal(errorOf(both.client)?.reason, 'too many tickets')
  })

  test('warning alerts', () => {
    const both = established()
    const sealer = sealerOf(both, both.client, 'CLIENT_TRAFFIC_SECRET_0')
    const userCanceled = Uint8Array.of(1, 90)
    for (let i = 0; i < MAX_WARNING_ALERTS; i++) both.server.engine.receive(sealed(sealer, ALERT, userCanceled))
    assert.equal(errorOf(both.server), undefined)
    both.server.engine.receive(sealed(sealer, ALERT, userCanceled))
    assert.equal(errorOf(both.server)?.reason, 'too many warn alerts')
  })

  test('what carries nothing does not make up for other things that carry nothing', () => {
    const both = established()
    const sealer = sealerOf(both, both.client, 'CLIENT_TRAFFIC_SECRET_0')
    const send = (type: number, ...content: number[]) =>
      both.server.engine.receive(sealed(sealer, type, Uint8Array.from(content)))
    let warnings = 0
    while (errorOf(both.server) === undefined && warnings++ < 100) {
      send(ALERT, 1, 90)
      send(APPLICATION_DATA)
    }
    assert.equal(errorOf(both.server)?.reason, 'too many warn alerts')
    assert.equal(warnings, MAX_WARNING_ALERTS + 1)
  })

  test('change_cipher_spec: two within a handshake of TLS 1.3, none before or after', () => {
    const during = pair(configFor('client'), configFor('server'))
    during.server.engine.receive(Buffer.concat(during.client.engine.takeOutput()))
    for (let i = 0; i < MAX_CHANGE_CIPHER_SPECS; i++) during.server.engine.receive(changeCipherSpec)
    assert.equal(errorOf(during.server), undefined)
    during.server.engine.receive(changeCipherSpec)
    assert.equal(errorOf(during.server)?.alertName, 'unexpected_message')
    assert.equal(serverThatGets(changeCipherSpec).error?.alertName, 'unexpected_message')
    const after = established()
    after.server.engine.receive(changeCipherSpec)
    assert.equal(errorOf(after.server)?.alertName, 'unexpected_message')
  })

  test('what comes while the owner thinks about a ClientHello', () => {
    const both = pair(configFor('client'), configFor('server'), { server: { onClientHello: () => {} } })
    pump(both)
    both.server.engine.receive(new Uint8Array(MAX_WAITING_INPUT))
    assert.equal(errorOf(both.server), undefined)
    both.server.engine.receive(Uint8Array.of(1))
    assert.equal(errorOf(both.server)?.alertName, 'unexpected_message')
  })

  test('what is no TLS is told apart, and gets no alert', () => {
    assert.equal(serverThatGets(Buffer.from('SSH-2.0-x\r\n')).engine.takeOutput().length, 0)
    assert.equal(serverThatGets(Buffer.from('GET / HTTP/1.1\r\n')).error?.reason, 'http request')
    assert.equal(serverThatGets(Buffer.from('SSH-2.0-x\r\n')).error?.reason, 'wrong version number')
    assert.equal(serverThatGets(Uint8Array.of(22, 2, 0, 0, 1, 0)).error?.alertName, 'protocol_version')
  })
})
