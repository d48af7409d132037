// Headers between a program's objects and the wire's list of fields, both ways. Node's documentation, "Headers object".

import { hasInvalidValueCharacter } from '../../http/internal.ts'
import { headerSingleValue, invalidConnectionHeaders, invalidPseudoheader, invalidToken } from '../errors.ts'
import {
  CONNECTION_SPECIFIC,
  isKnownPseudo,
  isSingleValued,
  type NameRule,
  NO_TOKEN,
  nameRule,
  PSEUDO,
  TE,
} from './header-names.ts'

/** Names, in an array under this key, of fields that no table may remember. */
export const sensitiveHeaders = Symbol('sensitiveHeaders')

export interface HeaderObject {
  [name: string]: unknown
  [sensitiveHeaders]?: string[] | undefined
}

/** Name, value, name, value ..., with sensitive names beside. */
export type HeaderArray = unknown[] & { [sensitiveHeaders]?: string[] | undefined }

/** Which pseudo-headers a message may have; throws for others. */
export type PseudoCheck = (name: string) => void

export function requestPseudo(name: string): void {
  if (!isKnownPseudo(name)) throw invalidPseudoheader(name)
}

export function responsePseudo(name: string): void {
  if (name !== ':status') throw invalidPseudoheader(name)
}

export function trailerPseudo(name: string): void {
  throw invalidPseudoheader(name)
}

/** The names under `sensitiveHeaders`, as the wire has them. */
export function sensitiveNames(headers: HeaderObject | HeaderArray): ReadonlySet<string> | undefined {
  const names = headers[sensitiveHeaders]
  if (names === undefined || names === null || names.length === 0) return undefined
  return new Set(names.map(name => name.toLowerCase()))
}

/**
 * Checked fields, pseudo-headers first.
 * @param isStrict - a field that may have one value must not have two
 */
export function fieldPairs(headers: HeaderObject | HeaderArray, check: PseudoCheck, isStrict: boolean): string[] {
  const pairs: string[] = []
  // Two names of the program's may be one on the wire.
  let mayRepeat = false
  if (Array.isArray(headers)) {
    mayRepeat = true
    for (let i = 0; i < headers.length; i += 2) addField(pairs, headers[i] as string, headers[i + 1], check, isStrict)
  } else {
    for (const name of Object.keys(headers)) {
      if (addField(pairs, name, headers[name], check, isStrict)) mayRepeat = true
    }
  }
  if (isStrict && mayRepeat) checkSingles(pairs)
  return pairs
}

/** @returns whether the name is another on the wire */
function addField(pairs: string[], given: string, value: unknown, check: PseudoCheck, isStrict: boolean): boolean {
  if (value === undefined || given === '') return false
  const rule = nameRule(given)
  if (Array.isArray(value)) addValues(pairs, rule, value, check, isStrict)
  else addValue(pairs, rule, typeof value === 'string' ? value : String(value), check)
  return rule.name !== given
}

function addValues(pairs: string[], rule: NameRule, values: unknown[], check: PseudoCheck, isStrict: boolean): void {
  if (values.length > 1) {
    if (isStrict && isSingleValued(rule.name)) throw headerSingleValue(rule.name)
    if (rule.kind === TE) throw invalidConnectionHeaders(rule.name)
  }
  for (const value of values) addValue(pairs, rule, String(value), check)
}

function addValue(pairs: string[], { name, kind }: NameRule, value: string, check: PseudoCheck): void {
  if (kind > PSEUDO) checkName(name, kind, value)
  if (kind === PSEUDO) addPseudo(pairs, name, value, check)
  // As with Node, a field that holds what none may does not arrive, and the message does.
  else if (!hasInvalidValueCharacter(value, true)) pairs.push(name, value)
}

/** Behind the other pseudo-headers, and before the rest. */
function addPseudo(pairs: string[], name: string, value: string, check: PseudoCheck): void {
  check(name)
  let at = pairs.length
  while (at > 0 && !(pairs[at - 2] as string).startsWith(':')) at -= 2
  if (at === pairs.length) pairs.push(name, value)
  else pairs.splice(at, 0, name, value)
}

function checkName(name: string, kind: number, value: string): void {
  if (kind === NO_TOKEN) throw invalidToken('Header name', name)
  if (kind === CONNECTION_SPECIFIC || (kind === TE && value !== 'trailers')) throw invalidConnectionHeaders(name)
}

function checkSingles(pairs: readonly string[]): void {
  const seen = new Set<string>()
  for (let i = 0; i < pairs.length; i += 2) {
    const name = pairs[i] as string
    if (!isSingleValued(name)) continue
    if (seen.has(name)) throw headerSingleValue(name)
    seen.add(name)
  }
}

/**
 * Whether a pseudo-header holds what none may: the peer would call the message malformed, so it is not sent. What holds
 * NUL, CR or LF, or would once cut to bytes, never reaches the wire.
 */
export function isMalformed(pairs: readonly string[]): boolean {
  for (let i = 0; i < pairs.length && (pairs[i] as string).startsWith(':'); i += 2) {
    if (notInPseudo.test(pairs[i + 1] as string)) return true
  }
  return false
}

const notInPseudo = /[^\x21-\x7e\x80-\xff]/

/** What has come, as programs see it. */
export function headerObject(pairs: readonly string[], sensitive: string[]): HeaderObject {
  const headers = Object.create(null) as HeaderObject
  for (let i = 0; i < pairs.length; i += 2) {
    const name = pairs[i] as string
    const value = pairs[i + 1] as string
    const existing = headers[name]
    if (existing === undefined) headers[name] = firstValue(name, value)
    else if (name === 'cookie') headers[name] = `${existing}; ${value}`
    else if (name === 'set-cookie') (existing as string[]).push(value)
    else if (!isSingleValued(name)) headers[name] = `${existing}, ${value}`
  }
  headers[sensitiveHeaders] = sensitive
  return headers
}

function firstValue(name: string, value: string): unknown {
  if (name === 'set-cookie') return [value]
  return name === ':status' ? Number(value) | 0 : value
}

/** `:authority`, or `host` in its place: RFC 9113 section 8.3.1. */
export function authorityOf(headers: HeaderObject): string | undefined {
  return (headers[':authority'] ?? headers['host']) as string | undefined
}
