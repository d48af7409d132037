// Argument checks in http2's own words: what may be left out, but if given has to be an object or an array.

import { invalidArgType } from '../core/errors.ts'

export function validateOptionalObject(
  value: unknown,
  name: string,
  expected: string | readonly string[] = 'Object',
): void {
  if (value === undefined) return
  if (value === null || typeof value !== 'object' || Array.isArray(value)) throw invalidArgType(name, expected, value)
}

export function validateOptionalArray(value: unknown, name: string): void {
  if (value !== undefined && !Array.isArray(value)) throw invalidArgType(name, 'Array', value)
}
