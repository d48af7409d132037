// RFC 8448 section 3, the simple 1-RTT handshake: its messages through our codecs byte for byte, its secrets, keys, signature
// and Finished values through our schedule.

import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, test } from 'node:test'
import { nodeCrypto } from '../../../src/tls/crypto/node-crypto.ts'
import { expandLabel, KeySchedule } from '../../../src/tls/engine/key-schedule.ts'
import { verifiedContent } from '../../../src/tls/engine/negotiation.ts'
import { Transcript } from '../../../src/tls/engine/transcript.ts'
import * as messages from '../../../src/tls/wire/handshake-messages.ts'
import { signatureSchemeById } from '../../../src/tls/wire/signature-schemes.ts'

const path = join(import.meta.dirname, '../../../../test/vectors/rfc8448/simple-1-rtt.json')
const trace = JSON.parse(readFileSync(path, 'utf8')) as Record<string, string>
const nothing = new Uint8Array(0)

function bytes(name: string): Buffer {
  return Buffer.from(trace[name] ?? '', 'hex')
}

function assertIs(actual: Uint8Array, name: string): void {
  assert.equal(Buffer.from(actual).toString('hex'), trace[name], name)
}

describe('RFC 8448 section 3', () => {
  test('messages come out of the codecs as they went in', () => {
    const again: Record<string, (body: Uint8Array) => Uint8Array> = {
      clientHello: body => messages.writeClientHello(messages.readClientHello(body)),
      serverHello: body => messages.writeServerHello(messages.readServerHello(body)),
      encryptedExtensions: body => messages.writeEncryptedExtensions(messages.readEncryptedExtensions(body)),
      certificate: body => messages.writeCertificate(messages.readCertificate(body)),
      certificateVerify: body => messages.writeCertificateVerify(messages.readCertificateVerify(body)),
    }
    for (const [name, through] of Object.entries(again)) {
      const message = bytes(name)
      assertIs(messages.writeMessage(message[0] ?? 0, through(message.subarray(4))), name)
    }
  })

  test('every secret, the signature and both Finished are the RFC’s', () => {
    const transcript = new Transcript(nodeCrypto)
    transcript.add(bytes('clientHello'))
    transcript.start('sha256')
    transcript.add(bytes('serverHello'))
    const schedule = new KeySchedule(nodeCrypto, 'sha256', undefined)
    schedule.enterHandshake(bytes('sharedSecret'))
    const client = schedule.trafficSecret('c hs traffic', transcript.digest())
    const server = schedule.trafficSecret('s hs traffic', transcript.digest())
    assertIs(client, 'clientHandshakeTraffic')
    assertIs(server, 'serverHandshakeTraffic')
    assertIs(expandLabel(nodeCrypto, 'sha256', server, 'key', nothing, 16), 'serverHandshakeKey')
    assertIs(expandLabel(nodeCrypto, 'sha256', server, 'iv', nothing, 12), 'serverHandshakeIv')
    transcript.add(bytes('encryptedExtensions'))
    transcript.add(bytes('certificate'))
    const { entries } = messages.readCertificate(bytes('certificate').subarray(4))
    const key = nodeCrypto.certificateKey(entries[0]?.certificate ?? nothing)
    const signed = messages.readCertificateVerify(bytes('certificateVerify').subarray(4))
    const scheme = signatureSchemeById(signed.scheme)
    const content = verifiedContent('server', transcript.digest())
    assert.ok(key && scheme && nodeCrypto.verify(scheme, key, content, signed.signature))
    transcript.add(bytes('certificateVerify'))
    assert.deepEqual(Buffer.from(schedule.finished(server, transcript.digest())), bytes('serverFinished').subarray(4))
    transcript.add(bytes('serverFinished'))
    assert.deepEqual(Buffer.from(schedule.finished(client, transcript.digest())), bytes('clientFinished').subarray(4))
    schedule.enterMaster()
    const application = schedule.trafficSecret('c ap traffic', transcript.digest())
    assertIs(application, 'clientTraffic')
    assertIs(schedule.trafficSecret('s ap traffic', transcript.digest()), 'serverTraffic')
    assertIs(schedule.trafficSecret('exp master', transcript.digest()), 'exporterMaster')
    assertIs(expandLabel(nodeCrypto, 'sha256', application, 'key', nothing, 16), 'clientKey')
    assertIs(expandLabel(nodeCrypto, 'sha256', application, 'iv', nothing, 12), 'clientIv')
    transcript.add(bytes('clientFinished'))
    const resumption = schedule.trafficSecret('res master', transcript.digest())
    assertIs(resumption, 'resumptionMaster')
    assertIs(expandLabel(nodeCrypto, 'sha256', resumption, 'resumption', Uint8Array.of(0, 0), 32), 'resumption')
  })
})
