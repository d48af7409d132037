// Translates the engine's events to Node's: on the session and on its streams, in Node's order. stream/http2-stream.ts and
// stream/stream-closing.ts handle those that concern one stream.

import type { EventEmitter } from 'node:events'
import { asBuffer } from '../../core/bytes.ts'
import { throwApart } from '../call-apart.ts'
import * as diagnostics from '../diagnostics.ts'
import type { EngineError, EngineStream, HeaderBlock, MessagePart, SessionHandler } from '../engine/types.ts'
import { nghttpError, sessionError, tooManyInvalidFrames, tooManyOrigins } from '../errors.ts'
import { NO_ERROR, REFUSED_STREAM, SESSION_SERVER } from '../numbers.ts'
import { ClientHttp2Stream } from '../stream/client-stream.ts'
import { type HeaderObject, headerObject } from '../stream/header-map.ts'
import { type Http2Stream, receiveData, receiveEnd } from '../stream/http2-stream.ts'
import { tellsPriority } from '../stream/priority-warning.ts'
import { ServerHttp2Stream } from '../stream/server-stream.ts'
import { closedByEngine } from '../stream/stream-closing.ts'
import { kSession, kStream, kTouch } from '../symbols.ts'
import { originSetOf } from './origin-set.ts'
import type { OwningSession } from './owning-session.ts'
import { connectionClosed, connectionFailed } from './session-closing.ts'
import type { ConnectionOwner } from './session-connection.ts'
import type { SessionState } from './session-state.ts'

const FLAG_END_STREAM = 0x1
const FLAG_END_HEADERS = 0x4

export class SessionEvents implements SessionHandler, ConnectionOwner {
  readonly #session: OwningSession
  readonly #state: SessionState
  #resetByPeer: EngineStream | undefined = undefined

  constructor(session: OwningSession) {
    this.#session = session
    this.#state = session[kSession]
  }

  // Messages

  onHeaders(stream: EngineStream, block: HeaderBlock, part: MessagePart, endStream: boolean): void {
    const session = this.#session
    if (session.destroyed) return
    session[kTouch]()
    const flags = FLAG_END_HEADERS | (endStream ? FLAG_END_STREAM : 0)
    if (part === 'request') this.#onRequest(stream, block, flags, endStream)
    else if (stream.owner !== undefined) this.#onPart(stream.owner as Http2Stream, block, flags, part)
  }

  #onRequest(from: EngineStream, block: HeaderBlock, flags: number, endStream: boolean): void {
    const session = this.#session
    if (session.closed) {
      this.#state.carrier?.engine.reset(from, REFUSED_STREAM)
      return
    }
    const stream = new ServerHttp2Stream(session, from, block.scheme, block.authority ?? hostOf(block.pairs))
    if (this.#state.compat?.(stream, block, endStream)) return
    const headers = headerObject(block.pairs, block.sensitive ?? [])
    if (diagnostics.serverCreated.hasSubscribers) diagnostics.serverCreated.publish({ stream, headers })
    if (diagnostics.serverStart.hasSubscribers) diagnostics.serverStart.publish({ stream, headers })
    beginRequest(stream, block, endStream)
    this.#state.carrier?.emitNext(() => emitStream(session, stream, headers, flags, block.pairs))
  }

  #onPart(stream: Http2Stream, block: HeaderBlock, flags: number, part: MessagePart): void {
    const headers = headerObject(block.pairs, block.sensitive ?? [])
    const event = part === 'response' && isPush(stream) ? 'push' : eventNames[part]
    const { scope, authority, scheme } = stream[kStream]
    if (block.status === 421) originSetOf(this.#state).delete(`${scheme}://${authority}`)
    this.#state.carrier?.emitNext(() => {
      if (scope === null) emitHeaders(stream, event, headers, flags, block.pairs)
      else scope.runInAsyncScope(emitHeaders, undefined, stream, event, headers, flags, block.pairs)
    }, scope !== null)
    if ((event === 'response' || event === 'push') && diagnostics.clientFinish.hasSubscribers) {
      diagnostics.clientFinish.publish({ stream, headers, flags })
    }
  }

  onPushPromise(_parent: EngineStream, promised: EngineStream, block: HeaderBlock): void {
    const session = this.#session
    if (session.destroyed) return
    if (session.closed) {
      this.#state.carrier?.engine.reset(promised, REFUSED_STREAM)
      return
    }
    session[kTouch]()
    const headers = headerObject(block.pairs, block.sensitive ?? [])
    const stream = new ClientHttp2Stream(session, promised)
    if (diagnostics.clientCreated.hasSubscribers) diagnostics.clientCreated.publish({ stream, headers })
    if (diagnostics.clientStart.hasSubscribers) diagnostics.clientStart.publish({ stream, headers })
    stream.end()
    this.#state.carrier?.emitNext(() => emitStream(session, stream, headers, FLAG_END_HEADERS, block.pairs))
  }

  onData(stream: EngineStream, bytes: Uint8Array): void {
    if (stream.owner !== undefined) {
      if (this.#state.type === SESSION_SERVER) this.#state.carrier?.turns.leaveScope()
      receiveData(stream.owner as Http2Stream, bytes)
    } else this.#state.carrier?.engine.consume(stream, bytes.length)
  }

  onEnd({ owner }: EngineStream, withHead: boolean): void {
    if (owner === undefined) return
    this.#state.carrier?.pauseForEnd()
    try {
      receiveEnd(owner as Http2Stream, withHead)
    } catch (error) {
      // A 'readable' listener has thrown; the closing of the stream must still be reported.
      throwApart(error)
    }
  }

  onReset(stream: EngineStream): void {
    this.#resetByPeer = stream
  }

  onStreamError(): void {}

  onStreamClosed(stream: EngineStream, code: number): void {
    const isReset = this.#resetByPeer === stream
    this.#resetByPeer = undefined
    const owner = stream.owner as Http2Stream | undefined
    // When the whole session fails, its streams fail with the session's error.
    if (owner === undefined || this.#state.carrier?.engine.isDestroyed) return
    const { carrier } = this.#state
    // After the queued events: a stream is announced before it closes.
    if (carrier?.isReceiving) {
      carrier.closeNext(() => {
        // 'aborted' is emitted during the call.
        if (code !== NO_ERROR) carrier.turns.leaveScope()
        closedByEngine(owner, code, isReset)
      })
    } else closedByEngine(owner, code, isReset)
  }

  // The session

  onSettings(): void {
    const session = this.#session
    if (session.destroyed) return
    session[kTouch]()
    this.#state.remoteSettings = undefined
    this.#state.carrier?.pause()
    if (session.listenerCount('remoteSettings') > 0) session.emit('remoteSettings', session.remoteSettings)
  }

  onSettingsAck(): void {
    this.#state.carrier?.pause()
    this.#state.carrier?.answers.settingsAcknowledged()
  }

  onPing(payload: Uint8Array): void {
    if (this.#session.destroyed) return
    this.#session[kTouch]()
    this.#state.carrier?.pause()
    this.#session.emit('ping', asBuffer(payload))
  }

  onPingAck(payload: Uint8Array): void {
    this.#state.carrier?.pause()
    this.#state.carrier?.answers.pingAcknowledged(asBuffer(payload))
  }

  onGoaway(code: number, lastStreamId: number, data: Uint8Array): void {
    const session = this.#session
    if (session.destroyed) return
    this.#state.goawayCode = code
    this.#state.goawayLastStreamId = lastStreamId
    this.#state.carrier?.pause()
    session.emit('goaway', code, lastStreamId, data.length > 0 ? asBuffer(data) : undefined)
    // NO_ERROR is graceful: open streams may finish. Otherwise the session fails, but our own GOAWAY reports no error.
    if (code === NO_ERROR) session.close()
    else session.destroy(sessionError(code), NO_ERROR)
  }

  onPriority(streamId: number, parent: number, weight: number, exclusive: boolean): void {
    const session = this.#session
    if (!tellsPriority || session.destroyed) return
    const stream = this.#state.carrier?.engine.stream(streamId)?.owner as Http2Stream | undefined
    const target = stream ?? session
    if (target.destroyed) return
    target[kTouch]()
    this.#state.carrier?.pause()
    ;(target as EventEmitter).emit('priority', streamId, parent, weight, exclusive)
  }

  onPriorityUpdate(): void {}

  onAltSvc(streamId: number, origin: string, value: string): void {
    if (this.#session.destroyed) return
    this.#session[kTouch]()
    this.#state.carrier?.pause()
    this.#session.emit('altsvc', value, origin, streamId)
  }

  onOrigin(origins: readonly string[]): void {
    const session = this.#session
    if (session.destroyed) return
    session[kTouch]()
    if (!session.encrypted) return
    const { maxOriginSetSize } = this.#state.options
    const set = originSetOf(this.#state)
    for (const origin of origins) {
      if (set.size >= maxOriginSetSize) {
        session.destroy(tooManyOrigins(maxOriginSetSize))
        return
      }
      set.add(origin)
    }
    this.#state.carrier?.pause()
    session.emit('origin', [...origins])
  }

  onSessionError(error: EngineError): void {
    const isInvalidFrames = error.limit === 'maxSessionInvalidFrames'
    const shown = isInvalidFrames ? tooManyInvalidFrames() : nghttpError(error.libraryCode)
    if (isInvalidFrames) Object.assign(shown, { errno: error.libraryCode })
    shown.cause = error
    this.#session.destroy(shown)
  }

  onOutput(): void {
    this.#state.carrier?.schedule()
  }

  // The connection

  onConnectionEnd(): void {
    // As with Node's sockets: HTTP/2 is not served on a half-open connection.
    const { carrier, socket } = this.#state
    const isHalfOpen =
      carrier?.socketSink !== undefined && (socket as { allowHalfOpen?: boolean }).allowHalfOpen === true
    if (!isHalfOpen) carrier?.endOutput()
  }

  onConnectionError(error: Error): void {
    connectionFailed(this.#session, error)
  }

  onConnectionReleased(): void {
    this.#state.onConnectionClosed?.()
  }

  onConnectionClosed(): void {
    connectionClosed(this.#session)
  }
}

const eventNames = { request: 'stream', informational: 'headers', response: 'response', trailers: 'trailers' } as const

/** Sets the stream's state according to the request's head. */
export function beginRequest(stream: ServerHttp2Stream, { method }: HeaderBlock, endStream: boolean): void {
  if (endStream) stream[kStream].endAfterHeaders = true
  if (method !== 'HEAD') return
  // The response has no body: the writable side ends at once.
  stream.end()
  stream[kStream].isHeadRequest = true
}

function hostOf(pairs: readonly string[]): string | undefined {
  for (let i = 0; i < pairs.length; i += 2) if (pairs[i] === 'host') return pairs[i + 1]
  return undefined
}

function isPush(stream: Http2Stream): boolean {
  const { id, isServer } = stream[kStream]
  return !isServer && id !== undefined && id % 2 === 0
}

function emitStream(
  session: OwningSession,
  stream: Http2Stream,
  headers: HeaderObject,
  flags: number,
  raw: string[],
): void {
  // A stream that was destroyed before its event is not announced.
  if (!stream.destroyed) session.emit('stream', stream, headers, flags, raw)
}

function emitHeaders(stream: Http2Stream, event: string, headers: HeaderObject, flags: number, raw: string[]): void {
  // Node does this in its own 'headers' listener, which is the first.
  if (event === 'headers' && headers[':status'] === 100) stream.emit('continue')
  stream.emit(event, headers, flags, raw)
}
