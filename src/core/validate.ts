// Argument checks with Node's error codes and messages. Each returns nothing, narrows its argument's type, and throws
// synchronously. Source: Node's documentation, "Errors": ERR_INVALID_ARG_TYPE, ERR_OUT_OF_RANGE and similar.

import { codedError, describeReceived, invalidArgType, invalidArgValue, outOfRange } from './errors.ts'

export function validateString(value: unknown, name: string): asserts value is string {
  if (typeof value !== 'string') throw invalidArgType(name, 'string', value)
}

export function validateBoolean(value: unknown, name: string): asserts value is boolean {
  if (typeof value !== 'boolean') throw invalidArgType(name, 'boolean', value)
}

// biome-ignore lint/complexity/noBannedTypes: the check accepts any callable
export function validateFunction(value: unknown, name: string): asserts value is Function {
  if (typeof value !== 'function') throw invalidArgType(name, 'Function', value)
}

/** Accepts any object except null, arrays and functions. */
export function validateObject(value: unknown, name: string): asserts value is object {
  if (value === null || Array.isArray(value) || typeof value !== 'object') throw invalidArgType(name, 'Object', value)
}

export function validateArray(value: unknown, name: string): asserts value is unknown[] {
  if (!Array.isArray(value)) throw invalidArgType(name, 'Array', value)
}

export function validateNumber(value: unknown, name: string, min?: number, max?: number): asserts value is number {
  if (typeof value !== 'number') throw invalidArgType(name, 'number', value)
  const outside = (min !== undefined && value < min) || (max !== undefined && value > max)
  if (outside || ((min !== undefined || max !== undefined) && Number.isNaN(value))) {
    const least = min === undefined ? '' : `>= ${min}`
    const most = max === undefined ? '' : `<= ${max}`
    throw outOfRange(name, [least, most].filter(Boolean).join(' && '), value)
  }
}

export function validateInteger(
  value: unknown,
  name: string,
  min = Number.MIN_SAFE_INTEGER,
  max = Number.MAX_SAFE_INTEGER,
): asserts value is number {
  if (typeof value !== 'number') throw invalidArgType(name, 'number', value)
  if (!Number.isInteger(value)) throw outOfRange(name, 'an integer', value)
  if (value < min || value > max) throw outOfRange(name, `>= ${min} && <= ${max}`, value)
}

export function validateInt32(
  value: unknown,
  name: string,
  min = -2147483648,
  max = 2147483647,
): asserts value is number {
  validateInteger(value, name, min, max)
}

/** @param positive - zero is rejected too */
export function validateUint32(value: unknown, name: string, positive = false): asserts value is number {
  if (typeof value !== 'number') throw invalidArgType(name, 'number', value)
  if (!Number.isInteger(value)) throw outOfRange(name, 'an integer', value)
  const min = positive ? 1 : 0
  if (value < min || value > 4294967295) throw outOfRange(name, `>= ${min} && <= 4294967295`, value)
}

/** @param name - the subject of the message: `options.port should be >= 0 and < 65536` */
export function validatePort(port: unknown, name = 'Port', allowZero = true): number {
  const isText = typeof port === 'string'
  // Values of other types are not converted to a number: a symbol would throw, an object may.
  const number = typeof port === 'number' || isText ? Number(port) : Number.NaN
  if (
    (isText && port.trim().length === 0) ||
    number !== number >>> 0 ||
    number > 65535 ||
    (number === 0 && !allowZero)
  ) {
    const operator = allowZero ? '>=' : '>'
    throw codedError(
      RangeError,
      'ERR_SOCKET_BAD_PORT',
      `${name} should be ${operator} 0 and < 65536. Received ${describeReceived(port)}.`,
    )
  }
  return number | 0
}

export function validateOneOf<T>(value: unknown, name: string, allowed: readonly T[]): asserts value is T {
  if (allowed.includes(value as T)) return
  const list = allowed.map(one => (typeof one === 'string' ? `'${one}'` : String(one))).join(', ')
  throw invalidArgValue(name, value, `must be one of: ${list}`)
}

export function validateAbortSignal(value: unknown, name: string): asserts value is AbortSignal | undefined {
  if (value !== undefined && (value === null || typeof value !== 'object' || !('aborted' in value))) {
    throw invalidArgType(name, 'AbortSignal', value)
  }
}

export function validateBuffer(value: unknown, name = 'buffer'): asserts value is NodeJS.ArrayBufferView {
  if (!ArrayBuffer.isView(value)) throw invalidArgType(name, ['Buffer', 'TypedArray', 'DataView'], value)
}

/** Milliseconds for a timer: a finite number not below zero, as `socket.setTimeout` takes. */
export function validateTimeout(value: unknown, name: string): asserts value is number {
  if (typeof value !== 'number') throw invalidArgType(name, 'number', value)
  if (value < 0 || !Number.isFinite(value)) throw outOfRange(name, 'a non-negative finite number', value)
}
