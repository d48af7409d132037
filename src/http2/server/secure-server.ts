// Http2SecureServer: HTTP/2 over TLS, and HTTP/1.1 for clients that speak nothing else, told apart by ALPN (RFC 7301).
// Node's documentation, "Class: Http2SecureServer".

import { EventEmitter } from 'node:events'
import type { Timer } from '../../host/types.ts'
import { type HttpServerOptions, HttpService, kService, serveStream } from '../../http/internal.ts'
import type { Socket } from '../../net/internal.ts'
import { acceptSecure, type SecureAccept, Server as TlsServer, type TlsServerOptions } from '../../tls/internal.ts'
import { callApart } from '../call-apart.ts'
import { type ServerOptions, serverOptions } from '../options.ts'
import type { ServerHttp2Session } from '../session/server-session.ts'
import type { BoundSocket } from '../session/session.ts'
import type { Settings } from '../session/settings.ts'
import { kBoundSession } from '../symbols.ts'
import { answerRejection, type Http2RequestListener, kCore, ServerCore } from './server-core.ts'

export type SecureServerOptions = ServerOptions & TlsServerOptions & HttpServerOptions

export class Http2SecureServer extends TlsServer {
  declare timeout: number
  declare [kCore]: ServerCore
  /** Only with allowHTTP1. */
  declare [kService]: HttpService | undefined

  constructor(given?: SecureServerOptions, listener?: Http2RequestListener) {
    const options = secureOptions(given)
    super(options)
    this[kCore] = new ServerCore(this, options, listener)
    if (options.allowHTTP1 === true) serveHttp1(this, options)
    this.on('secureConnection', serveHandedIn as never)
    this.on('tlsClientError', (error: Error, socket: Socket) => {
      if (!this.emit('clientError', error, socket)) socket.destroy(error)
    })
  }

  override [acceptSecure](accept: SecureAccept): void {
    const core = this[kCore]
    if (speaksHttp2(accept.alpnProtocol)) {
      const session = core.serveConnection(accept.connection, nothing, {
        socket: () => accept.socket as unknown as BoundSocket,
        alpnProtocol: 'h2',
      })
      // One listener is this server's own; without another, the socket need not be made now.
      if (this.listenerCount('secureConnection') > 1) {
        callApart(() => this.emit('secureConnection', session._socket()))
      }
      return
    }
    super[acceptSecure](accept)
  }

  setTimeout(msecs: number, callback?: (session: ServerHttp2Session) => void): this {
    this[kCore].setTimeout(msecs, callback)
    return this
  }

  updateSettings(settings: Settings): void {
    this[kCore].updateSettings(settings)
  }

  override close(callback?: (error?: Error) => void): this {
    this[kService]?.closeIdleConnections()
    this[kService]?.stopChecking()
    super.close(callback)
    this[kCore].closeSessions()
    return this
  }

  closeIdleConnections(): void {
    this[kService]?.closeIdleConnections()
  }

  override [EventEmitter.captureRejectionSymbol](error: Error, event: string, ...args: unknown[]): void {
    if (!answerRejection(error, event, args)) super[EventEmitter.captureRejectionSymbol](error, event, ...args)
  }
}

const nothing = (): void => {}

function secureOptions(given: SecureServerOptions | undefined): SecureServerOptions {
  const options = serverOptions(given)
  if (options.ALPNCallback) return options
  return { ...options, ALPNProtocols: options.allowHTTP1 === true ? ['h2', 'http/1.1'] : ['h2'] }
}

/** Whether the client negotiated HTTP/2: not if it sent no ALPN, or HTTP/1.1 alone. */
function speaksHttp2(alpnProtocol: string | false | null | undefined): boolean {
  return alpnProtocol !== false && alpnProtocol !== 'http/1.1'
}

function serveHttp1(server: Http2SecureServer, options: SecureServerOptions): void {
  const service = new HttpService(server, { ...options, ...(options.http1Options as HttpServerOptions | undefined) })
  server[kService] = service
  server.on('listening', () => service.startChecking())
}

/** A socket that is not served yet: it speaks no HTTP/2, or a program has handed it in. */
function serveHandedIn(this: Http2SecureServer, socket: BoundSocket): void {
  if (socket[kBoundSession] !== undefined) return
  if (speaksHttp2(socket.alpnProtocol)) this[kCore].serveSocket(socket)
  else if (this[kService] !== undefined) serveStream(this[kService], socket as unknown as Socket)
  else if (!this.emit('unknownProtocol', socket)) refuseProtocol(this[kCore], socket)
}

/** Sends an error as an HTTP/1.0 response, and closes the socket, at the latest after a timeout. */
function refuseProtocol(core: ServerCore, socket: BoundSocket): void {
  const timer: Timer = core.host.clock.setTimer(() => socket.destroy(), core.options.unknownProtocolTimeout as number)
  timer.unref()
  socket.once('close', () => timer.cancel())
  socket.end(
    'HTTP/1.0 403 Forbidden\r\n' +
      'Content-Type: text/plain\r\n\r\n' +
      'Missing ALPN Protocol, expected `h2` to be available.\n' +
      'If this is a HTTP request: The server was not configured with the `allowHTTP1` option or a ' +
      'listener for the `unknownProtocol` event.\n',
  )
}

/** @throws ERR_INVALID_ARG_TYPE for a listener in place of the options: @types/node allows one, and Node throws */
export function createSecureServer(
  options?: SecureServerOptions | Http2RequestListener,
  listener?: Http2RequestListener,
): Http2SecureServer {
  return new Http2SecureServer(options as SecureServerOptions | undefined, listener)
}
