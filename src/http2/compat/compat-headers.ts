// The headers that a program sets on a response of the compatibility API, before they go out. Node's documentation,
// "response.setHeader(name, value)".

import { validateString } from '../../core/validate.ts'
import { isToken } from '../../http/internal.ts'
import { invalidHeaderValue, invalidToken, pseudoheaderNotAllowed } from '../errors.ts'
import { type HeaderObject, requestPseudo } from '../stream/header-map.ts'

export class CompatHeaders {
  /** Made with the first of them. */
  #fields: HeaderObject | undefined = undefined

  get(name: string): unknown {
    validateString(name, 'name')
    return this.#fields?.[name.trim().toLowerCase()]
  }

  has(name: string): boolean {
    validateString(name, 'name')
    return this.#fields !== undefined && Object.hasOwn(this.#fields, name.trim().toLowerCase())
  }

  names(): string[] {
    return this.#fields === undefined ? [] : Object.keys(this.#fields)
  }

  copy(): HeaderObject {
    return Object.assign(Object.create(null) as HeaderObject, this.#fields)
  }

  remove(name: string): void {
    if (this.#fields !== undefined) delete this.#fields[name.trim().toLowerCase()]
  }

  /** @returns the name, where it is no token */
  set(name: string, value: unknown): string | undefined {
    const lower = checkedName(name, value)
    if (!isAllowed(lower, value)) return undefined
    this.#fields ??= Object.create(null) as HeaderObject
    this.#fields[lower] = value
    return badToken(lower)
  }

  append(name: string, value: unknown): string | undefined {
    const existing = this.get(name)
    return this.set(name, existing ? [existing, value].flat() : value)
  }

  /** Undefined: none was set. They are the response's from then on. */
  all(): HeaderObject | undefined {
    return this.#fields
  }
}

/** In lower case. */
export function checkedName(given: unknown, value: unknown): string {
  validateString(given, 'name')
  const name = given.trim().toLowerCase()
  if (name === '' || name.includes(' ')) throw invalidToken('Header name', name)
  if (ownPseudo.has(name)) throw pseudoheaderNotAllowed()
  if (value === undefined || value === null) throw invalidHeaderValue(value, name)
  if (!isAllowed(name, value)) warnOfConnection()
  return name
}

export function hasToken(name: string): boolean {
  return isToken(name)
}

function badToken(name: string): string | undefined {
  if (name.startsWith(':')) {
    requestPseudo(name)
    return undefined
  }
  return isToken(name) ? undefined : name
}

/** A `connection` header says nothing in HTTP/2: it is dropped, with a warning. */
function isAllowed(name: string, value: unknown): boolean {
  return name !== 'connection' || value === 'trailers'
}

const ownPseudo = new Set([':status', ':method', ':path', ':authority', ':scheme'])

let hasWarned = false

function warnOfConnection(): void {
  if (hasWarned) return
  hasWarned = true
  process.emitWarning(
    'The provided connection header is not valid, the value will be dropped from the header and will never be in use.',
    'UnsupportedWarning',
  )
}
