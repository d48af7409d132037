// The server's half of the policy: which context, session, protocol and staple a client gets, asked of the program where it
// wants to be asked; and whether the client's certificate will do. Every function of a program's is called under guard: what
// it throws ends this connection, never the process (CVE-2026-21637).

import type { EventEmitter } from 'node:events'
import { invalidArgType, invalidArgValue } from '../../core/errors.ts'
import { validateBuffer } from '../../core/validate.ts'
import type { Host } from '../../host/types.ts'
import { readProtocols } from '../api/alpn.ts'
import { defaults } from '../api/defaults.ts'
import { contextFrom, type SecureContext } from '../api/secure-context.ts'
import type { BackendEvents, ClientOffer, ServerBackendPolicy, TlsBackend } from '../connection/backend.ts'
import { serverBackend } from '../connection/choose-backend.ts'
import { maxPskBytes, maxPskHintBytes } from '../connection/limits.ts'
import {
  alpnCallbackInvalidResult,
  multipleCallback,
  pskIdentityHint,
  renegotiationDisabled,
  sessionAttack,
} from '../errors.ts'
import { bytesOf } from './client-policy.ts'
import { Policy, type PolicyEvents } from './policy.ts'

export type SniDone = (error: Error | null, context?: SecureContext | undefined) => void
export type SniCallback = (servername: string, done: SniDone) => void
export type AlpnCallback = (offer: { servername: string; protocols: string[] }) => string | undefined
/** Null or undefined: the client is not known. */
export type PskServerAnswer = NodeJS.ArrayBufferView | { psk: NodeJS.ArrayBufferView } | null | undefined

export interface ServerPolicyOptions {
  readonly context: SecureContext
  /** Who hears 'resumeSession', 'newSession', 'OCSPRequest'; and has contexts by name. */
  readonly server: (EventEmitter & { readonly _contexts?: readonly (readonly [RegExp, SecureContext])[] }) | undefined
  readonly requestCert: boolean
  readonly rejectUnauthorized: boolean
  /** In wire form. */
  readonly ALPNProtocols: Uint8Array | undefined
  readonly ALPNCallback: AlpnCallback | undefined
  readonly SNICallback: SniCallback | undefined
  /** Called with the socket, as Node declares it. */
  readonly pskCallback: ((socket: never, identity: string) => PskServerAnswer) | undefined
  readonly pskIdentityHint: string | undefined
  /** Node shows it to callbacks: made when one is called. */
  readonly socket: () => object
}

export class ServerPolicy extends Policy implements ServerBackendPolicy {
  protected readonly peer = 'client'
  readonly options: ServerPolicyOptions
  requestCert: boolean
  rejectUnauthorized: boolean
  mayRenegotiate = true
  isAuthorized = false
  authorizationError: string | null = null
  #serverName: string | undefined
  /** 'newSession' has been told, and the program has not called back: the handshake's end waits. */
  #sessionsPending = 0
  #isSecurePending = false
  #handshakes = 0
  #windowStart = 0

  constructor(host: Host, options: ServerPolicyOptions, events: PolicyEvents) {
    super(host, options.context, events)
    this.options = options
    this.requestCert = options.requestCert
    this.rejectUnauthorized = options.rejectUnauthorized
  }

  /** What the client asked for; false: nothing. */
  get serverName(): string | false {
    return this.#serverName ?? this.backend?.serverName ?? false
  }

  get session(): Buffer<ArrayBuffer> | undefined {
    const session = this.backend?.session
    return session && Buffer.from(session)
  }

  /** The verdict on the client's certificate, as Node words it. @returns whether the connection may stay */
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

  protected createBackend(events: BackendEvents): TlsBackend {
    const { pskIdentityHint: hint = '' } = this.options
    // As in Node, where each connection sets it.
    if (Buffer.byteLength(hint) > maxPskHintBytes) queueMicrotask(() => this.events.onRefused(pskIdentityHint()))
    return serverBackend(this, events)
  }

  // From the backend

  onClientHello(offer: ClientOffer): void {
    this.#serverName = offer.serverName
    new HelloQuestions(this, offer, this.events).ask()
  }

  onRenegotiation(): void {
    const now = this.host.clock.monotonic()
    if (now - this.#windowStart >= defaults.CLIENT_RENEG_WINDOW * 1000) {
      this.#windowStart = now
      this.#handshakes = 0
    }
    this.#handshakes++
    if (this.#handshakes > defaults.CLIENT_RENEG_LIMIT) this.events.onRefused(sessionAttack())
    else if (!this.mayRenegotiate) this.events.onRefused(renegotiationDisabled())
  }

  onSecure(): boolean {
    // A later handshake waits for nobody: data goes on meanwhile, and the client may be another by its certificate.
    if (this.#sessionsPending > 0 && !this.connection?.isOpen) {
      this.#isSecurePending = true
      return false
    }
    this.events.onSecure()
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
      this.events.onSecure()
      this.connection?.open()
    }
    try {
      server.emit('newSession', Buffer.from(id), Buffer.from(session), done)
    } catch (error) {
      this.events.onRefused(error as Error)
    }
  }

  /** The key for a client that says who it is; undefined: the client is not known. */
  findPsk(identity: string): Uint8Array | undefined {
    const { pskCallback, socket } = this.options
    if (pskCallback === undefined) return undefined
    try {
      const answer = pskCallback.call(socket(), socket() as never, identity)
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
      this.events.onRefused(error as Error)
      return undefined
    }
  }
}

/** All that a ClientHello may have the program asked, one after another, then the answer. */
class HelloQuestions {
  readonly #policy: ServerPolicy
  readonly #offer: ClientOffer
  readonly #events: PolicyEvents
  #isWaiting = false
  #session: Uint8Array | undefined
  #ocspResponse: Uint8Array | undefined
  /** Where it was chosen first. */
  #chosen: { readonly protocol: Uint8Array | undefined } | undefined

  constructor(policy: ServerPolicy, offer: ClientOffer, events: PolicyEvents) {
    this.#policy = policy
    this.#offer = offer
    this.#events = events
  }

  ask(): void {
    if (this.#offer.isTls13) {
      const protocol = this.#chooseProtocol()
      if (protocol === 'failed') return
      if (protocol === 'none') {
        this.#policy.connection?.run(() => this.#policy.backend?.refuseProtocols())
        return
      }
      this.#chosen = { protocol }
    }
    this.#askForSession()
  }

  /**
   * Calls a program's function, which answers once: at once or later.
   * @param call - is given the function to answer with
   * @param next - goes on with what was answered
   */
  #ask<T>(
    call: (done: (error: Error | null, answer?: T) => void) => void,
    next: (answer: T | undefined) => void,
  ): void {
    const { connection } = this.#policy
    let isDone = false
    const done = (error: Error | null, answer?: T): void => {
      if (isDone) {
        this.#events.onRefused(multipleCallback())
        return
      }
      isDone = true
      if (error) this.#events.onRefused(error)
      else if (connection && !connection.isDestroyed) next(answer)
    }
    try {
      call(done)
    } catch (error) {
      isDone = true
      this.#events.onRefused(error as Error)
    }
    if (isDone || this.#isWaiting || !connection || connection.isDestroyed) return
    this.#isWaiting = true
    connection.holdUp()
  }

  #askForSession(): void {
    const { server } = this.#policy.options
    const { sessionId } = this.#offer
    if (sessionId.length === 0 || server === undefined || server.listenerCount('resumeSession') === 0) {
      this.#askForContext()
      return
    }
    this.#ask<NodeJS.ArrayBufferView>(
      done => server.emit('resumeSession', Buffer.from(sessionId), done),
      session => {
        if (ArrayBuffer.isView(session)) this.#session = bytesOf(session)
        this.#askForContext()
      },
    )
  }

  #askForContext(): void {
    const { serverName } = this.#offer
    const { SNICallback, socket } = this.#policy.options
    if (!serverName) this.#askForStaple()
    else if (SNICallback === undefined) {
      this.#policy.context = this.#contextByName(serverName) ?? this.#policy.context
      this.#askForStaple()
    } else {
      this.#ask<SecureContext>(
        done => SNICallback.call(socket(), serverName, done),
        context => {
          const chosen = contextFrom(context)
          if (chosen) this.#policy.context = chosen
          // What is no object at all counts as no answer, as in Node.
          if (typeof context === 'object' && context !== null && !chosen)
            this.#events.onRefused(new TypeError('Invalid SNI context'))
          else this.#askForStaple()
        },
      )
    }
  }

  /** The one added last goes first. */
  #contextByName(serverName: string): SecureContext | undefined {
    return this.#policy.options.server?._contexts?.findLast(([pattern]) => pattern.test(serverName))?.[1]
  }

  #askForStaple(): void {
    const { server } = this.#policy.options
    if (!this.#offer.wantsOcsp || server === undefined || server.listenerCount('OCSPRequest') === 0) {
      this.#answer()
      return
    }
    const { context } = this.#policy
    this.#ask<NodeJS.ArrayBufferView>(
      done => server.emit('OCSPRequest', context.context.getCertificate(), context.context.getIssuer(), done),
      response => {
        if (ArrayBuffer.isView(response)) this.#ocspResponse = bytesOf(response)
        this.#answer()
      },
    )
  }

  #answer(): void {
    const { connection, backend } = this.#policy
    const choice = this.#chosen ? this.#chosen.protocol : this.#chooseProtocol()
    if (!connection || !backend || choice === 'failed') return
    const answer = (): void => {
      if (choice === 'none') backend.refuseProtocols()
      else {
        // Read now: ALPNCallback may have put another one in its place.
        const { context } = this.#policy
        backend.answerClientHello({
          context,
          alpnProtocol: choice,
          session: this.#session,
          ocspResponse: this.#ocspResponse,
        })
      }
    }
    if (this.#isWaiting) connection.goOn(answer)
    else connection.run(answer)
  }

  /** `none`: the client and we have none in common, though both speak ALPN. `failed`: the connection has ended. */
  #chooseProtocol(): Uint8Array | undefined | 'none' | 'failed' {
    const offered = this.#offer.alpnProtocols
    const { ALPNProtocols, ALPNCallback } = this.#policy.options
    if (offered === undefined) return undefined
    if (ALPNCallback) return this.#askForProtocol(ALPNCallback, offered)
    if (ALPNProtocols === undefined || ALPNProtocols.length === 0) return undefined
    const wanted = readProtocols(ALPNProtocols).find(ours => offered.some(theirs => Buffer.compare(ours, theirs) === 0))
    return wanted ?? 'none'
  }

  #askForProtocol(callback: AlpnCallback, offered: readonly Uint8Array[]): Uint8Array | 'none' | 'failed' {
    const protocols = offered.map(protocol => Buffer.from(protocol).toString('latin1'))
    try {
      const servername = this.#offer.serverName ?? (false as never)
      const chosen = callback.call(this.#policy.options.socket(), { servername, protocols })
      if (chosen === undefined) return 'none'
      const index = protocols.indexOf(chosen)
      if (index === -1) throw alpnCallbackInvalidResult(chosen, protocols)
      return offered[index] as Uint8Array
    } catch (error) {
      this.#events.onRefused(error as Error)
      return 'failed'
    }
  }
}
