// Each limit of src/tls/engine/limits.ts, reached and then passed by one; and records that are none.

import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { nodeCrypto } from '../../../src/tls/crypto/node-crypto.ts'
import { TrafficSecret } from '../../../src/tls/engine/key-schedule.ts'
import {
  MAX_CERTIFICATE_MESSAGE,
  MAX_EMPTY_RECORDS,
  MAX_HANDSHAKE_MESSAGE,
  MAX_KEY_UPDATES,
  MAX_PLAINTEXT,
  MAX_TICKETS,
  MAX_TICKETS_KEPT,
  MAX_WAITING_INPUT,
  MAX_WARNING_ALERTS,
} from '../../../src/tls/engine/limits.ts'
import type { Sealer13 } from '../../../src/tls/engine/record-protection.ts'
import { NO_EXTENSIONS } from '../../../src/tls/wire/extensions.ts'
import { NEW_SESSION_TICKET, writeMessage, writeNewSessionTicket } from '../../../src/tls/wire/handshake-messages.ts'
import { ALERT, APPLICATION_DATA, HANDSHAKE } from '../../../src/tls/wire/records.ts'
import { configFor, type Pair, pair, pump, Recorded } from './pair.ts'

const changeCipherSpec = Uint8Array.of(20, 3, 3, 0, 1, 1)

function established(): Pair {
  const both = pair(configFor('client'), configFor('server', 'ec256', { tickets: undefined }))
  pump(both)
  return both
}

/** Seals whatever we like as one side of a connection, with the secret of its key log. */
function sealerOf(both: Pair, side: 'client' | 'server'): Sealer13 {
  const line = both.client.keyLog.find(one => one.startsWith(`${side.toUpperCase()}_TRAFFIC_SECRET_0`)) ?? ''
  const suite = both.client.engine.info.cipherSuite
  assert.ok(suite)
  return new TrafficSecret(nodeCrypto, suite, Buffer.from(line.split(' ')[2] ?? '', 'hex')).sealer()
}

function sealed(sealer: Sealer13, type: number, content: Uint8Array): Uint8Array {
  const record = new Uint8Array(sealer.recordSize(content.length))
  sealer.seal(type, [content], content.length, record, 0)
  return record
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
      both.server.engine.receive(sealed(sealerOf(both, 'client'), APPLICATION_DATA, new Uint8Array(size)))
      assert.equal(errorOf(both.server)?.alertName, alert)
    }
  })

  test('handshake messages are judged by their header', () => {
    for (const [type, limit] of [
      [1, MAX_HANDSHAKE_MESSAGE],
      [11, MAX_CERTIFICATE_MESSAGE],
    ] as const) {
      for (const size of [limit, limit + 1]) {
        const header = Uint8Array.of(22, 3, 1, 0, 4, type, size >>> 16, size >>> 8, size & 0xff)
        assert.equal(serverThatGets(header).error?.reason, size > limit ? 'excessive message size' : undefined)
      }
    }
  })

  test('empty records', () => {
    const both = established()
    const sealer = sealerOf(both, 'client')
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

  test('tickets: few are kept, many are an attack', () => {
    const both = established()
    const sealer = sealerOf(both, 'server')
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
    const sealer = sealerOf(both, 'client')
    const userCanceled = Uint8Array.of(1, 90)
    for (let i = 0; i < MAX_WARNING_ALERTS; i++) both.server.engine.receive(sealed(sealer, ALERT, userCanceled))
    assert.equal(errorOf(both.server), undefined)
    both.server.engine.receive(sealed(sealer, ALERT, userCanceled))
    assert.equal(errorOf(both.server)?.reason, 'too many warn alerts')
  })

  test('change_cipher_spec: two within a handshake of TLS 1.3, none before or after', () => {
    const during = pair(configFor('client'), configFor('server'))
    during.server.engine.receive(Buffer.concat(during.client.engine.takeOutput()))
    during.server.engine.receive(changeCipherSpec)
    during.server.engine.receive(changeCipherSpec)
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
