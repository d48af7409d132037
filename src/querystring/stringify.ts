// Formats an object as a query string. Source: Node's documentation, `querystring.stringify()`.

import { qsEscape } from './escape.ts'
import { querystring } from './object.ts'

export interface StringifyOptions {
  /** Default: `querystring.escape`. */
  encodeURIComponent?: ((text: string) => string) | undefined
}

type Encode = (text: string) => string

/** @param object - with strings, numbers, bigints, booleans, and arrays of them; any other value becomes an empty string */
export function stringify(
  object?: object | null,
  separator?: string | null,
  equals?: string | null,
  options?: StringifyOptions,
): string {
  if (object === null || typeof object !== 'object') return ''
  const between = separator || '&'
  const is = equals || '='
  const encode = typeof options?.encodeURIComponent === 'function' ? options.encodeURIComponent : querystring.escape
  const isCustom = encode !== qsEscape
  const values = object as Record<string, unknown>
  let text = ''
  for (const key of Object.keys(values)) {
    const value = values[key]
    const start = encoded(key, encode, isCustom) + is
    if (!Array.isArray(value)) {
      text += (text && between) + start + encoded(value, encode, isCustom)
      continue
    }
    for (const one of value) text += (text && between) + start + encoded(one, encode, isCustom)
  }
  return text
}

function encoded(value: unknown, encode: Encode, isCustom: boolean): string {
  if (typeof value === 'string') return value === '' && !isCustom ? '' : encode(value)
  const text = primitiveText(value)
  // Digits and words need no escapes; the `+` of a number such as `1e+21` does.
  return isCustom || text.includes('+') ? encode(text) : text
}

function primitiveText(value: unknown): string {
  switch (typeof value) {
    case 'number':
      return Number.isFinite(value) ? `${value}` : ''
    case 'bigint':
    case 'boolean':
      return `${value}`
    default:
      return ''
  }
}
