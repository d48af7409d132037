// Errors that only `net` raises. Source: Node's documentation, "Errors".

import { getSystemErrorName } from 'node:util'
import { type CodedError, codedError, type SystemError, systemError } from '../core/errors.ts'
import type { SystemErrorCode } from '../core/system-errors.ts'

export const socketClosed = () => codedError(Error, 'ERR_SOCKET_CLOSED', 'Socket is closed', socketClosed)

export const socketClosedBeforeConnection = () =>
  codedError(
    Error,
    'ERR_SOCKET_CLOSED_BEFORE_CONNECTION',
    'Socket closed before the connection was established',
    socketClosedBeforeConnection,
  )

export const invalidIpAddress = (address: unknown) =>
  codedError(TypeError, 'ERR_INVALID_IP_ADDRESS', `Invalid IP address: ${address}`, invalidIpAddress)

export function invalidAddressFamily(family: unknown, host: unknown, port: unknown): RangeError & CodedError {
  const message = `Invalid address family: ${family} ${host}:${port}`
  const error = codedError(RangeError, 'ERR_INVALID_ADDRESS_FAMILY', message, invalidAddressFamily)
  return Object.assign(error, { host, port })
}

export const ipBlocked = (address: string) =>
  codedError(Error, 'ERR_IP_BLOCKED', `IP(${address}) is blocked by net.BlockList`, ipBlocked)

export const invalidHandleType = () =>
  codedError(TypeError, 'ERR_INVALID_HANDLE_TYPE', 'This handle type cannot be sent', invalidHandleType)

export const serverAlreadyListening = () =>
  codedError(
    Error,
    'ERR_SERVER_ALREADY_LISTEN',
    'Listen method has been called more than once without closing.',
    serverAlreadyListening,
  )

export const serverNotRunning = () =>
  codedError(Error, 'ERR_SERVER_NOT_RUNNING', 'Server is not running.', serverNotRunning)

/** What a handle's status means; null: nothing has gone wrong. */
export function errorOf(status: number, syscall: string, address?: string, port?: number): SystemError | null {
  if (status >= 0) return null
  const error = systemError(getSystemErrorName(status) as SystemErrorCode, syscall, { address, port })
  return Object.assign(error, { errno: status })
}

/** What `write` gives once the peer's FIN has ended our side too. */
export function endedByPeer(): CodedError {
  const error = new Error('This socket has been ended by the other party') as CodedError
  error.code = 'EPIPE'
  return error
}

/** Every attempt's error, in the order in which they failed. Its code is the first one's. */
export function aggregateError(errors: readonly Error[]): AggregateError {
  const error = new AggregateError(errors) as AggregateError & { code?: string }
  const code = (errors[0] as { code?: string } | undefined)?.code
  if (code !== undefined) {
    const named = codedError(Error, code, '')
    error.code = code
    // Its stack says which code, as Node's does.
    Object.defineProperty(error, 'stack', {
      value: `AggregateError [${code}]: ${error.message}${named.stack?.slice(named.stack.indexOf('\n')) ?? ''}`,
      writable: true,
      configurable: true,
    })
  }
  return error
}
