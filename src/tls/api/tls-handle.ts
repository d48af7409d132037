// A TLSSocket's handle, as far as programs reach for it: see net's handle.ts. There is one before the socket connects: those who
// answer in the server's place put their functions on it then, and say themselves when the handshake is done.

import type { Duplex } from 'node:stream'
import type { RuntimeHandle } from '../../host/types.ts'
import { acceptedHandle, bareHandle, JSStreamSocket, kOwner, Socket, StreamHandle } from '../../net/internal.ts'
import type { ClientSide } from '../policy/client-policy.ts'
import type { ServerSide } from '../policy/server-policy.ts'
import type { SecureContext } from './secure-context.ts'
import * as facts from './socket-facts.ts'

/** The socket, as far as its handle sees it. */
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
  readonly side: ClientSide | ServerSide
  readonly #stream: Duplex | undefined
  #parent: object | undefined
  #parentWrap: Socket | null | undefined

  /** @param stream - what the program has handed in to speak TLS over */
  constructor(owner: OwningSocket, side: ClientSide | ServerSide, stream: Duplex | undefined) {
    super(owner)
    this.side = side
    this.#stream = stream
  }

  /** What TLS stands on. */
  get _parent(): object | null {
    if (this._parentWrap !== null) return this._parentWrap._handle
    const below = this.side.connection?.below
    if (below === undefined) return bareHandle(this[kOwner])
    return (this.#parent ??= acceptedHandle(this[kOwner], below))
  }

  /** The socket that it stands on: the program's, or one around the program's stream. Null where TLS connects by itself. */
  get _parentWrap(): Socket | null {
    if (this.#parentWrap === undefined) {
      const stream = this.#stream
      if (stream === undefined) this.#parentWrap = null
      else if (stream instanceof Socket) this.#parentWrap = stream
      else this.#parentWrap = new JSStreamSocket(stream, this.side.connection?.below)
    }
    return this.#parentWrap
  }

  protected override get runtimeHandle(): RuntimeHandle | undefined {
    return this.side.connection?.below.runtimeHandle
  }

  get _secureContext(): SecureContext['context'] {
    return this.side.context.context
  }

  get #socket(): TlsOwner {
    return this[kOwner] as OwningSocket
  }

  start(): void {
    this.side.connection?.start()
  }

  destroySSL(): void {
    this.#socket._destroySSL()
  }

  // What Node's calls on its owner. A program that answers in the server's place calls them.

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

  // What was agreed

  getALPNNegotiatedProtocol(): string | false {
    return this.side.alpnProtocol
  }

  getCipher(): object | undefined {
    return facts.cipher(this.side)
  }

  getEphemeralKeyInfo(): object | null {
    return facts.ephemeralKeyInfo(this.side)
  }

  getFinished(): Buffer | undefined {
    return facts.finished(this.side)
  }

  getPeerFinished(): Buffer | undefined {
    return facts.peerFinished(this.side)
  }

  getProtocol(): string | null {
    return facts.protocol(this.side)
  }

  getServername(): string | false {
    return this.side.serverName ?? false
  }

  getSession(): Buffer | undefined {
    return this.side.session
  }

  getSharedSigalgs(): string[] {
    return facts.sharedSigalgs(this.side)
  }

  getTLSTicket(): Buffer | undefined {
    return facts.ticket(this.side)
  }

  isSessionReused(): boolean {
    return facts.isSessionReused(this.side)
  }

  getPeerCertificate(isAbbreviated?: boolean): object {
    return facts.peerCertificate(this.side, !isAbbreviated)
  }

  getPeerX509Certificate(): object | undefined {
    return facts.peerX509Certificate(this.side)
  }

  getCertificate(): object {
    return facts.certificate(this.side)
  }

  getX509Certificate(): object | undefined {
    return facts.x509Certificate(this.side)
  }

  verifyError(): Error | undefined {
    return this.side.layer?.verdict.problem
  }
}

// Node's has none: what it stands on does.
Object.defineProperty(TLSWrap.prototype, 'hasRef', { value: undefined, writable: true, configurable: true })
