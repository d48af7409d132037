// A listener of the host's with Node's face: listen in its overloads, close when the last connection has closed.

import { EventEmitter } from 'node:events'
import { callableClass } from '../core/callable-class.ts'
import { codedError, invalidArgValue } from '../core/errors.ts'
import { ipVersion } from '../core/ip.ts'
import { validateAbortSignal, validatePort } from '../core/validate.ts'
import { currentHost } from '../host/current.ts'
import type { Connection, Endpoint, Host, Listener, ListenerSink, ListenTarget } from '../host/types.ts'

/** What a subclass does with an accepted connection, and tells when that has closed. */
export const acceptConnection = Symbol('acceptConnection')
export const releaseConnection = Symbol('releaseConnection')

interface ListenOptions {
  port?: number | string | undefined
  host?: string | undefined
  path?: string | undefined
  backlog?: number | undefined
  exclusive?: boolean | undefined
  ipv6Only?: boolean | undefined
  reusePort?: boolean | undefined
  readableAll?: boolean | undefined
  writableAll?: boolean | undefined
  fd?: number | undefined
  signal?: AbortSignal | undefined
}

class NodeTransportServer extends EventEmitter implements ListenerSink {
  declare maxConnections: number | undefined
  declare _connections: number
  declare _listener: Listener | null
  declare _host: Host
  declare _isOpening: boolean
  declare _isUnref: boolean

  constructor(_options?: object) {
    super()
    initialize(this)
  }

  get listening(): boolean {
    return this._listener !== null && !this._isOpening
  }

  listen(...args: unknown[]): this {
    if (this._listener !== null) {
      const message = 'Listen method has been called more than once without closing.'
      throw codedError(Error, 'ERR_SERVER_ALREADY_LISTEN', message)
    }
    const callback = args.find(arg => typeof arg === 'function')
    if (callback) this.once('listening', callback as () => void)
    const options = readOptions(args)
    const { signal, host, path, fd } = options
    if (signal !== undefined) {
      validateAbortSignal(signal, 'options.signal')
      const close = () => void this.close()
      if (signal.aborted) process.nextTick(close)
      else signal.addEventListener('abort', close, { once: true })
    }
    if (host === undefined || path !== undefined || fd !== undefined || ipVersion(host) !== 0) this._open(options, host)
    else {
      this._host.lookup(host, { family: 0, hints: 0 }, (error, addresses) => {
        if (error) this.emit('error', error)
        else this._open(options, addresses[0]?.address)
      })
    }
    return this
  }

  _open(options: ListenOptions, address: string | undefined): void {
    this._isOpening = true
    this._listener = this._host.listen(targetOf(options, address), this)
    if (this._isUnref) this._listener.unref()
  }

  address(): Endpoint | string | null {
    return this.listening ? (this._listener?.address() ?? null) : null
  }

  close(callback?: (error?: Error) => void): this {
    const listener = this._listener
    if (typeof callback === 'function') {
      const notRunning = () => callback(codedError(Error, 'ERR_SERVER_NOT_RUNNING', 'Server is not running.'))
      this.once('close', listener === null ? notRunning : () => callback())
    }
    this._listener = null
    if (listener === null) this._closeIfDrained()
    else listener.close()
    return this
  }

  _closeIfDrained(): void {
    if (this._listener !== null || this._connections > 0) return
    process.nextTick(() => {
      if (this._listener === null && this._connections === 0) this.emit('close')
    })
  }

  getConnections(callback: (error: Error | null, count: number) => void): this {
    process.nextTick(callback, null, this._connections)
    return this
  }

  ref(): this {
    this._isUnref = false
    this._listener?.ref()
    return this
  }

  unref(): this {
    this._isUnref = true
    this._listener?.unref()
    return this
  }

  // From the host

  onListening(): void {
    this._isOpening = false
    this.emit('listening')
  }

  onConnection(connection: Connection): void {
    if (this.maxConnections !== undefined && this._connections >= this.maxConnections) {
      const { local, remote } = connection
      connection.destroy()
      this.emit('drop', {
        localAddress: local?.address,
        localPort: local?.port,
        localFamily: local?.family,
        remoteAddress: remote?.address,
        remotePort: remote?.port,
        remoteFamily: remote?.family,
      })
      return
    }
    this._connections++
    this[acceptConnection](connection)
  }

  onError(error: Error): void {
    this._listener = null
    this.emit('error', error)
  }

  onClose(): void {
    this._listener = null
    this._closeIfDrained()
  }

  [acceptConnection](connection: Connection): void {
    connection.destroy()
    this[releaseConnection]()
  }

  [releaseConnection](): void {
    this._connections--
    this._closeIfDrained()
  }
}

function initialize(server: NodeTransportServer): void {
  server._connections = 0
  server._listener = null
  server._host = currentHost()
  server._isOpening = false
  server._isUnref = false
}

/** (port, host, backlog), (path, backlog), (options), each with a callback. */
function readOptions(args: readonly unknown[]): ListenOptions {
  const [first, second, third] = args
  if (typeof first === 'object' && first !== null) return first as ListenOptions
  const backlog = [second, third].find(arg => typeof arg === 'number') as number | undefined
  if (typeof first === 'string' && Number.isNaN(Number(first))) return { path: first, backlog }
  const port = typeof first === 'function' || first === undefined || first === null ? 0 : (first as number)
  return { port, host: typeof second === 'string' ? second : undefined, backlog }
}

function targetOf(options: ListenOptions, address: string | undefined): ListenTarget {
  const { path, fd, port, backlog, exclusive, ipv6Only, reusePort, readableAll, writableAll } = options
  if (typeof fd === 'number' && fd >= 0) return { kind: 'fd', fd, backlog }
  if (path !== undefined) return { kind: 'path', path, backlog, readableAll, writableAll, exclusive }
  if (port === undefined) throw invalidArgValue('options', options, 'must have the property "port" or "path"')
  return { kind: 'tcp', address, port: validatePort(port, 'options.port'), backlog, ipv6Only, reusePort, exclusive }
}

export type TransportServer = NodeTransportServer

export const TransportServer = callableClass(NodeTransportServer, server => {
  ;(EventEmitter as unknown as (this: object) => void).call(server)
  initialize(server)
})
