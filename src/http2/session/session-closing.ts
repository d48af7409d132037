// How a session ends: gracefully once its streams are closed, or at once with an error; and how the session and its
// connection end each other. Node's documentation, "http2session.close", "http2session.destroy".

import type { Duplex } from 'node:stream'
import type { CodedError } from '../../core/errors.ts'
import { socketClosed, streamCancel } from '../errors.ts'
import { CANCEL, NO_ERROR, SESSION_SERVER } from '../numbers.ts'
import type { Http2Stream } from '../stream/http2-stream.ts'
import { kBoundSession, kSession, kStream } from '../symbols.ts'
import type { OwningSession } from './owning-session.ts'
import type { SessionState } from './session-state.ts'
import { clearTimed } from './timeouts.ts'

/**
 * Ends the session at once.
 * @param code - for GOAWAY
 * @param isCutOff - its connection is closed: messages that have arrived completely may still be read
 */
export function closeSession(session: OwningSession, code: number, error: Error | undefined, isCutOff = false): void {
  const state = session[kSession] as SessionState<Http2Stream>
  state.carrier?.settle()
  state.isDestroyed = true
  state.destroyCode = code
  clearTimed(session)
  if (state.pendingStreams.size > 0 || state.streams.size > 0) {
    const cancel = streamCancel(error)
    for (const stream of [...state.pendingStreams]) stream.destroy(cancel)
    for (const stream of [...state.streams])
      if (!isCutOff || error !== undefined || !isComplete(stream)) stream.destroy(error)
  }
  const { carrier } = state
  carrier?.destroy(code)
  finish(session, error)
}

/** The stream's message has arrived completely, and the response has been written. */
function isComplete(stream: Http2Stream): boolean {
  const { isClosed, rstCode, hasEnd } = stream[kStream]
  return isClosed && rstCode === NO_ERROR && hasEnd && stream.readable && stream.writableFinished
}

function finish(session: OwningSession, error: Error | undefined): void {
  const state = session[kSession] as SessionState<Http2Stream>
  const { carrier, socket } = state
  const awaitsPeer = session.closed
  state.closeError = error
  unbind(session)
  if (state.hasFinished) return
  if (carrier === undefined) {
    // Not connected yet: the socket's 'close' event leads to the session's, unless the socket is closed already.
    if (socket === undefined || socket.destroyed) connectionClosed(session)
    else socket.destroy(error)
    return
  }
  carrier.close(awaitsPeer, () => {
    if (socket !== undefined && !socket.destroyed) socket.destroy(error)
    carrier.connection.destroy()
  })
}

/** Detaches the session from its socket, and deregisters it from its server. */
function unbind(session: OwningSession): void {
  const state = session[kSession] as SessionState<Http2Stream>
  const socket = state.socket as (Duplex & { [kBoundSession]?: OwningSession | undefined }) | undefined
  state.proxySocket = undefined
  state.isUnbound = true
  if (socket !== undefined) socket[kBoundSession] = undefined
  session._unbound()
}

function emitClose(session: OwningSession): void {
  const state = session[kSession] as SessionState<Http2Stream>
  const error = state.closeError
  state.carrier = undefined
  state.socket = undefined
  // Bytes from a client must not end a server process that has no 'error' listener.
  const isUnheard = state.type === SESSION_SERVER && session.listenerCount('error') === 0
  if (error && !isUnheard) session.emit('error', error)
  session.emit('close')
}

/** The connection has failed: the session fails with the same error. */
export function connectionFailed(session: OwningSession, error: Error): void {
  const { goawayCode } = session[kSession]
  // After its GOAWAY the peer may reset the connection; that is not an error.
  if ((error as CodedError).code === 'ECONNRESET' && goawayCode !== null) session.destroy()
  else session.destroy(error)
}

/** The connection is closed, by either side. */
export function connectionClosed(session: OwningSession): void {
  const state = session[kSession] as SessionState<Http2Stream>
  if (state.hasFinished) return
  state.hasFinished = true
  if (!state.isDestroyed) {
    const error = session.connecting ? socketClosed() : undefined
    for (const stream of [...state.streams]) stream.close(CANCEL)
    for (const stream of [...state.pendingStreams]) stream.close(CANCEL)
    session.close()
    if (!state.isDestroyed) closeSession(session, NO_ERROR, error, true)
    state.closeError ??= error
  }
  // After the socket's own 'close'.
  process.nextTick(emitClose, session)
}
