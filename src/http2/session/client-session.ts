// A client's session: sends requests. Node's documentation, "Class: ClientHttp2Session".

import { AsyncResource } from 'node:async_hooks'
import { abortError } from '../../core/errors.ts'
import { validateAbortSignal, validateBoolean, validateNumber } from '../../core/validate.ts'
import type { Host } from '../../host/types.ts'
import * as diagnostics from '../diagnostics.ts'
import { goawaySession, invalidSession, outOfStreams } from '../errors.ts'
import { PROTOCOL_ERROR, REFUSED_STREAM, SESSION_CLIENT } from '../numbers.ts'
import type { CompleteOptions } from '../options.ts'
import { ClientHttp2Stream } from '../stream/client-stream.ts'
import { type HeaderArray, type HeaderObject, sensitiveNames } from '../stream/header-map.ts'
import { deprecatePriority } from '../stream/priority-warning.ts'
import { type PreparedRequest, prepareRequest } from '../stream/request-headers.ts'
import { closedByEngine, refuseHeaders } from '../stream/stream-closing.ts'
import { kSession, kStream, kTouch } from '../symbols.ts'
import { validateOptionalObject } from '../validate.ts'
import { Http2Session } from './session.ts'

export interface RequestOptions {
  endStream?: boolean | undefined
  waitForTrailers?: boolean | undefined
  signal?: AbortSignal | undefined
  /** Dependency priorities: accepted, but without effect since RFC 9113. */
  parent?: number | undefined
  exclusive?: boolean | undefined
  silent?: boolean | undefined
  weight?: number | undefined
}

/** Before Node 24, `request` throws while the session is closing. */
const throwsRefusal = Number.parseInt(process.versions.node, 10) < 24

/** Methods whose requests have no content unless the program sets `endStream: false`. */
const bodiless = new Set(['GET', 'HEAD', 'DELETE'])

export class ClientHttp2Session extends Http2Session {
  constructor(options: CompleteOptions, host: Host) {
    super(SESSION_CLIENT, options, host)
  }

  request(headers?: unknown, given?: RequestOptions): ClientHttp2Stream {
    // Invalid arguments throw at once; an ended session is reported as the stream's error, so that a retry does not throw.
    const refusal = this.destroyed ? invalidSession() : this.closed ? goawaySession() : undefined
    if (refusal !== undefined && throwsRefusal) throw refusal
    this[kTouch]()
    const state = this[kSession]
    const { authority, protocol, options } = state
    const prepared = prepareRequest(headers, { authority, protocol, isStrict: options.isStrict })
    validateOptionalObject(given, 'options')
    const request: RequestOptions = { ...given }
    validatePriority(request)
    if (request.endStream === undefined) request.endStream = bodiless.has(prepared.method)
    else validateBoolean(request.endStream, 'options.endStream')

    const stream = new ClientHttp2Stream(this)
    const scope = new AsyncResource('PendingRequest')
    describe(stream, prepared, scope)
    if (request.endStream) stream.end()
    if (request.waitForTrailers) stream[kStream].hasTrailers = true
    if (request.signal) abortWith(stream, request.signal)
    const begin = (): void => this.#begin(stream, prepared, request)
    if (refusal !== undefined) process.nextTick(() => scope.runInAsyncScope(() => stream.destroy(refusal)))
    else if (this.connecting) this.#later(() => scope.runInAsyncScope(begin))
    else begin()
    if (diagnostics.clientCreated.hasSubscribers) {
      diagnostics.clientCreated.publish({ stream, headers: stream.sentHeaders })
    }
    return stream
  }

  /** Queues a request until the session is connected, with one listener for all of them. */
  #later(begin: () => void): void {
    const state = this[kSession]
    if (state.pendingRequests !== undefined) {
      state.pendingRequests.push(begin)
      return
    }
    const waiting = [begin]
    state.pendingRequests = waiting
    this.once('connect', () => {
      state.pendingRequests = undefined
      for (const one of waiting) one()
    })
  }

  #begin(stream: ClientHttp2Stream, prepared: PreparedRequest, { endStream }: RequestOptions): void {
    const { pairs, headers, isMalformed } = prepared
    const { carrier } = this[kSession]
    if (stream.destroyed || carrier === undefined || this.destroyed) return
    if (this.closed) {
      stream.destroy(goawaySession())
      return
    }
    if (isMalformed) {
      closedByEngine(stream, PROTOCOL_ERROR, false)
      return
    }
    const state = stream[kStream]
    const sensitive = sensitiveNames(headers as HeaderObject | HeaderArray)
    const opened = carrier.engine.openStream(pairs, { endStream: endStream === true, sensitive })
    if (opened === undefined) {
      // In a 'goaway' listener, which runs before the session closes.
      if (carrier.engine.openRefusal() === 'goaway') process.nextTick(closedByEngine, stream, REFUSED_STREAM, false)
      else stream.destroy(outOfStreams())
      return
    }
    if (opened === false) {
      refuseHeaders(stream)
      return
    }
    if (endStream) state.isEndSent = true
    stream._open(opened)
    if (diagnostics.clientStart.hasSubscribers) {
      diagnostics.clientStart.publish({ stream, headers: stream.sentHeaders })
    }
  }
}

function describe(stream: ClientHttp2Stream, prepared: PreparedRequest, scope: AsyncResource): void {
  const state = stream[kStream]
  if (Array.isArray(prepared.headers)) state.rawHeaders = prepared.headers
  else state.sentHeaders = prepared.headers
  state.scheme = prepared.scheme as string
  state.authority = prepared.authority as string
  state.scope = scope
}

const warnOfPriority = deprecatePriority(() => {}, 'Priority signaling has been deprecated as of RFC 9113.')

function validatePriority(options: RequestOptions): void {
  if ('weight' in options) warnOfPriority()
  if (options.parent !== undefined) validateNumber(options.parent, 'options.parent', 0)
  if (options.exclusive !== undefined) validateBoolean(options.exclusive, 'options.exclusive')
  if (options.silent !== undefined) validateBoolean(options.silent, 'options.silent')
}

function abortWith(stream: ClientHttp2Stream, signal: AbortSignal): void {
  validateAbortSignal(signal, 'options.signal')
  const abort = (): void => {
    stream.destroy(abortError(signal.reason))
  }
  if (signal.aborted) abort()
  else {
    signal.addEventListener('abort', abort, { once: true })
    stream.once('close', () => signal.removeEventListener('abort', abort))
  }
}
