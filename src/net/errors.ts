// Errors that only `net` raises. Source: Node's documentation, "Errors".

import { type CodedError, codedError } from '../core/errors.ts'

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

/** What `write` gives once the peer's FIN has ended our side too. */
export function endedByPeer(): CodedError {
  const error = new Error('This socket has been ended by the other party') as CodedError
  error.code = 'EPIPE'
  return error
}
