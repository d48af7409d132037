// A machine in this process's memory, without an operating system below. It reaches itself and the other machines on its
// MemoryNetwork, without delay or loss. Where behaviour depends on the system (which address is in use, what follows a reset, how
// a dual-stack listener reports an IPv4 peer), it is Linux's.

import { randomBytes } from 'node:crypto'
import { familyOf } from '../../core/address-family.ts'
import { nearestAmong } from '../../core/address-order.ts'
import { describedSystemError, featureUnavailable, type SystemError, systemError } from '../../core/errors.ts'
import { formatIp, parseIp } from '../../core/ip.ts'
import { runWithHost } from '../ambient.ts'
import { RuntimeClock } from '../os/runtime-clock.ts'
import { type Binding, PortTable } from '../scheduled/port-table.ts'
import { SeededRandom } from '../seeded-random.ts'
import { silentSink } from '../silent-sink.ts'
import type {
  BindTarget,
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
  IpFamily,
  Listener,
  ListenerSink,
  ListenTarget,
  LookupOptions,
  ResolverConfiguration,
} from '../types.ts'
import { MemoryConnection } from './memory-connection.ts'
import { MemoryDatagramPort } from './memory-datagram.ts'
import { type ListenerPlace, MemoryListener } from './memory-listener.ts'
import {
  type HostsFile,
  loopbackNames,
  MemoryNames,
  nameNotFound,
  selectAddresses,
  serviceName,
  unmapped,
} from './memory-names.ts'
import { type MemoryMachine, MemoryNetwork } from './memory-network.ts'

export interface MemoryHostOptions {
  /** The other machines of the network can look the host up by this name. Default: `memory`. */
  readonly name?: string
  /** Default: a network of its own. */
  readonly network?: MemoryNetwork
  /** Its IP addresses besides loopback. Default: one of each family. */
  readonly addresses?: readonly string[]
  /** Further names, besides `localhost` and the machines of the network. */
  readonly hosts?: HostsFile
  /** Returned by `nameServers()`. Default: none. */
  readonly nameServers?: readonly string[]
  /** The resolver's other settings. Default: those of resolv.conf(5). */
  readonly resolver?: Partial<ResolverConfiguration>
  /** Default: real time. */
  readonly clock?: Clock
  /** Makes `random()` repeatable, and unsuitable for keys. */
  readonly seed?: number
}

/** Where a packet goes, and with which source address. */
export interface MemoryRoute {
  readonly to: MemoryMachine
  readonly address: string
  readonly source: string
}

/** resolv.conf(5). */
const defaultResolver: ResolverConfiguration = {
  search: [],
  ndots: 1,
  timeoutMs: undefined,
  attempts: undefined,
  rotate: false,
}

export class MemoryHost implements Host, MemoryMachine {
  readonly name: string
  readonly network: MemoryNetwork
  readonly addresses: readonly string[]
  readonly clock: Clock
  readonly #names: MemoryNames
  readonly #nameServers: readonly string[]
  readonly #resolver: ResolverConfiguration
  readonly #random: SeededRandom | undefined
  readonly streamPorts = new PortTable<MemoryListener>()
  readonly datagramPorts = new PortTable<MemoryDatagramPort>()
  readonly #paths = new Map<string, MemoryListener>()
  /** Local port, remote address and remote port of each outgoing connection. */
  readonly #connections = new Set<string>()

  constructor(options: MemoryHostOptions = {}) {
    this.name = options.name ?? 'memory'
    this.network = options.network ?? new MemoryNetwork()
    this.addresses = (options.addresses ?? this.network.freeAddresses()).map(ownAddress)
    this.clock = options.clock ?? new RuntimeClock()
    this.#names = new MemoryNames(loopbackNames, options.hosts ?? {})
    this.#nameServers = options.nameServers ?? []
    this.#resolver = { ...defaultResolver, ...options.resolver }
    this.#random = options.seed === undefined ? undefined : new SeededRandom(options.seed)
    this.network.attach(this)
  }

  connect(target: ConnectTarget, sink: ConnectionSink): Connection {
    if (target.kind === 'fd' || target.kind === 'handle') throw featureUnavailable(target.kind, this.name)
    const client = new MemoryConnection(this.clock, sink, true)
    this.clock.setImmediate(() => {
      // Destroyed before the first packet.
      if (!client.isConnecting) return
      const error = target.kind === 'path' ? this.#joinPath(client, target.path) : this.#joinAddress(client, target)
      if (error !== undefined) client.fail(error)
    })
    return client
  }

  listen(target: ListenTarget, sink: ListenerSink): Listener {
    if (target.kind === 'fd' || target.kind === 'handle' || target.kind === 'bound')
      throw featureUnavailable(target.kind, this.name)
    return new MemoryListener(this.clock, sink, listener =>
      target.kind === 'path' ? this.#claimPath(target.path, listener) : this.#claimPort(target, listener),
    )
  }

  bind(target: BindTarget, sink: DatagramSink): DatagramPort {
    return new MemoryDatagramPort(this, target, sink)
  }

  lookup(name: string, options: LookupOptions, done: (error: Error | null, addresses: HostAddress[]) => void): void {
    const selected = selectAddresses(
      this.#addressesOf(name),
      options,
      family => this.hasFamily(family),
      nearestAmong(['127.0.0.1', '::1', ...this.addresses]),
    )
    this.clock.setImmediate(() => {
      if (selected.length > 0) done(null, selected)
      else done(nameNotFound(name), [])
    })
  }

  lookupService(
    address: string,
    port: number,
    done: (error: Error | null, hostname: string, service: string) => void,
  ): void {
    const canonical = canonicalIp(address) ?? address
    const hostname = this.#names.name(canonical) ?? this.network.hostAt(canonical)?.name ?? canonical
    this.clock.setImmediate(() => done(null, hostname, serviceName(port)))
  }

  nameServers(): string[] {
    return [...this.#nameServers]
  }

  resolverConfiguration(): ResolverConfiguration {
    return this.#resolver
  }

  interfaces(): HostInterface[] {
    const number = this.network.hosts.indexOf(this) + 1
    const mac = `02:00:00:00:${hexByte(number >> 8)}:${hexByte(number)}`
    const own = this.addresses.map(address => {
      const family = familyOf(address)
      return { name: 'eth0', address, family, prefixLength: family === 4 ? 16 : 64, mac, internal: false }
    })
    const loopback = { name: 'lo', mac: '00:00:00:00:00:00', internal: true }
    return [
      { ...loopback, address: '127.0.0.1', family: 4, prefixLength: 8 },
      { ...loopback, address: '::1', family: 6, prefixLength: 128 },
      ...own,
    ]
  }

  random(size: number): Uint8Array {
    return this.#random?.bytes(size) ?? randomBytes(size)
  }

  run<T>(fn: () => T): T {
    return runWithHost(this, fn)
  }

  /** Whether an address, in canonical form, is this machine's: its own, or loopback. */
  owns(address: string): boolean {
    return isLoopback(address) || this.addresses.includes(address)
  }

  /** Whether it has an address of that family that other machines can reach. */
  hasFamily(family: IpFamily): boolean {
    return this.addresses.some(address => familyOf(address) === family)
  }

  /** The machine that a packet to this address reaches, and the packet's source address. */
  route(address: string): MemoryRoute | 'ENETUNREACH' | 'EHOSTUNREACH' {
    const family = familyOf(address)
    // On Linux, the unspecified address as a destination means the machine itself.
    const wanted = address === '0.0.0.0' ? '127.0.0.1' : address === '::' ? '::1' : address
    if (this.owns(wanted)) {
      const source = !isLoopback(wanted) ? wanted : family === 4 ? '127.0.0.1' : '::1'
      return { to: this, address: wanted, source }
    }
    const source = this.addresses.find(own => familyOf(own) === family)
    if (source === undefined) return 'ENETUNREACH'
    const to = this.network.hostAt(wanted)
    return to === undefined ? 'EHOSTUNREACH' : { to, address: wanted, source }
  }

  #addressesOf(name: string): readonly string[] {
    const literal = canonicalIp(name)
    if (literal !== undefined) return [literal]
    const known = this.#names.addresses(name)
    return known.length > 0 ? known : (this.network.hostNamed(name)?.addresses ?? [])
  }

  #claimPath(path: string, listener: MemoryListener): ListenerPlace | SystemError {
    if (this.#paths.has(path)) return describedSystemError('EADDRINUSE', 'listen', path, -1)
    this.#paths.set(path, listener)
    return { address: path, release: () => this.#paths.delete(path) }
  }

  #claimPort(target: ListenTarget & { kind: 'tcp' }, listener: MemoryListener): ListenerPlace | SystemError {
    const wanted = canonicalIp(target.address ?? '::')
    const isAny = wanted === '::' || wanted === '0.0.0.0'
    if (wanted === undefined || !(isAny || this.owns(wanted))) {
      return describedSystemError('EADDRNOTAVAIL', 'listen', target.address, target.port)
    }
    const binding: Binding<MemoryListener> | undefined = this.streamPorts.bind({
      address: wanted,
      family: familyOf(wanted),
      port: target.port,
      isDualStack: wanted === '::' && target.ipv6Only !== true,
      isShared: target.reusePort === true,
      owner: listener,
    })
    if (binding === undefined) return describedSystemError('EADDRINUSE', 'listen', target.address ?? '::', target.port)
    return {
      address: endpoint(binding.address, binding.port),
      release: () => this.streamPorts.release(binding),
    }
  }

  #joinPath(client: MemoryConnection, path: string): SystemError | undefined {
    const listener = this.#paths.get(path)
    if (listener === undefined) return systemError('ENOENT', 'connect', { address: path })
    this.#join(client, listener, this, undefined, undefined)
    return undefined
  }

  #joinAddress(client: MemoryConnection, target: ConnectTarget & { kind: 'tcp' }): SystemError | undefined {
    const canonical = canonicalIp(target.address)
    const where = { address: target.address, port: target.port || undefined }
    if (canonical === undefined) return systemError('EINVAL', 'connect', where)
    const address = unmapped(canonical)
    const route = this.route(address)
    if (typeof route === 'string') {
      const detail =
        route === 'ENETUNREACH' ? { detail: `Local (${familyOf(address) === 6 ? '::' : '0.0.0.0'}:0)` } : {}
      return systemError(route, 'connect', { ...where, ...detail })
    }
    const local = this.#localEnd(target, route.source, `${route.address}|${target.port}`)
    if (local instanceof Error) return local
    const found = route.to.streamPorts.find(route.address, familyOf(route.address), target.port)
    if (found === undefined) return systemError('ECONNREFUSED', 'connect', where)
    const isMapped = found.isDualStack && familyOf(address) === 4
    const key = `${local.port}|${route.address}|${target.port}`
    this.#connections.add(key)
    client.onceReleased = () => this.#connections.delete(key)
    client.local = endpoint(local.address, local.port)
    // The address that was reached, which differs from the requested one for mapped addresses and the unspecified one.
    client.remote = endpoint(route.address, target.port)
    this.#join(
      client,
      found.owner,
      route.to,
      endpoint(isMapped ? `::ffff:${route.address}` : route.address, target.port),
      endpoint(isMapped ? `::ffff:${local.address}` : local.address, local.port),
    )
    return undefined
  }

  /** @param remote - address and port of the other end: no two connections may have the same four-tuple */
  #localEnd(target: ConnectTarget & { kind: 'tcp' }, source: string, remote: string): Endpoint | SystemError {
    const asked = target.localAddress === undefined ? undefined : canonicalIp(target.localAddress)
    const isAny = asked === undefined || asked === '0.0.0.0' || asked === '::'
    if (target.localAddress !== undefined && !isAny && !this.owns(asked)) {
      return systemError('EADDRNOTAVAIL', 'bind', { address: target.localAddress, port: target.localPort || undefined })
    }
    const address = isAny ? source : asked
    if (!target.localPort) {
      const port = this.streamPorts.freePort(free => !this.#connections.has(`${free}|${remote}`))
      if (port === undefined)
        return systemError('EADDRNOTAVAIL', 'connect', { address: target.address, port: target.port })
      return endpoint(address, port)
    }
    const isTaken = this.streamPorts.find(address, familyOf(address), target.localPort) !== undefined
    if (isTaken || this.#connections.has(`${target.localPort}|${remote}`)) {
      return systemError('EADDRINUSE', 'bind', { address: target.localAddress ?? address, port: target.localPort })
    }
    return endpoint(address, target.localPort)
  }

  #join(
    client: MemoryConnection,
    listener: MemoryListener,
    to: MemoryMachine,
    local: Endpoint | undefined,
    remote: Endpoint | undefined,
  ): void {
    listener.runInContext(() => {
      const server = new MemoryConnection(to.clock, silentSink, false)
      server.local = local
      server.remote = remote
      listener.accept(server)
      MemoryConnection.join(client, server, local === undefined)
    })
  }
}

function endpoint(address: string, port: number): Endpoint {
  return { address, family: familyOf(address) === 6 ? 'IPv6' : 'IPv4', port }
}

function canonicalIp(text: string): string | undefined {
  const bytes = parseIp(text)
  return bytes === undefined ? undefined : formatIp(bytes)
}

function ownAddress(text: string): string {
  const address = canonicalIp(text)
  if (address === undefined) throw new TypeError(`Not an IP address: ${text}`)
  return address
}

function isLoopback(address: string): boolean {
  return address === '::1' || address.startsWith('127.')
}

function hexByte(number: number): string {
  return (number & 0xff).toString(16).padStart(2, '0')
}
