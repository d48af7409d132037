// A UDP port of a memory host: datagrams reach the port that is bound to their address, at once and in order, or are dropped.
// RFC 768; the rules for addresses in use are Linux's (scheduled/port-table.ts).

import { datagramSocketNotRunning, featureUnavailable, systemError } from '../../core/errors.ts'
import { formatIp, isMappedIPv4, parseIp } from '../../core/ip.ts'
import { captureContext } from '../ambient.ts'
import type { Binding, PortTable } from '../scheduled/port-table.ts'
import type { BindTarget, Clock, DatagramPort, DatagramSink, Endpoint, IpFamily, SendDone } from '../types.ts'
import { datagramLimits } from './memory-limits.ts'

/** The machine of a port: the members that UDP uses. */
export interface DatagramMachine {
  readonly name: string
  readonly clock: Clock
  readonly datagramPorts: PortTable<MemoryDatagramPort>
  owns(address: string): boolean
  route(address: string): { to: DatagramMachine; address: string; source: string } | 'ENETUNREACH' | 'EHOSTUNREACH'
}

export class MemoryDatagramPort implements DatagramPort {
  readonly #machine: DatagramMachine
  readonly #sink: DatagramSink
  readonly #family: IpFamily
  /** The sink is called in the context of `bind`: a receiver must not inherit its sender's host. */
  readonly #inContext = captureContext()
  #binding: Binding<MemoryDatagramPort> | undefined
  readonly bound: true | Error
  /** The connected peer, in the port's own family (an IPv4 peer of an IPv6 port as its mapped address), and our source address. */
  #remote: (Endpoint & { readonly source: string }) | undefined
  #receiveBufferSize: number = datagramLimits.bytesWaiting
  #sendBufferSize: number = datagramLimits.bytesWaiting
  #waitingBytes = 0
  #waitingMessages = 0
  #isClosed = false

  constructor(machine: DatagramMachine, target: BindTarget, sink: DatagramSink) {
    if (target.fd !== undefined) throw featureUnavailable('fd', machine.name)
    this.#machine = machine
    this.#sink = sink
    this.#family = target.family
    if (target.recvBufferSize) this.setRecvBufferSize(target.recvBufferSize)
    if (target.sendBufferSize) this.setSendBufferSize(target.sendBufferSize)
    const error = this.#bind(target)
    this.bound = error ?? true
    this.#later(() => (error ? sink.onError(error) : sink.onListening()))
  }

  address(): Endpoint {
    if (this.#binding === undefined || this.#isClosed) throw systemError('EBADF', 'getsockname')
    const { family, port } = this.#binding
    // A connected port has a definite source address.
    const address = this.#remote?.source ?? this.#binding.address
    return { address, family: family === 6 ? 'IPv6' : 'IPv4', port }
  }

  remoteAddress(): Endpoint {
    if (this.#remote === undefined) throw systemError('ENOTCONN', 'getpeername')
    const { address, family, port } = this.#remote
    return { address, family, port }
  }

  send(chunks: readonly Uint8Array[], to: { address: string; port: number } | undefined, done?: SendDone): void {
    if (this.#isClosed) throw datagramSocketNotRunning()
    const message = joined(chunks)
    const failure = this.#deliver(message, to ?? this.#remote)
    if (done) this.#machine.clock.setImmediate(() => (failure ? done(failure, 0) : done(null, message.length)))
  }

  connect(address: string, port: number, done: (error: Error | null) => void): void {
    const error = this.#connect(address, port)
    // Even if the port is closed meanwhile, the caller gets its answer.
    this.#machine.clock.setImmediate(() => done(error))
  }

  connectSync(address: string, port: number): void {
    const error = this.#connect(address, port)
    if (error) throw error
  }

  disconnect(): void {
    if (this.#remote === undefined) throw systemError('ENOTCONN', 'disconnect')
    this.#remote = undefined
  }

  close(): void {
    if (this.bound instanceof Error) return
    if (this.#isClosed) throw datagramSocketNotRunning()
    this.#isClosed = true
    if (this.#binding) this.#machine.datagramPorts.release(this.#binding)
    this.#machine.clock.setImmediate(() => this.#sink.onClose())
  }

  // Options without effect on a memory network, accepted so that programs run.
  setBroadcast(_on: boolean): void {}
  setTtl(_ttl: number): void {}
  setMulticastTtl(_ttl: number): void {}
  setMulticastLoopback(_on: boolean): void {}
  getSendQueueSize(): number {
    return 0
  }
  getSendQueueCount(): number {
    return 0
  }
  // As on Linux, sizes above the limit are silently reduced to it.
  getRecvBufferSize(): number {
    return this.#receiveBufferSize
  }
  setRecvBufferSize(bytes: number): void {
    this.#receiveBufferSize = Math.min(bytes, datagramLimits.bytesWaiting)
  }
  /** Stored, but without effect: no datagram waits to be sent. */
  getSendBufferSize(): number {
    return this.#sendBufferSize
  }
  setSendBufferSize(bytes: number): void {
    this.#sendBufferSize = Math.min(bytes, datagramLimits.bytesWaiting)
  }
  // Nothing outside the process can reach a memory host, so an idle port does not keep the process alive.
  ref(): void {}
  unref(): void {}

  // A memory network carries no multicast.
  setMulticastInterface(_address: string): void {
    throw featureUnavailable('multicast', this.#machine.name)
  }
  addMembership(_group: string, _interfaceAddress?: string): void {
    throw featureUnavailable('multicast', this.#machine.name)
  }
  dropMembership(_group: string, _interfaceAddress?: string): void {
    throw featureUnavailable('multicast', this.#machine.name)
  }
  addSourceSpecificMembership(_source: string, _group: string, _interfaceAddress?: string): void {
    throw featureUnavailable('multicast', this.#machine.name)
  }
  dropSourceSpecificMembership(_source: string, _group: string, _interfaceAddress?: string): void {
    throw featureUnavailable('multicast', this.#machine.name)
  }

  /** A datagram from a port of any machine. Dropped if the port is connected to another peer, or if its receive buffer is full. */
  receive(message: Uint8Array, sender: Endpoint): void {
    const from = this.#family === 6 && sender.family === 'IPv4' ? mapped(sender) : sender
    const isStranger =
      this.#remote !== undefined && (this.#remote.port !== from.port || this.#remote.address !== from.address)
    const isFull =
      this.#waitingMessages >= datagramLimits.messagesWaiting ||
      this.#waitingBytes + message.length > this.#receiveBufferSize
    if (isStranger || isFull) return
    this.#waitingMessages++
    this.#waitingBytes += message.length
    this.#later(() => {
      this.#waitingMessages--
      this.#waitingBytes -= message.length
      this.#inContext(() => this.#sink.onMessage(message, from))
    })
  }

  #bind(target: BindTarget): Error | undefined {
    const any = this.#family === 6 ? '::' : '0.0.0.0'
    const bytes = parseIp(target.address ?? any)
    const address = bytes === undefined ? undefined : formatIp(bytes)
    const port = target.port ?? 0
    if (address === undefined || !(address === any || this.#machine.owns(address))) {
      return systemError('EADDRNOTAVAIL', 'bind', { address: target.address, port: port || undefined })
    }
    this.#binding = this.#machine.datagramPorts.bind({
      address,
      family: this.#family,
      port,
      isDualStack: address === '::' && target.ipv6Only !== true,
      isShared: target.reuseAddr === true || target.reusePort === true,
      owner: this,
    })
    return this.#binding ? undefined : systemError('EADDRINUSE', 'bind', { address, port: port || undefined })
  }

  #connect(address: string, port: number): Error | null {
    if (this.#isClosed) throw datagramSocketNotRunning()
    const route = this.#route(address)
    if (typeof route === 'string') return systemError(route, 'connect', { address, port })
    const isMapped = this.#family === 6 && !route.address.includes(':')
    const own = this.#binding?.address
    const source = own === undefined || isAny(own) ? route.source : own
    this.#remote = {
      address: isMapped ? `::ffff:${route.address}` : route.address,
      family: this.#family === 6 ? 'IPv6' : 'IPv4',
      port,
      source: isMapped && !source.includes(':') ? `::ffff:${source}` : source,
    }
    return null
  }

  /** The route to an address: none to an address of the other family; a mapped address is routed as the IPv4 address it contains. */
  #route(address: string): ReturnType<DatagramMachine['route']> | 'EINVAL' {
    const bytes = parseIp(address)
    if (bytes === undefined || (bytes.length === 16) !== (this.#family === 6)) return 'EINVAL'
    if (!isMappedIPv4(bytes)) return this.#machine.route(formatIp(bytes))
    return this.#binding?.isDualStack === true ? this.#machine.route(formatIp(bytes, 12, 4)) : 'ENETUNREACH'
  }

  /** @returns the error if the datagram could not leave this machine; a later loss is not an error */
  #deliver(message: Uint8Array, to: { address: string; port: number } | undefined): Error | undefined {
    const binding = this.#binding
    if (this.#isClosed || binding === undefined) return systemError('EBADF', 'send')
    if (to === undefined) return systemError('EDESTADDRREQ', 'send')
    const most = this.#family === 6 ? datagramLimits.bytesOverIPv6 : datagramLimits.bytesOverIPv4
    if (message.length > most) return systemError('EMSGSIZE', 'send', to)
    const route = this.#route(to.address)
    if (typeof route === 'string') return systemError(route, 'send', to)
    const family: IpFamily = route.address.includes(':') ? 6 : 4
    const found = route.to.datagramPorts.find(route.address, family, to.port)
    const source = isAny(binding.address) ? route.source : binding.address
    found?.owner.receive(message, { address: source, family: family === 6 ? 'IPv6' : 'IPv4', port: binding.port })
    return undefined
  }

  #later(tell: () => void): void {
    this.#machine.clock.setImmediate(() => {
      if (!this.#isClosed) tell()
    })
  }
}

function isAny(address: string): boolean {
  return address === '0.0.0.0' || address === '::'
}

/** An IPv4 sender, as an IPv6 port reports it. RFC 4291 section 2.5.5.2 */
function mapped({ address, port }: Endpoint): Endpoint {
  return { address: `::ffff:${address}`, family: 'IPv6', port }
}

/** A copy: the sender may use its bytes again. */
function joined(chunks: readonly Uint8Array[]): Uint8Array {
  const whole = new Uint8Array(chunks.reduce((sum, chunk) => sum + chunk.length, 0))
  let offset = 0
  for (const chunk of chunks) {
    whole.set(chunk, offset)
    offset += chunk.length
  }
  return whole
}
