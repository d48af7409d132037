// A UDP port over one of the runtime's own datagram sockets.

import { createSocket, type RemoteInfo, type Socket } from 'node:dgram'
import { systemError } from '../../core/errors.ts'
import type { BindTarget, DatagramPort, DatagramSink, Endpoint, IpFamily, RuntimeHandle, SendDone } from '../types.ts'

export function bindOsDatagramPort(target: BindTarget, sink: DatagramSink): DatagramPort {
  return new OsDatagramPort(target, sink)
}

class OsDatagramPort implements DatagramPort {
  readonly #socket: Socket
  bound: boolean | Error = false

  constructor(target: BindTarget, sink: DatagramSink) {
    const { family, address, port, reuseAddr, ipv6Only, exclusive, fd } = target
    const options = {
      type: family === 6 ? ('udp6' as const) : ('udp4' as const),
      ...present({
        reuseAddr,
        ipv6Only,
        reusePort: target.reusePort,
        recvBufferSize: target.recvBufferSize,
        sendBufferSize: target.sendBufferSize,
      }),
      // Names are not resolved here, and the runtime must not resolve them either.
      lookup: literalOnly,
    }
    const socket = createSocket(options as Parameters<typeof createSocket>[0] & object)
    this.#socket = socket
    // The runtime binds within the call, except in a cluster's worker; the sink is notified on a later turn in any case.
    let isBinding = true
    socket.on('listening', () => {
      this.bound = true
      if (isBinding) process.nextTick(() => sink.onListening())
      else sink.onListening()
    })
    socket.on('message', (message, from) => sink.onMessage(message, from))
    socket.on('error', error => {
      if (this.bound === false) this.#fail(error)
      if (isBinding) process.nextTick(() => sink.onError(error))
      else sink.onError(error)
    })
    socket.on('close', () => {
      if (!(this.bound instanceof Error)) sink.onClose()
    })
    try {
      if (fd !== undefined) socket.bind({ fd })
      else socket.bind(present({ address: address ?? anyAddress(family), port, exclusive }))
    } catch (error) {
      socket.close()
      throw error
    }
    isBinding = false
  }

  /** The runtime's socket retains the descriptor that it could not bind, so it has to be closed. */
  #fail(error: Error): void {
    this.bound = error
    this.#socket.close()
  }

  get runtimeHandle(): RuntimeHandle | undefined {
    // `_handle` emits a deprecation warning, and does not exist from Node 26 on.
    const name = Object.getOwnPropertySymbols(this.#socket).find(({ description }) => description === 'state symbol')
    const state = name && Reflect.get(this.#socket, name)
    return (state as { handle?: RuntimeHandle | null } | undefined)?.handle ?? undefined
  }

  address(): Endpoint {
    return endpoint(this.#socket.address())
  }

  remoteAddress(): Endpoint {
    return endpoint(this.#socket.remoteAddress())
  }

  send(chunks: readonly Uint8Array[], to: { address: string; port: number } | undefined, done?: SendDone): void {
    if (to) this.#socket.send(chunks, to.port, to.address, done)
    else this.#socket.send(chunks, done)
  }

  connect(address: string, port: number, done: (error: Error | null) => void): void {
    this.#socket.connect(port, address, ((error?: Error) => done(error ?? null)) as () => void)
  }

  connectSync(address: string, port: number): void {
    const socket = this.#socket as Socket & { connectSync?(port: number, address: string): void }
    if (socket.connectSync) {
      socket.connectSync(port, address)
      return
    }
    // An older runtime connects within the call too, since nothing has to be looked up, but reports an error later.
    socket.connect(port, address, () => {})
    try {
      socket.remoteAddress()
    } catch {
      throw systemError('ENETUNREACH', 'connect', { address, port })
    }
  }

  disconnect(): void {
    this.#socket.disconnect()
  }

  close(): void {
    if (this.bound instanceof Error) return
    this.#socket.close()
  }

  setBroadcast(on: boolean): void {
    this.#socket.setBroadcast(on)
  }

  setTtl(ttl: number): void {
    this.#socket.setTTL(ttl)
  }

  setMulticastTtl(ttl: number): void {
    this.#socket.setMulticastTTL(ttl)
  }

  setMulticastLoopback(on: boolean): void {
    this.#socket.setMulticastLoopback(on)
  }

  setMulticastInterface(address: string): void {
    this.#socket.setMulticastInterface(address)
  }

  addMembership(group: string, interfaceAddress?: string): void {
    this.#socket.addMembership(group, interfaceAddress)
  }

  dropMembership(group: string, interfaceAddress?: string): void {
    this.#socket.dropMembership(group, interfaceAddress)
  }

  addSourceSpecificMembership(source: string, group: string, interfaceAddress?: string): void {
    this.#socket.addSourceSpecificMembership(source, group, interfaceAddress)
  }

  dropSourceSpecificMembership(source: string, group: string, interfaceAddress?: string): void {
    this.#socket.dropSourceSpecificMembership(source, group, interfaceAddress)
  }

  getRecvBufferSize(): number {
    return this.#socket.getRecvBufferSize()
  }

  setRecvBufferSize(bytes: number): void {
    this.#socket.setRecvBufferSize(bytes)
  }

  getSendBufferSize(): number {
    return this.#socket.getSendBufferSize()
  }

  setSendBufferSize(bytes: number): void {
    this.#socket.setSendBufferSize(bytes)
  }

  getSendQueueSize(): number {
    return this.#socket.getSendQueueSize()
  }

  getSendQueueCount(): number {
    return this.#socket.getSendQueueCount()
  }

  ref(): void {
    this.#socket.ref()
  }

  unref(): void {
    this.#socket.unref()
  }
}

type LiteralLookup = (
  address: string,
  family: number,
  done: (error: null, address: string, family: number) => void,
) => void

/** The address is an IP address already: it is passed back at once, so that the runtime continues within the call. */
const literalOnly: LiteralLookup = (address, family, done) => {
  done(null, address, family)
}

function anyAddress(family: IpFamily): string {
  return family === 6 ? '::' : '0.0.0.0'
}

function endpoint({ address, family, port }: RemoteInfo | ReturnType<Socket['address']>): Endpoint {
  return { address, family: family === 'IPv6' ? 'IPv6' : 'IPv4', port }
}

/** Drops undefined options, which the runtime distinguishes from absent ones. */
function present<T extends object>(options: T): Partial<T> {
  return Object.fromEntries(Object.entries(options).filter(([, value]) => value !== undefined)) as Partial<T>
}
