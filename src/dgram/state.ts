// What a socket keeps beneath what programs see of it.

import type { EventEmitter } from 'node:events'
import { ipVersion } from '../core/ip.ts'
import { lookup as dnsLookup } from '../dns/internal.ts'
import { currentHost } from '../host/current.ts'
import type { DatagramPort, Host, IpFamily } from '../host/types.ts'
import { UDP } from './handle.ts'
import type { AddressList, LookupFunction, SocketOptions } from './options.ts'

/** By Node's name, by which some programs find it. */
export const kState = Symbol('state symbol')

export type BindState = 'unbound' | 'binding' | 'bound'
export type ConnectState = 'disconnected' | 'connecting' | 'connected'
type Found = (error: Error | null, address: string) => void

/** A socket, as far as what it does is concerned. */
export interface StatefulSocket extends EventEmitter {
  readonly [kState]: SocketState
}

export class SocketState {
  readonly host: Host = currentHost()
  readonly family: IpFamily
  readonly options: SocketOptions
  readonly receiveBlockList: AddressList | undefined
  readonly sendBlockList: AddressList | undefined
  readonly #lookup: LookupFunction | undefined
  bindState: BindState = 'unbound'
  connectState: ConnectState = 'disconnected'
  /** There is one from binding on; before that, once a membership has bound the socket to any port. */
  port: DatagramPort | undefined
  isClosed = false
  isReferenced = true
  #handle: UDP | undefined
  /** What waits for the socket to be bound. */
  queue: (() => void)[] | undefined

  constructor(options: SocketOptions) {
    this.options = options
    this.family = options.type === 'udp6' ? 6 : 4
    this.receiveBlockList = options.receiveBlockList as AddressList | undefined
    this.sendBlockList = options.sendBlockList as AddressList | undefined
    this.#lookup = options.lookup as LookupFunction | undefined
  }

  /** What programs reach for in place of Node's handle; null once it is closed. */
  get handle(): UDP | null {
    if (this.isClosed) return null
    return (this.#handle ??= new UDP(this))
  }

  get anyAddress(): string {
    return this.family === 6 ? '::' : '0.0.0.0'
  }

  get loopback(): string {
    return this.family === 6 ? '::1' : '127.0.0.1'
  }

  /** An address that needs no look-up; undefined where the name service, or the program's own function, is to be asked. */
  literal(address: string | undefined): string | undefined {
    if (this.#lookup !== undefined) return undefined
    if (!address) return this.loopback
    return ipVersion(address) === this.family ? address : undefined
  }

  /** @param found - never called from within */
  resolve(address: string | undefined, found: Found): void {
    const literal = this.literal(address)
    if (literal !== undefined) process.nextTick(found, null, literal)
    else if (this.#lookup !== undefined) this.#lookup(address || this.loopback, this.family, found)
    else this.host.run(() => dnsLookup(address as string, this.family, found))
  }

  isBlocked(address: string): boolean {
    const list = this.sendBlockList
    return list?.check(address, ipVersion(address) === 6 ? 'ipv6' : 'ipv4') === true
  }
}
