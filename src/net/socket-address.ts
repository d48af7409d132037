// net.SocketAddress: an immutable IP address with port and flow label. Source: Node's documentation, "Class:
// net.SocketAddress".

import { type InspectOptions, inspect } from 'node:util'
import { codedError, invalidArgValue } from '../core/errors.ts'
import { formatIp, parseIp } from '../core/ip.ts'
import { validateObject, validatePort, validateString, validateUint32 } from '../core/validate.ts'

export interface SocketAddressInit {
  /** Default 127.0.0.1, or :: for ipv6. */
  address?: string | undefined
  /** Default ipv4. */
  family?: 'ipv4' | 'ipv6' | undefined
  /** Default 0. */
  port?: number | undefined
  /** IPv6 only. Default 0. */
  flowlabel?: number | undefined
}

const kBytes = Symbol('bytes')
const kDetail = Symbol('detail')

export class SocketAddress {
  readonly [kBytes]: Uint8Array
  readonly [kDetail]: { readonly address: string; port: number; family: 'ipv4' | 'ipv6'; flowlabel: number }

  /** @throws ERR_INVALID_ARG_TYPE, ERR_INVALID_ARG_VALUE, ERR_SOCKET_BAD_PORT, ERR_OUT_OF_RANGE, ERR_INVALID_ADDRESS */
  constructor(options: SocketAddressInit = {}) {
    validateObject(options, 'options')
    const { family: given = 'ipv4', port = 0, flowlabel = 0 } = options
    const { address = given === 'ipv4' ? '127.0.0.1' : '::' } = options
    const family = typeof given?.toLowerCase === 'function' ? given.toLowerCase() : given
    if (family !== 'ipv4' && family !== 'ipv6') throw invalidArgValue('options.family', given)
    validateString(address, 'options.address')
    validatePort(port, 'options.port')
    validateUint32(flowlabel, 'options.flowlabel')
    const bytes = parseIp(address)
    if (bytes?.length !== (family === 'ipv4' ? 4 : 16)) throw invalidAddress()
    this[kBytes] = bytes
    this[kDetail] = { address: formatIp(bytes), port: Number(port), family, flowlabel }
  }

  static isSocketAddress(value: unknown): value is SocketAddress {
    return (value as Partial<SocketAddress> | null | undefined)?.[kBytes] !== undefined
  }

  /** @returns undefined for what is not `ip:port` or `[ip]:port` */
  static parse(input: string): SocketAddress | undefined {
    validateString(input, 'input')
    const url = URL.parse(`http://${input}`)
    if (url === null) return undefined
    const { hostname, port } = url
    const isIPv6 = hostname.startsWith('[') && hostname.endsWith(']')
    const address = isIPv6 ? hostname.slice(1, -1) : hostname
    if (parseIp(address) === undefined) return undefined
    return new SocketAddress({ address, port: Number(port), family: isIPv6 ? 'ipv6' : 'ipv4' })
  }

  get address(): string {
    return this[kDetail].address
  }

  get port(): number {
    return this[kDetail].port
  }

  get family(): 'ipv4' | 'ipv6' {
    return this[kDetail].family
  }

  get flowlabel(): number {
    return this[kDetail].flowlabel
  }

  toJSON(): { address: string; port: number; family: 'ipv4' | 'ipv6'; flowlabel: number } {
    return { address: this.address, port: this.port, family: this.family, flowlabel: this.flowlabel }
  }

  [inspect.custom](depth: number, options: InspectOptions): unknown {
    return depth < 0 ? this : `SocketAddress ${inspect(this.toJSON(), oneDeeper(options))}`
  }
}

/** Network byte order: four bytes or sixteen. */
export function addressBytes(address: SocketAddress): Uint8Array {
  return address[kBytes]
}

/** Options for what is inspected inside of something inspected. */
export function oneDeeper(options: InspectOptions): InspectOptions {
  return { ...options, depth: options.depth == null ? null : options.depth - 1 }
}

const invalidAddress = () => codedError(Error, 'ERR_INVALID_ADDRESS', 'Invalid address', invalidAddress)
