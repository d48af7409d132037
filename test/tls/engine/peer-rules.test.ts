// Rules that a peer may break with bytes which are well-formed: each was found by BoringSSL's tests (test/interop/bogo) and is
// kept here without them.

import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { P256, P384, X25519 } from '../../../src/crypto/named-groups.ts'
import { nodeCrypto } from '../../../src/crypto/node/node-crypto.ts'
import { signatureSchemeByName } from '../../../src/crypto/signature-schemes.ts'
import { checkMasterSecret } from '../../../src/tls/engine/connected-12.ts'
import {
  MAX_EARLY_DATA_SKIPPED,
  MAX_EMPTY_RECORDS,
  MAX_WARNING_ALERTS,
} from '../../../src/tls/engine/handshake-limits.ts'
import { expandLabel, hashSize } from '../../../src/tls/engine/key-schedule.ts'
import { mayUse } from '../../../src/tls/engine/negotiation.ts'
import type { HandshakeChannel } from '../../../src/tls/engine/record/channel.ts'
import type { TlsEngineConfig } from '../../../src/tls/engine/types.ts'
import { asciiBytes } from '../../../src/tls/wire/bytes.ts'
import { cipherSuites } from '../../../src/tls/wire/cipher-suites.ts'
import * as messages from '../../../src/tls/wire/handshake-messages.ts'
import * as ext from '../../../src/tls/wire/hello-extensions.ts'
import { ALERT, APPLICATION_DATA, HANDSHAKE, HEADER_SIZE } from '../../../src/tls/wire/records.ts'
import { type Alter, configFor, credential, type Pair, pair, pump, type Recorded } from './pair.ts'
import { sealed, sealerOf } from './record-tools.ts'

const only12 = { minVersion: 0x0303, maxVersion: 0x0303 } as const
const only13 = { minVersion: 0x0304, maxVersion: 0x0304 } as const
const NOTHING = new Uint8Array(0)

/** Changes the bodies of handshake messages of one type, in records that are in clear and hold whole messages. */
function rewriting(type: number, change: (body: Uint8Array) => Uint8Array): Alter {
  return bytes => {
    const parts: Uint8Array[] = []
    for (let at = 0; at < bytes.length; ) {
      const end = at + 5 + (bytes[at + 3] as number) * 256 + (bytes[at + 4] as number)
      parts.push(rewriteRecord(bytes.subarray(at, end), type, change))
      at = end
    }
    return Buffer.concat(parts)
  }
}

function rewriteRecord(record: Uint8Array, type: number, change: (body: Uint8Array) => Uint8Array): Uint8Array {
  if (record[0] !== HANDSHAKE) return record
  const parts: Uint8Array[] = []
  for (let at = 5; at < record.length; ) {
    const size = (record[at + 1] as number) * 65536 + (record[at + 2] as number) * 256 + (record[at + 3] as number)
    // Protected.
    if (at + 4 + size > record.length) return record
    const body = record.subarray(at + 4, at + 4 + size)
    parts.push(record[at] === type ? messages.writeMessage(type, change(body)) : record.subarray(at, at + 4 + size))
    at += 4 + size
  }
  const content = Buffer.concat(parts)
  return Buffer.concat([Uint8Array.of(HANDSHAKE, 3, 3, content.length >>> 8, content.length), content])
}

const withExtension = (type: number, body: Uint8Array): ((hello: Uint8Array) => Uint8Array) => {
  return hello => {
    const read = messages.readClientHello(hello)
    return messages.writeClientHello({ ...read, extensions: new Map([...read.extensions, [type, body]]) })
  }
}

const withServerExtension = (type: number, body: Uint8Array): ((hello: Uint8Array) => Uint8Array) => {
  return hello => {
    const read = messages.readServerHello(hello)
    return messages.writeServerHello({ ...read, extensions: new Map([...read.extensions, [type, body]]) })
  }
}

/** A call, so that the compiler does not take what it was for what it is. */
function failureOf({ error }: Recorded): string | undefined {
  return error && `${error.by} ${error.alertName}: ${error.reason}`
}

function established(changes: Partial<TlsEngineConfig> = {}): Pair {
  const both = pair(
    configFor('client', 'ec256', changes),
    configFor('server', 'ec256', { ...changes, tickets: undefined }),
  )
  pump(both)
  return both
}

describe('what a peer may not say in its hello', () => {
  test('point formats without the uncompressed one', () => {
    const compressed = ext.writeOpaque(Uint8Array.of(1), 1)
    const one = pair(configFor('client', 'ec256', only12), configFor('server'))
    pump(one, rewriting(messages.CLIENT_HELLO, withExtension(ext.EC_POINT_FORMATS, compressed)))
    assert.equal(failureOf(one.server), 'local illegal_parameter: tls invalid ecpointformat list')
    const other = pair(configFor('client', 'ec256', only12), configFor('server'))
    pump(other, rewriting(messages.SERVER_HELLO, withServerExtension(ext.EC_POINT_FORMATS, compressed)))
    assert.equal(failureOf(other.client), 'local illegal_parameter: tls invalid ecpointformat list')
  })

  test('authorities with something behind them', () => {
    const both = pair(configFor('client'), configFor('server'))
    pump(both, rewriting(messages.CLIENT_HELLO, withExtension(ext.CERTIFICATE_AUTHORITIES, Uint8Array.of(0, 0, 1))))
    assert.equal(failureOf(both.server), 'local decode_error: length mismatch')
  })

  test('a server of TLS 1.2: the id back that a client sent for middleboxes', () => {
    let sent: Uint8Array = NOTHING
    const both = pair(configFor('client'), configFor('server', 'ec256', only12))
    pump(both, (bytes, from) => {
      if (from === 'client' && bytes[0] === HANDSHAKE && bytes[5] === messages.CLIENT_HELLO) {
        sent = messages.readClientHello(bytes.subarray(9)).sessionId
      }
      return rewriting(messages.SERVER_HELLO, hello => {
        return messages.writeServerHello({ ...messages.readServerHello(hello), sessionId: sent })
      })(bytes, from)
    })
    assert.equal(sent.length, 32)
    assert.equal(failureOf(both.client), 'local illegal_parameter: invalid session id')
  })

  test('but a server of TLS 1.2 may list its groups, as some do', () => {
    const both = pair(configFor('client', 'ec256', only12), configFor('server'))
    const list = ext.writeUint16List([P256.id])
    pump(both, rewriting(messages.SERVER_HELLO, withServerExtension(ext.SUPPORTED_GROUPS, list)))
    // The client went on to its Finished, which the server cannot read: it said something else.
    assert.equal(both.client.error?.by, 'peer')
  })

  test('a server of TLS 1.2: anything in extensions that are only to be there', () => {
    for (const type of [ext.SERVER_NAME, ext.EXTENDED_MASTER_SECRET, ext.SESSION_TICKET]) {
      const both = pair(configFor('client', 'ec256', only12), configFor('server'))
      pump(both, rewriting(messages.SERVER_HELLO, withServerExtension(type, Uint8Array.of(1))))
      assert.equal(failureOf(both.client), 'local decode_error: bad extension', String(type))
    }
  })

  test('a plain CONNECT has its own words', () => {
    const { server } = pair(configFor('client'), configFor('server'))
    server.engine.receive(asciiBytes('CONNECT localhost:443 HTTP/1.1\r\n'))
    assert.equal(failureOf(server), 'local protocol_version: https proxy request')
  })

  test('a handshake on a connection may not leave out the extended master secret, nor bring it in', () => {
    const channel = (isExtended: boolean) =>
      ({ connected: {}, info: { hasExtendedMasterSecret: isExtended } }) as unknown as HandshakeChannel
    checkMasterSecret(channel(true), true)
    assert.throws(() => checkMasterSecret(channel(true), false), { alertName: 'handshake_failure' })
    assert.throws(() => checkMasterSecret(channel(false), true), { reason: 'inconsistent extms' })
  })
})

describe('TLS 1.2: a premaster secret by RSA', () => {
  /** The master secret that comes of what was decrypted, by a server whose chance is all nines. */
  function masterOf(version: number, decrypted: Uint8Array): string | undefined {
    const crypto = { ...nodeCrypto, rsaDecrypt: () => decrypted }
    const random = (size: number) => new Uint8Array(size).fill(9)
    const rsa = cipherSuites.filter(suite => suite.name === 'AES128-GCM-SHA256')
    const { client, server } = pair(
      configFor('client', 'rsa', { ...only12, cipherSuites: rsa, random }),
      configFor('server', 'rsa', { ...only12, cipherSuites: rsa, random, crypto }),
    )
    const newer = rewriting(messages.CLIENT_HELLO, hello => {
      return messages.writeClientHello({ ...messages.readClientHello(hello), version })
    })
    server.engine.receive(newer(Buffer.concat(client.engine.takeOutput()), 'client') ?? NOTHING)
    const body = Buffer.concat([Uint8Array.of(1, 0), new Uint8Array(256)])
    const message = messages.writeMessage(messages.CLIENT_KEY_EXCHANGE, body)
    server.engine.receive(Buffer.concat([Uint8Array.of(HANDSHAKE, 3, 3, 1, message.length - 256), message]))
    return server.keyLog.find(line => line.startsWith('CLIENT_RANDOM'))
  }

  test('holds the version that the client offered, not the one that was agreed', () => {
    const made = new Uint8Array(48).fill(7)
    const nines = new Uint8Array(48).fill(9)
    for (const version of [0x0303, 0x0304]) {
      const right = Uint8Array.from(made)
      right.set([3, version & 0xff])
      const wrong = Uint8Array.from(made)
      wrong.set([3, (version & 0xff) ^ 7])
      assert.ok(masterOf(version, right))
      assert.notEqual(masterOf(version, right), masterOf(version, nines))
      assert.equal(masterOf(version, wrong), masterOf(version, nines))
    }
  })
})

describe('TLS 1.2: a session', () => {
  test('is not offered by half: where its ticket may not be sent, not at all', () => {
    const first = pair(configFor('client', 'ec256', only12), configFor('server'))
    pump(first)
    const [session] = first.client.sessions
    const changes = { ...only12, session, tickets: undefined }
    const { client } = pair(configFor('client', 'ec256', changes), configFor('server'))
    const hello = messages.readClientHello(Buffer.concat(client.engine.takeOutput()).subarray(9))
    assert.equal(hello.sessionId.length, 0)
  })

  test('is taken by a ticket that comes without an id', () => {
    const first = pair(configFor('client', 'ec256', only12), configFor('server'))
    pump(first)
    const [session] = first.client.sessions
    const { client, server } = pair(configFor('client', 'ec256', { ...only12, session }), configFor('server'))
    const empty = rewriting(messages.CLIENT_HELLO, hello => {
      return messages.writeClientHello({ ...messages.readClientHello(hello), sessionId: NOTHING })
    })
    server.engine.receive(empty(Buffer.concat(client.engine.takeOutput()), 'client') ?? NOTHING)
    assert.equal(server.engine.info.isResumed, true)
  })
})

describe('a flight ends where its answer begins', () => {
  /** The first record in clear, with the beginning of one more message in it. */
  const andMore: Alter = bytes => {
    const size = 5 + (bytes[3] as number) * 256 + (bytes[4] as number)
    const content = Buffer.concat([bytes.subarray(5, size), Uint8Array.of(messages.SERVER_HELLO, 0)])
    const header = Uint8Array.of(HANDSHAKE, 3, 3, content.length >>> 8, content.length)
    return Buffer.concat([header, content, bytes.subarray(size)])
  }

  test('a ClientHello, for TLS 1.2 and for a HelloRetryRequest', () => {
    for (const changes of [only12, { ...only13, groups: [P384] }]) {
      const both = pair(configFor('client'), configFor('server', 'ec256', changes))
      pump(both, (bytes, from) => (from === 'client' ? andMore(bytes, from) : bytes))
      assert.equal(failureOf(both.server), 'local unexpected_message: not on record boundary')
    }
  })

  test('a ServerHelloDone, and a HelloRetryRequest', () => {
    for (const changes of [only12, { ...only13, groups: [P384] }]) {
      const both = pair(configFor('client'), configFor('server', 'ec256', changes))
      pump(both, (bytes, from) => (from === 'server' ? andMore(bytes, from) : bytes))
      assert.equal(failureOf(both.client), 'local unexpected_message: not on record boundary')
    }
  })
})

describe('certificates', () => {
  test('a key on a curve that the client did not list is not shown in TLS 1.2', () => {
    const both = pair(
      configFor('client', 'ec256', { ...only12, groups: [X25519] }),
      configFor('server', 'ec256', { credentials: [credential('ec256'), credential('rsa')] }),
    )
    pump(both)
    assert.equal(both.client.engine.info.cipherSuite?.authentication, 'rsa')
    const none = pair(configFor('client', 'ec256', { ...only12, groups: [X25519] }), configFor('server'))
    pump(none)
    assert.equal(failureOf(none.server), 'local handshake_failure: no shared cipher')
  })

  test('nor is it taken', () => {
    const both = pair(configFor('client', 'ec256', { ...only12, groups: [X25519] }), configFor('server', 'ec384'))
    const groups = ext.writeUint16List([X25519.id, P384.id])
    pump(both, rewriting(messages.CLIENT_HELLO, withExtension(ext.SUPPORTED_GROUPS, groups)))
    assert.equal(failureOf(both.client), 'local illegal_parameter: wrong curve')
  })

  test('a server that shows none in TLS 1.2 is refused for that', () => {
    const both = pair(configFor('client', 'ec256', only12), configFor('server'))
    pump(
      both,
      rewriting(messages.CERTIFICATE, () => messages.writeCertificateList([])),
    )
    assert.equal(failureOf(both.client), 'local decode_error: no certificates returned')
  })

  test('a client shows only a kind that the request of TLS 1.2 names', () => {
    const asking = configFor('server', 'ec256', { requestCert: true })
    const both = pair(configFor('client', 'ec256', { ...only12, credentials: [credential('rsa')] }), asking)
    pump(
      both,
      rewriting(messages.CERTIFICATE_REQUEST, request => {
        return messages.writeCertificateRequest12({
          ...messages.readCertificateRequest12(request),
          types: Uint8Array.of(64),
        })
      }),
    )
    assert.deepEqual(both.server.peerCertificates, [])
  })

  test('a client adds no extensions to its own in TLS 1.3', () => {
    const { client, server } = pair(configFor('client'), configFor('server', 'ec256', { requestCert: true }))
    server.engine.receive(Buffer.concat(client.engine.takeOutput()))
    const sealer = sealerOf({ client, server }, server, 'CLIENT_HANDSHAKE_TRAFFIC_SECRET')
    const extensions = new Map([[ext.STATUS_REQUEST, ext.writeOcspStatus(Uint8Array.of(1))]])
    const entries = [{ certificate: credential('ec256').certificates[0] ?? NOTHING, extensions }]
    const message = messages.writeMessage(
      messages.CERTIFICATE,
      messages.writeCertificate({ context: NOTHING, entries }),
    )
    server.engine.receive(sealed(sealer, HANDSHAKE, message))
    assert.equal(failureOf(server), 'local unsupported_extension: bad extension')
  })

  /** What a client makes of a request with such authorities. */
  function requested(authorities: Uint8Array): string | undefined {
    const { client, server } = pair(configFor('client'), configFor('server', 'ec256', { requestCert: true }))
    server.engine.receive(Buffer.concat(client.engine.takeOutput()))
    const flight = Buffer.concat(server.engine.takeOutput())
    client.engine.receive(flight.subarray(0, 5 + flight.readUInt16BE(3)))
    const sealer = sealerOf({ client, server }, server, 'SERVER_HANDSHAKE_TRAFFIC_SECRET')
    const request = messages.writeCertificateRequest(
      new Map([
        [ext.SIGNATURE_ALGORITHMS, ext.writeUint16List([0x0403])],
        [ext.CERTIFICATE_AUTHORITIES, authorities],
      ]),
    )
    const content = Buffer.concat([
      messages.writeMessage(messages.ENCRYPTED_EXTENSIONS, messages.writeEncryptedExtensions(ext.NO_EXTENSIONS)),
      messages.writeMessage(messages.CERTIFICATE_REQUEST, request),
    ])
    client.engine.receive(sealed(sealer, HANDSHAKE, content))
    return failureOf(client)
  }

  test('a request of TLS 1.3 with something behind its authorities; one that names none, as of GnuTLS, will do', () => {
    assert.equal(requested(Uint8Array.of(0, 0, 1)), 'local decode_error: length mismatch')
    assert.equal(requested(Uint8Array.of(0, 0)), undefined)
  })

  test('a key of RSA signs with no hash that is too large for it', () => {
    const scheme = (name: string) => signatureSchemeByName(name) ?? assert.fail(name)
    const key = { type: 'rsa', curve: undefined, bits: 1024 } as const
    assert.equal(mayUse(scheme('rsa_pss_rsae_sha512'), key, 0x0304), false)
    assert.equal(mayUse(scheme('rsa_pss_rsae_sha384'), key, 0x0304), true)
    assert.equal(mayUse(scheme('rsa_pss_rsae_sha512'), { ...key, bits: 2048 }, 0x0304), true)
  })
})

describe('after the handshake', () => {
  test('wishes for new keys that come while we are silent have one answer', () => {
    const both = established(only13)
    for (let i = 0; i < 5; i++) both.client.engine.updateKeys(true)
    both.server.engine.receive(Buffer.concat(both.client.engine.takeOutput()))
    // Header, message of five bytes with its type, tag.
    assert.equal(Buffer.concat(both.server.engine.takeOutput()).length, 5 + 5 + 1 + 16)
    const again = established(only13)
    for (let i = 0; i < 2; i++) {
      again.client.engine.updateKeys(true)
      again.server.engine.write(asciiBytes('something'))
      pump(again)
    }
    assert.equal(again.client.text, 'somethingsomething')
  })

  test('alerts of a level that there is not', () => {
    const both = established(only13)
    const sealer = sealerOf(both, both.client, 'CLIENT_TRAFFIC_SECRET_0')
    both.server.engine.receive(sealed(sealer, ALERT, Uint8Array.of(0x42, 10)))
    assert.equal(failureOf(both.server), 'local illegal_parameter: unknown alert type')
  })

  test('empty records are counted though warnings come between them', () => {
    const both = established(only13)
    const sealer = sealerOf(both, both.client, 'CLIENT_TRAFFIC_SECRET_0')
    const warning = Uint8Array.of(1, 90)
    for (let i = 0; i < MAX_EMPTY_RECORDS; i++) {
      both.server.engine.receive(sealed(sealer, APPLICATION_DATA, NOTHING))
      if (i < MAX_WARNING_ALERTS) both.server.engine.receive(sealed(sealer, ALERT, warning))
    }
    assert.equal(failureOf(both.server), undefined)
    both.server.engine.receive(sealed(sealer, APPLICATION_DATA, NOTHING))
    assert.equal(failureOf(both.server), 'local unexpected_message: record too small')
  })

  test('and warnings though empty records do', () => {
    const both = established(only13)
    const sealer = sealerOf(both, both.client, 'CLIENT_TRAFFIC_SECRET_0')
    for (let i = 0; i <= MAX_WARNING_ALERTS; i++) {
      assert.equal(failureOf(both.server), undefined)
      both.server.engine.receive(sealed(sealer, ALERT, Uint8Array.of(1, 90)))
      both.server.engine.receive(sealed(sealer, APPLICATION_DATA, NOTHING))
    }
    assert.equal(failureOf(both.server), 'local unexpected_message: too many warn alerts')
  })
})

describe('early data, which we never allow', () => {
  const garbage = (size: number): Uint8Array =>
    Buffer.concat([Uint8Array.of(APPLICATION_DATA, 3, 3, size >>> 8, size), new Uint8Array(size)])

  const early = rewriting(messages.CLIENT_HELLO, withExtension(ext.EARLY_DATA, NOTHING))

  function serverWithEarlyHello(changes: Partial<TlsEngineConfig> = {}): Pair {
    const both = pair(configFor('client'), configFor('server', 'ec256', changes))
    both.server.engine.receive(early(Buffer.concat(both.client.engine.takeOutput()), 'client') ?? NOTHING)
    return both
  }

  test('is passed over until the first record that we can read', () => {
    const both = serverWithEarlyHello()
    both.server.engine.receive(garbage(1000))
    both.server.engine.receive(garbage(MAX_EARLY_DATA_SKIPPED - 1000))
    assert.equal(failureOf(both.server), undefined)
    const sealer = sealerOf(both, both.server, 'CLIENT_HANDSHAKE_TRAFFIC_SECRET')
    const finished = messages.writeMessage(messages.FINISHED, new Uint8Array(48))
    both.server.engine.receive(sealed(sealer, HANDSHAKE, finished))
    assert.equal(failureOf(both.server), 'local decrypt_error: digest check failed')
  })

  test('no more of it than a server could have allowed, and none that was not announced', () => {
    const { server } = serverWithEarlyHello()
    server.engine.receive(garbage(MAX_EARLY_DATA_SKIPPED))
    assert.equal(failureOf(server), undefined)
    server.engine.receive(garbage(0))
    assert.equal(failureOf(server), 'local unexpected_message: too much early data')
    const other = pair(configFor('client'), configFor('server'))
    other.server.engine.receive(Buffer.concat(other.client.engine.takeOutput()))
    other.server.engine.receive(garbage(17))
    assert.equal(other.server.error?.alertName, 'bad_record_mac')
  })

  test('though it is too short to hold any; records without content do not come without end either', () => {
    for (const groups of [[X25519], [P384]]) {
      const { server } = serverWithEarlyHello({ groups })
      for (const size of [0, 4, 16]) server.engine.receive(garbage(size))
      assert.equal(failureOf(server), undefined)
      let left = MAX_EARLY_DATA_SKIPPED - 2 * HEADER_SIZE - 16
      for (; left >= HEADER_SIZE; left -= HEADER_SIZE) server.engine.receive(garbage(0))
      assert.equal(failureOf(server), undefined)
      server.engine.receive(garbage(0))
      assert.equal(failureOf(server), 'local unexpected_message: too much early data')
    }
  })

  test('before the second ClientHello too, which may not announce it again', () => {
    const both = serverWithEarlyHello({ groups: [P384] })
    both.server.engine.receive(garbage(1000))
    assert.equal(failureOf(both.server), undefined)
    both.client.engine.receive(Buffer.concat(both.server.engine.takeOutput()))
    const second = Buffer.concat(both.client.engine.takeOutput())
    both.server.engine.receive(early(second, 'client') ?? NOTHING)
    assert.equal(failureOf(both.server), 'local illegal_parameter: bad extension')
  })

  test('and not between the parts of that', () => {
    const both = serverWithEarlyHello({ groups: [P384] })
    both.server.engine.receive(Uint8Array.of(HANDSHAKE, 3, 3, 0, 4, messages.CLIENT_HELLO, 0, 1, 0))
    both.server.engine.receive(garbage(17))
    assert.equal(failureOf(both.server), 'local unexpected_message: app data in handshake')
  })
})

describe('a ClientHello and what comes around it', () => {
  const answerTo = (change: (hello: Uint8Array) => Uint8Array, changes: Partial<TlsEngineConfig> = {}) => {
    const both = pair(configFor('client', 'ec256', changes), configFor('server'))
    const hello = Buffer.concat(both.client.engine.takeOutput())
    both.server.engine.receive(rewriting(messages.CLIENT_HELLO, change)(hello, 'client') ?? NOTHING)
    return both.server
  }
  const without = (type: number) => (hello: Uint8Array) => {
    const read = messages.readClientHello(hello)
    const extensions = new Map([...read.extensions].filter(([one]) => one !== type))
    return messages.writeClientHello({ ...read, extensions })
  }

  test('malformed extensions are a decode_error, though nothing may look at them later', () => {
    for (const [type, body] of [
      [ext.EXTENDED_MASTER_SECRET, Uint8Array.of(0)],
      [ext.ENCRYPT_THEN_MAC, Uint8Array.of(0)],
      [ext.PSK_KEY_EXCHANGE_MODES, NOTHING],
      [ext.PSK_KEY_EXCHANGE_MODES, Uint8Array.of(0)],
      [ext.PSK_KEY_EXCHANGE_MODES, Uint8Array.of(2, 1)],
      [ext.PSK_KEY_EXCHANGE_MODES, Uint8Array.of(1, 1, 1)],
    ] as const) {
      for (const versions of [only12, only13]) {
        assert.equal(answerTo(withExtension(type, body), versions).error?.alertName, 'decode_error', `${type}`)
      }
    }
  })

  test('without groups, or without shares, TLS 1.3 has a missing_extension', () => {
    const groups = answerTo(without(ext.SUPPORTED_GROUPS), only13)
    assert.equal(failureOf(groups), 'local missing_extension: missing supported groups extension')
    const shares = answerTo(without(ext.KEY_SHARE), only13)
    assert.equal(failureOf(shares), 'local missing_extension: no suitable key share')
  })

  test('a client that does not say how it resumes gets tickets; one that says it cannot gets none', () => {
    for (const [modes, tickets] of [
      [undefined, 2],
      [Uint8Array.of(1, 1), 2],
      [Uint8Array.of(2, 0, 1), 2],
      [Uint8Array.of(1, 0), 0],
    ] as const) {
      const change = modes ? withExtension(ext.PSK_KEY_EXCHANGE_MODES, modes) : without(ext.PSK_KEY_EXCHANGE_MODES)
      const said: Uint8Array[] = []
      const onMessage = (_direction: string, type: number, content: Uint8Array) => {
        if (type === HANDSHAKE) said.push(content)
      }
      const both = pair(configFor('client', 'ec256', only13), configFor('server'), { server: { onMessage } })
      const hello = Buffer.concat(both.client.engine.takeOutput())
      both.server.engine.receive(rewriting(messages.CLIENT_HELLO, change)(hello, 'client') ?? NOTHING)
      // The client knows nothing of the change: its Finished is made of what the server has heard and said.
      const hash = both.server.engine.info.cipherSuite?.hash ?? 'sha256'
      const label = 'CLIENT_HANDSHAKE_TRAFFIC_SECRET'
      const line = both.server.keyLog.find(one => one.startsWith(label)) ?? ''
      const secret = Buffer.from(line.split(' ')[2] ?? '', 'hex')
      const key = expandLabel(nodeCrypto, hash, secret, 'finished', NOTHING, hashSize(hash))
      const finished = nodeCrypto.hmac(hash, key, nodeCrypto.hash(hash, Buffer.concat(said)))
      said.length = 0
      const message = messages.writeMessage(messages.FINISHED, finished)
      both.server.engine.receive(sealed(sealerOf(both, both.server, label), HANDSHAKE, message))
      assert.equal(failureOf(both.server), undefined)
      assert.equal(said.filter(one => one[0] === messages.NEW_SESSION_TICKET).length, tickets)
    }
  })

  test('a record of a type that there is not is an unexpected_message, at any time', () => {
    const heartbeat = Uint8Array.of(24, 3, 3, 0, 3, 1, 0, 0)
    const first = pair(configFor('client'), configFor('server')).server
    first.engine.receive(heartbeat)
    assert.equal(failureOf(first), 'local unexpected_message: unexpected message')
    for (const versions of [only12, only13]) {
      const both = pair(configFor('client', 'ec256', versions), configFor('server'))
      pump(both)
      both.server.engine.receive(heartbeat)
      assert.equal(failureOf(both.server), 'local unexpected_message: unexpected message')
    }
  })

  test('what is no TLS at all has no alert', () => {
    for (const bytes of ['\x16\x02\x00\x00\x01', '\x80\x03\x01\x00\x01', 'hello', '\x18\x02\x03\x00\x01']) {
      const { server } = pair(configFor('client'), configFor('server'))
      server.engine.receive(asciiBytes(bytes))
      assert.equal(failureOf(server), 'local protocol_version: wrong version number')
      assert.deepEqual(server.engine.takeOutput(), [])
    }
  })

  test('a change_cipher_spec of another form is an unexpected_message', () => {
    for (const content of [[1, 1], [2]]) {
      const both = pair(configFor('client', 'ec256', only12), configFor('server'))
      both.server.engine.receive(Buffer.concat(both.client.engine.takeOutput()))
      both.server.engine.receive(Uint8Array.of(20, 3, 3, 0, content.length, ...content))
      assert.equal(failureOf(both.server), 'local unexpected_message: bad change cipher spec')
    }
  })
})
