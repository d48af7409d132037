// What Node calls a handle, as far as programs reach for it: they ask for the descriptor, stop the reading, close what is
// beneath a socket, hand it to another, and put functions of their own on it, which are called in place of ours. The stack
// itself does not need it: one is made when somebody looks at `_handle`.

import { systemErrorNumber } from '../../core/system-errors.ts'
import { Handle, ownMethod } from '../../host/shown-handle.ts'
import { silentSink } from '../../host/silent-sink.ts'
import type { Connection, ConnectionSink, Endpoint, Host, RuntimeHandle, TextEncoding } from '../../host/types.ts'
import { BareConnection } from '../socket/bare-connection.ts'
import { kAttempt, kConnection, kHandle, kHost, kIsReading, kOwner, kSink } from '../symbols.ts'

/** A connection on its way. */
interface Attempt {
  readonly isRef: boolean
  ref(): void
  unref(): void
  /** @param closed - called once it has closed */
  cancel(closed?: () => void): void
}

/** The socket that a handle is made for, as far as the handle sees it. */
export interface HandleOwner {
  readonly connecting: boolean
  [kConnection]: Connection | null
  [kAttempt]: Attempt | null
  [kHandle]?: object | undefined
  [kIsReading]: boolean
  readonly [kHost]: Host
  readonly [kSink]: ConnectionSink
}

/** What Node's handles are given with a write, a shutdown or a connection, and tell of the end. */
export interface Request {
  oncomplete?: (status: number, ...more: unknown[]) => void
}

const EBADF = systemErrorNumber('EBADF')

export class StreamHandle extends Handle {
  /** It changes with the socket that takes the handle over. */
  [kOwner]: HandleOwner;
  [kConnection]: Connection | null;
  [kAttempt]: Attempt | null
  readonly isStreamBase = true

  constructor(owner: HandleOwner) {
    super()
    this[kOwner] = owner
    this[kConnection] = owner[kConnection]
    this[kAttempt] = owner[kAttempt]
  }

  protected get beneath(): Connection | Attempt | undefined {
    return this[kConnection] ?? this[kAttempt] ?? undefined
  }

  protected get runtimeHandle(): RuntimeHandle | undefined {
    return this[kConnection]?.runtimeHandle
  }

  override hasRef(): boolean {
    const attempt = this[kAttempt]
    return this[kConnection] === null && attempt !== null ? attempt.isRef : super.hasRef()
  }

  get owner(): HandleOwner {
    return this[kOwner]
  }

  get bytesRead(): number {
    return this[kConnection]?.bytesRead ?? 0
  }

  get bytesWritten(): number {
    return this[kConnection]?.bytesWritten ?? 0
  }

  get writeQueueSize(): number {
    return this[kConnection]?.bufferedBytes ?? 0
  }

  get reading(): boolean {
    return this[kOwner][kIsReading]
  }

  set reading(isReading: boolean) {
    this[kOwner][kIsReading] = Boolean(isReading)
  }

  readStart(): number {
    this[kConnection]?.resume()
    return 0
  }

  readStop(): number {
    this[kConnection]?.pause()
    return 0
  }

  /** As in Node, the socket is not notified: it continues, without a connection. */
  close(callback?: () => void): void {
    const connection = this[kConnection]
    const attempt = this[kAttempt]
    this[kConnection] = null
    this[kAttempt] = null
    if (attempt !== null && connection === null) attempt.cancel(callback)
    if (connection === null) return
    const owner = this[kOwner]
    const { sink } = connection
    if (owner[kConnection] === connection && sink === owner[kSink]) {
      const bare = new BareConnection(owner[kHost], connection)
      bare.sink = sink
      owner[kConnection] = bare
      connection.sink = { ...deaf, onClose: () => callback?.() }
    } else if (callback) {
      // The connection's owner is notified of the close.
      const onClose = (hadError: boolean) => {
        sink.onClose(hadError)
        callback()
      }
      connection.sink = { ...deaf, onError: error => sink.onError(error), onClose }
    }
    connection.destroy()
  }

  reset(callback?: () => void): number {
    this.close(callback)
    return 0
  }

  shutdown(request?: Request): number {
    const connection = this[kConnection]
    if (connection === null) return systemErrorNumber('ENOTCONN')
    connection.end(() => request?.oncomplete?.(0))
    return 0
  }

  getsockname(out: object): number {
    return fill(out, this[kConnection]?.local)
  }

  getpeername(out: object): number {
    return fill(out, this[kConnection]?.remote)
  }

  setNoDelay(on: boolean): number {
    this[kConnection]?.setNoDelay(on)
    return 0
  }

  /** @param initialDelay - seconds */
  setKeepAlive(on: boolean, initialDelay: number): number {
    this[kConnection]?.setKeepAlive(on, initialDelay * 1000)
    return 0
  }

  setBlocking(on: boolean): number {
    return this.runtimeHandle?.setBlocking?.(on) ?? 0
  }

  writeBuffer(request: Request, data: Uint8Array): number {
    return this.#write(request, data)
  }

  writeUtf8String(request: Request, data: string): number {
    return this.#write(request, data, 'utf8')
  }

  writeLatin1String(request: Request, data: string): number {
    return this.#write(request, data, 'latin1')
  }

  writeAsciiString(request: Request, data: string): number {
    return this.#write(request, data, 'latin1')
  }

  writeUcs2String(request: Request, data: string): number {
    return this.#write(request, data, 'utf16le')
  }

  #write(request: Request, data: Uint8Array | string, encoding?: TextEncoding): number {
    const connection = this[kConnection]
    if (connection === null) return EBADF
    connection.write(data, encoding, error => {
      const status = error ? ((error as { errno?: number }).errno ?? systemErrorNumber('ECANCELED')) : 0
      request.oncomplete?.(status, this, error ?? undefined)
    })
    return 0
  }
}

/** By these names, which programs read from `_handle.constructor`. */
export class TCP extends StreamHandle {}
export class Pipe extends StreamHandle {}

/** Of a connection that has no socket. @param near - whose host it is on */
export function acceptedHandle(near: Pick<HandleOwner, typeof kHost>, connection: Connection): StreamHandle {
  const owner = { ...unowned, [kConnection]: connection, [kHost]: near[kHost] }
  return connection.local || connection.remote ? new TCP(owner) : new Pipe(owner)
}

/** Of the connection that a socket is about to have beneath what it speaks. */
export function bareHandle(socket: HandleOwner): StreamHandle {
  return new TCP({ ...unowned, [kAttempt]: socket[kAttempt], [kHost]: socket[kHost] })
}

const unowned = { connecting: false, [kConnection]: null, [kAttempt]: null, [kIsReading]: false, [kSink]: silentSink }

/** An address as the program's own function has it; undefined where there is no such function. */
export function ownAddress(handle: object | undefined, name: 'getsockname' | 'getpeername'): object | undefined {
  const ask = ownMethod(handle, name)
  if (ask === undefined) return undefined
  const out = {}
  return ask(out) ? {} : out
}

function fill(out: object, address: Endpoint | string | null | undefined): number {
  if (typeof address !== 'object' || address === null) return EBADF
  Object.assign(out, address)
  return 0
}

/** The methods of a sink that ignores all events. */
export const deaf = { onConnect() {}, onData() {}, onEnd() {}, onDrain() {}, onError() {} }
