// The server's policy: which context, session, protocol and staple a client gets, from the program's callbacks where it has any;
// and whether the client's certificate is accepted. Every function of the program is guarded: an exception ends this connection,
// never the process (CVE-2026-21637).

import { invalidArgType, invalidArgValue } from '../../core/errors.ts'
import { validateBuffer } from '../../core/validate.ts'
import type { Host } from '../../host/types.ts'
import { defaults } from '../api/defaults.ts'
import type { SecureContext } from '../api/secure-context.ts'
import type { BackendHandler, ClientOffer, ServerBackendPolicy, TlsBackend } from '../connection/backend.ts'
import { serverBackend } from '../connection/choose-backend.ts'
import { maxPskBytes, maxPskHintBytes } from '../connection/limits.ts'
import { pskIdentityHint, renegotiationDisabled, sessionAttack } from '../errors.ts'
import { bytesOf } from './client-policy.ts'
import { type AskingPolicy, HelloQuestions } from './hello-questions.ts'
import { Policy } from './policy.ts'
import type { ServerPolicyOptions } from './server-options.ts'

export abstract class ServerPolicy extends Policy implements ServerBackendPolicy, AskingPolicy {
  protected readonly peer = 'client'
  readonly options: ServerPolicyOptions
  requestCert: boolean
  rejectUnauthorized: boolean
  isAuthorized = false
  authorizationError: string | null = null
  #serverName: string | undefined
  /** 'newSession' was emitted, and the program has not called back yet: the end of the handshake waits for it. */
  #sessionsPending = 0
  #isSecurePending = false
  #handshakes = 0
  #windowStart = 0

  constructor(host: Host, options: ServerPolicyOptions) {
    super(host, options.context)
    this.options = options
    this.requestCert = options.requestCert
    this.rejectUnauthorized = options.rejectUnauthorized
  }

  /** The socket that Node passes to callbacks: made when one is called. */
  abstract readonly socket: object | undefined
  /** The handshake is done; the verdict on the client is still to come, and is reached before this returns. */
  protected abstract secured(): void
  /** Ends the connection: a program's function threw or rejected the client, or the client renegotiates too often. */
  abstract refuse(error: Error): void

  /** The name in the client's SNI; false: none. */
  get serverName(): string | false {
    return this.#serverName ?? this.backend?.serverName ?? false
  }

  get session(): Buffer<ArrayBuffer> | undefined {
    const session = this.backend?.session
    return session && Buffer.from(session)
  }

  /** Judges the client's certificate, with Node's errors. @returns whether the connection may stay open */
  judgeClient(): boolean {
    this.isAuthorized = false
    this.authorizationError = null
    if (!this.requestCert) return true
    const chain = this.backend?.peerChain ?? []
    const problem = this.backend?.verdict.problem
    if (problem !== undefined) this.authorizationError = problem.code ?? problem.message
    else if (chain.length === 0) this.authorizationError = 'UNABLE_TO_GET_ISSUER_CERT'
    else this.isAuthorized = true
    return this.isAuthorized || !this.rejectUnauthorized
  }

  get furtherContexts(): readonly SecureContext[] {
    return (this.options.server?._contexts ?? []).map(([, context]) => context)
  }

  renegotiate(requestCert: boolean, rejectUnauthorized: boolean): Error | undefined {
    this.requestCert = requestCert
    this.rejectUnauthorized = rejectUnauthorized
    let error: Error | undefined
    this.connection?.run(() => {
      error = this.backend?.renegotiate(requestCert)
    })
    return error
  }

  protected createBackend(handler: BackendHandler): TlsBackend {
    const { pskIdentityHint: hint = '' } = this.options
    // As in Node, where each connection sets its hint.
    if (Buffer.byteLength(hint) > maxPskHintBytes) queueMicrotask(() => this.refuse(pskIdentityHint()))
    return serverBackend(this, handler)
  }

  // Called by the backend

  onClientHello(offer: ClientOffer): void {
    this.#serverName = offer.serverName
    new HelloQuestions(this, offer).ask()
  }

  onRenegotiation(): void {
    const now = this.host.clock.monotonic()
    if (now - this.#windowStart >= defaults.CLIENT_RENEG_WINDOW * 1000) {
      this.#windowStart = now
      this.#handshakes = 0
    }
    this.#handshakes++
    if (this.#handshakes > defaults.CLIENT_RENEG_LIMIT) this.refuse(sessionAttack())
    else if (!this.mayRenegotiate) this.refuse(renegotiationDisabled())
  }

  onSecure(): boolean {
    // A renegotiation does not wait for the program: data flows meanwhile, and the client's certificate may have changed.
    if (this.#sessionsPending > 0 && !this.connection?.isOpen) {
      this.#isSecurePending = true
      return false
    }
    this.secured()
    return true
  }

  onSession(session: Uint8Array, id: Uint8Array): void {
    const { server } = this.options
    if (server === undefined || server.listenerCount('newSession') === 0) return
    this.#sessionsPending++
    let isDone = false
    const done = (): void => {
      if (isDone) return
      isDone = true
      this.#sessionsPending--
      if (!this.#isSecurePending || this.#sessionsPending > 0) return
      this.#isSecurePending = false
      this.secured()
      this.connection?.open()
    }
    try {
      server.emit('newSession', Buffer.from(id), Buffer.from(session), done)
    } catch (error) {
      this.refuse(error as Error)
    }
  }

  /** The PSK of a client's identity; undefined: the identity is unknown. */
  findPsk(identity: string): Uint8Array | undefined {
    const { pskCallback } = this.options
    if (pskCallback === undefined) return undefined
    try {
      const answer = pskCallback.call(this.socket, this.socket as never, identity)
      if (answer === null || answer === undefined) return undefined
      if (typeof answer !== 'object') {
        throw invalidArgType('ret', ['Object', 'Buffer', 'TypedArray', 'DataView'], answer)
      }
      const psk = ArrayBuffer.isView(answer) ? answer : answer.psk
      validateBuffer(psk, 'psk')
      if (psk.byteLength > maxPskBytes) {
        throw invalidArgValue('psk', psk, `Pre-shared key exceeds ${maxPskBytes} bytes`)
      }
      return bytesOf(psk)
    } catch (error) {
      this.refuse(error as Error)
      return undefined
    }
  }
}
