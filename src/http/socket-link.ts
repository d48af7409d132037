// How a client connection reads and writes its socket. Node uses the socket's public interface: 'data' and 'drain'
// listeners, write(), cork(), pause(). Programs and test tools depend on that: they push responses in, and wrap methods
// that they observe. On a connected net.Socket whose methods are net's own and which has no other listeners, the
// difference cannot be observed: there the link uses the Connection beneath directly. If a program touches the socket
// later, the link returns to the public interface with the next chunk that is read or written.

import type { EventEmitter } from 'node:events'
import { invalidArgType } from '../core/errors.ts'
import type { Connection, ConnectionSink } from '../host/types.ts'
import { connectionOf, Socket, sinkOf } from '../net/internal.ts'
import type { WriteDone } from './message/carrier.ts'
import { hideBuffered, showBuffered } from './message/socket-outlet.ts'

/** The client connection: it gets what the socket receives, through the stream or directly. */
export interface LinkOwner {
  onData(chunk: Uint8Array): void
  onEnd(): void
  onDrain(): void
}

type Listener = (...args: never[]) => void

/** Members of a stream that its declaration lacks. */
type Inside = Socket & {
  readonly _events: Readonly<Record<string, Listener | readonly Listener[] | undefined>>
  readonly _writableState: { readonly length: number }
}

const { emit, push, read, _read, pause, resume, write, _write, _writev, _writeGeneric, cork, uncork } = Socket.prototype

export class SocketLink implements ConnectionSink {
  readonly #socket: Inside
  readonly #owner: LinkOwner
  /** The connection while it is used directly: its sink is then this link. */
  #direct: Connection | null = null
  /** No program has touched the socket so far. */
  #isUntouched = true
  #isPaused = false
  #corked = 0
  /** Between two requests: no listener may see bytes that arrive then, and the owner closes the socket. */
  #isIdle = false

  constructor(socket: Socket, owner: LinkOwner) {
    this.#socket = socket as Inside
    this.#owner = owner
  }

  /** Starts to listen, for a request. */
  attach(): void {
    this.#isIdle = false
    this.#listen('data', this.#onSocketData)
    this.#listen('end', this.#onSocketEnd)
    this.#listen('drain', this.#onSocketDrain)
    if (this.#isPaused) this.resume()
    if (this.#isUntouched && this.#direct === null) this.#shorten()
  }

  /** Stops listening, between two requests; bytes that arrive nevertheless are passed to the owner. */
  detach(): void {
    const socket = this.#socket
    socket.removeListener('drain', this.#onSocketDrain)
    this.#isIdle = true
    if (this.#direct === null) this.#guard()
    if (this.#direct === null) return
    socket.removeListener('data', this.#onSocketData)
    socket.removeListener('end', this.#onSocketEnd)
  }

  /** Stops listening; the owner gets no further call. */
  close(): void {
    const socket = this.#socket
    this.#isUntouched = false
    this.#lengthen()
    socket.removeListener('data', this.#onSocketData)
    socket.removeListener('end', this.#onSocketEnd)
    socket.removeListener('drain', this.#onSocketDrain)
  }

  #listen(event: string, listener: Listener): void {
    const { _events } = this.#socket
    const present = _events[event]
    if (present === listener || (Array.isArray(present) && present.includes(listener))) return
    ;(this.#socket as EventEmitter).on(event, listener as () => void)
  }

  // Writing

  get bufferedBytes(): number {
    return this.#direct === null ? this.#socket.writableLength : this.#direct.bufferedBytes
  }

  get corked(): number {
    return this.#corked
  }

  write(data: string | Uint8Array, encoding: BufferEncoding | undefined, done: WriteDone | undefined): boolean {
    const direct = this.#directToWrite()
    if (direct === null) return this.#socket.write(data, encoding as BufferEncoding, done)
    this.#socket._unrefTimer()
    return direct.write(data, encoding as never, done)
  }

  cork(): void {
    const direct = this.#directToWrite()
    this.#corked++
    ;(direct ?? this.#socket).cork()
  }

  uncork(): void {
    if (this.#corked === 0) return
    const direct = this.#directToWrite()
    this.#corked--
    ;(direct ?? this.#socket).uncork()
  }

  #directToWrite(): Connection | null {
    if (this.#direct === null) {
      if (this.#isUntouched) this.#shorten()
    } else if (!this.#isOwnToWrite() || this.#socket._writableState.length > 0) this.#lengthen()
    return this.#direct
  }

  // Reading

  /** Pauses reading until `resume`. */
  pause(): void {
    this.#isPaused = true
    if (this.#direct !== null && !this.#isOwnToPause()) this.#lengthen()
    else (this.#direct ?? this.#socket).pause()
  }

  resume(): void {
    // Without a pause before it too: Node resumes the socket at the end of every message.
    if (this.#direct !== null && !this.#isPaused) return
    this.#isPaused = false
    if (this.#socket.destroyed) return
    if (this.#direct !== null && !this.#isOwnToPause()) this.#lengthen()
    ;(this.#direct ?? this.#socket).resume()
  }

  readonly #onSocketData = (data: unknown): void => {
    const chunk = typeof data === 'string' ? Buffer.from(data, this.#socket.readableEncoding ?? 'utf8') : data
    if (chunk instanceof Uint8Array) this.#owner.onData(chunk)
    // From a stream in object mode: this is no part of a response.
    else this.#socket.destroy(invalidArgType('chunk', ['string', 'Buffer', 'Uint8Array'], chunk))
  }

  readonly #onSocketEnd = (): void => this.#owner.onEnd()
  readonly #onSocketDrain = (): void => this.#owner.onDrain()

  // From the connection, while it is used directly

  onConnect(): void {}

  onData(chunk: Uint8Array): void {
    if (this.#isIdle || (this.#isOwnToRead() && this.#isFlowing())) {
      this.#socket._unrefTimer()
      this.#owner.onData(chunk)
      return
    }
    this.#lengthen()
    sinkOf(this.#socket).onData(chunk)
  }

  onEnd(): void {
    sinkOf(this.#socket).onEnd()
    if (this.#isIdle) this.#owner.onEnd()
  }

  onDrain(): void {
    sinkOf(this.#socket).onDrain()
    if (this.#isOwnToWrite()) this.#owner.onDrain()
    else this.#socket.emit('drain')
  }

  onError(error: Error): void {
    sinkOf(this.#socket).onError(error)
  }

  onClose(hadError: boolean): void {
    sinkOf(this.#socket).onClose(hadError)
  }

  // Direct or through the socket

  #shorten(): void {
    const socket = this.#socket
    if (socket.connecting || connectionOf(socket) === undefined) return
    if (!this.#isOwnToRead() || !this.#isOwnToWrite() || !this.#isOwnToPause()) {
      this.#isUntouched = false
      return
    }
    if (!this.#isPaused && this.#corked === 0 && socket._writableState.length === 0) this.#guard()
  }

  /** Becomes the connection's sink, if the socket's stream has nothing buffered. */
  #guard(): void {
    const socket = this.#socket
    const connection = connectionOf(socket)
    if (connection === undefined || connection.sink !== sinkOf(socket) || !this.#isFlowing()) return
    this.#direct = connection
    connection.sink = this
    showBuffered(socket, connection)
  }

  #lengthen(): void {
    const socket = this.#socket
    const direct = this.#direct
    if (direct === null) return
    this.#direct = null
    hideBuffered(socket)
    // From here on the socket's stream applies the backpressure.
    direct.sink = sinkOf(socket)
    if (this.#isPaused) socket.pause()
    direct.resume()
    for (let i = 0; i < this.#corked; i++) {
      socket.cork()
      direct.uncork()
    }
  }

  #isFlowing(): boolean {
    return this.#socket.readableFlowing === true && this.#socket.readableLength === 0
  }

  #isOwnToRead(): boolean {
    const socket = this.#socket
    const { data, readable } = socket._events
    return (
      data === this.#onSocketData &&
      readable === undefined &&
      socket.emit === emit &&
      socket.push === push &&
      socket.read === read &&
      socket._read === _read
    )
  }

  #isOwnToWrite(): boolean {
    const socket = this.#socket
    return (
      socket._events['drain'] === this.#onSocketDrain &&
      socket.emit === emit &&
      socket.write === write &&
      socket._write === _write &&
      socket._writev === _writev &&
      socket._writeGeneric === _writeGeneric &&
      socket.cork === cork &&
      socket.uncork === uncork
    )
  }

  #isOwnToPause(): boolean {
    const socket = this.#socket
    const { pause: pauses, resume: resumes } = socket._events
    return pauses === undefined && resumes === undefined && socket.pause === pause && socket.resume === resume
  }
}
