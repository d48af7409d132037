// The client's policy: what is offered to the server, which session is resumed, and whether the server's certificate is
// accepted. connect.ts asks for the verdict, on a resumed connection as on a new one. Source: Node's documentation,
// `tls.connect()`.

import { invalidArgValue } from '../../core/errors.ts'
import { validateBuffer, validateFunction, validateObject, validateString } from '../../core/validate.ts'
import type { Host } from '../../host/types.ts'
import type { SecureContext } from '../api/secure-context.ts'
import { openSession, sealSession } from '../api/session-bytes.ts'
import type {
  BackendHandler,
  ClientBackendPolicy,
  ClientOptions,
  PskAnswer,
  TlsBackend,
} from '../connection/backend.ts'
import { clientBackend } from '../connection/choose-backend.ts'
import { maxPskBytes, maxPskIdentityBytes } from '../connection/limits.ts'
import { readSession } from '../engine/sessions.ts'
import { keyLogLine, Policy, type PolicySocket } from './policy.ts'

/** Null or undefined: no key for this server. */
export type PskClientCallback = (
  hint: string | null,
) => { psk: NodeJS.ArrayBufferView; identity: string } | null | undefined

export class ClientPolicy extends Policy implements ClientBackendPolicy {
  protected readonly peer = 'server'
  /** SNI: the requested name; none for an IP address. */
  serverName: string | undefined
  /** The host that the certificate must name; sessions are saved for this host only. */
  identity = 'localhost'
  readonly options: ClientOptions
  /** Set once the socket has been made. */
  socket: PolicySocket | undefined
  /** The handshake is done, whatever the verdict on the server is. */
  #isSecured = false
  /** The server's identity is verified: until then its sessions are not emitted. */
  #isVerified = false
  #pendingSession: Buffer | undefined
  #savedSession: Uint8Array | undefined
  /** The latest session emitted to the program; the backend may have a newer one. */
  #shownSession: Uint8Array | undefined

  constructor(host: Host, context: SecureContext, options: ClientOptions) {
    super(host, context)
    this.options = options
    if (options.pskCallback) validateFunction(options.pskCallback, 'pskCallback')
  }

  /** Anything that is not a session for this server is ignored: a full handshake follows. */
  setSession(session: unknown): void {
    const bytes = typeof session === 'string' ? Buffer.from(session, 'latin1') : session
    this.#savedSession = ArrayBuffer.isView(bytes) ? openSession(bytes as Uint8Array, this.identity) : undefined
  }

  /** The session to resume, as the backend wrote it. */
  get savedSession(): Uint8Array | undefined {
    return this.#savedSession
  }

  get session(): Buffer<ArrayBuffer> | undefined {
    const session = this.#shownSession ?? this.backend?.session
    // Before the server's first ticket there is nothing to resume; as in Node, a value is returned all the same.
    if (session === undefined) return this.#isSecured ? sealSession(new Uint8Array(0), this.identity) : undefined
    return sealSession(session, this.identity)
  }

  /** The ticket of the session: if two arrive together, the first is emitted before the second takes effect. */
  override get ticket(): Uint8Array | undefined {
    const shown = this.#shownSession && readSession(this.#shownSession)?.ticket
    return shown?.length ? shown : super.ticket
  }

  /** The verdict on the server's certificate chain; the caller checks the name. */
  verifyPeer(): Error | undefined {
    const { backend } = this
    if (backend === undefined || backend.hasExternalPsk) return undefined
    return backend.verdict.problem
  }

  renegotiate(): Error | undefined {
    const connection = this.connection
    let error: Error | undefined
    connection?.run(() => {
      error = this.backend?.renegotiate(true)
    })
    return error
  }

  /** Asks the program for a PSK. If its callback throws or returns an invalid value, the connection fails. */
  askForPsk(hint: string | null): PskAnswer | undefined {
    const { pskCallback } = this.options
    if (typeof pskCallback !== 'function') return undefined
    try {
      const answer = (pskCallback as PskClientCallback)(hint)
      if (answer === null || answer === undefined) return undefined
      validateObject(answer, 'ret')
      const { psk, identity } = answer
      validateBuffer(psk, 'psk')
      if (psk.byteLength > maxPskBytes) {
        throw invalidArgValue('psk', psk, `Pre-shared key exceeds ${maxPskBytes} bytes`)
      }
      validateString(identity, 'identity')
      if (Buffer.byteLength(identity) > maxPskIdentityBytes) {
        throw invalidArgValue('identity', identity, `PSK identity exceeds ${maxPskIdentityBytes} bytes`)
      }
      return { psk: bytesOf(psk), identity }
    } catch (error) {
      this.socket?.destroy(error as Error)
      return undefined
    }
  }

  protected createBackend(handler: BackendHandler): TlsBackend {
    return clientBackend(this, handler)
  }

  get wantsKeyLog(): boolean {
    return (this.socket?.listenerCount('keylog') ?? 0) > 0
  }

  onSecure(): boolean {
    this.#isSecured = true
    this.socket?._finishInit()
    return true
  }

  onKeyLog(line: string): void {
    this.socket?.emit('keylog', keyLogLine(line))
  }

  onSession(session: Uint8Array): void {
    this.#shownSession = session
    this.showSession(sealSession(session, this.identity))
  }

  /** Emits a session, in the form in which programs store it, once the server is verified. */
  showSession(session: Buffer): void {
    if (this.#isVerified) this.socket?.emit('session', session)
    else this.#pendingSession = session
  }

  /** The server's identity is verified: its sessions may be emitted. */
  setVerified(): void {
    if (this.#isVerified) return
    this.#isVerified = true
    const session = this.#pendingSession
    this.#pendingSession = undefined
    if (session !== undefined) this.socket?.emit('session', session)
  }

  onOcspResponse(response: Uint8Array | null): void {
    this.socket?.emit('OCSPResponse', response && Buffer.from(response))
  }
}

export function bytesOf(view: NodeJS.ArrayBufferView): Uint8Array {
  return new Uint8Array(view.buffer as ArrayBuffer, view.byteOffset, view.byteLength)
}
