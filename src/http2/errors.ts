// Errors that only `http2` raises, with Node's codes and messages. Source: Node's documentation, "Errors".

import { type CodedError, codedError } from '../core/errors.ts'
import { constants } from './constants.ts'

const plain = (code: string, message: string) => () => codedError(Error, code, message)
const type = (code: string, message: string) => () => codedError(TypeError, code, message)
const range = (code: string, message: string) => () => codedError(RangeError, code, message)

export const altsvcInvalidOrigin = type(
  'ERR_HTTP2_ALTSVC_INVALID_ORIGIN',
  'HTTP/2 ALTSVC frames require a valid origin',
)
export const altsvcLength = type('ERR_HTTP2_ALTSVC_LENGTH', 'HTTP/2 ALTSVC frames are limited to 16382 bytes')
export const connectAuthority = plain(
  'ERR_HTTP2_CONNECT_AUTHORITY',
  ':authority header is required for CONNECT requests',
)
export const connectPath = plain('ERR_HTTP2_CONNECT_PATH', 'The :path header is forbidden for CONNECT requests')
export const connectScheme = plain('ERR_HTTP2_CONNECT_SCHEME', 'The :scheme header is forbidden for CONNECT requests')
export const goawaySession = plain('ERR_HTTP2_GOAWAY_SESSION', 'New streams cannot be created after receiving a GOAWAY')
export const headersAfterRespond = plain(
  'ERR_HTTP2_HEADERS_AFTER_RESPOND',
  'Cannot specify additional headers after response initiated',
)
export const headersSent = plain('ERR_HTTP2_HEADERS_SENT', 'Response has already been initiated.')
export const infoStatusNotAllowed = range(
  'ERR_HTTP2_INFO_STATUS_NOT_ALLOWED',
  'Informational status codes cannot be used',
)
export const invalidOrigin = type('ERR_HTTP2_INVALID_ORIGIN', 'HTTP/2 ORIGIN frames require a valid origin')
export const invalidPackedLength = range(
  'ERR_HTTP2_INVALID_PACKED_SETTINGS_LENGTH',
  'Packed settings length must be a multiple of six',
)
export const invalidSession = plain('ERR_HTTP2_INVALID_SESSION', 'The session has been destroyed')
export const invalidStream = plain('ERR_HTTP2_INVALID_STREAM', 'The stream has been destroyed')
export const maxPendingSettings = plain(
  'ERR_HTTP2_MAX_PENDING_SETTINGS_ACK',
  'Maximum number of pending settings acknowledgements',
)
export const nestedPush = plain('ERR_HTTP2_NESTED_PUSH', 'A push stream cannot initiate another push stream.')
export const noSocketManipulation = plain(
  'ERR_HTTP2_NO_SOCKET_MANIPULATION',
  'HTTP/2 sockets should not be directly manipulated (e.g. read and written)',
)
export const originLength = type('ERR_HTTP2_ORIGIN_LENGTH', 'HTTP/2 ORIGIN frames are limited to 16382 bytes')
export const outOfStreams = plain(
  'ERR_HTTP2_OUT_OF_STREAMS',
  'No stream ID is available because maximum stream ID has been reached',
)
export const pingCancel = plain('ERR_HTTP2_PING_CANCEL', 'HTTP2 ping cancelled')
export const pingLength = range('ERR_HTTP2_PING_LENGTH', 'HTTP2 ping payload must be 8 bytes')
export const pseudoheaderNotAllowed = type('ERR_HTTP2_PSEUDOHEADER_NOT_ALLOWED', 'Cannot set HTTP/2 pseudo-headers')
export const pushDisabled = plain('ERR_HTTP2_PUSH_DISABLED', 'HTTP/2 client has disabled push streams')
export const sendFile = plain('ERR_HTTP2_SEND_FILE', 'Directories cannot be sent')
export const sendFileNoSeek = plain(
  'ERR_HTTP2_SEND_FILE_NOSEEK',
  'Offset or length can only be specified for regular files',
)
export const settingsCancel = plain('ERR_HTTP2_SETTINGS_CANCEL', 'HTTP2 session settings canceled')
export const socketBound = plain('ERR_HTTP2_SOCKET_BOUND', 'The socket is already bound to an Http2Session')
export const socketUnbound = plain('ERR_HTTP2_SOCKET_UNBOUND', 'The socket has been disconnected from the Http2Session')
export const status101 = plain(
  'ERR_HTTP2_STATUS_101',
  'HTTP status code 101 (Switching Protocols) is forbidden in HTTP/2',
)
export const tooManyCustomSettings = plain(
  'ERR_HTTP2_TOO_MANY_CUSTOM_SETTINGS',
  'Number of custom settings exceeds MAX_ADDITIONAL_SETTINGS',
)
export const tooManyInvalidFrames = plain('ERR_HTTP2_TOO_MANY_INVALID_FRAMES', 'Too many invalid HTTP/2 frames')
export const trailersAlreadySent = plain('ERR_HTTP2_TRAILERS_ALREADY_SENT', 'Trailing headers have already been sent')
export const trailersNotReady = plain(
  'ERR_HTTP2_TRAILERS_NOT_READY',
  'Trailing headers cannot be sent until after the wantTrailers event is emitted',
)
export const socketClosed = plain('ERR_SOCKET_CLOSED', 'Socket is closed')
export const writeAfterEnd = plain('ERR_STREAM_WRITE_AFTER_END', 'write after end')

export const headerSingleValue = (name: string) =>
  codedError(TypeError, 'ERR_HTTP2_HEADER_SINGLE_VALUE', `Header field "${name}" must only have a single value`)

export const invalidConnectionHeaders = (name: string) =>
  codedError(
    TypeError,
    'ERR_HTTP2_INVALID_CONNECTION_HEADERS',
    `HTTP/1 Connection specific headers are forbidden: "${name}"`,
  )

export const invalidHeaderValue = (value: unknown, name: string) =>
  codedError(TypeError, 'ERR_HTTP2_INVALID_HEADER_VALUE', `Invalid value "${value}" for header "${name}"`)

export const invalidInfoStatus = (status: unknown) =>
  codedError(RangeError, 'ERR_HTTP2_INVALID_INFO_STATUS', `Invalid informational status code: ${status}`)

export const invalidPseudoheader = (name: string) =>
  codedError(TypeError, 'ERR_HTTP2_INVALID_PSEUDOHEADER', `"${name}" is an invalid pseudoheader or is used incorrectly`)

export const invalidToken = (what: string, value: unknown) =>
  codedError(TypeError, 'ERR_INVALID_HTTP_TOKEN', `${what} must be a valid HTTP token ["${value}"]`)

export const invalidCharacter = (where: string) =>
  codedError(TypeError, 'ERR_INVALID_CHAR', `Invalid character in ${where}`)

export const payloadForbidden = (status: number) =>
  codedError(Error, 'ERR_HTTP2_PAYLOAD_FORBIDDEN', `Responses with ${status} status must not have a payload`)

export const statusInvalid = (status: unknown) =>
  codedError(RangeError, 'ERR_HTTP2_STATUS_INVALID', `Invalid status code: ${status}`)

export const sessionError = (code: number) =>
  codedError(Error, 'ERR_HTTP2_SESSION_ERROR', `Session closed with error code ${code}`)

export const streamError = (code: number) =>
  codedError(Error, 'ERR_HTTP2_STREAM_ERROR', `Stream closed with error code ${nameOfCode(code)}`)

export const tooManyOrigins = (limit: number) =>
  codedError(
    Error,
    'ERR_HTTP2_TOO_MANY_ORIGINS',
    `The server sent more ORIGIN frames than the allowed number of ${limit}`,
  )

export const unsupportedProtocol = (protocol: unknown) =>
  codedError(Error, 'ERR_HTTP2_UNSUPPORTED_PROTOCOL', `protocol "${protocol}" is unsupported.`)

export function streamCancel(cause?: Error): CodedError {
  const reason = typeof cause?.message === 'string' ? ` (caused by: ${cause.message})` : ''
  const error = codedError(Error, 'ERR_HTTP2_STREAM_CANCEL', `The pending stream has been canceled${reason}`)
  if (cause) error.cause = cause
  return error
}

interface SettingError extends CodedError {
  actual?: unknown
  min?: number
  max?: number
}

/** A value of the wrong type: TypeError; one outside its limits, where those are given: RangeError. */
export function invalidSetting(name: string, actual: unknown, min?: number, max?: number): CodedError {
  const message = `Invalid value for setting "${name}": ${actual}`
  const Class = min === undefined ? TypeError : RangeError
  const error: SettingError = codedError<Error>(Class, 'ERR_HTTP2_INVALID_SETTING_VALUE', message)
  error.actual = actual
  if (min !== undefined) {
    error.min = min
    error.max = max as number
  }
  return error
}

/** What Node's native library reports, as Node shows it: `ERR_HTTP2_ERROR` with the library's number and text. */
export interface NghttpError extends CodedError {
  errno: number
}

export function nghttpError(errno: number, message = nghttpMessages[errno] ?? 'Unknown error code'): NghttpError {
  const error = new Error(message) as NghttpError
  Error.captureStackTrace(error, nghttpError)
  error.code = 'ERR_HTTP2_ERROR'
  error.errno = errno
  return error
}

/** Names of RST_STREAM and GOAWAY codes as Node's messages have them; the number where there is none. */
export function nameOfCode(code: number): string | number {
  return codeNames[code] ?? code
}

const codeNames = Object.keys(constants)
  .slice(Object.keys(constants).indexOf('NGHTTP2_NO_ERROR'))
  .slice(0, constants.NGHTTP2_HTTP_1_1_REQUIRED + 1)

const NGHTTP2_ERR_INTERNAL = -534

// As the library has them.
const nghttpMessages: Readonly<Record<number, string>> = {
  [-505]: 'Protocol error',
  [-510]: 'Stream was already closed or invalid',
  [constants.NGHTTP2_ERR_FRAME_SIZE_ERROR]: 'The length of the frame is invalid',
  [-524]: 'Flow control error',
  [-533]: 'Stream was refused',
  [NGHTTP2_ERR_INTERNAL]: 'Internal error',
  [-902]: 'The user callback function failed',
  [-903]: 'Received bad client magic byte string',
  [-904]: 'Flooding was detected in this HTTP/2 session, and it must be closed',
  [-905]: 'Too many CONTINUATION frames following a HEADER frame',
}

/** A write found the connection closed by the peer. */
export function isLateWrite(error: Error & { readonly code?: unknown; readonly syscall?: unknown }): boolean {
  return error.syscall === 'write' && (error.code === 'EPIPE' || error.code === 'ECONNRESET')
}
