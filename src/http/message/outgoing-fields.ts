// The fields that a program has set on an outgoing message, by lower-case name: the state behind setHeader, getHeader and
// the related methods.

import { invalidArgType } from '../../core/errors.ts'
import { validateString } from '../../core/validate.ts'
import { invalidCharacter, invalidHeaderValue } from '../errors.ts'
import { lowerName } from '../wire/field-names.ts'
import { hasInvalidValueCharacter } from '../wire/field-rules.ts'
import { validateHeaderName } from './header-validation.ts'

export type HeaderValue = number | string | readonly string[]
/** A value as getHeader returns it: the program's own array, which it may modify. */
export type GivenValue = number | string | string[]
/** Name and value as the program set them; the value is converted to text when the head is written. */
export type OutgoingField = [name: string, value: HeaderValue]

export class OutgoingFields {
  readonly #byName = new Map<string, OutgoingField>()

  set(name: string, value: HeaderValue, isRelaxed: boolean): void {
    checkField(name, value, isRelaxed)
    this.#byName.set(lowerName(name), [name, value])
  }

  append(name: string, value: HeaderValue, isRelaxed: boolean): void {
    checkField(name, value, isRelaxed)
    const lower = lowerName(name)
    const field = this.#byName.get(lower)
    if (field === undefined) {
      this.#byName.set(lower, [name, value])
      return
    }
    const values = Array.isArray(field[1]) ? (field[1] as string[]) : [field[1] as string]
    field[1] = values
    if (Array.isArray(value)) values.push(...(value as string[]))
    else values.push(value as string)
  }

  get(name: string): GivenValue | undefined {
    validateString(name, 'name')
    return this.#byName.get(lowerName(name))?.[1] as GivenValue | undefined
  }

  has(name: string): boolean {
    validateString(name, 'name')
    return this.#byName.has(lowerName(name))
  }

  delete(lower: string): void {
    this.#byName.delete(lower)
  }

  get lowerNames(): string[] {
    return [...this.#byName.keys()]
  }

  get rawNames(): string[] {
    return [...this.#byName.values()].map(([name]) => name)
  }

  entries(): IterableIterator<[string, OutgoingField]> {
    return this.#byName.entries()
  }

  /** An object without a prototype, keyed by lower-case name. */
  toObject(): Record<string, GivenValue> {
    const headers: Record<string, GivenValue> = Object.create(null)
    for (const [lower, [, value]] of this.#byName) headers[lower] = value as GivenValue
    return headers
  }

  /** An object keyed by the names as they were set. */
  toRawObject(): Record<string, HeaderValue> {
    const headers: Record<string, HeaderValue> = {}
    for (const [name, value] of this.#byName.values()) headers[name] = value
    return headers
  }
}

function checkField(name: string, value: HeaderValue, isRelaxed: boolean): void {
  validateHeaderName(name)
  if (value === undefined) throw invalidHeaderValue(value, name)
  if (hasInvalidValueCharacter(value, isRelaxed)) throw invalidCharacter('header content', name)
}

type HeaderSource = Iterable<readonly [string, HeaderValue]> & { keys: unknown; get: unknown }

/** The entries of a Headers or Map given to `setHeaders`; several set-cookie entries become one array. */
export function entriesOf(headers: unknown): [string, HeaderValue][] {
  const source = headers as HeaderSource | null | undefined
  if (!source || Array.isArray(source) || typeof source.keys !== 'function' || typeof source.get !== 'function') {
    throw invalidArgType('headers', ['Headers', 'Map'], headers)
  }
  const entries: [string, HeaderValue][] = []
  const cookies: string[] = []
  for (const [name, value] of source) {
    if (name !== 'set-cookie') entries.push([name, value])
    else if (Array.isArray(value)) cookies.push(...(value as string[]))
    else cookies.push(value as string)
  }
  if (cookies.length > 0) entries.push(['set-cookie', cookies])
  return entries
}

/** The `uniqueHeaders` option: names of fields whose values are joined into one. */
export function uniqueNames(headers: unknown): ReadonlySet<string> | null {
  if (!Array.isArray(headers)) return null
  return new Set(headers.map(name => String(name).toLowerCase()))
}
