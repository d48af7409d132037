// The common part of the policies of clients and servers: the backend of one connection, and what a socket shows of it. The connection
// notifies the policy when the handshake is done and when it is destroyed; the backend, of key-log lines, sessions and OCSP responses.

import type { Connection, ConnectionSink, Host } from '../../host/types.ts'
import type { SecureContext } from '../api/secure-context.ts'
import type { BackendHandler, BackendPolicy, PeerVerdict, TlsBackend } from '../connection/backend.ts'
import type { ConnectionPolicy } from '../connection/connection-policy.ts'
import { TlsConnection } from '../connection/tls-connection.ts'
import { judgeChain } from './chain-verdict.ts'

/** The part of a connection's TLSSocket that its policy uses. */
export interface PolicySocket {
  emit(event: string, ...args: unknown[]): boolean
  listenerCount(event: string): number
  destroy(error?: Error): unknown
  /** The handshake is done. The verdict on the peer is still to come, and is reached before this returns. */
  _finishInit(): void
}

export abstract class Policy implements ConnectionPolicy, BackendPolicy {
  /** The role of the peer. */
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

  /** Makes a TLS connection over a transport; nothing happens before its `start()`. */
  open(transport: Connection, sink?: ConnectionSink): TlsConnection {
    this.connection = new TlsConnection(transport, this, sink)
    return this.connection
  }

  get backend(): TlsBackend | undefined {
    return this.connection?.backend
  }

  /** false: no protocol was negotiated. */
  get alpnProtocol(): string | false {
    return this.backend?.alpnProtocol ?? false
  }

  get ticket(): Uint8Array | undefined {
    return this.backend?.ticket
  }

  /** Writes the messages sent and received to stderr. */
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

  /** @returns an error if renegotiation is not possible */
  abstract renegotiate(requestCert: boolean, rejectUnauthorized: boolean): Error | undefined

  makeBackend(handler: BackendHandler): TlsBackend {
    const backend = this.createBackend(handler)
    if (this.#maxFragmentSize !== undefined) backend.setMaxFragmentSize(this.#maxFragmentSize)
    if (this.#isTraced) backend.trace()
    return backend
  }

  protected abstract createBackend(handler: BackendHandler): TlsBackend

  /** False: no key-log lines are made, which have a cost. */
  abstract readonly wantsKeyLog: boolean
  abstract onSecure(): boolean
  abstract onKeyLog(line: string): void
  abstract onSession(session: Uint8Array, id: Uint8Array): void

  onDestroyed(): void {}

  onTransportClosed(): void {}
}

/** A key-log line as 'keylog' emits it. */
export function keyLogLine(line: string): Buffer {
  return Buffer.from(`${line}\n`, 'latin1')
}
