// A Connection as a socket with Node's face: what `request.socket` shows. Passive while http reads the connection
// itself: then it shows addresses, counts and events, and feeds its stream only after an upgrade.

import { Duplex } from 'node:stream'
import { asBuffer } from '../core/bytes.ts'
import { timerDuration } from '../core/durations.ts'
import { ipVersion } from '../core/ip.ts'
import { validateFunction, validatePort } from '../core/validate.ts'
import { currentHost } from '../host/current.ts'
import type { Connection, ConnectionSink, Host, HostAddress, Timer } from '../host/types.ts'

const kConnection = Symbol('connection')
const kSink = Symbol('sink')

type Done = (error?: Error | null) => void
type Lookup = (
  host: string,
  options: object,
  done: (error: Error | null, address: string | HostAddress[], family?: number) => void,
) => void

export interface ConnectOptions {
  [option: string]: unknown
  host?: string | undefined
  port?: number | string | undefined
  path?: string | null | undefined
  lookup?: Lookup | undefined
  family?: number | undefined
  hints?: number | undefined
  localAddress?: string | undefined
  localPort?: number | undefined
  timeout?: number | undefined
  noDelay?: boolean | undefined
  keepAlive?: boolean | undefined
  keepAliveInitialDelay?: number | undefined
  highWaterMark?: number | undefined
  allowHalfOpen?: boolean | undefined
}

export interface SocketOverOptions {
  readonly passive?: boolean | undefined
  readonly allowHalfOpen?: boolean | undefined
  readonly highWaterMark?: number | undefined
  readonly host?: Host | undefined
}

export class TransportSocket extends Duplex {
  connecting = false
  timeout: number | undefined = undefined
  server: object | null = null
  _server: object | null = null
  _hadError = false;
  [kConnection]: Connection | null = null;
  [kSink]: SocketSink
  #host: Host
  #timer: Timer | null = null
  #isPassive: boolean
  #isReading = false
  #hadError = false
  #isReset = false
  #isUnref = false
  #last: Pick<Connection, 'local' | 'remote' | 'bytesRead' | 'bytesWritten'> | undefined

  constructor(options: SocketOverOptions & { connection?: Connection } = {}) {
    const { allowHalfOpen = false, highWaterMark, connection } = options
    super({
      allowHalfOpen,
      ...(highWaterMark !== undefined && { highWaterMark }),
      // 'close' says whether there was an error, so the stream must not emit its own.
      emitClose: false,
      autoDestroy: true,
      decodeStrings: false,
    })
    this.#host = options.host ?? currentHost()
    this.#isPassive = options.passive ?? false
    this[kSink] = new SocketSink(this)
    // As on Node's sockets, whose listeners programs count.
    this.on('end', () => this._unrefTimer())
    if (connection !== undefined) {
      this[kConnection] = connection
      if (!this.#isPassive) connection.sink = this[kSink]
    }
  }

  // Connecting

  connect(options: ConnectOptions, callback?: () => void): this {
    if (callback) this.once('connect', callback)
    this.connecting = true
    if (options.timeout) this.setTimeout(options.timeout)
    if (options.path) {
      this.#open({ kind: 'path', path: options.path }, options)
      return this
    }
    const port = validatePort(options.port ?? 0, 'options.port')
    const host = options.host || 'localhost'
    if (ipVersion(host) !== 0) this.#try([{ address: host, family: ipVersion(host) === 6 ? 6 : 4 }], port, options)
    else this.#lookUp(host, port, options)
    return this
  }

  #lookUp(host: string, port: number, options: ConnectOptions): void {
    const done = (error: Error | null, addresses: HostAddress[]): void => {
      if (this.destroyed) return
      const [first] = addresses
      this.emit('lookup', error, first?.address, first?.family, host)
      if (error || first === undefined) this.destroy(error as Error)
      else this.#try(addresses, port, options)
    }
    const { lookup, family = 0, hints = 0 } = options
    if (lookup === undefined) {
      this.#host.lookup(host, { family: family === 4 || family === 6 ? family : 0, hints }, done)
      return
    }
    validateFunction(lookup, 'options.lookup')
    lookup(host, { family, hints, all: true }, (error, address, family) => {
      if (Array.isArray(address)) done(error, address)
      else done(error, [{ address, family: family === 6 ? 6 : 4 }])
    })
  }

  /** One address after another, until one answers. */
  #try(addresses: readonly HostAddress[], port: number, options: ConnectOptions): void {
    const [first, ...others] = addresses
    if (first === undefined) return
    const { localAddress, localPort } = options
    const next = others.length === 0 ? undefined : () => this.#try(others, port, options)
    this.#open({ kind: 'tcp', address: first.address, port, localAddress, localPort }, options, next)
  }

  #open(target: Parameters<Host['connect']>[0], options: ConnectOptions, next?: () => void): void {
    const sink = this[kSink]
    const connection = this.#host.connect(target, sink)
    this[kConnection] = connection
    if (this.#isUnref) connection.unref()
    sink.onOpen = () => {
      if (options.noDelay) connection.setNoDelay(true)
      if (options.keepAlive) connection.setKeepAlive(true, options.keepAliveInitialDelay ?? 0)
      this.connecting = false
      this._unrefTimer()
      this.emit('connect')
      this.emit('ready')
      if (!this.destroyed && !this.isPaused()) this.read(0)
    }
    sink.onRefused = next
  }

  get pending(): boolean {
    return this[kConnection] === null || this.connecting
  }

  get readyState(): string {
    if (this.connecting) return 'opening'
    if (this.readable) return this.writable ? 'open' : 'readOnly'
    return this.writable ? 'writeOnly' : 'closed'
  }

  // Reading and writing

  override _read(): void {
    if (this.connecting) this.once('connect', () => this._read())
    else if (!this.#isReading && !this.#isPassive) {
      this.#isReading = true
      this[kConnection]?.resume()
    }
  }

  /** From now on the connection feeds this stream. */
  feed(): void {
    this.#isPassive = false
    const connection = this[kConnection]
    if (connection === null) return
    connection.sink = this[kSink]
    this.#isReading = true
    connection.resume()
  }

  /** The stream is full. */
  stopReading(): void {
    this.#isReading = false
    this[kConnection]?.pause()
  }

  override _write(chunk: Uint8Array | string, encoding: BufferEncoding, callback: Done): void {
    if (this.connecting) {
      this.once('connect', () => this._write(chunk, encoding, callback))
      return
    }
    this._unrefTimer()
    const connection = this[kConnection]
    if (connection === null) callback(new Error('Socket is closed'))
    else connection.write(chunk, encoding as never, callback)
  }

  override _final(callback: Done): void {
    if (this.connecting) this.once('connect', () => this._final(callback))
    else if (this[kConnection] === null) callback()
    else this[kConnection].end(() => callback())
  }

  // Closing

  destroySoon(): void {
    if (this.writable) this.end()
    if (this.writableFinished) this.destroy()
    else this.once('finish', () => this.destroy())
  }

  resetAndDestroy(): this {
    this.#isReset = true
    return this.destroy()
  }

  override _destroy(error: Error | null, callback: Done): void {
    this.connecting = false
    this.#timer?.cancel()
    this.#hadError = error !== null
    const connection = this[kConnection]
    if (connection === null) {
      callback(error)
      this.emitClose()
      return
    }
    const { local, remote, bytesRead, bytesWritten } = connection
    this.#last = { local, remote, bytesRead, bytesWritten }
    this[kConnection] = null
    if (this.#isReset) connection.reset()
    else connection.destroy()
    callback(error)
    if (this[kSink].isClosed) this.emitClose()
  }

  /** 'close', behind the 'error' that the stream has yet to emit. */
  emitClose(): void {
    process.nextTick(() => this.emit('close', this.#hadError))
  }

  // Time-outs and options

  setTimeout(msecs: number, callback?: () => void): this {
    if (this.destroyed) return this
    const duration = timerDuration(msecs, 'msecs')
    this.timeout = duration
    this.#timer?.cancel()
    this.#timer = null
    if (callback !== undefined) validateFunction(callback, 'callback')
    if (duration === 0) {
      if (callback) this.removeListener('timeout', callback)
      return this
    }
    this.#timer = this.#host.clock.setTimer(() => this.emit('timeout'), duration)
    this.#timer.unref()
    if (callback) this.once('timeout', callback)
    return this
  }

  /** Something happened: the time-out begins anew. */
  _unrefTimer(): void {
    this.#timer?.refresh()
  }

  setNoDelay(enable = true): this {
    this[kConnection]?.setNoDelay(Boolean(enable))
    return this
  }

  setKeepAlive(enable = false, initialDelayMs = 0): this {
    this[kConnection]?.setKeepAlive(Boolean(enable), initialDelayMs)
    return this
  }

  ref(): this {
    this.#isUnref = false
    this[kConnection]?.ref()
    return this
  }

  unref(): this {
    this.#isUnref = true
    this[kConnection]?.unref()
    return this
  }

  // Addresses and counts

  address(): object {
    return this.#shown?.local ?? {}
  }

  get #shown(): Pick<Connection, 'local' | 'remote' | 'bytesRead' | 'bytesWritten'> | undefined {
    return this[kConnection] ?? this.#last
  }

  get bytesRead(): number {
    return this.#shown?.bytesRead ?? 0
  }

  get bytesWritten(): number {
    return (this.#shown?.bytesWritten ?? 0) + this.writableLength
  }

  get remoteAddress(): string | undefined {
    return this.#shown?.remote?.address
  }

  get remoteFamily(): 'IPv4' | 'IPv6' | undefined {
    return this.#shown?.remote?.family
  }

  get remotePort(): number | undefined {
    return this.#shown?.remote?.port
  }

  get localAddress(): string | undefined {
    return this.#shown?.local?.address
  }

  get localFamily(): 'IPv4' | 'IPv6' | undefined {
    return this.#shown?.local?.family
  }

  get localPort(): number | undefined {
    return this.#shown?.local?.port
  }
}

/** What the connection tells a socket. */
class SocketSink implements ConnectionSink {
  readonly #socket: TransportSocket
  onOpen: (() => void) | undefined
  onRefused: (() => void) | undefined
  isClosed = false

  constructor(socket: TransportSocket) {
    this.#socket = socket
  }

  onConnect(): void {
    this.onRefused = undefined
    this.onOpen?.()
  }

  onData(chunk: Uint8Array): void {
    this.#socket._unrefTimer()
    if (!this.#socket.destroyed && !this.#socket.push(asBuffer(chunk))) this.#socket.stopReading()
  }

  onEnd(): void {
    this.#socket._unrefTimer()
    if (this.#socket.destroyed || this.#socket.readableEnded) return
    this.#socket.push(null)
    // Brings out 'end' where nobody reads and nothing is left.
    this.#socket.read(0)
  }

  onDrain(): void {}

  onError(error: Error): void {
    if (this.onRefused === undefined) this.#socket.destroy(error)
  }

  onClose(hadError: boolean): void {
    const next = this.onRefused
    this.onRefused = undefined
    if (next !== undefined && !this.#socket.destroyed) next()
    else if (this.#socket.destroyed) this.#socket.emitClose()
    else {
      this.isClosed = true
      this.#socket._hadError ||= hadError
      this.#socket.destroy()
    }
  }
}

/** The Connection beneath a socket of ours; undefined before it is open, after it is closed, and for anything else. */
export function connectionOf(socket: object): Connection | undefined {
  return socket instanceof TransportSocket && !socket.connecting ? (socket[kConnection] ?? undefined) : undefined
}

export function sinkOf(socket: TransportSocket): ConnectionSink {
  return socket[kSink]
}

/** An open Connection as a socket. */
export function socketOver(connection: Connection, options: SocketOverOptions = {}): TransportSocket {
  return new TransportSocket({ ...options, connection })
}

export function feedSocket(socket: TransportSocket): void {
  socket.feed()
}

/** (options, callback), (port, host, callback), (path, callback). */
export function connect(...args: unknown[]): TransportSocket {
  const callback = args.find(arg => typeof arg === 'function') as (() => void) | undefined
  const [first, second] = args
  let options: ConnectOptions
  if (typeof first === 'object' && first !== null) options = first as ConnectOptions
  else if (typeof first === 'string' && Number.isNaN(Number(first))) options = { path: first }
  else options = { port: first as number, ...(typeof second === 'string' && { host: second }) }
  const { allowHalfOpen, highWaterMark } = options
  const socket = new TransportSocket({ allowHalfOpen, highWaterMark: highWaterMark ?? undefined })
  return socket.connect(options, callback)
}

export function isIP(text: unknown): number {
  return ipVersion(String(text))
}
