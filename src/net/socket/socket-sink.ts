// What feeds a Socket's stream from its Connection, and counts the writes under way.

import { type Duplex, Readable } from 'node:stream'
import { asBuffer } from '../../core/bytes.ts'
import type { CodedError } from '../../core/errors.ts'
import type { Connection, ConnectionSink } from '../../host/types.ts'
import { kConnection, kHasClosed, kIsReading } from '../symbols.ts'
import type { UserBuffer } from './onread.ts'

type WriteCallback = (error?: Error | null) => void

/** What a sink needs of its socket. */
interface FedSocket extends Duplex {
  [kConnection]: Connection | null
  [kHasClosed]: boolean
  [kIsReading]: boolean
  _unrefTimer(): void
  _emitClose(): void
}

export class SocketSink implements ConnectionSink {
  readonly #socket: FedSocket
  /** The `onread` option: bytes go there instead of into the stream. */
  userBuffer: UserBuffer | undefined = undefined
  #hasEnded = false
  /** The peer's FIN has arrived, but is reported only after the bytes before it. */
  #endWaits = false
  /** Came within one tick, and is not in the stream yet. */
  #gathered: Uint8Array[] = []
  #issued = 0
  #completed = 0
  #pending: WriteCallback | null = null
  /** Shared by all writes of this socket: they complete in order. */
  #written: WriteCallback | undefined = undefined

  constructor(socket: FedSocket) {
    this.#socket = socket
  }

  /** The stream waits for `callback` before it writes on. */
  awaitWrites(callback: WriteCallback): void {
    this.#pending = callback
  }

  /** Counts one more write; its `done` is `written`. */
  issueWrite(): WriteCallback {
    this.#issued++
    this.#written ??= error => this.#receiveWritten(error)
    return this.#written
  }

  #receiveWritten(error?: Error | null): void {
    this.#completed++
    const callback = this.#pending
    if (callback === null || this.#completed !== this.#issued) return
    this.#pending = null
    this.#socket._unrefTimer()
    const isUnreported =
      !reportsCancelled && this.#socket.destroyed && (error as CodedError | null)?.code === 'ECANCELED'
    callback(isUnreported ? null : error)
  }

  onConnect(): void {}

  onData(chunk: Uint8Array): void {
    const socket = this.#socket
    socket._unrefTimer()
    if (socket.destroyed) return
    const gathers = readsByChunk && !this.userBuffer && socket.listenerCount('readable') > 0
    // Queued behind gathered chunks, even if there is no 'readable' listener any more.
    if (gathers || this.#gathered.length > 0) {
      if (this.#gathered.push(chunk) === 1) process.nextTick(() => this.#pushGathered())
    } else this.#receive(chunk)
  }

  #pushGathered(): void {
    const gathered = this.#gathered
    const [first] = gathered
    if (first === undefined) return
    this.#gathered = []
    if (!this.#socket.destroyed) this.#receive(gathered.length === 1 ? first : Buffer.concat(gathered))
  }

  #receive(chunk: Uint8Array): void {
    const socket = this.#socket
    const wantsMore = this.userBuffer ? this.userBuffer.receive(chunk) : socket.push(asBuffer(chunk))
    if (!wantsMore && socket[kConnection]) {
      socket[kIsReading] = false
      socket[kConnection].pause()
    }
  }

  onEnd(): void {
    const socket = this.#socket
    socket._unrefTimer()
    if (socket.destroyed || this.#hasEnded) return
    this.#pushGathered()
    this.#hasEnded = true
    if (this.userBuffer?.hasRest) this.#endWaits = true
    else this.#end()
  }

  /** Hands on what the user's buffer had no room for. @returns false: the user has stopped reading again */
  flushUserBuffer(): boolean {
    if (this.userBuffer?.flush() === false) return false
    if (this.#endWaits) {
      this.#endWaits = false
      this.#end()
    }
    return true
  }

  #end(): void {
    const socket = this.#socket
    socket.push(null)
    // Makes the stream emit 'end' even if there is no reader and nothing is buffered.
    socket.read(0)
  }

  onDrain(): void {}

  onError(error: Error): void {
    this.#socket.destroy(error)
  }

  onClose(hadError: boolean): void {
    const socket = this.#socket
    this.#pushGathered()
    if (socket.destroyed) {
      socket._emitClose()
      return
    }
    socket[kHasClosed] = true
    // What has arrived may still be read, and where both sides are done the stream destroys itself after 'end'.
    if (this.#hasEnded && !hadError && (socket.writableFinished || socket.readableLength > 0)) return
    socket.destroy()
  }
}

/** Before Node 24 a write that the destruction of its socket cancels ends without an error. */
const reportsCancelled = Number.parseInt(process.versions.node, 10) >= 24

/**
 * From Node 26 on `read()` returns one chunk, not all buffered bytes, while 'readable' is emitted once per tick. Chunks that arrive
 * in one tick (TLS records) are therefore pushed as one: a program that reads once per event would never get the rest.
 */
const readsByChunk = ((): boolean => {
  const probe = new Readable({ read() {} })
  probe.push('a')
  probe.push('b')
  return (probe.read() as Buffer).length === 1
})()
