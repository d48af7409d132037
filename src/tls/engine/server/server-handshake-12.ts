// A server of TLS 1.2 from the ClientHello to the client's Finished: RFC 5246 section 7.3, RFC 8422, RFC 5077, RFC 4279, RFC
// 5489. One class for each message that it awaits.

import { concat, noBytes } from '../../../core/bytes.ts'
import type { KeyShare, PublicKey } from '../../../crypto/provider.ts'
import { HANDSHAKE_FAILURE, ILLEGAL_PARAMETER, UNKNOWN_PSK_IDENTITY } from '../../wire/alerts.ts'
import { ByteReader, ByteWriter, copyOf } from '../../wire/bytes.ts'
import { EMPTY_RENEGOTIATION_INFO_SCSV } from '../../wire/cipher-suites.ts'
import {
  CERTIFICATE,
  CERTIFICATE_REQUEST,
  CERTIFICATE_STATUS,
  CERTIFICATE_VERIFY,
  CLIENT_KEY_EXCHANGE,
  DOWNGRADE_TO_12,
  NEW_SESSION_TICKET,
  readCertificateList,
  readCertificateVerify,
  SERVER_HELLO,
  SERVER_HELLO_DONE,
  SERVER_KEY_EXCHANGE,
  writeCertificateList,
  writeCertificateRequest12,
  writeCertificateVerify,
  writeEcdheParameters,
  writeNewSessionTicket12,
  writeServerHello,
} from '../../wire/handshake-messages.ts'
import * as ext from '../../wire/hello-extensions.ts'
import {
  AwaitChangeCipherSpec,
  Connected12,
  checkMasterSecret,
  checkRenegotiation,
  sendFinished,
} from '../connected-12.ts'
import { refusal } from '../engine-errors.ts'
import { checkSignature, leafKey } from '../negotiation.ts'
import { expectType, type HandshakeChannel, type HandshakeState } from '../record/channel.ts'
import type { HandshakeMessage } from '../record/message-joiner.ts'
import { answerRecordLimits } from '../record/record-limits.ts'
import { pskPremaster, Secrets12 } from '../secrets-12.ts'
import { SALT_SIZE, type SavedSession, sealTicket } from '../sessions.ts'
import type { ClientHelloAnswer } from '../types.ts'
import type { ReceivedHello } from './received-hello.ts'
import { type Choice12, chooseSuite12, findSession12 } from './server-choice-12.ts'

export function answer12(
  channel: HandshakeChannel,
  received: ReceivedHello,
  answer: ClientHelloAnswer,
): HandshakeState {
  const { config, info } = channel
  const { hello } = received
  const { extensions } = hello
  channel.endPeerFlight()
  const pointFormats = extensions.get(ext.EC_POINT_FORMATS)
  if (pointFormats) ext.checkPointFormats(pointFormats)
  const renegotiation = extensions.get(ext.RENEGOTIATION_INFO)
  if (renegotiation) checkRenegotiation(channel, ext.readOpaque(renegotiation, 1, 0), 'client')
  const signals = hello.cipherSuites.includes(EMPTY_RENEGOTIATION_INFO_SCSV)
  // In a renegotiation only the extension is allowed: RFC 5746 section 3.7.
  if (channel.connected && (signals || !renegotiation)) throw refusal(HANDSHAKE_FAILURE, 'renegotiation mismatch')
  info.hasSecureRenegotiation = renegotiation !== undefined || signals
  const hasExtendedMasterSecret = extensions.has(ext.EXTENDED_MASTER_SECRET)
  checkMasterSecret(channel, hasExtendedMasterSecret)
  info.hasExtendedMasterSecret = hasExtendedMasterSecret
  const resumed = findSession12(channel, received, answer)
  if (resumed) return resume(channel, received, resumed.session, resumed.wantsTicket)
  const choice = chooseSuite12(channel, received)
  info.cipherSuite = choice.suite
  info.isResumed = false
  channel.transcript.add(received.message.bytes)
  channel.transcript.start(choice.suite.hash)
  const sendsTicket = config.tickets !== undefined && extensions.has(ext.SESSION_TICKET)
  // A session is kept in a ticket or under an id, never both.
  const sessionId = config.sessionIds && !sendsTicket ? config.random(32) : noBytes
  const status = extensions.get(ext.STATUS_REQUEST)
  const staple = status && ext.readStatusRequest(status) && choice.credential ? answer.ocspResponse : undefined
  const secrets = sendHello(channel, received, choice.suite, sessionId, { sendsTicket, staple: staple !== undefined })
  const handshake = new ServerHandshake12(channel, hello.version, secrets, choice, sessionId, sendsTicket)
  return handshake.sendFlight(staple)
}

function sendHello(
  channel: HandshakeChannel,
  received: ReceivedHello,
  suite: Secrets12['suite'],
  sessionId: Uint8Array,
  { sendsTicket, staple = false }: { sendsTicket: boolean; staple?: boolean },
): Secrets12 {
  const { config, info } = channel
  const theirs = received.hello.extensions
  const random = copyOf(config.random(32))
  if (config.maxVersion === 0x0304) random.set(DOWNGRADE_TO_12, 24)
  const extensions = new Map<number, Uint8Array>()
  if (info.hasSecureRenegotiation) {
    const both = channel.connected ? concat(channel.peerFinished ?? noBytes, channel.finished ?? noBytes) : noBytes
    extensions.set(ext.RENEGOTIATION_INFO, ext.writeOpaque(both, 1))
  }
  if (received.serverName !== undefined && !info.isResumed) extensions.set(ext.SERVER_NAME, noBytes)
  if (theirs.has(ext.EC_POINT_FORMATS) && suite.keyExchange.startsWith('ecdhe')) {
    extensions.set(ext.EC_POINT_FORMATS, ext.writeOpaque(Uint8Array.of(0), 1))
  }
  if (sendsTicket) extensions.set(ext.SESSION_TICKET, noBytes)
  if (staple) extensions.set(ext.STATUS_REQUEST, noBytes)
  if (info.alpn) extensions.set(ext.ALPN, ext.writeProtocolNames([info.alpn]))
  const isEncryptThenMac = suite.mac !== undefined && theirs.has(ext.ENCRYPT_THEN_MAC)
  if (isEncryptThenMac) extensions.set(ext.ENCRYPT_THEN_MAC, noBytes)
  if (info.hasExtendedMasterSecret) extensions.set(ext.EXTENDED_MASTER_SECRET, noBytes)
  if (!channel.connected) answerRecordLimits(channel, theirs, extensions)
  channel.send(
    SERVER_HELLO,
    writeServerHello({ version: 0x0303, random, sessionId, cipherSuite: suite.id, extensions }),
  )
  const secrets = new Secrets12(channel, suite, received.hello.random, random)
  secrets.isEncryptThenMac = isEncryptThenMac
  return secrets
}

/** The abbreviated handshake: our Finished comes first. */
function resume(
  channel: HandshakeChannel,
  received: ReceivedHello,
  session: SavedSession,
  sendsTicket: boolean,
): HandshakeState {
  const { info, config } = channel
  const suite = config.cipherSuites.find(one => one.id === session.cipherSuite)
  if (suite === undefined) throw refusal(HANDSHAKE_FAILURE, 'no shared cipher')
  info.cipherSuite = suite
  info.isResumed = true
  info.peerCertificates = session.peerCertificates
  channel.transcript.add(received.message.bytes)
  channel.transcript.start(suite.hash)
  // The echoed id shows the client that its session or ticket was accepted.
  const secrets = sendHello(channel, received, suite, copyOf(received.hello.sessionId), { sendsTicket })
  secrets.setMaster(session.secret)
  if (sendsTicket) sendTicket(channel, secrets)
  sendFinished(channel, secrets)
  if (session.peerCertificates.length > 0) {
    channel.tell(handler => handler.onPeerCertificate?.(session.peerCertificates))
  }
  return new AwaitChangeCipherSpec(channel, secrets, 'client', () => complete(channel, secrets))
}

function complete(channel: HandshakeChannel, secrets: Secrets12): HandshakeState {
  const connected = new Connected12(channel, secrets)
  channel.complete(connected)
  return connected
}

function sendTicket(channel: HandshakeChannel, secrets: Secrets12): void {
  const { config, crypto } = channel
  const session = sessionOf(channel, secrets, noBytes)
  const ticket = config.tickets && sealTicket(crypto, config.tickets, session, config.random(SALT_SIZE))
  session.secret.fill(0)
  const message = { lifetimeSeconds: session.lifetimeSeconds, ticket: ticket ?? noBytes }
  channel.send(NEW_SESSION_TICKET, writeNewSessionTicket12(message))
}

function sessionOf(channel: HandshakeChannel, secrets: Secrets12, sessionId: Uint8Array): SavedSession {
  const { config, info } = channel
  return {
    version: 0x0303,
    cipherSuite: secrets.suite.id,
    secret: copyOf(secrets.master),
    issuedAt: config.now(),
    lifetimeSeconds: config.sessionTimeoutSeconds,
    ticket: noBytes,
    sessionId,
    ageAdd: 0,
    serverName: info.serverName,
    alpn: info.alpn,
    hasExtendedMasterSecret: info.hasExtendedMasterSecret,
    sessionIdContext: config.sessionIdContext,
    peerCertificates: info.peerCertificates,
  }
}

/** The full handshake: the data that its states share, and the steps that several of them take. */
class ServerHandshake12 {
  readonly channel: HandshakeChannel
  /** The version that the client offered, which may be above the negotiated one. */
  readonly clientVersion: number
  readonly secrets: Secrets12
  readonly choice: Choice12
  readonly #sessionId: Uint8Array
  readonly #sendsTicket: boolean
  share: KeyShare | undefined

  constructor(
    channel: HandshakeChannel,
    clientVersion: number,
    secrets: Secrets12,
    choice: Choice12,
    sessionId: Uint8Array,
    sendsTicket: boolean,
  ) {
    this.channel = channel
    this.clientVersion = clientVersion
    this.secrets = secrets
    this.choice = choice
    this.#sessionId = sessionId
    this.#sendsTicket = sendsTicket
  }

  /** Sends Certificate to ServerHelloDone. */
  sendFlight(staple: Uint8Array | undefined): HandshakeState {
    const { channel, choice } = this
    const { config, info } = channel
    if (choice.credential) {
      info.credential = choice.credential
      channel.send(CERTIFICATE, writeCertificateList(choice.credential.certificates))
      if (staple) {
        info.ocspResponse = staple
        channel.send(CERTIFICATE_STATUS, ext.writeOcspStatus(staple))
      }
    }
    this.#sendKeyExchange()
    const asksCertificate = config.requestCert && choice.credential !== undefined
    if (asksCertificate) {
      const signatureSchemes = config.signatureSchemes.map(scheme => scheme.id)
      const request = { types: CERTIFICATE_TYPES, signatureSchemes, authorities: config.certificateAuthorities }
      channel.send(CERTIFICATE_REQUEST, writeCertificateRequest12(request))
    }
    channel.send(SERVER_HELLO_DONE, noBytes)
    return asksCertificate ? new AwaitCertificate(this) : new AwaitKeyExchange(this, undefined)
  }

  /** After the client's Finished. */
  end(): HandshakeState {
    const { channel, secrets } = this
    if (this.#sendsTicket) sendTicket(channel, secrets)
    sendFinished(channel, secrets)
    if (this.#sessionId.length > 0) {
      const session = sessionOf(channel, secrets, this.#sessionId)
      channel.tell(handler => handler.onSession?.(session, session.sessionId))
    }
    return complete(channel, secrets)
  }

  #sendKeyExchange(): void {
    const { channel, choice, secrets } = this
    const { config, crypto, info } = channel
    const { suite, group, credential, scheme } = choice
    const body = new ByteWriter(512)
    const isPsk = suite.authentication === 'psk'
    if (isPsk) body.vector(2, config.pskIdentityHint ?? noBytes)
    if (group) {
      this.share = crypto.generateKeyShare(group)
      info.group = group
      const parameters = writeEcdheParameters(group.id, this.share.publicKey)
      body.bytes(parameters)
      if (credential && scheme) {
        const content = concat(secrets.clientRandom, secrets.serverRandom, parameters)
        const signature = crypto.sign(scheme, credential.key, content)
        body.bytes(writeCertificateVerify({ scheme: scheme.id, signature }))
        info.signatureScheme = scheme
      }
    }
    // Without ECDHE and without a hint the message is omitted: RFC 4279 section 2.
    if (group || (isPsk && config.pskIdentityHint)) channel.send(SERVER_KEY_EXCHANGE, body.take())
  }
}

/** rsa_sign and ecdsa_sign. */
const CERTIFICATE_TYPES = Uint8Array.of(1, 64)

class AwaitCertificate implements HandshakeState {
  readonly dropsChangeCipherSpec = false
  readonly #handshake: ServerHandshake12

  constructor(handshake: ServerHandshake12) {
    this.#handshake = handshake
  }

  handle(message: HandshakeMessage): HandshakeState {
    expectType(message, CERTIFICATE)
    const { channel } = this.#handshake
    const chain = readCertificateList(message.body)
    channel.transcript.add(message.bytes)
    if (chain.length === 0) {
      channel.tell(handler => handler.onPeerCertificate?.([]))
      return new AwaitKeyExchange(this.#handshake, undefined)
    }
    const key = leafKey(channel.crypto, chain)
    return new AwaitKeyExchange(this.#handshake, { chain, key })
  }
}

interface ClientIdentity {
  readonly chain: readonly Uint8Array[]
  readonly key: PublicKey
}

class AwaitKeyExchange implements HandshakeState {
  readonly dropsChangeCipherSpec = false
  readonly #handshake: ServerHandshake12
  readonly #client: ClientIdentity | undefined

  constructor(handshake: ServerHandshake12, client: ClientIdentity | undefined) {
    this.#handshake = handshake
    this.#client = client
  }

  handle(message: HandshakeMessage): HandshakeState {
    expectType(message, CLIENT_KEY_EXCHANGE)
    const handshake = this.#handshake
    const { channel, secrets } = handshake
    const premaster = this.#premaster(new ByteReader(message.body))
    channel.transcript.add(message.bytes)
    secrets.setPremaster(premaster)
    if (this.#client) return new AwaitCertificateVerify(handshake, this.#client)
    // In a renegotiation the client authenticates anew.
    channel.info.peerCertificates = []
    return new AwaitChangeCipherSpec(channel, secrets, 'client', () => handshake.end())
  }

  #premaster(reader: ByteReader): Uint8Array {
    const { channel, choice, share } = this.#handshake
    const { suite } = choice
    if (suite.keyExchange === 'rsa') return this.#decrypt(reader)
    const identity = suite.authentication === 'psk' ? reader.vector(2) : undefined
    const point = share && reader.vector(1, 1)
    reader.end()
    const secret = point && share?.agree(point)
    if (share && secret === undefined) throw refusal(ILLEGAL_PARAMETER, 'bad ecpoint')
    if (identity) {
      const key = channel.handler.onPskIdentity?.(identity)
      if (key === undefined) throw refusal(UNKNOWN_PSK_IDENTITY, 'psk identity not found')
      return pskPremaster(key, secret)
    }
    if (secret === undefined) throw refusal(ILLEGAL_PARAMETER, 'bad ecpoint')
    return secret
  }

  /**
   * Decrypts the client's premaster secret; gives random bytes if it is wrong in any way, so that the failure shows only when
   * the Finished does not verify: RFC 5246 section 7.4.7.1. The choice between the two takes no branch.
   */
  #decrypt(reader: ByteReader): Uint8Array {
    const { channel, choice, clientVersion } = this.#handshake
    const { crypto, config } = channel
    const encrypted = reader.vector(2)
    reader.end()
    const key = choice.credential?.key
    if (key === undefined || crypto.rsaDecrypt === undefined) throw refusal(HANDSHAKE_FAILURE, 'no shared cipher')
    const fallback = config.random(48)
    const premaster = Uint8Array.from(crypto.rsaDecrypt(key, encrypted, 48))
    const wrong =
      ((premaster[0] as number) ^ (clientVersion >>> 8)) | ((premaster[1] as number) ^ (clientVersion & 0xff))
    // All ones where the version is wrong, else zero.
    const mask = -((wrong | -wrong) >>> 31)
    for (let i = 0; i < 48; i++) {
      const byte = premaster[i] as number
      premaster[i] = (byte & ~mask) | ((fallback[i] as number) & mask)
    }
    return premaster
  }
}

class AwaitCertificateVerify implements HandshakeState {
  readonly dropsChangeCipherSpec = false
  readonly #handshake: ServerHandshake12
  readonly #client: ClientIdentity

  constructor(handshake: ServerHandshake12, client: ClientIdentity) {
    this.#handshake = handshake
    this.#client = client
  }

  handle(message: HandshakeMessage): HandshakeState {
    expectType(message, CERTIFICATE_VERIFY)
    const { channel, secrets } = this.#handshake
    const { config, crypto, info, transcript } = channel
    const { chain, key } = this.#client
    const signed = readCertificateVerify(message.body)
    info.peerSignatureScheme = checkSignature(crypto, config, 0x0303, key, signed, transcript.messages)
    info.peerCertificates = chain
    transcript.add(message.bytes)
    channel.tell(handler => handler.onPeerCertificate?.(chain))
    return new AwaitChangeCipherSpec(channel, secrets, 'client', () => this.#handshake.end())
  }
}
