// What the states of a handshake see of the engine that runs them, and what the engine sees of a state.

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

/** One awaited message each. `handle` gives the next state, or throws a TlsError or WireError. */
export interface HandshakeState {
  /** change_cipher_spec records mean nothing here and are dropped: RFC 8446 appendix D.4. */
  readonly dropsChangeCipherSpec: boolean
  /** A renegotiation's new keys are in use, and its Finished has not come: no data is taken under them. */
  readonly refusesData?: boolean
  handle(message: HandshakeMessage): HandshakeState
  /** TLS 1.2 only, where it is awaited. */
  changeCipherSpec?(): HandshakeState
  /** The owner's answer is awaited, and nothing is read until it comes. */
  answer?(answer: ClientHelloAnswer): HandshakeState
}

/** The state of a connection whose handshake is done. */
export interface ConnectedState extends HandshakeState {
  updateKeys(requestPeer: boolean): void
  /** TLS 1.2: the state that awaits the new handshake's first answer; undefined: it cannot be. */
  renegotiate(requestCert: boolean): HandshakeState | undefined
  exportKeyingMaterial(length: number, label: string, context: Uint8Array | undefined): Uint8Array
  /** Application data came. */
  receivedData(): void
  /** Application data is about to go out. */
  sendsData(): void
  destroy(): void
}

export interface HandshakeChannel {
  /** The answer to a ClientHello may replace it. */
  config: TlsEngineConfig
  readonly crypto: CryptoProvider
  readonly handler: TlsEngineHandler
  readonly info: NegotiatedInfo
  transcript: Transcript
  /** The latest handshake's Finished; TLS 1.2's renegotiation is bound to them: RFC 5746. */
  finished: Uint8Array | undefined
  peerFinished: Uint8Array | undefined
  allowsRenegotiation: boolean
  /** The connection to which a renegotiation belongs. */
  readonly connected: ConnectedState | undefined
  session: SavedSession | undefined

  /** The first step of a handshake of this role: the connection's first one, or a renegotiation of TLS 1.2. */
  beginHandshake(): HandshakeState
  /** A message of the handshake, into the transcript and out with the flight. */
  send(type: number, body: Uint8Array): void
  /** A message that is in no transcript: tickets and key updates of TLS 1.3, HelloRequest. */
  sendUntracked(type: number, body: Uint8Array): void
  sendChangeCipherSpec(): void
  sendWarning(alert: AlertDescription): void
  setSealer(sealer: RecordSealer): void
  /** @throws {TlsError} when part of a message came under the old keys: RFC 8446 section 5.1 */
  setOpener(opener: RecordOpener): void
  /** @throws {TlsError} when the peer has said more than it could know to say before our answer */
  endPeerFlight(): void
  /** The largest plaintext that the peer wants in a record of ours. */
  limitPeerFragments(size: number): void
  /** The largest plaintext that the peer may send in a record. */
  limitReceived(size: number): void
  /** What is overwritten when the engine is destroyed, however far the handshake has come. */
  guard(secret: { destroy(): void }): void
  /** Plaintext may come and go from here on, and `onHandshakeDone` is told. */
  complete(connected: ConnectedState): void
  /** Told when the state has changed: after the call of `handle` that it comes from. */
  tell(event: (handler: TlsEngineHandler) => void): void
  keyLog(label: string, clientRandom: Uint8Array, secret: Uint8Array): void
}

/** What has been agreed, filled in by the states. */
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
