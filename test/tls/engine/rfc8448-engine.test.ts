// RFC 8448, the whole engine: a client and a server are given the traces' randoms, keys and signatures through their
// configuration and their crypto provider, and the peer's records as they stand in the RFC. Where the engine chooses as the
// RFC's endpoint did, its records are the RFC's to the octet. Where it chooses otherwise (the order of a ClientHello's
// extensions, say) the provider hashes the RFC's message in place of ours, so that everything after it must again be the
// RFC's; each test names the messages that differ.

import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { P256, X25519 } from '../../../src/crypto/named-groups.ts'
import { nodeCrypto } from '../../../src/crypto/node/node-crypto.ts'
import type { CryptoProvider, PrivateKey } from '../../../src/crypto/provider.ts'
import { writeSession } from '../../../src/tls/engine/sessions.ts'
import type { Credential, TlsEngineConfig } from '../../../src/tls/engine/types.ts'
import * as messages from '../../../src/tls/wire/handshake-messages.ts'
import { readPskOffer } from '../../../src/tls/wire/hello-extensions.ts'
import { configFor, Recorded } from './pair.ts'
import { type Side, type Step, shareOf, stepsOf, type TraceName } from './rfc8448-trace.ts'

const only13 = { minVersion: 0x0304, maxVersion: 0x0304 } as const
const hex = (bytes: Uint8Array) => Buffer.from(bytes).toString('hex')

/** What one side of a trace says, and an engine that plays it. */
class Player {
  readonly recorded: Recorded
  /** Our messages that are not the RFC's, by their type. */
  readonly differing: number[] = []
  readonly #steps: readonly Step[]
  readonly #side: Side
  readonly #said: Buffer[]
  readonly #swaps: (readonly [ours: Buffer, theirs: Buffer])[] = []

  constructor(
    name: TraceName,
    side: Side,
    changes: Partial<TlsEngineConfig> = {},
    crypto: Partial<CryptoProvider> = {},
  ) {
    this.#steps = stepsOf(name)
    this.#side = side
    this.#said = this.#messages()
    const randoms = this.#randoms()
    const config = configFor(side, 'ec256', {
      ...only13,
      serverName: side === 'client' ? 'server' : undefined,
      crypto: this.#crypto(crypto),
      credentials: this.#credentials(),
      groups: [X25519, P256],
      honorCipherOrder: false,
      random: size => randoms.shift() ?? new Uint8Array(size),
      ...changes,
    })
    this.recorded = new Recorded(config, {
      onMessage: (direction, type, content) => {
        if (direction === 'sent' && type === 22) this.#compare(Buffer.from(content))
      },
    })
    this.recorded.engine.start()
  }

  /** Records of a side, in order; one of them may be asked for. */
  records(side: Side, type?: string): Buffer[] {
    return this.#steps
      .filter(one => one.side === side && one.step.startsWith(`send ${type ?? ''}`) && one.has('complete record'))
      .map(one => one.bytes('complete record'))
  }

  payload(side: Side, type: string): Buffer {
    const step = this.#steps.find(one => one.side === side && one.step === `send ${type} record`)
    assert.ok(step)
    return step.bytes('payload')
  }

  /** What a step with these words gave. */
  expanded(words: string): string {
    const step = this.#steps.find(one => one.step.includes(words))
    assert.ok(step, words)
    return hex(step.bytes('expanded'))
  }

  receive(...records: readonly Uint8Array[]): void {
    for (const record of records) this.recorded.engine.receive(record)
    assert.equal(this.recorded.error?.message, undefined)
  }

  /** Records that went out, without change_cipher_spec where the RFC's endpoint sent none. */
  takeRecords(): string[] {
    const sendsChange = this.records(this.#side, 'change_cipher_spec').length > 0
    const bytes = Buffer.concat(this.recorded.engine.takeOutput())
    const records: string[] = []
    for (let at = 0; at < bytes.length; ) {
      const end = at + 5 + bytes.readUInt16BE(at + 3)
      if (bytes[at] !== 20 || sendsChange) records.push(hex(bytes.subarray(at, end)))
      at = end
    }
    return records
  }

  /** The key log holds the RFC's secrets and no others. */
  assertSecrets(): void {
    const logged = this.recorded.keyLog.map(line => line.split(' ')[2])
    const labels = ['c hs traffic', 's hs traffic', 'exp master', 'c ap traffic', 's ap traffic']
    assert.deepEqual(logged.sort(), labels.map(label => this.expanded(`"tls13 ${label}"`)).sort())
  }

  /** Handshake messages of our side, as the RFC has them; ClientHellos with their binders. */
  #messages(): Buffer[] {
    const whole = this.#steps
      .filter(one => one.side === this.#side && one.step === 'send handshake record')
      .map(one => one.bytes('payload'))
    const all = Buffer.concat(whole)
    const said: Buffer[] = []
    for (let at = 0; at < all.length; ) {
      const end = at + 4 + all.readUIntBE(at + 1, 3)
      said.push(all.subarray(at, end))
      at = end
    }
    return said
  }

  #randoms(): Uint8Array[] {
    const hello = this.#said.filter(one => one[0] === (this.#side === 'client' ? 1 : 2)).at(-1)
    assert.ok(hello)
    if (this.#side === 'server') return [messages.readServerHello(hello.subarray(4)).random]
    const { random, sessionId } = messages.readClientHello(hello.subarray(4))
    return [random, sessionId]
  }

  #credentials(): Credential[] {
    const said = this.#said.find(one => one[0] === messages.CERTIFICATE)
    if (said === undefined) return []
    const certificates = messages.readCertificate(said.subarray(4)).entries.map(one => one.certificate)
    const key = nodeCrypto.certificateKey(certificates[0] ?? new Uint8Array(0))
    assert.ok(key)
    // The RFC gives not every private key, so its signatures stand in for all of them.
    return [{ certificates, key: key satisfies PrivateKey }]
  }

  #crypto(changes: Partial<CryptoProvider>): CryptoProvider {
    const shares = this.#steps
      .filter(one => one.side === this.#side && one.step.startsWith('create an ephemeral'))
      .map(shareOf)
    const shareIn = (group: unknown) => {
      const share = shares.find(one => one.group === group)
      assert.ok(share)
      return share
    }
    const verify = this.#said.find(one => one[0] === messages.CERTIFICATE_VERIFY)
    const own: Partial<CryptoProvider> = {
      generateKeyShare: shareIn,
      answerKeyShare: (group, peerShare) => {
        const share = shareIn(group)
        const secret = share.agree(peerShare)
        return secret && { share: share.publicKey, secret }
      },
      sign: () => (verify ? messages.readCertificateVerify(verify.subarray(4)).signature : new Uint8Array(0)),
      hash: (name, data) => nodeCrypto.hash(name, this.#swapped(data)),
      runningHash: name => {
        const parts: Uint8Array[] = []
        return {
          update: data => void parts.push(Buffer.from(data)),
          digest: () => nodeCrypto.hash(name, this.#swapped(Buffer.concat(parts))),
        }
      },
    }
    return Object.assign(Object.create(nodeCrypto) as CryptoProvider, own, changes)
  }

  /** The next message of this type that the RFC's endpoint sent. */
  #compare(ours: Buffer): void {
    const index = this.#said.findIndex(one => one[0] === ours[0])
    const [theirs] = index < 0 ? [] : this.#said.splice(index, 1)
    if (theirs === undefined || ours.equals(theirs)) return
    this.differing.push(ours[0] ?? 0)
    this.#swaps.push([ours, theirs])
  }

  #swapped(data: Uint8Array): Uint8Array {
    let whole = Buffer.from(data)
    for (const [ours, theirs] of this.#swaps) {
      const at = whole.indexOf(ours)
      if (at >= 0) whole = Buffer.concat([whole.subarray(0, at), theirs, whole.subarray(at + ours.length)])
    }
    return whole
  }
}

const { CLIENT_HELLO, SERVER_HELLO, ENCRYPTED_EXTENSIONS, CERTIFICATE_REQUEST, NEW_SESSION_TICKET } = messages

describe('RFC 8448, a server', () => {
  /** To the end of the handshake; gives the records of its first flight. */
  function handshake(player: Player): string[] {
    const fromClient = player.records('client', 'handshake')
    const [finished] = fromClient.splice(-1)
    player.receive(...fromClient)
    const flight = player.takeRecords()
    player.receive(...player.records('client', 'change_cipher_spec'), finished ?? Buffer.alloc(0))
    assert.deepEqual(player.recorded.events.at(-1), 'done')
    player.assertSecrets()
    return flight
  }

  function close(player: Player): void {
    player.receive(...player.records('client', 'alert'))
    assert.equal(player.recorded.events.at(-1), 'close')
    player.recorded.engine.closeNotify()
    assert.deepEqual(player.takeRecords(), player.records('server', 'alert').map(hex))
  }

  test('section 3: handshake, a record each way, and the end', () => {
    const player = new Player('simple-1-rtt', 'server')
    const [hello] = handshake(player)
    assert.equal(hello, hex(player.records('server', 'handshake')[0] ?? Buffer.alloc(0)))
    assert.deepEqual(player.differing, [ENCRYPTED_EXTENSIONS, NEW_SESSION_TICKET])
    player.takeRecords()
    player.receive(...player.records('client', 'application_data'))
    assert.deepEqual(Buffer.concat(player.recorded.data), player.payload('client', 'application_data'))
    player.recorded.engine.write(player.payload('server', 'application_data'))
    assert.deepEqual(player.takeRecords(), player.records('server', 'application_data').map(hex))
    close(player)
  })

  test('section 4: its PSK and binder are taken, early data is not', () => {
    const resumption = stepsOf('simple-1-rtt').find(one => one.step.startsWith('generate resumption'))
    const first = stepsOf('resumed-0-rtt').find(one => one.step === 'send handshake record')
    assert.ok(resumption && first)
    const { extensions } = messages.readClientHello(first.bytes('payload').subarray(4))
    const [offered] = readPskOffer(extensions.get(41) ?? new Uint8Array(0)).identities
    assert.ok(offered)
    const session = writeSession({
      version: 0x0304,
      cipherSuite: 0x1301,
      secret: resumption.bytes('expanded'),
      issuedAt: configFor('server').now(),
      lifetimeSeconds: 30,
      ticket: new Uint8Array(0),
      sessionId: new Uint8Array(0),
      ageAdd: 0,
      serverName: 'server',
      alpn: undefined,
      hasExtendedMasterSecret: true,
      sessionIdContext: new Uint8Array(0),
      peerCertificates: [],
    })
    const key = Buffer.concat([offered.identity.subarray(0, 16), Buffer.alloc(32)])
    // The RFC's ticket, as if our keys opened it.
    const aead: CryptoProvider['aead'] = (cipher, secret) =>
      cipher === 'aes-256-gcm'
        ? Object.assign(nodeCrypto.aead(cipher, secret), { open: () => session })
        : nodeCrypto.aead(cipher, secret)
    const player = new Player('resumed-0-rtt', 'server', { tickets: { keys: [key] } }, { aead })
    player.receive(first.bytes('complete record'))
    assert.equal(player.recorded.engine.info.isResumed, true)
    assert.equal(player.takeRecords()[0], hex(player.records('server', 'handshake')[0] ?? Buffer.alloc(0)))
    // Everything but that it says nothing of early data.
    assert.deepEqual(player.differing, [ENCRYPTED_EXTENSIONS])
    player.assertSecrets()
    // Early data and its end are passed over; then the Finished is read, which covers that end and so is not ours.
    const [early] = player.records('client', 'application_data')
    const [, endOfEarlyData, finished] = player.records('client', 'handshake')
    assert.ok(early && endOfEarlyData && finished)
    player.receive(early, endOfEarlyData)
    player.recorded.engine.receive(finished)
    assert.equal(player.recorded.error?.reason, 'digest check failed')
    assert.deepEqual(player.recorded.data, [])
  })

  test('section 5: a HelloRetryRequest, and the second ClientHello', () => {
    const player = new Player('hello-retry-request', 'server', { groups: [P256], tickets: undefined })
    const flight = handshake(player)
    assert.equal(flight[1], hex(player.records('server', 'handshake')[1] ?? Buffer.alloc(0)))
    assert.deepEqual(player.differing, [SERVER_HELLO, ENCRYPTED_EXTENSIONS])
    close(player)
  })

  test('section 6: a client with a certificate', () => {
    const player = new Player('client-authentication', 'server', { requestCert: true, tickets: undefined })
    const [hello] = handshake(player)
    assert.equal(hello, hex(player.records('server', 'handshake')[0] ?? Buffer.alloc(0)))
    assert.deepEqual(player.differing, [ENCRYPTED_EXTENSIONS, CERTIFICATE_REQUEST])
    assert.equal(player.recorded.engine.info.peerSignatureScheme?.name, 'rsa_pss_rsae_sha256')
    assert.equal(player.recorded.peerCertificates?.length, 1)
    close(player)
  })

  test('section 7: compatibility mode', () => {
    const player = new Player('compatibility-mode', 'server', { tickets: undefined })
    const flight = handshake(player)
    assert.deepEqual(flight.slice(0, 2), player.records('server').slice(0, 2).map(hex))
    assert.deepEqual(player.differing, [ENCRYPTED_EXTENSIONS])
    close(player)
  })
})

describe('RFC 8448, a client', () => {
  /** To the end of the handshake, of which the server has as many records as the client. */
  function handshake(player: Player): void {
    const flights = player.records('client', 'handshake')
    const [hello, ...others] = player.records('server', 'handshake').slice(0, flights.length)
    player.takeRecords()
    player.receive(hello ?? Buffer.alloc(0))
    // The second ClientHello.
    if (flights.length > 2) player.takeRecords()
    player.receive(...player.records('server', 'change_cipher_spec'), ...others)
    assert.equal(player.recorded.events.at(-1), 'done')
    player.assertSecrets()
    const changes = player.records('client', 'change_cipher_spec')
    assert.deepEqual(player.takeRecords(), [...changes, ...flights.slice(-1)].map(hex))
  }

  function close(player: Player): void {
    player.recorded.engine.closeNotify()
    assert.deepEqual(player.takeRecords(), player.records('client', 'alert').map(hex))
    player.receive(...player.records('server', 'alert'))
    assert.equal(player.recorded.events.at(-1), 'close')
  }

  test('section 3: handshake, the ticket, a record each way, and the end', () => {
    const player = new Player('simple-1-rtt', 'client')
    handshake(player)
    assert.deepEqual(player.differing, [CLIENT_HELLO])
    player.receive(...player.records('server', 'handshake').slice(2))
    assert.equal(hex(player.recorded.sessions[0]?.secret ?? Buffer.alloc(0)), player.expanded('generate resumption'))
    player.recorded.engine.write(player.payload('client', 'application_data'))
    assert.deepEqual(player.takeRecords(), player.records('client', 'application_data').map(hex))
    player.receive(...player.records('server', 'application_data'))
    assert.deepEqual(Buffer.concat(player.recorded.data), player.payload('server', 'application_data'))
    close(player)
  })

  test('section 5: a HelloRetryRequest, answered with its cookie and the group it names', () => {
    const player = new Player('hello-retry-request', 'client')
    handshake(player)
    assert.deepEqual(player.differing, [CLIENT_HELLO, CLIENT_HELLO])
    close(player)
  })

  test('section 6: a certificate of its own', () => {
    const player = new Player('client-authentication', 'client')
    handshake(player)
    assert.deepEqual(player.differing, [CLIENT_HELLO])
    close(player)
  })

  test('section 7: compatibility mode', () => {
    const player = new Player('compatibility-mode', 'client')
    handshake(player)
    assert.deepEqual(player.differing, [CLIENT_HELLO])
    close(player)
  })
})
