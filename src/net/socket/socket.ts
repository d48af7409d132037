// net.Socket: a Duplex over a Connection. Connecting is connect.ts's part; what comes from the connection arrives through
// the SocketSink. Source: Node's documentation, "Class: net.Socket". One file, though long: it is one class of Node's, with a few
// lines for each of its many members, and all of them share the state behind the symbols.

import type { Server as NodeServer } from 'node:net'
import { Duplex, type DuplexOptions } from 'node:stream'
import { callableClass } from '../../core/callable-class.ts'
import { timerDuration } from '../../core/durations.ts'
import { featureUnavailable, invalidArgType, invalidArgValue, systemError } from '../../core/errors.ts'
import { validateFunction, validateInt32, validateNumber, validateString } from '../../core/validate.ts'
import { currentHost } from '../../host/current.ts'
import { runtimeFeatures } from '../../host/os/os-features.ts'
import { ownMethod } from '../../host/shown-handle.ts'
import type { BoundStream, Connection, Endpoint, Host, Timer } from '../../host/types.ts'
import { normalizeArguments } from '../arguments.ts'
import { BlockList } from '../block-list.ts'
import { clientSocketChannel } from '../diagnostics.ts'
import { endedByPeer, invalidHandleType, socketClosed, socketClosedBeforeConnection } from '../errors.ts'
import { ownAddress, Pipe, StreamHandle, TCP } from '../handle/handle.ts'
import { type KeepAliveProbes, shutDown, tellKeepAlive, tellNoDelay } from '../handle/handle-calls.ts'
import { adopt, closeBorrowed, letGo } from '../handle/handle-exchange.ts'
import {
  adoptHandle,
  kAttempt,
  kBoundFrom,
  kBytesRead,
  kBytesWritten,
  kCloseHadError,
  kConnection,
  kHandle,
  kHasClosed,
  kHost,
  kIsPassive,
  kIsReading,
  kIsResetting,
  kKeepAlive,
  kKeepAliveDelayMs,
  kKeepAliveProbes,
  kLastBuffered,
  kLocal,
  kNoDelay,
  kOver,
  kPeer,
  kSink,
  kTimer,
  kTypeOfService,
  makeHandle,
  wrapConnection,
} from '../symbols.ts'
import { BoundSocket, takeBound } from './bound-socket.ts'
import { ConnectAttempt, completeTcpOptions, requireDestination } from './connect.ts'
import { type OnReadOptions, UserBuffer } from './onread.ts'
import { SocketSink } from './socket-sink.ts'
import { send, type Waiting, writtenBytes } from './socket-write.ts'

type WriteCallback = (error?: Error | null) => void

export interface SetKeepAliveOptions {
  enable?: boolean | undefined
  /** Milliseconds of silence before the first probe. */
  initialDelay?: number | undefined
  /** Milliseconds between probes; where the host can. */
  interval?: number | undefined
  /** How many probes may go unanswered; where the host can. */
  count?: number | undefined
}

export interface SocketOptions extends DuplexOptions {
  fd?: number | undefined
  onread?: OnReadOptions | null | undefined
  noDelay?: boolean | undefined
  keepAlive?: boolean | undefined
  /** Milliseconds. */
  keepAliveInitialDelay?: number | undefined
  typeOfService?: number | undefined
  blockList?: Pick<BlockList, 'check'> | undefined
  /** Both count only with `fd`. */
  readable?: boolean | undefined
  writable?: boolean | undefined
  /** A BoundSocket: the local address to connect from. Else an open handle: another socket's, or one that works as Node's do. */
  handle?: object | undefined
}

/** How a Connection that is open already becomes a Socket. */
export interface SocketOverOptions {
  readonly allowHalfOpen?: boolean | undefined
  /** Nothing is read before `resume()`. */
  readonly pauseOnCreate?: boolean | undefined
  /** The caller stays the connection's sink and passes on what the socket should see. */
  readonly passive?: boolean | undefined
  readonly highWaterMark?: number | undefined
  readonly host?: Host | undefined
  /** What has been set on the connection already. */
  readonly noDelay?: boolean | undefined
  readonly keepAlive?: boolean | undefined
  /** Milliseconds. */
  readonly keepAliveInitialDelay?: number | undefined
}

type ConstructorOptions = SocketOptions & SocketOverOptions & { [kOver]?: Connection }

/** The server that has accepted a socket: it counts those that are open. */
interface CountingServer {
  _connections: number
  _emitCloseIfDrained(): void
}

class NetSocket extends Duplex {
  declare connecting: boolean
  declare timeout: number | undefined
  declare blockList: Pick<BlockList, 'check'>
  declare autoSelectFamilyAttemptedAddresses: string[]
  declare server: NodeServer | null
  declare _server: CountingServer | null
  declare _parent: NetSocket | null
  declare _host: string | null
  declare _hadError: boolean
  declare _pendingData: unknown
  declare _pendingEncoding: string
  declare [kConnection]: Connection | null
  declare [kAttempt]: ConnectAttempt | null
  declare [kHandle]: object | undefined
  declare [kSink]: SocketSink
  declare [kHost]: Host
  declare [kTimer]: Timer | null
  declare [kIsReading]: boolean
  declare [kIsPassive]: boolean
  declare [kIsResetting]: boolean
  declare [kHasClosed]: boolean
  declare [kCloseHadError]: boolean | undefined
  declare [kLastBuffered]: number
  declare [kNoDelay]: boolean
  declare [kKeepAlive]: boolean
  declare [kKeepAliveDelayMs]: number
  declare [kKeepAliveProbes]: KeepAliveProbes
  declare [kBoundFrom]: BoundStream | undefined
  declare [kTypeOfService]: number | undefined
  declare [kBytesRead]: number
  declare [kBytesWritten]: number
  declare [kPeer]: Endpoint | undefined
  declare [kLocal]: Endpoint | undefined

  constructor(options?: SocketOptions | number) {
    const complete = completeOptions(options)
    super(complete)
    initialize(this, complete)
  }

  // Connecting

  connect(...args: unknown[]): this {
    const [options, callback] = normalizeArguments(args)
    if (clientSocketChannel.hasSubscribers) clientSocketChannel.publish({ socket: this })
    if (callback) this.once('connect', callback as () => void)
    // The socket was aborted by its signal, and nothing would close a new connection. As in Node 26.
    if (this.destroyed && this.errored?.name === 'AbortError') return this
    if (this._parent?.connecting) return this
    requireDestination(options)
    // The one that ended with the peer's FIN may write again.
    if (Object.hasOwn(this, 'write')) Reflect.deleteProperty(this, 'write')
    if (this.destroyed) forgetConnection(this)
    const connection = this[kConnection]
    if (connection) {
      // As the system says of a second connect().
      const { address, port } = connection.remote ?? {}
      process.nextTick(() => this.destroy(systemError('EISCONN', 'connect', { address, port })))
      return this
    }
    this[kAttempt]?.cancel()
    this._unrefTimer()
    this.connecting = true
    const result = { onConnected: (connection: Connection) => adoptConnection(this, connection) }
    const attempt = new ConnectAttempt(this, this[kHost], result, this[kBoundFrom])
    this[kBoundFrom] = undefined
    this[kAttempt] = attempt
    if (this[kHandle] instanceof StreamHandle) this[kHandle][kAttempt] = attempt
    const { path } = options
    if (path) {
      validateString(path, 'options.path')
      attempt.connectPath(path)
    } else {
      const complete = completeTcpOptions(options)
      if (attempt.isBound && (complete.localAddress !== undefined || complete.localPort !== undefined)) {
        const reason = 'localAddress and localPort cannot be used with an adopted bound socket'
        throw invalidArgValue('options', options, reason)
      }
      this._host = complete.host
      attempt.attemptDelayMs = complete.attemptDelayMs
      attempt.connectTcp(complete)
    }
    return this
  }

  /** What the socket speaks over, once `won` is open. TLS puts itself in between. */
  [wrapConnection](won: Connection): Connection {
    return won
  }

  get pending(): boolean {
    return this[kConnection] === null || this.connecting
  }

  get readyState(): 'opening' | 'open' | 'readOnly' | 'writeOnly' | 'closed' {
    if (this.connecting) return 'opening'
    if (this.readable) return this.writable ? 'open' : 'readOnly'
    return this.writable ? 'writeOnly' : 'closed'
  }

  get _connecting(): boolean {
    return this.connecting
  }

  /** Node's name for what lies beneath; programs look whether there is one, and what handle.ts says. */
  get _handle(): object | null {
    const handle = this[kHandle] ?? this[makeHandle]()
    if (handle !== undefined) this[kHandle] = handle
    return handle ?? null
  }

  set _handle(handle: object | null | undefined) {
    letGo(this)
    this[kHandle] = handle ?? undefined
    if (handle instanceof StreamHandle) this[adoptHandle](handle)
    else if (handle) openForeign(this, handle, {})
  }

  [makeHandle](): StreamHandle | undefined {
    const connection = this[kConnection]
    if (connection === null && this[kAttempt] === null) return undefined
    const isPipe = connection ? !connection.remote && !connection.local : this[kAttempt]?.isPipe
    return isPipe ? new Pipe(this) : new TCP(this)
  }

  [adoptHandle](handle: StreamHandle): void {
    adopt(this, handle)
  }

  // Reading

  override _read(size: number): void {
    const connection = this[kConnection]
    if (this.connecting || connection === null) this.once('connect', () => this._read(size))
    else if (!this[kIsReading] && !this[kIsPassive]) startReading(this, connection)
  }

  override pause(): this {
    const connection = this[kConnection]
    if (this[kSink].userBuffer && connection && this[kIsReading]) {
      this[kIsReading] = false
      connection.pause()
    }
    return super.pause()
  }

  override resume(): this {
    resumeUserBuffer(this)
    return super.resume()
  }

  override read(size?: number): unknown {
    resumeUserBuffer(this)
    return super.read(size)
  }

  // Writing

  override _write(data: unknown, encoding: string, callback: WriteCallback): void {
    this._writeGeneric(false, data, encoding, callback)
  }

  override _writev(chunks: readonly Waiting[], callback: WriteCallback): void {
    this._writeGeneric(true, chunks, '', callback)
  }

  /** All writes pass through this method: Node has it, and some libraries that trace sockets replace it. */
  _writeGeneric(isList: boolean, data: unknown, encoding: string, callback: WriteCallback): void {
    const connection = readyToWrite(this, isList, data, encoding, callback)
    if (connection === null) return
    if (isList) writeList(this, connection, data as readonly Waiting[])
    else send(connection, data as Uint8Array | string, encoding, this[kSink].issueWrite())
    finishWrite(this, connection, callback)
  }

  override _final(callback: WriteCallback): void {
    if (this.connecting) {
      this.once('connect', () => this._final(callback))
      return
    }
    const connection = this[kConnection]
    if (connection === null) callback()
    else if (this[kHandle] !== undefined) shutDown(this[kHandle], connection, callback)
    // What goes wrong from here on arrives as the connection's own error.
    else connection.end(() => callback())
  }

  /** Undefined while there is no connection, though Node's types do not say so. */
  get bufferSize(): number {
    return (this[kConnection] || this[kAttempt] ? this.writableLength : undefined) as number
  }

  get _bytesDispatched(): number {
    return this[kConnection]?.bytesWritten ?? this[kBytesWritten]
  }

  // Closing

  destroySoon(): void {
    if (this.writable) this.end()
    if (this.writableFinished) this.destroy()
    else this.once('finish', this.destroy)
  }

  resetAndDestroy(): this {
    // An attempt that has failed just now has not been closed yet.
    if (this[kConnection] === null && this[kAttempt] === null) {
      this.destroy(socketClosed())
      return this
    }
    const isPipe = this[kConnection] ? this[kConnection].remote === undefined : this[kAttempt]?.isPipe
    if (isPipe) throw invalidHandleType()
    if (this.connecting) this.once('connect', () => this._reset())
    else this._reset()
    return this
  }

  _reset(): this {
    this[kIsResetting] = true
    return this.destroy()
  }

  override _destroy(exception: Error | null, callback: WriteCallback): void {
    this.connecting = false
    // Cleared too: the completion of a pending write must not restart it.
    for (let socket: NetSocket | null = this; socket; socket = socket._parent) {
      socket[kTimer]?.cancel()
      socket[kTimer] = null
    }
    const connection = this[kConnection]
    const attempt = this[kAttempt]
    this[kAttempt] = null
    if (this[kHandle] !== undefined) {
      closeBorrowed(this, this[kHandle])
      this[kHandle] = undefined
    }
    if (connection) {
      this[kBytesRead] = connection.bytesRead
      this[kBytesWritten] = connection.bytesWritten
      this[kConnection] = null
      this[kLocal] = undefined
      this[kCloseHadError] = Boolean(exception)
      if (this[kIsResetting]) connection.reset()
      else connection.destroy()
      callback(exception)
      if (this[kHasClosed]) this._emitClose()
    } else if (attempt) {
      const hadError = Boolean(exception)
      this[kCloseHadError] = hadError
      attempt.cancel(() => this._emitClose(hadError))
      callback(exception)
    } else {
      callback(exception)
      this._emitClose()
    }
    if (this._server) {
      this._server._connections--
      this._server._emitCloseIfDrained()
    }
  }

  /** 'close', after the 'error' that the stream has yet to emit. */
  _emitClose(hadError = this[kCloseHadError]): void {
    process.nextTick(() => (hadError === undefined ? this.emit('close') : this.emit('close', hadError)))
  }

  // Time-outs

  setTimeout(msecs: number, callback?: () => void): this {
    if (this.destroyed) return this
    this.timeout = msecs
    const duration = timerDuration(msecs, 'msecs')
    this[kTimer]?.cancel()
    this[kTimer] = null
    if (callback !== undefined) validateFunction(callback, 'callback')
    if (duration === 0) {
      if (callback) this.removeListener('timeout', callback)
      return this
    }
    this[kTimer] = this[kHost].clock.setTimer(() => this._onTimeout(), duration)
    this[kTimer].unref()
    if (callback) this.once('timeout', callback)
    return this
  }

  /** Begins the time-out anew: something happened. */
  _unrefTimer(): void {
    for (let socket: NetSocket | null = this; socket; socket = socket._parent) socket[kTimer]?.refresh()
  }

  _onTimeout(): void {
    const buffered = this[kConnection]?.bufferedBytes ?? 0
    // A write that moves on is no idleness, however slow the peer reads.
    if (buffered > 0 && buffered !== this[kLastBuffered]) {
      this[kLastBuffered] = buffered
      this._unrefTimer()
      return
    }
    this.emit('timeout')
  }

  // Socket options

  setNoDelay(enable?: boolean): this {
    const on = enable === undefined ? true : Boolean(enable)
    if (this[kConnection] && on !== this[kNoDelay]) tellNoDelay(this, this[kConnection], on)
    this[kNoDelay] = on
    return this
  }

  /** @param initialDelayMs - milliseconds of silence before the first probe; 0 keeps what is set */
  setKeepAlive(
    enable?: boolean | SetKeepAliveOptions,
    initialDelayMs?: number,
    intervalMs?: number,
    probes?: number,
  ): this {
    const options: SetKeepAliveOptions =
      typeof enable === 'object' && enable !== null
        ? enable
        : { enable, initialDelay: initialDelayMs, interval: intervalMs, count: probes }
    const on = Boolean(options.enable)
    const delayMs = wholeSeconds(options.initialDelay)
    const gaps: KeepAliveProbes = [options.interval && wholeSeconds(options.interval), options.count]
    const before = this[kKeepAliveProbes]
    const isNew =
      on !== this[kKeepAlive] ||
      (on && (delayMs !== this[kKeepAliveDelayMs] || gaps[0] !== before[0] || gaps[1] !== before[1]))
    if (this[kConnection] && isNew) tellKeepAlive(this, this[kConnection], on, delayMs, gaps)
    this[kKeepAlive] = on
    this[kKeepAliveDelayMs] = delayMs
    this[kKeepAliveProbes] = gaps
    return this
  }

  /** @param tos - the IP header's Type of Service byte, 0 to 255 */
  setTypeOfService(tos: number): this {
    if (Number.isNaN(tos)) throw invalidArgType('tos', 'number', tos)
    validateInt32(tos, 'tos', 0, 255)
    if (tos !== this[kTypeOfService] && this[kConnection]) applyTypeOfService(this, this[kConnection], tos)
    this[kTypeOfService] = tos
    return this
  }

  getTypeOfService(): number {
    return this[kConnection]?.getTypeOfService?.() ?? this[kTypeOfService] ?? 0
  }

  ref(): this {
    const target = this[kConnection] ?? this[kAttempt]
    if (target) target.ref()
    else this.once('connect', this.ref)
    return this
  }

  unref(): this {
    const target = this[kConnection] ?? this[kAttempt]
    if (target) target.unref()
    else this.once('connect', this.unref)
    return this
  }

  // Addresses

  address(): Endpoint | Record<string, never> {
    return this._getsockname()
  }

  _getpeername(): Partial<Endpoint> {
    if (this[kPeer] === undefined && !this.connecting) {
      this[kPeer] = (ownAddress(this[kHandle], 'getpeername') as Endpoint) ?? this[kConnection]?.remote
    }
    return this[kPeer] ?? {}
  }

  _getsockname(): Endpoint | Record<string, never> {
    this[kLocal] ??= (ownAddress(this[kHandle], 'getsockname') as Endpoint) ?? this[kConnection]?.local
    return this[kLocal] ?? {}
  }
}

// Node shows these as enumerable accessors of the prototype.
const accessors = {
  bytesRead: (socket: NetSocket) => socket[kConnection]?.bytesRead ?? socket[kBytesRead],
  bytesWritten: (socket: NetSocket) => writtenBytes(socket),
  remoteAddress: (socket: NetSocket) => socket._getpeername().address,
  remoteFamily: (socket: NetSocket) => socket._getpeername().family,
  remotePort: (socket: NetSocket) => socket._getpeername().port,
  localAddress: (socket: NetSocket) => socket._getsockname().address,
  localFamily: (socket: NetSocket) => socket._getsockname().family,
  localPort: (socket: NetSocket) => socket._getsockname().port,
} as const

for (const [name, read] of Object.entries(accessors)) {
  Object.defineProperty(NetSocket.prototype, name, {
    get(this: NetSocket) {
      return read(this)
    },
    enumerable: true,
    configurable: false,
  })
}

// undici 7.10 to 7.29 calls it on every connection where it is there.
if (!runtimeFeatures.typeOfService) {
  for (const method of ['setTypeOfService', 'getTypeOfService']) Reflect.deleteProperty(NetSocket.prototype, method)
}

/** What the constructor takes, checked, with what every socket's stream is made of. */
function completeOptions(options: SocketOptions | number | undefined): ConstructorOptions {
  if (typeof options === 'object' && options !== null && kOver in options) return options as ConstructorOptions
  const given = typeof options === 'number' ? { fd: options } : options
  if (given?.objectMode) throw invalidArgValue('options.objectMode', given.objectMode, 'is not supported')
  if (given?.readableObjectMode || given?.writableObjectMode) {
    const name = given.readableObjectMode ? 'readableObjectMode' : 'writableObjectMode'
    throw invalidArgValue(`options.${name}`, given[name], 'is not supported')
  }
  if (given?.keepAliveInitialDelay !== undefined) {
    validateNumber(given.keepAliveInitialDelay, 'options.keepAliveInitialDelay')
  }
  return {
    ...given,
    allowHalfOpen: Boolean(given?.allowHalfOpen),
    ...streamOptions,
  }
}

const streamOptions = {
  // 'close' says whether there was an error, so the stream must not emit its own.
  emitClose: false,
  autoDestroy: true,
  decodeStrings: false,
} as const

/**
 * What a socket begins with, and few ever change: on the prototype, so that each socket carries only what is its own.
 * bench/net: idle memory 2,160 -> 1,974 bytes per connection. Node’s own socket takes 945; the rest is a second Duplex.
 */
Object.assign(NetSocket.prototype, {
  _hadError: false,
  _parent: null,
  _host: null,
  _pendingData: null,
  _pendingEncoding: '',
  server: null,
  _server: null,
  [kAttempt]: null,
  [kHandle]: undefined,
  [kTimer]: null,
  [kIsPassive]: false,
  [kIsResetting]: false,
  [kHasClosed]: false,
  [kCloseHadError]: undefined,
  [kLastBuffered]: 0,
  [kNoDelay]: false,
  [kKeepAlive]: false,
  [kKeepAliveDelayMs]: 0,
  [kKeepAliveProbes]: [undefined, undefined],
  [kBoundFrom]: undefined,
  [kTypeOfService]: undefined,
  [kBytesRead]: 0,
  [kBytesWritten]: 0,
  [kPeer]: undefined,
  [kLocal]: undefined,
})

function initialize(socket: NetSocket, options: ConstructorOptions): void {
  const over = options[kOver]
  socket.connecting = false
  socket[kConnection] = null
  socket[kSink] = new SocketSink(socket as unknown as Socket)
  // A user's `host` is a name to connect to.
  socket[kHost] = (over && options.host) || currentHost()
  socket[kIsReading] = false
  if (options.noDelay) socket[kNoDelay] = true
  if (options.keepAlive) socket[kKeepAlive] = true
  if (options.keepAliveInitialDelay) socket[kKeepAliveDelayMs] = wholeSeconds(options.keepAliveInitialDelay)
  socket.on('end', onReadableEnd)
  if (over) openOver(socket, over, options)
  else applyUserOptions(socket, options)
}

function applyUserOptions(socket: NetSocket, options: SocketOptions): void {
  const { fd, onread, typeOfService, blockList } = options
  socket[kSink].userBuffer = UserBuffer.from(onread, socket)
  if (typeOfService !== undefined && runtimeFeatures.typeOfService) {
    validateInt32(typeOfService, 'options.typeOfService', 0, 255)
    socket[kTypeOfService] = typeOfService
  }
  if (blockList) {
    if (!BlockList.isBlockList(blockList)) throw invalidArgType('options.blockList', 'net.BlockList', blockList)
    socket.blockList = blockList
  }
  const { handle } = options
  if (handle instanceof BoundSocket) socket[kBoundFrom] = takeBound(handle)
  else if (handle instanceof StreamHandle) {
    adopt(socket, handle, true)
    if (handle[kConnection]) openOver(socket, handle[kConnection], { pauseOnCreate: options.readable === false })
  } else if (handle) {
    socket[kHandle] = handle
    openForeign(socket, handle, options)
  }
  if (fd === undefined || handle) return
  const readable = options.readable !== false
  const writable = options.writable !== false
  const connection = socket[kHost].connect({ kind: 'fd', fd, readable, writable }, socket[kSink])
  openOver(socket, connection, { pauseOnCreate: !readable })
}

/** A program's handle, or one of the runtime's. One that is there for its own `connect` opens nothing yet. */
function openForeign(socket: NetSocket, handle: object, options: SocketOptions): void {
  if (typeof (handle as StreamHandle).readStart !== 'function' || Object.hasOwn(handle, 'connect')) return
  const readable = options.readable !== false
  const writable = options.writable !== false
  const connection = socket[kHost].connect({ kind: 'handle', handle, readable, writable }, socket[kSink])
  openOver(socket, connection, { pauseOnCreate: !readable })
}

function openOver(socket: NetSocket, connection: Connection, options: SocketOverOptions): void {
  socket[kConnection] = connection
  if (options.passive) {
    socket[kIsPassive] = true
    return
  }
  connection.sink = socket[kSink]
  // As Node: paused for good, or reading from the start up to the high-water mark, so that 'end' is noticed.
  if (options.pauseOnCreate) Duplex.prototype.pause.call(socket)
  else socket.read(0)
}

/** The race is won. */
function adoptConnection(socket: NetSocket, won: Connection): void {
  socket[kAttempt] = null
  const connection = socket[wrapConnection](won)
  socket[kConnection] = connection
  const handle = socket[kHandle]
  if (handle instanceof StreamHandle) {
    handle[kConnection] = connection
    handle[kAttempt] = null
  }
  connection.sink = socket[kSink]
  socket.connecting = false
  socket[kLocal] = undefined
  socket._unrefTimer()
  if (socket[kNoDelay]) tellNoDelay(socket, connection, true)
  if (socket[kKeepAlive]) tellKeepAlive(socket, connection, true, socket[kKeepAliveDelayMs], socket[kKeepAliveProbes])
  const tos = socket[kTypeOfService]
  if (tos !== undefined) {
    try {
      applyTypeOfService(socket, connection, tos)
    } catch (error) {
      socket.emit('error', error)
    }
  }
  socket.emit('connect')
  socket.emit('ready')
  if (!socket.destroyed && !socket.isPaused()) socket.read(0)
}

function applyTypeOfService(socket: NetSocket, connection: Connection, tos: number): void {
  if (!connection.setTypeOfService) throw featureUnavailable('setTypeOfService', socket[kHost].name)
  connection.setTypeOfService(tos)
}

/** Before connecting anew. */
function forgetConnection(socket: NetSocket): void {
  // The previous connection has yet to report its close, which no longer ends this socket.
  const hadError = socket[kCloseHadError]
  socket[kSink].onClose = () => socket._emitClose(hadError)
  socket[kConnection] = null
  socket[kPeer] = undefined
  socket[kLocal] = undefined
  socket[kIsReading] = false
  socket[kIsResetting] = false
  socket[kHasClosed] = false
  socket[kCloseHadError] = undefined
  socket[kSink] = new SocketSink(socket as unknown as Socket)
  ;(socket as unknown as { _undestroy(): void })._undestroy()
}

/** From now on the connection feeds the socket's stream, which only showed it so far. */
export function feedSocket(socket: NetSocket): void {
  const connection = socket[kConnection]
  if (connection === null) return
  socket[kIsPassive] = false
  connection.sink = socket[kSink]
  connection.pause()
  if (!socket.isPaused()) socket.read(0)
}

/** As `setTimeout()`, with a timer of the caller's that emits 'timeout' itself. */
export function replaceTimeout(socket: NetSocket, timer: Timer, delayMs: number): void {
  if (socket.destroyed) return
  if (socket[kTimer] !== timer) socket[kTimer]?.cancel()
  socket[kTimer] = delayMs === 0 ? null : timer
  socket.timeout = delayMs
}

/** The connection's owner has written to it past the socket. */
export function refreshTimeout(socket: NetSocket): void {
  if (socket[kTimer] === null) return
  socket[kLastBuffered] = socket[kConnection]?.bufferedBytes ?? 0
  socket._unrefTimer()
}

function startReading(socket: NetSocket, connection: Connection): void {
  socket[kIsReading] = true
  const own = socket[kHandle] instanceof StreamHandle && ownMethod(socket[kHandle], 'readStart')
  if (own) own()
  else connection.resume()
}

function resumeUserBuffer(socket: NetSocket): void {
  const { userBuffer } = socket[kSink]
  const connection = socket[kConnection]
  if (userBuffer && connection && !socket[kIsReading] && socket[kSink].flushUserBuffer()) {
    startReading(socket, connection)
  }
}

/** The connection to write to; null where the write has been put off, or has failed. */
function readyToWrite(
  socket: NetSocket,
  isList: boolean,
  data: unknown,
  encoding: string,
  callback: WriteCallback,
): Connection | null {
  if (socket.connecting) {
    socket._pendingData = data
    socket._pendingEncoding = encoding
    const onClose = () => callback(socketClosedBeforeConnection())
    socket.once('connect', () => {
      socket.off('close', onClose)
      socket._writeGeneric(isList, data, encoding, callback)
    })
    socket.once('close', onClose)
    return null
  }
  socket._pendingData = null
  socket._pendingEncoding = ''
  const connection = socket[kConnection]
  if (connection === null) callback(socketClosed())
  else socket._unrefTimer()
  return connection
}

function writeList(socket: NetSocket, connection: Connection, chunks: readonly Waiting[]): void {
  connection.cork()
  const last = chunks.length - 1
  chunks.forEach(({ chunk, encoding }, index) => {
    const done = index === last ? socket[kSink].issueWrite() : undefined
    send(connection, chunk as Uint8Array | string, encoding, done)
  })
  connection.uncork()
}

/** What the system took at once is written; the callback need not wait a turn for it. */
function finishWrite(socket: NetSocket, connection: Connection, callback: WriteCallback): void {
  const buffered = connection.bufferedBytes
  if (buffered === 0) {
    callback()
    return
  }
  socket[kLastBuffered] = buffered
  socket[kSink].awaitWrites(callback)
}

function wholeSeconds(milliseconds: number | undefined): number {
  return Math.max(0, Math.trunc(Number(milliseconds ?? 0) / 1000) || 0) * 1000
}

/** The peer's FIN has ended our side too: a write fails with that reason, instead of a vague 'write after end'. */
function onReadableEnd(this: NetSocket): void {
  if (!this.allowHalfOpen) Object.defineProperty(this, 'write', { value: writeAfterEnd, ...OWN_PROPERTY })
}

function writeAfterEnd(this: NetSocket, chunk: unknown, encoding?: unknown, callback?: unknown): boolean {
  if (!this.writableEnded) {
    return Duplex.prototype.write.call(this, chunk, encoding as BufferEncoding, callback as () => void)
  }
  const done = typeof encoding === 'function' ? encoding : callback
  const error = endedByPeer()
  if (typeof done === 'function') process.nextTick(done as (error: Error) => void, error)
  this.destroy(error)
  return false
}

const OWN_PROPERTY = { writable: true, configurable: true, enumerable: true } as const

Object.defineProperty(NetSocket, 'name', { value: 'Socket' })

export interface Socket extends NetSocket {
  // Node's overloads, which name what may be sent.
  end(callback?: () => void): this
  end(chunk: Uint8Array | string, callback?: () => void): this
  end(chunk: Uint8Array | string, encoding?: BufferEncoding, callback?: () => void): this
  readonly bytesRead: number
  readonly bytesWritten: number
  readonly remoteAddress: string | undefined
  readonly remoteFamily: 'IPv4' | 'IPv6' | undefined
  readonly remotePort: number | undefined
  readonly localAddress: string | undefined
  readonly localFamily: 'IPv4' | 'IPv6' | undefined
  readonly localPort: number | undefined
}

/** What a subclass inherits of statics, it has in the types too. */
export interface SocketConstructor extends Omit<typeof Duplex, 'prototype'> {
  new (options?: SocketOptions | number): Socket
  (options?: SocketOptions | number): Socket
  readonly prototype: Socket
}

/** Callable without `new`, as Node's is. */
export const Socket = callableClass(NetSocket, (socket, options) => {
  const complete = completeOptions(options)
  ;(Duplex as unknown as (this: unknown, options: DuplexOptions) => void).call(socket, complete)
  initialize(socket, complete)
}) as unknown as SocketConstructor

/** An open Connection as a Socket. */
export function socketOver(connection: Connection, options: SocketOverOptions = {}): Socket {
  return new Socket(overOptions(connection, options))
}

/** The same for a subclass: what its constructor gives to Socket's. */
export function overOptions(connection: Connection, options: SocketOverOptions): SocketOptions {
  const { highWaterMark } = options
  const complete: ConstructorOptions = {
    [kOver]: connection,
    allowHalfOpen: options.allowHalfOpen ?? false,
    pauseOnCreate: options.pauseOnCreate,
    passive: options.passive,
    host: options.host,
    noDelay: options.noDelay,
    keepAlive: options.keepAlive,
    keepAliveInitialDelay: options.keepAliveInitialDelay,
    readableHighWaterMark: highWaterMark,
    writableHighWaterMark: highWaterMark,
    ...streamOptions,
  }
  return complete
}

/** The Connection beneath a Socket; undefined before it is connected, after it is closed, and for anything else. */
export function connectionOf(socket: object): Connection | undefined {
  return (socket as Partial<Socket>)[kConnection] ?? undefined
}

/** The sink that feeds a Socket's stream: the owner of the connection's sink passes on the events that the socket should see. */
export function sinkOf(socket: Socket): SocketSink {
  return socket[kSink]
}

export function connect(...args: unknown[]): Socket {
  const normalized = normalizeArguments(args)
  const [options] = normalized
  const socket = new Socket(options as SocketOptions)
  const { timeout } = options as { timeout?: number }
  if (timeout) socket.setTimeout(timeout)
  return socket.connect(normalized)
}
