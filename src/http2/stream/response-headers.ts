// A response's headers as a program gives them, object or array, with status and date filled in. RFC 9113 section 8.3.2.

import { invalidArgValue } from '../../core/errors.ts'
import type { Clock } from '../../host/types.ts'
import { utcDate } from '../../http/internal.ts'
import { statusInvalid } from '../errors.ts'
import { validateOptionalObject } from '../validate.ts'
import { type HeaderArray, type HeaderObject, sensitiveHeaders } from './header-map.ts'

export interface PreparedResponse {
  readonly headers: HeaderObject | HeaderArray
  readonly status: number
}

/** @param sendsDate - unless the program gives one */
export function prepareResponse(given: unknown, sendsDate: boolean, clock: Clock): PreparedResponse {
  if (Array.isArray(given)) return prepareArray(given, sendsDate, clock)
  return prepareResponseObject(given, sendsDate, clock)
}

export function prepareResponseObject(given: unknown, sendsDate: boolean, clock: Clock) {
  validateOptionalObject(given, 'headers', ['Object', 'Array'])
  const headers = Object.create(null) as HeaderObject
  headers[':status'] = 200
  const source = (given ?? {}) as HeaderObject
  for (const name of Object.keys(source)) headers[name] = source[name]
  if (source[sensitiveHeaders] !== undefined) headers[sensitiveHeaders] = source[sensitiveHeaders]
  const status = completeResponse(headers, headers[':status'], sendsDate, clock)
  return { headers, status }
}

/** Fills in status and date. @returns the status */
export function completeResponse(headers: HeaderObject, given: unknown, sendsDate: boolean, clock: Clock): number {
  const status = Number(given) | 0 || 200
  headers[':status'] = status
  if (sendsDate && (headers['date'] === undefined || headers['date'] === null)) headers['date'] = utcDate(clock)
  checkResponse(headers, status)
  return status
}

function prepareArray(headers: HeaderArray, sendsDate: boolean, clock: Clock): PreparedResponse {
  let status = 0
  let hasDate = false
  for (let i = 0; i < headers.length; i += 2) {
    const name = String(headers[i]).toLowerCase()
    if (name === ':status') status = Number(headers[i + 1]) | 0
    else if (name === 'date') hasDate = true
  }
  // Into the program's own array, as Node does.
  if (status === 0) {
    status = 200
    headers.unshift(':status', status)
  }
  if (sendsDate && !hasDate) headers.push('date', utcDate(clock))
  checkResponse(headers, status)
  return { headers, status }
}

function checkResponse(headers: HeaderObject | HeaderArray, status: number): void {
  if (status < 200 || status > 599) throw statusInvalid(status)
  const names = headers[sensitiveHeaders]
  if (names !== undefined && !Array.isArray(names)) throw invalidArgValue('headers[http2.neverIndex]', names)
}

/** 204, 205 and 304 have no content: RFC 9110 section 15. */
export function isBodiless(status: number): boolean {
  return status === 204 || status === 205 || status === 304
}
