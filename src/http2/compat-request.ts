// Http2ServerRequest: a request as http.IncomingMessage shows it. Node's documentation, "Class: http2.Http2ServerRequest".

import { type Duplex, Readable, type ReadableOptions } from 'node:stream'
import { invalidArgValue } from '../core/errors.ts'
import { validateString } from '../core/validate.ts'
import { type CompatStream, compatSocket } from './compat-socket.ts'
import { authorityOf, type HeaderObject } from './header-map.ts'
import type { ServerHttp2Stream } from './server-stream.ts'
import { kProxySocket, kRequest } from './symbols.ts'

const kState = Symbol('state')

interface RequestState {
  readonly stream: ServerHttp2Stream
  readonly headers: HeaderObject
  readonly rawHeaders: string[]
  readonly trailers: Record<string, unknown>
  readonly rawTrailers: string[]
  isClosed: boolean
  isAborted: boolean
  didRead: boolean
}

export class Http2ServerRequest extends Readable {
  declare [kState]: RequestState

  constructor(stream: ServerHttp2Stream, headers: HeaderObject, options?: ReadableOptions, rawHeaders?: string[]) {
    super({ autoDestroy: false, ...options })
    this[kState] = {
      stream,
      headers,
      rawHeaders: rawHeaders ?? [],
      trailers: {},
      rawTrailers: [],
      isClosed: false,
      isAborted: false,
      didRead: false,
    }
    const shown: CompatStream = stream
    shown[kProxySocket] = null
    shown[kRequest] = this
    stream.on('trailers', onTrailers)
    stream.on('end', onEnd)
    // Errors of the stream are not the request's or the response's.
    stream.on('error', ignore)
    stream.on('aborted', onAborted)
    stream.on('close', onClose)
    stream.on('timeout', onTimeout)
    this.on('pause', onPause)
    this.on('resume', onResume)
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

  get headers(): HeaderObject {
    return this[kState].headers
  }

  get rawHeaders(): string[] {
    return this[kState].rawHeaders
  }

  get trailers(): Record<string, unknown> {
    return this[kState].trailers
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

  get socket(): Duplex {
    return compatSocket(this[kState].stream)
  }

  get connection(): Duplex {
    return this.socket
  }

  get method(): string {
    return this[kState].headers[':method'] as string
  }

  set method(method: string) {
    validateString(method, 'method')
    if (method.trim() === '') throw invalidArgValue('method', method)
    this[kState].headers[':method'] = method
  }

  get authority(): string {
    return authorityOf(this[kState].headers) as string
  }

  get scheme(): string {
    return this[kState].headers[':scheme'] as string
  }

  get url(): string {
    return this[kState].headers[':path'] as string
  }

  set url(url: string) {
    this[kState].headers[':path'] = url
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

/** The request of the stream that emits; undefined once it is over. */
function requestOf(stream: object): Http2ServerRequest | undefined {
  return (stream as { [kRequest]?: Http2ServerRequest })[kRequest]
}

function onData(this: ServerHttp2Stream, chunk: Buffer): void {
  if (requestOf(this)?.push(chunk) === false) this.pause()
}

function onTrailers(this: object, trailers: HeaderObject, _flags: number, rawTrailers: string[]): void {
  const state = requestOf(this)?.[kState]
  if (state === undefined) return
  Object.assign(state.trailers, trailers)
  state.rawTrailers.push(...rawTrailers)
}

function onEnd(this: object): void {
  requestOf(this)?.push(null)
}

function onAborted(this: object): void {
  const request = requestOf(this)
  if (request === undefined || request[kState].isClosed) return
  request[kState].isAborted = true
  request.emit('aborted')
}

function onClose(this: CompatStream): void {
  const request = requestOf(this)
  if (request === undefined) return
  const state = request[kState]
  state.isClosed = true
  request.push(null)
  // What nobody reads is dropped, as for HTTP/1.
  if (!state.didRead && request.readableFlowing === null) request.resume()
  this[kProxySocket] = null
  this[kRequest] = undefined
  request.emit('close')
}

function onTimeout(this: object): void {
  requestOf(this)?.emit('timeout')
}

function onPause(this: Http2ServerRequest): void {
  this[kState].stream.pause()
}

function onResume(this: Http2ServerRequest): void {
  this[kState].stream.resume()
}

function resume(stream: ServerHttp2Stream): void {
  stream.resume()
}

function ignore(): void {}
