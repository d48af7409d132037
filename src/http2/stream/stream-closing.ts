// How a stream ends: by its own close() or destroy(), by the peer, or with its session. Node's documentation, "Destruction"
// under "Class: Http2Stream".

import type { Duplex } from 'node:stream'
import type { CodedError } from '../../core/errors.ts'
import type { Timer } from '../../host/types.ts'
import * as diagnostics from '../diagnostics.ts'
import { streamError } from '../errors.ts'
import { CANCEL, FRAME_SIZE_ERROR, HEADERS, INTERNAL_ERROR, NO_ERROR, REFUSED_STREAM } from '../numbers.ts'
import type { OwningSession } from '../session/owning-session.ts'
import { clearTimed } from '../session/timeouts.ts'
import { kMaybeDestroy, kSession, kStream, kTimer } from '../symbols.ts'
import { DESTROY, MAYBE_DESTROY, type StreamState } from './facade-state.ts'

/** Whether RST_STREAM is sent: never, after all is written, or in any case. */
export const NO_RESET = 0
export const SUBMIT_RESET = 1
export const FORCE_RESET = 2

/** An error of a stream, where the same request may be sent again: RFC 9113 section 8.7. */
interface RetryableError extends CodedError {
  isSafeToRetry?: boolean
}

/** A stream, as far as its end goes. */
interface ClosingStream extends Duplex {
  readonly [kStream]: StreamState
  readonly id: number | undefined
  readonly pending: boolean
  readonly rstCode: number
  [kTimer]: Timer | null
  _onTimeout(): void
  close(code?: number): void
}

export function closeStream(stream: ClosingStream, code: number, reset: number): void {
  const state = stream[kStream]
  state.isClosed = true
  state.rstCode = code
  clearTimed(stream)
  const wasEnding = stream.writableEnded
  if (!wasEnding) {
    if (!state.isAborted) {
      state.isAborted = true
      stream.emit('aborted')
    }
    // What is being written was not to be the last of it, and may not look as if it were.
    const isCutShort = reset === FORCE_RESET || (reset === SUBMIT_RESET && code !== NO_ERROR && code !== CANCEL)
    if (isCutShort && state.writeCallback !== null) state.isEndSent = true
    stream.end()
  }
  if (reset !== NO_RESET) {
    const isAtOnce = !wasEnding || stream.writableFinished || code !== NO_ERROR || reset === FORCE_RESET
    if (isAtOnce) resetStream(stream, code)
    else stream.once('finish', () => resetStream(stream, code))
  }
  const channel = state.isServer ? diagnostics.serverClose : diagnostics.clientClose
  if (channel.hasSubscribers) channel.publish({ stream })
}

function resetStream(stream: ClosingStream, code: number): void {
  const state = stream[kStream]
  if (state.id === undefined) {
    stream.push(null)
    stream.once('ready', () => resetStream(stream, code))
    return
  }
  const { engineStream, session } = state
  if (engineStream !== undefined) session?.[kSession].carrier?.reset(engineStream, code)
}

/** The engine has closed the stream: both sides have ended, or one of them has reset it. */
export function closedByEngine(stream: ClosingStream, code: number, byPeer: boolean): void {
  if (stream.destroyed) return
  const state = stream[kStream]
  if (!state.isClosed) closeStream(stream, code, NO_RESET)
  if (code !== NO_ERROR) {
    stream.destroy()
    return
  }
  if (!stream.readable) {
    destroyOnceWritten(stream, byPeer)
    return
  }
  const isUnread = state.isServer && !state.didRead && stream.readableFlowing === null
  if (isUnread && state.held === null && !hearsEnd(stream)) {
    // Marked as read: nothing listens for 'end'.
    ;(Reflect.get(stream, '_readableState') as { endEmitted: boolean }).endEmitted = true
    destroyOnceWritten(stream, byPeer)
    return
  }
  // What has arrived may still be read. After a reset no write will ever finish, so that is not waited for.
  state.afterEnd = byPeer ? DESTROY : MAYBE_DESTROY
  state.isLeftToRead = true
  if (!state.hasEnd) {
    state.hasEnd = true
    if (state.held === null) stream.push(null)
  }
  // A server whose program never looked at the request's body is done with it.
  if (isUnread) stream.resume()
  else stream.read(0)
}

/** All output was sent, but the last write's callback may still be pending. After a reset it is never called. */
function destroyOnceWritten(stream: ClosingStream, byPeer: boolean): void {
  if (byPeer || stream.writableFinished) stream.destroy()
  else stream[kStream].goesAtFinish = true
}

/** Whether the program listens for the end of a request without content. */
function hearsEnd(stream: ClosingStream): boolean {
  return stream.listenerCount('end') > 0 || stream.listenerCount('readable') > 0
}

export function destroyStream(
  stream: ClosingStream,
  given: Error | null,
  callback: (error?: Error | null) => void,
): void {
  const state = stream[kStream]
  const session = state.session as OwningSession
  const { engineStream } = state
  const code = closingCode(stream, given, session)
  if (!state.isClosed) closeStream(stream, code, engineStream === undefined ? NO_RESET : FORCE_RESET)
  stream.push(null)
  detach(stream, state, session)
  const error = given ?? errorOf(code, state, engineStream?.isSafeToRetry ?? false)
  // With its session's error too: what broke the session may have been a peer.
  state.isPeersError = given === null || session.destroyed
  state.engineStream = undefined
  state.session = undefined
  if (session.closed) session[kSession].host.clock.setImmediate(() => session[kMaybeDestroy]())
  if (error) {
    const channel = state.isServer ? diagnostics.serverError : diagnostics.clientError
    if (channel.hasSubscribers) channel.publish({ stream, error })
  }
  // Its bytes may never leave now.
  const { writeCallback } = state
  state.writeCallback = null
  writeCallback?.(error)
  callback(error)
}

/** What a stream that has closed in good order was closed with stays, even if its session has failed since. */
function closingCode(stream: ClosingStream, error: Error | null, session: OwningSession): number {
  const { goawayCode, destroyCode } = session[kSession]
  const sessionCode = goawayCode || destroyCode
  if (!error) return stream[kStream].isClosed ? stream.rstCode : sessionCode
  return sessionCode || (error.name === 'AbortError' ? CANCEL : INTERNAL_ERROR)
}

/** CANCEL is not an error: 'aborted' has already reported it, as for HTTP/1. */
function errorOf(code: number, state: StreamState, isSafeToRetry: boolean): Error | null {
  if (code === NO_ERROR || code === CANCEL) return null
  const error: RetryableError = streamError(code)
  if (!state.isServer && isSafeToRetry) error.isSafeToRetry = true
  return error
}

function detach(stream: ClosingStream, state: StreamState, session: OwningSession): void {
  const { carrier, streams, pendingStreams } = session[kSession]
  const { engineStream, held } = state
  if (engineStream === undefined) pendingStreams.delete(stream)
  else {
    streams.delete(stream)
    engineStream.owner = undefined
    if (held !== null) for (const bytes of held) carrier?.engine.consume(engineStream, bytes.length)
  }
  state.held = null
  session[kSession].writeQueueSize -= state.writeBytes
  state.writeBytes = 0
  state.writeLength = 0
}

/** Destroys a stream that is done: closed, written to its end, and read to its end. */
export function maybeDestroyStream(stream: ClosingStream): void {
  if (!stream.writableFinished) return
  const state = stream[kStream]
  if (state.isClosed && (state.goesAtFinish || !stream.readable)) {
    stream.destroy()
    return
  }
  const isAnswered = state.isServer && state.headersSent && state.session !== undefined && !state.hasTrailers
  // Where the request has ended as well, the engine's word follows.
  if (!isAnswered || state.hasEnd || state.didRead || stream.readableFlowing !== null) return
  // The response is complete and the program does not read the rest of the request. Pushes that it begins now are sent first.
  state.session?.[kSession].host.clock.setImmediate(() => stream.close())
}

/** The block is longer than maxSendHeaderBlockLength: nothing of it was sent. Node ends the session with the stream. */
export function refuseHeaders(stream: ClosingStream): void {
  const session = stream[kStream].session as OwningSession
  const { clock } = session[kSession].host
  clock.setImmediate(() => {
    if (stream.destroyed) return
    try {
      stream.emit('frameError', HEADERS, FRAME_SIZE_ERROR, stream.id)
    } finally {
      if (stream.pending) closedByEngine(stream, REFUSED_STREAM, false)
      clock.setImmediate(() => {
        stream.close(FRAME_SIZE_ERROR)
        session.close()
      })
    }
  })
}
