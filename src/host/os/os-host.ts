// The operating system's host: real sockets, through the public API of the runtime.

import dns from 'node:dns'
import net from 'node:net'
import os from 'node:os'
import { featureUnavailable } from '../../core/errors.ts'
import { ambientHost, captureContext, runWithHost } from '../ambient.ts'
import { RandomPool } from '../random-pool.ts'
import { silentSink } from '../silent-sink.ts'
import type {
  BindTarget,
  BoundStream,
  Clock,
  Connection,
  ConnectionSink,
  ConnectTarget,
  DatagramPort,
  DatagramSink,
  Endpoint,
  Host,
  HostAddress,
  HostInterface,
  Listener,
  ListenerSink,
  ListenTarget,
  LookupOptions,
  ReserveTarget,
  RuntimeHandle,
} from '../types.ts'
import { OsConnection } from './os-connection.ts'
import { bindOsDatagramPort } from './os-datagram.ts'
import { runtimeHandleOf } from './os-features.ts'
import { RuntimeClock } from './runtime-clock.ts'

class OsHost implements Host {
  readonly name = 'os'
  readonly clock: Clock = new RuntimeClock()

  connect(target: ConnectTarget, sink: ConnectionSink): Connection {
    const socket = openSocket(target)
    // A paused socket reads nothing before `resume()`.
    socket.pause()
    return new OsConnection(socket, sink)
  }

  listen(target: ListenTarget, sink: ListenerSink): Listener {
    return new OsListener(target, sink)
  }

  // From Node 26 on.
  readonly reserve = RuntimeBoundSocket && ((target: ReserveTarget) => new OsBoundStream(target))

  bind(target: BindTarget, sink: DatagramSink): DatagramPort {
    return bindOsDatagramPort(target, sink)
  }

  readonly asksNameServers = true

  lookup(name: string, options: LookupOptions, done: (error: Error | null, addresses: HostAddress[]) => void): void {
    dns.lookup(
      name,
      { family: options.family, hints: options.hints, all: true, verbatim: true },
      (error, addresses) => {
        done(error, error ? [] : addresses.map(({ address, family }) => ({ address, family: family === 6 ? 6 : 4 })))
      },
    )
  }

  lookupService(
    address: string,
    port: number,
    done: (error: Error | null, hostname: string, service: string) => void,
  ): void {
    dns.lookupService(address, port, done)
  }

  nameServers(): string[] {
    return dns.getServers()
  }

  interfaces(): HostInterface[] {
    return Object.entries(os.networkInterfaces()).flatMap(([name, addresses = []]) =>
      addresses.map(({ address, family, mac, internal, cidr }) => ({
        name,
        address,
        family: family === 'IPv6' ? 6 : 4,
        prefixLength: Number(cidr?.split('/')[1] ?? (family === 'IPv6' ? 128 : 32)),
        mac,
        internal,
      })),
    )
  }

  afterClosing(callback: () => void): void {
    // A socket that is destroyed before it has a descriptor: the public API's way to the event loop's closing phase.
    new net.Socket()
      .once('close', () => callback())
      .connect(1, '127.0.0.1')
      .destroy()
  }

  random(size: number): Uint8Array {
    return randomPool.take(size)
  }

  run<T>(fn: () => T): T {
    return runWithHost(this, fn)
  }
}

const randomPool = new RandomPool()

type RuntimeBound = { address(): Endpoint | string; fd(): number; close(): void }
const { BoundSocket: RuntimeBoundSocket } = net as unknown as { BoundSocket?: new (options: object) => RuntimeBound }

class OsBoundStream implements BoundStream {
  readonly bound: RuntimeBound

  constructor(target: ReserveTarget) {
    if (!RuntimeBoundSocket) throw featureUnavailable('net.BoundSocket', 'os')
    this.bound =
      target.kind === 'path'
        ? new RuntimeBoundSocket({ path: target.path })
        : new RuntimeBoundSocket({
            host: target.address,
            port: target.port,
            ipv6Only: target.ipv6Only,
            reusePort: target.reusePort,
          })
  }

  address(): Endpoint | string {
    return this.bound.address()
  }

  fd(): number {
    return this.bound.fd()
  }

  close(): void {
    this.bound.close()
  }
}

function openSocket(target: ConnectTarget): net.Socket {
  switch (target.kind) {
    case 'tcp':
      if (target.from instanceof OsBoundStream) {
        const options = { handle: target.from.bound, allowHalfOpen: true }
        return new net.Socket(options as net.SocketConstructorOpts).connect(target.port, target.address)
      }
      return net.connect({
        host: target.address,
        port: target.port,
        localAddress: target.localAddress,
        localPort: target.localPort,
        allowHalfOpen: true,
        // The stack itself races addresses; the runtime gets one address at a time.
        autoSelectFamily: false,
      })
    case 'path':
      return net.connect({ path: target.path, allowHalfOpen: true })
    case 'fd':
      return new net.Socket({
        fd: target.fd,
        readable: target.readable,
        writable: target.writable,
        allowHalfOpen: true,
      })
    case 'handle': {
      const { handle, readable, writable } = target
      // Nothing is read before `resume()`.
      const options = { handle, readable, writable, allowHalfOpen: true, manualStart: true }
      return new net.Socket(options as net.SocketConstructorOpts)
    }
  }
}

class OsListener implements Listener {
  readonly #server: net.Server
  readonly #sink: ListenerSink
  #isClosed = false

  constructor(target: ListenTarget, sink: ListenerSink) {
    const server = net.createServer({ allowHalfOpen: true, pauseOnConnect: true })
    this.#server = server
    this.#sink = sink
    // The runtime reports accepted sockets outside any async context. The current host must apply to them all the same:
    // otherwise the code that serves these connections would escape from a host that restricts it.
    const inContext = ambientHost() === undefined ? undefined : captureContext()
    server.on('connection', socket => sink.onConnection(new OsConnection(socket, silentSink, inContext)))
    server.on('listening', () => !this.#isClosed && sink.onListening())
    server.on('error', error => !this.#isClosed && sink.onError(error))
    shareData(server, sink)
    const { backlog } = target
    switch (target.kind) {
      case 'tcp': {
        const { address, port, ipv6Only, reusePort, exclusive } = target
        server.listen({ host: address, port, backlog, ipv6Only, reusePort, exclusive })
        break
      }
      case 'path': {
        const { path, readableAll, writableAll, exclusive } = target
        server.listen({ path, backlog, readableAll, writableAll, exclusive })
        break
      }
      case 'fd':
        server.listen({ fd: target.fd, backlog })
        break
      case 'bound':
        if (!(target.bound instanceof OsBoundStream)) throw featureUnavailable('a foreign bound socket', 'os')
        server.listen(target.bound.bound, backlog)
        break
      case 'handle':
        server.listen(target.handle, backlog)
        break
    }
  }

  get native(): object {
    return this.#server
  }

  get runtimeHandle(): RuntimeHandle | undefined {
    return runtimeHandleOf(this.#server)
  }

  address(): Endpoint | string | null {
    const address = this.#server.address()
    if (address === null || typeof address === 'string') return address
    return { address: address.address, family: address.family === 'IPv6' ? 'IPv6' : 'IPv4', port: address.port }
  }

  close(): void {
    if (this.#isClosed) return
    this.#isClosed = true
    this.#server.close()
    // The runtime's own 'close' event would wait for the open connections too.
    process.nextTick(() => this.#sink.onClose())
  }

  ref(): void {
    this.#server.ref()
  }

  unref(): void {
    this.#server.unref()
  }
}

/** In a cluster's worker the runtime calls these two methods of its server, to exchange the data with the primary. */
function shareData(server: net.Server, sink: ListenerSink): void {
  if (sink.sharedData === undefined) return
  Object.assign(server, {
    _getServerData: () => sink.sharedData?.(),
    // Null: the primary has sent no such data.
    _setServerData: (data: unknown) => data && sink.onSharedData?.(data),
  })
}

/** The machine this process runs on. */
export const osHost: Host = new OsHost()
