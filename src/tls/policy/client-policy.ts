// The client's half of the policy: what is asked of the server, which session is offered, and whether the certificate will
// do. The verdict is asked for by connect.ts, on a resumed connection as on a new one. Source: Node's documentation,
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
  /** SNI: the name that is asked for; none for an IP address. */
  serverName: string | undefined
  /** Whom the certificate has to name: saved sessions are good for nobody else. */
  identity = 'localhost'
  readonly options: ClientOptions
  /** Filled in once it has been made. */
  socket: PolicySocket | undefined
  /** The handshake is done, whatever the verdict on the server is. */
  #isSecured = false
  /** The server is who it must be: until then sessions with it wait. */
  #isVerified = false
  #pendingSession: Buffer | undefined
  #savedSession: Uint8Array | undefined
  /** The latest that the program has had; the backend may have a newer one. */
  #shownSession: Uint8Array | undefined

  constructor(host: Host, context: SecureContext, options: ClientOptions) {
    super(host, context)
    this.options = options
    if (options.pskCallback) validateFunction(options.pskCallback, 'pskCallback')
  }

  /** What is no session for this server, or none at all, is passed over: a full handshake follows. */
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
    // Before the server's first ticket there is nothing to resume, and yet, as in Node, something to show.
    if (session === undefined) return this.#isSecured ? sealSession(new Uint8Array(0), this.identity) : undefined
    return sealSession(session, this.identity)
  }

  /** That of the session: of two that came together the first is emitted before the second counts. */
  override get ticket(): Uint8Array | undefined {
    const shown = this.#shownSession && readSession(this.#shownSession)?.ticket
    return shown?.length ? shown : super.ticket
  }

  /** The verdict on the server's certificate chain; the name in it is the caller's to check. */
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

  /** Asks the program for a key. What it throws, or gives wrongly, ends the connection. */
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

  /** Emits a session, in the form in which programs keep it, once the server is verified. */
  showSession(session: Buffer): void {
    if (this.#isVerified) this.socket?.emit('session', session)
    else this.#pendingSession = session
  }

  /** The server is who it must be: sessions with it may be kept. */
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
