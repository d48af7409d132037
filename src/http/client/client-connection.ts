// A client's connection: connects the response parser to a socket, for one request after another. Between two requests it
// keeps reading: bytes that arrive then are unsolicited, and must not be taken for the response to the next request.

import type { AsyncResource } from 'node:async_hooks'
import { asBuffer } from '../../core/bytes.ts'
import { connectionReset } from '../../core/errors.ts'
import type { Socket } from '../../net/internal.ts'
import { clientRequestError, clientResponseFinish } from '../diagnostics.ts'
import { type HeadAnswer, Parser, type ParserHandler, type ParserOptions } from '../engine/parser.ts'
import { parseError } from '../errors.ts'
import type { MessageCarrier, MessageOutlet, WriteDone } from '../message/carrier.ts'
import {
  completeMessage,
  detachCarrier,
  detachSignal,
  type IncomingMessage,
  PlainIncomingMessage,
  pushBody,
  setHead,
  setTrailers,
} from '../message/incoming-message.ts'
import { kState } from '../message/outgoing-state.ts'
import { type LinkOwner, SocketLink } from '../socket-link.ts'
import type { Fields } from '../wire/fields.ts'
import type { PendingRequest } from './pending-request.ts'

type ClientRequest = PendingRequest<IncomingMessage>

const kClient = Symbol('clientConnection')

export interface ClientSocket extends Socket {
  _httpMessage?: ClientRequest | null
  parser?: object | null
  [kClient]?: ClientConnection
}

/** The connection that serves requests on this socket. */
export function clientConnectionOf(socket: ClientSocket): ClientConnection {
  return (socket[kClient] ??= new ClientConnection(socket))
}

/** Whether the socket may serve another request: it may not if it holds unread bytes, which are unsolicited. */
export function isReusable(socket: ClientSocket): boolean {
  return socket.writable && !(socket.readableLength > 0) && socket[kClient]?.isPoisoned !== true
}

export class ClientConnection implements LinkOwner, ParserHandler, MessageCarrier, MessageOutlet {
  readonly socket: ClientSocket
  readonly hasSocket = true
  readonly #link: SocketLink
  #request: ClientRequest | null = null
  #scope: AsyncResource | null = null
  #response: IncomingMessage | null = null
  #parser: Parser | undefined
  #parserKey: ParserOptions | undefined
  /** The request's final response has been received to its end. */
  #isAnswered = false
  /** The server sent bytes to which no request corresponds. */
  isPoisoned = false
  /** Bytes that arrived while others were being parsed: a stream may push some from within a listener. */
  #rest: Uint8Array[] = []
  #isReading = false
  #hasServed = false

  /** Made when a socket is assigned to its first request: from then on the socket's errors are reported to the request. */
  constructor(socket: ClientSocket) {
    this.socket = socket
    this.#link = new SocketLink(socket, this)
    socket.on('error', this.#socketError)
    socket.on('close', this.#socketClose)
  }

  // Requests

  /** Starts to serve this request. */
  attach(request: ClientRequest, scope: AsyncResource | null, options: ParserOptions): void {
    this.#request = request
    // The first request opened the connection, so its events are already emitted in that request's async context.
    this.#scope = this.#hasServed ? scope : null
    this.#hasServed = true
    this.#response = null
    this.#isAnswered = false
    // A parser between two messages is reused for the next request if its options are the same.
    const key = this.#parserKey
    const isAlike =
      key?.leniency === options.leniency &&
      key?.maxHeaderSize === options.maxHeaderSize &&
      key?.maxHeadersCount === options.maxHeadersCount
    if (!isAlike || this.#parser === undefined || this.#parser.error !== undefined || this.#parser.isMidMessage) {
      this.#parser = new Parser('response', this, options)
      this.#parserKey = options
    }
    this.#parser.resume()
    request[kState].outlet = this
    request.parser = this.#parser
    this.socket.parser = this.#parser
    this.socket._httpMessage = request
    this.#link.attach()
  }

  /** Releases the socket from its last request. */
  detach(): void {
    this.#request = null
    this.#scope = null
    this.#response = null
    this.socket.parser = null
    this.#link.detach()
  }

  // From the socket

  onData(chunk: Uint8Array): void {
    if (this.#request === null || this.#isAnswered) this.#poison()
    else if (this.#scope !== null) this.#scope.runInAsyncScope(this.#read, this, chunk)
    else this.#read(chunk)
  }

  onDrain(): void {
    const request = this.#request
    if (request !== null && !request.finished && request[kState].needDrain) {
      request[kState].needDrain = false
      request.emit('drain')
    }
  }

  onEnd(): void {
    const request = this.#request
    // An idle connection that the server has ended must not be reused.
    if (request === null) this.socket.destroy()
    // After the response, the end needs no handling here: the agent does not reuse the socket.
    if (request === null || this.#isAnswered) return
    if (!request.res && !this.socket._hadError) {
      this.socket._hadError = true
      emitError(request, connectionReset('socket hang up'))
    }
    this.#parser?.finish()
    this.socket.destroy()
  }

  #read(chunk: Uint8Array): void {
    if (this.#isReading) {
      this.#rest.push(chunk)
      return
    }
    const parser = this.#parser as Parser
    this.#isReading = true
    let read = -1
    try {
      read = parser.receive(chunk)
    } finally {
      this.#isReading = false
      // A listener has thrown: the rest of the bytes is lost, and the request gets an error with the next bytes, as in Node.
      if (read < 0) {
        this.#rest = []
        parser.interrupt()
      }
    }
    this.#continueAfter(parser, chunk, read)
    while (this.#rest.length > 0 && this.#request !== null) this.#read(this.#rest.shift() as Uint8Array)
  }

  #continueAfter(parser: Parser, chunk: Uint8Array, read: number): void {
    const request = this.#request
    if (parser.error !== undefined && request !== null) {
      const error = parseError(parser.error, chunk)
      this.#link.close()
      this.socket.destroy()
      this.socket._hadError = true
      emitError(request, error)
    } else if (parser.isUpgraded) this.#handOver(asBuffer(chunk.subarray(read)))
    else if (parser.error !== undefined || (this.#isAnswered && parser.isMidMessage)) this.#poison()
  }

  /** Unsolicited bytes: RFC 9112 section 9.3. Read on, they would become the response to a later request. */
  #poison(): void {
    this.isPoisoned = true
    // The program may still read a complete body from the stream's buffer; the connection serves no other request.
    if (this.#request !== null && this.#isAnswered) this.#request.shouldKeepAlive = false
    this.socket.destroy()
  }

  // From the parser

  onHead(parser: Parser): HeadAnswer {
    const request = this.#request as ClientRequest
    const response = this.#makeResponse(parser)
    if (request.res) {
      // The request already has a response.
      parser.close()
      this.#poison()
      return 'skip-body'
    }
    if (parser.wantsUpgrade || request.method === 'CONNECT') {
      request.res = response
      response.upgrade = true
      this.#response = response
      return 'upgrade'
    }
    if (isInterim(parser.statusCode)) {
      emitInformation(request, response)
      return 'skip-body'
    }
    if (!parser.mayKeepAlive && !request.upgradeOrConnect) request.shouldKeepAlive = false
    if (clientResponseFinish.hasSubscribers) clientResponseFinish.publish({ request, response })
    this.#response = response
    request.res = response
    response.req = request
    response.on('end', onResponseEnd)
    this.socket.on('timeout', onResponseTimeout)
    if (request.aborted || !request.emit('response', response)) response._dump()
    if (request.method === 'HEAD') return 'skip-body'
    if (parser.statusCode === 304) response.complete = true
    return 'read'
  }

  #makeResponse(parser: Parser): IncomingMessage {
    const { versionMajor, versionMinor } = parser
    const response = new PlainIncomingMessage()
    response.httpVersionMajor = versionMajor
    response.httpVersionMinor = versionMinor
    response.httpVersion = versionMajor === 1 && versionMinor === 1 ? '1.1' : `${versionMajor}.${versionMinor}`
    response.joinDuplicateHeaders = this.#request?.joinDuplicateHeaders
    response.upgrade = parser.wantsUpgrade
    response.statusCode = parser.statusCode
    response.statusMessage = parser.text
    setHead(response, this, parser.fields)
    return response
  }

  onBody(bytes: Uint8Array): void {
    const response = this.#response
    if (response !== null && !pushBody(response, asBuffer(bytes))) this.#link.pause()
  }

  onMessageEnd(trailers: Fields | undefined): void {
    const response = this.#response
    if (response === null || this.#parser?.isUpgraded) return
    this.#isAnswered = true
    if (trailers !== undefined) setTrailers(response, trailers)
    completeMessage(response)
    this.resumeBody()
  }

  resumeBody(): void {
    this.#link.resume()
  }

  // Upgrade and CONNECT

  #handOver(head: Buffer): void {
    const request = this.#request as ClientRequest
    const response = this.#response as IncomingMessage
    const { socket } = this
    request._stopTimeout()
    const event = request.method === 'CONNECT' ? 'connect' : 'upgrade'
    response.complete = true
    if (request.listenerCount(event) === 0) {
      socket.destroy()
      return
    }
    request.upgradeOrConnect = true
    this.#link.close()
    socket.emit('agentRemove')
    this.#request = null
    this.#scope = null
    this.#response = null
    socket.parser = null
    socket.removeListener('error', this.#socketError)
    socket.removeListener('close', this.#socketClose)
    socket._httpMessage = null
    // As on a new socket: adding a 'data' listener starts the flow.
    Object.assign(socket, { readableFlowing: null })
    delete socket[kClient]
    request.emit(event, response, socket, head)
    request.destroyed = true
    request._closed = true
    request.emit('close')
  }

  // The socket's own events

  readonly #socketError = (error: Error): void => this.#onSocketError(error)
  readonly #socketClose = (): void => this.#onSocketClose()

  #onSocketError(error: Error): void {
    const request = this.#request ?? this.socket._httpMessage ?? null
    if (request !== null && !request._closed && !this.#hasEnded(request)) {
      if (!this.socket._hadError) {
        this.socket._hadError = true
        emitError(request, error)
      }
    } else if (this.#request === null) this.socket.emit('agentRemove')
    this.#parser?.close()
    this.socket.destroy()
  }

  #hasEnded(request: ClientRequest): boolean {
    return this.#request === null && request._ended
  }

  #onSocketClose(): void {
    const request = this.#request
    if (request === null) return
    this.#request = null
    const { res } = request
    request.destroyed = true
    if (res) {
      if (!res.complete) res.destroy(connectionReset('aborted'))
      closeRequest(request)
      if (!res.aborted && res.readable) res.push(null)
    } else {
      if (!this.socket._hadError) {
        this.socket._hadError = true
        emitError(request, connectionReset('socket hang up'))
      }
      closeRequest(request)
    }
    request.outputData.length = 0
    this.#parser?.close()
  }

  // As an outlet

  get isClosed(): boolean {
    return this.socket.destroyed
  }

  get isWritable(): boolean {
    return this.socket.writable
  }

  get isDestroyed(): boolean {
    return this.socket.destroyed
  }

  get errored(): Error | null {
    return this.socket.errored ?? null
  }

  get bufferedBytes(): number {
    return this.#link.bufferedBytes
  }

  get highWaterMark(): number {
    return this.socket.writableHighWaterMark
  }

  get readableHighWaterMark(): number {
    return this.socket.readableHighWaterMark
  }

  get corked(): number {
    return this.#link.corked
  }

  write(data: string | Uint8Array, encoding: BufferEncoding | undefined, done: WriteDone | undefined): boolean {
    return this.#link.write(data, encoding, done)
  }

  cork(): void {
    this.#link.cork()
  }

  uncork(): void {
    this.#link.uncork()
  }

  destroy(error?: Error | null): void {
    this.socket.destroy(error as Error)
  }

  /** The whole request has been sent; its response may have been received before. */
  onMessageFinished(request: ClientRequest): void {
    if (request.shouldKeepAlive && request._ended && !request.destroyed) keepAlive(request)
  }
}

export function emitError(request: ClientRequest, error: Error): void {
  if (clientRequestError.hasSubscribers) clientRequestError.publish({ request, error })
  request.emit('error', error)
}

/** 1xx except 101: the final response follows. */
function isInterim(status: number): boolean {
  return status >= 100 && status < 200 && status !== 101
}

function emitInformation(request: ClientRequest, response: IncomingMessage): void {
  const { statusCode, statusMessage, httpVersion, httpVersionMajor, httpVersionMinor, headers, rawHeaders } = response
  if (statusCode === 100) request.emit('continue')
  if (request.listenerCount('information') === 0) return
  request.emit('information', {
    statusCode,
    statusMessage,
    httpVersion,
    httpVersionMajor,
    httpVersionMinor,
    headers,
    rawHeaders,
  })
}

export function onResponseTimeout(this: ClientSocket): void {
  this._httpMessage?.res?.emit('timeout')
}

/** Emits 'close', once: a response that ends after its connection has closed belongs to a request that is closed already. */
function closeRequest(request: ClientRequest): void {
  if (request._closed) return
  request._closed = true
  request.emit('close')
}

function onResponseEnd(this: IncomingMessage): void {
  const request = this.req as ClientRequest
  const socket = request.socket
  detachSignal(this)
  if (socket) request._stopTimeout()
  request._ended = true
  if (!request.shouldKeepAlive) {
    if (!socket?.writable) return
    if (typeof socket.destroySoon === 'function') socket.destroySoon()
    else (socket as Socket).end()
  } else if (request.writableFinished && !this.aborted) keepAlive(request)
}

/** The exchange is over: releases the connection for another request, after the program's own 'end' listeners have run. */
function keepAlive(request: ClientRequest): void {
  const { socket, res } = request
  if (socket) {
    if (request.timeoutCb) socket.setTimeout(0)
    request.timeoutCb = null
    ;(socket as ClientSocket)[kClient]?.detach()
  }
  process.nextTick(emitFree, request)
  request.destroyed = true
  if (res) detachCarrier(res)
}

function emitFree(request: ClientRequest): void {
  closeRequest(request)
  request.socket?.emit('free')
}
