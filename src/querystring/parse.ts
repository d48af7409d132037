// Parses a query string to an object. Source: Node's documentation, `querystring.parse()`.

import { qsUnescape } from './escape.ts'
import { querystring } from './object.ts'

export interface ParseOptions {
  /** Default: 1000; 0: no limit. */
  maxKeys?: number | undefined
  /** Default: `querystring.unescape`. */
  decodeURIComponent?: ((text: string) => string) | undefined
}

export interface ParsedUrlQuery {
  [name: string]: string | string[] | undefined
}

type Decode = (text: string) => string

/** @param text - anything but a string gives an empty object */
export function parse(
  text: string,
  separator?: string | null,
  equals?: string | null,
  options?: ParseOptions,
): ParsedUrlQuery {
  const found: ParsedUrlQuery = Object.create(null)
  if (typeof text !== 'string' || text.length === 0) return found
  const between = separator ? String(separator) : '&'
  const is = equals ? String(equals) : '='
  const decode = typeof options?.decodeURIComponent === 'function' ? options.decodeURIComponent : querystring.unescape
  const reading: Reading = {
    decode,
    isCustom: decode !== qsUnescape,
    hasPlus: text.includes('+'),
    hasEscape: text.includes('%'),
  }
  let left = mostPairs(options?.maxKeys)
  let start = 0
  // The next `equals`, kept between rounds: a text without any must not be searched to its end once for each key.
  let at = -1
  for (;;) {
    const next = text.indexOf(between, start)
    const end = next < 0 ? text.length : next
    if (end > start) {
      if (at < start) at = indexOrEnd(text, is, start)
      if (at + is.length > end) add(found, read(text.slice(start, end), reading), '')
      else add(found, read(text.slice(start, at), reading), read(text.slice(at + is.length, end), reading))
    }
    // Empty pairs count towards the limit as well.
    if (next < 0 || --left === 0) return found
    start = next + between.length
  }
}

interface Reading {
  readonly decode: Decode
  /** The program's own function is called for every key and value, and gets `%20` in place of `+`. */
  readonly isCustom: boolean
  readonly hasPlus: boolean
  readonly hasEscape: boolean
}

function indexOrEnd(text: string, part: string, from: number): number {
  const index = text.indexOf(part, from)
  return index < 0 ? text.length : index
}

function mostPairs(maxKeys: unknown): number {
  if (typeof maxKeys !== 'number') return MAX_KEYS
  // As in Node, which counts down to exactly 0: a fraction is no limit.
  return maxKeys > 0 && Number.isInteger(maxKeys) ? maxKeys : -1
}

function read(text: string, { decode, isCustom, hasPlus, hasEscape }: Reading): string {
  const spaced = hasPlus && text.includes('+') ? text.replaceAll('+', isCustom ? '%20' : ' ') : text
  if (isCustom ? spaced.length === 0 : !hasEscape || !ESCAPE.test(spaced)) return spaced
  try {
    return decode(spaced)
  } catch {
    return querystring.unescape(spaced, true)
  }
}

function add(found: ParsedUrlQuery, key: string, value: string): void {
  const before = found[key]
  if (before === undefined) found[key] = value
  else if (typeof before === 'string') found[key] = [before, value]
  else before.push(value)
}

const MAX_KEYS = 1000
const ESCAPE = /%[0-9a-f]{2}/i
