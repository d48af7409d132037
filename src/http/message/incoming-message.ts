// http.IncomingMessage: a request that a server reads, or a response that a client reads. It is a Readable whose stream
// state is made on first access, since most requests have no body and most handlers never read one. Header objects are
// likewise made from the parser's positions on first access. Source: Node's documentation, "Class: http.IncomingMessage".

import { type Duplex, finished, Readable } from 'node:stream'
import { callableClass } from '../../core/callable-class.ts'
import type { Socket } from '../../net/internal.ts'
import type { PendingRequest } from '../client/pending-request.ts'
import { lookUpName } from '../wire/field-names.ts'
import type { Fields } from '../wire/fields.ts'
import type { MessageCarrier } from './carrier.ts'

export type HeaderObject = { [name: string]: string | string[] | undefined }

/** The key of internal state, which Node keeps behind several symbols. */
const kOwn = Symbol('own')

type AnySocket = Socket | Duplex | null | undefined

/** Node's initial value of members whose declared types exclude null. */
const notYet = null as never

// The runtime's stream constructor, applied to an existing object, as Node's own classes do.
const makeReadable = Readable as unknown as (this: object, options: object | undefined) => void

interface ReadableState {
  readingMore: boolean
  resumeScheduled: boolean
  ended: boolean
  endEmitted: boolean
  destroyed: boolean
  closed: boolean
  closeEmitted: boolean
}

class OwnState {
  carrier: MessageCarrier | undefined = undefined
  /** Set by a program, or null once the connection serves other messages. */
  socket: AnySocket
  stream: ReadableState | undefined = undefined
  fields: Fields | undefined = undefined
  rawHeaders: string[] | undefined = undefined
  headers: HeaderObject | undefined = undefined
  headersDistinct: Record<string, string[]> | undefined = undefined
  trailerFields: Fields | undefined = undefined
  rawTrailers: string[] | undefined = undefined
  trailers: NodeJS.Dict<string> | undefined = undefined
  trailersDistinct: Record<string, string[]> | undefined = undefined
  abort: AbortController | undefined = undefined
  /** null once the exchange is over: then the signal cannot be aborted. */
  abortListener: (() => void) | null | undefined = undefined
  /** The message ended without its stream having been made: no event follows. */
  isOver = false

  constructor(socket: AnySocket) {
    this.socket = socket
  }
}

// Inherits from Readable by its prototype, set below: `extends` would construct the stream with every message.
// A class expression, because stack traces show the name of the expression and not the property `name`.
const NodeIncomingMessage = class IncomingMessage {
  declare httpVersionMajor: number
  declare httpVersionMinor: number
  declare httpVersion: string
  declare complete: boolean
  declare joinDuplicateHeaders: boolean | undefined
  declare aborted: boolean
  declare upgrade: boolean | null
  declare url: string
  declare method: string | undefined
  declare statusCode: number | undefined
  declare statusMessage: string | undefined
  declare req: PendingRequest
  declare _consuming: boolean
  declare _dumped: boolean
  declare [kOwn]: OwnState

  constructor(socket?: AnySocket) {
    this[kOwn] = new OwnState(socket)
    this.httpVersionMajor = notYet
    this.httpVersionMinor = notYet
    this.httpVersion = notYet
    this.complete = false
    this.joinDuplicateHeaders = false
    this.aborted = false
    this.upgrade = null
    this.url = ''
    this.method = notYet
    this.statusCode = notYet
    this.statusMessage = notYet
    this._consuming = false
    this._dumped = false
  }

  get socket(): Socket {
    const own = this[kOwn].socket
    if (own !== undefined) return own as Socket
    return this[kOwn].carrier?.socket as Socket
  }

  set socket(socket: AnySocket) {
    this[kOwn].socket = socket
  }

  get connection(): Socket {
    return this.socket
  }

  set connection(socket: AnySocket) {
    this[kOwn].socket = socket
  }

  get client(): Socket {
    return this.socket
  }

  // Fields

  get rawHeaders(): string[] {
    return (this[kOwn].rawHeaders ??= this[kOwn].fields?.toList() ?? [])
  }

  set rawHeaders(list: string[]) {
    this[kOwn].rawHeaders = list
  }

  get rawTrailers(): string[] {
    return (this[kOwn].rawTrailers ??= this[kOwn].trailerFields?.toList() ?? [])
  }

  set rawTrailers(list: string[]) {
    this[kOwn].rawTrailers = list
  }

  get headers(): HeaderObject {
    return (this[kOwn].headers ??= joined(this as unknown as Message, this[kOwn].fields, this[kOwn].rawHeaders))
  }

  set headers(headers: HeaderObject) {
    this[kOwn].headers = headers
  }

  get headersDistinct(): Record<string, string[]> {
    return (this[kOwn].headersDistinct ??= distinct(this as unknown as Message, this.rawHeaders))
  }

  set headersDistinct(headers: Record<string, string[]>) {
    this[kOwn].headersDistinct = headers
  }

  /** The type is Node's, although `set-cookie` is an array here too. */
  get trailers(): NodeJS.Dict<string> {
    return (this[kOwn].trailers ??= joined(
      this as unknown as Message,
      this[kOwn].trailerFields,
      this[kOwn].rawTrailers,
    ) as NodeJS.Dict<string>)
  }

  set trailers(trailers: NodeJS.Dict<string>) {
    this[kOwn].trailers = trailers
  }

  get trailersDistinct(): Record<string, string[]> {
    return (this[kOwn].trailersDistinct ??= distinct(this as unknown as Message, this.rawTrailers))
  }

  set trailersDistinct(trailers: Record<string, string[]>) {
    this[kOwn].trailersDistinct = trailers
  }

  /** Adds the first `count` items of a flat list of names and values: headers, or trailers once the message is complete. */
  _addHeaderLines(list: string[], count: number): void {
    if (!list?.length) return
    if (this.complete) this.rawTrailers = list
    else this.rawHeaders = list
    const target = (this.complete ? this[kOwn].trailers : this[kOwn].headers) as HeaderObject | undefined
    if (target === undefined) return
    for (let i = 0; i + 1 < count; i += 2) this._addHeaderLine(list[i] as string, list[i + 1] as string, target)
  }

  /** RFC 9110 section 5.3: joins the values of list fields, and keeps the first value of others. */
  _addHeaderLine(field: string, value: string, target: HeaderObject): void {
    const { lower, merging } = lookUpName(field)
    const present = target[lower]
    if (merging === 'array') {
      if (present === undefined) target[lower] = [value]
      else (present as string[]).push(value)
    } else if (typeof present !== 'string') {
      if (merging !== 'drop' || present === undefined) target[lower] = value
    } else if (merging === 'semicolon') target[lower] = `${present}; ${value}`
    else if (merging === 'comma' || this.joinDuplicateHeaders) target[lower] = `${present}, ${value}`
  }

  _addHeaderLineDistinct(field: string, value: string, target: Record<string, string[]>): void {
    const { lower } = lookUpName(field)
    const present = target[lower]
    if (present === undefined) target[lower] = [value]
    else present.push(value)
  }

  // The stream

  /** Node's name for the stream state, which programs read. Made on first access. */
  get _readableState(): ReadableState {
    return this[kOwn].stream ?? openStream(this as unknown as Message)
  }

  set _readableState(state: ReadableState) {
    this[kOwn].stream = state
  }

  _read(_size: number): void {
    if (!this._consuming) {
      this._readableState.readingMore = false
      this._consuming = true
    }
    const own = this[kOwn].socket
    if (own === undefined) this[kOwn].carrier?.resumeBody()
    else if (own?.readable) own.resume()
  }

  _destroy(error: Error | null, callback: (error?: Error | null) => void): void {
    const self = this as unknown as Message
    if (!self.readableEnded || !this.complete) {
      this.aborted = true
      self.emit('aborted')
      abortSignal(self)
    }
    const socket = this.aborted ? openSocketOf(self) : null
    if (socket !== null) {
      socket.destroy(error as Error)
      const stopWaiting = finished(socket, failure => {
        stopWaiting()
        const reported = failure?.code === 'ERR_STREAM_PREMATURE_CLOSE' ? null : failure
        process.nextTick(reportError, self, reported || error, callback)
      })
    } else if (!error && !this.aborted) callback()
    else process.nextTick(reportError, self, error, callback)
  }

  setTimeout(msecs: number, callback?: () => void): this {
    if (callback) (this as unknown as Message).on('timeout', callback)
    this.socket.setTimeout(msecs)
    return this
  }

  /** Discards the rest of the body. */
  _dump(): void {
    if (this._dumped) return
    this._dumped = true
    const self = this as unknown as Message
    self.removeAllListeners('data')
    if (this.complete && !self.destroyed && self.readableLength === 0) self.read(0)
    else self.resume()
  }

  /** Marks the stream as ended and closed without emitting an event. */
  _dumpAndCloseReadable(): void {
    this._dumped = true
    const state = this._readableState
    state.ended = true
    state.endEmitted = true
    state.destroyed = true
    state.closed = true
    state.closeEmitted = true
  }

  /** Aborts when the connection closes before the exchange is over. */
  get signal(): AbortSignal {
    let controller = this[kOwn].abort
    if (controller === undefined) {
      controller = new AbortController()
      this[kOwn].abort = controller
      const self = this as unknown as Message
      if (self.destroyed && (!self.readableEnded || !this.complete)) controller.abort()
      else watchSocket(self, controller)
    }
    return controller.signal
  }
}

/** Makes the stream's state, and applies what has happened to the message so far. */
function openStream(message: IncomingMessage): ReadableState {
  const own = message[kOwn].socket
  const highWaterMark = own ? own.readableHighWaterMark : message[kOwn].carrier?.readableHighWaterMark
  makeReadable.call(message, highWaterMark === undefined ? undefined : { highWaterMark })
  const state = message[kOwn].stream as ReadableState
  state.readingMore = true
  if (message[kOwn].isOver) message._dumpAndCloseReadable()
  else if (message.complete) message.push(null)
  return state
}

function joined(message: IncomingMessage, fields: Fields | undefined, raw: string[] | undefined): HeaderObject {
  const headers: HeaderObject = {}
  if (raw !== undefined) {
    for (let i = 0; i + 1 < raw.length; i += 2) message._addHeaderLine(raw[i] as string, raw[i + 1] as string, headers)
  } else if (fields !== undefined) {
    const { count } = fields
    for (let i = 0; i < count; i++) message._addHeaderLine(fields.name(i), fields.value(i), headers)
  }
  return headers
}

/** A field's first value, by its name in lower case; does not make `headers` if they have not been accessed. */
export function firstValue(message: IncomingMessage, name: string): string | string[] | undefined {
  const own: OwnState | undefined = message[kOwn]
  const isUnread = own?.headers === undefined && own?.rawHeaders === undefined
  return isUnread && own?.fields !== undefined ? own.fields.find(name) : message.headers[name]
}

function distinct(message: IncomingMessage, raw: string[]): Record<string, string[]> {
  // No prototype: a field may be called `__proto__`.
  const headers: Record<string, string[]> = Object.create(null)
  for (let i = 0; i + 1 < raw.length; i += 2) {
    message._addHeaderLineDistinct(raw[i] as string, raw[i + 1] as string, headers)
  }
  return headers
}

function openSocketOf(message: IncomingMessage): Socket | null {
  if (message[kOwn].socket === undefined && message[kOwn].carrier?.isClosed !== false) return null
  const { socket } = message
  return socket && !socket.destroyed ? socket : null
}

/** As in Node: an error without an 'error' listener is dropped, so that it does not end the process. */
function reportError(
  message: IncomingMessage,
  error: Error | null | undefined,
  callback: (error?: Error) => void,
): void {
  if (error && message.listenerCount('error') > 0) callback(error)
  else callback()
}

function watchSocket(message: IncomingMessage, controller: AbortController): void {
  if (message[kOwn].abortListener === null) return
  const { socket } = message
  if (!socket) return
  if (socket.destroyed) {
    controller.abort()
    return
  }
  const listener = () => abortSignal(message)
  message[kOwn].abortListener = listener
  socket.once('close', listener)
}

function abortSignal(message: IncomingMessage): void {
  detachSignal(message)
  message[kOwn].abort?.abort()
}

/** The exchange is over: closing the connection no longer aborts this message's signal. */
export function detachSignal(message: IncomingMessage): void {
  const listener = message[kOwn].abortListener
  if (listener) message.socket?.removeListener('close', listener)
  message[kOwn].abortListener = null
}

/** Sets the connection and the fields of a message whose head has been received. */
export function setHead(message: IncomingMessage, carrier: MessageCarrier, fields: Fields): void {
  message[kOwn].carrier = carrier
  message[kOwn].fields = fields
}

export function setTrailers(message: IncomingMessage, fields: Fields): void {
  message[kOwn].trailerFields = fields
}

/** Detaches the message from its connection, which will serve other messages. */
export function detachCarrier(message: IncomingMessage): void {
  message[kOwn].socket = null
}

/** The whole message has been received. */
export function completeMessage(message: IncomingMessage): void {
  message.complete = true
  if (message[kOwn].stream !== undefined) message.push(null)
}

/** The program will not read the message: discards what has not been received yet, and ends the stream. */
export function dumpMessage(message: IncomingMessage): void {
  if (message[kOwn].stream === undefined && message.complete) {
    message[kOwn].isOver = true
    message._dumped = true
    return
  }
  // A reader that has received data, or is about to, reads the rest itself.
  const isRead = message._consuming || message.readableDidRead || message._readableState.resumeScheduled
  if (!isRead) message._dump()
}

/** Adds a piece of the body. @returns false if reading should pause until the message calls `resumeBody` */
export function pushBody(message: IncomingMessage, chunk: Buffer): boolean {
  return message._dumped || message.push(chunk)
}

Object.setPrototypeOf(NodeIncomingMessage.prototype, Readable.prototype)
Object.setPrototypeOf(NodeIncomingMessage, Readable)

type NodeIncomingMessage = InstanceType<typeof NodeIncomingMessage>
/** Inside the class expression, `IncomingMessage` names the class alone. */
type Message = IncomingMessage

export interface IncomingMessage extends NodeIncomingMessage, Readable {}

/** Declares the static members that a subclass inherits. */
export interface IncomingMessageConstructor extends Omit<typeof Readable, 'prototype'> {
  new (socket?: AnySocket): IncomingMessage
  (socket?: AnySocket): IncomingMessage
  readonly prototype: IncomingMessage
}

/** The class itself: constructing it avoids the cost of the callable wrapper. */
export const PlainIncomingMessage = NodeIncomingMessage as unknown as new (socket?: AnySocket) => IncomingMessage

export const IncomingMessage = callableClass(NodeIncomingMessage, (message, socket) => {
  Object.assign(message, new NodeIncomingMessage(socket))
}) as unknown as IncomingMessageConstructor
