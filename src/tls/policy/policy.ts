// What the client's and the server's half have in common: the backend of one connection, and what a socket shows of it.

import type { Connection, ConnectionSink, Host } from '../../host/types.ts'
import type { SecureContext } from '../api/secure-context.ts'
import type { BackendEvents, ClientOffer, PeerVerdict, TlsBackend } from '../connection/backend.ts'
import { TlsConnection, type TlsOwner } from '../connection/tls-connection.ts'
import { judgeChain } from './chain-verdict.ts'

/** Whom a policy tells. */
export interface PolicyEvents {
  /** The handshake is done; the verdict on the peer is still to come, and is given before this returns. */
  onSecure(): void
  /** A program's own function has failed or refused: the connection is to end. */
  onRefused(error: Error): void
  wantsKeyLog(): boolean
  onKeyLog(line: Buffer): void
  /** As programs keep it. */
  onSession(session: Buffer): void
  /** @param response - null: the server has none */
  onOcspResponse(response: Buffer | null): void
  onDestroyed(): void
  onClosed(): void
}

export abstract class Policy implements TlsOwner {
  /** Whose certificates the peer shows. */
  protected abstract readonly peer: 'client' | 'server'
  readonly host: Host
  context: SecureContext
  connection: TlsConnection | undefined
  #isTraced = false
  protected readonly events: PolicyEvents
  #maxFragmentSize: number | undefined

  constructor(host: Host, context: SecureContext, events: PolicyEvents) {
    this.host = host
    this.context = context
    this.events = events
  }

  /** Puts TLS over a connection; nothing happens before its `start()`. */
  open(below: Connection, sink?: ConnectionSink): TlsConnection {
    this.connection = new TlsConnection(below, this, sink)
    return this.connection
  }

  get backend(): TlsBackend | undefined {
    return this.connection?.backend
  }

  /** false: the two agreed on none. */
  get alpnProtocol(): string | false {
    return this.backend?.alpnProtocol ?? false
  }

  get ticket(): Uint8Array | undefined {
    return this.backend?.ticket
  }

  /** Writes to stderr which messages come and go. */
  trace(): void {
    this.#isTraced = true
    this.backend?.trace()
  }

  /** Lines of the key log cost something to make. */
  get wantsKeyLog(): boolean {
    return this.events.wantsKeyLog()
  }

  judge(chain: readonly Uint8Array[]): PeerVerdict {
    return judgeChain(this.context.context, chain, this.peer, this.host.clock.now())
  }

  setMaxFragmentSize(size: number): void {
    this.#maxFragmentSize = size
    this.backend?.setMaxFragmentSize(size)
  }

  /** @returns why it cannot be done, where it cannot */
  abstract renegotiate(requestCert: boolean, rejectUnauthorized: boolean): Error | undefined

  // As the owner of the connection

  makeBackend(events: BackendEvents): TlsBackend {
    const backend = this.createBackend(events)
    if (this.#maxFragmentSize !== undefined) backend.setMaxFragmentSize(this.#maxFragmentSize)
    if (this.#isTraced) backend.trace()
    return backend
  }

  protected abstract createBackend(events: BackendEvents): TlsBackend

  abstract onSecure(): boolean
  abstract onClientHello(offer: ClientOffer): void
  abstract onRenegotiation(): void

  onKeyLog(line: string): void {
    this.events.onKeyLog(Buffer.from(`${line}\n`, 'latin1'))
  }

  abstract onSession(session: Uint8Array, id: Uint8Array): void

  onOcspResponse(response: Uint8Array | null): void {
    this.events.onOcspResponse(response && Buffer.from(response))
  }

  onDestroyed(): void {
    this.events.onDestroyed()
  }

  onClosed(): void {
    this.events.onClosed()
  }
}
