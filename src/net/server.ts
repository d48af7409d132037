// net.Server: accepts Connections and shows them as Sockets. Source: Node's documentation, "Class: net.Server".

import { EventEmitter } from 'node:events'
import { getDefaultHighWaterMark } from 'node:stream'
import { callableClass } from '../core/callable-class.ts'
import { invalidArgType } from '../core/errors.ts'
import { validateNumber } from '../core/validate.ts'
import { currentHost } from '../host/current.ts'
import { ownMethod } from '../host/shown-handle.ts'
import type { Connection, Endpoint, Host, Listener, ListenTarget } from '../host/types.ts'
import { normalizeArguments } from './arguments.ts'
import { BlockList } from './block-list.ts'
import { serverListenChannel, serverSocketChannel } from './diagnostics.ts'
import { serverAlreadyListening, serverNotRunning } from './errors.ts'
import { acceptedHandle } from './handle/handle.ts'
import { addressBy, serverHandle } from './handle/server-handle.ts'
import { type ListenRequest, listenRequest, resolveListenAddress } from './listen.ts'
import { type Socket, socketOver } from './socket/socket.ts'
import { acceptConnection, kHandle, kHost, releaseConnection } from './symbols.ts'

export interface ServerOptions {
  allowHalfOpen?: boolean | undefined
  pauseOnConnect?: boolean | undefined
  noDelay?: boolean | undefined
  keepAlive?: boolean | undefined
  /** Milliseconds. */
  keepAliveInitialDelay?: number | undefined
  highWaterMark?: number | undefined
  blockList?: Pick<BlockList, 'check'> | undefined
}

const kListener = Symbol('listener')
const kGeneration = Symbol('generation')

class NetServer extends EventEmitter {
  declare allowHalfOpen: boolean
  declare pauseOnConnect: boolean
  declare noDelay: boolean
  declare keepAlive: boolean
  /** Seconds, as Node shows it. */
  declare keepAliveInitialDelay: number
  declare highWaterMark: number
  /** In the types of Node only, as in Node. */
  declare connections: number
  declare blockList: Pick<BlockList, 'check'>
  declare maxConnections: number
  declare dropMaxConnection: boolean
  declare _connections: number
  declare _unref: boolean
  /** Node's name for what is listened on, before the system chose a port. */
  declare _connectionKey: string
  declare [kHost]: Host
  declare [kListener]: Listener | null
  declare [kGeneration]: number
  declare [kHandle]: object | undefined

  constructor(options?: ServerOptions | ((socket: Socket) => void), connectionListener?: (socket: Socket) => void) {
    super()
    initialize(this, options, connectionListener)
  }

  listen(...args: unknown[]): this {
    const [options, callback] = normalizeArguments(args)
    if (isBound(this)) throw serverAlreadyListening()
    // Still waiting for a cluster's primary: the later call counts, as in Node.
    this[kListener]?.close()
    this[kListener] = null
    if (serverListenChannel.asyncStart.hasSubscribers) {
      serverListenChannel.asyncStart.publish({ server: this, options } as never)
    }
    if (callback) this.once('listening', callback as () => void)
    const generation = ++this[kGeneration]
    const request = listenRequest(args, options)
    closeOnAbort(this, request)
    if (request.hostName === undefined) bind(this, request.target)
    else {
      resolveListenAddress(this[kHost], request.hostName, (error, address) => {
        // The server was closed, or `listen()` was called again, during the look-up.
        if (generation !== this[kGeneration]) return
        if (error) this.emit('error', error)
        else bind(this, { ...request.target, address } as ListenTarget)
      })
    }
    return this
  }

  get listening(): boolean {
    return isBound(this)
  }

  /** Node's name for what lies beneath; programs look whether there is one, and what handle.ts and server-handle.ts say. */
  get _handle(): object | null {
    const listener = this[kListener]
    if (this[kHandle] === undefined && listener !== null) {
      this[kHandle] = serverHandle(this, listener, connection => accept(this, connection))
    }
    return this[kHandle] ?? null
  }

  /** Taken away: what was listened on is the program's own from now on. */
  set _handle(handle: object | null | undefined) {
    this[kHandle] = handle ?? undefined
    if (!handle) this[kListener] = null
  }

  address(): Endpoint | string | null {
    const own = this[kHandle] && ownMethod(this[kHandle], 'getsockname')
    return own ? addressBy(own) : (this[kListener]?.address() ?? null)
  }

  getConnections(callback: (error: Error | null, count: number) => void): this {
    process.nextTick(callback, null, this._connections)
    return this
  }

  close(callback?: (error?: Error) => void): this {
    this[kGeneration]++
    const listener = this[kListener]
    if (typeof callback === 'function') {
      this.once('close', isBound(this) ? callback : () => callback(serverNotRunning()))
    }
    this[kListener] = null
    this[kHandle] = undefined
    listener?.close()
    this._emitCloseIfDrained()
    return this
  }

  async [Symbol.asyncDispose](): Promise<void> {
    if (!isBound(this)) return
    await new Promise<void>((resolve, reject) => {
      this.close(error => (error ? reject(error) : resolve()))
    })
  }

  ref(): this {
    this._unref = false
    this[kListener]?.ref()
    return this
  }

  unref(): this {
    this._unref = true
    this[kListener]?.unref()
    return this
  }

  _emitCloseIfDrained(): void {
    if (this[kListener] || this._connections > 0) return
    process.nextTick(() => this.emit('close'))
  }

  /** Handles an accepted Connection that is within the limits. Servers that use the raw connection override this. */
  [acceptConnection](connection: Connection): void {
    const socket = socketOver(connection, {
      allowHalfOpen: this.allowHalfOpen,
      pauseOnCreate: this.pauseOnConnect,
      highWaterMark: this.highWaterMark,
      host: this[kHost],
      noDelay: this.noDelay,
      keepAlive: this.keepAlive,
    })
    socket.server = this as unknown as Server
    socket._server = this as unknown as Server
    this.emit('connection', socket)
    if (serverSocketChannel.hasSubscribers) serverSocketChannel.publish({ socket })
  }

  /** A connection taken raw has closed. */
  [releaseConnection](): void {
    this._connections--
    this._emitCloseIfDrained()
  }

  override [EventEmitter.captureRejectionSymbol](error: Error, event: string, ...args: unknown[]): void {
    if (event === 'connection') (args[0] as Socket).destroy(error)
    else this.emit('error', error)
  }
}

function isBound(server: NetServer): boolean {
  return server[kListener] !== null && server[kListener].address() !== null
}

/** Node's names, which a cluster asks for: tls.Server has them. */
interface Sharing {
  _getServerData?(): unknown
  _setServerData?(data: unknown): void
}

function bind(server: NetServer & Sharing, target: ListenTarget): void {
  const listener = server[kHost].listen(target, {
    onListening: () => {
      if (server[kListener] === listener) server.emit('listening')
    },
    onConnection: connection => {
      const own = server[kHandle] && ownMethod(server[kHandle], 'onconnection')
      if (own) own(0, acceptedHandle(server, connection))
      else accept(server, connection)
    },
    onError: error => {
      // After a failed bind the server is not listening; after a failed accept it still is.
      if (server[kListener] === listener && listener.address() === null) {
        server[kListener] = null
        server[kHandle] = undefined
      }
      if (serverListenChannel.error.hasSubscribers) serverListenChannel.error.publish({ server, error } as never)
      server.emit('error', error)
    },
    onClose: () => {},
    ...(server._getServerData && {
      sharedData: () => server._getServerData?.(),
      onSharedData: data => server._setServerData?.(data),
    }),
  })
  server[kListener] = listener
  server._connectionKey = connectionKey(target, listener.address())
  if (server._unref) listener.unref()
  if (serverListenChannel.asyncEnd.hasSubscribers) serverListenChannel.asyncEnd.publish({ server } as never)
}

function connectionKey(target: ListenTarget, bound: Endpoint | string | null): string {
  if (target.kind === 'path') return `-1:${target.path}:-1`
  const { family, address } = typeof bound === 'object' && bound !== null ? bound : { family: 'IPv4', address: null }
  return `${family.at(-1)}:${address}:${target.kind === 'tcp' ? target.port : -1}`
}

function accept(server: NetServer, connection: Connection): void {
  if (server.maxConnections != null && server._connections >= server.maxConnections) {
    // Closed first: a listener that throws must not leave it open.
    const data = dropData(connection)
    connection.destroy()
    server.emit('drop', data)
    return
  }
  if (server.blockList) {
    const { remote } = connection
    if (remote && server.blockList.check(remote.address, remote.family === 'IPv6' ? 'ipv6' : 'ipv4')) {
      connection.destroy()
      return
    }
  }
  if (server.noDelay) connection.setNoDelay(true)
  if (server.keepAlive) connection.setKeepAlive(true, server.keepAliveInitialDelay * 1000)
  server._connections++
  server[acceptConnection](connection)
}

function closeOnAbort(server: NetServer, { signal }: ListenRequest): void {
  if (signal === undefined) return
  const onAbort = () => server.close()
  if (signal.aborted) process.nextTick(onAbort)
  else {
    signal.addEventListener('abort', onAbort, { once: true })
    server.once('close', () => signal.removeEventListener('abort', onAbort))
  }
}

function initialize(
  server: NetServer,
  given?: ServerOptions | ((socket: Socket) => void),
  connectionListener?: (socket: Socket) => void,
): void {
  if (typeof given !== 'function' && given != null && typeof given !== 'object') {
    throw invalidArgType('options', 'Object', given)
  }
  const listener = typeof given === 'function' ? given : connectionListener
  if (typeof listener === 'function') server.on('connection', listener)
  const options: ServerOptions = typeof given === 'object' && given !== null ? given : {}
  const { keepAliveInitialDelay, highWaterMark, blockList } = options
  if (keepAliveInitialDelay !== undefined) validateNumber(keepAliveInitialDelay, 'options.keepAliveInitialDelay')
  if (highWaterMark !== undefined) validateNumber(highWaterMark, 'options.highWaterMark')
  server._connections = 0
  server._unref = false
  server[kHost] = currentHost()
  server[kListener] = null
  server[kGeneration] = 1
  server[kHandle] = undefined
  server.allowHalfOpen = options.allowHalfOpen || false
  server.pauseOnConnect = Boolean(options.pauseOnConnect)
  server.noDelay = Boolean(options.noDelay)
  server.keepAlive = Boolean(options.keepAlive)
  server.keepAliveInitialDelay = Math.max(0, Math.trunc((keepAliveInitialDelay ?? 0) / 1000) || 0)
  server.highWaterMark =
    highWaterMark === undefined || highWaterMark < 0 ? getDefaultHighWaterMark(false) : highWaterMark
  if (blockList) {
    if (!BlockList.isBlockList(blockList)) throw invalidArgType('options.blockList', 'net.BlockList', blockList)
    server.blockList = blockList
  }
}

/** What the 'drop' event says of a connection refused; undefined for pipes. */
function dropData({ local, remote }: Connection): object | undefined {
  if (local === undefined && remote === undefined) return undefined
  return Object.assign(Object.create(null), {
    localAddress: local?.address,
    localPort: local?.port,
    localFamily: local?.family,
    remoteAddress: remote?.address,
    remotePort: remote?.port,
    remoteFamily: remote?.family,
  })
}

Object.defineProperty(NetServer, 'name', { value: 'Server' })

export interface Server extends NetServer {}

export interface ServerConstructor extends Omit<typeof EventEmitter, 'prototype'> {
  new (options?: ServerOptions | ((socket: Socket) => void), connectionListener?: (socket: Socket) => void): Server
  (options?: ServerOptions | ((socket: Socket) => void), connectionListener?: (socket: Socket) => void): Server
  readonly prototype: Server
}

/** Callable without `new`, as Node's is. */
export const Server = callableClass(NetServer, (server, options, connectionListener) => {
  ;(EventEmitter as unknown as (this: unknown) => void).call(server)
  initialize(server, options, connectionListener)
}) as unknown as ServerConstructor

export function createServer(
  options?: ServerOptions | ((socket: Socket) => void),
  connectionListener?: (socket: Socket) => void,
): Server {
  return new Server(options, connectionListener)
}
