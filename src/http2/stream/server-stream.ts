// The server's end of a stream: responses and pushes. Files are file-responses.ts's. Node's documentation, "Class:
// ServerHttp2Stream".

import type { OutgoingHttpHeaders } from 'node:http'
import { validateFunction } from '../../core/validate.ts'
import { utcDate } from '../../http/internal.ts'
import * as diagnostics from '../diagnostics.ts'
import type { EngineStream } from '../engine/types.ts'
import {
  headersAfterRespond,
  headersSent,
  invalidCharacter,
  invalidInfoStatus,
  invalidStream,
  nestedPush,
  pushDisabled,
  status101,
} from '../errors.ts'
import type { OwningSession } from '../session/owning-session.ts'
import { kProceed, kSession, kStream, kTouch } from '../symbols.ts'
import { validateOptionalObject } from '../validate.ts'
import { type FileOptions, respondWithDescriptor, respondWithPath } from './file-responses.ts'
import {
  authorityOf,
  fieldPairs,
  type HeaderArray,
  type HeaderObject,
  isMalformed,
  requestPseudo,
  responsePseudo,
  sensitiveNames,
} from './header-map.ts'
import { askForTrailers, Http2Stream, openStream } from './http2-stream.ts'
import { completeResponse, isBodiless, prepareResponse } from './response-headers.ts'
import { refuseHeaders } from './stream-closing.ts'

export interface ResponseOptions {
  endStream?: boolean | undefined
  waitForTrailers?: boolean | undefined
  sendDate?: boolean | undefined
}

export interface PushOptions {
  endStream?: boolean | undefined
  /** These two have no effect: RFC 9113 has no priorities. */
  exclusive?: boolean | undefined
  parent?: number | undefined
}

/** A program's, as Node declares it: it looks at the error first. */
type PushListener = (error: Error | null, stream: ServerHttp2Stream, headers: OutgoingHttpHeaders) => void
type PushCallback = (error: Error | null, stream?: ServerHttp2Stream, headers?: HeaderObject, flags?: number) => void

export class ServerHttp2Stream extends Http2Stream {
  /** Whether the descriptor that is sent is ours to close. */
  declare ownsFd: boolean | undefined

  constructor(session: OwningSession, engineStream: EngineStream, scheme?: string, authority?: string) {
    super(session, true)
    const state = this[kStream]
    state.scheme = scheme
    state.authority = authority
    openStream(this, engineStream)
  }

  get pushAllowed(): boolean {
    const { session } = this
    if (this.destroyed || this[kStream].isClosed || session === undefined || session.closed || session.destroyed)
      return false
    return session.remoteSettings.enablePush === true
  }

  pushStream(headers: HeaderObject, callback?: PushListener): void
  pushStream(headers: HeaderObject, options?: PushOptions, callback?: PushListener): void
  pushStream(given: HeaderObject, second?: PushOptions | PushListener, third?: PushListener): void {
    if (!this.pushAllowed) throw pushDisabled()
    const state = this[kStream]
    if ((this.id as number) % 2 === 0) throw nestedPush()
    const session = this[kStream].session as OwningSession
    this[kTouch]()
    const callback = (typeof second === 'function' ? second : third) as unknown as PushCallback
    const options = typeof second === 'function' ? undefined : second
    validateFunction(callback, 'callback')
    validateOptionalObject(options, 'options')
    validateOptionalObject(given, 'headers')
    const headers = Object.assign(Object.create(null) as HeaderObject, given)
    headers[':method'] ??= 'GET'
    if (authorityOf(headers) === undefined) headers[':authority'] = state.authority
    headers[':scheme'] ??= state.scheme
    headers[':path'] ??= '/'
    const isHead = headers[':method'] === 'HEAD'
    const pairs = fieldPairs(headers, requestPseudo, session[kSession].options.isStrict)
    if (isMalformed(pairs)) throw invalidCharacter('header content')
    const { engineStream } = state
    const { carrier } = session[kSession]
    const pushed = engineStream && carrier?.engine.pushPromise(engineStream, pairs, sensitiveNames(headers))
    if (!pushed) {
      process.nextTick(callback, invalidStream())
      return
    }
    this.#beginPush(session, pushed, headers, isHead || options?.endStream === true, callback)
  }

  #beginPush(
    session: OwningSession,
    pushed: EngineStream,
    headers: HeaderObject,
    isBodyless: boolean,
    callback: PushCallback,
  ): void {
    const stream = new ServerHttp2Stream(session, pushed, headers[':scheme'] as string, authorityOf(headers))
    stream[kStream].sentHeaders = headers
    stream.push(null)
    if (isBodyless) stream.end()
    if (headers[':method'] === 'HEAD') stream[kStream].isHeadRequest = true
    process.nextTick(() => {
      if (diagnostics.serverStart.hasSubscribers) diagnostics.serverStart.publish({ stream, headers })
      callback(null, stream, headers, 0)
    })
    if (diagnostics.serverCreated.hasSubscribers) diagnostics.serverCreated.publish({ stream, headers })
  }

  respond(given?: HeaderObject | HeaderArray | readonly string[] | null, options?: ResponseOptions): void {
    if (this.destroyed || this[kStream].isClosed) throw invalidStream()
    if (this.headersSent) throw headersSent()
    validateOptionalObject(options, 'options')
    this[kTouch]()
    const { clock } = (this[kStream].session as OwningSession)[kSession].host
    const { headers, status } = prepareResponse(given, options?.sendDate ?? true, clock)
    this.#begin(headers, status, options)
  }

  /** A response of the compatibility API: headers that are nobody else's any more. */
  _respondWith(headers: HeaderObject | undefined, status: number, options: ResponseOptions): void {
    if (this.destroyed || this[kStream].isClosed) throw invalidStream()
    this[kTouch]()
    const { clock } = (this[kStream].session as OwningSession)[kSession].host
    if (headers !== undefined) {
      this.#begin(headers, completeResponse(headers, status, options.sendDate === true, clock), options)
      return
    }
    // Nothing was set: no object needs to be made and taken apart again.
    const pairs = options.sendDate ? [':status', String(status), 'date', utcDate(clock)] : [':status', String(status)]
    this[kStream].rawHeaders = pairs
    this.#sendResponse(pairs, pairs, status, options)
  }

  #begin(headers: HeaderObject | HeaderArray, status: number, options: ResponseOptions | undefined): void {
    const state = this[kStream]
    const session = state.session as OwningSession
    if (Array.isArray(headers)) state.rawHeaders = headers
    else state.sentHeaders = headers
    const pairs = fieldPairs(headers, responsePseudo, session[kSession].options.isStrict)
    this.#sendResponse(headers, pairs, status, options)
  }

  #sendResponse(headers: HeaderObject | HeaderArray, pairs: string[], status: number, options?: ResponseOptions): void {
    const state = this[kStream]
    if (options?.waitForTrailers) state.hasTrailers = true
    state.headersSent = true
    if (options?.endStream || isBodiless(status) || state.isHeadRequest) {
      // END_STREAM goes with the head.
      state.isEndSent = true
      this.end()
    }
    this._sendHead(pairs, sensitiveNames(headers))
    if (diagnostics.serverFinish.hasSubscribers) diagnostics.serverFinish.publish({ stream: this, headers, flags: 0 })
  }

  /** The response's head leaves, with END_STREAM if our side has ended already. */
  _sendHead(pairs: string[], sensitive: ReadonlySet<string> | undefined): void {
    const state = this[kStream]
    const { engineStream, session } = state
    const engine = session?.[kSession].carrier?.engine
    if (engineStream === undefined || engine === undefined) return
    const endStream = state.isEndSent || (state.isShut && !state.hasTrailers)
    if (endStream) state.isEndSent = true
    const wasSent = engine.respond(engineStream, pairs, endStream, sensitive)
    if (!wasSent && engineStream.state !== CLOSED) refuseHeaders(this)
    else if (state.isShut && state.hasTrailers && !endStream) process.nextTick(askForTrailers, this)
  }

  respondWithFD(fd: unknown, headers?: HeaderObject, options?: FileOptions): void {
    respondWithDescriptor(this, fd, headers, options)
  }

  respondWithFile(path: string | Buffer | URL, headers?: HeaderObject, options?: FileOptions): void {
    respondWithPath(this, path, headers, options)
  }

  additionalHeaders(given: HeaderObject): void {
    if (this.destroyed || this[kStream].isClosed) throw invalidStream()
    if (this.headersSent) throw headersAfterRespond()
    validateOptionalObject(given, 'headers')
    const headers = Object.assign(Object.create(null) as HeaderObject, given)
    const status = headers[':status']
    if (status !== undefined && status !== null) {
      const code = Number(status) | 0
      headers[':status'] = code
      if (code === 101) throw status101()
      if (code < 100 || code >= 200) throw invalidInfoStatus(code)
    }
    this[kTouch]()
    const state = this[kStream]
    const session = state.session as OwningSession
    const pairs = fieldPairs(headers, responsePseudo, session[kSession].options.isStrict)
    state.infoHeaders ??= []
    state.infoHeaders.push(headers)
    const { engineStream } = state
    const { carrier } = session[kSession]
    if (engineStream === undefined || carrier === undefined) return
    const wasSent = carrier.engine.sendInformational(engineStream, pairs, sensitiveNames(headers))
    if (!wasSent && engineStream.state !== CLOSED) refuseHeaders(this)
  }

  override [kProceed](): void {
    this.respond()
  }
}

const CLOSED = 7
