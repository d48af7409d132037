// The client's state that awaits the ServerHello, which decides between TLS 1.3 and 1.2. RFC 8446 sections 4.1.3 and 4.1.4.

import { ILLEGAL_PARAMETER, PROTOCOL_VERSION, UNSUPPORTED_EXTENSION } from '../../wire/alerts.ts'
import { sameBytes } from '../../wire/bytes.ts'
import type { CipherSuite } from '../../wire/cipher-suites.ts'
import {
  DOWNGRADE_TO_11,
  DOWNGRADE_TO_12,
  HELLO_RETRY_RANDOM,
  readServerHello,
  SERVER_HELLO,
  type ServerHello,
} from '../../wire/handshake-messages.ts'
import * as ext from '../../wire/hello-extensions.ts'
import { refusal } from '../engine-errors.ts'
import { expectType, type HandshakeChannel, type HandshakeState } from '../record/channel.ts'
import type { HandshakeMessage } from '../record/message-joiner.ts'
import { begin12 } from './client-handshake-12.ts'
import { begin13 } from './client-handshake-13.ts'
import { type SentHello, sendClientHello } from './client-hello.ts'

/** The first step of a client. */
export function startClient(channel: HandshakeChannel): HandshakeState {
  return new AwaitServerHello(channel, sendClientHello(channel), undefined)
}

class AwaitServerHello implements HandshakeState {
  readonly #channel: HandshakeChannel
  readonly #sent: SentHello
  /** The suite that a HelloRetryRequest named: the ServerHello must name it too. */
  readonly #retrySuite: CipherSuite | undefined

  constructor(channel: HandshakeChannel, sent: SentHello, retrySuite: CipherSuite | undefined) {
    this.#channel = channel
    this.#sent = sent
    this.#retrySuite = retrySuite
  }

  get dropsChangeCipherSpec(): boolean {
    return this.#retrySuite !== undefined
  }

  handle(message: HandshakeMessage): HandshakeState {
    expectType(message, SERVER_HELLO)
    const hello = readServerHello(message.body)
    const { config } = this.#channel
    const isRetry = sameBytes(hello.random, HELLO_RETRY_RANDOM)
    const chosen = hello.extensions.get(ext.SUPPORTED_VERSIONS)
    const version = chosen ? ext.readUint16(chosen) : hello.version
    if (version < config.minVersion || version > config.maxVersion) throw unsupported()
    const isRenegotiation = this.#channel.connected !== undefined
    if (version === 0x0304) {
      // TLS 1.3 is never selected by the legacy version field, and never in a renegotiation: RFC 8446 section 4.2.1.
      if (!chosen || hello.version !== 0x0303 || isRenegotiation) throw refusal(ILLEGAL_PARAMETER, 'bad legacy version')
    } else if (chosen || isRetry) throw refusal(ILLEGAL_PARAMETER, 'bad extension')
    if (this.#retrySuite && version !== 0x0304) throw refusal(ILLEGAL_PARAMETER, 'bad legacy version')
    this.#checkExtensions(hello, isRetry)
    const suite = config.cipherSuites.find(one => one.id === hello.cipherSuite && one.protocol === version)
    if (suite === undefined) throw refusal(ILLEGAL_PARAMETER, 'wrong cipher returned')
    this.#channel.info.cipherSuite = suite
    if (version === 0x0304) {
      this.#channel.info.version = version
      if (!sameBytes(hello.sessionId, this.#sent.sessionId)) throw refusal(ILLEGAL_PARAMETER, 'invalid session id')
      if (isRetry) return this.#retry(message, hello, suite)
      if (this.#retrySuite && suite !== this.#retrySuite) throw refusal(ILLEGAL_PARAMETER, 'wrong cipher returned')
      return begin13(this.#channel, this.#sent, message, hello, suite)
    }
    this.#checkDowngrade(hello.random)
    this.#channel.info.version = 0x0303
    return begin12(this.#channel, this.#sent, message, hello, suite)
  }

  /** A server may only send extensions that the client offered. */
  #checkExtensions(hello: ServerHello, isRetry: boolean): void {
    for (const type of hello.extensions.keys()) {
      if (isRetry && type === ext.COOKIE) continue
      // Offered by the signalling cipher suite value (SCSV).
      if (type === ext.RENEGOTIATION_INFO) continue
      if (!this.#sent.extensions.has(type)) throw refusal(UNSUPPORTED_EXTENSION, 'bad extension')
    }
  }

  /** Detects a downgrade by a man in the middle: both sides support TLS 1.3, and less was agreed. RFC 8446 section 4.1.3. */
  #checkDowngrade(random: Uint8Array): void {
    if (this.#channel.config.maxVersion !== 0x0304 || this.#channel.connected) return
    const tail = random.subarray(24)
    if (sameBytes(tail, DOWNGRADE_TO_12) || sameBytes(tail, DOWNGRADE_TO_11)) {
      throw refusal(ILLEGAL_PARAMETER, 'inappropriate fallback')
    }
  }

  #retry(message: HandshakeMessage, hello: ServerHello, suite: CipherSuite): HandshakeState {
    const channel = this.#channel
    if (this.#retrySuite) throw refusal(10, 'unexpected message')
    for (const type of hello.extensions.keys()) {
      const isKnown = type === ext.SUPPORTED_VERSIONS || type === ext.KEY_SHARE || type === ext.COOKIE
      if (!isKnown) throw refusal(UNSUPPORTED_EXTENSION, 'bad extension')
    }
    const share = hello.extensions.get(ext.KEY_SHARE)
    const cookie = hello.extensions.get(ext.COOKIE)
    if (!share && !cookie) throw refusal(ILLEGAL_PARAMETER, 'no change following hrr')
    const id = share && ext.readUint16(share)
    const group = channel.config.groups.find(one => one.id === id)
    // A group that we do not support, or for which we have already sent a share.
    if (share && (group === undefined || this.#sent.shares.has(group)))
      throw refusal(ILLEGAL_PARAMETER, 'bad key share')
    channel.endPeerFlight()
    channel.transcript.replaceByHash(suite.hash)
    channel.transcript.add(message.bytes)
    channel.sendChangeCipherSpec()
    const retry = { sent: this.#sent, group, cookie: cookie && ext.readOpaque(cookie, 2, 1), hash: suite.hash }
    return new AwaitServerHello(channel, sendClientHello(channel, retry), suite)
  }
}

function unsupported(): Error {
  return refusal(PROTOCOL_VERSION, 'unsupported protocol')
}
