// The TLS engine as its owner sees it: bytes and calls in, bytes and events out. It owns no socket, timer, clock or
// random source, and makes no policy decision: the owner decides whether a peer's certificate is trusted.

import type { NamedGroup } from '../../crypto/named-groups.ts'
import type { CryptoProvider, PrivateKey } from '../../crypto/provider.ts'
import type { SignatureScheme } from '../../crypto/signature-schemes.ts'
import type { AlertDescription } from '../wire/alerts.ts'
import type { CipherSuite } from '../wire/cipher-suites.ts'
import type { ProtocolVersion } from '../wire/versions.ts'
import type { TlsError } from './engine-errors.ts'
import type { SavedSession, TicketKeys } from './sessions.ts'

export interface Credential {
  /** DER, leaf first. */
  readonly certificates: readonly Uint8Array[]
  readonly key: PrivateKey
}

/** An algorithm of RFC 8879. */
export interface CertificateCompressor {
  readonly id: number
  readonly name: string
  compress(data: Uint8Array): Uint8Array
  /** At most `size` bytes; undefined: the data is corrupt, or decompresses to more. */
  decompress(data: Uint8Array, size: number): Uint8Array | undefined
}

/** One complete record, immutable; many connections share one where they can. */
export interface TlsEngineConfig {
  readonly role: 'client' | 'server'
  readonly crypto: CryptoProvider
  random(size: number): Uint8Array
  /** Wall clock in milliseconds, for the age of tickets. */
  now(): number

  readonly minVersion: ProtocolVersion
  readonly maxVersion: ProtocolVersion
  /** In order of preference, those of TLS 1.3 and 1.2 together. */
  readonly cipherSuites: readonly CipherSuite[]
  readonly groups: readonly NamedGroup[]
  readonly signatureSchemes: readonly SignatureScheme[]
  /** The engine takes the first that fits the peer's schemes (and suite). A client's: for client authentication. */
  readonly credentials: readonly Credential[]
  /** In order of preference; none or undefined: compressed certificates are neither sent nor accepted. */
  readonly certificateCompressors?: readonly CertificateCompressor[] | undefined
  /** Largest plaintext in a record that we send, 512 to 16384. */
  readonly maxFragmentSize: number
  /** Stored in every session: a session of another context is not resumed. At most 32 bytes. */
  readonly sessionIdContext: Uint8Array
  readonly sessionTimeoutSeconds: number

  /** Client: an A-label host name, or undefined: no SNI (IP addresses have none). Server: ignored. */
  readonly serverName: string | undefined
  /** In order of preference; empty: no ALPN. A server rejects a client that offers ALPN and shares no protocol with it. */
  readonly alpnProtocols: readonly Uint8Array[]
  /** Client: ask for an OCSP staple. */
  readonly requestOcsp: boolean
  /** Client: the session to resume; ignored when it does not fit this configuration. */
  readonly session: SavedSession | undefined

  /** Server: request a client certificate. The owner decides in `onPeerCertificate` whether its absence is fatal. */
  readonly requestCert: boolean
  /** Server: the names (DER) in the request for a certificate. */
  readonly certificateAuthorities: readonly Uint8Array[]
  /** Server: the suite is selected by our order of preference, not the client's. */
  readonly honorCipherOrder: boolean
  /** Server: undefined issues and accepts no tickets (SSL_OP_NO_TICKET). Client: anything but undefined asks for them. */
  readonly tickets: TicketKeys | undefined
  /** Server, TLS 1.2: emit sessions with an id, and resume them through `answerClientHello`. */
  readonly sessionIds: boolean
  /** Server, TLS 1.2 PSK: sent to the client before it names its identity. */
  readonly pskIdentityHint: Uint8Array | undefined
  /** Offer and accept external PSKs, which the handler's `onPsk...` provide. */
  readonly usesPsk: boolean
  /** TLS 1.2: a peer may renegotiate. (Node's clients allow it but for SSL_OP_NO_RENEGOTIATION and disableRenegotiation().) */
  readonly allowRenegotiation: boolean
}

/** The content of a ClientHello, for the server's owner. */
export interface ClientHelloInfo {
  /** As sent, lower case; undefined: none. */
  readonly serverName: string | undefined
  readonly alpnProtocols: readonly Uint8Array[]
  /** The client asks for an OCSP staple. */
  readonly wantsOcsp: boolean
  /** An id of TLS 1.2 to look a session up by; empty: none. */
  readonly sessionId: Uint8Array
  /** The hello has a ticket (1.2) or a PSK (1.3): the id need not be looked up if the ticket is valid. */
  readonly hasTicket: boolean
  readonly cipherSuites: readonly number[]
  readonly versions: readonly number[]
  readonly signatureSchemes: readonly number[]
}

export interface ClientHelloAnswer {
  /** Continues with another configuration (SNI) of the same role. */
  readonly config?: TlsEngineConfig | undefined
  /** The protocol to use, whatever the configuration says; null: none. */
  readonly alpn?: Uint8Array | null | undefined
  /** The session with the id of the hello. */
  readonly session?: SavedSession | undefined
  /** An OCSP response to staple. */
  readonly ocspResponse?: Uint8Array | undefined
}

/**
 * Events, dispatched after state has changed; a handler may call straight back in. All but the first four are optional. A stepped
 * engine dispatches them only from within `step()`.
 */
export interface TlsEngineHandler {
  /** `takeOutput()` has something. Dispatched once per call into the engine, at its end. */
  onOutput(): void
  /** The handshake is done, both Finished are verified; also after each renegotiation. */
  onHandshakeDone(): void
  onData(plaintext: Uint8Array): void
  /** Fatal; the alert (if it is ours) is in the output already. Nothing else follows. */
  onError(error: TlsError): void
  /** The peer sent close_notify. Writing is still possible. */
  onCloseNotify?(): void
  /** A handshake begins, also the peer's renegotiation (2nd call), before anything is answered. */
  onHandshakeStart?(): void
  /** Server: when present, the engine waits from here until `answerClientHello` or `failHandshake`, now or later. */
  onClientHello?(hello: ClientHelloInfo): void
  /**
   * The peer's chain (DER, leaf first; empty: a client that has none), once its signature is verified. Dispatched for resumed
   * sessions too, with the chain stored in them, so that they are verified as full handshakes are. The owner may call
   * `failHandshake` from it. Not dispatched when neither side sends certificates (PSK), or none was requested.
   */
  onPeerCertificate?(chain: readonly Uint8Array[]): void
  /** The server's staple; undefined: it sent none. Dispatched only to a client that asked, after the certificate. */
  onOcspResponse?(response: Uint8Array | undefined): void
  /**
   * Client: a session that can be resumed (1.3: with each ticket). Server: `id` names a session to keep for
   * `ClientHelloAnswer.session` (only with `sessionIds`).
   */
  onSession?(session: SavedSession, id: Uint8Array): void
  /** Client: identity and key for an external PSK; `hint` is the server's (TLS 1.2). undefined: none. */
  onPskRequest?(hint: Uint8Array | undefined): PskIdentity | undefined
  /** Server: the key of an identity; undefined: not known. */
  onPskIdentity?(identity: Uint8Array): Uint8Array | undefined
  /** A line of the NSS key log, without its end of line. */
  onKeyLog?(line: string): void
  /** For traces: a record's content, before it is protected or after it is opened. */
  onMessage?(direction: 'sent' | 'received', contentType: number, content: Uint8Array): void
}

export interface PskIdentity {
  readonly identity: Uint8Array
  readonly key: Uint8Array
}

/** What was negotiated; the fields are filled in as the handshake proceeds. */
export interface TlsInfo {
  readonly version: ProtocolVersion | undefined
  readonly cipherSuite: CipherSuite | undefined
  /** The group of the key exchange; undefined for RSA, and for a PSK without ECDHE. */
  readonly group: NamedGroup | undefined
  /** The scheme that the peer signed with, and ours. */
  readonly peerSignatureScheme: SignatureScheme | undefined
  readonly signatureScheme: SignatureScheme | undefined
  /** The peer's schemes that we support: a server's are in our order, as in SSL_get_shared_sigalgs. */
  readonly sharedSignatureSchemes: readonly SignatureScheme[]
  readonly alpn: Uint8Array | undefined
  /** Client: the name that we sent; server: the one that we received. */
  readonly serverName: string | undefined
  readonly isResumed: boolean
  readonly peerCertificates: readonly Uint8Array[]
  /** Which of our credentials was sent. */
  readonly credential: Credential | undefined
  readonly ocspResponse: Uint8Array | undefined
  /** Both sides support RFC 5746 (always with TLS 1.3). */
  readonly hasSecureRenegotiation: boolean
  /** Both sides support RFC 7627 (always with TLS 1.3). */
  readonly hasExtendedMasterSecret: boolean
}

export interface TlsEngine {
  readonly info: TlsInfo
  readonly isHandshakeDone: boolean
  /** Client: sends the ClientHello. Server: does nothing. */
  start(): void
  /** A stepped engine only queues and retains the bytes: the caller must not reuse their memory. */
  receive(bytes: Uint8Array): void
  /** Throws before the handshake is done (no plaintext before Finished) and after closeNotify or a failure. */
  write(data: Uint8Array | readonly Uint8Array[]): void
  /**
   * Of a stepped engine: dispatches the pending events, or else reads one message or record and dispatches its events. An exception
   * of a handler is passed on; the events behind it are dispatched by the next step.
   * @returns false: there was nothing to do
   */
  step(): boolean
  /** Of a stepped engine: `step()` has an event to dispatch; has that, or bytes to read. */
  readonly hasEvents: boolean
  readonly hasPending: boolean
  /** The peer has sent close_notify. */
  readonly hasPeerClosed: boolean
  /** The bytes to be sent, in order: whole records, large ones in pieces. Empty: nothing. */
  takeOutput(): Uint8Array[]

  answerClientHello(answer: ClientHelloAnswer): void
  /** Sends close_notify; `write` throws from here on. */
  closeNotify(): void
  /** Ends the connection with a fatal alert of the owner's choice, without `onError`. Works after the handshake too. */
  failHandshake(alert: AlertDescription): void
  /** TLS 1.3: updates our sending keys; `requestPeer`: asks the peer to update its own. */
  updateKeys(requestPeer: boolean): void
  /** TLS 1.2: begins a new handshake on this connection. false: not possible with this peer, version or state. */
  renegotiate(options?: { readonly requestCert?: boolean }): boolean
  /** From here on the peer's requests to renegotiate are refused. */
  disableRenegotiation(): void
  /** RFC 5705, RFC 8446 section 7.5. `context` undefined and empty differ in TLS 1.2. */
  exportKeyingMaterial(length: number, label: string, context: Uint8Array | undefined): Uint8Array
  /** Our latest Finished and the peer's; undefined: there is none yet. */
  readonly finished: Uint8Array | undefined
  readonly peerFinished: Uint8Array | undefined
  /** Client: the latest session that can be resumed. Server: undefined. */
  readonly session: SavedSession | undefined
  setMaxFragmentSize(size: number): void
  /** Overwrites keys and secrets; every later call does nothing. */
  destroy(): void
}

/** `stepped`: the owner calls `step()` for each event and record. `free`: each call reads and dispatches all there is. */
export type Pace = 'free' | 'stepped'
