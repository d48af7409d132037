// `node:dgram`.

import type { Buffer, BytesView } from './buffer.js'
import type { LookupOneOptions } from './dns-types.js'
import { type Abortable, EventEmitter, type EventEmitterEventMap } from './events.js'
import type { AddressInfo, BlockList } from './net.js'
import type { ErrnoException } from './runtime.js'

export type SocketType = 'udp4' | 'udp6'

export interface RemoteInfo {
  address: string
  family: 'IPv4' | 'IPv6'
  port: number
  size: number
}

export interface BindOptions {
  port?: number | undefined
  address?: string | undefined
  exclusive?: boolean | undefined
  fd?: number | undefined
}

export interface BindSyncOptions {
  port?: number | undefined
  address?: string | undefined
  exclusive?: boolean | undefined
}

export interface SocketOptions extends Abortable {
  type: SocketType
  reuseAddr?: boolean | undefined
  reusePort?: boolean | undefined
  ipv6Only?: boolean | undefined
  recvBufferSize?: number | undefined
  sendBufferSize?: number | undefined
  lookup?:
    | ((
        hostname: string,
        options: LookupOneOptions,
        callback: (error: ErrnoException | null, address: string, family: number) => void,
      ) => void)
    | undefined
  receiveBlockList?: BlockList | undefined
  sendBlockList?: BlockList | undefined
}

export interface SocketEventMap extends EventEmitterEventMap {
  close: []
  connect: []
  error: [error: Error]
  listening: []
  message: [message: Buffer, remote: RemoteInfo]
}

type Bytes = string | BytesView
type Message = Bytes | readonly Bytes[]
type SendDone = (error: Error | null, bytes: number) => void

export class Socket extends EventEmitter<SocketEventMap> {
  constructor(type?: SocketType | SocketOptions, listener?: (message: Buffer, remote: RemoteInfo) => void)

  addMembership(multicastAddress: string, multicastInterface?: string): void
  addSourceSpecificMembership(sourceAddress: string, groupAddress: string, multicastInterface?: string): void
  address(): AddressInfo
  bind(port?: number, address?: string, callback?: () => void): this
  bind(port?: number, callback?: () => void): this
  bind(callback?: () => void): this
  bind(options: BindOptions, callback?: () => void): this
  bindSync(options?: BindSyncOptions): AddressInfo
  close(callback?: () => void): this
  connect(port: number, address?: string, callback?: () => void): void
  connect(port: number, callback: () => void): void
  connectSync(port: number, address?: string): void
  disconnect(): void
  dropMembership(multicastAddress: string, multicastInterface?: string): void
  dropSourceSpecificMembership(sourceAddress: string, groupAddress: string, multicastInterface?: string): void
  getRecvBufferSize(): number
  getSendBufferSize(): number
  getSendQueueCount(): number
  getSendQueueSize(): number
  ref(): this
  remoteAddress(): AddressInfo
  send(message: Message, port?: number, address?: string, callback?: SendDone): void
  send(message: Message, port?: number, callback?: SendDone): void
  send(message: Message, callback?: SendDone): void
  send(message: Bytes, offset: number, length: number, port?: number, address?: string, callback?: SendDone): void
  send(message: Bytes, offset: number, length: number, port?: number, callback?: SendDone): void
  send(message: Bytes, offset: number, length: number, callback?: SendDone): void
  setBroadcast(flag: boolean): void
  setMulticastInterface(multicastInterface: string): void
  setMulticastLoopback(flag: boolean): boolean
  setMulticastTTL(ttl: number): number
  setRecvBufferSize(size: number): void
  setSendBufferSize(size: number): void
  setTTL(ttl: number): number
  unref(): this
  [Symbol.asyncDispose](): Promise<void>
}

export function createSocket(type: SocketType, callback?: (message: Buffer, remote: RemoteInfo) => void): Socket
export function createSocket(options: SocketOptions, callback?: (message: Buffer, remote: RemoteInfo) => void): Socket
