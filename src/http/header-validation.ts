// `validateHeaderName` and `validateHeaderValue`, for programs and for every field that goes out.

import { invalidCharacter, invalidHeaderValue, invalidToken } from './errors.ts'
import { isKnownName } from './wire/field-names.ts'
import { hasInvalidValueCharacter, isToken } from './wire/field-rules.ts'

/** @param label - what the message calls the name */
export function validateHeaderName(name: string, label?: string): void {
  if (isKnownName(name)) return
  if (typeof name !== 'string' || !isToken(name)) throw invalidToken(label || 'Header name', name)
}

/** @param isRelaxed - control characters other than NUL, CR and LF may pass */
export function validateHeaderValue(name: string, value: unknown, isRelaxed?: boolean): void {
  if (value === undefined) throw invalidHeaderValue(value, name)
  if (hasInvalidValueCharacter(value, isRelaxed)) throw invalidCharacter('header content', name)
}
