// `node:http2`.

import type { Buffer, BufferEncoding, BytesView } from './buffer.js'
import { type Abortable, EventEmitter } from './events.js'
import type { IncomingMessage, ServerResponse } from './http.js'
import type { IncomingHttpHeaders as Http1Headers, OutgoingHttpHeaders } from './http-headers.js'
import type { Server as NetServer, ServerEventMap as NetServerEventMap, Socket } from './net.js'
import type { ErrnoException } from './runtime.js'
import {
  type Duplex,
  type DuplexEventMap,
  Readable,
  type ReadableEventMap,
  type ReadableOptions,
  Writable,
  type WritableEventMap,
} from './stream.js'
import type {
  ConnectionOptions,
  TLSSocket,
  TlsOptions,
  Server as TlsServer,
  ServerEventMap as TlsServerEventMap,
} from './tls.js'
import type { URL } from './url.js'

export type { OutgoingHttpHeaders } from './http-headers.js'
export { constants } from './http2-constants.js'

type AnySocket = Socket | TLSSocket

export interface IncomingHttpStatusHeader {
  ':status'?: number | undefined
}

export interface IncomingHttpHeaders extends Http1Headers {
  ':authority'?: string | undefined
  ':method'?: string | undefined
  ':path'?: string | undefined
  ':protocol'?: string | undefined
  ':scheme'?: string | undefined
}

type ResponseHeaders = IncomingHttpHeaders & IncomingHttpStatusHeader
/** An object, or names and values in turn. */
type HeaderSource = OutgoingHttpHeaders | readonly string[]

export interface Settings {
  customSettings?: { [id: number]: number } | undefined
  enableConnectProtocol?: boolean | undefined
  enablePush?: boolean | undefined
  headerTableSize?: number | undefined
  initialWindowSize?: number | undefined
  maxConcurrentStreams?: number | undefined
  maxFrameSize?: number | undefined
  maxHeaderListSize?: number | undefined
}

// Streams

export interface StreamState {
  localClose?: number | undefined
  localWindowSize?: number | undefined
  remoteClose?: number | undefined
  state?: number | undefined
  weight?: number | undefined
}

export interface Http2StreamEventMap extends Omit<DuplexEventMap, 'data'> {
  aborted: []
  data: [chunk: Buffer]
  frameError: [type: number, code: number, id: number]
  ready: []
  streamClosed: [code: number]
  timeout: []
  trailers: [headers: IncomingHttpHeaders, flags: number, rawHeaders: string[]]
  wantTrailers: []
}

export interface Http2Stream<Events = Http2StreamEventMap> extends Duplex<Events> {
  readonly aborted: boolean
  readonly bufferSize: number
  readonly endAfterHeaders: boolean
  /** Undefined until the request has gone out. */
  readonly id?: number | undefined
  readonly pending: boolean
  readonly rstCode: number
  readonly sentHeaders: OutgoingHttpHeaders
  readonly sentInfoHeaders?: OutgoingHttpHeaders[] | undefined
  readonly sentTrailers?: OutgoingHttpHeaders | undefined
  readonly session: Http2Session | undefined
  readonly state: StreamState
  close(code?: number, callback?: () => void): void
  /** @deprecated RFC 9113 has no priorities. */
  priority(options: unknown): void
  sendTrailers(headers: OutgoingHttpHeaders): void
  setTimeout(msecs: number, callback?: () => void): void
}

export interface ClientHttp2StreamEventMap extends Http2StreamEventMap {
  continue: []
  headers: [headers: ResponseHeaders, flags: number, rawHeaders: string[]]
  push: [headers: IncomingHttpHeaders, flags: number, rawHeaders: string[]]
  response: [headers: ResponseHeaders, flags: number, rawHeaders: string[]]
}

export interface ClientHttp2Stream extends Http2Stream<ClientHttp2StreamEventMap> {}

export interface ServerStreamResponseOptions {
  endStream?: boolean | undefined
  waitForTrailers?: boolean | undefined
}

export interface StatOptions {
  offset: number
  length: number
}

/** `fs.Stats`, by what a check goes by. */
interface FileStats {
  readonly size: number
  readonly mode: number
  readonly mtime: Date
  readonly mtimeMs: number
  readonly ctime: Date
  readonly birthtime: Date
  readonly ino: number
  isFile(): boolean
  isDirectory(): boolean
}

export interface ServerStreamFileResponseOptions {
  length?: number | undefined
  offset?: number | undefined
  /** Sees the headers before they go out, and may change them; false: send nothing. */
  statCheck?: ((stats: FileStats, headers: OutgoingHttpHeaders, statOptions: StatOptions) => void) | undefined
  waitForTrailers?: boolean | undefined
}

export interface ServerStreamFileResponseOptionsWithError extends ServerStreamFileResponseOptions {
  onError?: ((error: ErrnoException) => void) | undefined
}

type PushDone = (error: Error | null, pushStream: ServerHttp2Stream, headers: OutgoingHttpHeaders) => void

export interface ServerHttp2Stream extends Http2Stream {
  readonly headersSent: boolean
  readonly pushAllowed: boolean
  additionalHeaders(headers: OutgoingHttpHeaders): void
  pushStream(headers: OutgoingHttpHeaders, callback?: PushDone): void
  pushStream(
    headers: OutgoingHttpHeaders,
    options?: Pick<ClientSessionRequestOptions, 'exclusive' | 'parent'>,
    callback?: PushDone,
  ): void
  respond(headers?: HeaderSource, options?: ServerStreamResponseOptions): void
  respondWithFD(
    fd: number | { readonly fd: number },
    headers?: OutgoingHttpHeaders,
    options?: ServerStreamFileResponseOptions,
  ): void
  respondWithFile(path: string, headers?: OutgoingHttpHeaders, options?: ServerStreamFileResponseOptionsWithError): void
}

// Sessions

export interface SessionState {
  deflateDynamicTableSize?: number | undefined
  effectiveLocalWindowSize?: number | undefined
  effectiveRecvDataLength?: number | undefined
  inflateDynamicTableSize?: number | undefined
  lastProcStreamID?: number | undefined
  localWindowSize?: number | undefined
  nextStreamID?: number | undefined
  outboundQueueSize?: number | undefined
  remoteWindowSize?: number | undefined
}

export interface Http2SessionEventMap {
  close: []
  connect: [session: Http2Session, socket: AnySocket]
  error: [error: Error]
  frameError: [type: number, code: number, id: number]
  goaway: [errorCode: number, lastStreamID: number, opaqueData?: Buffer]
  localSettings: [settings: Settings]
  ping: [payload: Buffer]
  remoteSettings: [settings: Settings]
  stream: [stream: Http2Stream, headers: ResponseHeaders, flags: number, rawHeaders: string[]]
  timeout: []
}

type PingDone = (error: Error | null, duration: number, payload: Buffer) => void

export interface Http2Session<Events = Http2SessionEventMap> extends EventEmitter<Events> {
  readonly alpnProtocol?: string | undefined
  readonly closed: boolean
  readonly connecting: boolean
  readonly destroyed: boolean
  readonly encrypted?: boolean | undefined
  readonly localSettings: Settings
  readonly originSet?: string[] | undefined
  readonly pendingSettingsAck: boolean
  readonly remoteSettings: Settings
  readonly socket: AnySocket
  readonly state: SessionState
  readonly type: number
  close(callback?: () => void): void
  destroy(error?: Error, code?: number): void
  goaway(code?: number, lastStreamID?: number, opaqueData?: BytesView): void
  ping(callback: PingDone): boolean
  ping(payload: BytesView, callback: PingDone): boolean
  ref(): void
  setLocalWindowSize(windowSize: number): void
  setTimeout(msecs: number, callback?: () => void): void
  settings(settings: Settings, callback?: (error: Error | null, settings: Settings, duration: number) => void): void
  unref(): void
}

export interface ClientHttp2SessionEventMap extends Omit<Http2SessionEventMap, 'connect' | 'stream'> {
  altsvc: [alt: string, origin: string, streamId: number]
  connect: [session: ClientHttp2Session, socket: AnySocket]
  origin: [origins: string[]]
  stream: [stream: ClientHttp2Stream, headers: ResponseHeaders, flags: number, rawHeaders: string[]]
}

export interface ClientSessionRequestOptions extends Abortable {
  endStream?: boolean | undefined
  exclusive?: boolean | undefined
  parent?: number | undefined
  waitForTrailers?: boolean | undefined
}

export interface ClientHttp2Session extends Http2Session<ClientHttp2SessionEventMap> {
  request(headers?: HeaderSource, options?: ClientSessionRequestOptions): ClientHttp2Stream
}

export interface AlternativeServiceOptions {
  origin: number | string | URL
}

export interface ServerHttp2SessionEventMap<
  Http1Request extends typeof IncomingMessage = typeof IncomingMessage,
  Http1Response extends typeof ServerResponse<InstanceType<Http1Request>> = typeof ServerResponse,
  Http2Request extends typeof Http2ServerRequest = typeof Http2ServerRequest,
  Http2Response extends typeof Http2ServerResponse<InstanceType<Http2Request>> = typeof Http2ServerResponse,
> extends Omit<Http2SessionEventMap, 'connect' | 'stream'> {
  connect: [session: ServerHttp2Session<Http1Request, Http1Response, Http2Request, Http2Response>, socket: AnySocket]
  stream: [stream: ServerHttp2Stream, headers: IncomingHttpHeaders, flags: number, rawHeaders: string[]]
}

export interface ServerHttp2Session<
  Http1Request extends typeof IncomingMessage = typeof IncomingMessage,
  Http1Response extends typeof ServerResponse<InstanceType<Http1Request>> = typeof ServerResponse,
  Http2Request extends typeof Http2ServerRequest = typeof Http2ServerRequest,
  Http2Response extends typeof Http2ServerResponse<InstanceType<Http2Request>> = typeof Http2ServerResponse,
> extends Http2Session<ServerHttp2SessionEventMap<Http1Request, Http1Response, Http2Request, Http2Response>> {
  readonly server: Http2Server<Http1Request, Http1Response, Http2Request, Http2Response> | Http2SecureServer
  altsvc(alt: string, originOrStream: number | string | URL | AlternativeServiceOptions): void
  origin(...origins: (string | URL | { origin: string })[]): void
}

// Options

export interface SessionOptions {
  maxDeflateDynamicTableSize?: number | undefined
  maxHeaderListPairs?: number | undefined
  maxOriginSetSize?: number | undefined
  maxOutstandingPings?: number | undefined
  maxSendHeaderBlockLength?: number | undefined
  /** Megabytes. */
  maxSessionMemory?: number | undefined
  maxSettings?: number | undefined
  paddingStrategy?: number | undefined
  peerMaxConcurrentStreams?: number | undefined
  remoteCustomSettings?: number[] | undefined
  settings?: Settings | undefined
  strictFieldWhitespaceValidation?: boolean | undefined
  /** Milliseconds. */
  unknownProtocolTimeout?: number | undefined
}

export interface ClientSessionOptions extends SessionOptions {
  createConnection?: ((authority: URL, options: SessionOptions) => Duplex) | undefined
  maxReservedRemoteStreams?: number | undefined
  protocol?: 'http:' | 'https:' | undefined
}

export interface SecureClientSessionOptions extends ClientSessionOptions, ConnectionOptions {}

export interface Http1Options<
  Request extends typeof IncomingMessage,
  Response extends typeof ServerResponse<InstanceType<Request>>,
> {
  IncomingMessage?: Request | undefined
  ServerResponse?: Response | undefined
  /** Milliseconds. */
  keepAliveTimeout?: number | undefined
}

export interface ServerSessionOptions<
  Http1Request extends typeof IncomingMessage = typeof IncomingMessage,
  Http1Response extends typeof ServerResponse<InstanceType<Http1Request>> = typeof ServerResponse,
  Http2Request extends typeof Http2ServerRequest = typeof Http2ServerRequest,
  Http2Response extends typeof Http2ServerResponse<InstanceType<Http2Request>> = typeof Http2ServerResponse,
> extends SessionOptions {
  Http1IncomingMessage?: Http1Request | undefined
  Http1ServerResponse?: Http1Response | undefined
  Http2ServerRequest?: Http2Request | undefined
  Http2ServerResponse?: Http2Response | undefined
  http1Options?: Http1Options<Http1Request, Http1Response> | undefined
  maxSessionInvalidFrames?: number | undefined
  maxSessionRejectedStreams?: number | undefined
  streamResetBurst?: number | undefined
  streamResetRate?: number | undefined
  strictSingleValueFields?: boolean | undefined
}

export interface SecureServerSessionOptions<
  Http1Request extends typeof IncomingMessage = typeof IncomingMessage,
  Http1Response extends typeof ServerResponse<InstanceType<Http1Request>> = typeof ServerResponse,
  Http2Request extends typeof Http2ServerRequest = typeof Http2ServerRequest,
  Http2Response extends typeof Http2ServerResponse<InstanceType<Http2Request>> = typeof Http2ServerResponse,
> extends ServerSessionOptions<Http1Request, Http1Response, Http2Request, Http2Response>,
    TlsOptions {}

export interface ServerOptions<
  Http1Request extends typeof IncomingMessage = typeof IncomingMessage,
  Http1Response extends typeof ServerResponse<InstanceType<Http1Request>> = typeof ServerResponse,
  Http2Request extends typeof Http2ServerRequest = typeof Http2ServerRequest,
  Http2Response extends typeof Http2ServerResponse<InstanceType<Http2Request>> = typeof Http2ServerResponse,
> extends ServerSessionOptions<Http1Request, Http1Response, Http2Request, Http2Response> {}

export interface SecureServerOptions<
  Http1Request extends typeof IncomingMessage = typeof IncomingMessage,
  Http1Response extends typeof ServerResponse<InstanceType<Http1Request>> = typeof ServerResponse,
  Http2Request extends typeof Http2ServerRequest = typeof Http2ServerRequest,
  Http2Response extends typeof Http2ServerResponse<InstanceType<Http2Request>> = typeof Http2ServerResponse,
> extends SecureServerSessionOptions<Http1Request, Http1Response, Http2Request, Http2Response> {
  /** Serve HTTP/1.1 too, where a client asks for it by ALPN. */
  allowHTTP1?: boolean | undefined
  origins?: string[] | undefined
}

// Servers

export interface Http2ServerCommon {
  setTimeout(msecs?: number, callback?: () => void): this
  updateSettings(settings: Settings): void
}

export interface Http2ServerEventMap<
  Http1Request extends typeof IncomingMessage = typeof IncomingMessage,
  Http1Response extends typeof ServerResponse<InstanceType<Http1Request>> = typeof ServerResponse,
  Http2Request extends typeof Http2ServerRequest = typeof Http2ServerRequest,
  Http2Response extends typeof Http2ServerResponse<InstanceType<Http2Request>> = typeof Http2ServerResponse,
> extends NetServerEventMap {
  checkContinue: [request: InstanceType<Http2Request>, response: InstanceType<Http2Response>]
  request: [request: InstanceType<Http2Request>, response: InstanceType<Http2Response>]
  session: [session: ServerHttp2Session<Http1Request, Http1Response, Http2Request, Http2Response>]
  sessionError: [error: Error, session: ServerHttp2Session<Http1Request, Http1Response, Http2Request, Http2Response>]
  stream: [stream: ServerHttp2Stream, headers: IncomingHttpHeaders, flags: number, rawHeaders: string[]]
  timeout: []
}

export interface Http2Server<
  Http1Request extends typeof IncomingMessage = typeof IncomingMessage,
  Http1Response extends typeof ServerResponse<InstanceType<Http1Request>> = typeof ServerResponse,
  Http2Request extends typeof Http2ServerRequest = typeof Http2ServerRequest,
  Http2Response extends typeof Http2ServerResponse<InstanceType<Http2Request>> = typeof Http2ServerResponse,
> extends NetServer<Http2ServerEventMap<Http1Request, Http1Response, Http2Request, Http2Response>>,
    Http2ServerCommon {}

export interface Http2SecureServerEventMap<
  Http1Request extends typeof IncomingMessage = typeof IncomingMessage,
  Http1Response extends typeof ServerResponse<InstanceType<Http1Request>> = typeof ServerResponse,
  Http2Request extends typeof Http2ServerRequest = typeof Http2ServerRequest,
  Http2Response extends typeof Http2ServerResponse<InstanceType<Http2Request>> = typeof Http2ServerResponse,
> extends TlsServerEventMap,
    Omit<Http2ServerEventMap<Http1Request, Http1Response, Http2Request, Http2Response>, keyof TlsServerEventMap> {
  unknownProtocol: [socket: TLSSocket]
}

export interface Http2SecureServer<
  Http1Request extends typeof IncomingMessage = typeof IncomingMessage,
  Http1Response extends typeof ServerResponse<InstanceType<Http1Request>> = typeof ServerResponse,
  Http2Request extends typeof Http2ServerRequest = typeof Http2ServerRequest,
  Http2Response extends typeof Http2ServerResponse<InstanceType<Http2Request>> = typeof Http2ServerResponse,
> extends TlsServer<Http2SecureServerEventMap<Http1Request, Http1Response, Http2Request, Http2Response>>,
    Http2ServerCommon {}

// The API of http on top of streams

export interface Http2ServerRequestEventMap extends Omit<ReadableEventMap, 'data'> {
  aborted: [hadError: boolean, code: number]
  data: [chunk: Buffer]
}

export class Http2ServerRequest extends Readable<Http2ServerRequestEventMap> {
  constructor(
    stream: ServerHttp2Stream,
    headers: IncomingHttpHeaders,
    options: ReadableOptions,
    rawHeaders: readonly string[],
  )

  readonly aborted: boolean
  readonly authority: string
  readonly complete: boolean
  /** @deprecated since Node 13: `socket`. */
  readonly connection: AnySocket
  readonly headers: IncomingHttpHeaders
  readonly httpVersion: string
  readonly httpVersionMajor: number
  readonly httpVersionMinor: number
  readonly method: string
  readonly rawHeaders: string[]
  readonly rawTrailers: string[]
  readonly scheme: string
  readonly socket: AnySocket
  readonly stream: ServerHttp2Stream
  readonly trailers: IncomingHttpHeaders
  url: string
  read(size?: number): Buffer | string | null
  setTimeout(msecs: number, callback?: () => void): void
}

/** Gets no error where there is none. */
type WriteDone = (error: Error) => void

export class Http2ServerResponse<
  Request extends Http2ServerRequest = Http2ServerRequest,
> extends Writable<WritableEventMap> {
  constructor(stream: ServerHttp2Stream)

  /** @deprecated since Node 13: `socket`. */
  readonly connection: AnySocket
  readonly finished: boolean
  readonly headersSent: boolean
  readonly req: Request
  readonly socket: AnySocket
  readonly stream: ServerHttp2Stream
  sendDate: boolean
  statusCode: number
  /** HTTP/2 has none. */
  statusMessage: ''
  addTrailers(trailers: OutgoingHttpHeaders): void
  appendHeader(name: string, value: string | string[]): void
  createPushResponse(
    headers: OutgoingHttpHeaders,
    callback: (error: Error | null, response: Http2ServerResponse) => void,
  ): void
  end(callback?: () => void): this
  end(data: string | Uint8Array, callback?: () => void): this
  end(data: string | Uint8Array, encoding: BufferEncoding, callback?: () => void): this
  getHeader(name: string): string
  getHeaderNames(): string[]
  getHeaders(): OutgoingHttpHeaders
  hasHeader(name: string): boolean
  removeHeader(name: string): void
  setHeader(name: string, value: number | string | readonly string[]): void
  setTimeout(msecs: number, callback?: () => void): void
  write(chunk: string | Uint8Array, callback?: WriteDone): boolean
  write(chunk: string | Uint8Array, encoding: BufferEncoding, callback?: WriteDone): boolean
  writeContinue(): void
  writeEarlyHints(hints: Record<string, string | string[]>): void
  writeHead(statusCode: number, headers?: HeaderSource): this
  writeHead(statusCode: number, statusMessage: string, headers?: HeaderSource): this
}

// The module's functions

/** Marks fields that no compression table may hold: `headers[sensitiveHeaders] = ['cookie']`. */
export const sensitiveHeaders: symbol

export function getDefaultSettings(): Settings
export function getPackedSettings(settings?: Settings): Buffer
export function getUnpackedSettings(packed: Uint8Array): Settings

export function createServer(
  requestListener?: (request: Http2ServerRequest, response: Http2ServerResponse) => void,
): Http2Server
export function createServer<
  Http1Request extends typeof IncomingMessage = typeof IncomingMessage,
  Http1Response extends typeof ServerResponse<InstanceType<Http1Request>> = typeof ServerResponse,
  Http2Request extends typeof Http2ServerRequest = typeof Http2ServerRequest,
  Http2Response extends typeof Http2ServerResponse<InstanceType<Http2Request>> = typeof Http2ServerResponse,
>(
  options: ServerOptions<Http1Request, Http1Response, Http2Request, Http2Response>,
  requestListener?: (request: InstanceType<Http2Request>, response: InstanceType<Http2Response>) => void,
): Http2Server<Http1Request, Http1Response, Http2Request, Http2Response>

export function createSecureServer(
  requestListener?: (request: Http2ServerRequest, response: Http2ServerResponse) => void,
): Http2SecureServer
export function createSecureServer<
  Http1Request extends typeof IncomingMessage = typeof IncomingMessage,
  Http1Response extends typeof ServerResponse<InstanceType<Http1Request>> = typeof ServerResponse,
  Http2Request extends typeof Http2ServerRequest = typeof Http2ServerRequest,
  Http2Response extends typeof Http2ServerResponse<InstanceType<Http2Request>> = typeof Http2ServerResponse,
>(
  options: SecureServerOptions<Http1Request, Http1Response, Http2Request, Http2Response>,
  requestListener?: (request: InstanceType<Http2Request>, response: InstanceType<Http2Response>) => void,
): Http2SecureServer<Http1Request, Http1Response, Http2Request, Http2Response>

type ConnectListener = (session: ClientHttp2Session, socket: AnySocket) => void

export function connect(authority: string | URL, listener: ConnectListener): ClientHttp2Session
export function connect(
  authority: string | URL,
  options?: ClientSessionOptions | SecureClientSessionOptions,
  listener?: ConnectListener,
): ClientHttp2Session

/** Speaks HTTP/2 to a client over a connection that there is already. */
export function performServerHandshake<
  Http1Request extends typeof IncomingMessage = typeof IncomingMessage,
  Http1Response extends typeof ServerResponse<InstanceType<Http1Request>> = typeof ServerResponse,
  Http2Request extends typeof Http2ServerRequest = typeof Http2ServerRequest,
  Http2Response extends typeof Http2ServerResponse<InstanceType<Http2Request>> = typeof Http2ServerResponse,
>(
  socket: Duplex,
  options?: ServerOptions<Http1Request, Http1Response, Http2Request, Http2Response>,
): ServerHttp2Session<Http1Request, Http1Response, Http2Request, Http2Response>
