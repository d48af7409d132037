// A connection of TLS 1.2 whose handshake is done: renegotiation by either side (RFC 5246 section 7.4.1.1, bound to this
// handshake by RFC 5746) and exporters. Also the end that all TLS 1.2 handshakes share: change_cipher_spec and Finished.

import { concat, noBytes } from '../../core/bytes.ts'
import { DECODE_ERROR, DECRYPT_ERROR, HANDSHAKE_FAILURE, NO_RENEGOTIATION } from '../wire/alerts.ts'
import { CLIENT_HELLO, FINISHED, HELLO_REQUEST, readEmpty } from '../wire/handshake-messages.ts'
import { refusal } from './engine-errors.ts'
import { MAX_REFUSED_RENEGOTIATIONS } from './handshake-limits.ts'
import {
  type ConnectedState,
  expectType,
  type HandshakeChannel,
  type HandshakeState,
  unexpectedMessage,
} from './record/channel.ts'
import type { HandshakeMessage } from './record/message-joiner.ts'
import type { Secrets12 } from './secrets-12.ts'
import { Transcript } from './transcript.ts'

export class Connected12 implements ConnectedState {
  readonly dropsChangeCipherSpec = false
  readonly #channel: HandshakeChannel
  readonly #secrets: Secrets12
  #refused = 0

  constructor(channel: HandshakeChannel, secrets: Secrets12) {
    this.#channel = channel
    this.#secrets = secrets
  }

  handle(message: HandshakeMessage): HandshakeState {
    const channel = this.#channel
    const isClient = channel.config.role === 'client'
    expectType(message, isClient ? HELLO_REQUEST : CLIENT_HELLO)
    if (isClient) readEmpty(message.body)
    if (!channel.allowsRenegotiation || !channel.info.hasSecureRenegotiation) {
      this.#refuse()
      return this
    }
    channel.transcript = new Transcript(channel.crypto)
    channel.tell(handler => handler.onHandshakeStart?.())
    const state = channel.beginHandshake()
    return isClient ? state : state.handle(message)
  }

  receivedData(): void {
    this.#refused = 0
  }

  sendsData(): void {}

  updateKeys(): void {}

  renegotiate(requestCert: boolean): HandshakeState | undefined {
    const channel = this.#channel
    if (!channel.info.hasSecureRenegotiation) return undefined
    channel.config = { ...channel.config, requestCert }
    if (channel.config.role === 'server') {
      channel.sendUntracked(HELLO_REQUEST, new Uint8Array(0))
      return new AwaitRenegotiation(channel)
    }
    channel.transcript = new Transcript(channel.crypto)
    channel.tell(handler => handler.onHandshakeStart?.())
    return channel.beginHandshake()
  }

  exportKeyingMaterial(length: number, label: string, context: Uint8Array | undefined): Uint8Array {
    return this.#secrets.exportKeyingMaterial(length, label, context)
  }

  destroy(): void {
    this.#secrets.destroy()
  }

  /** A HelloRequest is four bytes, and a record holds thousands of them: they are not each answered with an alert. */
  #refuse(): void {
    if (++this.#refused > MAX_REFUSED_RENEGOTIATIONS) throw unexpectedMessage()
    if (this.#refused === 1) this.#channel.sendWarning(NO_RENEGOTIATION)
  }
}

/** A server that has sent a HelloRequest awaits the ClientHello, even where clients may not renegotiate on their own. */
class AwaitRenegotiation implements HandshakeState {
  readonly dropsChangeCipherSpec = false
  readonly #channel: HandshakeChannel

  constructor(channel: HandshakeChannel) {
    this.#channel = channel
  }

  handle(message: HandshakeMessage): HandshakeState {
    expectType(message, CLIENT_HELLO)
    this.#channel.transcript = new Transcript(this.#channel.crypto)
    this.#channel.tell(handler => handler.onHandshakeStart?.())
    return this.#channel.beginHandshake().handle(message)
  }
}

/** Checks renegotiation_info: empty in the first handshake, the previous handshake's Finished values in a later one. */
export function checkRenegotiation(channel: HandshakeChannel, received: Uint8Array, from: 'client' | 'server'): void {
  const { finished = noBytes, peerFinished = noBytes } = channel
  const [client, server] = channel.config.role === 'client' ? [finished, peerFinished] : [peerFinished, finished]
  const whole = from === 'client' ? client : concat(client, server)
  const expected = channel.connected ? whole : noBytes
  if (!channel.crypto.equal(received, expected)) throw refusal(40, 'renegotiation mismatch')
}

/** A renegotiation must use the extended master secret exactly if the connection does: the binding is only as strong as the weaker. */
export function checkMasterSecret(channel: HandshakeChannel, isExtended: boolean): void {
  if (channel.connected && isExtended !== channel.info.hasExtendedMasterSecret) {
    throw refusal(HANDSHAKE_FAILURE, 'inconsistent extms')
  }
}

/** Awaits the peer's change_cipher_spec, after which its new keys are in use. */
export class AwaitChangeCipherSpec implements HandshakeState {
  readonly dropsChangeCipherSpec = false
  readonly #channel: HandshakeChannel
  readonly #secrets: Secrets12
  readonly #peer: 'client' | 'server'
  readonly #done: () => HandshakeState

  /** @param done - called once the peer's Finished is verified; gives the next state */
  constructor(channel: HandshakeChannel, secrets: Secrets12, peer: 'client' | 'server', done: () => HandshakeState) {
    this.#channel = channel
    this.#secrets = secrets
    this.#peer = peer
    this.#done = done
  }

  handle(): HandshakeState {
    throw unexpectedMessage()
  }

  changeCipherSpec(): HandshakeState {
    this.#channel.setOpener(this.#secrets.opener(this.#peer))
    return new AwaitFinished(this.#channel, this.#secrets, this.#peer, this.#done)
  }
}

class AwaitFinished implements HandshakeState {
  readonly dropsChangeCipherSpec = false
  readonly refusesData = true
  readonly #channel: HandshakeChannel
  readonly #secrets: Secrets12
  readonly #peer: 'client' | 'server'
  readonly #done: () => HandshakeState

  constructor(channel: HandshakeChannel, secrets: Secrets12, peer: 'client' | 'server', done: () => HandshakeState) {
    this.#channel = channel
    this.#secrets = secrets
    this.#peer = peer
    this.#done = done
  }

  handle(message: HandshakeMessage): HandshakeState {
    expectType(message, FINISHED)
    const channel = this.#channel
    const expected = this.#secrets.verifyData(this.#peer)
    if (message.body.length !== expected.length) throw refusal(DECODE_ERROR, 'bad digest length')
    if (!channel.crypto.equal(expected, message.body)) throw refusal(DECRYPT_ERROR, 'digest check failed')
    channel.peerFinished = expected
    channel.transcript.add(message.bytes)
    return this.#done()
  }
}

/** Sends our change_cipher_spec and Finished. */
export function sendFinished(channel: HandshakeChannel, secrets: Secrets12): void {
  const side = channel.config.role
  channel.sendChangeCipherSpec()
  channel.setSealer(secrets.sealer(side))
  const verifyData = secrets.verifyData(side)
  channel.send(FINISHED, verifyData)
  channel.finished = verifyData
}
