// The interfaces between the handshake's states and the engine that runs them.

import type { NamedGroup } from '../../../crypto/named-groups.ts'
import type { CryptoProvider } from '../../../crypto/provider.ts'
import type { SignatureScheme } from '../../../crypto/signature-schemes.ts'
import type { AlertDescription } from '../../wire/alerts.ts'
import type { CipherSuite } from '../../wire/cipher-suites.ts'
import type { ProtocolVersion } from '../../wire/versions.ts'
import { refusal, type TlsError } from '../engine-errors.ts'
import type { SavedSession } from '../sessions.ts'
import type { Transcript } from '../transcript.ts'
import type { ClientHelloAnswer, Credential, TlsEngineConfig, TlsEngineHandler, TlsInfo } from '../types.ts'
import type { HandshakeMessage } from './message-joiner.ts'
import type { RecordOpener, RecordSealer } from './record-protection.ts'

/** A state awaits one message. `handle` gives the next state, or throws a TlsError or WireError. */
export interface HandshakeState {
  /** change_cipher_spec records mean nothing here and are dropped: RFC 8446 appendix D.4. */
  readonly dropsChangeCipherSpec: boolean
  /** A renegotiation's new keys are in use, and its Finished has not been received: application data under them is rejected. */
  readonly refusesData?: boolean
  handle(message: HandshakeMessage): HandshakeState
  /** TLS 1.2, in the state that awaits change_cipher_spec. */
  changeCipherSpec?(): HandshakeState
  /** In the state that waits for the owner's answer; nothing is read until then. */
  answer?(answer: ClientHelloAnswer): HandshakeState
}

/** The state of a connection whose handshake is done. */
export interface ConnectedState extends HandshakeState {
  updateKeys(requestPeer: boolean): void
  /** TLS 1.2: the state that awaits the peer's first message of the new handshake; undefined: renegotiation is not possible. */
  renegotiate(requestCert: boolean): HandshakeState | undefined
  exportKeyingMaterial(length: number, label: string, context: Uint8Array | undefined): Uint8Array
  /** Application data was received. */
  receivedData(): void
  /** Application data is about to be sent. */
  sendsData(): void
  destroy(): void
}

export interface HandshakeChannel {
  /** May be replaced by the owner's answer to a ClientHello. */
  config: TlsEngineConfig
  readonly crypto: CryptoProvider
  readonly handler: TlsEngineHandler
  readonly info: NegotiatedInfo
  transcript: Transcript
  /** The Finished values of the latest handshake, to which TLS 1.2 binds a renegotiation: RFC 5746. */
  finished: Uint8Array | undefined
  peerFinished: Uint8Array | undefined
  allowsRenegotiation: boolean
  /** The connection to which a renegotiation belongs. */
  readonly connected: ConnectedState | undefined
  session: SavedSession | undefined

  /** The first step of a handshake of this role: the connection's first one, or a renegotiation of TLS 1.2. */
  beginHandshake(): HandshakeState
  /** Adds a handshake message to the transcript and to the flight. */
  send(type: number, body: Uint8Array): void
  /** Adds a message to the flight that is not in the transcript: tickets and key updates of TLS 1.3, HelloRequest. */
  sendUntracked(type: number, body: Uint8Array): void
  sendChangeCipherSpec(): void
  sendWarning(alert: AlertDescription): void
  setSealer(sealer: RecordSealer): void
  /** @throws {TlsError} when part of a message came under the old keys: RFC 8446 section 5.1 */
  setOpener(opener: RecordOpener): void
  /** @throws {TlsError} when the peer has sent more than it may send before our answer */
  endPeerFlight(): void
  /** Sets the largest plaintext that the peer accepts in a record of ours. */
  limitPeerFragments(size: number): void
  /** Sets the largest plaintext that the peer may send in a record. */
  limitReceived(size: number): void
  /** Registers a secret to be overwritten when the engine is destroyed, in whatever state the handshake is. */
  guard(secret: { destroy(): void }): void
  /** The handshake is done: application data may be sent and received, and `onHandshakeDone` is dispatched. */
  complete(connected: ConnectedState): void
  /** Queues an event; it is dispatched once the state has changed, after the call of `handle` that raised it. */
  tell(event: (handler: TlsEngineHandler) => void): void
  keyLog(label: string, clientRandom: Uint8Array, secret: Uint8Array): void
}

/** What has been negotiated, filled in by the states. */
export class NegotiatedInfo implements TlsInfo {
  version: ProtocolVersion | undefined = undefined
  cipherSuite: CipherSuite | undefined = undefined
  group: NamedGroup | undefined = undefined
  peerSignatureScheme: SignatureScheme | undefined = undefined
  signatureScheme: SignatureScheme | undefined = undefined
  sharedSignatureSchemes: readonly SignatureScheme[] = []
  alpn: Uint8Array | undefined = undefined
  serverName: string | undefined = undefined
  isResumed = false
  peerCertificates: readonly Uint8Array[] = []
  credential: Credential | undefined = undefined
  ocspResponse: Uint8Array | undefined = undefined
  hasSecureRenegotiation = false
  hasExtendedMasterSecret = false
}

export function expectType(message: HandshakeMessage, type: number): void {
  if (message.type !== type) throw unexpectedMessage()
}

export function unexpectedMessage(): TlsError {
  return refusal(10, 'unexpected message')
}
