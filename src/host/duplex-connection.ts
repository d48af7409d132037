// Adapts a Duplex that the user passes in (`createConnection`, `server.emit('connection', duplex)`, the socket under a TLS
// client) to the interface Connection. Such streams keep few of the port's rules: they emit events from within a write, emit
// nothing at their end, close twice or never. Events that come too early are queued here and dispatched on a later turn.
// The Duplex decides about half-open: one made with `allowHalfOpen: false` ends its side when its peer does.

import type { Duplex } from 'node:stream'
import { invalidArgType, systemError } from '../core/errors.ts'
import { silentSink } from './silent-sink.ts'
import type { Connection, ConnectionSink, Endpoint, TextEncoding, WriteDone } from './types.ts'

/**
 * Adapts a Duplex, and pauses it; the bytes it has buffered arrive after `resume()`. `onConnect` is called only if the Duplex is
 * still `connecting`. Addresses, byte counts and `setNoDelay` and similar are those of the Duplex where it has them.
 * @param isFed - the caller listens to 'data' itself, and passes the data to `feed()`
 */
export function duplexConnection(duplex: Duplex, sink: ConnectionSink = silentSink, isFed = false): DuplexConnection {
  return new DuplexConnection(duplex, sink, isFed)
}

/** Members that a socket-like Duplex may have beyond those of a Duplex. */
interface SocketLike {
  readonly connecting?: unknown
  readonly localAddress?: unknown
  readonly localPort?: unknown
  readonly remoteAddress?: unknown
  readonly remotePort?: unknown
  readonly bytesRead?: unknown
  readonly bytesWritten?: unknown
  readonly _writableState?: { readonly emitClose?: boolean }
  setNoDelay?(on: boolean): unknown
  setKeepAlive?(on: boolean, initialDelayMs: number): unknown
  resetAndDestroy?(): unknown
  ref?(): unknown
  unref?(): unknown
}

type Told =
  | { readonly kind: 'connect' | 'end' | 'drain' | 'close' }
  | { readonly kind: 'data'; readonly chunk: Uint8Array }
  | { readonly kind: 'error'; readonly error: Error }

type Refusal = 'EPIPE' | 'EBADF' | 'ECANCELED'

/** `failed`: `onError` has been called, `onClose` follows. `released`: the Duplex has been given back to the user. */
type State = 'open' | 'failed' | 'destroyed' | 'closed' | 'released'

export class DuplexConnection implements Connection {
  sink: ConnectionSink
  readonly #duplex: Duplex & SocketLike
  #state: State = 'open'
  #isPaused = true
  /** Calls into the Duplex that have not returned, the constructor's first: events that it emits meanwhile are queued. */
  #calls = 1
  #held: Told[] = []
  #isTelling = false
  #hasEnded = false
  #hasFinished = false
  /** By our `end()`; the Duplex's other users may have ended it too. */
  #isEnding = false
  /** Bytes of the writes that were rejected. */
  #lost = 0
  #refused: Refusal | undefined
  #local: Endpoint | undefined
  #remote: Endpoint | undefined
  /** Whether the bytes are counted here, because the Duplex does not count them. */
  readonly #counts: boolean
  #received = 0
  #sent = 0

  constructor(duplex: Duplex, sink: ConnectionSink, isFed = false) {
    this.#duplex = duplex as Duplex & SocketLike
    this.sink = sink
    this.#counts = typeof this.#duplex.bytesWritten !== 'number'
    duplex.pause()
    this.#listen(isFed)
    // Events that the Duplex emitted before we listened.
    this.#hasFinished = duplex.writableFinished
    if (duplex.readableEnded) this.#onEnd()
    if (duplex.errored) this.#onError(duplex.errored)
    if (duplex.closed) this.#onClose()
    this.#calls = 0
  }

  get local(): Endpoint | undefined {
    return (this.#local ??= endpoint(this.#duplex.localAddress, this.#duplex.localPort))
  }

  get remote(): Endpoint | undefined {
    return (this.#remote ??= endpoint(this.#duplex.remoteAddress, this.#duplex.remotePort))
  }

  get bytesRead(): number {
    return this.#counts ? this.#received : Number(this.#duplex.bytesRead)
  }

  get bytesWritten(): number {
    return this.#counts ? this.#sent : Number(this.#duplex.bytesWritten)
  }

  get bufferedBytes(): number {
    return this.#duplex.writableLength + this.#lost
  }

  write(data: Uint8Array | string, encoding?: TextEncoding, done?: WriteDone): boolean {
    const refusal = this.#refusal
    if (refusal !== undefined) return this.#refuseWrite(refusal, sizeOf(data, encoding), done)
    if (this.#counts) this.#sent += sizeOf(data, encoding)
    this.#calls++
    try {
      return this.#duplex.write(data, encoding ?? 'utf8', done)
    } finally {
      this.#calls--
    }
  }

  /** The system error of a write to a Duplex that its user has destroyed or ended, as with Node's handles; undefined if it is writable. */
  get #refusal(): Refusal | undefined {
    const duplex = this.#duplex
    if (this.#refused !== undefined || this.#state !== 'open') return this.#refused
    if (duplex.destroyed) return duplex.connecting === undefined ? 'ECANCELED' : 'EBADF'
    const hasEnded = duplex.writableEnded || (this.#hasEnded && duplex.allowHalfOpen === false)
    return hasEnded && !this.#isEnding ? 'EPIPE' : undefined
  }

  /** Fails a write with an error of ours, rather than one of the Duplex. */
  #refuseWrite(code: Refusal, size: number, done: WriteDone | undefined): false {
    const error = systemError(code, 'write')
    this.#lost += size
    if (done) queueMicrotask(() => done(error))
    this.#refused = code
    // The Duplex is about to emit its own error.
    if (this.#duplex.errored) return false
    this.#hold({ kind: 'error', error })
    // Once both directions have ended it closes by itself.
    if (!this.#hasEnded && !this.#duplex.destroyed) this.#destroyDuplex(() => this.#duplex.destroy())
    return false
  }

  cork(): void {
    this.#duplex.cork()
  }

  uncork(): void {
    this.#calls++
    try {
      this.#duplex.uncork()
    } finally {
      this.#calls--
    }
  }

  pause(): void {
    this.#isPaused = true
    this.#duplex.pause()
  }

  resume(): void {
    this.#isPaused = false
    this.#calls++
    try {
      this.#duplex.resume()
    } finally {
      this.#calls--
    }
    this.#tellSoon()
  }

  end(done?: WriteDone): void {
    this.#isEnding = true
    this.#calls++
    try {
      this.#duplex.end(done)
    } finally {
      this.#calls--
    }
  }

  destroy(): void {
    this.#close(() => this.#duplex.destroy())
  }

  reset(): void {
    const { resetAndDestroy, remoteAddress, connecting } = this.#duplex
    // A pipe has no RST: there the runtime's resetAndDestroy() fails, and the only choice is to destroy it.
    const mayReset = typeof resetAndDestroy === 'function' && (remoteAddress !== undefined || connecting === true)
    this.#close(() => (mayReset ? resetAndDestroy.call(this.#duplex) : this.#duplex.destroy()))
  }

  setNoDelay(on: boolean): void {
    this.#duplex.setNoDelay?.(on)
  }

  setKeepAlive(on: boolean, initialDelayMs: number): void {
    this.#duplex.setKeepAlive?.(on, initialDelayMs)
  }

  ref(): void {
    this.#duplex.ref?.()
  }

  unref(): void {
    this.#duplex.unref?.()
  }

  /**
   * Gives the Duplex back to the user, as for an upgraded HTTP connection: our listeners are removed, and bytes that were read but
   * not yet passed to the sink are unshifted. This object calls its sink no more, not even `onClose`.
   */
  release(): void {
    if (this.#state !== 'open') return
    this.#state = 'released'
    const unread = this.#held.flatMap(told => (told.kind === 'data' ? [told.chunk] : []))
    this.#held = []
    this.#duplex.pause()
    this.#unlisten()
    if (unread.length > 0 && !this.#hasEnded)
      this.#duplex.unshift(Buffer.concat(unread))
      // As in a new stream, the first 'data' listener starts the flow.
    ;(this.#duplex as { readableFlowing: boolean | null }).readableFlowing = null
  }

  #listen(isFed: boolean): void {
    const duplex = this.#duplex
    if (duplex.connecting === true) duplex.on('connect', this.#onConnect)
    if (!isFed) duplex.on('data', this.#onData)
    duplex.on('end', this.#onEnd)
    duplex.on('drain', this.#onDrain)
    duplex.on('finish', this.#onFinish)
    duplex.on('error', this.#onError)
    duplex.on('close', this.#onClose)
  }

  feed(data: unknown): void {
    this.#onData(data)
  }

  #unlisten(): void {
    const duplex = this.#duplex
    duplex.off('connect', this.#onConnect)
    duplex.off('data', this.#onData)
    duplex.off('end', this.#onEnd)
    duplex.off('drain', this.#onDrain)
    duplex.off('finish', this.#onFinish)
    duplex.off('error', this.#onError)
    duplex.off('close', this.#onClose)
  }

  // The listeners are fields: they know their connection without a property on the user's object.

  readonly #onConnect = (): void => this.#tell({ kind: 'connect' })

  readonly #onData = (data: unknown): void => {
    if (this.#state !== 'open') return
    const chunk = typeof data === 'string' ? Buffer.from(data, this.#duplex.readableEncoding ?? 'utf8') : data
    if (!(chunk instanceof Uint8Array)) {
      // A stream in object mode: the stack cannot process such a chunk.
      this.#onError(invalidArgType('chunk', ['string', 'Buffer', 'Uint8Array'], chunk))
      return
    }
    if (chunk.byteLength === 0) return
    this.#received += chunk.byteLength
    if (this.#calls === 0 && !this.#isPaused && this.#held.length === 0) this.sink.onData(chunk)
    else this.#hold({ kind: 'data', chunk })
  }

  readonly #onEnd = (): void => {
    this.#hasEnded = true
    this.#tell({ kind: 'end' })
    this.#closeWhenOver()
  }

  readonly #onDrain = (): void => this.#tell({ kind: 'drain' })

  readonly #onFinish = (): void => {
    this.#hasFinished = true
    this.#closeWhenOver()
  }

  // This listener stays after the close: a stream may emit several errors, and one without a listener would be uncaught.
  readonly #onError = (error: Error): void => {
    this.#tell({ kind: 'error', error })
    // Without autoDestroy an error does not close the stream.
    if (!this.#duplex.destroyed) this.#destroyDuplex(() => this.#duplex.destroy())
  }

  readonly #onClose = (): void => this.#tell({ kind: 'close' })

  /** Without autoDestroy, a stream does not close by itself when both directions have ended. */
  #closeWhenOver(): void {
    if (!this.#hasEnded || !this.#hasFinished) return
    queueMicrotask(() => {
      if (!this.#duplex.destroyed && this.#state === 'open') this.#destroyDuplex(() => this.#duplex.destroy())
    })
  }

  #close(destroyDuplex: () => void): void {
    if (this.#state !== 'open') return
    this.#state = 'destroyed'
    this.#held = this.#held.filter(told => told.kind === 'close')
    this.#destroyDuplex(destroyDuplex)
  }

  #destroyDuplex(destroyDuplex: () => void): void {
    this.#calls++
    try {
      destroyDuplex()
    } finally {
      this.#calls--
      // Streams with `emitClose: false`, and implementations older than that option, never emit 'close'.
      if (this.#duplex._writableState?.emitClose !== true) this.#hold({ kind: 'close' })
    }
  }

  #tell(told: Told): void {
    if (this.#calls > 0 || this.#held.length > 0 || (this.#isPaused && told.kind === 'end')) this.#hold(told)
    else this.#deliver(told)
  }

  #hold(told: Told): void {
    this.#held.push(told)
    this.#tellSoon()
  }

  #tellSoon(): void {
    if (this.#isTelling || this.#held.length === 0) return
    this.#isTelling = true
    queueMicrotask(this.#tellNext)
  }

  readonly #tellNext = (): void => {
    this.#isTelling = false
    const told = this.#takeTellable()
    if (told === undefined) return
    // Scheduled first, so that the rest is dispatched even if the sink throws.
    this.#tellSoon()
    this.#deliver(told)
  }

  /** The next event to dispatch, in order. While paused, data and end wait; other events overtake them, except the close. */
  #takeTellable(): Told | undefined {
    const at = this.#held.findIndex((told, index) => {
      if (told.kind === 'data' || told.kind === 'end') return !this.#isPaused
      return told.kind !== 'close' || index === 0
    })
    if (at < 0) return undefined
    const told = this.#held[at]
    // An error ends reading: bytes that a paused reader has not consumed are lost, as in a socket.
    if (told?.kind === 'error') this.#held = this.#held.filter(({ kind }) => kind === 'close')
    else this.#held.splice(at, 1)
    return told
  }

  #deliver(told: Told): void {
    if (told.kind === 'close') {
      if (this.#state === 'closed' || this.#state === 'released') return
      const hadError = this.#state === 'failed'
      this.#state = 'closed'
      this.#held = []
      this.sink.onClose(hadError)
      return
    }
    if (this.#state !== 'open') return
    switch (told.kind) {
      case 'connect':
        this.sink.onConnect()
        break
      case 'data':
        this.sink.onData(told.chunk)
        break
      case 'end':
        this.sink.onEnd()
        break
      case 'drain':
        this.sink.onDrain()
        break
      case 'error':
        this.#state = 'failed'
        this.sink.onError(told.error)
        break
    }
  }
}

function sizeOf(data: Uint8Array | string, encoding: TextEncoding | undefined): number {
  return typeof data === 'string' ? Buffer.byteLength(data, encoding) : data.byteLength
}

function endpoint(address: unknown, port: unknown): Endpoint | undefined {
  if (typeof address !== 'string' || typeof port !== 'number') return undefined
  return { address, family: address.includes(':') ? 'IPv6' : 'IPv4', port }
}
