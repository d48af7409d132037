// What the policies of clients and servers have in common: the backend of one connection, and what a socket shows of it. A policy hears
// from the connection when the handshake is done and when all is over, and from the backend what concerns the program alone.

import type { Connection, ConnectionSink, Host } from '../../host/types.ts'
import type { SecureContext } from '../api/secure-context.ts'
import type { BackendHandler, BackendPolicy, PeerVerdict, TlsBackend } from '../connection/backend.ts'
import type { ConnectionPolicy } from '../connection/connection-policy.ts'
import { TlsConnection } from '../connection/tls-connection.ts'
import { judgeChain } from './chain-verdict.ts'

/** The TLSSocket that shows a connection, as far as its policy sees it. */
export interface PolicySocket {
  emit(event: string, ...args: unknown[]): boolean
  listenerCount(event: string): number
  destroy(error?: Error): unknown
  /** The handshake is done. The verdict on the peer is still to come, and is given before this returns. */
  _finishInit(): void
}

export abstract class Policy implements ConnectionPolicy, BackendPolicy {
  /** Whose certificates the peer shows. */
  protected abstract readonly peer: 'client' | 'server'
  readonly host: Host
  context: SecureContext
  connection: TlsConnection | undefined
  mayRenegotiate = true
  #isTraced = false
  #maxFragmentSize: number | undefined

  constructor(host: Host, context: SecureContext) {
    this.host = host
    this.context = context
  }

  /** Puts TLS over a connection; nothing happens before its `start()`. */
  open(transport: Connection, sink?: ConnectionSink): TlsConnection {
    this.connection = new TlsConnection(transport, this, sink)
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

  judge(chain: readonly Uint8Array[]): PeerVerdict {
    return judgeChain(this.context.context, chain, this.peer, this.host.clock.now())
  }

  setMaxFragmentSize(size: number): void {
    this.#maxFragmentSize = size
    this.backend?.setMaxFragmentSize(size)
  }

  /** @returns why it cannot be done, where it cannot */
  abstract renegotiate(requestCert: boolean, rejectUnauthorized: boolean): Error | undefined

  makeBackend(handler: BackendHandler): TlsBackend {
    const backend = this.createBackend(handler)
    if (this.#maxFragmentSize !== undefined) backend.setMaxFragmentSize(this.#maxFragmentSize)
    if (this.#isTraced) backend.trace()
    return backend
  }

  protected abstract createBackend(handler: BackendHandler): TlsBackend

  /** Lines of the key log cost something to make. */
  abstract readonly wantsKeyLog: boolean
  abstract onSecure(): boolean
  abstract onKeyLog(line: string): void
  abstract onSession(session: Uint8Array, id: Uint8Array): void

  onDestroyed(): void {}

  onTransportClosed(): void {}
}

/** A line as programs hear it. */
export function keyLogLine(line: string): Buffer {
  return Buffer.from(`${line}\n`, 'latin1')
}
