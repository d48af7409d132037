// The server's state that awaits a ClientHello, asks the owner about it if that has a handler, and continues with TLS 1.3 or
// 1.2. RFC 8446 section 4.1.2 and appendix D.1.

import { DECODE_ERROR, ILLEGAL_PARAMETER, INAPPROPRIATE_FALLBACK, PROTOCOL_VERSION } from '../../wire/alerts.ts'
import { FALLBACK_SCSV } from '../../wire/cipher-suites.ts'
import { CLIENT_HELLO } from '../../wire/handshake-messages.ts'
import * as ext from '../../wire/hello-extensions.ts'
import type { ProtocolVersion } from '../../wire/versions.ts'
import { refusal } from '../engine-errors.ts'
import { chooseProtocol } from '../negotiation.ts'
import { expectType, type HandshakeChannel, type HandshakeState, unexpectedMessage } from '../record/channel.ts'
import type { HandshakeMessage } from '../record/message-joiner.ts'
import type { ClientHelloAnswer, ClientHelloInfo } from '../types.ts'
import { type ReceivedHello, receiveHello } from './received-hello.ts'
import { answer12 } from './server-handshake-12.ts'
import { answer13 } from './server-handshake-13.ts'

/** A server's first state, also in a renegotiation that the client began. */
export class AwaitClientHello implements HandshakeState {
  readonly dropsChangeCipherSpec = false
  readonly #channel: HandshakeChannel

  constructor(channel: HandshakeChannel) {
    this.#channel = channel
  }

  handle(message: HandshakeMessage): HandshakeState {
    expectType(message, CLIENT_HELLO)
    const received = receiveHello(message)
    const { handler } = this.#channel
    // A renegotiation keeps the configuration that was chosen.
    if (handler.onClientHello === undefined || this.#channel.connected) return choose(this.#channel, received, {})
    const info = describe(received)
    this.#channel.tell(one => one.onClientHello?.(info))
    return new AwaitAnswer(this.#channel, received)
  }
}

class AwaitAnswer implements HandshakeState {
  readonly dropsChangeCipherSpec = false
  readonly #channel: HandshakeChannel
  readonly #received: ReceivedHello

  constructor(channel: HandshakeChannel, received: ReceivedHello) {
    this.#channel = channel
    this.#received = received
  }

  handle(): HandshakeState {
    throw unexpectedMessage()
  }

  answer(answer: ClientHelloAnswer): HandshakeState {
    if (answer.config) this.#channel.config = answer.config
    return choose(this.#channel, this.#received, answer)
  }
}

function describe(received: ReceivedHello): ClientHelloInfo {
  const { hello, versions, serverName, alpnProtocols, signatureSchemes } = received
  const { extensions } = hello
  const status = extensions.get(ext.STATUS_REQUEST)
  const ticket = extensions.get(ext.SESSION_TICKET)
  return {
    serverName,
    alpnProtocols: alpnProtocols ?? [],
    wantsOcsp: status !== undefined && ext.readStatusRequest(status),
    // A client that offers TLS 1.3 may have sent a random id for middleboxes, which cannot be told apart yet.
    sessionId: hello.sessionId,
    hasTicket: extensions.has(ext.PRE_SHARED_KEY) || (ticket !== undefined && ticket.length > 0),
    cipherSuites: hello.cipherSuites,
    versions,
    signatureSchemes,
  }
}

function choose(channel: HandshakeChannel, received: ReceivedHello, answer: ClientHelloAnswer): HandshakeState {
  const { config, info } = channel
  const { hello } = received
  const version = chooseVersion(channel, received)
  if (hello.cipherSuites.includes(FALLBACK_SCSV) && version < config.maxVersion && !channel.connected) {
    throw refusal(INAPPROPRIATE_FALLBACK, 'inappropriate fallback')
  }
  if (version === 0x0304 ? hello.compressionMethods.length !== 1 || hello.compressionMethods[0] !== 0 : false) {
    throw refusal(ILLEGAL_PARAMETER, 'invalid compression algorithm')
  }
  if (!hello.compressionMethods.includes(0)) throw refusal(DECODE_ERROR, 'no compression specified')
  info.version = version
  info.serverName = received.serverName
  info.alpn =
    answer.alpn === undefined
      ? chooseProtocol(config.alpnProtocols, received.alpnProtocols)
      : (answer.alpn ?? undefined)
  if (version === 0x0304) return answer13(channel, received, answer)
  return answer12(channel, received, answer)
}

function chooseVersion(channel: HandshakeChannel, received: ReceivedHello): ProtocolVersion {
  const { config, connected } = channel
  const { hello, versions } = received
  const asks13 = hello.extensions.has(ext.SUPPORTED_VERSIONS)
  if (asks13 && !connected && config.maxVersion === 0x0304 && versions.includes(0x0304)) {
    if (hello.version < 0x0303) throw refusal(PROTOCOL_VERSION, 'legacy version')
    return 0x0304
  }
  // Without the extension a client that offers a higher version accepts a lower one: RFC 5246 appendix E.1.
  const has12 = asks13 ? versions.includes(0x0303) : hello.version >= 0x0303
  if (!has12 || config.minVersion > 0x0303) throw refusal(PROTOCOL_VERSION, 'unsupported protocol')
  return 0x0303
}
