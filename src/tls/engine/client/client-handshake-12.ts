// A client of TLS 1.2 from the ServerHello on: RFC 5246 section 7.3, RFC 8422, RFC 5077, RFC 4279, RFC 5489. One class for
// each message that it awaits.

import { concat, noBytes } from '../../../core/bytes.ts'
import { X25519MLKEM768 } from '../../../crypto/named-groups.ts'
import type { KeyShare, PublicKey } from '../../../crypto/provider.ts'
import {
  DECODE_ERROR,
  HANDSHAKE_FAILURE,
  ILLEGAL_PARAMETER,
  UNEXPECTED_MESSAGE,
  UNSUPPORTED_CERTIFICATE,
} from '../../wire/alerts.ts'
import { ByteReader, ByteWriter, copyOf, sameBytes } from '../../wire/bytes.ts'
import type { CipherSuite } from '../../wire/cipher-suites.ts'
import {
  CERTIFICATE,
  CERTIFICATE_REQUEST,
  CERTIFICATE_STATUS,
  CERTIFICATE_VERIFY,
  type CertificateRequest12,
  CLIENT_KEY_EXCHANGE,
  NEW_SESSION_TICKET,
  readCertificateList,
  readCertificateRequest12,
  readEcdheParameters,
  readEmpty,
  readNewSessionTicket12,
  SERVER_HELLO_DONE,
  SERVER_KEY_EXCHANGE,
  type ServerHello,
  writeCertificateList,
  writeCertificateVerify,
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
import { checkProtocol, checkSignature, chooseCredential, leafKey, sharedSchemes } from '../negotiation.ts'
import { expectType, type HandshakeChannel, type HandshakeState, unexpectedMessage } from '../record/channel.ts'
import type { HandshakeMessage } from '../record/message-joiner.ts'
import { takeRecordSizeLimit } from '../record/record-limits.ts'
import { pskPremaster, Secrets12 } from '../secrets-12.ts'
import type { SavedSession } from '../sessions.ts'
import type { Credential } from '../types.ts'
import type { SentHello } from './client-hello.ts'

export function begin12(
  channel: HandshakeChannel,
  sent: SentHello,
  message: HandshakeMessage,
  hello: ServerHello,
  suite: CipherSuite,
): HandshakeState {
  const { info, config } = channel
  const { extensions } = hello
  for (const type of extensions.keys()) {
    if (!mayBeAnswered.has(type)) throw refusal(ILLEGAL_PARAMETER, 'bad extension')
  }
  for (const type of empty) {
    const body = extensions.get(type)
    if (body && body.length > 0) throw refusal(DECODE_ERROR, 'bad extension')
  }
  const pointFormats = extensions.get(ext.EC_POINT_FORMATS)
  if (pointFormats) ext.checkPointFormats(pointFormats)
  const renegotiation = extensions.get(ext.RENEGOTIATION_INFO)
  // As OpenSSL's client, we reject a server without the extension.
  if (!renegotiation) throw refusal(HANDSHAKE_FAILURE, 'unsafe legacy renegotiation disabled')
  checkRenegotiation(channel, ext.readOpaque(renegotiation, 1, 0), 'server')
  info.hasSecureRenegotiation = true
  const hasExtendedMasterSecret = extensions.has(ext.EXTENDED_MASTER_SECRET)
  checkMasterSecret(channel, hasExtendedMasterSecret)
  info.hasExtendedMasterSecret = hasExtendedMasterSecret
  const alpn = extensions.get(ext.ALPN)
  info.alpn = alpn && checkProtocol(config.alpnProtocols, ext.readProtocolNames(alpn))
  if (!channel.connected) takeRecordSizeLimit(channel, extensions)
  channel.transcript.add(message.bytes)
  channel.transcript.start(suite.hash)
  const secrets = new Secrets12(channel, suite, sent.random, hello.random)
  secrets.isEncryptThenMac = suite.mac !== undefined && extensions.has(ext.ENCRYPT_THEN_MAC)
  const handshake = new ClientHandshake12(channel, sent, secrets, copyOf(hello.sessionId))
  const hasTicket = extensions.has(ext.SESSION_TICKET)
  const { session } = sent
  if (session?.version === 0x0303 && hello.sessionId.length > 0 && sameBytes(hello.sessionId, sent.sessionId)) {
    return resume(handshake, session, hasTicket)
  }
  // We offered no session: the id was sent only for the sake of middleboxes, and a server must not echo it. RFC 8446 appendix D.4.
  if (!session && hello.sessionId.length > 0 && sameBytes(hello.sessionId, sent.sessionId)) {
    throw refusal(ILLEGAL_PARAMETER, 'invalid session id')
  }
  info.isResumed = false
  const isStapled = extensions.has(ext.STATUS_REQUEST)
  if (suite.authentication === 'psk') return new AwaitKeyExchange(handshake, undefined, hasTicket)
  return new AwaitCertificate(handshake, isStapled, hasTicket)
}

const mayBeAnswered: ReadonlySet<number> = new Set([
  ext.SERVER_NAME,
  ext.STATUS_REQUEST,
  // Not allowed in a ServerHello, but some servers send it, and OpenSSL accepts it.
  ext.SUPPORTED_GROUPS,
  ext.EC_POINT_FORMATS,
  ext.ALPN,
  ext.ENCRYPT_THEN_MAC,
  ext.EXTENDED_MASTER_SECRET,
  ext.SESSION_TICKET,
  ext.RECORD_SIZE_LIMIT,
  ext.RENEGOTIATION_INFO,
])

/** Extensions with an empty body: their presence is the message. */
const empty = [
  ext.SERVER_NAME,
  ext.STATUS_REQUEST,
  ext.ENCRYPT_THEN_MAC,
  ext.EXTENDED_MASTER_SECRET,
  ext.SESSION_TICKET,
] as const

/** The data that all later states share, and the steps that several of them take. */
class ClientHandshake12 {
  readonly channel: HandshakeChannel
  readonly sent: SentHello
  readonly secrets: Secrets12
  readonly sessionId: Uint8Array
  ticket: { lifetimeSeconds: number; ticket: Uint8Array } | undefined

  constructor(channel: HandshakeChannel, sent: SentHello, secrets: Secrets12, sessionId: Uint8Array) {
    this.channel = channel
    this.sent = sent
    this.secrets = secrets
    this.sessionId = sessionId
  }

  get suite(): CipherSuite {
    return this.secrets.suite
  }

  complete(): HandshakeState {
    const { channel } = this
    const connected = new Connected12(channel, this.secrets)
    const session = this.#session()
    if (session) {
      channel.session = session
      channel.tell(handler => handler.onSession?.(session, session.sessionId))
    }
    channel.complete(connected)
    return connected
  }

  /** The new session of this connection, to be resumed by its ticket or id. A resumed one that got no new ticket is kept as it is. */
  #session(): SavedSession | undefined {
    const { channel, secrets, sent } = this
    const { config, info } = channel
    if (info.isResumed && this.ticket === undefined) {
      channel.session = sent.session
      return undefined
    }
    const ticket = this.ticket?.ticket ?? noBytes
    if (ticket.length === 0 && this.sessionId.length === 0) return undefined
    return {
      version: 0x0303,
      cipherSuite: secrets.suite.id,
      secret: copyOf(secrets.master),
      issuedAt: config.now(),
      lifetimeSeconds: this.ticket?.lifetimeSeconds || config.sessionTimeoutSeconds,
      ticket,
      sessionId: this.sessionId,
      ageAdd: 0,
      serverName: config.serverName,
      alpn: info.alpn,
      hasExtendedMasterSecret: info.hasExtendedMasterSecret,
      sessionIdContext: config.sessionIdContext,
      peerCertificates: info.peerCertificates,
    }
  }
}

function resume(handshake: ClientHandshake12, session: SavedSession, hasTicket: boolean): HandshakeState {
  const { channel, secrets } = handshake
  const { info } = channel
  if (session.cipherSuite !== secrets.suite.id) throw refusal(ILLEGAL_PARAMETER, 'old session cipher not returned')
  // RFC 7627 section 5.3.
  if (session.hasExtendedMasterSecret !== info.hasExtendedMasterSecret) {
    throw refusal(HANDSHAKE_FAILURE, 'inconsistent extms')
  }
  info.isResumed = true
  info.peerCertificates = session.peerCertificates
  secrets.setMaster(copyOf(session.secret))
  if (session.peerCertificates.length > 0) {
    channel.tell(handler => handler.onPeerCertificate?.(session.peerCertificates))
  }
  return awaitEnd(handshake, hasTicket, () => {
    sendFinished(channel, secrets)
    return handshake.complete()
  })
}

class AwaitCertificate implements HandshakeState {
  readonly dropsChangeCipherSpec = false
  readonly #handshake: ClientHandshake12
  readonly #isStapled: boolean
  readonly #hasTicket: boolean

  constructor(handshake: ClientHandshake12, isStapled: boolean, hasTicket: boolean) {
    this.#handshake = handshake
    this.#isStapled = isStapled
    this.#hasTicket = hasTicket
  }

  handle(message: HandshakeMessage): HandshakeState {
    expectType(message, CERTIFICATE)
    const { channel, suite } = this.#handshake
    const chain = readCertificateList(message.body)
    if (chain.length === 0) throw refusal(DECODE_ERROR, 'no certificates returned')
    const key = leafKey(channel.crypto, chain)
    const isRsa = key.type === 'rsa' || key.type === 'rsa-pss'
    if (isRsa !== (suite.authentication === 'rsa')) throw refusal(ILLEGAL_PARAMETER, 'wrong certificate type')
    channel.transcript.add(message.bytes)
    return new AwaitKeyExchange(this.#handshake, { chain, key }, this.#hasTicket, this.#isStapled)
  }
}

interface ServerIdentity {
  readonly chain: readonly Uint8Array[]
  readonly key: PublicKey
}

/** What the server proposed: its key share, or a PSK hint. */
interface Proposal {
  readonly share?: KeyShare
  readonly secret?: Uint8Array
  readonly pskHint?: Uint8Array
}

/** CertificateStatus and ServerKeyExchange, as far as the suite has them; then a request or the end. */
class AwaitKeyExchange implements HandshakeState {
  readonly dropsChangeCipherSpec = false
  readonly #handshake: ClientHandshake12
  readonly #server: ServerIdentity | undefined
  readonly #hasTicket: boolean
  readonly #mayStaple: boolean

  constructor(handshake: ClientHandshake12, server: ServerIdentity | undefined, hasTicket: boolean, mayStaple = false) {
    this.#handshake = handshake
    this.#server = server
    this.#hasTicket = hasTicket
    this.#mayStaple = mayStaple
  }

  handle(message: HandshakeMessage): HandshakeState {
    const { channel, suite } = this.#handshake
    if (message.type === CERTIFICATE_STATUS && this.#mayStaple) {
      channel.info.ocspResponse = ext.readOcspStatus(message.body)
      channel.transcript.add(message.bytes)
      return new AwaitKeyExchange(this.#handshake, this.#server, this.#hasTicket)
    }
    const isSent = suite.keyExchange === 'ecdhe' || suite.keyExchange === 'ecdhe-psk'
    if (message.type !== SERVER_KEY_EXCHANGE) {
      if (isSent) throw unexpectedMessage()
      this.#tellCertificate()
      return new AwaitHelloDone(this.#handshake, this.#server?.key, this.#hasTicket, {}).handle(message)
    }
    if (suite.keyExchange === 'rsa') throw unexpectedMessage()
    const proposal = this.#readProposal(message.body)
    channel.transcript.add(message.bytes)
    this.#tellCertificate()
    return new AwaitHelloDone(this.#handshake, this.#server?.key, this.#hasTicket, proposal)
  }

  /** Parameters, and the signature over them where the suite has one: RFC 8422 section 5.4. */
  #readProposal(body: Uint8Array): Proposal {
    const { channel, suite, secrets } = this.#handshake
    const { config, crypto, info } = channel
    const reader = new ByteReader(body)
    const pskHint = suite.authentication === 'psk' ? reader.vector(2) : undefined
    if (suite.keyExchange === 'psk') {
      reader.end()
      return { ...(pskHint && { pskHint }) }
    }
    const parameters = readEcdheParameters(reader)
    const group = config.groups.find(one => one.id === parameters.group && one !== X25519MLKEM768)
    if (group === undefined) throw refusal(ILLEGAL_PARAMETER, 'wrong curve')
    if (this.#server) {
      const signed = { scheme: reader.uint16(), signature: reader.vector(2) }
      const content = concat(secrets.clientRandom, secrets.serverRandom, parameters.bytes)
      info.peerSignatureScheme = checkSignature(crypto, config, 0x0303, this.#server.key, signed, content)
    }
    reader.end()
    const share = crypto.generateKeyShare(group)
    const secret = share.agree(parameters.share)
    if (secret === undefined) throw refusal(ILLEGAL_PARAMETER, 'bad ecpoint')
    // Kept until the ServerHelloDone, which may never come.
    channel.guard({ destroy: () => secret.fill(0) })
    info.group = group
    return { share, secret, ...(pskHint && { pskHint }) }
  }

  #tellCertificate(): void {
    const { channel } = this.#handshake
    const { config, info } = channel
    const { chain } = this.#server ?? {}
    // Set only once the signature is verified: in a renegotiation the earlier server's certificate stays in force until then.
    info.peerCertificates = chain ?? []
    if (chain === undefined) return
    channel.tell(handler => handler.onPeerCertificate?.(chain))
    if (config.requestOcsp) channel.tell(handler => handler.onOcspResponse?.(info.ocspResponse))
  }
}

/** Awaits ServerHelloDone, possibly after a CertificateRequest; then sends the client's whole flight. */
class AwaitHelloDone implements HandshakeState {
  readonly dropsChangeCipherSpec = false
  readonly #handshake: ClientHandshake12
  readonly #key: PublicKey | undefined
  readonly #hasTicket: boolean
  readonly #proposal: Proposal
  #request: CertificateRequest12 | undefined

  constructor(handshake: ClientHandshake12, key: PublicKey | undefined, hasTicket: boolean, proposal: Proposal) {
    this.#handshake = handshake
    this.#key = key
    this.#hasTicket = hasTicket
    this.#proposal = proposal
  }

  handle(message: HandshakeMessage): HandshakeState {
    const { channel } = this.#handshake
    if (message.type === CERTIFICATE_REQUEST && !this.#request && this.#key) {
      this.#request = readCertificateRequest12(message.body)
      channel.transcript.add(message.bytes)
      return this
    }
    expectType(message, SERVER_HELLO_DONE)
    readEmpty(message.body)
    channel.endPeerFlight()
    channel.transcript.add(message.bytes)
    const handshake = this.#handshake
    const sign = this.#request && sendOwnCertificate(channel, this.#request)
    this.#sendKeyExchange()
    sign?.()
    sendFinished(channel, handshake.secrets)
    return awaitEnd(handshake, this.#hasTicket, () => handshake.complete())
  }

  #sendKeyExchange(): void {
    const { channel, suite, secrets } = this.#handshake
    const { share, secret } = this.#proposal
    const body = new ByteWriter(256)
    let premaster = secret
    if (suite.authentication === 'psk') {
      const psk = channel.handler.onPskRequest?.(this.#proposal.pskHint)
      if (psk === undefined) throw refusal(HANDSHAKE_FAILURE, 'psk identity not found')
      body.vector(2, psk.identity)
      premaster = pskPremaster(psk.key, secret)
    }
    if (share) body.vector(1, share.publicKey)
    else if (suite.keyExchange === 'rsa') {
      premaster = concat(Uint8Array.of(3, 3), channel.config.random(46))
      if (this.#key?.type !== 'rsa') throw refusal(UNSUPPORTED_CERTIFICATE, 'missing rsa encrypting cert')
      body.vector(2, channel.crypto.rsaEncrypt(this.#key, premaster))
    }
    channel.send(CLIENT_KEY_EXCHANGE, body.take())
    if (premaster === undefined) throw refusal(UNEXPECTED_MESSAGE, 'unexpected message')
    secrets.setPremaster(premaster)
  }
}

/** ClientCertificateType: RFC 5246 section 7.4.4, RFC 8422 section 5.5. */
const RSA_SIGN = 1
const ECDSA_SIGN = 64

/** Sends our chain, or an empty one. @returns what sends the CertificateVerify, to be called after the ClientKeyExchange */
function sendOwnCertificate(channel: HandshakeChannel, request: CertificateRequest12): (() => void) | undefined {
  const { config, crypto, info } = channel
  const schemes = sharedSchemes(config, request.signatureSchemes)
  info.sharedSignatureSchemes = schemes
  const fits = (one: Credential): boolean =>
    request.types.includes(one.key.type.startsWith('rsa') ? RSA_SIGN : ECDSA_SIGN)
  const chosen = chooseCredential(config, schemes, 0x0303, fits)
  channel.send(CERTIFICATE, writeCertificateList(chosen?.credential.certificates ?? []))
  if (chosen === undefined) return undefined
  const { credential, scheme } = chosen
  info.credential = credential
  info.signatureScheme = scheme
  return () => {
    const signature = crypto.sign(scheme, credential.key, channel.transcript.messages)
    channel.send(CERTIFICATE_VERIFY, writeCertificateVerify({ scheme: scheme.id, signature }))
  }
}

function awaitEnd(handshake: ClientHandshake12, hasTicket: boolean, done: () => HandshakeState): HandshakeState {
  const { channel, secrets } = handshake
  if (hasTicket) return new AwaitTicket(handshake, done)
  return new AwaitChangeCipherSpec(channel, secrets, 'server', done)
}

class AwaitTicket implements HandshakeState {
  readonly dropsChangeCipherSpec = false
  readonly #handshake: ClientHandshake12
  readonly #done: () => HandshakeState

  constructor(handshake: ClientHandshake12, done: () => HandshakeState) {
    this.#handshake = handshake
    this.#done = done
  }

  handle(message: HandshakeMessage): HandshakeState {
    expectType(message, NEW_SESSION_TICKET)
    const { channel, secrets } = this.#handshake
    const { lifetimeSeconds, ticket } = readNewSessionTicket12(message.body)
    if (ticket.length > 0) this.#handshake.ticket = { lifetimeSeconds, ticket: copyOf(ticket) }
    channel.transcript.add(message.bytes)
    return new AwaitChangeCipherSpec(channel, secrets, 'server', this.#done)
  }
}
