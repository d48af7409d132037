// The body of an outgoing message: collects writes into chunks, writes the end of the message, and calls the callbacks.

import { detached } from '../../core/detached.ts'
import { invalidArgType } from '../../core/errors.ts'
import * as errors from '../errors.ts'
import type { MessageOutlet, WriteDone } from './carrier.ts'
import {
  type Chunk,
  type Encoding,
  kState,
  noPieces,
  nothing,
  type OutgoingState,
  type Output,
  type Piece,
} from './outgoing-state.ts'

/** The message, seen from its body. The names are Node's, public by its documentation or by the packages that use them. */
export interface BodyMessage {
  readonly [kState]: OutgoingState
  readonly outputData: readonly Output[]
  readonly writableLength: number
  readonly writableHighWaterMark: number
  readonly strictContentLength: boolean
  readonly chunkedEncoding: boolean
  readonly _header: string | null
  readonly _headerSent: boolean
  readonly _hasBody: boolean
  readonly _removedContLen: boolean
  readonly _trailer: string
  _contentLength: number | null
  finished: boolean
  destroyed: boolean
  _closed: boolean
  hasHeader(name: string): boolean
  emit(event: string, ...args: unknown[]): boolean
  cork(): void
  uncork(): void
  _implicitHeader(): void
  _send(data: Chunk, encoding?: Encoding, callback?: WriteDone | null, byteLength?: number): boolean
  _finish(): void
}

export function writeBody(
  message: BodyMessage,
  given: unknown,
  encoding: Encoding,
  callback: WriteDone | undefined,
  isLast: boolean,
): boolean {
  // Detached: the end of the message may be reported by the same event.
  const done = typeof callback === 'function' ? detached(callback) : nothing
  if (given === null) throw errors.nullValues()
  if (typeof given !== 'string' && !(given instanceof Uint8Array)) {
    throw invalidArgType('chunk', ['string', 'Buffer', 'Uint8Array'], given)
  }
  const chunk: Chunk = given
  if (message.finished || message.destroyed) {
    const error = message.finished ? errors.writeAfterEnd() : errors.streamDestroyed('write')
    if (message.destroyed) process.nextTick(done, error)
    else reportLater(message, error, done)
    return false
  }
  let bytes = -1
  if (message.strictContentLength) {
    bytes = byteLengthOf(chunk, encoding)
    countStrictly(message, bytes, isLast)
  }
  if (!message._header) {
    if (isLast) {
      if (bytes < 0) bytes = byteLengthOf(chunk, encoding)
      message._contentLength = bytes
    }
    message._implicitHeader()
  }
  if (!message._hasBody) {
    if (message[kState].rejectsBody) throw errors.bodyNotAllowed()
    process.nextTick(done)
    return true
  }
  if (message.chunkedEncoding && typeof chunk === 'string' && encoding && !Buffer.isEncoding(encoding)) {
    throw errors.unknownEncoding(encoding)
  }
  const outlet = message[kState].outlet
  // Everything written within one turn is sent in one write.
  if (!isLast && outlet !== null && outlet.corked === 0) {
    message.cork()
    process.nextTick(uncorkLater, message)
  }
  if (!message.chunkedEncoding || (chunk.length === 0 && message[kState].chunks.length === 0)) {
    return message._send(chunk, encoding, done === nothing ? null : done, bytes < 0 ? undefined : bytes)
  }
  return addToChunk(message, [chunk, encoding, done], bytes)
}

/**
 * Whether the writes made while the message is corked, as it is until the end of a turn, are merged into one chunk. The
 * runtime's http does so from Node 22 on; it is kept, because receivers can observe chunk boundaries.
 */
const mergesChunks = Number.parseInt(process.versions.node, 10) >= 22

function addToChunk(message: BodyMessage, piece: Piece, knownBytes: number): boolean {
  const [chunk, encoding] = piece
  const bytes = knownBytes < 0 ? byteLengthOf(chunk, encoding) : knownBytes
  if ((message[kState].corked === 0 || !mergesChunks) && chunk.length > 0) return sendChunk(message, [piece], bytes)
  if (message[kState].chunks === noPieces) message[kState].chunks = [piece]
  else (message[kState].chunks as Piece[]).push(piece)
  message[kState].chunkBytes += bytes
  return message.writableLength < message.writableHighWaterMark
}

/** Writes a chunk: its size in hexadecimal, then its data. RFC 9112 section 7.1. */
export function sendChunk(message: BodyMessage, pieces: readonly Piece[], bytes: number): boolean {
  const outlet = message[kState].outlet
  const size = `${bytes.toString(16)}\r\n`
  const [only] = pieces
  const callbacks = pieces.map(([, , callback]) => callback).filter(callback => callback !== nothing)
  const done =
    callbacks.length === 0 ? null : (error?: Error | null) => callbacks.forEach(callback => void callback(error))
  outlet?.cork()
  let isRoom: boolean
  // Without an outlet the pieces are queued, and the outlet that will write them may be one that a program observes.
  if (outlet === null || outlet.isWatched) {
    message._send(bytes.toString(16), 'latin1', null)
    message._send(lineBreak, null, null)
    for (const [data, encoding] of pieces) message._send(data, encoding, null)
    isRoom = message._send(lineBreak, null, done)
  } else if (pieces.length === 1 && only !== undefined && isAscii(only[0], only[1], bytes)) {
    isRoom = message._send(`${size}${only[0]}\r\n`, 'latin1', done)
  } else {
    message._send(size, 'latin1', null)
    for (const [data, encoding] of pieces) message._send(data, encoding, null)
    isRoom = message._send('\r\n', 'latin1', done)
  }
  outlet?.uncork()
  return isRoom
}

const lineBreak = Buffer.from('\r\n')

function isAscii(chunk: Chunk, encoding: Encoding, bytes: number): boolean {
  return typeof chunk === 'string' && chunk.length === bytes && isUtf8(encoding)
}

export function isUtf8(encoding: Encoding): boolean {
  return !encoding || encoding === 'utf8' || encoding === 'utf-8'
}

export function endMessage(
  message: BodyMessage,
  chunk: unknown,
  encoding: Encoding,
  callback: WriteDone | undefined,
): void {
  let isEnding = false
  const outlet = message[kState].outlet
  if (chunk) {
    if (message.finished) {
      reportLater(message, errors.writeAfterEnd(), callback ?? nothing)
      return
    }
    isEnding = writeLast(message, chunk, encoding, callback)
  } else if (message.finished) {
    if (callback) addEndCallback(message, callback)
    return
  } else if (!message._header) {
    message._contentLength = 0
    message._implicitHeader()
  }
  if (callback && !isEnding) addEndCallback(message, callback)
  if (isStrict(message) && message[kState].bodyBytes !== message._contentLength) {
    throw errors.contentLengthMismatch(message[kState].bodyBytes, message._contentLength as number)
  }
  if (!isEnding) sendEnd(message, outlet, Boolean(chunk))
  while (outlet !== null && outlet.corked > 0) outlet.uncork()
  message[kState].corked = 0
  message.finished = true
  if (message.outputData.length === 0 && message[kState].outlet !== null) message._finish()
}

/** @returns whether 'finish' follows this write, because nothing else needs to be sent */
function writeLast(message: BodyMessage, chunk: unknown, encoding: Encoding, callback: WriteDone | undefined): boolean {
  const isBody = typeof chunk === 'string' || chunk instanceof Uint8Array
  let bytes = -1
  if (isBody && !message.destroyed && !message.strictContentLength) {
    if (!message._header) {
      bytes = byteLengthOf(chunk, encoding)
      message._contentLength = bytes
      message._implicitHeader()
    }
    if (message._header && message._hasBody && !message.chunkedEncoding) {
      if (callback) addEndCallback(message, callback)
      message._send(chunk, encoding, onSent(message), bytes < 0 ? undefined : bytes)
      return true
    }
  }
  const outlet = message[kState].outlet
  outlet?.cork()
  writeBody(message, chunk, encoding, undefined, true)
  return false
}

function sendEnd(message: BodyMessage, outlet: MessageOutlet | null, hadChunk: boolean): void {
  if (message[kState].chunks.length > 0) {
    outlet?.cork()
    message.uncork()
  }
  if (message._hasBody && message.chunkedEncoding) {
    message._send(`0\r\n${message._trailer}\r\n`, 'latin1', onSent(message))
  } else if (!message._headerSent || hadChunk || message.writableLength > 0) {
    message._send('', 'latin1', onSent(message))
  } else process.nextTick(finish, message)
}

function onSent(message: BodyMessage): WriteDone {
  return error => finish(message, error)
}

/** Whether the callback of `end` is called when ending fails: up to Node 20 it waits for 'finish', which is never emitted. */
const tellsFailedEnd = Number.parseInt(process.versions.node, 10) >= 22

function finish(message: BodyMessage, failure?: Error | null): void {
  const outlet = message[kState].outlet
  if (failure || message[kState].errored || outlet?.errored) {
    if (!tellsFailedEnd) return
    const error = failure ?? message[kState].errored ?? outlet?.errored ?? errors.streamDestroyed('end')
    callEndCallbacks(message, error)
    return
  }
  message[kState].isFinished = true
  if (message[kState].endCallbacks === null) {
    outlet?.onMessageFinished?.(message)
    message.emit('finish')
    return
  }
  try {
    callEndCallbacks(message, null)
  } finally {
    // The next message gets its turn even if a callback throws.
    outlet?.onMessageFinished?.(message)
    message.emit('finish')
  }
}

function addEndCallback(message: BodyMessage, callback: WriteDone): void {
  if (message[kState].isFinished) callback(errors.alreadyFinished('end'))
  else if (message[kState].flushError !== null) process.nextTick(callback, message[kState].flushError)
  else (message[kState].endCallbacks ??= []).push(callback)
}

function callEndCallbacks(message: BodyMessage, error: Error | null): void {
  const callbacks = message[kState].endCallbacks
  if (callbacks === null) return
  message[kState].endCallbacks = null
  for (const callback of callbacks) callback(error)
}

function countStrictly(message: BodyMessage, bytes: number, isLast: boolean): void {
  const sum = message[kState].bodyBytes + bytes
  const declared = message._contentLength
  if (isStrict(message) && declared !== null && (isLast ? sum !== declared : sum > declared)) {
    throw errors.contentLengthMismatch(sum, declared)
  }
  message[kState].bodyBytes = sum
}

function isStrict(message: BodyMessage): boolean {
  return (
    message.strictContentLength &&
    message._contentLength !== null &&
    message._hasBody &&
    !message._removedContLen &&
    !message.chunkedEncoding &&
    !message.hasHeader('transfer-encoding')
  )
}

function reportLater(message: BodyMessage, error: Error, callback: WriteDone): void {
  if (message.destroyed) return
  process.nextTick(() => {
    callback(error)
    if (!message.destroyed) message.emit('error', error)
  })
}

function uncorkLater(message: BodyMessage): void {
  if (message[kState].corked > 0) message.uncork()
}

/** Emits 'close', once. */
export function emitClose(message: BodyMessage): void {
  if (message._closed) return
  message.destroyed = true
  message._closed = true
  message.emit('close')
}

function byteLengthOf(chunk: Chunk, encoding: Encoding): number {
  return typeof chunk === 'string' ? Buffer.byteLength(chunk, encoding ?? 'utf8') : chunk.byteLength
}
