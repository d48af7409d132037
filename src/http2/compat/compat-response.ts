// Http2ServerResponse: a response as http.ServerResponse is written. Node's documentation, "Class:
// http2.Http2ServerResponse".

import type { OutgoingHttpHeaders } from 'node:http'
import { type Duplex, type Readable, Stream, type Writable } from 'node:stream'
import { invalidArgValue } from '../../core/errors.ts'
import { validateFunction, validateObject, validateString } from '../../core/validate.ts'
import { formatLinks } from '../../http/internal.ts'
import {
  headersSent,
  infoStatusNotAllowed,
  invalidStream,
  invalidToken,
  statusInvalid,
  writeAfterEnd,
} from '../errors.ts'
import type { StreamObserver } from '../stream/facade-state.ts'
import type { HeaderObject } from '../stream/header-map.ts'
import type { ServerHttp2Stream } from '../stream/server-stream.ts'
import { kProxySocket, kRequest, kResponse, kStream } from '../symbols.ts'
import { CompatHeaders, checkedName, hasToken } from './compat-headers.ts'
import { type Http2ServerRequest, observeRequest } from './compat-request.ts'
import { type CompatSocket, type CompatStream, compatSocket } from './compat-socket.ts'

const kState = Symbol('state')

/** Gets no error where there is none; Node declares it as always there. */
type WriteCallback = (error: Error) => void
type Chunk = string | Uint8Array

interface ResponseState {
  readonly stream: ServerHttp2Stream
  readonly headers: CompatHeaders
  trailers: HeaderObject | undefined
  isClosed: boolean
  isEnding: boolean
  isDestroyed: boolean
  isHeadRequest: boolean
  sendsDate: boolean
  statusCode: number
}

type ShownStream = CompatStream & { [kResponse]?: Http2ServerResponse<Readable> | undefined }

/** What Node declares of the class, as if it were a Writable, and what no response has at run time, there as here. */
type DeclaredAlone =
  | '_destroy'
  | '_final'
  | '_write'
  | 'closed'
  | 'destroyed'
  | 'errored'
  | 'writableAborted'
  | typeof Symbol.asyncDispose

// biome-ignore lint/suspicious/noUnsafeDeclarationMerging: members that are declared and not there, as in Node
export interface Http2ServerResponse<Request extends Readable = Http2ServerRequest>
  extends Pick<Writable, DeclaredAlone> {
  setDefaultEncoding(encoding: BufferEncoding): this
}

// biome-ignore lint/suspicious/noUnsafeDeclarationMerging: as above
export class Http2ServerResponse<Request extends Readable = Http2ServerRequest>
  extends Stream
  implements StreamObserver
{
  declare static fromWeb: typeof Writable.fromWeb
  declare static toWeb: typeof Writable.toWeb
  declare [kState]: ResponseState
  declare writable: boolean
  declare req: Request

  /** @param stream - a ServerHttp2Stream, declared as wide as it goes */
  constructor(stream: Duplex, options?: object) {
    super(options as never)
    const shown = stream as ShownStream
    this[kState] = {
      stream: stream as ServerHttp2Stream,
      headers: new CompatHeaders(),
      trailers: undefined,
      isClosed: false,
      isEnding: false,
      isDestroyed: false,
      isHeadRequest: false,
      sendsDate: true,
      statusCode: 200,
    }
    shown[kProxySocket] = null
    shown[kResponse] = this
    this.writable = true
    this.req = shown[kRequest] as unknown as Request
    shown[kStream].observer = this
  }

  /** Programs only look whether there is one. */
  get _header(): boolean {
    return this.headersSent
  }

  get writableEnded(): boolean {
    return this[kState].isEnding
  }

  get finished(): boolean {
    return this[kState].isEnding
  }

  /** Undefined once the response has closed; Node declares it as always there. */
  get socket(): CompatSocket {
    const { isClosed, stream } = this[kState]
    return isClosed ? (undefined as never) : compatSocket(stream)
  }

  get connection(): CompatSocket {
    return this.socket
  }

  get stream(): ServerHttp2Stream {
    return this[kState].stream
  }

  get headersSent(): boolean {
    return this[kState].stream.headersSent
  }

  get sendDate(): boolean {
    return this[kState].sendsDate
  }

  set sendDate(sends: boolean) {
    this[kState].sendsDate = Boolean(sends)
  }

  get statusCode(): number {
    return this[kState].statusCode
  }

  set statusCode(given: number) {
    const code = given | 0
    if (code >= 100 && code < 200) throw infoStatusNotAllowed()
    if (code < 100 || code > 599) throw statusInvalid(code)
    this[kState].statusCode = code
  }

  get statusMessage(): '' {
    warnOfStatusMessage()
    return ''
  }

  set statusMessage(_message: string) {
    warnOfStatusMessage()
  }

  get writableCorked(): number {
    return this[kState].stream.writableCorked
  }

  get writableHighWaterMark(): number {
    return this[kState].stream.writableHighWaterMark
  }

  get writableObjectMode(): boolean {
    return this[kState].stream.writableObjectMode
  }

  get writableFinished(): boolean {
    return this[kState].stream.writableFinished
  }

  get writableLength(): number {
    return this[kState].stream.writableLength
  }

  get writableNeedDrain(): boolean {
    return this[kState].stream.writableNeedDrain
  }

  /** The stream tells both of its objects; 'error' is neither's: programs hear 'aborted' and 'close'. */
  onStreamEvent(event: string, args: readonly unknown[]): void {
    const state = this[kState]
    const request = (state.stream as CompatStream)[kRequest] as Http2ServerRequest | undefined
    if (request !== undefined) observeRequest(request, event, args)
    if (state.isClosed) return
    if (event === 'drain') this.emit('drain')
    else if (event === 'timeout') this.emit('timeout')
    else if (event === 'close') closeResponse(this, state)
  }

  // Headers

  /** What goes out after the content, if anything. */
  get trailers(): HeaderObject | undefined {
    return this[kState].trailers
  }

  setTrailer(name: string, value: unknown): void {
    const lower = checkedName(name, value)
    const state = this[kState]
    state.trailers ??= Object.create(null) as HeaderObject
    state.trailers[lower] = value
  }

  addTrailers(trailers: HeaderObject): void {
    for (const name of Object.keys(trailers)) this.setTrailer(name, trailers[name])
  }

  /** As it was set; Node declares a string. */
  getHeader(name: string): string {
    return this[kState].headers.get(name) as string
  }

  getHeaderNames(): string[] {
    return this[kState].headers.names()
  }

  getHeaders(): OutgoingHttpHeaders {
    return this[kState].headers.copy() as OutgoingHttpHeaders
  }

  hasHeader(name: string): boolean {
    return this[kState].headers.has(name)
  }

  removeHeader(name: string): void {
    validateString(name, 'name')
    if (this.headersSent) throw headersSent()
    if (name.trim().toLowerCase() === 'date') this[kState].sendsDate = false
    else this[kState].headers.remove(name)
  }

  setHeader(name: string, value: unknown): void {
    validateString(name, 'name')
    if (this.headersSent) throw headersSent()
    this.#take(this[kState].headers.set(name, value))
  }

  appendHeader(name: string, value: unknown): void {
    validateString(name, 'name')
    if (this.headersSent) throw headersSent()
    this.#take(this[kState].headers.append(name, value))
  }

  /** What is no token ends the response, as Node does, rather than throw. */
  #take(badName: string | undefined): void {
    if (badName !== undefined) this.destroy(invalidToken('Header name', badName))
  }

  flushHeaders(): void {
    const { isClosed, statusCode } = this[kState]
    if (!isClosed && !this.headersSent) this.writeHead(statusCode)
  }

  writeHead(statusCode: number, headers?: unknown): this
  writeHead(statusCode: number, statusMessage?: string, headers?: unknown): this
  writeHead(statusCode: number, second?: unknown, third?: unknown): this {
    const state = this[kState]
    const { stream } = state
    if (state.isClosed || stream.destroyed || stream[kStream].isClosed) return this
    if (stream.headersSent) throw headersSent()
    if (typeof second === 'string') warnOfStatusMessage()
    const headers = third === undefined && typeof second === 'object' ? second : third
    if (Array.isArray(headers)) this.#takeArray(headers)
    else if (typeof headers === 'object' && headers !== null) {
      for (const name of Object.keys(headers)) this.#take(state.headers.set(name, (headers as HeaderObject)[name]))
    }
    state.statusCode = statusCode
    this.#sendHead()
    return this
  }

  /** Flat, or pairs; they replace what was set, and may repeat among themselves. */
  #takeArray(given: readonly unknown[]): void {
    const flat = Array.isArray(given[0]) ? (given as readonly unknown[][]).flat() : given
    if (flat.length % 2 !== 0) throw invalidArgValue('headers', given)
    for (let i = 0; i < flat.length; i += 2) this.removeHeader(flat[i] as string)
    for (let i = 0; i < flat.length; i += 2) this.#take(this[kState].headers.append(flat[i] as string, flat[i + 1]))
  }

  #sendHead(): void {
    const state = this[kState]
    const { stream, trailers, headers, statusCode, sendsDate } = state
    const endStream = state.isEnding && trailers === undefined
    stream._respondWith(headers.all(), statusCode, {
      endStream,
      waitForTrailers: true,
      sendDate: sendsDate,
    })
  }

  // Content

  cork(): void {
    this[kState].stream.cork()
  }

  uncork(): void {
    this[kState].stream.uncork()
  }

  write(chunk: Chunk, encoding?: BufferEncoding | WriteCallback, callback?: WriteCallback): boolean {
    const state = this[kState]
    const done = (typeof encoding === 'function' ? encoding : callback) as ((error?: Error | null) => void) | undefined
    const coding = typeof encoding === 'function' ? 'utf8' : encoding
    if (!state.isEnding && !state.isClosed) {
      if (state.isDestroyed) return false
      if (!state.stream.headersSent) this.writeHead(state.statusCode)
      return state.stream.write(chunk, coding as BufferEncoding, done)
    }
    const error = state.isEnding ? writeAfterEnd() : invalidStream()
    if (typeof done === 'function') process.nextTick(done, error)
    this.destroy(error)
    return false
  }

  end(first?: Chunk | null | WriteCallback, second?: BufferEncoding | WriteCallback, third?: WriteCallback): this {
    const state = this[kState]
    const { stream } = state
    const chunk = typeof first === 'function' ? undefined : first
    const encoding = typeof second === 'string' ? second : undefined
    const last = typeof first === 'function' ? first : typeof second === 'function' ? second : third
    const callback = last as (() => void) | undefined
    if ((state.isClosed || state.isEnding) && state.isHeadRequest === stream.headRequest) {
      if (callback) process.nextTick(callback)
      return this
    }
    const hasChunk = chunk !== null && chunk !== undefined
    // All there is: its end goes with it.
    const isWhole = hasChunk && !stream.headersSent && !stream.writableEnded && !state.isClosed && !state.isEnding
    if (isWhole) this.writeHead(state.statusCode)
    else if (hasChunk) this.write(chunk, encoding)
    state.isHeadRequest = stream.headRequest
    state.isEnding = true
    if (callback) {
      if (stream.writableEnded) this.once('finish', callback)
      else stream.once('finish', callback)
    }
    if (!stream.headersSent) this.writeHead(state.statusCode)
    if (state.isClosed || stream.destroyed) closeResponse(this, state)
    else if (isWhole && !stream.writableEnded) stream.end(chunk, encoding)
    else stream.end()
    return this
  }

  /** Gives nothing back, in Node too; it is declared as a Writable's. */
  destroy(error?: Error): this {
    const state = this[kState]
    if (!state.isDestroyed) {
      state.isDestroyed = true
      state.stream.destroy(error)
    }
    return undefined as never
  }

  setTimeout(msecs: number, callback?: () => void): void {
    const { isClosed, stream } = this[kState]
    if (!isClosed) stream.setTimeout(msecs, callback)
  }

  // Beside the response

  createPushResponse(
    headers: HeaderObject,
    callback: (error: Error | null, response: Http2ServerResponse) => void,
  ): void {
    validateFunction(callback, 'callback')
    const fail = callback as (error: Error) => void
    const { isClosed, stream } = this[kState]
    if (isClosed) {
      process.nextTick(fail, invalidStream())
      return
    }
    stream.pushStream(headers, {}, (error, pushed) => {
      if (error) fail(error)
      else callback(null, new Http2ServerResponse(pushed as ServerHttp2Stream))
    })
  }

  writeInformation(statusCode: number, headers?: HeaderObject): boolean {
    const isInformational = typeof statusCode === 'number' && statusCode >= 100 && statusCode <= 199
    if (!isInformational || statusCode === 101) throw statusInvalid(statusCode)
    const { isClosed, stream } = this[kState]
    if (stream.headersSent || isClosed) return false
    if (headers !== undefined && headers !== null) validateObject(headers, 'headers')
    stream.additionalHeaders({ ...headers, ':status': statusCode })
    return true
  }

  writeContinue(): boolean {
    return this.writeInformation(100)
  }

  writeEarlyHints(hints: HeaderObject): boolean {
    validateObject(hints, 'hints')
    const links = formatLinks((hints as HeaderObject)['link'])
    const headers = Object.create(null) as HeaderObject
    for (const name of Object.keys(hints)) {
      if (name === 'link') continue
      const lower = checkedName(name, hints[name])
      if (!hasToken(lower)) throw invalidToken('Header name', lower)
      headers[lower] = hints[name]
    }
    if (links.length === 0) return false
    headers['link'] = links
    return this.writeInformation(103, headers)
  }
}

function closeResponse(response: Http2ServerResponse<Readable>, state: ResponseState): void {
  const stream: ShownStream = state.stream
  // Closed before, or the head of a HEAD request's response, which comes again.
  if (state.isClosed || stream.headRequest !== state.isHeadRequest) return
  state.isClosed = true
  stream[kProxySocket] = null
  stream[kResponse] = undefined
  response.emit('finish')
  response.emit('close')
}

let hasWarned = false

function warnOfStatusMessage(): void {
  if (hasWarned) return
  hasWarned = true
  process.emitWarning('Status message is not supported by HTTP/2 (RFC7540 8.1.2.4)', 'UnsupportedWarning')
}
