// `node:http`.

import type { Buffer } from './buffer.js'
import { type Abortable, EventEmitter } from './events.js'
import type { IncomingHttpHeaders, OutgoingHttpHeader, OutgoingHttpHeaders } from './http-headers.js'
import {
  type LookupFunction,
  Server as NetServer,
  type ServerEventMap as NetServerEventMap,
  type Socket,
  type TcpSocketConnectOpts,
} from './net.js'
import type {
  AbortSignal,
  CloseEventConstructor,
  Headers,
  MessageEventConstructor,
  WebSocketConstructor,
} from './runtime.js'
import {
  type Duplex,
  Readable,
  type ReadableEventMap,
  Writable,
  type WritableEventMap,
  type WritableOptions,
} from './stream.js'
import type { URL } from './url.js'

export * from './http-headers.js'

export interface ProxyEnv {
  HTTP_PROXY?: string | undefined
  HTTPS_PROXY?: string | undefined
  NO_PROXY?: string | undefined
  http_proxy?: string | undefined
  https_proxy?: string | undefined
  no_proxy?: string | undefined
  [name: string]: string | undefined
}

export interface InformationEvent {
  httpVersion: string
  httpVersionMajor: number
  httpVersionMinor: number
  statusCode: number
  statusMessage: string
  headers: IncomingHttpHeaders
  rawHeaders: string[]
}

export interface ClientRequestArgs extends Abortable, Pick<TcpSocketConnectOpts, 'hints'> {
  /** False: a new agent for this request alone. */
  agent?: Agent | boolean | undefined
  /** `user:password`. */
  auth?: string | null | undefined
  createConnection?:
    | ((
        options: ClientRequestArgs,
        oncreate: (error: Error | null, socket: Duplex) => void,
      ) => Duplex | null | undefined)
    | undefined
  defaultPort?: number | string | undefined
  family?: number | undefined
  /** Names and values, in turn, keep order and spelling. */
  headers?: OutgoingHttpHeaders | readonly string[] | undefined
  host?: string | null | undefined
  hostname?: string | null | undefined
  insecureHTTPParser?: boolean | undefined
  joinDuplicateHeaders?: boolean | undefined
  localAddress?: string | undefined
  localPort?: number | undefined
  lookup?: LookupFunction | undefined
  maxHeaderSize?: number | undefined
  method?: string | undefined
  path?: string | null | undefined
  port?: number | string | null | undefined
  protocol?: string | null | undefined
  setDefaultHeaders?: boolean | undefined
  setHost?: boolean | undefined
  socketPath?: string | undefined
  /** Milliseconds. */
  timeout?: number | undefined
  uniqueHeaders?: (string | string[])[] | undefined
}

export interface RequestOptions extends ClientRequestArgs {}

export interface AgentOptions extends Partial<TcpSocketConnectOpts> {
  /** Milliseconds that a server's `Keep-Alive: timeout` is cut by. */
  agentKeepAliveTimeoutBuffer?: number | undefined
  defaultPort?: number | undefined
  keepAlive?: boolean | undefined
  keepAliveMsecs?: number | undefined
  maxFreeSockets?: number | undefined
  maxSockets?: number | undefined
  maxTotalSockets?: number | undefined
  protocol?: string | undefined
  proxyEnv?: ProxyEnv | undefined
  scheduling?: 'fifo' | 'lifo' | undefined
  /** Milliseconds. */
  timeout?: number | undefined
}

export class Agent extends EventEmitter {
  constructor(options?: AgentOptions)

  maxFreeSockets: number
  maxSockets: number
  maxTotalSockets: number
  readonly freeSockets: { readonly [name: string]: Socket[] | undefined }
  readonly sockets: { readonly [name: string]: Socket[] | undefined }
  readonly requests: { readonly [name: string]: ClientRequest[] | undefined }
  createConnection(
    options: ClientRequestArgs,
    callback?: (error: Error | null, stream: Duplex) => void,
  ): Duplex | null | undefined
  keepSocketAlive(socket: Duplex): boolean
  reuseSocket(socket: Duplex, request: ClientRequest): void
  getName(options?: ClientRequestArgs): string
  destroy(): void
}

export interface OutgoingMessageEventMap extends WritableEventMap {
  prefinish: []
  socket: [socket: Socket]
}

export class OutgoingMessage<
  Request extends IncomingMessage = IncomingMessage,
  Events = OutgoingMessageEventMap,
> extends Writable<Events> {
  constructor(options?: WritableOptions)

  readonly req: Request
  chunkedEncoding: boolean
  readonly headersSent: boolean
  sendDate: boolean
  shouldKeepAlive: boolean
  useChunkedEncodingByDefault: boolean
  finished: boolean
  /** @deprecated since Node 15: `socket`. */
  readonly connection: Socket | null
  readonly socket: Socket | null

  addTrailers(headers: OutgoingHttpHeaders | readonly [string, string][]): void
  appendHeader(name: string, value: string | readonly string[]): this
  flushHeaders(): void
  getHeader(name: string): number | string | string[] | undefined
  getHeaderNames(): string[]
  getHeaders(): OutgoingHttpHeaders
  hasHeader(name: string): boolean
  removeHeader(name: string): void
  setHeader(name: string, value: number | string | readonly string[]): this
  setHeaders(headers: Headers | ReadonlyMap<string, number | string | readonly string[]>): this
  setTimeout(msecs: number, callback?: () => void): this
}

export class ServerResponse<Request extends IncomingMessage = IncomingMessage> extends OutgoingMessage<Request> {
  constructor(request: Request, options?: { highWaterMark?: number | undefined })

  statusCode: number
  statusMessage: string
  strictContentLength: boolean
  assignSocket(socket: Socket): void
  detachSocket(socket: Socket): void
  writeContinue(callback?: () => void): void
  writeEarlyHints(hints: Record<string, string | string[]>, callback?: () => void): void
  writeInformation(statusCode: number, headers?: OutgoingHttpHeaders | readonly string[], callback?: () => void): void
  writeInformation(statusCode: number, callback: () => void): void
  writeProcessing(callback?: () => void): void
  writeHead(statusCode: number, reason?: string, headers?: OutgoingHttpHeaders | OutgoingHttpHeader[]): this
  writeHead(statusCode: number, headers?: OutgoingHttpHeaders | OutgoingHttpHeader[]): this
}

export interface ClientRequestEventMap extends OutgoingMessageEventMap {
  /** @deprecated since Node 17: 'close'. */
  abort: []
  connect: [response: IncomingMessage, socket: Socket, head: Buffer]
  continue: []
  information: [info: InformationEvent]
  response: [response: IncomingMessage]
  timeout: []
  upgrade: [response: IncomingMessage, socket: Socket, head: Buffer]
}

export class ClientRequest extends OutgoingMessage<IncomingMessage, ClientRequestEventMap> {
  constructor(url: string | URL | ClientRequestArgs, callback?: (response: IncomingMessage) => void)
  constructor(url: string | URL, options: ClientRequestArgs, callback?: (response: IncomingMessage) => void)

  /** @deprecated since Node 16: `destroyed`. */
  aborted: boolean
  host: string
  maxHeadersCount: number
  method: string
  path: string
  protocol: string
  reusedSocket: boolean
  /** @deprecated since Node 14: `destroy()`. */
  abort(): void
  getRawHeaderNames(): string[]
  onSocket(socket: Socket): void
  setNoDelay(noDelay?: boolean): void
  setSocketKeepAlive(enable?: boolean, initialDelay?: number): void
}

export interface IncomingMessageEventMap extends ReadableEventMap {
  /** @deprecated since Node 17: 'close'. */
  aborted: []
}

export class IncomingMessage extends Readable<IncomingMessageEventMap> {
  constructor(socket: Socket)

  /** @deprecated since Node 17: `destroyed`. */
  aborted: boolean
  httpVersion: string
  httpVersionMajor: number
  httpVersionMinor: number
  complete: boolean
  /** @deprecated since Node 16: `socket`. */
  connection: Socket
  socket: Socket
  headers: IncomingHttpHeaders
  headersDistinct: { [name: string]: string[] | undefined }
  trailers: { [name: string]: string | undefined }
  trailersDistinct: { [name: string]: string[] | undefined }
  rawHeaders: string[]
  rawTrailers: string[]
  /** Aborted when the socket closes, or the message is destroyed. */
  readonly signal: AbortSignal
  /** Of requests. */
  method?: string | undefined
  /** Of requests. */
  url?: string | undefined
  /** Of responses. */
  statusCode?: number | undefined
  /** Of responses. */
  statusMessage?: string | undefined
  setTimeout(msecs: number, callback?: () => void): this
}

type AnyIncoming = typeof IncomingMessage
type AnyResponse<Request extends AnyIncoming> = typeof ServerResponse<InstanceType<Request>>

export type RequestListener<
  Request extends AnyIncoming = typeof IncomingMessage,
  Response extends AnyResponse<Request> = typeof ServerResponse<InstanceType<Request>>,
> = (request: InstanceType<Request>, response: InstanceType<Response> & { req: InstanceType<Request> }) => void

export interface ServerOptions<
  Request extends AnyIncoming = typeof IncomingMessage,
  Response extends AnyResponse<Request> = typeof ServerResponse<InstanceType<Request>>,
> {
  IncomingMessage?: Request | undefined
  ServerResponse?: Response | undefined
  /** Milliseconds. */
  connectionsCheckingInterval?: number | undefined
  /** Milliseconds. */
  headersTimeout?: number | undefined
  highWaterMark?: number | undefined
  insecureHTTPParser?: boolean | undefined
  joinDuplicateHeaders?: boolean | undefined
  keepAlive?: boolean | undefined
  keepAliveInitialDelay?: number | undefined
  /** Milliseconds. */
  keepAliveTimeout?: number | undefined
  keepAliveTimeoutBuffer?: number | undefined
  maxHeaderSize?: number | undefined
  noDelay?: boolean | undefined
  optimizeEmptyRequests?: boolean | undefined
  rejectNonStandardBodyWrites?: boolean | undefined
  /** Milliseconds; 0: none. */
  requestTimeout?: number | undefined
  requireHostHeader?: boolean | undefined
  /** Which requests get 'upgrade'; others are answered as if they had not asked. */
  shouldUpgradeCallback?: ((request: InstanceType<Request>) => boolean) | undefined
  uniqueHeaders?: (string | string[])[] | undefined
}

export interface ServerEventMap<
  Request extends AnyIncoming = typeof IncomingMessage,
  Response extends AnyResponse<Request> = typeof ServerResponse<InstanceType<Request>>,
> extends NetServerEventMap {
  checkContinue: Parameters<RequestListener<Request, Response>>
  checkExpectation: Parameters<RequestListener<Request, Response>>
  clientError: [error: Error, socket: Duplex]
  connect: [request: InstanceType<Request>, socket: Duplex, head: Buffer]
  dropRequest: [request: InstanceType<Request>, socket: Duplex]
  request: Parameters<RequestListener<Request, Response>>
  timeout: [socket: Socket]
  upgrade: [request: InstanceType<Request>, socket: Duplex, head: Buffer]
}

export class Server<
  Request extends AnyIncoming = typeof IncomingMessage,
  Response extends AnyResponse<Request> = typeof ServerResponse<InstanceType<Request>>,
> extends NetServer<ServerEventMap<Request, Response>> {
  constructor(requestListener?: RequestListener<Request, Response>)
  constructor(options: ServerOptions<Request, Response>, requestListener?: RequestListener<Request, Response>)

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
  Request extends AnyIncoming = typeof IncomingMessage,
  Response extends AnyResponse<Request> = typeof ServerResponse<InstanceType<Request>>,
>(requestListener?: RequestListener<Request, Response>): Server<Request, Response>
export function createServer<
  Request extends AnyIncoming = typeof IncomingMessage,
  Response extends AnyResponse<Request> = typeof ServerResponse<InstanceType<Request>>,
>(
  options: ServerOptions<Request, Response>,
  requestListener?: RequestListener<Request, Response>,
): Server<Request, Response>

export function request(
  options: RequestOptions | string | URL,
  callback?: (response: IncomingMessage) => void,
): ClientRequest
export function request(
  url: string | URL,
  options: RequestOptions,
  callback?: (response: IncomingMessage) => void,
): ClientRequest
export function get(
  options: RequestOptions | string | URL,
  callback?: (response: IncomingMessage) => void,
): ClientRequest
export function get(
  url: string | URL,
  options: RequestOptions,
  callback?: (response: IncomingMessage) => void,
): ClientRequest

export const METHODS: string[]
export const STATUS_CODES: { [code: number]: string | undefined; [code: string]: string | undefined }
export let globalAgent: Agent
export const maxHeaderSize: number
export function setMaxIdleHTTPParsers(max: number): void
/** Gives a function that puts the agents back that there were. */
export function setGlobalProxyFromEnv(proxyEnv?: ProxyEnv): () => void
export function validateHeaderName(name: string, label?: string): void
export function validateHeaderValue(name: string, value: string): void
export const WebSocket: WebSocketConstructor
export const CloseEvent: CloseEventConstructor
export const MessageEvent: MessageEventConstructor
