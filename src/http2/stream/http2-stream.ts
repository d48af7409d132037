// Http2Stream: what both ends share. A Duplex over one stream of the engine: what the program writes is queued there, what
// comes is held until the program reads, and only then may the peer send more. How it ends is stream-closing.ts's part.
// Node's documentation, "Class: Http2Stream".

import type { OutgoingHttpHeaders } from 'node:http'
import type { Http2Session as NodeSession } from 'node:http2'
import { Duplex, type DuplexOptions } from 'node:stream'
import { format, inspect } from 'node:util'
import { asBuffer } from '../../core/bytes.ts'
import { validateFunction, validateInteger } from '../../core/validate.ts'
import type { Timer } from '../../host/types.ts'
import * as diagnostics from '../diagnostics.ts'
import type { EngineStream } from '../engine/types.ts'
import { invalidStream, trailersAlreadySent, trailersNotReady } from '../errors.ts'
import { NO_ERROR } from '../numbers.ts'
import type { OwningSession } from '../session/owning-session.ts'
import { hasProgressed } from '../session/session-state.ts'
import { shownState } from '../session/shown-state.ts'
import { setTimed } from '../session/timeouts.ts'
import { kMaybeDestroy, kProceed, kSession, kStream, kTimer, kTouch } from '../symbols.ts'
import { validateOptionalObject } from '../validate.ts'
import { DESTROY, STAY, StreamState } from './facade-state.ts'
import { fieldPairs, type HeaderObject, sensitiveNames, trailerPseudo } from './header-map.ts'
import { deprecatePriority } from './priority-warning.ts'
import { sentObject } from './request-headers.ts'
import { closeStream, destroyStream, maybeDestroyStream, refuseHeaders, SUBMIT_RESET } from './stream-closing.ts'

type WriteCallback = (error?: Error | null) => void

type Emit = (this: Duplex, event: string | symbol, ...args: unknown[]) => boolean
const emit = Duplex.prototype.emit as Emit

/** More is written the usual way, so that time-outs see it on its way. */
const MAX_LAST_BYTES = 16 * 1024

const MAX_JOINED = 64 * 1024

const streamOptions: DuplexOptions = { allowHalfOpen: true, decodeStrings: false, autoDestroy: false }

export class Http2Stream extends Duplex {
  declare [kStream]: StreamState
  declare [kTimer]: Timer | null
  declare timeout: number

  constructor(session: OwningSession, isServer: boolean) {
    super(streamOptions)
    this[kTimer] = null
    this[kStream] = new StreamState(session, isServer)
  }

  get bufferSize(): number {
    return this[kStream].writeBytes + this.writableLength - this[kStream].writeLength
  }

  get endAfterHeaders(): boolean {
    return this[kStream].endAfterHeaders
  }

  /** Undefined until they have been; Node declares them as always there. */
  get sentHeaders(): OutgoingHttpHeaders {
    const state = this[kStream]
    if (state.sentHeaders === undefined && state.rawHeaders !== undefined) {
      state.sentHeaders = sentObject(state.rawHeaders)
    }
    return state.sentHeaders as OutgoingHttpHeaders
  }

  get sentTrailers(): OutgoingHttpHeaders | undefined {
    return this[kStream].sentTrailers as OutgoingHttpHeaders | undefined
  }

  get sentInfoHeaders(): OutgoingHttpHeaders[] | undefined {
    return this[kStream].infoHeaders as OutgoingHttpHeaders[] | undefined
  }

  get pending(): boolean {
    return this[kStream].id === undefined
  }

  get id(): number | undefined {
    return this[kStream].id
  }

  get session(): NodeSession | undefined {
    return this[kStream].session as NodeSession | undefined
  }

  get headersSent(): boolean {
    return this[kStream].headersSent
  }

  get aborted(): boolean {
    return this[kStream].isAborted
  }

  get headRequest(): boolean {
    return this[kStream].isHeadRequest
  }

  get rstCode(): number {
    return this[kStream].rstCode
  }

  get state(): object {
    return this.destroyed ? {} : shownState(this[kStream])
  }

  // Time-outs

  setTimeout(msecs: number, callback?: () => void): this {
    const { session } = this[kStream]
    if (session !== undefined) setTimed(this, session[kSession].host.clock, msecs, callback)
    return this
  }

  _onTimeout(): void {
    const state = this[kStream]
    if (this.destroyed || state.session === undefined) return
    if (state.writeBytes > 0 && hasProgressed(state.session[kSession], state)) this[kTouch]()
    else this.emit('timeout')
  }

  [kTouch](): void {
    if (this.destroyed) return
    this[kTimer]?.refresh()
    this[kStream].session?.[kTouch]()
  }

  // Reading

  override _read(): void {
    const state = this[kStream]
    if (this.destroyed) {
      this.push(null)
      return
    }
    state.didRead = true
    state.isReading = true
    if (state.held !== null) releaseHeld(this, state, state.held)
  }

  // Writing

  override _write(data: string | Uint8Array, encoding: BufferEncoding, callback: WriteCallback): void {
    const state = mayWrite(this, () => this._write(data, encoding, callback))
    if (state === undefined) return
    const bytes = typeof data === 'string' ? Buffer.from(data, encoding) : data
    beginWrite(this, state, data.length, bytes.length, callback)
    queue(this, state, bytes, true)
    if (!state.isServer) tellChunk(this, false, data, encoding)
  }

  override _writev(chunks: { chunk: string | Uint8Array; encoding: BufferEncoding }[], callback: WriteCallback): void {
    const state = mayWrite(this, () => this._writev(chunks, callback))
    if (state === undefined) return
    let length = 0
    const pieces = chunks.map(({ chunk, encoding }) => {
      length += chunk.length
      return typeof chunk === 'string' ? Buffer.from(chunk, encoding) : chunk
    })
    const total = pieces.reduce((sum, { length: bytes }) => sum + bytes, 0)
    beginWrite(this, state, length, total, callback)
    // Joined, they fill frames; a copy costs less than a frame each, until there is much to copy.
    if (total <= MAX_JOINED) queue(this, state, Buffer.concat(pieces, total), true)
    else for (const [index, bytes] of pieces.entries()) queue(this, state, bytes, index === pieces.length - 1)
    if (!state.isServer) tellChunk(this, true, chunks, '')
  }

  override end(...args: unknown[]): this {
    const state = this[kStream]
    // Neither the observer nor a listener has trailers to send.
    const { observer } = state
    if (observer !== null && observer.trailers === undefined && this.listenerCount('wantTrailers') === 0)
      state.hasTrailers = false
    if (sendLast(this, state, args[0], args[1])) {
      const last = args.at(-1)
      return typeof last === 'function' ? super.end(last as () => void) : super.end()
    }
    ;(Duplex.prototype.end as (...args: unknown[]) => unknown).apply(this, args)
    // The write under way is the last: END_STREAM can go with it.
    const { engineStream } = state
    if (state.writeCallback === null || state.isEndSent || state.hasTrailers || engineStream === undefined) return this
    if (this.writableLength === state.writeLength) sendEnd(state, engineStream)
    return this
  }

  override _final(callback: WriteCallback): void {
    const state = this[kStream]
    if (this.pending) {
      this.once('ready', () => this._final(callback))
      return
    }
    if (!state.isShut) {
      state.isShut = true
      const { engineStream } = state
      if (engineStream !== undefined && state.headersSent && !state.isEndSent) {
        if (state.hasTrailers) process.nextTick(askForTrailers, this)
        else sendEnd(state, engineStream)
      }
    }
    callback()
    if (!state.isServer && diagnostics.clientBodySent.hasSubscribers)
      diagnostics.clientBodySent.publish({ stream: this })
  }

  /** Sends what is sent when the program has said nothing: a server's response. */
  [kProceed](): void {}

  sendTrailers(headers: HeaderObject): void {
    const state = this[kStream]
    if (this.destroyed || this[kStream].isClosed) throw invalidStream()
    if (state.sentTrailers !== undefined) throw trailersAlreadySent()
    if (!state.trailersReady) throw trailersNotReady()
    validateOptionalObject(headers, 'headers')
    const trailers = Object.assign(Object.create(null) as HeaderObject, headers)
    this[kTouch]()
    const session = state.session as OwningSession
    const pairs = fieldPairs(trailers, trailerPseudo, session[kSession].options.isStrict)
    state.sentTrailers = trailers
    process.nextTick(finishTrailers, this, pairs, sensitiveNames(trailers))
  }

  /**
   * What this side does at its own events, without a listener for each: those of a request through the compatibility API
   * were half of what a request allocated.
   */
  override emit(event: string | symbol, ...args: unknown[]): boolean {
    const state = this[kStream]
    if (state.observer !== null && typeof event === 'string') state.observer.onStreamEvent(event, args)
    if (event === 'error' && mayPassUnheard(state) && this.listenerCount('error') === 0) return false
    const wasHeard = emit.call(this, event, ...args)
    if (event === 'finish') {
      if (state.isShut) this[kMaybeDestroy]()
    } else if (event === 'end' && state.afterEnd !== STAY) {
      if (state.afterEnd === DESTROY) this.destroy()
      else this[kMaybeDestroy]()
    }
    return wasHeard
  }

  // Closing

  close(code: number = NO_ERROR, callback?: () => void): void {
    validateInteger(code, 'code', 0, 2 ** 32 - 1)
    if (callback !== undefined) validateFunction(callback, 'callback')
    if (this.closed) return
    if (callback !== undefined) this.once('close', callback)
    const state = this[kStream]
    state.isLeftToRead = false
    if (!state.isClosed) closeStream(this, code, SUBMIT_RESET)
  }

  override _destroy(error: Error | null, callback: WriteCallback): void {
    destroyStream(this, error, callback)
  }

  [kMaybeDestroy](): void {
    maybeDestroyStream(this)
  }

  [inspect.custom](depth: number): unknown {
    if (typeof depth === 'number' && depth < 0) return this
    const shown = {
      id: this.id ?? '<pending>',
      closed: this.closed,
      destroyed: this.destroyed,
      state: this.state,
      readableState: Reflect.get(this, '_readableState'),
      writableState: Reflect.get(this, '_writableState'),
    }
    return `Http2Stream ${format(shown)}`
  }

  declare readonly closed: boolean
  declare priority: (options: unknown) => void
}

Http2Stream.prototype.priority = deprecatePriority(function priority(this: Http2Stream): void {
  if (this.destroyed) throw invalidStream()
}, 'http2Stream.priority is longer supported after priority signalling was deprecated in RFC 9113')

// With both sides ended it is closed once it has been read: the runtime's stream helpers take what is closed for lost.
// A field in the stream's declaration, which no accessor of a subclass may stand for.
Object.defineProperty(Http2Stream.prototype, 'closed', {
  get(this: Http2Stream) {
    const state = this[kStream]
    return state.isClosed && !(state.isLeftToRead && this.readable)
  },
  configurable: true,
})

// The engine's stream

/** The stream has its identifier: registers it with its session. */
export function openStream(stream: Http2Stream, engineStream: EngineStream): void {
  const state = stream[kStream]
  state.engineStream = engineStream
  state.id = engineStream.id
  engineStream.owner = stream
  const { pendingStreams, streams } = (state.session as OwningSession)[kSession]
  pendingStreams.delete(stream)
  streams.add(stream)
}

export function receiveData(stream: Http2Stream, bytes: Uint8Array): void {
  const state = stream[kStream]
  stream[kTouch]()
  if (state.isReading && state.held === null) take(stream, state, bytes)
  else if (state.held === null) state.held = [bytes]
  else state.held.push(bytes)
}

/** @param withHead - END_STREAM stood at a head or at trailers */
export function receiveEnd(stream: Http2Stream, withHead: boolean): void {
  const state = stream[kStream]
  state.hasEnd = true
  state.endedInPacket = state.session?.[kSession].carrier?.turns.packet ?? -1
  if (state.held !== null) return
  pushEnd(stream, state)
  // What does not flow, and has nothing left, has its 'end' all the same, unless nobody could have waited for data.
  if (!withHead && !stream.readableFlowing) stream.read(0)
}

function releaseHeld(stream: Http2Stream, state: StreamState, held: Uint8Array[]): void {
  let at = 0
  while (state.isReading && at < held.length) take(stream, state, held[at++] as Uint8Array)
  if (at < held.length) {
    held.splice(0, at)
    return
  }
  state.held = null
  if (state.hasEnd) pushEnd(stream, state)
}

function take(stream: Http2Stream, state: StreamState, bytes: Uint8Array): void {
  const { engineStream, session, scope } = state
  const chunk = asBuffer(bytes)
  if (engineStream !== undefined) session?.[kSession].carrier?.engine.consume(engineStream, bytes.length)
  const wantsMore = scope === null ? stream.push(chunk) : scope.runInAsyncScope(stream.push, stream, chunk)
  if (!wantsMore) state.isReading = false
}

function pushEnd(stream: Http2Stream, { scope }: StreamState): void {
  if (scope === null) stream.push(null)
  else scope.runInAsyncScope(stream.push, stream, null)
}

// Writing

/** The state, where the stream can take a write now; `later` is called once it can. */
function mayWrite(stream: Http2Stream, later: () => void): StreamState | undefined {
  if (stream.pending) {
    stream.once('ready', later)
    return undefined
  }
  // Destroyed between the write and 'ready': the error has already been emitted.
  if (stream.destroyed) return undefined
  stream[kTouch]()
  const state = stream[kStream]
  if (!state.headersSent) stream[kProceed]()
  return state
}

function beginWrite(stream: Http2Stream, state: StreamState, length: number, bytes: number, callback: WriteCallback) {
  state.writeCallback = callback
  state.writeLength = length
  state.writeBytes = bytes
  const { session } = state
  if (session !== undefined) session[kSession].writeQueueSize += bytes
  if (state.onSent !== undefined) return
  const finish = (): void => finishWrite(stream)
  state.onSent = sent => {
    if (sent) state.session?.[kSession].carrier?.afterWrite(finish)
  }
}

function queue(stream: Http2Stream, state: StreamState, bytes: Uint8Array, isLast: boolean): void {
  const { engineStream, session } = state
  const engine = session?.[kSession].carrier?.engine
  const done = isLast ? state.onSent : undefined
  const isQueued = engineStream !== undefined && engine?.sendData(engineStream, bytes, { done })
  // The stream is already closed: the write is completed without sending.
  if (!isQueued && isLast) process.nextTick(finishWrite, stream)
}

function finishWrite(stream: Http2Stream): void {
  const state = stream[kStream]
  const callback = state.writeCallback
  if (callback === null) return
  state.writeCallback = null
  if (state.session !== undefined) state.session[kSession].writeQueueSize -= state.writeBytes
  state.writeBytes = 0
  state.writeLength = 0
  callback()
}

function sendEnd(state: StreamState, engineStream: EngineStream): void {
  state.isEndSent = true
  state.session?.[kSession].carrier?.end(engineStream)
}

/**
 * The last of a body, and small: it goes past the stream's machinery, which has nothing to wait for. bench/http2, requests
 * per CPU second against the runtime's: streams 1.5 to 1.9, compatibility API 1.9 to 2.7.
 * @returns false: it must go the usual way
 */
function sendLast(stream: Http2Stream, state: StreamState, chunk: unknown, encoding: unknown): boolean {
  const isText = typeof chunk === 'string'
  if (!isText && !(chunk instanceof Uint8Array)) return false
  const { engineStream, session } = state
  if (engineStream === undefined || chunk.length === 0 || chunk.length > MAX_LAST_BYTES) return false
  const isIdle =
    stream.writableLength === 0 && stream.writableCorked === 0 && !stream.writableEnded && !stream.destroyed
  if (!isIdle || !state.headersSent || state.hasTrailers || state.isEndSent) return false
  const bytes = isText
    ? Buffer.from(chunk, (typeof encoding === 'string' ? encoding : 'utf8') as BufferEncoding)
    : chunk
  if (!session?.[kSession].carrier?.engine.sendData(engineStream, bytes)) return false
  stream[kTouch]()
  sendEnd(state, engineStream)
  if (!state.isServer) tellChunk(stream, false, chunk, typeof encoding === 'string' ? encoding : 'buffer')
  return true
}

function tellChunk(stream: Http2Stream, writev: boolean, data: unknown, encoding: string): void {
  const channel = diagnostics.clientBodyChunkSent
  if (channel.hasSubscribers) channel.publish({ stream, writev, data, encoding })
}

/**
 * What a client does to its stream must not end a server whose program has no listener for it; nor does the compatibility API
 * tell of errors at all.
 */
function mayPassUnheard({ observer, isServer, isPeersError }: StreamState): boolean {
  return observer !== null || (isServer && isPeersError)
}

// Trailers

export function askForTrailers(stream: Http2Stream): void {
  const state = stream[kStream]
  state.trailersReady = true
  if (stream.destroyed || stream[kStream].isClosed) return
  if (!stream.emit('wantTrailers')) stream.sendTrailers(state.observer?.trailers ?? {})
}

function finishTrailers(stream: Http2Stream, pairs: string[], sensitive: ReadonlySet<string> | undefined): void {
  const state = stream[kStream]
  const { engineStream, session } = state
  if (stream.destroyed || engineStream === undefined) return
  state.hasTrailers = false
  if (pairs.length === 0) sendEnd(state, engineStream)
  else {
    state.isEndSent = true
    const wasSent = session?.[kSession].carrier?.engine.sendTrailers(engineStream, pairs, sensitive)
    if (wasSent === false && !engineStream.isLocalClosed) refuseHeaders(stream)
  }
  stream[kMaybeDestroy]()
}
