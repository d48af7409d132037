// What a bound socket does: it connects, and it sends.

import type { SystemError } from '../core/errors.ts'
import * as errors from './errors.ts'
import type { SendRequest } from './send-arguments.ts'
import { kState, type StatefulSocket } from './state.ts'

export function connect(
  socket: StatefulSocket,
  port: number,
  address: string,
  callback: (() => void) | undefined,
): void {
  const state = socket[kState]
  if (callback) socket.once('connect', callback)
  const answer = (error: Error | null) => {
    if (!error) {
      if (!state.isClosed) socket.emit('connect')
      return
    }
    state.connectState = 'disconnected'
    if (callback) {
      socket.removeListener('connect', callback)
      ;(callback as (error: Error) => void)(error)
    } else socket.emit('error', error)
  }
  state.resolve(address, (error, ip) => {
    if (state.isClosed) return
    const refusal = error ?? (state.isBlocked(ip) ? errors.ipBlocked(ip) : null)
    if (refusal) {
      process.nextTick(answer, refusal)
      return
    }
    state.connectState = 'connected'
    state.port?.connect(ip, port, failure => answer(failure && errors.aboutGivenAddress(failure, address)))
  })
}

export function send(socket: StatefulSocket, { chunks, port, address, callback }: SendRequest): void {
  const state = socket[kState]
  if (state.isClosed) return
  // Connected, perhaps since it was asked for.
  if (port === undefined) {
    transmit(socket, chunks, undefined, undefined, callback)
    return
  }
  const literal = state.literal(address)
  if (literal !== undefined) {
    transmit(socket, chunks, { address: literal, port }, address, callback)
    return
  }
  state.resolve(address, (error, ip) => {
    if (!error) transmit(socket, chunks, { address: ip, port }, address, callback)
    else if (callback) process.nextTick(callback, error)
    else process.nextTick(() => socket.emit('error', error))
  })
}

function transmit(
  socket: StatefulSocket,
  chunks: readonly Uint8Array[],
  to: { address: string; port: number } | undefined,
  given: string | undefined,
  callback: SendRequest['callback'],
): void {
  const state = socket[kState]
  if (state.isClosed || state.port === undefined) return
  if (to !== undefined && state.sendBlockList !== undefined && state.isBlocked(to.address)) {
    if (callback) (process.nextTick as (call: unknown, error: Error) => void)(callback, errors.ipBlocked(to.address))
    return
  }
  if (callback === undefined) {
    state.port.send(chunks, to)
    return
  }
  state.port.send(chunks, to, (error, bytes) => {
    // Node looks even IP addresses up, on another tick, and forgets what it has not sent when the socket is closed. Here it
    // has left by then, but what follows a close() is the same.
    if (state.isClosed && to !== undefined) return
    if (error) (callback as (error: Error) => void)(errors.aboutGivenAddress(error as SystemError, given))
    else callback(null, bytes)
  })
}
