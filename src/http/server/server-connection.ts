// One connection of a server: joins the parser and the Connection. Requests come in order, answers go out in that order;
// in between it pauses the peer, waits for the next request, or closes. It is the Connection's sink itself: the
// net.Socket that Node shows as `req.socket` is made when somebody looks, and then told of what happens.

import { asBuffer } from '../../core/bytes.ts'
import { connectionReset } from '../../core/errors.ts'
import { DuplexConnection, duplexConnection } from '../../host/duplex-connection.ts'
import type { Clock, Connection, ConnectionSink } from '../../host/types.ts'
import { connectionOf, feedSocket, refreshTimeout, replaceTimeout, Socket, sinkOf } from '../../net/internal.ts'
import { serverRequestStart, serverResponseFinish } from '../diagnostics.ts'
import type { ParseError } from '../engine/parse-error.ts'
import { type HeadAnswer, Parser, type ParserHandler, type ParserOptions } from '../engine/parser.ts'
import * as errors from '../errors.ts'
import { hasListener } from '../has-listener.ts'
import type { MessageCarrier, MessageOutlet, WriteDone } from '../message/carrier.ts'
import {
  completeMessage,
  detachSignal,
  dumpMessage,
  IncomingMessage,
  PlainIncomingMessage,
  pushBody,
  setHead,
  setTrailers,
} from '../message/incoming-message.ts'
import { emitClose } from '../message/outgoing-body.ts'
import { kState, type OutgoingOptions } from '../message/outgoing-state.ts'
import { type AssignableSocket, hideBuffered, kOutlet, showBuffered } from '../message/socket-outlet.ts'
import { mayReadPast, mayWritePast } from '../untouched-socket.ts'
import type { Fields } from '../wire/fields.ts'
import { emitClientError, refusal } from './client-errors.ts'
import type { Deadlines } from './deadlines.ts'
import { KeepAliveTimeout, keepAliveDelay } from './keep-alive-timeout.ts'
import { PlainServerResponse, ServerResponse } from './server-response.ts'
import { handOver } from './server-upgrade.ts'
import { SocketListeners, showAnswer } from './shown-socket.ts'
import type { HttpServerLike } from './tunables.ts'

/** What serves: a server's options and what all its connections share. */
export interface ConnectionService {
  readonly server: HttpServerLike
  readonly clock: Clock
  readonly deadlines: Deadlines
  readonly connections: Set<ServerConnection>
  readonly IncomingMessageClass: typeof IncomingMessage
  readonly ServerResponseClass: typeof ServerResponse
  readonly uniqueHeaders: ReadonlySet<string> | null
  readonly optimizeEmptyRequests: boolean
  readonly highWaterMark: number
  readonly isRelaxed: boolean
  makeSocket(connection: Connection): Socket
  parserOptions(): ParserOptions
  responseOptions(): OutgoingOptions
  wantsUpgrade(request: IncomingMessage): boolean
  /** It is closed, or the program's own from now on. */
  forget(connection: ServerConnection): void
  onConnectionClosed(connection: ServerConnection): void
  onConnectionReleased(connection: ServerConnection, socket: Socket): void
}

export class ServerConnection implements ConnectionSink, ParserHandler, MessageCarrier, MessageOutlet {
  readonly service: ConnectionService
  /** What the peer is reached by: past the socket that Node shows while nobody has touched that, else through it. */
  connection: Connection
  readonly parser: Parser
  /** Accepted by the server's own listener, not handed in by a program. */
  readonly isAccepted: boolean
  readonly #isRelaxed: boolean
  #socket: Socket | undefined
  /** What feeds that socket, where it is one of ours and untouched: then the connection is reached past it. */
  #socketSink: ConnectionSink | undefined
  #listeners: SocketListeners | undefined
  /** The answer whose turn it is. */
  #current: ServerResponse | null = null
  /** Answers whose turn will come. */
  #waiting: ServerResponse[] | undefined
  /** Requests that are not answered yet. */
  #open: IncomingMessage[] = []
  /** The request that is being read. */
  #incoming: IncomingMessage | undefined
  /** Bytes that came while others were being read: a program may push some from within a handler. */
  #rest: Uint8Array[] | undefined
  #isPausedForAnswers = false
  #isPausedForBody = false
  #isEnded = false
  #hasFailed = false
  /** What was wrong with the peer's bytes. */
  #failure: ParseError | undefined
  #isReading = false
  #refusesMore = false
  #messagesInBatch = 0
  #waitingBytes = 0
  #requests = 0
  #corked = 0
  #error: Error | null = null
  isClosed = false
  /**
   * When the message being read began, by the monotonic clock; before the first one, when the connection did. Else one of
   * the two values at the end of this file.
   */
  messageStart: number
  readonly #keepAliveTimeout: KeepAliveTimeout
  /** The time-out is that of an idle connection, and ends with the next request. */
  #isKeptAlive = false

  constructor(service: ConnectionService, connection: Connection, socket?: Socket) {
    const { server } = service
    this.service = service
    this.connection = connection
    this.parser = new Parser('request', this, service.parserOptions())
    this.messageStart = service.clock.monotonic()
    this.isAccepted = socket === undefined
    this.#isRelaxed = service.isRelaxed
    this.#keepAliveTimeout = new KeepAliveTimeout(service.deadlines, this)
    connection.sink = this
    if (socket !== undefined) this.#adopt(socket)
    service.connections.add(this)
    if (server.timeout) this.#setTimeout(server.timeout)
    connection.resume()
  }

  // The socket that Node shows

  get socket(): Socket {
    if (this.#socket === undefined) this.#adopt(this.service.makeSocket(this.connection))
    return this.#socket as Socket
  }

  get server(): HttpServerLike {
    return this.service.server
  }

  get hasSocket(): boolean {
    return this.#socket !== undefined
  }

  #adopt(socket: Socket): void {
    this.#socket = socket
    if (connectionOf(socket) === this.connection) {
      this.#socketSink = sinkOf(socket)
      showBuffered(socket, this.connection, this)
    }
    const shown = socket as Socket & AssignableSocket & { parser?: object; _paused?: boolean }
    shown.server = this.server as never
    shown._server ??= null as never
    shown[kOutlet] = this
    shown._httpMessage = null
    if (this.#current !== null) showAnswer(socket, this.#current)
    shown.parser = this.parser
    shown._paused = this.#isPausedForAnswers
    const listeners = new SocketListeners(socket, {
      data: chunk => this.#onSocketData(chunk),
      error: error => this.#onSocketError(error),
      timeout: () => this.#onSocketTimeout(),
      pause: () => this.#onSocketPause(),
      resume: () => this.#onSocketResume(),
      // Also one that a program emits.
      close: () => {
        if (!this.isClosed) this.#abort()
      },
    })
    this.#listeners = listeners
    if (this.#socketSink === undefined) return
    listeners.listenPast()
    this.#showState(socket)
  }

  /** What has happened to the connection before its socket was made. */
  #showState(socket: Socket): void {
    if (this.#keepAliveTimeout.delayMs > 0)
      replaceTimeout(socket, this.#keepAliveTimeout, this.#keepAliveTimeout.delayMs)
    if (this.isClosed) {
      // The addresses stay readable.
      socket._getpeername()
      socket._getsockname()
      socket.destroy()
      return
    }
    socket.resume()
    if (this.#isEnded) socket.end()
  }

  // From the connection

  onConnect(): void {}

  onData(chunk: Uint8Array): void {
    if (this.#isReading) {
      this.#rest ??= []
      this.#rest.push(chunk)
      return
    }
    if (this.#failure !== undefined) {
      // Each further packet is reported as well.
      this.fail(errors.parseError(this.#failure, chunk))
      return
    }
    const socket = this.#socket
    if (socket !== undefined && this.#socketSink !== undefined && !mayReadPast(socket)) {
      this.#changeOver(socket)
      sinkOf(socket).onData(chunk)
      return
    }
    try {
      this.#read(chunk)
      while (this.#rest !== undefined && this.#rest.length > 0) this.#read(this.#rest.shift() as Uint8Array)
    } finally {
      this.#refreshTimeout()
    }
  }

  onEnd(): void {
    this.#socketSink?.onEnd()
    const failure = this.parser.finish()
    if (failure) this.fail(errors.parseError(failure))
    else if (!this.server.httpAllowHalfOpen) this.#end()
    else {
      const last = this.#waiting?.at(-1) ?? this.#current
      if (last === null) this.#end()
      else last._last = true
    }
  }

  onDrain(): void {
    this.#socketSink?.onDrain()
    this.#onRoom()
  }

  onError(error: Error): void {
    this.#error = error
    if (this.#socket === undefined && !hasListener(this.server, 'clientError')) return
    const { socket } = this
    if (this.#socketSink !== undefined) this.#socketSink.onError(error)
    else if (!socket.destroyed) socket.destroy(error)
  }

  onClose(hadError: boolean): void {
    this.isClosed = true
    this.#keepAliveTimeout.cancel()
    this.service.forget(this)
    const current = this.#current
    // The end of the connection is counted whatever a listener does.
    try {
      this.#abort()
      if (current !== null) emitClose(current)
    } finally {
      try {
        this.#socketSink?.onClose(hadError)
      } finally {
        this.service.onConnectionClosed(this)
      }
    }
  }

  /** Nothing more is read, and what was asked for or waits for its turn is over. */
  #abort(): void {
    this.parser.close()
    const open = this.#open
    const waiting = this.#waiting ?? []
    this.#open = []
    this.#waiting = undefined
    for (const request of open) request.destroy(connectionReset('aborted'))
    for (const response of waiting) response.destroy(connectionReset('aborted'))
  }

  onIdle(): void {
    if (this.#socket !== undefined) this.#socket.emit('timeout')
    else this.#onSocketTimeout()
  }

  /** What a program pushes into the socket is read like what the peer sends. */
  #onSocketData(chunk: Uint8Array | string): void {
    if (this.connection instanceof DuplexConnection) this.connection.feed(chunk)
    else this.onData(typeof chunk === 'string' ? Buffer.from(chunk) : chunk)
  }

  #onSocketPause(): void {
    if (this.#socketSink !== undefined) this.connection.pause()
  }

  #onSocketResume(): void {
    if (this.#socketSink === undefined) return
    if (this.#isPausedForAnswers) this.#socket?.pause()
    else if (!this.#isPausedForBody && !this.isClosed) this.connection.resume()
  }

  /** From here on all bytes go through the socket, whose methods and events are the program's business. */
  #changeOver(socket: Socket): void {
    const { connection } = this
    const corks = this.#corked + (this.#messagesInBatch > 1 ? 1 : 0)
    this.#socketSink = undefined
    hideBuffered(socket)
    this.#listeners?.changeOver()
    if (this.#keepAliveTimeout.delayMs > 0) socket.setTimeout(this.#keepAliveTimeout.delayMs)
    feedSocket(socket)
    this.connection = duplexConnection(socket, this, true)
    for (let i = 0; i < corks; i++) {
      connection.uncork()
      this.connection.cork()
    }
    if (this.#isPausedForAnswers || this.#isPausedForBody) return
    this.connection.resume()
    connection.resume()
  }

  #read(chunk: Uint8Array): void {
    const { parser } = this
    const wasMidMessage = parser.isMidMessage
    let read = -1
    this.#isReading = true
    try {
      read = parser.receive(chunk)
    } finally {
      this.#isReading = false
      const isMidMessage = parser.isMidMessage || parser.error !== undefined
      // Each message's time begins with its first byte, and line breaks before it are none.
      if (isMidMessage && (!wasMidMessage || this.messageStart === betweenMessages)) {
        this.messageStart = this.service.clock.monotonic()
      }
      if (this.#messagesInBatch > 1) this.connection.uncork()
      this.#messagesInBatch = 0
      if (read < 0) this.#interrupt()
    }
    if (parser.error !== undefined) {
      this.#failure = parser.error
      this.fail(errors.parseError(parser.error, asBuffer(chunk)))
    } else if (this.#incoming?.upgrade) this.#receiveUpgrade(this.#incoming, chunk, read)
  }

  #receiveUpgrade(request: IncomingMessage, chunk: Uint8Array, read: number): void {
    if (this.parser.isUpgraded) handOver(this, request, asBuffer(chunk.subarray(read)))
    else handOver(this, request, undefined)
  }

  /** A listener has thrown: the rest of what came is lost, and the peer hears so with its next bytes. */
  #interrupt(): void {
    this.#rest = undefined
    this.parser.interrupt()
  }

  // From the parser

  onHead(parser: Parser): HeadAnswer {
    this.#stopWaiting()
    const request = this.#makeRequest(parser)
    this.#incoming = request
    if (parser.wantsUpgrade) {
      request.upgrade = request.method === 'CONNECT' || this.service.wantsUpgrade(request)
      if (request.upgrade) return 'upgrade'
    }
    if (this.#refusesMore) return 'read'
    this.#open.push(request)
    this.#pauseIfFull()
    if (++this.#messagesInBatch === 2) this.connection.cork()
    this.#answer(request, parser)
    return 'read'
  }

  onBody(bytes: Uint8Array): void {
    const request = this.#incoming
    if (request === undefined || pushBody(request, asBuffer(bytes)) || this.isClosed) return
    this.#isPausedForBody = true
    this.#pause()
  }

  onMessageEnd(trailers: Fields | undefined): void {
    this.messageStart = betweenMessages
    const request = this.#incoming
    if (request === undefined) return
    if (trailers !== undefined) setTrailers(request, trailers)
    completeMessage(request)
    this.resumeBody()
  }

  #makeRequest(parser: Parser): IncomingMessage {
    const { server, service } = this
    const Class = service.IncomingMessageClass
    const request = Class === IncomingMessage ? new PlainIncomingMessage() : new Class(this.socket)
    const { versionMajor, versionMinor } = parser
    request.httpVersionMajor = versionMajor
    request.httpVersionMinor = versionMinor
    request.httpVersion = versionMajor === 1 && versionMinor === 1 ? '1.1' : `${versionMajor}.${versionMinor}`
    request.joinDuplicateHeaders = server.joinDuplicateHeaders
    request.url = parser.text
    request.method = parser.method
    request.upgrade = parser.wantsUpgrade
    setHead(request, this, parser.fields)
    return request
  }

  #makeResponse(request: IncomingMessage): ServerResponse {
    const { server, service } = this
    const Class = service.ServerResponseClass
    const options = service.responseOptions()
    const response = Class === ServerResponse ? new PlainServerResponse(request, options) : new Class(request, options)
    response._keepAliveTimeout = server.keepAliveTimeout
    response._maxRequestsPerSocket = server.maxRequestsPerSocket
    response.shouldKeepAlive = this.parser.mayKeepAlive
    const state = response[kState]
    state.unique = service.uniqueHeaders
    state.clock = service.clock
    state.isRelaxed = this.#isRelaxed
    return response
  }

  #answer(request: IncomingMessage, parser: Parser): void {
    const { server } = this
    const response = this.#makeResponse(request)
    if (serverRequestStart.hasSubscribers) {
      serverRequestStart.publish({ request, response, socket: this.socket, server })
    }
    if (this.service.optimizeEmptyRequests && !parser.hasBodyFields) request._dumpAndCloseReadable()
    if (this.#current === null) this.#assign(response)
    else {
      response._onPendingData = bytes => this.#onPendingData(bytes)
      this.#waiting ??= []
      this.#waiting.push(response)
    }
    if (parser.versionMajor !== 1 || parser.versionMinor !== 1) server.emit('request', request, response)
    else if (server.requireHostHeader && !parser.hasHost) {
      // RFC 9112 section 3.2. Requests behind such a one are not served.
      this.#refusesMore = true
      response.writeHead(400, ['Connection', 'close'])
      response.end()
    } else if (this.#isOverLimit(response)) {
      server.emit('dropRequest', request, this.socket)
      response.writeHead(503)
      response.end()
    } else if (parser.hasExpect) this.#answerExpectation(request, response)
    else server.emit('request', request, response)
  }

  #isOverLimit(response: ServerResponse): boolean {
    const limit = this.server.maxRequestsPerSocket
    if (typeof limit !== 'number' || limit <= 0) return false
    this.#requests++
    response.maxRequestsOnConnectionReached = limit <= this.#requests
    return limit < this.#requests
  }

  /** RFC 9110 section 10.1.1. */
  #answerExpectation(request: IncomingMessage, response: ServerResponse): void {
    const { server } = this
    if (/(?:^|\W)100-continue(?:$|\W)/i.test(request.headers['expect'] as string)) {
      response._expect_continue = true
      if (hasListener(server, 'checkContinue')) server.emit('checkContinue', request, response)
      else {
        response.writeContinue()
        server.emit('request', request, response)
      }
    } else if (hasListener(server, 'checkExpectation')) server.emit('checkExpectation', request, response)
    else {
      response.writeHead(417)
      response.end()
    }
  }

  // Turns

  #assign(response: ServerResponse): void {
    this.#current = response
    response[kState].outlet = this
    if (this.#socket !== undefined) showAnswer(this.#socket, response)
    if (response.listenerCount('socket') > 0) response.emit('socket', this.socket)
    if (response.outputData.length > 0 || response.finished) response._flush()
  }

  onMessageFinished(response: ServerResponse): void {
    if (this.#current !== response) return
    const { server } = this
    const request = response.req
    if (serverResponseFinish.hasSubscribers) {
      serverResponseFinish.publish({ request, response, socket: this.socket, server })
    }
    detachSignal(request)
    if (this.#open[0] === request) this.#open.shift()
    dumpMessage(request)
    this.#current = null
    // An idle connection holds on to nothing of its last request.
    if (request.complete && this.#incoming === request) this.#incoming = undefined
    response[kState].outlet = null
    if (this.#socket !== undefined) showAnswer(this.#socket, null)
    // 'close' a tick later, for whoever listens; most responses have no listener at all.
    if ((response as { _eventsCount?: number })._eventsCount !== 0) process.nextTick(emitClose, response)
    else emitClose(response)
    if (response._last) this.#endSoon()
    else {
      const next = this.#waiting?.shift()
      if (next === undefined) this.#startWaiting()
      else this.#assign(next)
    }
  }

  /** The peer may take its time until the next request, but not for ever. */
  #startWaiting(): void {
    const delayMs = keepAliveDelay(this.server)
    if (delayMs === 0 || this.isClosed) return
    this.#isKeptAlive = true
    this.#setTimeout(delayMs)
  }

  #stopWaiting(): void {
    if (!this.#isKeptAlive) return
    this.#isKeptAlive = false
    this.#setTimeout(this.server.timeout || 0)
  }

  /** As `socket.setTimeout()`, which it replaces, and which replaces it. */
  #setTimeout(delayMs: number): void {
    const socket = this.#socket
    if (socket === undefined) this.#keepAliveTimeout.start(delayMs)
    else if (this.#socketSink === undefined || socket.setTimeout !== Socket.prototype.setTimeout) {
      // A stream of the program's own need not have time-outs.
      if (typeof socket.setTimeout === 'function') socket.setTimeout(delayMs)
    } else {
      this.#keepAliveTimeout.start(delayMs)
      replaceTimeout(socket, this.#keepAliveTimeout, delayMs)
    }
  }

  get #hasTimeout(): boolean {
    return this.#socketSink === undefined ? this.#keepAliveTimeout.delayMs > 0 : (this.#socket?.timeout ?? 0) > 0
  }

  /** Something was read, or written, or has been sent. */
  #refreshTimeout(): void {
    if (this.#socketSink === undefined) this.#keepAliveTimeout.refresh()
    else refreshTimeout(this.#socket as Socket)
  }

  #endSoon(): void {
    if (this.#socketSink !== undefined) this.#socket?.destroySoon()
    else if (this.#socket !== undefined) this.#socket.end()
    else if (!this.isClosed) {
      this.#isEnded = true
      this.connection.end(() => this.connection.destroy())
    }
  }

  #end(): void {
    this.#isEnded = true
    if (this.#socket !== undefined) this.#socket.end()
    else this.connection.end()
  }

  // Backpressure

  /** A peer that sends requests and does not read the answers is not read from. */
  #pauseIfFull(): void {
    // Nothing is being answered: all that was, has left.
    if (this.#current === null || this.#isPausedForAnswers) return
    const { bufferedBytes } = this.connection
    if (bufferedBytes < this.highWaterMark && this.#waitingBytes < this.highWaterMark) return
    this.#isPausedForAnswers = true
    this.#pause()
  }

  #onPendingData(bytes: number): void {
    this.#waitingBytes += bytes
    this.#onRoom()
  }

  #onRoom(): void {
    const isFull = this.#waitingBytes > this.highWaterMark || this.connection.bufferedBytes >= this.highWaterMark
    if (this.#isPausedForAnswers && !isFull) {
      this.#isPausedForAnswers = false
      this.#resume()
    }
    const message = this.#current
    if (message !== null && !message.finished && message[kState].needDrain && message.writableLength === 0) {
      message[kState].needDrain = false
      message.emit('drain')
    }
  }

  resumeBody(): void {
    if (!this.#isPausedForBody) return
    this.#isPausedForBody = false
    this.#resume()
  }

  #pause(): void {
    this.connection.pause()
    if (this.#socketSink !== undefined) this.#socket?.pause()
  }

  #resume(): void {
    if (this.#isPausedForAnswers || this.#isPausedForBody || this.isClosed) return
    this.connection.resume()
    if (this.#socketSink !== undefined) this.#socket?.resume()
  }

  // As an outlet

  get isWritable(): boolean {
    return (
      !this.isClosed && !this.#isEnded && this.#error === null && (this.#socket === undefined || this.#socket.writable)
    )
  }

  get isDestroyed(): boolean {
    return this.isClosed || this.#socket?.destroyed === true
  }

  get errored(): Error | null {
    return this.#error
  }

  get bufferedBytes(): number {
    return this.connection.bufferedBytes
  }

  get highWaterMark(): number {
    return this.service.highWaterMark
  }

  get readableHighWaterMark(): number {
    return this.service.highWaterMark
  }

  get corked(): number {
    return this.#corked
  }

  get isWatched(): boolean {
    return this.#socket !== undefined && this.#socketSink === undefined
  }

  write(data: string | Uint8Array, encoding: BufferEncoding | undefined, done: WriteDone | undefined): boolean {
    this.#noticeTouch()
    if (!this.#hasTimeout) return this.connection.write(data, encoding as never, done)
    const isRoom = this.connection.write(data, encoding as never, error => {
      this.#refreshTimeout()
      done?.(error)
    })
    this.#refreshTimeout()
    return isRoom
  }

  /** The program has put something of its own on the socket. */
  #noticeTouch(): void {
    const socket = this.#socket
    if (socket !== undefined && this.#socketSink !== undefined && !mayWritePast(socket)) this.#changeOver(socket)
  }

  cork(): void {
    this.#noticeTouch()
    this.#corked++
    this.connection.cork()
  }

  uncork(): void {
    if (this.#corked === 0) return
    this.#corked--
    this.connection.uncork()
  }

  destroy(error?: Error | null): void {
    if (this.#socket !== undefined) this.#socket.destroy(error as Error)
    else if (error && hasListener(this.server, 'clientError')) this.socket.destroy(error)
    else this.connection.destroy()
  }

  // What goes wrong

  /** The request took too long: RFC 9110 section 15.5.9. */
  onRequestTimeout(): void {
    this.messageStart = reportedLate
    this.fail(errors.requestTimeout())
  }

  /** The peer's fault: told to 'clientError', or answered and closed. */
  fail(error: Error & { code?: string }): void {
    this.#hasFailed = true
    // The last answer of this connection has been given: nothing may be written behind it.
    if (this.#current?.finished && this.#current._last) this.#endSoon()
    if (emitClientError(this.server, error, () => this.socket)) return
    // Into an answer that has begun, nothing else is written.
    if (this.isWritable && !this.#current?._headerSent) this.connection.write(refusal(error.code), 'latin1')
    if (this.#socket === undefined) this.connection.destroy()
    else {
      this.#listeners?.ignoreErrors()
      this.#socket.destroy(error)
    }
  }

  #onSocketError(error: Error): void {
    if (this.#hasFailed) return
    this.#hasFailed = true
    this.#error = error
    if (!emitClientError(this.server, error, () => this.socket)) this.#socket?.destroy(error)
  }

  #onSocketTimeout(): void {
    const request = this.#incoming
    const byRequest = request !== undefined && !request.complete && this.#tells(request, 'timeout')
    const byResponse = this.#current !== null && this.#tells(this.#current, 'timeout')
    const byServer = this.#tells(this.server, 'timeout')
    if (!byRequest && !byResponse && !byServer) this.destroy()
  }

  #tells(emitter: NodeJS.EventEmitter, event: string): boolean {
    return emitter.listenerCount(event) > 0 && emitter.emit(event, this.socket)
  }

  /** Nothing of it is being read or answered. */
  get isIdle(): boolean {
    if (this.messageStart !== betweenMessages || this.parser.isMidMessage) return false
    return this.#current === null || this.#current.finished
  }

  /** For an upgrade: the connection is no longer this object's business. */
  release(): Socket {
    const { socket } = this
    this.#keepAliveTimeout.cancel()
    this.service.forget(this)
    this.parser.close()
    this.#hasFailed = true
    const shown = socket as Socket & AssignableSocket & { parser?: object | null }
    shown.parser = null
    hideBuffered(socket)
    this.#listeners?.leave()
    if (this.connection instanceof DuplexConnection) this.connection.release()
    this.service.onConnectionReleased(this, socket)
    return socket
  }
}

/** In place of a message's beginning: neither is late, at whatever time. */
const betweenMessages = Number.POSITIVE_INFINITY
const reportedLate = Number.MAX_VALUE
