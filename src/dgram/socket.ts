// dgram.Socket: a UDP socket over a host's DatagramPort. Source: Node's documentation, "Class: dgram.Socket".

import { addAbortListener, EventEmitter } from 'node:events'
import { callableClass } from '../core/callable-class.ts'
import { datagramSocketNotRunning, invalidArgValue, missingArgs, systemError } from '../core/errors.ts'
import { ipVersion } from '../core/ip.ts'
import { validateNumber, validateObject, validatePort, validateString } from '../core/validate.ts'
import { runtimeFeatures } from '../host/os/os-features.ts'
import type { DatagramPort, Endpoint } from '../host/types.ts'
import { readBindArguments } from './bind-arguments.ts'
import { adopt, bindTarget, callWhenListening, openPort, whenBound } from './binding.ts'
import { socketChannel } from './diagnostics.ts'
import * as errors from './errors.ts'
import { showInside } from './handle.ts'
import { readOptions, type SocketOptions, type SocketType } from './options.ts'
import { readSendArguments } from './send-arguments.ts'
import { connect, send } from './sending.ts'
import { kState, SocketState } from './state.ts'

/** A message's sender. */
export interface RemoteInfo extends Endpoint {
  /** Bytes of the message. */
  size: number
}

type MessageListener = (message: Buffer<ArrayBuffer>, sender: RemoteInfo) => void

class NodeSocket extends EventEmitter {
  declare type: SocketType
  declare [kState]: SocketState

  constructor(type: SocketOptions | SocketType, listener?: MessageListener) {
    super()
    initialize(this, type, listener)
  }

  bind(port?: unknown, address?: unknown, ...rest: unknown[]): this {
    checkRunning(this)
    const state = this[kState]
    if (state.bindState !== 'unbound') throw errors.alreadyBound()
    const wanted = readBindArguments([port, address, ...rest])
    state.bindState = 'binding'
    if (wanted.callback) callWhenListening(this, wanted.callback)
    if (wanted.fd !== undefined) {
      // Refused at once where it is no UDP socket, as in Node.
      adopt(this, { family: state.family, fd: wanted.fd })
      return this
    }
    state.resolve(wanted.address || state.anyAddress, (error, address) => {
      if (state.isClosed) return
      if (!error) {
        adopt(this, bindTarget(state, wanted, address))
        return
      }
      state.bindState = 'unbound'
      this.emit('error', error)
    })
    return this
  }

  bindSync(options: { address?: string; port?: number } = {}): Endpoint {
    checkRunning(this)
    validateObject(options, 'options')
    const state = this[kState]
    if (state.bindState !== 'unbound') throw errors.alreadyBound()
    const port = validatePort(options.port ?? 0, 'options.port')
    const address = literalOption(options.address, 'options.address', 'bindSync') ?? state.anyAddress
    state.bindState = 'binding'
    const error = openPort(this, bindTarget(state, { port, address, exclusive: true }, address))
    if (error) {
      state.bindState = 'unbound'
      throw error
    }
    process.nextTick(() => {
      if (!state.isClosed) this.emit('listening')
    })
    return this.address()
  }

  connect(port: number, address?: string | (() => void), callback?: () => void): void {
    const checked = validatePort(port, 'Port', false)
    const done = typeof address === 'function' ? address : callback
    const to = typeof address === 'function' || address === undefined ? '' : address
    validateString(to, 'address')
    const state = this[kState]
    if (state.connectState !== 'disconnected') throw errors.isConnected()
    state.connectState = 'connecting'
    if (state.bindState === 'unbound') this.bind({ port: 0, exclusive: true }, null)
    if (state.bindState === 'bound') connect(this, checked, to, done)
    else whenBound(this, () => connect(this, checked, to, done))
  }

  connectSync(port: number, address?: string | null): void {
    checkRunning(this)
    const checked = validatePort(port, 'Port', false)
    const state = this[kState]
    if (state.connectState !== 'disconnected') throw errors.isConnected()
    const to = literalOption(address, 'address', 'connectSync') ?? state.loopback
    if (state.bindState === 'unbound') this.bindSync()
    else if (state.bindState !== 'bound') throw errors.alreadyBound()
    if (state.isBlocked(to)) throw errors.ipBlocked(to)
    state.port?.connectSync(to, checked)
    state.connectState = 'connected'
    process.nextTick(() => {
      if (!state.isClosed) this.emit('connect')
    })
  }

  disconnect(): void {
    const state = this[kState]
    if (state.connectState !== 'connected') throw errors.notConnected()
    portOf(this, 'connect').disconnect()
    state.connectState = 'disconnected'
  }

  /** The older form of `send`: all arguments, in this order. */
  sendto(buffer: unknown, offset: number, length: number, port: number, address: string, callback?: unknown): void {
    validateNumber(offset, 'offset')
    validateNumber(length, 'length')
    validateNumber(port, 'port')
    validateString(address, 'address')
    this.send(buffer, offset, length, port, address, callback)
  }

  send(
    message?: unknown,
    offset?: unknown,
    length?: unknown,
    port?: unknown,
    address?: unknown,
    callback?: unknown,
  ): void {
    const state = this[kState]
    const args = [message, offset, length, port, address, callback] as const
    const request = readSendArguments(args, state.connectState === 'connected')
    checkRunning(this)
    if (state.bindState === 'unbound') this.bind({ port: 0, exclusive: true }, null)
    if (state.bindState === 'bound') send(this, request)
    else whenBound(this, () => send(this, request))
  }

  close(callback?: () => void): this {
    const state = this[kState]
    if (typeof callback === 'function') this.on('close', callback)
    if (state.queue !== undefined) {
      state.queue.push(() => this.close())
      return this
    }
    checkRunning(this)
    state.isClosed = true
    if (state.port?.bound === true) state.port.close()
    process.nextTick(() => this.emit('close'))
    return this
  }

  async [Symbol.asyncDispose](): Promise<void> {
    if (!this[kState].isClosed) await new Promise<void>(resolve => this.close(resolve))
  }

  address(): Endpoint {
    checkRunning(this)
    return portOf(this, 'getsockname').address()
  }

  remoteAddress(): Endpoint {
    checkRunning(this)
    if (this[kState].connectState !== 'connected') throw errors.notConnected()
    return portOf(this, 'getpeername').remoteAddress()
  }

  setBroadcast(isOn: boolean): void {
    portOf(this, 'setBroadcast').setBroadcast(Boolean(isOn))
  }

  /** @param ttl - hops, 1 to 255 */
  setTTL(ttl: number): number {
    validateNumber(ttl, 'ttl')
    portOf(this, 'setTTL').setTtl(ttl)
    return ttl
  }

  /** @param ttl - hops, 0 to 255 */
  setMulticastTTL(ttl: number): number {
    validateNumber(ttl, 'ttl')
    portOf(this, 'setMulticastTTL').setMulticastTtl(ttl)
    return ttl
  }

  setMulticastLoopback(isOn: boolean): boolean {
    portOf(this, 'setMulticastLoopback').setMulticastLoopback(Boolean(isOn))
    return isOn
  }

  setMulticastInterface(interfaceAddress: string): void {
    checkRunning(this)
    validateString(interfaceAddress, 'interfaceAddress')
    portOf(this, 'setMulticastInterface').setMulticastInterface(interfaceAddress)
  }

  addMembership(group: string, interfaceAddress?: string): void {
    checkRunning(this)
    if (!group) throw missingArgs('multicastAddress')
    portForMembership(this).addMembership(group, interfaceAddress)
  }

  dropMembership(group: string, interfaceAddress?: string): void {
    checkRunning(this)
    if (!group) throw missingArgs('multicastAddress')
    portForMembership(this).dropMembership(group, interfaceAddress)
  }

  addSourceSpecificMembership(source: string, group: string, interfaceAddress?: string): void {
    checkRunning(this)
    validateString(source, 'sourceAddress')
    validateString(group, 'groupAddress')
    portForMembership(this).addSourceSpecificMembership(source, group, interfaceAddress)
  }

  dropSourceSpecificMembership(source: string, group: string, interfaceAddress?: string): void {
    checkRunning(this)
    validateString(source, 'sourceAddress')
    validateString(group, 'groupAddress')
    portForMembership(this).dropSourceSpecificMembership(source, group, interfaceAddress)
  }

  ref(): this {
    this[kState].isReferenced = true
    if (!this[kState].isClosed) this[kState].port?.ref()
    return this
  }

  unref(): this {
    this[kState].isReferenced = false
    if (!this[kState].isClosed) this[kState].port?.unref()
    return this
  }

  /** Bytes; the system may grant another number. */
  setRecvBufferSize(size: number): void {
    portForBuffer(this, 'uv_recv_buffer_size', size).setRecvBufferSize(size)
  }

  setSendBufferSize(size: number): void {
    portForBuffer(this, 'uv_send_buffer_size', size).setSendBufferSize(size)
  }

  getRecvBufferSize(): number {
    return portForBuffer(this, 'uv_recv_buffer_size', 0).getRecvBufferSize()
  }

  getSendBufferSize(): number {
    return portForBuffer(this, 'uv_send_buffer_size', 0).getSendBufferSize()
  }

  /** Bytes that wait to be sent. */
  getSendQueueSize(): number {
    checkRunning(this)
    return this[kState].port?.getSendQueueSize() ?? 0
  }

  /** Messages that wait to be sent. */
  getSendQueueCount(): number {
    checkRunning(this)
    return this[kState].port?.getSendQueueCount() ?? 0
  }
}

// Gone from Node 26 on.
if (runtimeFeatures.datagramInside) showInside(NodeSocket.prototype, socket => socket[kState], checkRunning)

function initialize(socket: NodeSocket, type: SocketOptions | SocketType, listener?: MessageListener): void {
  const options = readOptions(type)
  const state = new SocketState(options)
  socket.type = options.type
  socket[kState] = state
  if (typeof listener === 'function') socket.on('message', listener)
  const { signal } = options
  if (signal !== undefined) {
    const close = () => {
      if (!state.isClosed) socket.close()
    }
    if (signal.aborted) close()
    else {
      const listening = addAbortListener(signal, close)
      socket.once('close', () => listening[Symbol.dispose]())
    }
  }
  if (socketChannel.hasSubscribers) socketChannel.publish({ socket })
}

function checkRunning(socket: NodeSocket): void {
  if (socket[kState].isClosed) throw datagramSocketNotRunning()
}

/** The port that a call needs. Before there is one, Node's has a descriptor that is none yet. */
function portOf(socket: NodeSocket, syscall: string): DatagramPort {
  checkRunning(socket)
  const { port } = socket[kState]
  if (port?.bound !== true) throw systemError('EBADF', syscall)
  return port
}

function portForBuffer(socket: NodeSocket, syscall: string, size: number): DatagramPort {
  if (size >>> 0 !== size) throw errors.badBufferSize()
  checkRunning(socket)
  const { port } = socket[kState]
  if (port?.bound !== true) throw errors.bufferSizeFailure(syscall, 'EBADF')
  return port
}

/** A membership taken before binding binds the socket to any port, in Node as well. */
function portForMembership(socket: NodeSocket): DatagramPort {
  const state = socket[kState]
  if (state.port === undefined) {
    const error = openPort(socket, bindTarget(state, { port: 0, exclusive: false }, state.anyAddress))
    if (error) throw error
    state.bindState = 'unbound'
  }
  return state.port as unknown as DatagramPort
}

/** An address that is asked for where no name can be looked up. */
function literalOption(address: string | null | undefined, name: string, method: string): string | undefined {
  if (!address) return undefined
  validateString(address, name)
  if (ipVersion(address) !== 0) return address
  throw invalidArgValue(name, address, `must be a numeric IP address; ${method} does not perform DNS resolution`)
}

Object.defineProperty(NodeSocket, 'name', { value: 'Socket' })

export interface Socket extends NodeSocket {}

/** What a subclass inherits of statics, it has in the types too. */
export interface SocketConstructor extends Omit<typeof EventEmitter, 'prototype'> {
  new (type?: SocketOptions | SocketType, listener?: MessageListener): Socket
  (type?: SocketOptions | SocketType, listener?: MessageListener): Socket
  readonly prototype: Socket
}

/** Callable without `new`, as Node's is. */
export const Socket = callableClass(NodeSocket, (socket, type, listener) => {
  ;(EventEmitter as unknown as (this: unknown) => void).call(socket)
  initialize(socket, type, listener)
}) as unknown as SocketConstructor

export function createSocket(type: SocketOptions | SocketType, listener?: MessageListener): Socket {
  return new Socket(type, listener)
}
