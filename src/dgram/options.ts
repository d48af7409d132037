// What `createSocket` takes. Source: Node's documentation, `dgram.createSocket()`.

import { invalidArgType } from '../core/errors.ts'
import { validateAbortSignal, validateFunction, validateUint32 } from '../core/validate.ts'
import { badSocketType } from './errors.ts'

export type SocketType = 'udp4' | 'udp6'

/** Answers as `dns.lookup` does. */
export type LookupFunction = (
  hostname: string,
  family: 4 | 6,
  callback: (error: Error | null, address: string, family: number) => void,
) => void

/** What a socket asks of `net.BlockList`, ours or the runtime's. */
export interface AddressList {
  check(address: string, family: 'ipv4' | 'ipv6'): boolean
}

export interface SocketOptions {
  type: SocketType
  /** Bind an address that another process has bound. Default false. */
  reuseAddr?: boolean | undefined
  /** Share the port with others that say the same; what comes is spread among them. Default false. */
  reusePort?: boolean | undefined
  /** `udp6`: no IPv4. Default false. */
  ipv6Only?: boolean | undefined
  /** Bytes. Default: the system's. */
  recvBufferSize?: number | undefined
  sendBufferSize?: number | undefined
  /** Default: `dns.lookup`. */
  lookup?: unknown
  /** Closes the socket. */
  signal?: AbortSignal | undefined
  /** What comes from these is dropped. */
  receiveBlockList?: object | undefined
  /** What is sent to these fails with ERR_IP_BLOCKED. */
  sendBlockList?: object | undefined
}

/** @throws ERR_INVALID_ARG_TYPE, ERR_SOCKET_BAD_TYPE, ERR_OUT_OF_RANGE */
export function readOptions(type: SocketOptions | SocketType): SocketOptions {
  const options: SocketOptions = type !== null && typeof type === 'object' ? type : { type }
  const { recvBufferSize, sendBufferSize, receiveBlockList, sendBlockList, lookup, signal } = options
  if (recvBufferSize) validateUint32(recvBufferSize, 'options.recvBufferSize')
  if (sendBufferSize) validateUint32(sendBufferSize, 'options.sendBufferSize')
  if (receiveBlockList && !isBlockList(receiveBlockList)) {
    throw invalidArgType('options.receiveBlockList', 'net.BlockList', receiveBlockList)
  }
  if (sendBlockList && !isBlockList(sendBlockList)) {
    throw invalidArgType('options.sendBlockList', 'net.BlockList', sendBlockList)
  }
  if (lookup !== undefined) validateFunction(lookup, 'lookup')
  if (options.type !== 'udp4' && options.type !== 'udp6') throw badSocketType()
  if (signal !== undefined) validateAbortSignal(signal, 'options.signal')
  return options
}

function isBlockList(value: object): value is AddressList {
  return value.constructor?.name === 'BlockList' && typeof (value as Partial<AddressList>).check === 'function'
}
