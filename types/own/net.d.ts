// `node:net`.

import type { Buffer, BufferEncoding } from './buffer.js'
import type { LookupAddress, LookupOptions } from './dns-types.js'
import { type Abortable, EventEmitter, type EventEmitterEventMap } from './events.js'
import type { ErrnoException } from './runtime.js'
import { Duplex, type DuplexEventMap } from './stream.js'

export type LookupFunction = (
  hostname: string,
  options: LookupOptions,
  callback: (error: ErrnoException | null, address: string | LookupAddress[], family?: number) => void,
) => void

export interface AddressInfo {
  address: string
  family: string
  port: number
}

export type SocketReadyState = 'opening' | 'open' | 'readOnly' | 'writeOnly' | 'closed'

export interface OnReadOpts {
  /** One for all, or a function that gives one for each read. */
  buffer: Uint8Array | (() => Uint8Array)
  /** False: as `pause()`. */
  callback(bytesWritten: number, buffer: Uint8Array): boolean
}

export interface SocketConstructorOpts extends Abortable {
  fd?: number | undefined
  allowHalfOpen?: boolean | undefined
  onread?: OnReadOpts | undefined
  readable?: boolean | undefined
  writable?: boolean | undefined
  highWaterMark?: number | undefined
  blockList?: BlockList | undefined
  noDelay?: boolean | undefined
  keepAlive?: boolean | undefined
  /** Milliseconds. */
  keepAliveInitialDelay?: number | undefined
  typeOfService?: number | undefined
  /** The local address to connect from. */
  handle?: BoundSocket | undefined
}

export interface TcpSocketConnectOpts {
  port: number
  host?: string | undefined
  localAddress?: string | undefined
  localPort?: number | undefined
  hints?: number | undefined
  family?: number | undefined
  lookup?: LookupFunction | undefined
  noDelay?: boolean | undefined
  keepAlive?: boolean | undefined
  /** Milliseconds. */
  keepAliveInitialDelay?: number | undefined
  autoSelectFamily?: boolean | undefined
  /** Milliseconds before the next address is tried beside this one. */
  autoSelectFamilyAttemptTimeout?: number | undefined
  blockList?: BlockList | undefined
  typeOfService?: number | undefined
}

export interface IpcSocketConnectOpts {
  path: string
}

export type SocketConnectOpts = TcpSocketConnectOpts | IpcSocketConnectOpts

export interface SetKeepAliveOptions {
  enable?: boolean | undefined
  /** Milliseconds of silence before the first probe. */
  initialDelay?: number | undefined
  /** Milliseconds between probes. */
  interval?: number | undefined
  /** How many probes may go unanswered. */
  count?: number | undefined
}

export interface SocketEventMap extends Omit<DuplexEventMap, 'close' | 'data'> {
  close: [hadError: boolean]
  connect: []
  connectionAttempt: [ip: string, port: number, family: number]
  connectionAttemptFailed: [ip: string, port: number, family: number, error: Error]
  connectionAttemptTimeout: [ip: string, port: number, family: number]
  data: [data: Buffer]
  lookup: [error: Error | null, address: string, family: number | string | null, host: string]
  ready: []
  timeout: []
}

type WriteDone = (error?: Error | null) => void

export class Socket<Events = SocketEventMap> extends Duplex<Events> {
  constructor(options?: SocketConstructorOpts)

  readonly autoSelectFamilyAttemptedAddresses: string[]
  /** @deprecated since Node 14: `writableLength`. */
  readonly bufferSize: number
  readonly bytesRead: number
  readonly bytesWritten: number
  readonly connecting: boolean
  readonly destroyed: boolean
  readonly localAddress?: string
  readonly localFamily?: string
  readonly localPort?: number
  readonly pending: boolean
  readonly readyState: SocketReadyState
  readonly remoteAddress: string | undefined
  readonly remoteFamily: string | undefined
  readonly remotePort: number | undefined
  readonly server: Server | null
  /** Milliseconds, as `setTimeout()` set them. */
  readonly timeout?: number

  address(): AddressInfo | {}
  connect(options: SocketConnectOpts, listener?: () => void): this
  connect(port: number, host: string, listener?: () => void): this
  connect(port: number, listener?: () => void): this
  connect(path: string, listener?: () => void): this
  destroySoon(): void
  end(callback?: () => void): this
  end(chunk: Uint8Array | string, callback?: () => void): this
  end(chunk: Uint8Array | string, encoding?: BufferEncoding, callback?: () => void): this
  pause(): this
  ref(): this
  resetAndDestroy(): this
  resume(): this
  setEncoding(encoding?: BufferEncoding): this
  setKeepAlive(options: SetKeepAliveOptions): this
  setKeepAlive(enable?: boolean, initialDelay?: number, interval?: number, count?: number): this
  setNoDelay(noDelay?: boolean): this
  setTimeout(timeout: number, listener?: () => void): this
  getTypeOfService(): number
  setTypeOfService(tos: number): this
  unref(): this
  write(chunk: Uint8Array | string, callback?: WriteDone): boolean
  write(chunk: Uint8Array | string, encoding?: BufferEncoding, callback?: WriteDone): boolean
}

export interface ServerOpts {
  allowHalfOpen?: boolean | undefined
  pauseOnConnect?: boolean | undefined
  noDelay?: boolean | undefined
  keepAlive?: boolean | undefined
  /** Milliseconds. */
  keepAliveInitialDelay?: number | undefined
  highWaterMark?: number | undefined
  blockList?: BlockList | undefined
}

export interface ListenOptions extends Abortable {
  port?: number | undefined
  host?: string | undefined
  backlog?: number | undefined
  path?: string | undefined
  exclusive?: boolean | undefined
  readableAll?: boolean | undefined
  writableAll?: boolean | undefined
  ipv6Only?: boolean | undefined
  reusePort?: boolean | undefined
}

/** Of a connection that `maxConnections` kept out. */
export interface DropArgument {
  localAddress?: string
  localPort?: number
  localFamily?: string
  remoteAddress?: string
  remotePort?: number
  remoteFamily?: string
}

export interface ServerEventMap extends EventEmitterEventMap {
  close: []
  connection: [socket: Socket]
  drop: [data?: DropArgument]
  error: [error: Error]
  listening: []
}

export class Server<Events = ServerEventMap> extends EventEmitter<Events> {
  constructor(connectionListener?: (socket: Socket) => void)
  constructor(options?: ServerOpts, connectionListener?: (socket: Socket) => void)

  maxConnections: number
  readonly listening: boolean

  listen(port?: number, hostname?: string, backlog?: number, listener?: () => void): this
  listen(port?: number, hostname?: string, listener?: () => void): this
  listen(port?: number, backlog?: number, listener?: () => void): this
  listen(port?: number, listener?: () => void): this
  listen(path: string, backlog?: number, listener?: () => void): this
  listen(path: string, listener?: () => void): this
  listen(options: ListenOptions, listener?: () => void): this
  listen(handle: any, backlog?: number, listener?: () => void): this
  listen(handle: any, listener?: () => void): this
  address(): AddressInfo | string | null
  close(callback?: (error?: Error) => void): this
  getConnections(callback: (error: Error | null, count: number) => void): this
  ref(): this
  unref(): this
  [Symbol.asyncDispose](): Promise<void>
}

export type IPVersion = 'ipv4' | 'ipv6'

export class BlockList {
  static isBlockList(value: unknown): value is BlockList

  readonly rules: readonly string[]
  addAddress(address: string, type?: IPVersion): void
  addAddress(address: SocketAddress): void
  addRange(start: string, end: string, type?: IPVersion): void
  addRange(start: SocketAddress, end: SocketAddress): void
  addSubnet(net: string, prefix: number, type?: IPVersion): void
  addSubnet(net: SocketAddress, prefix: number): void
  check(address: string, type?: IPVersion): boolean
  check(address: SocketAddress): boolean
  fromJSON(data: string | readonly string[]): void
  toJSON(): readonly string[]
}

export interface SocketAddressInitOptions {
  /** Default: 127.0.0.1, or ::. */
  address?: string | undefined
  /** Default 'ipv4'. */
  family?: IPVersion | undefined
  flowlabel?: number | undefined
  port?: number | undefined
}

export class SocketAddress {
  static parse(input: string): SocketAddress | undefined

  constructor(options?: SocketAddressInitOptions)

  readonly address: string
  readonly family: IPVersion
  readonly flowlabel: number
  readonly port: number
}

export interface BoundSocketOptions {
  host?: string | undefined
  port?: number | undefined
  ipv6Only?: boolean | undefined
  reusePort?: boolean | undefined
}

/** A local address that is held before it is known whether a socket or a server takes it. Needs a runtime that can: Node 26. */
export class BoundSocket {
  constructor(options?: BoundSocketOptions)

  address(): AddressInfo
  fd(): number
  close(): void
  [Symbol.dispose](): void
}

interface ConnectTimeout {
  /** Milliseconds, as by `setTimeout()`. */
  timeout?: number | undefined
}

export interface TcpNetConnectOpts extends TcpSocketConnectOpts, SocketConstructorOpts, ConnectTimeout {}
export interface IpcNetConnectOpts extends IpcSocketConnectOpts, SocketConstructorOpts, ConnectTimeout {}
export type NetConnectOpts = TcpNetConnectOpts | IpcNetConnectOpts

export function createServer(connectionListener?: (socket: Socket) => void): Server
export function createServer(options?: ServerOpts, connectionListener?: (socket: Socket) => void): Server
export function connect(options: NetConnectOpts, connectionListener?: () => void): Socket
export function connect(port: number, host?: string, connectionListener?: () => void): Socket
export function connect(port: number, connectionListener: () => void): Socket
export function connect(path: string, connectionListener?: () => void): Socket
export const createConnection: typeof connect
export function getDefaultAutoSelectFamily(): boolean
export function setDefaultAutoSelectFamily(value: boolean): void
export function getDefaultAutoSelectFamilyAttemptTimeout(): number
export function setDefaultAutoSelectFamilyAttemptTimeout(value: number): void
export function isIP(input: string): number
export function isIPv4(input: string): boolean
export function isIPv6(input: string): boolean
