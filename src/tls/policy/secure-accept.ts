// One connection of a server from accepted to secured: runs the handshake, enforces its timeout, judges the client's
// certificate, and either passes the connection to the server or emits 'tlsClientError'. The TLSSocket that Node shows is made
// when a program asks for it.

import type { Duplex } from 'node:stream'
import { connectionReset } from '../../core/errors.ts'
import type { Connection, ConnectionSink, Host, Timer } from '../../host/types.ts'
import { type Socket, sinkOf } from '../../net/internal.ts'
import type { SecureContext } from '../api/secure-context.ts'
import { type ShowingServer, showConnection, showVerdict, type TLSSocket } from '../api/tls-socket.ts'
import type { TlsConnection } from '../connection/tls-connection.ts'
import { handshakeTimeout } from '../errors.ts'
import { acceptSecure, kSettings } from '../symbols.ts'
import { keyLogLine } from './policy.ts'
import type { AlpnCallback, ServerPolicyOptions, SniCallback } from './server-options.ts'
import { ServerPolicy } from './server-policy.ts'

/** The settings of a server's connections, besides those that a program may change on the server itself. */
export interface AcceptSettings {
  readonly handshakeTimeoutMs: number
  readonly SNICallback: SniCallback | undefined
  readonly pskCallback: ServerPolicyOptions['pskCallback']
  readonly pskIdentityHint: string | undefined
  readonly enableTrace: boolean
}

/** The part of the server that its connections use. */
export interface AcceptingServer extends ShowingServer {
  readonly requestCert: boolean
  readonly rejectUnauthorized: boolean
  readonly ALPNProtocols: Uint8Array | undefined
  readonly ALPNCallback: AlpnCallback | undefined
  readonly _sharedCreds: SecureContext
  readonly [kSettings]: AcceptSettings
  [acceptSecure](accept: SecureAccept): void
}

export class SecureAccept extends ServerPolicy implements ConnectionSink {
  readonly server: AcceptingServer
  declare readonly connection: TlsConnection
  /** The socket that shows the transport, if a program has seen it. */
  rawSocket: Socket | undefined
  /** The stream that a program passed in instead. */
  stream: Duplex | undefined
  readonly #release: () => void
  readonly #timer: Timer
  #socket: TLSSocket | undefined
  /** The connection was passed to the server, or its failure was reported. */
  #isSettled = false
  #isSecure = false

  /** @param release - called once the connection is closed */
  constructor(server: AcceptingServer, transport: Connection, host: Host, release: () => void) {
    const { handshakeTimeoutMs, enableTrace, SNICallback, pskCallback, pskIdentityHint } = server[kSettings]
    const { requestCert, rejectUnauthorized, ALPNProtocols, ALPNCallback } = server
    super(host, {
      context: server._sharedCreds,
      server,
      requestCert,
      rejectUnauthorized,
      ALPNProtocols,
      ALPNCallback,
      SNICallback,
      pskCallback,
      pskIdentityHint,
    })
    this.server = server
    this.#release = release
    if (enableTrace) this.trace()
    this.open(transport, this)
    this.#timer = host.clock.setTimer(() => this.#fail(handshakeTimeout()), handshakeTimeoutMs)
    this.#timer.unref()
  }

  /** Made on first access; it only shows the connection until it is fed. */
  get socket(): TLSSocket {
    if (this.#socket === undefined) {
      this.#socket = showConnection(this.connection, this, this.server)
      showVerdict(this.#socket, this, this.#isSecure)
    }
    return this.#socket
  }

  /** The socket, if it has been made. */
  get shownSocket(): TLSSocket | undefined {
    return this.#socket
  }

  protected secured(): void {
    const mayStay = this.judgeClient()
    if (this.#isSettled) {
      this.#onSecureAgain(mayStay)
      return
    }
    this.#timer.cancel()
    if (!mayStay) {
      this.#fail(connectionReset('socket hang up'))
      return
    }
    this.#isSettled = true
    this.#isSecure = true
    try {
      this.#accept()
    } finally {
      // A listener's exception is the program's: the connection opens all the same, as in Node.
      this.connection.open()
    }
  }

  #accept(): void {
    try {
      if (this.#socket) {
        showVerdict(this.#socket, this, true)
        this.#socket.emit('secure')
      }
    } finally {
      if (!this.connection.isDestroyed) this.server[acceptSecure](this)
    }
  }

  /** After a renegotiation of TLS 1.2: the client may have sent another certificate, or its first one. */
  #onSecureAgain(mayStay: boolean): void {
    if (!this.#isSecure) return
    if (this.#socket) showVerdict(this.#socket, this, true)
    if (mayStay) this.#socket?.emit('secure')
    else if (this.#socket) this.#socket.destroy()
    else this.connection.destroy()
  }

  refuse(error: Error): void {
    if (!this.#isSettled) this.#fail(error)
    else if (this.#socket) this.#socket.destroy(error)
    else this.connection.destroy()
  }

  /** The connection failed before it was secure. */
  #fail(error: Error): void {
    if (this.#isSettled) return
    this.#isSettled = true
    this.#timer.cancel()
    try {
      // The socket is destroyed only after the listeners have seen it.
      if (this.server.listenerCount('tlsClientError') > 0) this.server.emit('tlsClientError', error, this.socket)
    } finally {
      if (this.#socket) this.#socket.destroy(error)
      this.connection.destroy()
    }
  }

  get wantsKeyLog(): boolean {
    return this.server.listenerCount('keylog') > 0
  }

  onKeyLog(line: string): void {
    const { server } = this
    const shown = keyLogLine(line)
    if (server.listenerCount('keylog') > 0) server.emit('keylog', shown, this.socket)
    this.#socket?.emit('keylog', shown)
  }

  override onDestroyed(): void {
    this.#timer.cancel()
    const socket = this.#socket
    // Received data may still be read; the connection counts until then.
    if (socket && !socket.destroyed && socket.readableLength > 0) socket.once('close', () => this.#release())
    else this.#release()
  }

  override onTransportClosed(): void {
    this.stream?.destroy()
    const { rawSocket } = this
    // The socket is not the connection's sink, so it is notified of the close from here.
    if (rawSocket) sinkOf(rawSocket.destroy()).onClose(false)
  }

  // As the connection's sink, until the connection is passed on.

  onConnect(): void {}
  onData(): void {}
  onDrain(): void {}

  onEnd(): void {
    this.#fail(connectionReset('socket hang up'))
  }

  onError(error: Error): void {
    this.#fail(error)
  }

  onClose(hadError: boolean): void {
    try {
      this.#fail(connectionReset('socket hang up'))
    } finally {
      if (this.#socket) sinkOf(this.#socket).onClose(hadError)
    }
  }
}
