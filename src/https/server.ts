// https.Server: http's service on connections that tls has secured. A connection is served directly; a 'secureConnection'
// event with a socket is emitted only if the program listens for it. Source: Node's documentation, "Class: https.Server".

import { EventEmitter } from 'node:events'
import { callableClass } from '../core/callable-class.ts'
import { validateObject } from '../core/validate.ts'
import type { Connection } from '../host/types.ts'
import {
  _connectionListener,
  answerFailure,
  type HttpServerLike,
  type ServerOptions as HttpServerOptions,
  HttpService,
  kService,
  type RequestListener,
  type ServerResponse,
} from '../http/internal.ts'
import type { Socket } from '../tls/internal.ts'
import { acceptSecure, type SecureAccept, Server as TlsServer, type TlsServerOptions } from '../tls/internal.ts'

export type ServerOptions = HttpServerOptions & TlsServerOptions

interface Arguments {
  readonly options: ServerOptions
  readonly listener: RequestListener | undefined
}

/** For each connection that is served without a socket: the object that makes its socket on demand. */
const accepts = new WeakMap<Connection, SecureAccept>()

class HttpsServer extends TlsServer {
  declare timeout: number
  declare maxHeadersCount: number | null
  declare maxRequestsPerSocket: number | null
  declare httpAllowHalfOpen: boolean
  declare requestTimeout: number
  declare headersTimeout: number
  declare keepAliveTimeout: number
  declare connectionsCheckingInterval: number
  declare [kService]: HttpService

  constructor(options?: ServerOptions | RequestListener | null, listener?: RequestListener) {
    const given = readArguments(options, listener)
    super(tlsOptions(given.options))
    initialize(this, given)
  }

  override [acceptSecure](accept: SecureAccept): void {
    const { connection, shownSocket } = accept
    accepts.set(connection, accept)
    const served = this[kService].serve(connection, shownSocket)
    // One listener is this server's own; without another, the socket need not be made now.
    if (this.listenerCount('secureConnection') > 1) this.emit('secureConnection', served.socket)
  }

  override close(callback?: (error?: Error) => void): this {
    // Through the public method, because programs override it.
    this.closeIdleConnections()
    this[kService].stopChecking()
    super.close(callback)
    return this
  }

  closeAllConnections(): void {
    this[kService].closeAllConnections()
  }

  closeIdleConnections(): void {
    this[kService].closeIdleConnections()
  }

  setTimeout(msecs?: number | ((socket: Socket) => void), callback?: (socket: Socket) => void): this {
    this.timeout = msecs as number
    if (callback) this.on('timeout', callback)
    return this
  }

  override async [Symbol.asyncDispose](): Promise<void> {
    await new Promise<void>((resolve, reject) => {
      this.close(error => (error ? reject(error) : resolve()))
    })
  }

  /** Called when the promise of an async listener rejects. */
  override [EventEmitter.captureRejectionSymbol](error: Error, event: string, ...args: unknown[]): void {
    if (event === 'request') answerFailure(args[1] as ServerResponse)
    else super[EventEmitter.captureRejectionSymbol](error, event, ...args)
  }
}

function readArguments(options: unknown, listener: RequestListener | undefined): Arguments {
  if (typeof options === 'function') return { options: {}, listener: options as RequestListener }
  if (options === undefined || options === null) return { options: {}, listener }
  validateObject(options, 'options')
  return { options: options as ServerOptions, listener }
}

function tlsOptions(options: ServerOptions): TlsServerOptions {
  // tls rejects both together, so the default is set only if the program sets neither.
  const protocols = options.ALPNProtocols || options.ALPNCallback ? undefined : ['http/1.1']
  return { noDelay: true, ALPNProtocols: protocols, ...options }
}

function initialize(server: HttpsServer, { options, listener }: Arguments): void {
  const service = new HttpService(server, options)
  service.makeSocket = connection => (accepts.get(connection) as SecureAccept).socket
  server[kService] = service
  server.httpAllowHalfOpen = false
  server.on('secureConnection', _connectionListener as never)
  if (listener) server.on('request', listener)
  server.on('tlsClientError', (error: Error, socket: Socket) => {
    if (!server.emit('clientError', error, socket)) socket.destroy(error)
  })
  server.on('listening', () => service.startChecking())
}

Object.defineProperty(HttpsServer, 'name', { value: 'Server' })

export type Server = HttpsServer & HttpServerLike

export interface ServerConstructor {
  new (options?: ServerOptions | RequestListener | null, listener?: RequestListener): Server
  (options?: ServerOptions | RequestListener | null, listener?: RequestListener): Server
  readonly prototype: Server
}

export const Server = callableClass(HttpsServer, (server, options, listener) => {
  const given = readArguments(options, listener)
  ;(TlsServer as unknown as (this: object, options: object) => void).call(server, tlsOptions(given.options))
  initialize(server, given)
}) as unknown as ServerConstructor

export function createServer(options?: ServerOptions | RequestListener | null, listener?: RequestListener): Server {
  return new Server(options, listener)
}
