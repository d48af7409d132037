// The host of a simulated machine, over its IP stack. UNIX socket paths are the machine's own; they use no stack, and work as
// in a memory host.

import { familyOf } from '../../core/address-family.ts'
import { describedSystemError, featureUnavailable, type SystemError, systemError } from '../../core/errors.ts'
import { formatIp, parseIp } from '../../core/ip.ts'
import { runWithHost } from '../../host/ambient.ts'
import { MemoryConnection } from '../../host/memory/memory-connection.ts'
import { MemoryListener, type ListenerPlace as PathPlace } from '../../host/memory/memory-listener.ts'
import { nameNotFound, selectAddresses, serviceName, unmapped } from '../../host/memory/memory-names.ts'
import type { SeededRandom } from '../../host/seeded-random.ts'
import { silentSink } from '../../host/silent-sink.ts'
import type {
  BindTarget,
  Clock,
  Connection,
  ConnectionSink,
  ConnectTarget,
  DatagramPort,
  DatagramSink,
  Host,
  HostAddress,
  HostInterface,
  Listener,
  ListenerSink,
  ListenTarget,
  LookupOptions,
} from '../../host/types.ts'
import type { IpStack } from '../stack/ip-stack.ts'
import { DEFAULT_BACKLOG } from '../stack/tcp-layer.ts'
import { SimConnection } from './sim-connection.ts'
import { SimDatagramPort } from './sim-datagram.ts'
import { endpointOf, type ListenerPlace, SimListener } from './sim-listener.ts'

/** A machine's name service. */
export interface HostNames {
  nameServers(): string[]
  /** All addresses of a name, in order; empty: there is none. `done` may be called at once. */
  addresses(name: string, done: (addresses: readonly string[]) => void): void
  /** The name of an address. */
  nameOf(address: string): string | undefined
}

export interface SimHostOptions {
  readonly name: string
  readonly stack: IpStack
  readonly clock: Clock
  readonly random: SeededRandom
  readonly names: HostNames
}

export class SimHost implements Host {
  readonly isSeeded = true
  readonly name: string
  readonly stack: IpStack
  readonly clock: Clock
  readonly #random: SeededRandom
  readonly #names: HostNames
  readonly #paths = new Map<string, MemoryListener>()
  readonly #connections = new Set<SimConnection>()
  readonly #listeners = new Set<SimListener>()
  readonly #datagramPorts = new Set<SimDatagramPort>()

  constructor({ name, stack, clock, random, names }: SimHostOptions) {
    this.name = name
    this.stack = stack
    this.clock = clock
    this.#random = random
    this.#names = names
  }

  connect(target: ConnectTarget, sink: ConnectionSink): Connection {
    if (target.kind === 'fd' || target.kind === 'handle') throw featureUnavailable(target.kind, this.name)
    if (target.kind === 'path') return this.#connectPath(target.path, sink)
    const title = `connection to ${target.address} port ${target.port}`
    const connection = new SimConnection(this.clock, title, sink, true, this.#onReleased)
    this.#connections.add(connection)
    this.clock.setImmediate(() => {
      // Destroyed before the first packet.
      if (!connection.isConnecting) return
      const error = this.#open(connection, target)
      if (error !== undefined) connection.fail(error)
    })
    return connection
  }

  listen(target: ListenTarget, sink: ListenerSink): Listener {
    if (target.kind === 'fd' || target.kind === 'handle' || target.kind === 'bound')
      throw featureUnavailable(target.kind, this.name)
    if (target.kind === 'path') {
      return new MemoryListener(this.clock, sink, listener => this.#claimPath(target.path, listener))
    }
    // In Linux a backlog of zero is one of one.
    const backlog = Math.max(target.backlog ?? DEFAULT_BACKLOG, 1)
    return new SimListener(this.clock, sink, backlog, this.#onReleased, listener => this.#claimPort(target, listener))
  }

  bind(target: BindTarget, sink: DatagramSink): DatagramPort {
    const port = new SimDatagramPort(this, target, sink)
    if (port.bound === true) this.#datagramPorts.add(port)
    return port
  }

  lookup(name: string, options: LookupOptions, done: (error: Error | null, addresses: HostAddress[]) => void): void {
    const answer = (all: readonly string[]) => {
      const selected = selectAddresses(
        all,
        options,
        family => this.stack.hasFamily(family),
        destination => this.stack.sourceFor(destination),
      )
      this.clock.setImmediate(() => {
        if (selected.length > 0) done(null, selected)
        else done(nameNotFound(name), [])
      })
    }
    const literal = canonicalIp(name)
    if (literal !== undefined) answer([literal])
    else this.#names.addresses(name, answer)
  }

  lookupService(
    address: string,
    port: number,
    done: (error: Error | null, hostname: string, service: string) => void,
  ): void {
    const canonical = canonicalIp(address) ?? address
    const hostname = this.#names.nameOf(canonical) ?? canonical
    this.clock.setImmediate(() => done(null, hostname, serviceName(port)))
  }

  nameServers(): string[] {
    return this.#names.nameServers()
  }

  interfaces(): HostInterface[] {
    const loopback = { name: 'lo', mac: '00:00:00:00:00:00', internal: true }
    const cards = this.stack.cards
      .filter(card => card.up)
      .flatMap(({ name, mac, addresses }) =>
        addresses.map(({ address, prefixLength }) => {
          return { name, address, family: familyOf(address), prefixLength, mac, internal: false }
        }),
      )
    return [
      { ...loopback, address: '127.0.0.1', family: 4, prefixLength: 8 },
      { ...loopback, address: '::1', family: 6, prefixLength: 128 },
      ...cards,
    ]
  }

  random(size: number): Uint8Array {
    return this.#random.bytes(size)
  }

  run<T>(fn: () => T): T {
    return runWithHost(this, fn)
  }

  /** The connections, listeners and ports that its programs have open, a line each: for the report of a deadlock. */
  describeOpen(): string[] {
    const connections = [...this.#connections].map(one => (one.isConnecting ? `${one.title}, being made` : one.title))
    const listeners = [...this.#listeners].flatMap(one => {
      const address = one.address()
      return address === null ? [] : [`listening on ${address.address} port ${address.port}`]
    })
    const ports = [...this.#datagramPorts].map(one => `UDP port ${one.port}`)
    return [...connections, ...listeners, ...ports]
  }

  /** A port that was bound here has closed. */
  onPortClosed(port: SimDatagramPort): void {
    this.#datagramPorts.delete(port)
  }

  readonly #onReleased = (connection: SimConnection): void => {
    this.#connections.delete(connection)
  }

  #open(connection: SimConnection, target: ConnectTarget & { kind: 'tcp' }): SystemError | undefined {
    const canonical = canonicalIp(target.address)
    const where = { address: target.address, port: target.port || undefined }
    if (canonical === undefined) return systemError('EINVAL', 'connect', where)
    const plain = unmapped(canonical)
    // In Linux the unspecified address means the machine itself.
    const remote = plain === '0.0.0.0' ? '127.0.0.1' : plain === '::' ? '::1' : plain
    const source = this.stack.sourceFor(remote)
    if (source === undefined) {
      const detail = `Local (${familyOf(remote) === 6 ? '::' : '0.0.0.0'}:0)`
      return systemError('ENETUNREACH', 'connect', { ...where, detail })
    }
    const local = this.#localEnd(target, source, remote)
    if (local instanceof Error) return local
    // The engine transmits at once, so its user must be known before.
    const endpoint = this.stack.tcp.open(local.address, local.port, remote, target.port, connection)
    connection.carriedBy(endpoint, endpointOf(local.address, local.port), endpointOf(remote, target.port))
    return undefined
  }

  #localEnd(
    target: ConnectTarget & { kind: 'tcp' },
    source: string,
    remote: string,
  ): { address: string; port: number } | SystemError {
    const { tcp } = this.stack
    const asked = target.localAddress === undefined ? undefined : canonicalIp(target.localAddress)
    const isAny = asked === undefined || asked === '0.0.0.0' || asked === '::'
    if (target.localAddress !== undefined && !isAny && !this.stack.owns(asked)) {
      return systemError('EADDRNOTAVAIL', 'bind', { address: target.localAddress, port: target.localPort || undefined })
    }
    const address = isAny ? source : asked
    const { port: remotePort } = target
    if (!target.localPort) {
      const port = tcp.ports.freePort(free => tcp.isFree(address, free, remote, remotePort))
      if (port === undefined) {
        return systemError('EADDRNOTAVAIL', 'connect', { address: target.address, port: remotePort })
      }
      return { address, port }
    }
    const isTaken = tcp.ports.find(address, familyOf(address), target.localPort) !== undefined
    if (isTaken || !tcp.isFree(address, target.localPort, remote, remotePort)) {
      return systemError('EADDRINUSE', 'bind', { address: target.localAddress ?? address, port: target.localPort })
    }
    return { address, port: target.localPort }
  }

  #claimPort(target: ListenTarget & { kind: 'tcp' }, listener: SimListener): ListenerPlace | SystemError {
    const wanted = canonicalIp(target.address ?? '::')
    const isAny = wanted === '::' || wanted === '0.0.0.0'
    if (wanted === undefined || !(isAny || this.stack.owns(wanted))) {
      return describedSystemError('EADDRNOTAVAIL', 'listen', target.address, target.port)
    }
    const isDualStack = wanted === '::' && target.ipv6Only !== true
    const { tcp } = this.stack
    const binding = tcp.listen(
      {
        address: wanted,
        family: familyOf(wanted),
        port: target.port,
        isDualStack,
        isShared: target.reusePort === true,
      },
      listener,
    )
    if (binding === undefined) return describedSystemError('EADDRINUSE', 'listen', target.address ?? '::', target.port)
    this.#listeners.add(listener)
    return {
      address: endpointOf(binding.address, binding.port),
      isDualStack,
      release: () => {
        tcp.ports.release(binding)
        this.#listeners.delete(listener)
      },
    }
  }

  #claimPath(path: string, listener: MemoryListener): PathPlace | SystemError {
    if (this.#paths.has(path)) return describedSystemError('EADDRINUSE', 'listen', path, -1)
    this.#paths.set(path, listener)
    return { address: path, release: () => this.#paths.delete(path) }
  }

  #connectPath(path: string, sink: ConnectionSink): Connection {
    const client = new MemoryConnection(this.clock, sink, true)
    this.clock.setImmediate(() => {
      if (!client.isConnecting) return
      const listener = this.#paths.get(path)
      if (listener === undefined) {
        client.fail(systemError('ENOENT', 'connect', { address: path }))
        return
      }
      listener.runInContext(() => {
        const server = new MemoryConnection(this.clock, silentSink, false)
        listener.accept(server)
        MemoryConnection.join(client, server, true)
      })
    })
    return client
  }
}

function canonicalIp(text: string): string | undefined {
  const bytes = parseIp(text)
  return bytes === undefined ? undefined : formatIp(bytes)
}
