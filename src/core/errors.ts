// Node-style errors: the same `name`, `code`, `message` and own properties as the runtime's, made in one place. Errors with
// codes that only one module uses are made in that module, with the two functions at the top.
// Source: Node's documentation, "Errors"; libuv's error codes for system errors.

import { inspect } from 'node:util'
import { describeSystemError, type SystemErrorCode, systemErrorNumber } from './system-errors.ts'

/** An error with one of Node's `ERR_*` codes. */
export interface CodedError extends Error {
  code: string
}

/** An error of the operating system as Node reports it. */
export interface SystemError extends Error {
  /** Negative, as libuv counts: -111 for ECONNREFUSED on Linux. */
  errno: number
  code: string
  syscall: string
  address?: string
  port?: number
}

type ErrorClass<E extends Error> = new (message?: string) => E

/**
 * Makes an error whose stack begins with `TypeError [ERR_X]: message`, as Node's do, while its `name` stays that of its
 * class.
 * @param below - the function whose frame, and those above it, are left out of the stack
 */
export function codedError<E extends Error>(
  Class: ErrorClass<E>,
  code: string,
  message: string,
  below: (...args: never[]) => unknown = codedError,
): E & CodedError {
  const error = new Class(message) as E & CodedError
  const { name } = error
  // V8 writes the header of a stack when the stack is first read, so the longer name is needed only until then.
  Object.defineProperty(error, 'name', { value: `${name} [${code}]`, configurable: true, writable: true })
  Error.captureStackTrace(error, below)
  void error.stack
  delete (error as { name?: string }).name
  error.code = code
  Object.defineProperty(error, 'toString', {
    value: nodeErrorToString,
    enumerable: false,
    configurable: true,
    writable: true,
  })
  return error
}

function nodeErrorToString(this: CodedError): string {
  return `${this.name} [${this.code}]: ${this.message}`
}

/**
 * The error of a failed system call: `connect ECONNREFUSED 127.0.0.1:80`, with `errno`, `code`, `syscall`, and `address` and
 * `port` where they are known.
 */
export function systemError(
  code: SystemErrorCode,
  syscall: string,
  target: { address?: string | undefined; port?: number | undefined; detail?: string | undefined } = {},
): SystemError {
  const { address, port, detail } = target
  let where = ''
  if (port !== undefined && port > 0) where = ` ${address}:${port}`
  else if (address) where = ` ${address}`
  if (detail) where += ` - ${detail}`
  const error = new Error(`${syscall} ${code}${where}`) as SystemError
  Error.captureStackTrace(error, systemError)
  error.errno = systemErrorNumber(code)
  error.code = code
  error.syscall = syscall
  if (address !== undefined) error.address = address
  if (port !== undefined) error.port = port
  return error
}

/** The longer form that `listen` and `bind` report: `listen EADDRINUSE: address already in use 127.0.0.1:80`. */
export function describedSystemError(
  code: SystemErrorCode,
  syscall: string,
  address?: string,
  port?: number,
): SystemError {
  let where = ''
  if (port !== undefined && port > 0) where = ` ${address}:${port}`
  else if (address) where = ` ${address}`
  const error = new Error(`${syscall} ${code}: ${describeSystemError(code)}${where}`) as SystemError
  Error.captureStackTrace(error, describedSystemError)
  error.code = code
  error.errno = systemErrorNumber(code)
  error.syscall = syscall
  if (address !== undefined) error.address = address
  if (port !== undefined) error.port = port
  return error
}

/** `ECONNRESET` as Node's http and tls report it: with a code, and without a system error's other properties. */
export function connectionReset(message: string): CodedError {
  const error = new Error(message) as CodedError
  Error.captureStackTrace(error, connectionReset)
  error.code = 'ECONNRESET'
  return error
}

/** The error of a call on a closed UDP socket. */
export const datagramSocketNotRunning = () =>
  codedError(Error, 'ERR_SOCKET_DGRAM_NOT_RUNNING', 'Not running', datagramSocketNotRunning)

/** @param cause - the signal's reason */
export function abortError(cause?: unknown): CodedError {
  const error = new Error('The operation was aborted', cause === undefined ? undefined : { cause }) as CodedError
  error.name = 'AbortError'
  error.code = 'ABORT_ERR'
  return error
}

/**
 * @param name - the argument as Node names it: `port`, or `options.port` for a property
 * @param expected - types (`string`), classes (`Buffer`) or both, in Node's order
 */
export function invalidArgType(
  name: string,
  expected: string | readonly string[],
  actual: unknown,
): TypeError & CodedError {
  const subject = name.endsWith(' argument')
    ? `The ${name}`
    : `The "${name}" ${name.includes('.') ? 'property' : 'argument'}`
  const message = `${subject} must be ${describeExpected(expected)}. Received ${describeReceived(actual)}`
  return codedError(TypeError, 'ERR_INVALID_ARG_TYPE', message, invalidArgType)
}

export function invalidArgValue(name: string, value: unknown, reason = 'is invalid'): TypeError & CodedError {
  let inspected = inspect(value)
  if (inspected.length > 128) inspected = `${inspected.slice(0, 128)}...`
  const kind = name.includes('.') ? 'property' : 'argument'
  const message = `The ${kind} '${name}' ${reason}. Received ${inspected}`
  return codedError(TypeError, 'ERR_INVALID_ARG_VALUE', message, invalidArgValue)
}

/** @param range - `>= 0 && <= 65535`, `an integer` ... */
export function outOfRange(name: string, range: string, actual: unknown): RangeError & CodedError {
  let received: string
  if (Number.isInteger(actual) && Math.abs(actual as number) > 2 ** 32) received = withUnderscores(String(actual))
  else if (typeof actual === 'bigint') {
    received = String(actual)
    if (actual > 2n ** 32n || actual < -(2n ** 32n)) received = withUnderscores(received)
    received += 'n'
  } else received = inspect(actual)
  const message = `The value of "${name}" is out of range. It must be ${range}. Received ${received}`
  return codedError(RangeError, 'ERR_OUT_OF_RANGE', message, outOfRange)
}

export function missingArgs(...names: readonly (string | readonly string[])[]): TypeError & CodedError {
  const quoted = names.map(name => (typeof name === 'string' ? `"${name}"` : name.map(n => `"${n}"`).join(' or ')))
  let list: string
  if (quoted.length === 1) list = `${quoted[0]} argument`
  else if (quoted.length === 2) list = `${quoted[0]} and ${quoted[1]} arguments`
  else list = `${quoted.slice(0, -1).join(', ')}, and ${quoted.at(-1)} arguments`
  return codedError(TypeError, 'ERR_MISSING_ARGS', `The ${list} must be specified`, missingArgs)
}

/** Thrown by a call that the current host cannot serve, with Node's code for it. */
export function featureUnavailable(feature: string, hostName: string): TypeError & CodedError {
  const message = `The feature ${feature} is unavailable on the current platform, which is being used to run Node.js (host: ${hostName})`
  return codedError(TypeError, 'ERR_FEATURE_UNAVAILABLE_ON_PLATFORM', message, featureUnavailable)
}

/** A broken invariant of plainwire's own; no input from a peer may cause it. */
export function assertionFailure(message: string): CodedError {
  return codedError(Error, 'ERR_INTERNAL_ASSERTION', message, assertionFailure)
}

const primitiveTypes = ['string', 'function', 'number', 'object', 'Function', 'Object', 'boolean', 'bigint', 'symbol']

function describeExpected(expected: string | readonly string[]): string {
  const all = typeof expected === 'string' ? [expected] : expected
  const types: string[] = []
  const classes: string[] = []
  const others: string[] = []
  for (const one of all) {
    if (primitiveTypes.includes(one)) types.push(one.toLowerCase())
    else if (/^([A-Z][a-z0-9]*)+$/.test(one)) classes.push(one)
    else others.push(one)
  }
  // Node's rule: beside classes, `object` is listed among them as "an instance of Object".
  if (classes.length > 0 && types.includes('object')) {
    types.splice(types.indexOf('object'), 1)
    classes.push('Object')
  }
  let text = ''
  if (types.length > 0) {
    text += `${types.length > 1 ? 'one of type' : 'of type'} ${formatList(types, 'or')}`
    if (classes.length > 0 || others.length > 0) text += ' or '
  }
  if (classes.length > 0) {
    text += `an instance of ${formatList(classes, 'or')}`
    if (others.length > 0) text += ' or '
  }
  if (others.length > 1) text += `one of ${formatList(others, 'or')}`
  else if (others.length === 1) {
    if (others[0]?.toLowerCase() !== others[0]) text += 'an '
    text += others[0]
  }
  return text
}

/** Describes the received value as Node does: `type string ('x')`, `an instance of Foo`, `undefined`. */
export function describeReceived(value: unknown): string {
  if (value === null || value === undefined) return String(value)
  if (typeof value === 'function') return `function ${value.name}`
  if (typeof value === 'object') {
    const name = (value as { constructor?: { name?: string } }).constructor?.name
    if (name) return `an instance of ${name}`
    return inspect(value, { depth: -1 })
  }
  if (typeof value === 'string') {
    const shown = value.length > 28 ? `${value.slice(0, 25)}...` : value
    return `type string (${shown.includes("'") ? JSON.stringify(shown) : `'${shown}'`})`
  }
  return `type ${typeof value} (${inspect(value)})`
}

/** `a`, `a or b`, `a, b, or c`. */
export function formatList(items: readonly string[], word: 'and' | 'or'): string {
  if (items.length <= 1) return items[0] ?? ''
  if (items.length === 2) return `${items[0]} ${word} ${items[1]}`
  return `${items.slice(0, -1).join(', ')}, ${word} ${items.at(-1)}`
}

function withUnderscores(digits: string): string {
  return digits.replace(/\B(?=(\d{3})+$)/g, '_')
}
