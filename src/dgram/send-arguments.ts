// The many forms of `send()`. Source: Node's documentation, `socket.send()`.

import { invalidArgType } from '../core/errors.ts'
import { validatePort, validateString } from '../core/validate.ts'
import { bufferOutOfBounds, isConnected as connectedAlready } from './errors.ts'

export type SendCallback = (error: Error | null, bytes: number) => void

/** In the order of the longest form. */
export type SendArguments = readonly [unknown, unknown, unknown, unknown, unknown, unknown]

export interface SendRequest {
  readonly chunks: readonly Uint8Array[]
  /** Undefined on a connected socket. */
  readonly port: number | undefined
  /** A name or an IP address; undefined: this machine. */
  readonly address: string | undefined
  readonly callback: SendCallback | undefined
}

const bufferTypes = ['Buffer', 'TypedArray', 'DataView', 'string']
const nothing = [Buffer.alloc(0)]

/**
 * Not connected: `(msg[, offset, length], port[, address][, callback])`; connected: `(msg[, offset, length][, callback])`.
 * @throws ERR_INVALID_ARG_TYPE, ERR_BUFFER_OUT_OF_BOUNDS, ERR_SOCKET_BAD_PORT, ERR_SOCKET_DGRAM_IS_CONNECTED
 */
export function readSendArguments(args: SendArguments, isConnected: boolean): SendRequest {
  const [given, second, third, fourth, fifth, sixth] = args
  let message = given
  let port: unknown
  let address: unknown
  let callback: unknown
  if (isConnected) {
    if (typeof third === 'number') {
      message = slice(given, second, third)
      if (typeof fourth === 'function') callback = fourth
      else {
        port = fourth
        address = fifth
        callback = sixth
      }
    } else {
      callback = second
      port = fourth
      address = fifth
    }
    if (port || address) throw connectedAlready()
    port = undefined
  } else {
    if (fifth || (fourth && typeof fourth !== 'function')) {
      message = slice(given, second, third)
      port = fourth
      address = fifth
      callback = sixth
    } else {
      port = second
      address = third
      callback = fourth
    }
  }
  const chunks = readMessage(message)
  const checkedPort = isConnected ? undefined : validatePort(port, 'Port', false)
  if (typeof address === 'function') {
    callback = address
    address = undefined
  } else if (address !== undefined && address !== null) validateString(address, 'address')
  return {
    chunks,
    port: checkedPort,
    address: (address as string | null | undefined) ?? undefined,
    callback: typeof callback === 'function' ? (callback as SendCallback) : undefined,
  }
}

function readMessage(message: unknown): readonly Uint8Array[] {
  if (!Array.isArray(message)) {
    if (typeof message !== 'string' && !ArrayBuffer.isView(message)) {
      throw invalidArgType('buffer', bufferTypes, message)
    }
    return [bytesOf(message)]
  }
  for (const part of message) {
    if (typeof part !== 'string' && !ArrayBuffer.isView(part)) {
      throw invalidArgType('buffer list arguments', bufferTypes, message)
    }
  }
  return message.length === 0 ? nothing : message.map(bytesOf)
}

function bytesOf(part: string | ArrayBufferView): Uint8Array {
  if (typeof part === 'string') return Buffer.from(part)
  if (part instanceof Uint8Array) return part
  return new Uint8Array(part.buffer, part.byteOffset, part.byteLength)
}

function slice(message: unknown, from: unknown, count: unknown): Uint8Array {
  if (typeof message !== 'string' && !ArrayBuffer.isView(message)) throw invalidArgType('buffer', bufferTypes, message)
  const bytes = bytesOf(message)
  const offset = Number(from) >>> 0
  const length = Number(count) >>> 0
  if (offset > bytes.byteLength) throw bufferOutOfBounds('offset')
  if (offset + length > bytes.byteLength) throw bufferOutOfBounds('length')
  return bytes.subarray(offset, offset + length)
}
