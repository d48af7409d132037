// A request's headers as a program gives them, object or array, with what is missing filled in. RFC 9113 section 8.3.1,
// for CONNECT section 8.5, for extended CONNECT RFC 8441.

import { invalidArgType } from '../../core/errors.ts'
import { connectAuthority, connectPath, connectScheme } from '../errors.ts'
import {
  authorityOf,
  fieldPairs,
  type HeaderArray,
  type HeaderObject,
  isMalformed,
  requestPseudo,
  sensitiveHeaders,
} from './header-map.ts'

/** What a request without `:authority` and `:scheme` is sent to. */
export interface RequestTarget {
  readonly authority: string
  /** With its colon: `https:`. */
  readonly protocol: string
  readonly isStrict: boolean
}

export interface PreparedRequest {
  readonly pairs: string[]
  /** Has a pseudo-header that no peer would take. */
  readonly isMalformed: boolean
  /** What `stream.sentHeaders` shows: the object, or the array that it is made from. */
  readonly headers: HeaderObject | HeaderArray
  readonly method: string
  readonly scheme: unknown
  readonly authority: unknown
}

export function prepareRequest(given: unknown, target: RequestTarget): PreparedRequest {
  if (Array.isArray(given)) return prepareArray(given, target)
  if (given === undefined) return prepareObject({}, target)
  if (given === null || typeof given !== 'object') throw invalidArgType('headers', ['Object', 'Array'], given)
  return prepareObject(given as HeaderObject, target)
}

function prepareObject(given: HeaderObject, target: RequestTarget): PreparedRequest {
  const headers = Object.assign(Object.create(null) as HeaderObject, given)
  const method = (headers[':method'] ??= 'GET') as string
  if (isPlainConnect(method, headers[':protocol'])) {
    checkConnect(headers[':authority'], headers[':scheme'], headers[':path'])
  } else {
    if (authorityOf(headers) === undefined) headers[':authority'] = target.authority
    headers[':scheme'] ??= target.protocol.slice(0, -1)
    headers[':path'] ??= '/'
  }
  const pairs = fieldPairs(headers, requestPseudo, target.isStrict)
  const [scheme, authority] = [headers[':scheme'], authorityOf(headers)]
  return { pairs, isMalformed: isMalformed(pairs), headers, method, scheme, authority }
}

function prepareArray(given: HeaderArray, target: RequestTarget): PreparedRequest {
  const found: Record<string, unknown> = Object.create(null)
  for (let i = 0; i < given.length; i += 2) {
    const name = String(given[i]).toLowerCase()
    if (name.startsWith(':') || name === 'host') found[name] ??= given[i + 1]
  }
  const missing: unknown[] = []
  const fillIn = (name: string, value: unknown): void => {
    if (found[name] !== undefined) return
    found[name] = value
    missing.push(name, value)
  }
  fillIn(':method', 'GET')
  const method = found[':method'] as string
  if (isPlainConnect(method, found[':protocol'])) {
    checkConnect(found[':authority'], found[':scheme'], found[':path'])
  } else {
    if (found['host'] === undefined) fillIn(':authority', target.authority)
    fillIn(':scheme', target.protocol.slice(0, -1))
    fillIn(':path', '/')
  }
  const headers: HeaderArray = missing.length > 0 ? missing.concat(given) : given
  if (given[sensitiveHeaders] !== undefined) headers[sensitiveHeaders] = given[sensitiveHeaders]
  const pairs = fieldPairs(headers, requestPseudo, target.isStrict)
  const [scheme, authority] = [found[':scheme'], found[':authority'] ?? found['host']]
  return { pairs, isMalformed: isMalformed(pairs), headers, method, scheme, authority }
}

function isPlainConnect(method: string, protocol: unknown): boolean {
  return method === 'CONNECT' && protocol === undefined
}

function checkConnect(authority: unknown, scheme: unknown, path: unknown): void {
  if (authority === undefined) throw connectAuthority()
  if (scheme !== undefined) throw connectScheme()
  if (path !== undefined) throw connectPath()
}

/** An array of headers as the object that `sentHeaders` shows: repeated names become arrays. */
export function sentObject(array: HeaderArray): HeaderObject {
  const headers = Object.create(null) as HeaderObject
  for (let i = 0; i < array.length; i += 2) {
    const name = array[i] as string
    const existing = headers[name]
    if (existing === undefined) headers[name] = array[i + 1]
    else if (Array.isArray(existing)) existing.push(array[i + 1])
    else headers[name] = [existing, array[i + 1]]
  }
  if (array[sensitiveHeaders] !== undefined) headers[sensitiveHeaders] = array[sensitiveHeaders]
  return headers
}
