// `validateHeaderName` and `validateHeaderValue`, which programs call and which check every outgoing field, and the
// functions that return a boolean instead of throwing.

import { validateObject, validateOneOf } from '../../core/validate.ts'
import { invalidCharacter, invalidHeaderValue, invalidToken } from '../errors.ts'
import { isKnownName } from '../wire/field-names.ts'
import { hasInvalidValueCharacter, isToken } from '../wire/field-rules.ts'

/** @param label - what the error message calls the name */
export function validateHeaderName(name: string, label?: string): void {
  if (isKnownName(name)) return
  if (typeof name !== 'string' || !isToken(name)) throw invalidToken(label || 'Header name', name)
}

/** @param isRelaxed - allows control characters other than NUL, CR and LF */
export function validateHeaderValue(name: string, value: unknown, isRelaxed?: boolean): void {
  if (value === undefined) throw invalidHeaderValue(value, name)
  if (hasInvalidValueCharacter(value, isRelaxed)) throw invalidCharacter('header content', name)
}

export function isValidHeaderName(name: unknown): boolean {
  return typeof name === 'string' && isToken(name)
}

/** @param options - `relaxed` allows control characters other than NUL, CR and LF */
export function isValidHeaderValue(
  value: unknown,
  options?: { readonly httpValidation?: 'strict' | 'relaxed' | undefined },
): boolean {
  if (options !== undefined) validateObject(options, 'options')
  const { httpValidation } = options ?? {}
  if (httpValidation !== undefined) validateOneOf(httpValidation, 'options.httpValidation', ['strict', 'relaxed'])
  if (value === undefined || typeof value === 'symbol') return false
  return !hasInvalidValueCharacter(value, httpValidation === 'relaxed')
}
