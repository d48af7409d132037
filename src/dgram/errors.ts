// Errors that only `dgram` raises. Source: Node's documentation, "Errors".

import { codedError, type SystemError } from '../core/errors.ts'
import { describeSystemError, type SystemErrorCode, systemErrorNumber } from '../core/system-errors.ts'

export const badSocketType = () =>
  codedError(TypeError, 'ERR_SOCKET_BAD_TYPE', 'Bad socket type specified. Valid types are: udp4, udp6', badSocketType)

export const alreadyBound = () => codedError(Error, 'ERR_SOCKET_ALREADY_BOUND', 'Socket is already bound', alreadyBound)

export const isConnected = () => codedError(Error, 'ERR_SOCKET_DGRAM_IS_CONNECTED', 'Already connected', isConnected)

export const notConnected = () => codedError(Error, 'ERR_SOCKET_DGRAM_NOT_CONNECTED', 'Not connected', notConnected)

export const badBufferSize = () =>
  codedError(TypeError, 'ERR_SOCKET_BAD_BUFFER_SIZE', 'Buffer size must be a positive integer', badBufferSize)

export const bufferOutOfBounds = (name: string) =>
  codedError(RangeError, 'ERR_BUFFER_OUT_OF_BOUNDS', `"${name}" is outside of buffer bounds`, bufferOutOfBounds)

export const ipBlocked = (address: string) =>
  codedError(Error, 'ERR_IP_BLOCKED', `IP(${address}) is blocked by net.BlockList`, ipBlocked)

/** What asking for a buffer's size gives where there is no socket yet. */
export function bufferSizeFailure(syscall: string, code: SystemErrorCode): Error {
  const description = describeSystemError(code)
  const message = `Could not get or set buffer size: ${syscall} returned ${code} (${description})`
  const error = codedError(Error, 'ERR_SOCKET_BUFFER_SIZE', message, bufferSizeFailure)
  const errno = systemErrorNumber(code)
  const info = { errno, code, message: description, syscall }
  Object.defineProperty(error, 'name', { value: 'SystemError', enumerable: false, configurable: true, writable: true })
  return Object.assign(error, { info, errno, syscall })
}

/**
 * A failed `send` or `connect` names the address that the program gave, which may be a host's name.
 * @param error - of the host, which knows the IP address alone
 */
export function aboutGivenAddress(error: Error, given: string | undefined): Error {
  const failure = error as Partial<SystemError>
  const { address, port, syscall, code } = failure
  if (syscall === undefined || address === given) return error
  if (given === undefined) delete failure.address
  else failure.address = given
  // Node's exceptionWithHostPort: no address and a port make `undefined:port`.
  error.message = `${syscall} ${code}${port ? ` ${given}:${port}` : given ? ` ${given}` : ''}`
  return error
}
