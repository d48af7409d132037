// A TLS 1.3 server from the ClientHello to the client's Finished: RFC 8446 section 2. One class for each message that it
// awaits.

import { noBytes } from '../../../core/bytes.ts'
import type { NamedGroup } from '../../../crypto/named-groups.ts'
import type { PublicKey } from '../../../crypto/provider.ts'
import {
  DECODE_ERROR,
  DECRYPT_ERROR,
  HANDSHAKE_FAILURE,
  ILLEGAL_PARAMETER,
  UNSUPPORTED_EXTENSION,
} from '../../wire/alerts.ts'
import { sameBytes } from '../../wire/bytes.ts'
import type { CipherSuite } from '../../wire/cipher-suites.ts'
import {
  CERTIFICATE_REQUEST,
  CERTIFICATE_VERIFY,
  type CertificateMessage,
  CLIENT_HELLO,
  ENCRYPTED_EXTENSIONS,
  FINISHED,
  HELLO_RETRY_RANDOM,
  readCertificateVerify,
  SERVER_HELLO,
  writeCertificateRequest,
  writeCertificateVerify,
  writeEncryptedExtensions,
  writeServerHello,
} from '../../wire/handshake-messages.ts'
import * as ext from '../../wire/hello-extensions.ts'
import { offerCompression, receiveCertificate, sendCertificate } from '../certificate-compression.ts'
import { Connected13 } from '../connected-13.ts'
import { SkippingOpener } from '../early-data.ts'
import { missingExtension, noSharedCipher, refusal } from '../engine-errors.ts'
import { TICKETS_PER_HANDSHAKE } from '../handshake-limits.ts'
import { KeySchedule, type TrafficSecret } from '../key-schedule.ts'
import {
  checkSignature,
  chooseCredential,
  leafKey,
  sharedSchemes,
  sharedSuites,
  verifiedContent,
} from '../negotiation.ts'
import { expectType, type HandshakeChannel, type HandshakeState } from '../record/channel.ts'
import type { HandshakeMessage } from '../record/message-joiner.ts'
import { answerRecordLimits } from '../record/record-limits.ts'
import { PlainOpener } from '../record/record-protection.ts'
import { Traffic13 } from '../record/traffic-13.ts'
import type { ClientHelloAnswer, Credential } from '../types.ts'
import { type ReceivedHello, receiveHello } from './received-hello.ts'
import { type ChosenPsk, chooseSuiteAndPsk, PSK_DHE_KE } from './server-psk-13.ts'

export function answer13(
  channel: HandshakeChannel,
  received: ReceivedHello,
  answer: ClientHelloAnswer,
): HandshakeState {
  const { config, info } = channel
  const { extensions } = received.hello
  const suites = sharedSuites(config, received.hello.cipherSuites, 0x0304)
  if (suites.length === 0) throw noSharedCipher()
  const entries = readShares(received)
  const group = chooseGroup(channel, received, entries)
  info.hasExtendedMasterSecret = true
  info.hasSecureRenegotiation = true
  const entry = entries.find(one => one.group === group.id)
  if (entry === undefined) return sendRetry(channel, received, answer, suites[0] as CipherSuite, group)
  const { suite, psk } = chooseSuiteAndPsk(channel, received, suites)
  if (!psk && !extensions.has(ext.SIGNATURE_ALGORITHMS)) throw missingExtension('missing sigalgs extension')
  return sendFlight(channel, received, answer, suite, psk, group, entry.share)
}

function readShares(received: ReceivedHello): ext.KeyShareEntry[] {
  const body = received.hello.extensions.get(ext.KEY_SHARE)
  if (body === undefined) throw missingExtension('no suitable key share')
  if (!received.hello.extensions.has(ext.SUPPORTED_GROUPS)) throw missingExtension('missing supported groups extension')
  const entries = ext.readKeyShares(body)
  const groups = new Set(entries.map(entry => entry.group))
  const offered = new Set(received.groups)
  if (groups.size !== entries.length || [...groups].some(id => !offered.has(id))) {
    throw refusal(ILLEGAL_PARAMETER, 'bad key share')
  }
  return entries
}

/** The first of the client's shares in a group that we support; or, for a retry, our first group that the client supports. */
function chooseGroup(
  channel: HandshakeChannel,
  received: ReceivedHello,
  entries: readonly ext.KeyShareEntry[],
): NamedGroup {
  const { groups } = channel.config
  for (const entry of entries) {
    const group = groups.find(one => one.id === entry.group)
    if (group) return group
  }
  const shared = groups.find(one => received.groups.includes(one.id))
  if (shared === undefined) throw refusal(HANDSHAKE_FAILURE, 'no suitable key share')
  return shared
}

function sendRetry(
  channel: HandshakeChannel,
  received: ReceivedHello,
  answer: ClientHelloAnswer,
  suite: CipherSuite,
  group: NamedGroup,
): HandshakeState {
  channel.endPeerFlight()
  channel.transcript.add(received.message.bytes)
  channel.transcript.replaceByHash(suite.hash)
  const extensions = new Map([
    [ext.SUPPORTED_VERSIONS, ext.writeUint16(0x0304)],
    [ext.KEY_SHARE, ext.writeUint16(group.id)],
  ])
  const { sessionId } = received.hello
  const hello = { version: 0x0303, random: HELLO_RETRY_RANDOM, sessionId, cipherSuite: suite.id, extensions }
  channel.send(SERVER_HELLO, writeServerHello(hello))
  if (sessionId.length > 0) channel.sendChangeCipherSpec()
  if (hasEarlyData(received)) channel.setOpener(new SkippingOpener(new PlainOpener()))
  return new AwaitSecondHello(channel, received, answer, suite, group)
}

class AwaitSecondHello implements HandshakeState {
  readonly dropsChangeCipherSpec = true
  readonly #channel: HandshakeChannel
  readonly #first: ReceivedHello
  readonly #answer: ClientHelloAnswer
  readonly #suite: CipherSuite
  readonly #group: NamedGroup

  constructor(
    channel: HandshakeChannel,
    first: ReceivedHello,
    answer: ClientHelloAnswer,
    suite: CipherSuite,
    group: NamedGroup,
  ) {
    this.#channel = channel
    this.#first = first
    this.#answer = answer
    this.#suite = suite
    this.#group = group
  }

  handle(message: HandshakeMessage): HandshakeState {
    expectType(message, CLIENT_HELLO)
    const received = receiveHello(message)
    this.#checkUnchanged(received)
    const [entry, ...others] = readShares(received)
    if (entry?.group !== this.#group.id || others.length > 0) throw refusal(ILLEGAL_PARAMETER, 'bad key share')
    const { suite, psk } = chooseSuiteAndPsk(this.#channel, received, [this.#suite])
    if (!psk && received.signatureSchemes.length === 0) throw missingExtension('missing sigalgs extension')
    return sendFlight(this.#channel, received, this.#answer, suite, psk, this.#group, entry.share)
  }

  /** Checks the second ClientHello: only shares, cookie, PSKs and padding may differ, and early_data is gone. RFC 8446 section 4.1.2. */
  #checkUnchanged(second: ReceivedHello): void {
    const [one, other] = [this.#first.hello, second.hello]
    const isSame =
      one.version === other.version &&
      sameBytes(one.random, other.random) &&
      sameBytes(one.sessionId, other.sessionId) &&
      one.cipherSuites.join() === other.cipherSuites.join() &&
      sameBytes(one.compressionMethods, other.compressionMethods) &&
      second.versions.includes(0x0304) &&
      !hasEarlyData(second) &&
      this.#first.serverName === second.serverName &&
      [ext.ALPN, ext.SUPPORTED_GROUPS, ext.SIGNATURE_ALGORITHMS, ext.SUPPORTED_VERSIONS].every(type =>
        sameBytes(one.extensions.get(type) ?? noBytes, other.extensions.get(type) ?? noBytes),
      )
    if (!isSame) throw refusal(ILLEGAL_PARAMETER, 'bad extension')
  }
}

/** Sends ServerHello to Finished. */
function sendFlight(
  channel: HandshakeChannel,
  received: ReceivedHello,
  answer: ClientHelloAnswer,
  suite: CipherSuite,
  psk: ChosenPsk | undefined,
  group: NamedGroup,
  peerShare: Uint8Array,
): HandshakeState {
  const { config, crypto, info } = channel
  const { hello } = received
  // Chosen before anything is sent, so that on failure the client gets nothing but the alert.
  info.sharedSignatureSchemes = sharedSchemes(config, received.signatureSchemes)
  const signer = psk ? undefined : chooseCredential(config, info.sharedSignatureSchemes, 0x0304)
  if (!psk && signer === undefined) throw refusal(HANDSHAKE_FAILURE, noSignerReason(info.sharedSignatureSchemes))
  const agreed = crypto.answerKeyShare(group, peerShare)
  if (agreed === undefined) throw refusal(ILLEGAL_PARAMETER, 'bad key share')
  info.cipherSuite = suite
  info.group = group
  info.isResumed = psk?.session !== undefined
  channel.transcript.add(received.message.bytes)
  const extensions = new Map<number, Uint8Array>()
  if (psk) extensions.set(ext.PRE_SHARED_KEY, ext.writeUint16(psk.index))
  extensions.set(ext.KEY_SHARE, ext.writeKeyShare({ group: group.id, share: agreed.share }))
  extensions.set(ext.SUPPORTED_VERSIONS, ext.writeUint16(0x0304))
  const { sessionId } = hello
  const random = config.random(32)
  channel.send(
    SERVER_HELLO,
    writeServerHello({ version: 0x0303, random, sessionId, cipherSuite: suite.id, extensions }),
  )
  channel.transcript.start(suite.hash)
  channel.transcript.forgetMessages()
  const schedule = psk?.schedule ?? new KeySchedule(crypto, suite.hash, undefined)
  const traffic = new Traffic13(channel, suite, schedule, agreed.secret, hello.random)
  if (sessionId.length > 0) channel.sendChangeCipherSpec()
  channel.setSealer(traffic.server.sealer())
  const opener = traffic.client.opener(true)
  channel.setOpener(hasEarlyData(received) ? new SkippingOpener(opener) : opener)
  sendEncryptedExtensions(channel, received)
  const asksCertificate = !psk && config.requestCert
  if (asksCertificate) sendRequest(channel)
  if (signer) {
    const isStapled = answer.ocspResponse && wantsOcsp(received)
    const message = certificateOf(channel, signer.credential, isStapled ? answer.ocspResponse : undefined)
    sendCertificate(channel, message, signer.credential, hello.extensions.get(ext.COMPRESS_CERTIFICATE))
    const content = verifiedContent('server', channel.transcript.digest())
    const signature = crypto.sign(signer.scheme, signer.credential.key, content)
    channel.send(CERTIFICATE_VERIFY, writeCertificateVerify({ scheme: signer.scheme.id, signature }))
    info.signatureScheme = signer.scheme
  }
  const finished = traffic.finished('server')
  channel.send(FINISHED, finished)
  channel.finished = finished
  const application = traffic.applicationSecrets()
  channel.setSealer(application.server.sealer())
  if (psk?.session && psk.session.peerCertificates.length > 0) {
    const chain = psk.session.peerCertificates
    info.peerCertificates = chain
    channel.tell(handler => handler.onPeerCertificate?.(chain))
  }
  const flight: Flight = { channel, traffic, application, hasPskDhe: allowsResumption(received) }
  return asksCertificate ? new AwaitCertificate(flight) : new AwaitFinished(flight)
}

function sendEncryptedExtensions(channel: HandshakeChannel, received: ReceivedHello): void {
  const { info } = channel
  const extensions = new Map<number, Uint8Array>()
  if (info.alpn) extensions.set(ext.ALPN, ext.writeProtocolNames([info.alpn]))
  if (received.serverName !== undefined && !info.isResumed) extensions.set(ext.SERVER_NAME, noBytes)
  answerRecordLimits(channel, received.hello.extensions, extensions)
  channel.send(ENCRYPTED_EXTENSIONS, writeEncryptedExtensions(extensions))
}

function sendRequest(channel: HandshakeChannel): void {
  const { config } = channel
  const schemes = config.signatureSchemes.map(scheme => scheme.id)
  const extensions = new Map([[ext.SIGNATURE_ALGORITHMS, ext.writeUint16List(schemes)]])
  offerCompression(channel, extensions)
  if (config.certificateAuthorities.length > 0) {
    extensions.set(ext.CERTIFICATE_AUTHORITIES, ext.writeNames(config.certificateAuthorities))
  }
  channel.send(CERTIFICATE_REQUEST, writeCertificateRequest(extensions))
}

function certificateOf(
  channel: HandshakeChannel,
  credential: Credential,
  ocspResponse: Uint8Array | undefined,
): CertificateMessage {
  channel.info.credential = credential
  channel.info.ocspResponse = ocspResponse
  const entries = credential.certificates.map((certificate, index) => {
    const isStapled = index === 0 && ocspResponse
    const extensions = isStapled
      ? new Map([[ext.STATUS_REQUEST, ext.writeOcspStatus(ocspResponse)]])
      : ext.NO_EXTENSIONS
    return { certificate, extensions }
  })
  return { context: noBytes, entries }
}

interface Flight {
  readonly channel: HandshakeChannel
  readonly traffic: Traffic13
  readonly application: { client: TrafficSecret; server: TrafficSecret }
  readonly hasPskDhe: boolean
}

class AwaitCertificate implements HandshakeState {
  readonly dropsChangeCipherSpec = true
  readonly #flight: Flight

  constructor(flight: Flight) {
    this.#flight = flight
  }

  handle(message: HandshakeMessage): HandshakeState {
    const { channel } = this.#flight
    const { context, entries } = receiveCertificate(channel, message)
    if (context.length > 0) throw refusal(ILLEGAL_PARAMETER, 'invalid context')
    // We requested no extensions: RFC 8446 section 4.4.2.
    if (entries.some(({ extensions }) => extensions.size > 0)) throw refusal(UNSUPPORTED_EXTENSION, 'bad extension')
    channel.transcript.add(message.bytes)
    if (entries.length === 0) {
      channel.tell(handler => handler.onPeerCertificate?.([]))
      return new AwaitFinished(this.#flight)
    }
    const chain = entries.map(entry => entry.certificate)
    return new AwaitCertificateVerify(this.#flight, chain, leafKey(channel.crypto, chain))
  }
}

class AwaitCertificateVerify implements HandshakeState {
  readonly dropsChangeCipherSpec = true
  readonly #flight: Flight
  readonly #chain: readonly Uint8Array[]
  readonly #key: PublicKey

  constructor(flight: Flight, chain: readonly Uint8Array[], key: PublicKey) {
    this.#flight = flight
    this.#chain = chain
    this.#key = key
  }

  handle(message: HandshakeMessage): HandshakeState {
    expectType(message, CERTIFICATE_VERIFY)
    const { channel } = this.#flight
    const { crypto, config, info } = channel
    const content = verifiedContent('client', channel.transcript.digest())
    const signed = readCertificateVerify(message.body)
    info.peerSignatureScheme = checkSignature(crypto, config, 0x0304, this.#key, signed, content)
    info.peerCertificates = this.#chain
    channel.transcript.add(message.bytes)
    channel.tell(handler => handler.onPeerCertificate?.(this.#chain))
    return new AwaitFinished(this.#flight)
  }
}

class AwaitFinished implements HandshakeState {
  readonly dropsChangeCipherSpec = true
  readonly #flight: Flight

  constructor(flight: Flight) {
    this.#flight = flight
  }

  handle(message: HandshakeMessage): HandshakeState {
    expectType(message, FINISHED)
    const { channel, traffic, application, hasPskDhe } = this.#flight
    const expected = traffic.finished('client')
    if (message.body.length !== expected.length) throw refusal(DECODE_ERROR, 'bad digest length')
    if (!channel.crypto.equal(expected, message.body)) throw refusal(DECRYPT_ERROR, 'digest check failed')
    channel.peerFinished = expected
    channel.transcript.add(message.bytes)
    channel.setOpener(application.client.opener())
    // As OpenSSL: a client that resumed a session keeps the ticket it used.
    const sendsTickets = hasPskDhe && !channel.info.isResumed && channel.config.tickets !== undefined
    traffic.finish(application.client, application.server, sendsTickets)
    const connected = new Connected13(channel, traffic)
    if (sendsTickets) connected.sendTickets(TICKETS_PER_HANDSHAKE)
    channel.complete(connected)
    return connected
  }
}

/** A client whose psk_key_exchange_modes lack psk_dhe_ke cannot use our tickets: RFC 8446 section 4.2.9. */
function allowsResumption({ pskModes }: ReceivedHello): boolean {
  return pskModes === undefined || pskModes.includes(PSK_DHE_KE)
}

function hasEarlyData(received: ReceivedHello): boolean {
  return received.hello.extensions.has(ext.EARLY_DATA)
}

function wantsOcsp(received: ReceivedHello): boolean {
  const status = received.hello.extensions.get(ext.STATUS_REQUEST)
  return status !== undefined && ext.readStatusRequest(status)
}

/** OpenSSL's reason. */
function noSignerReason(shared: readonly unknown[]): string {
  return shared.length === 0 ? 'no shared signature algorithms' : 'no suitable signature algorithm'
}
