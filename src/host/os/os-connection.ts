// A Connection over one of the runtime's own sockets. The listeners are shared functions that find the connection through a
// symbol on the socket: closures would cost half a kilobyte per connection.

import type { Socket } from 'node:net'
import { Readable } from 'node:stream'
import type { Connection, ConnectionSink, Endpoint, RuntimeHandle, TextEncoding, WriteDone } from '../types.ts'
import { runtimeHandleOf } from './os-features.ts'

const owner = Symbol('plainwire connection')
const { push: streamPush } = Readable.prototype
type OwnedSocket = Socket & { [owner]: OsConnection }

export class OsConnection implements Connection {
  sink: ConnectionSink
  readonly #socket: Socket
  #isDestroyed = false
  #hasContext = false
  // Cached: the runtime drops the local endpoint with the handle.
  #local: Endpoint | undefined
  #remote: Endpoint | undefined

  /**
   * @param socket - paused, with `allowHalfOpen`
   * @param inContext - calls the sink in its async context, where the runtime's own context would be another
   */
  constructor(socket: Socket, sink: ConnectionSink, inContext?: (fn: () => void) => void) {
    this.#socket = socket
    this.sink = sink
    ;(socket as OwnedSocket)[owner] = this
    if (inContext === undefined) {
      socket.push = push
      listenTo(socket, onData, onEnd, onDrain, onError, onClose)
    } else {
      this.#hasContext = true
      const within =
        <A>(listener: (this: Socket, argument: A) => void) =>
        (argument: A) =>
          inContext(() => listener.call(socket, argument))
      listenTo(socket, within(onData), within(onEnd), within(onDrain), within(onError), within(onClose))
    }
    if (socket.connecting) socket.on('connect', onConnect)
  }

  get local(): Endpoint | undefined {
    return (this.#local ??= endpoint(this.#socket.localAddress, this.#socket.localPort))
  }

  get remote(): Endpoint | undefined {
    return (this.#remote ??= endpoint(this.#socket.remoteAddress, this.#socket.remotePort))
  }

  get bytesRead(): number {
    return this.#socket.bytesRead
  }

  get bytesWritten(): number {
    return this.#socket.bytesWritten
  }

  get bufferedBytes(): number {
    // A write that failed at once is no longer counted in writableLength, but has not been sent.
    return this.#socket.errored ? this.#socket.writableLength + 1 : this.#socket.writableLength
  }

  get isDestroyed(): boolean {
    return this.#isDestroyed
  }

  write(data: Uint8Array | string, encoding?: TextEncoding, done?: WriteDone): boolean {
    return this.#socket.write(data, encoding, done)
  }

  cork(): void {
    this.#socket.cork()
  }

  uncork(): void {
    this.#socket.uncork()
  }

  pause(): void {
    this.#socket.pause()
  }

  resume(): void {
    this.#socket.resume()
  }

  end(done?: WriteDone): void {
    this.#socket.end(done)
  }

  destroy(): void {
    this.#isDestroyed = true
    this.#socket.destroy()
  }

  reset(): void {
    this.#isDestroyed = true
    const socket = this.#socket
    // Where there is no RST (pipes), the runtime's resetAndDestroy() fails, and the only choice is to destroy. The same while the FIN
    // is being sent: it fails with EINVAL, and the runtime then neither closes the descriptor nor emits 'close'.
    const isPipe = socket.remoteAddress === undefined && !socket.connecting
    const isEnding = socket.writableEnded && !socket.writableFinished
    if (isPipe || isEnding) socket.destroy()
    else socket.resetAndDestroy()
  }

  setNoDelay(on: boolean): void {
    this.#socket.setNoDelay(on)
  }

  setKeepAlive(on: boolean, initialDelayMs: number, intervalMs?: number, probes?: number): void {
    // Older runtimes ignore the last two arguments.
    const set = this.#socket.setKeepAlive as (this: Socket, ...args: unknown[]) => unknown
    set.call(this.#socket, on, initialDelayMs, intervalMs, probes)
  }

  // Undefined on older runtimes, whose sockets have no such method.
  get setTypeOfService(): ((tos: number) => void) | undefined {
    const socket = this.#socket as Socket & { setTypeOfService?: (tos: number) => void }
    return typeof socket.setTypeOfService === 'function' ? tos => socket.setTypeOfService(tos) : undefined
  }

  get getTypeOfService(): (() => number) | undefined {
    const socket = this.#socket as Socket & { getTypeOfService?: () => number }
    return typeof socket.getTypeOfService === 'function' ? () => socket.getTypeOfService() : undefined
  }

  get runtimeHandle(): RuntimeHandle | undefined {
    return runtimeHandleOf(this.#socket)
  }

  takeNative(): Socket | undefined {
    const socket = this.#socket
    // With a context the listeners are closures, which cannot be removed by reference.
    if (this.#hasContext || this.#isDestroyed || socket.destroyed || socket.connecting) return undefined
    if (socket.readableEnded || socket.writableEnded || socket.writableLength > 0) return undefined
    // Cached now, since the runtime may drop them.
    void this.local
    void this.remote
    socket.pause()
    Reflect.deleteProperty(socket, 'push')
    socket.off('data', onData).off('end', onEnd).off('drain', onDrain).off('error', onError).off('close', onClose)
    socket.off('connect', onConnect)
    this.#isDestroyed = true
    return socket
  }

  ref(): void {
    this.#socket.ref()
  }

  unref(): void {
    this.#socket.unref()
  }
}

/**
 * Replaces the stream's own `push`, which the runtime's socket calls with each chunk: while the stream flows and nothing is
 * buffered, the chunk goes straight to the sink. Emitting 'data' would cost an event, and a tick to decide whether to read on.
 * Server CPU time against node:net's own echo, two cores, Node 20.20: 64-byte ping-pong 0.99 -> 1.05 times as good.
 * A highWaterMark of 256 KiB brought nothing in addition. Nine tenths of the remaining time are system calls.
 */
function push(this: Socket, chunk: unknown, encoding?: BufferEncoding): boolean {
  // While paused, the stream buffers the chunk: the result of its `push` is what stops the reading.
  if (chunk === null || this.readableFlowing !== true || this.readableLength !== 0) {
    return streamPush.call(this, chunk, encoding)
  }
  onData.call(this, chunk as Uint8Array)
  return true
}

function listenTo(
  socket: Socket,
  data: (chunk: Uint8Array) => void,
  end: (nothing: undefined) => void,
  drain: (nothing: undefined) => void,
  error: (error: Error) => void,
  close: (hadError: boolean) => void,
): void {
  socket.on('data', data)
  socket.on('end', end as () => void)
  socket.on('drain', drain as () => void)
  socket.on('error', error)
  socket.on('close', close)
}

function endpoint(address: string | undefined, port: number | undefined): Endpoint | undefined {
  if (address === undefined || port === undefined) return undefined
  return { address, family: address.includes(':') ? 'IPv6' : 'IPv4', port }
}

function onConnect(this: Socket): void {
  const connection = (this as OwnedSocket)[owner]
  if (!connection.isDestroyed) connection.sink.onConnect()
}

function onData(this: Socket, chunk: Uint8Array): void {
  const connection = (this as OwnedSocket)[owner]
  if (!connection.isDestroyed) connection.sink.onData(chunk)
}

function onEnd(this: Socket): void {
  const connection = (this as OwnedSocket)[owner]
  if (!connection.isDestroyed) connection.sink.onEnd()
}

function onDrain(this: Socket): void {
  const connection = (this as OwnedSocket)[owner]
  if (!connection.isDestroyed) connection.sink.onDrain()
}

function onError(this: Socket, error: Error): void {
  const connection = (this as OwnedSocket)[owner]
  if (!connection.isDestroyed) connection.sink.onError(error)
}

function onClose(this: Socket, hadError: boolean): void {
  ;(this as OwnedSocket)[owner].sink.onClose(hadError)
}
