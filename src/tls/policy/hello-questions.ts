// What a ClientHello has a server's program asked: the session, the context, the protocol and the staple, one after another, and then the
// answer. Every function of a program's is called under guard: what it throws ends this connection, never the process (CVE-2026-21637).

import { readProtocols } from '../api/alpn.ts'
import { contextFrom, type SecureContext } from '../api/secure-context.ts'
import type { ClientOffer, TlsBackend } from '../connection/backend.ts'
import type { TlsConnection } from '../connection/tls-connection.ts'
import { alpnCallbackInvalidResult, multipleCallback } from '../errors.ts'
import { bytesOf } from './client-policy.ts'
import type { AlpnCallback, ServerPolicyOptions } from './server-options.ts'

/** The server's policy, as far as its questions see it. */
export interface AskingPolicy {
  context: SecureContext
  readonly options: ServerPolicyOptions
  readonly connection: TlsConnection | undefined
  readonly backend: TlsBackend | undefined
  /** What Node shows to callbacks: made when one is called. */
  readonly socket: object | undefined
  /** A program's function has failed or refused. */
  refuse(error: Error): void
}

/** All that a ClientHello may have the program asked, one after another, then the answer. */
export class HelloQuestions {
  readonly #policy: AskingPolicy
  readonly #offer: ClientOffer
  #isWaiting = false
  #session: Uint8Array | undefined
  #ocspResponse: Uint8Array | undefined
  /** Where it was chosen first. */
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
          // What is no object at all counts as no answer, as in Node.
          if (typeof context === 'object' && context !== null && !chosen)
            this.#policy.refuse(new TypeError('Invalid SNI context'))
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
    if (this.#isWaiting) connection.resumeHandshake(answer)
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
