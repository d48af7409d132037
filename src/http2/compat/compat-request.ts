// Http2ServerRequest: a request as http.IncomingMessage shows it. Node's documentation, "Class: http2.Http2ServerRequest".

import type { IncomingHttpHeaders } from 'node:http2'
import { type Duplex, Readable, type ReadableOptions } from 'node:stream'
import { invalidArgValue } from '../../core/errors.ts'
import { validateString } from '../../core/validate.ts'
import { authorityOf, type HeaderObject, headerObject } from '../stream/header-map.ts'
import type { ServerHttp2Stream } from '../stream/server-stream.ts'
import { kProxySocket, kRequest } from '../symbols.ts'
import { type CompatSocket, type CompatStream, compatSocket } from './compat-socket.ts'

const kState = Symbol('state')

interface RequestState {
  readonly stream: ServerHttp2Stream
  /** Undefined: not looked at yet. */
  headers: HeaderObject | undefined
  /** What the request's head says, where it came from the wire and nobody has changed it. */
  readonly head: RequestHead | undefined
  readonly rawHeaders: string[]
  readonly trailers: Record<string, unknown>
  readonly rawTrailers: string[]
  isClosed: boolean
  isAborted: boolean
  didRead: boolean
}

/** A request's head, as much of it as is asked for most. */
export interface RequestHead {
  readonly pairs: string[]
  readonly sensitive: string[] | undefined
  readonly method: string | undefined
  readonly path: string | undefined
}

export class Http2ServerRequest extends Readable {
  declare [kState]: RequestState

  /**
   * @param stream - a ServerHttp2Stream, declared as wide as it goes
   * @param headers - or the head that they are made from when somebody looks
   */
  constructor(
    stream: Duplex,
    headers: HeaderObject | RequestHead,
    options?: ReadableOptions,
    rawHeaders?: readonly string[],
  ) {
    super(options === undefined ? readableOptions : { ...readableOptions, ...options })
    const head = rawHeaders === undefined && Array.isArray(headers['pairs']) ? (headers as RequestHead) : undefined
    const shown = stream as CompatStream
    this[kState] = {
      stream: stream as ServerHttp2Stream,
      headers: head === undefined ? (headers as HeaderObject) : undefined,
      head,
      rawHeaders: head?.pairs ?? (rawHeaders as string[] | undefined) ?? [],
      trailers: {},
      rawTrailers: [],
      isClosed: false,
      isAborted: false,
      didRead: false,
    }
    shown[kProxySocket] = null
    shown[kRequest] = this
  }

  /** Passes on to the stream what a program does to the request. */
  override emit(event: string | symbol, ...args: unknown[]): boolean {
    if (event === 'pause') this[kState].stream.pause()
    else if (event === 'resume') this[kState].stream.resume()
    return emit.call(this, event, ...args)
  }

  get aborted(): boolean {
    return this[kState].isAborted
  }

  get complete(): boolean {
    const { isAborted, isClosed, stream } = this[kState]
    return isAborted || this.readableEnded || isClosed || stream.destroyed
  }

  get stream(): ServerHttp2Stream {
    return this[kState].stream
  }

  get headers(): IncomingHttpHeaders {
    const state = this[kState]
    state.headers ??= headerObject(state.rawHeaders, state.head?.sensitive ?? [])
    return state.headers as IncomingHttpHeaders
  }

  get rawHeaders(): string[] {
    return this[kState].rawHeaders
  }

  get trailers(): IncomingHttpHeaders {
    return this[kState].trailers as IncomingHttpHeaders
  }

  get rawTrailers(): string[] {
    return this[kState].rawTrailers
  }

  get httpVersionMajor(): number {
    return 2
  }

  get httpVersionMinor(): number {
    return 0
  }

  get httpVersion(): string {
    return '2.0'
  }

  get socket(): CompatSocket {
    return compatSocket(this[kState].stream)
  }

  get connection(): CompatSocket {
    return this.socket
  }

  get method(): string {
    const { headers, head } = this[kState]
    return (headers === undefined ? head?.method : headers[':method']) as string
  }

  set method(method: string) {
    validateString(method, 'method')
    if (method.trim() === '') throw invalidArgValue('method', method)
    this.headers[':method'] = method
  }

  get authority(): string {
    return authorityOf(this.headers) as string
  }

  get scheme(): string {
    return this.headers[':scheme'] as string
  }

  get url(): string {
    const { headers, head } = this[kState]
    return (headers === undefined ? head?.path : headers[':path']) as string
  }

  set url(url: string) {
    this.headers[':path'] = url
  }

  setTimeout(msecs: number, callback?: () => void): this {
    const { isClosed, stream } = this[kState]
    if (!isClosed) stream.setTimeout(msecs, callback)
    return this
  }

  override _read(): void {
    const state = this[kState]
    const { stream } = state
    if (state.didRead) process.nextTick(resume, stream)
    else {
      state.didRead = true
      stream.on('data', onData)
    }
  }
}

/** What the request does when its stream emits something. */
export function observeRequest(request: Http2ServerRequest, event: string, args: readonly unknown[]): void {
  const state = request[kState]
  switch (event) {
    case 'trailers':
      Object.assign(state.trailers, args[0])
      state.rawTrailers.push(...(args[2] as string[]))
      break
    case 'end':
      request.push(null)
      break
    case 'aborted':
      if (state.isClosed) break
      state.isAborted = true
      request.emit('aborted')
      break
    case 'timeout':
      request.emit('timeout')
      break
    case 'close':
      closeRequest(request, state)
      break
  }
}

function closeRequest(request: Http2ServerRequest, state: RequestState): void {
  const stream = state.stream as CompatStream
  state.isClosed = true
  request.push(null)
  // What nobody reads is dropped, as for HTTP/1.
  const isHeard = request.listenerCount('end') > 0 || request.listenerCount('readable') > 0
  if (isHeard && !state.didRead && request.readableFlowing === null) request.resume()
  stream[kProxySocket] = null
  stream[kRequest] = undefined
  request.emit('close')
}

function onData(this: CompatStream, chunk: Buffer): void {
  const request = this[kRequest]
  if (request !== undefined && !request.push(chunk)) this.pause()
}

function resume(stream: ServerHttp2Stream): void {
  stream.resume()
}

const readableOptions: ReadableOptions = { autoDestroy: false }

type Emit = (this: Readable, event: string | symbol, ...args: unknown[]) => boolean
const emit = Readable.prototype.emit as Emit
