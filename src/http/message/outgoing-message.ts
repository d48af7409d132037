// http.OutgoingMessage: the base of a server's response and a client's request. The head is formatted when it is first
// needed; the body is written in pieces; output is queued here until it is this message's turn on its connection, and the
// message has an outlet. Source: Node's documentation, "Class: http.OutgoingMessage".

import type { IncomingMessage as NodeIncomingMessage } from 'node:http'
import Stream, { type Writable } from 'node:stream'
import { callableClass } from '../../core/callable-class.ts'
import { validateString } from '../../core/validate.ts'
import type { Socket } from '../../net/internal.ts'
import * as errors from '../errors.ts'
import type { MessageOutlet, WriteDone } from './carrier.ts'
import { formatTrailers, type GivenHeaders, HeadWriter } from './head-writer.ts'
import { emitClose, endMessage, isUtf8, sendChunk, writeBody } from './outgoing-body.ts'
import { entriesOf, type GivenValue, type HeaderValue, OutgoingFields } from './outgoing-fields.ts'
import {
  type Chunk,
  type Encoding,
  kState,
  noOutput,
  noPieces,
  nothing,
  type OutgoingOptions,
  OutgoingState,
  type Output,
} from './outgoing-state.ts'
import { outletOf } from './socket-outlet.ts'

class NodeOutgoingMessage<Request = NodeIncomingMessage> extends Stream {
  declare outputData: Output[]
  declare outputSize: number
  declare writable: boolean
  declare destroyed: boolean
  declare _last: boolean
  declare chunkedEncoding: boolean
  declare shouldKeepAlive: boolean
  declare maxRequestsOnConnectionReached: boolean
  declare _defaultKeepAlive: boolean
  declare useChunkedEncodingByDefault: boolean
  declare sendDate: boolean
  declare _removedConnection: boolean
  declare _removedContLen: boolean
  declare _removedTE: boolean
  declare strictContentLength: boolean
  declare _contentLength: number | null
  declare _hasBody: boolean
  declare _trailer: string
  declare finished: boolean
  declare _headerSent: boolean
  declare _closed: boolean
  declare _header: string | null
  declare _keepAliveTimeout: number
  declare _onPendingData: (bytes: number) => void
  declare [kState]: OutgoingState
  // Node's types declare a Writable, although the object is a plain Stream: these members exist in the types only.
  declare readonly req: Request
  declare readonly writableAborted: boolean
  declare setDefaultEncoding: (encoding: BufferEncoding) => this
  declare _write: Writable['_write']
  declare _destroy: Writable['_destroy']
  declare _final: Writable['_final']
  declare [Symbol.asyncDispose]: Writable[typeof Symbol.asyncDispose]

  constructor(options?: OutgoingOptions) {
    super()
    this.outputData = noOutput
    this.outputSize = 0
    this.writable = true
    this.destroyed = false
    this._last = false
    this.chunkedEncoding = false
    this.shouldKeepAlive = true
    this.maxRequestsOnConnectionReached = false
    this._defaultKeepAlive = true
    this.useChunkedEncodingByDefault = true
    this.sendDate = false
    this._removedConnection = false
    this._removedContLen = false
    this._removedTE = false
    this.strictContentLength = false
    this._contentLength = null
    this._hasBody = true
    this._trailer = ''
    this.finished = false
    this._headerSent = false
    this._closed = false
    this._header = null
    this._keepAliveTimeout = 0
    this._onPendingData = nothing
    this[kState] = new OutgoingState(options)
  }

  get errored(): Error | null {
    return this[kState].errored as Error | null
  }

  get closed(): boolean {
    return this._closed
  }

  get writableFinished(): boolean {
    return this[kState].isFinished
  }

  get writableObjectMode(): boolean {
    return false
  }

  get writableLength(): number {
    let collected = this[kState].chunkBytes
    if (collected !== 0) {
      const head = !this._headerSent && this._header !== null ? this._header.length : 0
      collected += collected.toString(16).length + 4 + head
    }
    return this.outputSize + collected + (this[kState].outlet?.bufferedBytes ?? 0)
  }

  get writableHighWaterMark(): number {
    return this[kState].outlet?.highWaterMark ?? this[kState].highWaterMark
  }

  get writableCorked(): number {
    return this[kState].corked
  }

  get writableEnded(): boolean {
    return this.finished
  }

  get writableNeedDrain(): boolean {
    return !this.destroyed && !this.finished && this[kState].needDrain
  }

  get headersSent(): boolean {
    return this._header !== null && this._header !== ''
  }

  get socket(): Socket | null {
    return this[kState].outlet?.socket ?? null
  }

  set socket(socket: Socket | null | undefined) {
    const outlet = socket ? outletOf(socket) : null
    for (let i = 0; i < this[kState].corked; i++) {
      outlet?.cork()
      this[kState].outlet?.uncork()
    }
    this[kState].outlet = outlet
  }

  get connection(): Socket | null {
    return this.socket
  }

  set connection(socket: Socket | null | undefined) {
    this.socket = socket
  }

  // Fields

  setHeader(name: string, value: HeaderValue): this {
    if (this._header) throw errors.headersSent('set')
    const fields = (this[kState].fields ??= new OutgoingFields())
    fields.set(name, value, this._isLenientHeaderValidation())
    return this
  }

  setHeaders(headers: Headers | ReadonlyMap<string, HeaderValue>): this {
    if (this._header) throw errors.headersSent('set')
    for (const [name, value] of entriesOf(headers)) this.setHeader(name, value)
    return this
  }

  appendHeader(name: string, value: string | readonly string[]): this {
    if (this._header) throw errors.headersSent('append')
    const fields = (this[kState].fields ??= new OutgoingFields())
    fields.append(name, value, this._isLenientHeaderValidation())
    return this
  }

  getHeader(name: string): GivenValue | undefined {
    validateString(name, 'name')
    return this[kState].fields?.get(name)
  }

  getHeaderNames(): string[] {
    return this[kState].fields?.lowerNames ?? []
  }

  getRawHeaderNames(): string[] {
    return this[kState].fields?.rawNames ?? []
  }

  getHeaders(): Record<string, GivenValue> {
    return this[kState].fields?.toObject() ?? Object.create(null)
  }

  hasHeader(name: string): boolean {
    validateString(name, 'name')
    return this[kState].fields?.has(name) ?? false
  }

  removeHeader(name: string): void {
    validateString(name, 'name')
    if (this._header) throw errors.headersSent('remove')
    const lower = name.toLowerCase()
    if (lower === 'connection') this._removedConnection = true
    else if (lower === 'content-length') this._removedContLen = true
    else if (lower === 'transfer-encoding') this._removedTE = true
    else if (lower === 'date') this.sendDate = false
    this[kState].fields?.delete(lower)
  }

  addTrailers(headers: object): void {
    this._trailer = ''
    this._trailer = formatTrailers(headers, this._isLenientHeaderValidation(), this[kState].unique)
  }

  flushHeaders(): void {
    if (!this._header) this._implicitHeader()
    this._send('')
  }

  _implicitHeader(): void {
    throw errors.notImplemented('_implicitHeader()')
  }

  _renderHeaders(): Record<string, HeaderValue> {
    if (this._header) throw errors.headersSent('render')
    return this[kState].fields?.toRawObject() ?? {}
  }

  _isLenientHeaderValidation(): boolean {
    return this[kState].isRelaxed
  }

  /** @param headers - replace the fields that were set; null: only the fields that Node adds */
  _storeHeader(firstLine: string, headers?: GivenHeaders | OutgoingFields | null): void {
    const state = this[kState]
    const writer = new HeadWriter(this, firstLine, state.clock, this._isLenientHeaderValidation(), state.unique)
    if (headers instanceof OutgoingFields) writer.addFields(headers)
    else if (headers) writer.addGiven(headers)
    this._header = writer.finish()
    state.isHeadLatin = writer.isLatin
    this._headerSent = false
    // The peer responds to the expectation before the body is sent.
    if (writer.hasExpect) this._send('')
  }

  // Corking

  cork(): void {
    this[kState].corked++
    this[kState].outlet?.cork()
  }

  uncork(): void {
    this[kState].corked--
    const outlet = this[kState].outlet
    try {
      if (this[kState].corked > 0 || this[kState].chunks.length === 0) return
      const pieces = this[kState].chunks
      const bytes = this[kState].chunkBytes
      this[kState].chunks = noPieces
      this[kState].chunkBytes = 0
      if (this.destroyed || outlet?.isDestroyed) {
        const error = this[kState].errored || outlet?.errored || errors.streamDestroyed('write')
        for (const [, , callback] of pieces) if (callback !== nothing) process.nextTick(callback, error)
        return
      }
      sendChunk(this, pieces, bytes)
    } finally {
      outlet?.uncork()
    }
    if (this[kState].needDrain && this.writableLength === 0) {
      this[kState].needDrain = false
      this.emit('drain')
    }
  }

  // Body

  write(chunk: unknown, encoding?: Encoding | WriteDone, callback?: WriteDone): boolean {
    const isShort = typeof encoding === 'function'
    const done = isShort ? encoding : callback
    const isRoom = writeBody(this, chunk, isShort ? null : encoding, done, false)
    if (!isRoom) this[kState].needDrain = true
    return isRoom
  }

  end(chunk?: unknown, encoding?: Encoding | (() => void), callback?: () => void): this {
    let data = chunk
    let code = encoding as Encoding
    let done = callback as WriteDone | undefined
    if (typeof chunk === 'function') {
      done = chunk as WriteDone
      data = null
      code = null
    } else if (typeof encoding === 'function') {
      done = encoding as WriteDone
      code = null
    }
    endMessage(this, data, code, typeof done === 'function' ? done : undefined)
    return this
  }

  setTimeout(msecs: number, callback?: () => void): this {
    if (callback) this.on('timeout', callback)
    const outlet = this[kState].outlet
    if (outlet === null) this.once('socket', (socket: Socket) => socket.setTimeout(msecs))
    else outlet.socket.setTimeout(msecs)
    return this
  }

  destroy(error?: Error | null): this {
    if (this.destroyed) return this
    this.destroyed = true
    this[kState].errored = error
    if (this[kState].chunks.length > 0) {
      this[kState].corked = 1
      this.uncork()
    }
    const outlet = this[kState].outlet
    if (outlet !== null) outlet.destroy(error)
    else process.nextTick(emitClose, this)
    return this
  }

  /** Always an error: the message is not readable. */
  override pipe<T extends NodeJS.WritableStream>(destination: T): T {
    this.emit('error', errors.cannotPipe())
    return destination
  }

  // Output

  /** @param byteLength - the length of `data` in bytes, if known */
  _send(data: Chunk, encoding?: Encoding, callback?: WriteDone | null, byteLength?: number): boolean {
    if (this._headerSent || this._header === null) return this._writeRaw(data, encoding, callback)
    const head = this._header
    this._headerSent = true
    if (typeof data === 'string') {
      // One write for head and body: as latin1 where both are ASCII, which the runtime copies without encoding.
      if (data === '' || encoding === 'latin1') return this._writeRaw(head + data, 'latin1', callback)
      if (isUtf8(encoding)) {
        // Node sends the head in the encoding of the text that follows it, and programs rely on that.
        const isAscii = byteLength === data.length && !this[kState].isHeadLatin
        return this._writeRaw(head + data, isAscii ? 'latin1' : 'utf8', callback)
      }
    }
    const outlet = this[kState].outlet
    outlet?.cork()
    this._writeRaw(head, 'latin1', null)
    const isRoom = this._writeRaw(data, encoding, callback)
    outlet?.uncork()
    return isRoom
  }

  _writeRaw(data: Chunk, encoding?: Encoding | WriteDone, callback?: WriteDone | null): boolean {
    const outlet = this[kState].outlet
    if (outlet?.isDestroyed) return false
    let code = encoding as Encoding
    let done = callback
    if (typeof encoding === 'function') {
      done = encoding
      code = null
    }
    if (outlet?.isWritable) {
      if (this.outputData.length > 0) this._flushOutput(outlet)
      return outlet.write(data, code ?? undefined, done ?? undefined)
    }
    if (this.outputData === noOutput) this.outputData = []
    this.outputData.push({ data, encoding: code, callback: done })
    this.outputSize += data.length
    this._onPendingData(data.length)
    return this.outputSize < this[kState].highWaterMark
  }

  /** It has become this message's turn: writes the queued output. */
  _flush(): void {
    const outlet = this[kState].outlet
    if (!outlet?.isWritable) return
    const isRoom = this._flushOutput(outlet)
    if (this.finished) this._finish()
    else if (this[kState].needDrain && isRoom !== false) {
      this[kState].needDrain = false
      this.emit('drain')
    }
  }

  _flushOutput(outlet: MessageOutlet | Socket): boolean | undefined {
    const output = this.outputData
    if (output.length === 0) return undefined
    this.outputData = noOutput
    let isRoom: boolean | undefined
    if (output.length > 1) outlet.cork()
    for (const { data, encoding, callback } of output) {
      isRoom = outlet.write(data, encoding ?? (undefined as never), callback ?? undefined)
    }
    if (output.length > 1) outlet.uncork()
    this._onPendingData(-this.outputSize)
    this.outputSize = 0
    return isRoom
  }

  /** All output has been written to the connection. */
  _finish(): void {
    this.emit('prefinish')
  }

  [Symbol.for('nodejs.rejection')](error: Error): void {
    this.destroy(error)
  }
}

Object.defineProperty(NodeOutgoingMessage, 'name', { value: 'OutgoingMessage' })

/** The class itself, for subclasses. */
export const PlainOutgoingMessage = NodeOutgoingMessage
export type OutgoingMessage<Request = NodeIncomingMessage> = NodeOutgoingMessage<Request>

/** Declares the static members that a subclass inherits. */
export interface OutgoingMessageConstructor extends Omit<typeof Writable, 'prototype'> {
  new <Request = NodeIncomingMessage>(options?: OutgoingOptions): OutgoingMessage<Request>
  <Request = NodeIncomingMessage>(options?: OutgoingOptions): OutgoingMessage<Request>
  readonly prototype: OutgoingMessage
}

export const OutgoingMessage = callableClass(NodeOutgoingMessage, (message, options) => {
  Object.assign(message, new NodeOutgoingMessage(options))
}) as unknown as OutgoingMessageConstructor
