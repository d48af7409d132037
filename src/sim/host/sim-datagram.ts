// A UDP port of a simulated machine: datagrams leave by its stack, to one, to all on a link (broadcast), or to a group
// (multicast on the link; there is no multicast routing and no IGMP: switches flood). RFC 768, RFC 1112.

import { datagramSocketNotRunning, featureUnavailable, systemError } from '../../core/errors.ts'
import { formatIp, isMappedIPv4, parseIp } from '../../core/ip.ts'
import { captureContext } from '../../host/ambient.ts'
import { datagramLimits } from '../../host/memory/memory-limits.ts'
import type { Binding } from '../../host/scheduled/port-table.ts'
import type { BindTarget, Clock, DatagramPort, DatagramSink, Endpoint, IpFamily, SendDone } from '../../host/types.ts'
import { isGroup } from '../stack/address-kinds.ts'
import type { IpStack } from '../stack/ip-stack.ts'
import type { UdpReceiver } from '../stack/udp-layer.ts'
import type { NetworkCard } from '../types.ts'
import { endpointOf } from './sim-listener.ts'
import { hostLimits } from './socket-limits.ts'

interface Membership {
  readonly group: string
  /** Undefined: from any source. */
  readonly source: string | undefined
}

/** What a port needs of its machine. */
export interface DatagramHost {
  readonly name: string
  readonly clock: Clock
  readonly stack: IpStack
  onPortClosed(port: SimDatagramPort): void
}

export class SimDatagramPort implements DatagramPort, UdpReceiver {
  readonly bound: true | Error
  readonly #host: DatagramHost
  readonly #sink: DatagramSink
  readonly #family: IpFamily
  /** The sink is notified in the context of `bind`. */
  readonly #inContext = captureContext()
  readonly #memberships: Membership[] = []
  #binding: Binding<UdpReceiver> | undefined
  /** The remote address as given, and in `to` where datagrams go: the IPv4 address if it is an IPv4-mapped one. */
  #remote: (Endpoint & { readonly to: string; readonly source: string }) | undefined
  #receiveBufferSize: number = hostLimits.datagramBytes
  #sendBufferSize: number = hostLimits.datagramBytes
  #waitingBytes = 0
  #waitingMessages = 0
  #mayBroadcast = false
  #ttl: number | undefined
  #multicastTtl = 1
  #hearsItself = true
  #multicastCard: NetworkCard | undefined
  #isClosed = false

  constructor(host: DatagramHost, target: BindTarget, sink: DatagramSink) {
    if (target.fd !== undefined) throw featureUnavailable('fd', host.name)
    this.#host = host
    this.#sink = sink
    this.#family = target.family
    if (target.recvBufferSize) this.setRecvBufferSize(target.recvBufferSize)
    if (target.sendBufferSize) this.setSendBufferSize(target.sendBufferSize)
    const error = this.#bind(target)
    this.bound = error ?? true
    this.#later(() => (error ? sink.onError(error) : sink.onListening()))
  }

  get port(): number {
    return this.#binding?.port ?? 0
  }

  address(): Endpoint {
    if (this.#binding === undefined || this.#isClosed) throw systemError('EBADF', 'getsockname')
    // A connected port knows its source address.
    const address = this.#remote?.source ?? this.#binding.address
    return { address, family: this.#family === 6 ? 'IPv6' : 'IPv4', port: this.#binding.port }
  }

  remoteAddress(): Endpoint {
    if (this.#remote === undefined) throw systemError('ENOTCONN', 'getpeername')
    const { address, family, port } = this.#remote
    return { address, family, port }
  }

  send(chunks: readonly Uint8Array[], to: { address: string; port: number } | undefined, done?: SendDone): void {
    if (this.#isClosed) throw datagramSocketNotRunning()
    const message = joined(chunks)
    const failure = this.#deliver(message, to)
    if (done) this.#host.clock.setImmediate(() => (failure ? done(failure, 0) : done(null, message.length)))
  }

  connect(address: string, port: number, done: (error: Error | null) => void): void {
    const error = this.#connect(address, port)
    // Also if the port is closed meanwhile: the callback is always called.
    this.#host.clock.setImmediate(() => done(error))
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
    if (this.#binding) this.#host.stack.udp.release(this.#binding)
    this.#host.onPortClosed(this)
    this.#host.clock.setImmediate(() => this.#sink.onClose())
  }

  setBroadcast(on: boolean): void {
    this.#mayBroadcast = on
  }

  setTtl(ttl: number): void {
    this.#ttl = ttl
  }

  setMulticastTtl(ttl: number): void {
    this.#multicastTtl = ttl
  }

  setMulticastLoopback(on: boolean): void {
    this.#hearsItself = on
  }

  setMulticastInterface(address: string): void {
    const card = this.#cardOf(address)
    if (card === undefined) throw systemError('EADDRNOTAVAIL', 'setMulticastInterface')
    this.#multicastCard = card === 'any' ? undefined : card
  }

  addMembership(group: string, interfaceAddress?: string): void {
    this.#join('addMembership', group, undefined, interfaceAddress)
  }

  dropMembership(group: string, interfaceAddress?: string): void {
    this.#leave('dropMembership', group, undefined, interfaceAddress)
  }

  addSourceSpecificMembership(source: string, group: string, interfaceAddress?: string): void {
    this.#join('addSourceSpecificMembership', group, source, interfaceAddress)
  }

  dropSourceSpecificMembership(source: string, group: string, interfaceAddress?: string): void {
    this.#leave('dropSourceSpecificMembership', group, source, interfaceAddress)
  }

  // As in Linux, a larger size is cut to the limit without an error.
  getRecvBufferSize(): number {
    return this.#receiveBufferSize
  }

  setRecvBufferSize(bytes: number): void {
    this.#receiveBufferSize = Math.min(bytes, hostLimits.datagramBytes)
  }

  getSendBufferSize(): number {
    return this.#sendBufferSize
  }

  /** Stored, without effect: datagrams wait in the link's queue. */
  setSendBufferSize(bytes: number): void {
    this.#sendBufferSize = Math.min(bytes, hostLimits.datagramBytes)
  }

  getSendQueueSize(): number {
    return 0
  }

  getSendQueueCount(): number {
    return 0
  }

  // A simulated machine does not keep the process alive.
  ref(): void {}
  unref(): void {}

  hears(group: string, source: string): boolean {
    return this.#memberships.some(one => one.group === group && (one.source === undefined || one.source === source))
  }

  receive(message: Uint8Array, source: string, sourcePort: number, _destination: string): void {
    const from = endpointOf(source, sourcePort, this.#family === 6)
    const isStranger =
      this.#remote !== undefined && (this.#remote.port !== from.port || this.#remote.address !== from.address)
    const isFull =
      this.#waitingMessages >= hostLimits.datagrams || this.#waitingBytes + message.length > this.#receiveBufferSize
    if (isStranger || isFull || this.#isClosed) return
    this.#waitingMessages++
    this.#waitingBytes += message.length
    // A copy for each receiver: it may retain the bytes, and others may get the same datagram.
    const own = Buffer.from(message)
    this.#later(() => {
      this.#waitingMessages--
      this.#waitingBytes -= own.length
      this.#sink.onMessage(own, from)
    })
  }

  /** As in Linux, only connected sockets are notified of ICMP's port unreachable. */
  receiveUnreachable(remote: string, remotePort: number, isPort: boolean): void {
    if (this.#remote?.to !== remote || this.#remote.port !== remotePort || !isPort) return
    this.#later(() => this.#sink.onError(systemError('ECONNREFUSED', 'recvmsg')))
  }

  #bind(target: BindTarget): Error | undefined {
    const { stack } = this.#host
    const any = this.#family === 6 ? '::' : '0.0.0.0'
    const bytes = parseIp(target.address ?? any)
    const address = bytes === undefined ? undefined : formatIp(bytes)
    const port = target.port ?? 0
    const isBindable = address !== undefined && (address === any || stack.owns(address) || isGroup(address))
    if (!isBindable) return systemError('EADDRNOTAVAIL', 'bind', { address: target.address, port: port || undefined })
    this.#binding = stack.udp.bind({
      // A port bound to a group's address receives what is sent to the group, as in Linux; nothing else is sent there.
      address: isGroup(address) ? any : address,
      family: this.#family,
      port,
      isDualStack: address === '::' && target.ipv6Only !== true,
      isShared: target.reuseAddr === true || target.reusePort === true,
      owner: this,
    })
    return this.#binding ? undefined : systemError('EADDRINUSE', 'bind', { address, port: port || undefined })
  }

  #connect(given: string, port: number): Error | null {
    if (this.#isClosed) throw datagramSocketNotRunning()
    const to = this.#destination(given)
    if (typeof to !== 'object') return systemError(to, 'connect', { address: given, port })
    const isMapped = this.#family === 6 && !to.address.includes(':')
    const own = this.#binding?.address
    const source = own === undefined || isAny(own) ? to.source : own
    this.#remote = {
      ...endpointOf(to.address, port, isMapped),
      to: to.address,
      source: isMapped && !source.includes(':') ? `::ffff:${source}` : source,
    }
    return null
  }

  /** The destination of an address, and our source address. One of the other family is invalid; a mapped one means its IPv4. */
  #destination(given: string): { address: string; source: string } | 'EINVAL' | 'ENETUNREACH' {
    const bytes = parseIp(given)
    if (bytes === undefined || (bytes.length === 16) !== (this.#family === 6)) return 'EINVAL'
    const isMapped = isMappedIPv4(bytes)
    if (isMapped && this.#binding?.isDualStack !== true) return 'ENETUNREACH'
    const wanted = isMapped ? formatIp(bytes, 12, 4) : formatIp(bytes)
    // In Linux the unspecified address means the machine itself.
    const address = wanted === '0.0.0.0' ? '127.0.0.1' : wanted === '::' ? '::1' : wanted
    const isForMany = isGroup(address) || this.#host.stack.isBroadcast(address)
    const family = address.includes(':')
    const byCard = isForMany
      ? this.#multicastCard?.addresses.find(one => one.address.includes(':') === family)?.address
      : undefined
    const source = byCard ?? this.#host.stack.sourceFor(address)
    return source === undefined ? 'ENETUNREACH' : { address, source }
  }

  /** Sends a datagram. @returns an error if it could not leave this machine; a loss on the way is no error */
  #deliver(message: Uint8Array, given: { address: string; port: number } | undefined): Error | undefined {
    const binding = this.#binding
    const target = given ?? (this.#remote && { address: this.#remote.address, port: this.#remote.port })
    if (this.#isClosed || binding === undefined) return systemError('EBADF', 'send')
    if (target === undefined) return systemError('EDESTADDRREQ', 'send')
    const most = this.#family === 6 ? datagramLimits.bytesOverIPv6 : datagramLimits.bytesOverIPv4
    if (message.length > most) return systemError('EMSGSIZE', 'send', target)
    const to = this.#destination(target.address)
    if (typeof to !== 'object') return systemError(to, 'send', target)
    const { stack } = this.#host
    const isBroadcast = stack.isBroadcast(to.address)
    if (isBroadcast && !this.#mayBroadcast) return systemError('EACCES', 'send', target)
    const group = isGroup(to.address)
    const source = isAny(binding.address) ? to.source : binding.address
    const datagram = { kind: 'udp', sourcePort: binding.port, destinationPort: target.port, data: message } as const
    const hops = group ? this.#multicastTtl : this.#ttl
    const card = group || isBroadcast ? (this.#multicastCard ?? stack.cardOf(source)) : undefined
    stack.send(source, to.address, datagram, { hops, card })
    if (group && this.#hearsItself) stack.sendToSelf(source, to.address, datagram)
    return undefined
  }

  #join(call: string, group: string, source: string | undefined, interfaceAddress: string | undefined): void {
    const wanted = this.#membership(call, group, source, interfaceAddress)
    if (this.#memberships.some(one => one.group === wanted.group && one.source === wanted.source)) {
      throw systemError('EADDRINUSE', call)
    }
    if (this.#memberships.length >= hostLimits.memberships) throw systemError('ENOBUFS', call)
    this.#memberships.push(wanted)
  }

  #leave(call: string, group: string, source: string | undefined, interfaceAddress: string | undefined): void {
    const wanted = this.#membership(call, group, source, interfaceAddress)
    const index = this.#memberships.findIndex(one => one.group === wanted.group && one.source === wanted.source)
    if (index === -1) throw systemError('EADDRNOTAVAIL', call)
    this.#memberships.splice(index, 1)
  }

  #membership(
    call: string,
    given: string,
    source: string | undefined,
    interfaceAddress: string | undefined,
  ): Membership {
    if (this.#isClosed) throw datagramSocketNotRunning()
    const bytes = parseIp(given)
    const group = bytes === undefined ? '' : formatIp(bytes)
    if (group === '' || !isGroup(group)) throw systemError('EINVAL', call)
    if (interfaceAddress !== undefined && this.#cardOf(interfaceAddress) === undefined)
      throw systemError('ENODEV', call)
    return { group, source }
  }

  #cardOf(interfaceAddress: string): NetworkCard | 'any' | undefined {
    const zone = interfaceAddress.indexOf('%')
    if (zone !== -1) {
      const name = interfaceAddress.slice(zone + 1)
      return this.#host.stack.cards.find((card, index) => card.name === name || String(index + 2) === name)
    }
    if (interfaceAddress === '' || isAny(interfaceAddress)) return 'any'
    const bytes = parseIp(interfaceAddress)
    return bytes && this.#host.stack.cardOf(formatIp(bytes))
  }

  #later(tell: () => void): void {
    this.#host.clock.setImmediate(() => {
      if (!this.#isClosed) this.#inContext(tell)
    })
  }
}

function isAny(address: string): boolean {
  return address === '0.0.0.0' || address === '::'
}

/** A copy: the caller may reuse its bytes. */
function joined(chunks: readonly Uint8Array[]): Uint8Array {
  const whole = new Uint8Array(chunks.reduce((sum, chunk) => sum + chunk.length, 0))
  let offset = 0
  for (const chunk of chunks) {
    whole.set(chunk, offset)
    offset += chunk.length
  }
  return whole
}
