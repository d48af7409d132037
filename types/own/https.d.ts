// `node:https`.

import * as http from './http.js'
import type { Socket } from './net.js'
import type { Duplex } from './stream.js'
import {
  type ConnectionOptions,
  type DetailedPeerCertificate,
  type SecureContextOptions,
  type TlsOptions,
  Server as TlsServer,
  type ServerEventMap as TlsServerEventMap,
} from './tls.js'
import type { URL } from './url.js'

export type ServerOptions<
  Request extends typeof http.IncomingMessage = typeof http.IncomingMessage,
  Response extends typeof http.ServerResponse<InstanceType<Request>> = typeof http.ServerResponse<
    InstanceType<Request>
  >,
> = HttpsServerOptions<Request, Response>

interface HttpsServerOptions<
  Request extends typeof http.IncomingMessage,
  Response extends typeof http.ServerResponse<InstanceType<Request>>,
> extends TlsOptions,
    http.ServerOptions<Request, Response> {}

type TlsRequestOptions = Pick<
  ConnectionOptions,
  keyof SecureContextOptions | 'ALPNProtocols' | 'rejectUnauthorized' | 'secureContext' | 'servername' | 'session'
>

export interface RequestOptions extends http.RequestOptions, TlsRequestOptions {
  agent?: http.Agent | boolean | undefined
  checkServerIdentity?: ((hostname: string, certificate: DetailedPeerCertificate) => Error | undefined) | undefined
}

export interface AgentOptions extends http.AgentOptions, Omit<ConnectionOptions, keyof http.AgentOptions> {
  /** How many TLS sessions are kept for resumption; 0: none. Default 100. */
  maxCachedSessions?: number | undefined
}

export class Agent extends http.Agent {
  constructor(options?: AgentOptions)

  options: AgentOptions
  createConnection(
    options: RequestOptions,
    callback?: (error: Error | null, stream: Duplex) => void,
  ): Duplex | null | undefined
  getName(options?: RequestOptions): string
}

export interface ServerEventMap<
  Request extends typeof http.IncomingMessage = typeof http.IncomingMessage,
  Response extends typeof http.ServerResponse<InstanceType<Request>> = typeof http.ServerResponse<
    InstanceType<Request>
  >,
> extends Omit<http.ServerEventMap<Request, Response>, keyof TlsServerEventMap>,
    TlsServerEventMap {}

export class Server<
  Request extends typeof http.IncomingMessage = typeof http.IncomingMessage,
  Response extends typeof http.ServerResponse<InstanceType<Request>> = typeof http.ServerResponse<
    InstanceType<Request>
  >,
> extends TlsServer<ServerEventMap<Request, Response>> {
  constructor(requestListener?: http.RequestListener<Request, Response>)
  constructor(options: ServerOptions<Request, Response>, requestListener?: http.RequestListener<Request, Response>)

  headersTimeout: number
  keepAliveTimeout: number
  keepAliveTimeoutBuffer: number
  maxHeadersCount: number | null
  maxRequestsPerSocket: number | null
  requestTimeout: number
  timeout: number
  closeAllConnections(): void
  closeIdleConnections(): void
  setTimeout(msecs?: number, callback?: (socket: Socket) => void): this
  setTimeout(callback: (socket: Socket) => void): this
}

export function createServer<
  Request extends typeof http.IncomingMessage = typeof http.IncomingMessage,
  Response extends typeof http.ServerResponse<InstanceType<Request>> = typeof http.ServerResponse<
    InstanceType<Request>
  >,
>(requestListener?: http.RequestListener<Request, Response>): Server<Request, Response>
export function createServer<
  Request extends typeof http.IncomingMessage = typeof http.IncomingMessage,
  Response extends typeof http.ServerResponse<InstanceType<Request>> = typeof http.ServerResponse<
    InstanceType<Request>
  >,
>(
  options: ServerOptions<Request, Response>,
  requestListener?: http.RequestListener<Request, Response>,
): Server<Request, Response>

export function request(
  options: RequestOptions | string | URL,
  callback?: (response: http.IncomingMessage) => void,
): http.ClientRequest
export function request(
  url: string | URL,
  options: RequestOptions,
  callback?: (response: http.IncomingMessage) => void,
): http.ClientRequest
export function get(
  options: RequestOptions | string | URL,
  callback?: (response: http.IncomingMessage) => void,
): http.ClientRequest
export function get(
  url: string | URL,
  options: RequestOptions,
  callback?: (response: http.IncomingMessage) => void,
): http.ClientRequest

export let globalAgent: Agent
