// Errors that only `http` raises, with Node's codes and messages. Source: Node's documentation, "Errors".

import { inspect } from 'node:util'
import { type CodedError, codedError } from '../core/errors.ts'
import type { ParseError } from './engine/parse-error.ts'

export const headersSent = (what: string) =>
  codedError(Error, 'ERR_HTTP_HEADERS_SENT', `Cannot ${what} headers after they are sent to the client`, headersSent)

export const invalidHeaderValue = (value: unknown, name: string) =>
  codedError(
    TypeError,
    'ERR_HTTP_INVALID_HEADER_VALUE',
    `Invalid value "${value}" for header "${name}"`,
    invalidHeaderValue,
  )

export const invalidToken = (what: string, value: unknown) =>
  codedError(TypeError, 'ERR_INVALID_HTTP_TOKEN', `${what} must be a valid HTTP token ["${value}"]`, invalidToken)

export function invalidCharacter(where: string, field?: string): TypeError & CodedError {
  const message = `Invalid character in ${where}${field === undefined ? '' : ` ["${field}"]`}`
  return codedError(TypeError, 'ERR_INVALID_CHAR', message, invalidCharacter)
}

export const invalidStatusCode = (status: unknown) =>
  codedError(RangeError, 'ERR_HTTP_INVALID_STATUS_CODE', `Invalid status code: ${shown(status)}`, invalidStatusCode)

// As console.log formats it.
const shown = (value: unknown): string => (typeof value === 'object' ? inspect(value) : String(value))

export const trailerInvalid = () =>
  codedError(Error, 'ERR_HTTP_TRAILER_INVALID', 'Trailers are invalid with this transfer encoding', trailerInvalid)

export const bodyNotAllowed = () =>
  codedError(
    Error,
    'ERR_HTTP_BODY_NOT_ALLOWED',
    'Adding content for this request method or response status is not allowed.',
    bodyNotAllowed,
  )

export const contentLengthMismatch = (written: number, declared: number) =>
  codedError(
    Error,
    'ERR_HTTP_CONTENT_LENGTH_MISMATCH',
    `Response body's content-length of ${written} byte(s) does not match the content-length of ${declared} byte(s) set in header`,
    contentLengthMismatch,
  )

export const socketAssigned = () =>
  codedError(Error, 'ERR_HTTP_SOCKET_ASSIGNED', 'ServerResponse has an already assigned socket', socketAssigned)

export const socketEncoding = () =>
  codedError(
    Error,
    'ERR_HTTP_SOCKET_ENCODING',
    'Changing the socket encoding is not allowed per RFC7230 Section 3.',
    socketEncoding,
  )

export const requestTimeout = () => codedError(Error, 'ERR_HTTP_REQUEST_TIMEOUT', 'Request timeout', requestTimeout)

export const notImplemented = (method: string) =>
  codedError(Error, 'ERR_METHOD_NOT_IMPLEMENTED', `The ${method} method is not implemented`, notImplemented)

export const writeAfterEnd = () => codedError(Error, 'ERR_STREAM_WRITE_AFTER_END', 'write after end', writeAfterEnd)

export const streamDestroyed = (what: string) =>
  codedError(Error, 'ERR_STREAM_DESTROYED', `Cannot call ${what} after a stream was destroyed`, streamDestroyed)

export const alreadyFinished = (what: string) =>
  codedError(Error, 'ERR_STREAM_ALREADY_FINISHED', `Cannot call ${what} after a stream was finished`, alreadyFinished)

export const nullValues = () =>
  codedError(TypeError, 'ERR_STREAM_NULL_VALUES', 'May not write null values to stream', nullValues)

export const cannotPipe = () => codedError(Error, 'ERR_STREAM_CANNOT_PIPE', 'Cannot pipe, not readable', cannotPipe)

export const unknownEncoding = (encoding: unknown) =>
  codedError(TypeError, 'ERR_UNKNOWN_ENCODING', `Unknown encoding: ${encoding}`, unknownEncoding)

export const invalidProtocol = (protocol: unknown, expected: unknown) =>
  codedError(
    TypeError,
    'ERR_INVALID_PROTOCOL',
    `Protocol "${protocol}" not supported. Expected "${expected}"`,
    invalidProtocol,
  )

export const unescapedCharacters = (what: string) =>
  codedError(TypeError, 'ERR_UNESCAPED_CHARACTERS', `${what} contains unescaped characters`, unescapedCharacters)

export const invalidProxyConfig = (message: string) =>
  codedError(Error, 'ERR_PROXY_INVALID_CONFIG', message, invalidProxyConfig)

/** A parse error as programs see it: code `HPE_*`, the packet, and the number of bytes parsed in it. */
export interface HttpParseError extends CodedError {
  bytesParsed: number
  reason: string
  rawPacket: Uint8Array
}

/** @param rawPacket - undefined if the peer ended the connection within a message */
export function parseError({ name, reason, at }: ParseError, rawPacket?: Uint8Array): HttpParseError {
  const error = new Error(`Parse Error: ${reason}`) as HttpParseError
  error.bytesParsed = at
  error.code = `HPE_${name}`
  error.reason = reason
  if (rawPacket !== undefined) error.rawPacket = rawPacket
  return error
}
