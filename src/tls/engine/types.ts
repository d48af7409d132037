// The TLS engine as its owner sees it: bytes and verbs in, bytes and events out. It owns no socket, timer, clock or
// random source, and makes no decision of policy: whether a peer's certificate is to be trusted is the owner's to say.

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
  /** At most `size` bytes; undefined: broken, or more than that. */
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
  /** In order of preference; none or undefined: certificates are neither sent nor taken compressed. */
  readonly certificateCompressors?: readonly CertificateCompressor[] | undefined
  /** Largest plaintext in a record that we send, 512 to 16384. */
  readonly maxFragmentSize: number
  /** Bound into every session: one of another context is not resumed. At most 32 bytes. */
  readonly sessionIdContext: Uint8Array
  readonly sessionTimeoutSeconds: number

  /** Client: an A-label host name, or undefined: no SNI (IP addresses have none). Server: ignored. */
  readonly serverName: string | undefined
  /** In order of preference; empty: no ALPN. A server that shares none with a client that sent some refuses it. */
  readonly alpnProtocols: readonly Uint8Array[]
  /** Client: ask for an OCSP staple. */
  readonly requestOcsp: boolean
  /** Client: what to resume; ignored when it does not fit this configuration. */
  readonly session: SavedSession | undefined

  /** Server: ask for a client certificate. Whether its absence is fatal is the owner's to say in `onPeerCertificate`. */
  readonly requestCert: boolean
  /** Server: the names (DER) in the request for a certificate. */
  readonly certificateAuthorities: readonly Uint8Array[]
  /** Server: our order of suites counts, not the client's. */
  readonly honorCipherOrder: boolean
  /** Server: undefined issues and takes no tickets (SSL_OP_NO_TICKET). Client: anything but undefined asks for them. */
  readonly tickets: TicketKeys | undefined
  /** Server, TLS 1.2: tell of sessions by id and take them up through `answerClientHello`. */
  readonly sessionIds: boolean
  /** Server, TLS 1.2 PSK: goes to the client before it names its identity. */
  readonly pskIdentityHint: Uint8Array | undefined
  /** Offer and accept external PSKs; the handler's `onPsk...` give them. */
  readonly usesPsk: boolean
  /** TLS 1.2: a peer may renegotiate. (A client's Node refuses none; SSL_OP_NO_RENEGOTIATION and disableRenegotiation().) */
  readonly allowRenegotiation: boolean
}

/** What a ClientHello says, to the server's owner. */
export interface ClientHelloInfo {
  /** As sent, lower case; undefined: none. */
  readonly serverName: string | undefined
  readonly alpnProtocols: readonly Uint8Array[]
  /** Asks for an OCSP staple. */
  readonly wantsOcsp: boolean
  /** An id of TLS 1.2 to look a session up by; empty: none. */
  readonly sessionId: Uint8Array
  /** Came with a ticket (1.2) or a PSK (1.3): the id need not be looked up if the ticket is good. */
  readonly hasTicket: boolean
  readonly cipherSuites: readonly number[]
  readonly versions: readonly number[]
  readonly signatureSchemes: readonly number[]
}

export interface ClientHelloAnswer {
  /** Goes on with another configuration (SNI): same role. */
  readonly config?: TlsEngineConfig | undefined
  /** The protocol to use, whatever the configuration says; null: none. */
  readonly alpn?: Uint8Array | null | undefined
  /** The session with the id of the hello. */
  readonly session?: SavedSession | undefined
  /** An OCSP response to staple. */
  readonly ocspResponse?: Uint8Array | undefined
}

/**
 * Events, told last, after state has changed; each may call straight back in. All but the first four may be left out. A stepped
 * engine tells them from within `step()` alone.
 */
export interface TlsEngineHandler {
  /** `takeOutput()` has something. Told once per call into the engine, at its end. */
  onOutput(): void
  /** The handshake is over, both Finished are right; also after each renegotiation. */
  onHandshakeDone(): void
  onData(plaintext: Uint8Array): void
  /** Fatal; the alert (if it is ours) is in the output already. Nothing else follows. */
  onError(error: TlsError): void
  /** The peer said that nothing more comes. Writing goes on working. */
  onCloseNotify?(): void
  /** A handshake begins: also the peer's renegotiation (2nd call), before anything is answered. */
  onHandshakeStart?(): void
  /** Server: when present, the engine waits from here until `answerClientHello` or `failHandshake`, now or later. */
  onClientHello?(hello: ClientHelloInfo): void
  /**
   * The peer's chain (DER, leaf first; empty: a client that has none), once its signature was checked. Told for resumed
   * sessions too, with the chain that is kept in them, so that they are judged as full ones are. The owner may call
   * `failHandshake` from it. Not told when neither side shows certificates (PSK), or none was asked for.
   */
  onPeerCertificate?(chain: readonly Uint8Array[]): void
  /** The server's staple; undefined: none came. Told only to a client that asked, after the certificate. */
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
  /** What goes over the line, for traces: a record's content as it is before protection or after it. */
  onMessage?(direction: 'sent' | 'received', contentType: number, content: Uint8Array): void
}

export interface PskIdentity {
  readonly identity: Uint8Array
  readonly key: Uint8Array
}

/** What was agreed; fields fill as the handshake goes on. */
export interface TlsInfo {
  readonly version: ProtocolVersion | undefined
  readonly cipherSuite: CipherSuite | undefined
  /** Of the key exchange; undefined for a PSK or RSA without one. */
  readonly group: NamedGroup | undefined
  /** What the peer signed with, and what we signed with. */
  readonly peerSignatureScheme: SignatureScheme | undefined
  readonly signatureScheme: SignatureScheme | undefined
  /** The peer's schemes that we know too: server in our order, as OpenSSL's SSL_get_shared_sigalgs. */
  readonly sharedSignatureSchemes: readonly SignatureScheme[]
  readonly alpn: Uint8Array | undefined
  /** Client: what we sent; server: what came. */
  readonly serverName: string | undefined
  readonly isResumed: boolean
  readonly peerCertificates: readonly Uint8Array[]
  /** Which of our credentials was shown. */
  readonly credential: Credential | undefined
  readonly ocspResponse: Uint8Array | undefined
  /** RFC 5746 by both ends (always with TLS 1.3). */
  readonly hasSecureRenegotiation: boolean
  /** RFC 7627 by both ends (always with TLS 1.3). */
  readonly hasExtendedMasterSecret: boolean
}

export interface TlsEngine {
  readonly info: TlsInfo
  readonly isHandshakeDone: boolean
  /** Client: sends its hello. Server: nothing to do; may be called alike. */
  start(): void
  /** A stepped engine only takes them in, and keeps them: their memory must not be used again. */
  receive(bytes: Uint8Array): void
  /** Throws before the handshake is done (no plaintext before Finished) and after closeNotify or a failure. */
  write(data: Uint8Array | readonly Uint8Array[]): void
  /**
   * Of a stepped engine: tells the events that wait, or else reads one message or record, and tells what that brought about. What a
   * handler throws comes through; the events behind it wait for the next step.
   * @returns false: there was nothing to do
   */
  step(): boolean
  /** Of a stepped engine: `step()` has an event to tell; has that, or bytes to look at. */
  readonly hasEvents: boolean
  readonly hasPending: boolean
  /** The peer has said that nothing more comes. */
  readonly hasPeerClosed: boolean
  /** What is to be written, in order: whole records, large ones in pieces. Empty: nothing. */
  takeOutput(): Uint8Array[]

  answerClientHello(answer: ClientHelloAnswer): void
  /** Sends close_notify; `write` throws from here on. */
  closeNotify(): void
  /** Ends with a fatal alert of the owner's choice; tells no `onError`. Works after the handshake too. */
  failHandshake(alert: AlertDescription): void
  /** TLS 1.3: new keys for what we send; `requestPeer`: the peer's too. */
  updateKeys(requestPeer: boolean): void
  /** TLS 1.2: a new handshake on this connection. false: not with this peer, version or state. */
  renegotiate(options?: { readonly requestCert?: boolean }): boolean
  /** From here on the peer's wish to renegotiate is refused. */
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

/** `stepped`: the owner calls `step()` for each event and record. `free`: each call tells and reads all there is. */
export type Pace = 'free' | 'stepped'
