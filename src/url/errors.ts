// Errors that only this module raises, with Node's codes and messages.

import { type CodedError, codedError } from '../core/errors.ts'

/** What the URL constructor throws: no code in its stack's first line, unlike Node's other errors. */
export function invalidUrl(input: string, base?: string): TypeError & CodedError {
  const error = new TypeError('Invalid URL') as TypeError & CodedError & { input: string; base?: string }
  Error.captureStackTrace(error, invalidUrl)
  error.code = 'ERR_INVALID_URL'
  error.input = input
  if (base !== undefined) error.base = base
  return error
}

/** The same from the `href` setter and the legacy parser, as Node's own JavaScript throws it. */
export function invalidUrlAssigned(input: string): TypeError & CodedError {
  const error = codedError(TypeError, 'ERR_INVALID_URL', 'Invalid URL', invalidUrlAssigned)
  return Object.assign(error, { input })
}

export function invalidThis(type: string): TypeError & CodedError {
  return codedError(TypeError, 'ERR_INVALID_THIS', `Value of "this" must be of type ${type}`, invalidThis)
}

export function notIterable(what: string): TypeError & CodedError {
  return codedError(TypeError, 'ERR_ARG_NOT_ITERABLE', `${what} must be iterable`, notIterable)
}

export function invalidTuple(): TypeError & CodedError {
  const message = 'Each query pair must be an iterable [name, value] tuple'
  return codedError(TypeError, 'ERR_INVALID_TUPLE', message, invalidTuple)
}

export function invalidUrlScheme(): TypeError & CodedError {
  return codedError(TypeError, 'ERR_INVALID_URL_SCHEME', 'The URL must be of scheme file', invalidUrlScheme)
}

export function invalidFileUrlHost(platform: string): TypeError & CodedError {
  const message = `File URL host must be "localhost" or empty on ${platform}`
  return codedError(TypeError, 'ERR_INVALID_FILE_URL_HOST', message, invalidFileUrlHost)
}

export function invalidFileUrlPath(reason: string, url: unknown): TypeError & CodedError {
  const error = codedError(TypeError, 'ERR_INVALID_FILE_URL_PATH', `File URL path ${reason}`, invalidFileUrlPath)
  return Object.assign(error, { input: url })
}
