// RFC 8448, all five traces, layer by layer: every message through our codecs, every transcript hash, secret, key, binder,
// signature and Finished out of our schedule, and every record sealed to the RFC's octets and opened again.

import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { nodeCrypto } from '../../../src/crypto/node/node-crypto.ts'
import type { KeyShare } from '../../../src/crypto/provider.ts'
import { signatureSchemeById } from '../../../src/crypto/signature-schemes.ts'
import { expandLabel, KeySchedule, TrafficSecret } from '../../../src/tls/engine/key-schedule.ts'
import { verifiedContent } from '../../../src/tls/engine/negotiation.ts'
import {
  PlainOpener,
  PlainSealer,
  type RecordOpener,
  type RecordSealer,
} from '../../../src/tls/engine/record/record-protection.ts'
import { Transcript } from '../../../src/tls/engine/transcript.ts'
import { sameBytes } from '../../../src/tls/wire/bytes.ts'
import { cipherSuiteById } from '../../../src/tls/wire/cipher-suites.ts'
import * as messages from '../../../src/tls/wire/handshake-messages.ts'
import { type Side, type Step, shareOf, stepsOf, traces } from './rfc8448-trace.ts'

const nothing = new Uint8Array(0)
const recordTypes: Readonly<Record<string, number>> = {
  change_cipher_spec: 20,
  alert: 21,
  handshake: 22,
  application_data: 23,
}
const throughCodec: Readonly<Record<string, (body: Uint8Array) => Uint8Array>> = {
  ClientHello: body => messages.writeClientHello(messages.readClientHello(body)),
  ServerHello: body => messages.writeServerHello(messages.readServerHello(body)),
  EncryptedExtensions: body => messages.writeEncryptedExtensions(messages.readEncryptedExtensions(body)),
  CertificateRequest: body => messages.writeCertificateRequest(messages.readCertificateRequest(body).extensions),
  Certificate: body => messages.writeCertificate(messages.readCertificate(body)),
  CertificateVerify: body => messages.writeCertificateVerify(messages.readCertificateVerify(body)),
  NewSessionTicket: body => messages.writeNewSessionTicket(messages.readNewSessionTicket(body)),
  EndOfEarlyData: body => body,
  Finished: body => body,
}

function assertSame(actual: Uint8Array, expected: Uint8Array, what: string): void {
  assert.equal(Buffer.from(actual).toString('hex'), Buffer.from(expected).toString('hex'), what)
}

/** Does what each step says with our own layers. */
class Replay {
  readonly #transcript = new Transcript(nodeCrypto)
  readonly #suite = cipherSuiteById(0x1301)
  #schedule = new KeySchedule(nodeCrypto, 'sha256', undefined)
  readonly #shares = new Map<Side, KeyShare>()
  readonly #secrets = new Map<string, Uint8Array>()
  readonly #certificates = new Map<Side, Uint8Array>()
  readonly #sealers = new Map<Side, RecordSealer>()
  readonly #openers = new Map<Side, RecordOpener>()
  /** A ClientHello with a PSK is whole only in its record, with the binder. */
  #awaitsBinder = false
  records = 0

  take(one: Step): void {
    const { side, step } = one
    const [, label = ''] = /"(?:tls13 )?([^"]*)"/.exec(step) ?? []
    const [, name = ''] = /^construct an? (\w+)/.exec(step) ?? []
    const [, type = ''] = /^send (\w+) record/.exec(step) ?? []
    if (step.startsWith('create')) this.#createShare(one)
    else if (step.startsWith('extract')) this.#extract(one, label)
    else if (name) this.#construct(side, name, one.bytes(name))
    else if (type) this.#sendRecord(one, recordTypes[type] ?? 0)
    else if (step.includes('traffic keys')) this.#deriveKeys(one)
    else if (step.startsWith('derive')) this.#deriveSecret(one, label)
    else if (step.startsWith('calculate finished')) this.#finish(one)
    else if (step.startsWith('calculate PSK binder')) this.#bind(one)
    else if (step.startsWith('generate resumption')) this.#expand(one, label)
    else assert.fail(`nothing is known of the step "${step}"`)
  }

  #createShare(one: Step): void {
    const share = shareOf(one)
    assertSame(share.publicKey, one.bytes('public key'), one.step)
    this.#shares.set(one.side, share)
  }

  #extract(one: Step, label: string): void {
    if (label === 'early') this.#schedule = new KeySchedule(nodeCrypto, 'sha256', one.bytes('IKM'))
    else if (label === 'master') this.#schedule.enterMaster()
    else {
      const [client, server] = [this.#shares.get('client'), this.#shares.get('server')]
      assert.ok(client && server)
      const shared = client.agree(server.publicKey) ?? nothing
      assertSame(shared, one.bytes('IKM'), 'what the client agrees on')
      assertSame(server.agree(client.publicKey) ?? nothing, one.bytes('IKM'), 'what the server agrees on')
      this.#schedule.enterHandshake(shared)
    }
  }

  #construct(side: Side, name: string, message: Uint8Array): void {
    const isWhole = message.length === 4 + (message[2] ?? 0) * 256 + (message[3] ?? 0)
    this.#awaitsBinder = !isWhole
    if (isWhole) this.#add(side, name, message)
    else assert.equal(name, 'ClientHello')
  }

  #add(side: Side, name: string, message: Uint8Array): void {
    const again = throughCodec[name]
    assert.ok(again, name)
    assertSame(messages.writeMessage(message[0] ?? 0, again(message.subarray(4))), message, `${name}, read and written`)
    if (name === 'NewSessionTicket') return
    if (name === 'Certificate') {
      this.#certificates.set(side, messages.readCertificate(message.subarray(4)).entries[0]?.certificate ?? nothing)
    }
    if (name === 'CertificateVerify') this.#checkSignature(side, message.subarray(4))
    const isServerHello = name === 'ServerHello'
    const isRetry =
      isServerHello && sameBytes(messages.readServerHello(message.subarray(4)).random, messages.HELLO_RETRY_RANDOM)
    if (isRetry) this.#transcript.replaceByHash('sha256')
    this.#transcript.add(message)
    if (isServerHello) this.#transcript.start('sha256')
  }

  #checkSignature(side: Side, body: Uint8Array): void {
    const signed = messages.readCertificateVerify(body)
    const scheme = signatureSchemeById(signed.scheme)
    const key = nodeCrypto.certificateKey(this.#certificates.get(side) ?? nothing)
    assert.ok(scheme && key)
    const content = verifiedContent(side, this.#transcript.digest())
    assert.ok(nodeCrypto.verify(scheme, key, content, signed.signature), `the ${side}’s signature`)
  }

  #expand(one: Step, label: string): void {
    const expanded = expandLabel(nodeCrypto, 'sha256', one.bytes('PRK'), label, one.bytes('hash'), 32)
    assertSame(expanded, one.bytes('expanded'), one.step)
  }

  #deriveSecret(one: Step, label: string): void {
    this.#expand(one, label)
    if (label === 'derived') return
    assertSame(this.#transcript.digestWith('sha256', nothing), one.bytes('hash'), `${one.step}: the transcript`)
    this.#secrets.set(label, one.bytes('expanded'))
    switch (label) {
      case 'c hs traffic':
      case 's hs traffic':
      case 'c ap traffic':
      case 's ap traffic':
      case 'exp master':
      case 'res master':
        assertSame(this.#schedule.trafficSecret(label, this.#transcript.digest()), one.bytes('expanded'), one.step)
        break
      // Of early data, which we neither send nor take.
      default:
        assert.match(label, /^c e traffic$|^e exp master$/)
    }
  }

  #deriveKeys(one: Step): void {
    const writer = one.step.includes('write') ? one.side : one.side === 'client' ? 'server' : 'client'
    const phase = one.step.includes('early') ? 'e' : one.step.includes('handshake') ? 'hs' : 'ap'
    const secret = this.#secrets.get(`${writer[0]} ${phase} traffic`)
    assert.ok(secret && this.#suite)
    assertSame(secret, one.bytes('PRK'), one.step)
    assertSame(expandLabel(nodeCrypto, 'sha256', secret, 'key', nothing, 16), one.bytes('key expanded'), one.step)
    assertSame(expandLabel(nodeCrypto, 'sha256', secret, 'iv', nothing, 12), one.bytes('iv expanded'), one.step)
    const traffic = new TrafficSecret(nodeCrypto, this.#suite, secret)
    this.#sealers.set(writer, traffic.sealer())
    this.#openers.set(writer, traffic.opener())
  }

  #finish(one: Step): void {
    const secret = this.#secrets.get(`${one.side[0]} hs traffic`) ?? nothing
    assertSame(secret, one.bytes('PRK'), one.step)
    assertSame(this.#schedule.finished(secret, this.#transcript.digest()), one.bytes('finished'), one.step)
  }

  #bind(one: Step): void {
    const key = this.#schedule.binderKey(false)
    assertSame(key, one.bytes('PRK'), 'the binder key')
    assertSame(this.#schedule.finished(key, one.bytes('binder hash')), one.bytes('finished'), 'the binder')
  }

  #sendRecord(one: Step, type: number): void {
    const { side } = one
    const payload = one.bytes('payload')
    const expected = one.bytes('complete record')
    if (this.#awaitsBinder) this.#construct(side, 'ClientHello', payload)
    const isFirst = this.records++ === 0
    const isPlain = type === 20
    const sealer = (isPlain ? undefined : this.#sealers.get(side)) ?? new PlainSealer(isFirst ? 0x0301 : 0x0303)
    const opener = (isPlain ? undefined : this.#openers.get(side)) ?? new PlainOpener()
    const record = new Uint8Array(sealer.recordSize(payload.length))
    const size = sealer.seal(type, [payload], payload.length, record, 0)
    assertSame(record.subarray(0, size), expected, `record ${this.records}, sealed`)
    const opened = opener.open(expected) ?? assert.fail('a record that is passed over')
    assert.equal(opened.type, type)
    assertSame(opened.content, payload, `record ${this.records}, opened`)
  }
}

describe('RFC 8448, layer by layer', () => {
  for (const [section, name] of traces) {
    test(`section ${section}, ${name}: every step gives the RFC’s octets`, () => {
      const replay = new Replay()
      const steps = stepsOf(name)
      for (const one of steps) replay.take(one)
      assert.equal(replay.records, steps.filter(one => one.has('complete record')).length)
      assert.ok(replay.records >= 6)
    })
  }

  test('section 4: the binder covers the ClientHello up to the binders', () => {
    const steps = stepsOf('resumed-0-rtt')
    const binder = steps.find(one => one.step === 'calculate PSK binder')
    const hello = steps.find(one => one.has('ClientHello'))
    assert.ok(binder && hello)
    const hash = new Transcript(nodeCrypto).digestWith('sha256', hello.bytes('ClientHello'))
    assertSame(hash, binder.bytes('binder hash'), 'the binder’s hash')
  })
})
