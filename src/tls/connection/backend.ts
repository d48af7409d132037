// What a TlsConnection drives: our engine (engine-backend.ts), or the runtime's own TLS (runtime-backend.ts). Bytes in, bytes and events
// out, one step at a time, and what was agreed as Node names it. Here is also what a backend sees of its connection and its policy.

import type { Connection, Host } from '../../host/types.ts'
import type { SecureContext } from '../api/secure-context.ts'

export interface TlsBackend {
  start(): void
  /** The bytes are the backend's to keep; `step()` reads them. */
  receive(bytes: Uint8Array): void
  /** The transport has ended; `onPeerEnd` says what that means, once all that came before has been read. */
  receiveEnd(): void
  /**
   * Dispatches one event, or reads one record and dispatches what it brought about. A handler may throw and may call back in: the backend has
   * done its work by then.
   * @returns false: there is nothing to do
   */
  step(): boolean
  /** `step()` has an event to dispatch; has that, or bytes to look at. */
  readonly hasEvents: boolean
  readonly hasPending: boolean
  /** Only once the handshake is done: what is written before it throws. */
  write(data: Uint8Array | readonly Uint8Array[]): void
  /** Records, in order. */
  takeOutput(): Uint8Array[]
  /** What is written goes straight to the transport, and what comes from there is for the reader. */
  readonly isTransparent: boolean
  /** An error of the transport, in the backend's words where it has better ones; undefined: it means an end too early. */
  explain(error: Error): Error | undefined
  /** Bytes that were written and are not in the output yet; `onOutput` comes when they are. */
  readonly pendingBytes: number
  /** @param done - it is in the output, behind all that was written; called at once where that is known at once */
  closeNotify(done: () => void): void
  /** Servers, once, after `onClientHello`. */
  answerClientHello(answer: ServerAnswer): void
  /** Servers, in place of an answer: no protocol of the client's is spoken here. RFC 7301 section 3.2. */
  refuseProtocols(): void
  /** @returns why it cannot be done, where it cannot */
  renegotiate(requestCert: boolean): Error | undefined
  /** Writes to stderr which messages come and go, from here on. */
  trace(): void
  /** Bytes of plaintext in one record. */
  setMaxFragmentSize(size: number): void
  exportKeyingMaterial(length: number, label: string, context: Uint8Array | undefined): Uint8Array
  /** Lets go of keys and buffers. */
  destroy(): void

  // What was agreed: undefined, empty or false before the handshake has come so far.

  readonly protocol: string | undefined
  readonly cipher: CipherInfo | undefined
  readonly ephemeralKey: EphemeralKeyInfo | undefined
  readonly sharedSignatureAlgorithms: readonly string[]
  readonly alpnProtocol: string | undefined
  /** Servers: the name the client asked for. */
  readonly serverName: string | undefined
  readonly isResumed: boolean
  /** The peer proved to know a key that both had before, not that it holds a certificate. */
  readonly hasExternalPsk: boolean
  /** On the peer's certificate chain, whatever was said of rejecting. */
  readonly verdict: PeerVerdict
  /** DER, the peer's own first; on a resumed connection those of the first. */
  readonly peerChain: readonly Uint8Array[]
  /** DER of what we showed. */
  readonly ownCertificate: Uint8Array | undefined
  readonly finished: Uint8Array | undefined
  readonly peerFinished: Uint8Array | undefined
  readonly session: Uint8Array | undefined
  readonly ticket: Uint8Array | undefined
}

/** What a backend needs of the policy of its connection: what the program wants of TLS, and what it answers when it is asked. */
export interface BackendPolicy {
  readonly host: Host
  readonly context: SecureContext
  /** Lines of the key log are made only where somebody wants them. */
  readonly wantsKeyLog: boolean
  /** The verdict on a chain that the backend itself does not judge. */
  judge(chain: readonly Uint8Array[]): PeerVerdict
  onKeyLog(line: string): void
  /** @param id - of sessions that a server keeps; empty for tickets */
  onSession(session: Uint8Array, id: Uint8Array): void
}

export interface ClientBackendPolicy extends BackendPolicy {
  /** SNI. */
  readonly serverName: string | undefined
  /** The session to resume, as the backend wrote it. */
  readonly savedSession: Uint8Array | undefined
  readonly options: ClientOptions
  /** undefined: no key for this server. */
  askForPsk(hint: string | null): PskAnswer | undefined
  /** @param response - null: the server has none */
  onOcspResponse(response: Uint8Array | null): void
}

export interface ServerBackendPolicy extends BackendPolicy {
  readonly requestCert: boolean
  readonly rejectUnauthorized: boolean
  readonly options: {
    /** Who hears 'newSession' and 'resumeSession'. */
    readonly server: { listenerCount(event: string): number } | undefined
    readonly pskCallback: unknown
    readonly pskIdentityHint: string | undefined
  }
  /** Contexts that a client may get in place of the first. */
  readonly furtherContexts: readonly SecureContext[]
  /** undefined: the client is not known. */
  findPsk(identity: string): Uint8Array | undefined
  /** The handshake waits for `answerClientHello` or `refuseProtocols`. */
  onClientHello(offer: ClientOffer): void
  /** The client begins another handshake. */
  onRenegotiation(): void
}

export interface ClientOptions {
  /** In wire form. */
  readonly ALPNProtocols?: unknown
  readonly requestOCSP?: boolean | undefined
  readonly pskCallback?: unknown
}

export interface PskAnswer {
  readonly psk: Uint8Array
  readonly identity: string
}

/** What a client asks for, as far as a server has to decide. */
export interface ClientOffer {
  readonly serverName: string | undefined
  /** Undefined: the client does not speak ALPN. */
  readonly alpnProtocols: readonly Uint8Array[] | undefined
  /** Empty where there is none, and where the session is in a ticket. */
  readonly sessionId: Uint8Array
  readonly wantsOcsp: boolean
  /** TLS 1.3 will be spoken: then OpenSSL chooses the protocol of ALPN before anything else is asked. */
  readonly isTls13: boolean
}

export interface ServerAnswer {
  readonly context: SecureContext
  readonly alpnProtocol: Uint8Array | undefined
  /** What 'newSession' gave for the session id. */
  readonly session: Uint8Array | undefined
  readonly ocspResponse: Uint8Array | undefined
}

export interface PeerVerdict {
  /** What is wrong, with OpenSSL's name of it as its `code`; undefined: nothing. */
  readonly problem: (Error & { code?: string }) | undefined
}

export interface CipherInfo {
  /** OpenSSL's name. */
  name: string
  standardName: string
  /** The oldest protocol that has it. */
  version: string
}

export interface EphemeralKeyInfo {
  /** 'ECDH', 'DH'; 'TLSGroup' for what is neither: a KEM. */
  type: string
  name?: string
  /** Bits; of a KEM undefined. */
  size: number | undefined
}

/** The connection, as its backend sees it. All but `takeNative`, `standOn` and `onOutput` are called from within `step()`. */
export interface BackendHandler {
  /** The runtime's own socket under the connection, if there is one to be had; the connection then waits for `standOn`. */
  takeNative(): object | undefined
  /** What the connection stands on from now on: it carries plaintext, and the backend passes it through. */
  standOn(transport: Connection): void
  /** There is output, or an event waits, that came about in no call on the backend. */
  onOutput(): void
  onHandshakeDone(): void
  onPlaintext(data: Uint8Array): void
  /**
   * The peer says nothing more.
   * @param isTruncated - without having said so: whoever cut the stream may have cut off its end. RFC 8446 section 6.1
   */
  onPeerEnd(isTruncated: boolean): void
  /** It is all over; an alert may be in the output. */
  onFailure(error: Error): void
}
