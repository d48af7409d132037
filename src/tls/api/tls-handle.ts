// A TLSSocket's handle, as far as programs use it: see net's handle.ts. It exists before the socket connects: a program that
// mocks the server puts its own functions on it then, and signals the end of the handshake itself.

import type { Duplex } from 'node:stream'
import type { RuntimeHandle } from '../../host/types.ts'
import { acceptedHandle, bareHandle, JSStreamSocket, kOwner, Socket, StreamHandle } from '../../net/internal.ts'
import type { ClientPolicy } from '../policy/client-policy.ts'
import type { ServerPolicy } from '../policy/server-policy.ts'
import type { SecureContext } from './secure-context.ts'
import * as facts from './socket-facts.ts'

/** The part of the socket that its handle uses. */
interface TlsOwner {
  _start(): void
  _finishInit(): void
  _destroySSL(): void
  _receiveSession(session: Buffer): void
  _emitTLSError(error: Error): void
  emit(event: string, ...args: unknown[]): boolean
}

type OwningSocket = ConstructorParameters<typeof StreamHandle>[0] & TlsOwner

export class TLSWrap extends StreamHandle {
  readonly policy: ClientPolicy | ServerPolicy
  readonly #stream: Duplex | undefined
  #parent: object | undefined
  #parentWrap: Socket | null | undefined

  /** @param stream - the stream that the program passed in to run TLS over */
  constructor(owner: OwningSocket, policy: ClientPolicy | ServerPolicy, stream: Duplex | undefined) {
    super(owner)
    this.policy = policy
    this.#stream = stream
  }

  /** The transport's handle. */
  get _parent(): object | null {
    if (this._parentWrap !== null) return this._parentWrap._handle
    const transport = this.policy.connection?.transport
    if (transport === undefined) return bareHandle(this[kOwner])
    return (this.#parent ??= acceptedHandle(this[kOwner], transport))
  }

  /** The socket below TLS: the program's, or one around the program's stream. Null where TLS connects by itself. */
  get _parentWrap(): Socket | null {
    if (this.#parentWrap === undefined) {
      const stream = this.#stream
      if (stream === undefined) this.#parentWrap = null
      else if (stream instanceof Socket) this.#parentWrap = stream
      else this.#parentWrap = new JSStreamSocket(stream, this.policy.connection?.transport)
    }
    return this.#parentWrap
  }

  protected override get runtimeHandle(): RuntimeHandle | undefined {
    return this.policy.connection?.transport.runtimeHandle
  }

  get _secureContext(): SecureContext['context'] {
    return this.policy.context.context
  }

  get #socket(): TlsOwner {
    return this[kOwner] as OwningSocket
  }

  start(): void {
    this.policy.connection?.start()
  }

  destroySSL(): void {
    this.#socket._destroySSL()
  }

  // The callbacks that Node's handle calls on its owner. A program that mocks the server calls them.

  onhandshakestart(): void {}

  onhandshakedone(): void {
    this.#socket._finishInit()
  }

  onnewsession(_id: unknown, session: Buffer): void {
    this.#socket._receiveSession(session)
  }

  onkeylog(line: Buffer): void {
    this.#socket.emit('keylog', line)
  }

  onocspresponse(response: Buffer | null): void {
    this.#socket.emit('OCSPResponse', response)
  }

  onerror(error: Error): void {
    this.#socket._emitTLSError(error)
  }

  // What was negotiated

  getALPNNegotiatedProtocol(): string | false {
    return this.policy.alpnProtocol
  }

  getCipher(): object | undefined {
    return facts.cipher(this.policy)
  }

  getEphemeralKeyInfo(): object | null {
    return facts.ephemeralKeyInfo(this.policy)
  }

  getFinished(): Buffer | undefined {
    return facts.finished(this.policy)
  }

  getPeerFinished(): Buffer | undefined {
    return facts.peerFinished(this.policy)
  }

  getProtocol(): string | null {
    return facts.protocol(this.policy)
  }

  getServername(): string | false {
    return this.policy.serverName ?? false
  }

  getSession(): Buffer | undefined {
    return this.policy.session
  }

  getSharedSigalgs(): string[] {
    return facts.sharedSigalgs(this.policy)
  }

  getTLSTicket(): Buffer | undefined {
    return facts.ticket(this.policy)
  }

  isSessionReused(): boolean {
    return facts.isSessionReused(this.policy)
  }

  getPeerCertificate(isAbbreviated?: boolean): object {
    return facts.peerCertificate(this.policy, !isAbbreviated)
  }

  getPeerX509Certificate(): object | undefined {
    return facts.peerX509Certificate(this.policy)
  }

  getCertificate(): object {
    return facts.certificate(this.policy)
  }

  getX509Certificate(): object | undefined {
    return facts.x509Certificate(this.policy)
  }

  verifyError(): Error | undefined {
    return this.policy.backend?.verdict.problem
  }
}

// Node's TLSWrap has no hasRef; its parent has.
Object.defineProperty(TLSWrap.prototype, 'hasRef', { value: undefined, writable: true, configurable: true })
