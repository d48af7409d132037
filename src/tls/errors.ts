// Errors that only `tls` raises, with Node's codes and messages. Source: Node's documentation, "Errors".

import { type CodedError, codedError, systemError } from '../core/errors.ts'

export const handshakeTimeout = () =>
  codedError(Error, 'ERR_TLS_HANDSHAKE_TIMEOUT', 'TLS handshake timeout', handshakeTimeout)

export const sessionAttack = () =>
  codedError(Error, 'ERR_TLS_SESSION_ATTACK', 'TLS session renegotiation attack detected', sessionAttack)

export const renegotiationDisabled = () =>
  codedError(
    Error,
    'ERR_TLS_RENEGOTIATION_DISABLED',
    'TLS session renegotiation disabled for this socket',
    renegotiationDisabled,
  )

export const requiredServerName = () =>
  codedError(
    Error,
    'ERR_TLS_REQUIRED_SERVER_NAME',
    '"servername" is required parameter for Server.addContext',
    requiredServerName,
  )

export const sniFromServer = () =>
  codedError(Error, 'ERR_TLS_SNI_FROM_SERVER', 'Cannot issue SNI from a TLS server-side socket', sniFromServer)

export const dhParamSize = (size: number) =>
  codedError(Error, 'ERR_TLS_DH_PARAM_SIZE', `DH parameter size ${size} is less than 2048`, dhParamSize)

export const invalidState = () =>
  codedError(Error, 'ERR_TLS_INVALID_STATE', 'TLS socket connection must be securely established', invalidState)

export const invalidContext = (name: string) =>
  codedError(TypeError, 'ERR_TLS_INVALID_CONTEXT', `${name} must be a SecureContext`, invalidContext)

export const alpnCallbackInvalidResult = (value: unknown, protocols: readonly string[]) =>
  codedError(
    TypeError,
    'ERR_TLS_ALPN_CALLBACK_INVALID_RESULT',
    `ALPN callback returned a value (${value}) that did not match any of the client's offered protocols (${protocols.join(', ')})`,
    alpnCallbackInvalidResult,
  )

export const alpnCallbackWithProtocols = () =>
  codedError(
    TypeError,
    'ERR_TLS_ALPN_CALLBACK_WITH_PROTOCOLS',
    'The ALPNCallback and ALPNProtocols TLS options are mutually exclusive',
    alpnCallbackWithProtocols,
  )

export const multipleCallback = () =>
  codedError(Error, 'ERR_MULTIPLE_CALLBACK', 'Callback called multiple times', multipleCallback)

export const pskIdentityHint = () =>
  codedError(Error, 'ERR_TLS_PSK_SET_IDENTITY_HINT_FAILED', 'Failed to set PSK identity hint', pskIdentityHint)

export const socketClosed = () => codedError(Error, 'ERR_SOCKET_CLOSED', 'Socket is closed', socketClosed)

/** The error of a write whose connection closed before the bytes were sent. */
export const writeCancelled = () => systemError('ECANCELED', 'write')

/**
 * The error of a write that waited for a handshake that failed: the write's error, with OpenSSL's message in it. https requests
 * get it, for instance.
 */
export function writeRefused(error: Error): Error {
  if (!('library' in error)) return error
  const refused = systemError('EPROTO', 'write')
  refused.message += ` ${error.message}`
  return refused
}

export interface DisconnectedError extends CodedError {
  path?: unknown
  host?: unknown
  port?: unknown
  localAddress?: unknown
}
