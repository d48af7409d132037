// A client of TLS 1.3 from the ServerHello to its own Finished: one class for each message that it awaits, in the order of
// RFC 8446 section 2. Each holds only what is known by then.

import type { PublicKey } from '../../../crypto/provider.ts'
import { DECODE_ERROR, DECRYPT_ERROR, ILLEGAL_PARAMETER, UNSUPPORTED_EXTENSION } from '../../wire/alerts.ts'
import type { CipherSuite } from '../../wire/cipher-suites.ts'
import {
  CERTIFICATE_REQUEST,
  CERTIFICATE_VERIFY,
  ENCRYPTED_EXTENSIONS,
  FINISHED,
  readCertificateRequest,
  readCertificateVerify,
  readEncryptedExtensions,
  type ServerHello,
  writeCertificateVerify,
} from '../../wire/handshake-messages.ts'
import * as ext from '../../wire/hello-extensions.ts'
import { receiveCertificate, sendCertificate } from '../certificate-compression.ts'
import { Connected13 } from '../connected-13.ts'
import { missingExtension, refusal } from '../engine-errors.ts'
import { KeySchedule } from '../key-schedule.ts'
import {
  checkProtocol,
  checkSignature,
  chooseCredential,
  leafKey,
  sharedSchemes,
  verifiedContent,
} from '../negotiation.ts'
import { expectType, type HandshakeChannel, type HandshakeState } from '../record/channel.ts'
import type { HandshakeMessage } from '../record/message-joiner.ts'
import { takeRecordSizeLimit } from '../record/record-limits.ts'
import { Traffic13 } from '../record/traffic-13.ts'
import type { Credential } from '../types.ts'
import type { SentHello } from './client-hello.ts'

/** The data that all later states share. */
interface Shared {
  readonly channel: HandshakeChannel
  readonly sent: SentHello
  readonly traffic: Traffic13
}

export function begin13(
  channel: HandshakeChannel,
  sent: SentHello,
  message: HandshakeMessage,
  hello: ServerHello,
  suite: CipherSuite,
): HandshakeState {
  for (const type of hello.extensions.keys()) {
    const isKnown = type === ext.SUPPORTED_VERSIONS || type === ext.KEY_SHARE || type === ext.PRE_SHARED_KEY
    if (!isKnown) throw refusal(UNSUPPORTED_EXTENSION, 'bad extension')
  }
  const { info } = channel
  const selected = hello.extensions.get(ext.PRE_SHARED_KEY)
  const psk = selected && sent.psks[ext.readUint16(selected)]
  if (selected && psk?.hash !== suite.hash) throw refusal(ILLEGAL_PARAMETER, 'bad psk identity')
  const shareBody = hello.extensions.get(ext.KEY_SHARE)
  // We offer psk_dhe_ke only, so a key share is required.
  if (shareBody === undefined) throw missingExtension('no suitable key share')
  const entry = ext.readKeyShare(shareBody)
  const share = [...sent.shares.values()].find(one => one.group.id === entry.group)
  if (share === undefined) throw refusal(ILLEGAL_PARAMETER, 'bad key share')
  const secret = share.agree(entry.share)
  if (secret === undefined) throw refusal(ILLEGAL_PARAMETER, 'bad key share')
  info.group = share.group
  info.isResumed = psk?.session !== undefined
  info.hasExtendedMasterSecret = true
  info.hasSecureRenegotiation = true
  channel.transcript.start(suite.hash)
  channel.transcript.forgetMessages()
  channel.transcript.add(message.bytes)
  const schedule = new KeySchedule(channel.crypto, suite.hash, psk?.secret)
  const traffic = new Traffic13(channel, suite, schedule, secret, sent.random)
  channel.sendChangeCipherSpec()
  channel.setSealer(traffic.client.sealer())
  channel.setOpener(traffic.server.opener())
  if (psk?.session) info.peerCertificates = psk.session.peerCertificates
  return new AwaitEncryptedExtensions({ channel, sent, traffic }, psk !== undefined)
}

class AwaitEncryptedExtensions implements HandshakeState {
  readonly dropsChangeCipherSpec = true
  readonly #shared: Shared
  readonly #hasPsk: boolean

  constructor(shared: Shared, hasPsk: boolean) {
    this.#shared = shared
    this.#hasPsk = hasPsk
  }

  handle(message: HandshakeMessage): HandshakeState {
    expectType(message, ENCRYPTED_EXTENSIONS)
    const { channel, sent } = this.#shared
    const extensions = readEncryptedExtensions(message.body)
    for (const type of extensions.keys()) {
      if (!mayBeEncrypted.has(type) || !sent.extensions.has(type)) throw refusal(UNSUPPORTED_EXTENSION, 'bad extension')
    }
    const alpn = extensions.get(ext.ALPN)
    if (alpn) channel.info.alpn = checkProtocol(channel.config.alpnProtocols, ext.readProtocolNames(alpn))
    takeRecordSizeLimit(channel, extensions)
    const name = extensions.get(ext.SERVER_NAME)
    if (name && name.length > 0) throw refusal(DECODE_ERROR, 'bad extension')
    channel.transcript.add(message.bytes)
    if (!this.#hasPsk) return new AwaitCertificate(this.#shared, undefined)
    if (channel.info.peerCertificates.length > 0) {
      const chain = channel.info.peerCertificates
      channel.tell(handler => handler.onPeerCertificate?.(chain))
    }
    return new AwaitFinished(this.#shared, undefined)
  }
}

const mayBeEncrypted = new Set([ext.SERVER_NAME, ext.SUPPORTED_GROUPS, ext.ALPN, ext.RECORD_SIZE_LIMIT])

interface Request {
  readonly context: Uint8Array
  readonly schemes: readonly number[]
  /** The server's list of algorithms that our certificate may be compressed with; undefined: none. */
  readonly compression: Uint8Array | undefined
}

/** Awaits the server's Certificate, or a CertificateRequest before it. */
class AwaitCertificate implements HandshakeState {
  readonly dropsChangeCipherSpec = true
  readonly #shared: Shared
  readonly #request: Request | undefined

  constructor(shared: Shared, request: Request | undefined) {
    this.#shared = shared
    this.#request = request
  }

  handle(message: HandshakeMessage): HandshakeState {
    const { channel } = this.#shared
    if (message.type === CERTIFICATE_REQUEST && this.#request === undefined) {
      const { context, extensions } = readCertificateRequest(message.body)
      if (context.length > 0) throw refusal(ILLEGAL_PARAMETER, 'invalid context')
      const schemes = extensions.get(ext.SIGNATURE_ALGORITHMS)
      if (schemes === undefined) throw missingExtension('missing sigalgs extension')
      const authorities = extensions.get(ext.CERTIFICATE_AUTHORITIES)
      if (authorities) ext.readNames(authorities)
      channel.transcript.add(message.bytes)
      const compression = extensions.get(ext.COMPRESS_CERTIFICATE)
      return new AwaitCertificate(this.#shared, { context, schemes: ext.readUint16List(schemes), compression })
    }
    const { context, entries } = receiveCertificate(channel, message)
    if (context.length > 0) throw refusal(ILLEGAL_PARAMETER, 'invalid context')
    if (entries.length === 0) throw refusal(DECODE_ERROR, 'no certificates returned')
    const chain = entries.map(entry => entry.certificate)
    const key = leafKey(channel.crypto, chain)
    for (const { extensions } of entries) {
      for (const type of extensions.keys()) {
        const isAsked = type === ext.STATUS_REQUEST && channel.config.requestOcsp
        if (!isAsked) throw refusal(UNSUPPORTED_EXTENSION, 'bad extension')
      }
    }
    const staple = entries[0]?.extensions.get(ext.STATUS_REQUEST)
    channel.transcript.add(message.bytes)
    return new AwaitCertificateVerify(this.#shared, this.#request, {
      chain,
      key,
      ocspResponse: staple && ext.readOcspStatus(staple),
    })
  }
}

interface ServerIdentity {
  readonly chain: readonly Uint8Array[]
  readonly key: PublicKey
  readonly ocspResponse: Uint8Array | undefined
}

class AwaitCertificateVerify implements HandshakeState {
  readonly dropsChangeCipherSpec = true
  readonly #shared: Shared
  readonly #request: Request | undefined
  readonly #identity: ServerIdentity

  constructor(shared: Shared, request: Request | undefined, identity: ServerIdentity) {
    this.#shared = shared
    this.#request = request
    this.#identity = identity
  }

  handle(message: HandshakeMessage): HandshakeState {
    expectType(message, CERTIFICATE_VERIFY)
    const { channel } = this.#shared
    const { crypto, config, info } = channel
    const { chain, key, ocspResponse } = this.#identity
    const content = verifiedContent('server', channel.transcript.digest())
    const signed = readCertificateVerify(message.body)
    info.peerSignatureScheme = checkSignature(crypto, config, 0x0304, key, signed, content)
    info.peerCertificates = chain
    info.ocspResponse = ocspResponse
    channel.transcript.add(message.bytes)
    channel.tell(handler => handler.onPeerCertificate?.(chain))
    if (config.requestOcsp) channel.tell(handler => handler.onOcspResponse?.(ocspResponse))
    return new AwaitFinished(this.#shared, this.#request)
  }
}

class AwaitFinished implements HandshakeState {
  readonly dropsChangeCipherSpec = true
  readonly #shared: Shared
  readonly #request: Request | undefined

  constructor(shared: Shared, request: Request | undefined) {
    this.#shared = shared
    this.#request = request
  }

  handle(message: HandshakeMessage): HandshakeState {
    expectType(message, FINISHED)
    const { channel, traffic } = this.#shared
    const expected = traffic.finished('server')
    if (message.body.length !== expected.length) throw refusal(DECODE_ERROR, 'bad digest length')
    if (!channel.crypto.equal(expected, message.body)) throw refusal(DECRYPT_ERROR, 'digest check failed')
    channel.peerFinished = expected
    channel.transcript.add(message.bytes)
    const { client, server } = traffic.applicationSecrets()
    channel.setOpener(server.opener())
    if (this.#request) this.#authenticate(this.#request)
    const finished = traffic.finished('client')
    channel.send(FINISHED, finished)
    channel.finished = finished
    channel.setSealer(client.sealer())
    traffic.finish(client, server, channel.config.tickets !== undefined)
    const connected = new Connected13(channel, traffic)
    channel.complete(connected)
    return connected
  }

  /** Sends our Certificate and CertificateVerify; an empty chain if the server accepts none of our credentials. */
  #authenticate(request: Request): void {
    const { channel } = this.#shared
    const { crypto, config, info } = channel
    const schemes = sharedSchemes(config, request.schemes)
    info.sharedSignatureSchemes = schemes
    const chosen = chooseCredential(config, schemes, 0x0304)
    const certificate = { context: request.context, entries: entriesOf(chosen?.credential) }
    sendCertificate(channel, certificate, chosen?.credential, request.compression)
    if (chosen === undefined) return
    info.credential = chosen.credential
    info.signatureScheme = chosen.scheme
    const content = verifiedContent('client', channel.transcript.digest())
    const signature = crypto.sign(chosen.scheme, chosen.credential.key, content)
    channel.send(CERTIFICATE_VERIFY, writeCertificateVerify({ scheme: chosen.scheme.id, signature }))
  }
}

function entriesOf(credential: Credential | undefined): { certificate: Uint8Array; extensions: ext.Extensions }[] {
  return (credential?.certificates ?? []).map(certificate => ({ certificate, extensions: ext.NO_EXTENSIONS }))
}
