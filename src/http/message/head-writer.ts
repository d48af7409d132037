// Formats the start line and fields of an outgoing message, with the fields that Node adds: Date, Connection, Keep-Alive,
// Content-Length or Transfer-Encoding. The framing of the body is decided here and nowhere else: RFC 9112 section 6.

import { invalidArgValue } from '../../core/errors.ts'
import { currentHost } from '../../host/current.ts'
import type { Clock } from '../../host/types.ts'
import { invalidCharacter, trailerInvalid } from '../errors.ts'
import { lowerName } from '../wire/field-names.ts'
import { hasInvalidValueCharacter } from '../wire/field-rules.ts'
import { utcDate } from './date.ts'
import { validateHeaderName, validateHeaderValue } from './header-validation.ts'
import type { HeaderValue, OutgoingFields } from './outgoing-fields.ts'

/** The members of an outgoing message that determine its head, and those that the head determines. */
export interface HeadOwner {
  readonly statusCode?: number
  readonly agent?: unknown
  sendDate: boolean
  shouldKeepAlive: boolean
  chunkedEncoding: boolean
  useChunkedEncodingByDefault: boolean
  maxRequestsOnConnectionReached: boolean
  _last: boolean
  _hasBody: boolean
  _defaultKeepAlive: boolean
  _keepAliveTimeout: number
  _maxRequestsPerSocket?: number | null
  _removedConnection: boolean
  _removedContLen: boolean
  _removedTE: boolean
  _contentLength: number | null
}

export type GivenHeaders = readonly unknown[] | { readonly [name: string]: unknown }

const SAW_CONNECTION = 1
const SAW_LENGTH = 2
const SAW_TRANSFER_ENCODING = 4
const SAW_DATE = 8
const SAW_EXPECT = 16
const SAW_TRAILER = 32

export class HeadWriter {
  readonly #message: HeadOwner
  readonly #clock: Clock | undefined
  readonly #isRelaxed: boolean
  readonly #unique: ReadonlySet<string> | null
  #text: string
  #saw = 0
  /** A value contains characters beyond ASCII. */
  isLatin = false

  /** @param unique - names of fields whose values are joined into one */
  constructor(
    message: HeadOwner,
    firstLine: string,
    clock: Clock | undefined,
    isRelaxed: boolean,
    unique: ReadonlySet<string> | null,
  ) {
    this.#message = message
    this.#text = firstLine
    this.#clock = clock
    this.#isRelaxed = isRelaxed
    this.#unique = unique
  }

  get hasExpect(): boolean {
    return (this.#saw & SAW_EXPECT) !== 0
  }

  /** Adds fields that were validated when they were set. */
  addFields(fields: OutgoingFields): void {
    for (const [lower, [name, value]] of fields.entries()) this.#add(name, lower, value, false)
  }

  /** Adds fields as `writeHead` accepts them: an object, a flat list, or a list of pairs. */
  addGiven(headers: GivenHeaders): void {
    if (!Array.isArray(headers)) {
      for (const name of Object.keys(headers)) this.#addGiven(name, (headers as Record<string, unknown>)[name])
    } else if (headers.length > 0 && Array.isArray(headers[0])) {
      for (const [name, value] of headers as [string, unknown][]) this.#addGiven(name, value)
    } else {
      if (headers.length % 2 !== 0) throw invalidArgValue('headers', headers)
      for (let i = 0; i < headers.length; i += 2) this.#addGiven(headers[i] as string, headers[i + 1])
    }
  }

  finish(): string {
    const message = this.#message
    if (message.sendDate && (this.#saw & SAW_DATE) === 0) {
      this.#text += `Date: ${utcDate(this.#clock ?? currentHost().clock)}\r\n`
    }
    // Neither status has content, so the client would take a chunk for the beginning of the next response.
    if (message.chunkedEncoding && (message.statusCode === 204 || message.statusCode === 304)) {
      message.chunkedEncoding = false
      message.shouldKeepAlive = false
    }
    this.#addConnection()
    this.#addFraming()
    if (!message.chunkedEncoding && (this.#saw & SAW_TRAILER) !== 0) throw trailerInvalid()
    return `${this.#text}\r\n`
  }

  #addConnection(): void {
    const message = this.#message
    if (message._removedConnection) {
      message._last = !message.shouldKeepAlive
      return
    }
    if ((this.#saw & SAW_CONNECTION) !== 0) return
    const hasKnownEnd = (this.#saw & SAW_LENGTH) !== 0 || message.useChunkedEncodingByDefault || message.agent
    if (!message.shouldKeepAlive || !hasKnownEnd) {
      message._last = true
      this.#text += 'Connection: close\r\n'
    } else if (message.maxRequestsOnConnectionReached) this.#text += 'Connection: close\r\n'
    else if (message._keepAliveTimeout && message._defaultKeepAlive) {
      this.#text += keepAliveLines(message._keepAliveTimeout, ~~(message._maxRequestsPerSocket ?? 0))
    } else this.#text += 'Connection: keep-alive\r\n'
  }

  #addFraming(): void {
    if ((this.#saw & (SAW_LENGTH | SAW_TRANSFER_ENCODING)) !== 0) return
    const message = this.#message
    if (!message._hasBody) message.chunkedEncoding = false
    else if (!message.useChunkedEncodingByDefault) message._last = true
    else if ((this.#saw & SAW_TRAILER) === 0 && !message._removedContLen && message._contentLength !== null) {
      this.#text += `Content-Length: ${message._contentLength}\r\n`
    } else if (!message._removedTE) {
      this.#text += 'Transfer-Encoding: chunked\r\n'
      message.chunkedEncoding = true
    } else message._last = true // The body ends with the connection.
  }

  #addGiven(name: string, value: unknown): void {
    validateHeaderName(name)
    this.#add(name, lowerName(name), value as HeaderValue, true)
  }

  #add(name: string, lower: string, given: HeaderValue, isUnchecked: boolean): void {
    let value: unknown = given
    // RFC 6266 section 4.3: file names are latin1, and so is the head where the body's length is known.
    if (lower === 'content-disposition' && this.#message._contentLength) value = asLatin1(value)
    if (Array.isArray(value)) {
      const isJoined = (value.length > 1 && lower === 'cookie') || this.#unique?.has(lower)
      // The array belongs to the program, which may have changed it after the values were validated.
      if (!isJoined) {
        for (const one of value) this.#addLine(name, lower, one, true)
        return
      }
      this.#addLine(name, lower, value.join('; '), true)
      return
    }
    this.#addLine(name, lower, value, isUnchecked)
  }

  #addLine(name: string, lower: string, value: unknown, isUnchecked: boolean): void {
    if (isUnchecked) validateHeaderValue(name, value, this.#isRelaxed)
    if (!this.isLatin && typeof value !== 'number' && notAscii.test(value as string)) this.isLatin = true
    this.#text += `${name}: ${value}\r\n`
    if (lower.length >= 4 && lower.length <= 17) this.#note(lower, value)
  }

  #note(lower: string, value: unknown): void {
    const message = this.#message
    switch (lower) {
      case 'connection':
        this.#saw |= SAW_CONNECTION
        message._removedConnection = false
        if (closeToken.test(value as string)) message._last = true
        else message.shouldKeepAlive = true
        break
      case 'transfer-encoding':
        this.#saw |= SAW_TRANSFER_ENCODING
        message._removedTE = false
        if (chunkedToken.test(value as string)) message.chunkedEncoding = true
        break
      case 'content-length':
        this.#saw |= SAW_LENGTH
        message._contentLength = Number(value)
        message._removedContLen = false
        break
      case 'date':
        this.#saw |= SAW_DATE
        break
      case 'expect':
        this.#saw |= SAW_EXPECT
        break
      case 'trailer':
        this.#saw |= SAW_TRAILER
        break
      case 'keep-alive':
        message._defaultKeepAlive = false
        break
    }
  }
}

/** Trailers as text: an object, or a list of pairs. */
export function formatTrailers(headers: object, isRelaxed: boolean, unique: ReadonlySet<string> | null): string {
  const pairs = Array.isArray(headers) ? (headers as [string, unknown][]) : Object.entries(headers)
  let text = ''
  for (const [name, given] of pairs) {
    validateHeaderName(name, 'Trailer name')
    const isList = Array.isArray(given) && given.length > 1 && !unique?.has(name.toLowerCase())
    const values: unknown[] = isList ? given : [Array.isArray(given) ? given.join('; ') : given]
    for (const value of values) {
      if (hasInvalidValueCharacter(value, isRelaxed)) throw invalidCharacter('trailer content', name)
      text += `${name}: ${value}\r\n`
    }
  }
  return text
}

export const chunkedToken = /(?:^|\W)chunked(?:$|\W)/i
const closeToken = /(?:^|\W)close(?:$|\W)/i

const notAscii = /[^\0-\x7f]/

let lastKeepAliveMs = 0
let lastKeepAliveLines = ''

function keepAliveLines(timeoutMs: number, maxRequests: number): string {
  if (maxRequests > 0)
    return `Connection: keep-alive\r\nKeep-Alive: timeout=${Math.floor(timeoutMs / 1000)}, max=${maxRequests}\r\n`
  if (timeoutMs !== lastKeepAliveMs) {
    lastKeepAliveMs = timeoutMs
    lastKeepAliveLines = `Connection: keep-alive\r\nKeep-Alive: timeout=${Math.floor(timeoutMs / 1000)}\r\n`
  }
  return lastKeepAliveLines
}

function asLatin1(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(one => Buffer.from(one as string, 'latin1'))
  return Buffer.from(value as string, 'latin1')
}
