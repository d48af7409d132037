// How a socket comes by its port, and what waits until it has one.

import { EventEmitter } from 'node:events'
import { systemError } from '../core/errors.ts'
import type { BindTarget, DatagramPort } from '../host/types.ts'
import type { BindArguments } from './bind-arguments.ts'
import { kState, type SocketState, type StatefulSocket } from './state.ts'

export function bindTarget(state: SocketState, { port, exclusive }: BindArguments, address: string): BindTarget {
  const { reuseAddr, reusePort, ipv6Only, recvBufferSize, sendBufferSize } = state.options
  return {
    family: state.family,
    address,
    port: port ?? 0,
    exclusive: exclusive || Boolean(reusePort),
    ...(reuseAddr !== undefined && { reuseAddr }),
    ...(reusePort !== undefined && { reusePort }),
    ...(ipv6Only !== undefined && { ipv6Only }),
    ...(recvBufferSize ? { recvBufferSize } : undefined),
    ...(sendBufferSize ? { sendBufferSize } : undefined),
  }
}

export function callWhenListening(socket: StatefulSocket, callback: (this: StatefulSocket) => void): void {
  const forget = () => {
    socket.removeListener(EventEmitter.errorMonitor, forget)
    socket.removeListener('listening', onListening)
  }
  const onListening = () => {
    forget()
    callback.call(socket)
  }
  socket.on(EventEmitter.errorMonitor, forget)
  socket.on('listening', onListening)
}

/** Binds, and emits 'listening' or 'error': at once where the host has the result at once. */
export function adopt(socket: StatefulSocket, target: BindTarget): void {
  const state = socket[kState]
  // A membership has bound it already.
  const error = state.port
    ? systemError('EINVAL', 'bind', { address: target.address, port: target.port || undefined })
    : openPort(socket, target)
  if (error) fail(socket, error)
  else if (state.port?.bound === true) socket.emit('listening')
}

function fail(socket: StatefulSocket, error: Error): void {
  socket[kState].bindState = 'unbound'
  socket.emit('error', error)
}

/** @returns why the address cannot be had */
export function openPort(socket: StatefulSocket, target: BindTarget): Error | undefined {
  const state = socket[kState]
  const port: DatagramPort = state.host.bind(target, {
    onListening: () => {
      // Known before, but in a cluster, whose primary binds.
      if (state.port !== port || state.bindState !== 'binding') return
      if (state.isClosed) {
        port.close()
        return
      }
      state.bindState = 'bound'
      socket.emit('listening')
    },
    onMessage: (message, { address, family, port: from }) => {
      if (state.isClosed) return
      if (state.receiveBlockList?.check(address, family === 'IPv6' ? 'ipv6' : 'ipv4')) return
      socket.emit('message', asBuffer(message), { address, family, port: from, size: message.byteLength })
    },
    onError: error => {
      if (state.port !== port || state.isClosed || error === port.bound) return
      if (state.bindState === 'binding') {
        state.port = undefined
        fail(socket, error)
      } else socket.emit('error', error)
    },
    onClose: () => {},
  })
  if (port.bound instanceof Error) return port.bound
  state.port = port
  if (!state.isReferenced) port.unref()
  if (port.bound) state.bindState = 'bound'
  return undefined
}

/** Queues a call until the socket is bound. If binding fails the queue is dropped, as in Node. */
export function whenBound(socket: StatefulSocket, call: () => void): void {
  const state = socket[kState]
  if (state.queue !== undefined) {
    state.queue.push(call)
    return
  }
  state.queue = [call]
  const onListening = () => {
    socket.removeListener(EventEmitter.errorMonitor, onError)
    const queue = state.queue ?? []
    state.queue = undefined
    for (const one of queue) one()
  }
  const onError = () => {
    socket.removeListener('listening', onListening)
    state.queue = undefined
  }
  socket.once(EventEmitter.errorMonitor, onError)
  socket.once('listening', onListening)
}

function asBuffer(message: Uint8Array): Buffer {
  return Buffer.isBuffer(message) ? message : Buffer.from(message.buffer, message.byteOffset, message.byteLength)
}
