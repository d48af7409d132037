// http.Server. Accepted connections are served directly; a 'connection' event with a socket is emitted when somebody
// listens to it. Source: Node's documentation, "Class: http.Server".

import { EventEmitter } from 'node:events'
import { callableClass } from '../../core/callable-class.ts'
import { duplexConnection } from '../../host/duplex-connection.ts'
import type { Connection } from '../../host/types.ts'
import {
  acceptConnection,
  connectionOf,
  Server as NetServer,
  releaseConnection,
  type Socket,
} from '../../net/internal.ts'
import { STATUS_CODES } from '../constants.ts'
import type { IncomingMessage } from '../message/incoming-message.ts'
import { type AssignableSocket, kOutlet } from '../message/socket-outlet.ts'
import { borrowedListenerService } from './borrowed-listener.ts'
import { type HttpServerOptions, HttpService, validateServerOptions } from './http-service.ts'
import type { ServerResponse } from './server-response.ts'
import type { HttpServerLike } from './tunables.ts'

export const kService = Symbol('service')

export type RequestListener = (request: IncomingMessage, response: ServerResponse) => void

export interface ServerOptions extends HttpServerOptions {
  noDelay?: boolean | undefined
  keepAlive?: boolean | undefined
  /** Milliseconds. */
  keepAliveInitialDelay?: number | undefined
}

interface Arguments {
  readonly options: ServerOptions
  readonly listener: RequestListener | undefined
}

class HttpServer extends NetServer {
  declare timeout: number
  declare maxHeadersCount: number | null
  declare maxRequestsPerSocket: number | null
  declare httpAllowHalfOpen: boolean
  declare maxHeaderSize: number | undefined
  declare insecureHTTPParser: boolean | undefined
  declare httpValidation: 'strict' | 'relaxed' | 'insecure' | undefined
  declare requestTimeout: number
  declare headersTimeout: number
  declare keepAliveTimeout: number
  declare keepAliveTimeoutBuffer: number
  declare connectionsCheckingInterval: number
  declare requireHostHeader: boolean
  declare joinDuplicateHeaders: boolean | undefined
  declare rejectNonStandardBodyWrites: boolean
  declare shouldUpgradeCallback: (request: IncomingMessage) => boolean
  declare [kService]: HttpService

  constructor(options?: ServerOptions | RequestListener | null, listener?: RequestListener) {
    const given = readArguments(options, listener)
    super(netOptions(given.options))
    initialize(this, given)
  }

  override [acceptConnection](connection: Connection): void {
    const served = this[kService].serve(connection)
    // Only this server's own listener: nobody will look at the socket now.
    if (this.listenerCount('connection') > 1) this.emit('connection', served.socket)
  }

  override close(callback?: (error?: Error) => void): this {
    // The public one: programs override it.
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

  /** An async listener has failed. */
  override [EventEmitter.captureRejectionSymbol](error: Error, event: string, ...args: unknown[]): void {
    if (event === 'request') answerFailure(args[1] as ServerResponse)
    else this.emit('error', error)
  }
}

function readArguments(options: unknown, listener: RequestListener | undefined): Arguments {
  if (typeof options === 'function') return { options: {}, listener: options as RequestListener }
  if (options === undefined || options === null) return { options: {}, listener }
  validateServerOptions(options)
  return { options, listener }
}

function netOptions(options: ServerOptions): object {
  const { noDelay, keepAlive, keepAliveInitialDelay, highWaterMark } = options
  return { allowHalfOpen: true, noDelay: noDelay ?? true, keepAlive, keepAliveInitialDelay, highWaterMark }
}

function initialize(server: HttpServer, { options, listener }: Arguments): void {
  const service = new HttpService(server, options)
  server[kService] = service
  service.onConnectionClosed = connection => {
    if (connection.isAccepted) server[releaseConnection]()
  }
  service.onConnectionReleased = (connection, socket) => {
    // net's socket counts itself out. One that is destroyed already leaves it to the connection's end.
    if (connection.isAccepted && !socket.destroyed) socket._server = server as unknown as NetServer
  }
  if (listener) server.on('request', listener)
  server.on('connection', _connectionListener)
  server.on('listening', () => service.startChecking())
}

/** Serves a stream that a program hands in: `server.emit('connection', duplex)`. Some call it on an object of their own. */
export function _connectionListener(this: HttpServer, socket: Socket): void {
  // Shown by a connection that is being served already.
  if ((socket as AssignableSocket)[kOutlet] !== undefined) return
  serveStream((this as Partial<HttpServer>)[kService] ?? borrowedListenerService(this), socket)
}

export function serveStream(service: HttpService, socket: Socket): void {
  const connection = connectionOf(socket) ?? duplexConnection(socket)
  service.serve(connection, socket)
}

/** Node's answer for a request whose async listener failed: 500 if nothing was sent, else the connection ends. */
export function answerFailure(response: ServerResponse): void {
  if (response.headersSent || response.writableEnded) {
    response.destroy()
    return
  }
  // What the failed listener had set must not leak.
  for (const name of response.getHeaderNames()) response.removeHeader(name)
  response.statusCode = 500
  response.end(STATUS_CODES[500])
}

Object.defineProperty(HttpServer, 'name', { value: 'Server' })

export type Server = HttpServer & HttpServerLike

export interface ServerConstructor {
  new (options?: ServerOptions | RequestListener | null, listener?: RequestListener): Server
  (options?: ServerOptions | RequestListener | null, listener?: RequestListener): Server
  readonly prototype: Server
}

export const Server = callableClass(HttpServer, (server, options, listener) => {
  const given = readArguments(options, listener)
  ;(NetServer as unknown as (this: object, options: object) => void).call(server, netOptions(given.options))
  initialize(server, given)
}) as unknown as ServerConstructor

export function createServer(options?: ServerOptions | RequestListener | null, listener?: RequestListener): Server {
  return new Server(options, listener)
}
