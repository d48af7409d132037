// Asks a server's program about a ClientHello: for the session, the context, the protocol and the staple, one after another; then
// answers the backend. Every function of the program is guarded: an exception ends this connection, never the process (CVE-2026-21637).

import { readProtocols } from '../api/alpn.ts'
import { contextFrom, type SecureContext } from '../api/secure-context.ts'
import type { ClientOffer, TlsBackend } from '../connection/backend.ts'
import type { TlsConnection } from '../connection/tls-connection.ts'
import { alpnCallbackInvalidResult, multipleCallback } from '../errors.ts'
import { bytesOf } from './client-policy.ts'
import type { AlpnCallback, ServerPolicyOptions } from './server-options.ts'

/** The part of the server's policy that the questions use. */
export interface AskingPolicy {
  context: SecureContext
  readonly options: ServerPolicyOptions
  readonly connection: TlsConnection | undefined
  readonly backend: TlsBackend | undefined
  /** The socket that Node passes to callbacks: made when one is called. */
  readonly socket: object | undefined
  /** A program's function threw or rejected the client. */
  refuse(error: Error): void
}

/** The questions about one ClientHello, one after another, then the answer. */
export class HelloQuestions {
  readonly #policy: AskingPolicy
  readonly #offer: ClientOffer
  #isWaiting = false
  #session: Uint8Array | undefined
  #ocspResponse: Uint8Array | undefined
  /** Set where the protocol was chosen before the context. */
  #chosen: { readonly protocol: Uint8Array | undefined } | undefined

  constructor(policy: AskingPolicy, offer: ClientOffer) {
    this.#policy = policy
    this.#offer = offer
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
   * Calls a program's function, which answers once, now or later.
   * @param call - gets the callback
   * @param next - continues with the answer
   */
  #ask<T>(
    call: (done: (error: Error | null, answer?: T) => void) => void,
    next: (answer: T | undefined) => void,
  ): void {
    const { connection } = this.#policy
    let isDone = false
    const done = (error: Error | null, answer?: T): void => {
      if (isDone) {
        this.#policy.refuse(multipleCallback())
        return
      }
      isDone = true
      if (error) this.#policy.refuse(error)
      else if (connection && !connection.isDestroyed) next(answer)
    }
    try {
      call(done)
    } catch (error) {
      isDone = true
      this.#policy.refuse(error as Error)
    }
    if (isDone || this.#isWaiting || !connection || connection.isDestroyed) return
    this.#isWaiting = true
    connection.suspendHandshake()
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
    const { SNICallback } = this.#policy.options
    if (!serverName) this.#askForStaple()
    else if (SNICallback === undefined) {
      this.#policy.context = this.#contextByName(serverName) ?? this.#policy.context
      this.#askForStaple()
    } else {
      this.#ask<SecureContext>(
        done => SNICallback.call(this.#policy.socket, serverName, done),
        context => {
          const chosen = contextFrom(context)
          if (chosen) this.#policy.context = chosen
          // A value that is not an object counts as no answer, as in Node.
          if (typeof context === 'object' && context !== null && !chosen)
            this.#policy.refuse(new TypeError('Invalid SNI context'))
          else this.#askForStaple()
        },
      )
    }
  }

  /** The context added last has precedence. */
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
        // Read only now: ALPNCallback may have replaced the context.
        const { context } = this.#policy
        backend.answerClientHello({
          context,
          alpnProtocol: choice,
          session: this.#session,
          ocspResponse: this.#ocspResponse,
        })
      }
    }
    if (this.#isWaiting) connection.resumeHandshake(answer)
    else connection.run(answer)
  }

  /** `none`: both sides use ALPN and share no protocol. `failed`: the connection has ended. */
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
      const chosen = callback.call(this.#policy.socket, { servername, protocols })
      if (chosen === undefined) return 'none'
      const index = protocols.indexOf(chosen)
      if (index === -1) throw alpnCallbackInvalidResult(chosen, protocols)
      return offered[index] as Uint8Array
    } catch (error) {
      this.#policy.refuse(error as Error)
      return 'failed'
    }
  }
}
