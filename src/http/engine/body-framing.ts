// Which length rule applies to a message's body: RFC 9112 section 6.3. One object collects what the fields declare, one
// method decides; no other code reads Content-Length, Transfer-Encoding, Connection or Upgrade. Messages that two parties
// could delimit differently are rejected, which prevents request smuggling.

import { HTAB, SP } from '../wire/characters.ts'
import { LENIENT_CHUNKED_LENGTH, LENIENT_TRANSFER_ENCODING } from './leniency.ts'
import { ParseError } from './parse-error.ts'

/** The fields that the parser interprets itself. */
export const FIELD_OTHER = 0
export const FIELD_CONNECTION = 1
export const FIELD_CONTENT_LENGTH = 2
export const FIELD_TRANSFER_ENCODING = 3
export const FIELD_UPGRADE = 4
export const FIELD_HOST = 5
export const FIELD_EXPECT = 6

export const HAS_KEEP_ALIVE = 1 << 0
export const HAS_CLOSE = 1 << 1
export const HAS_CONNECTION_UPGRADE = 1 << 2
export const HAS_CHUNKED = 1 << 3
export const HAS_UPGRADE = 1 << 4
export const HAS_CONTENT_LENGTH = 1 << 5
export const HAS_TRANSFER_ENCODING = 1 << 6
export const HAS_HOST = 1 << 7
export const HAS_EXPECT = 1 << 8

export type Framing = 'none' | 'length' | 'chunked' | 'until-end' | 'unclear'

export class BodyFraming {
  readonly #isRequest: boolean
  readonly #leniency: number
  flags = 0
  contentLength = 0

  constructor(isRequest: boolean, leniency: number) {
    this.#isRequest = isRequest
    this.#leniency = leniency
  }

  reset(): void {
    this.flags = 0
    this.contentLength = 0
  }

  /**
   * Evaluates one field, whose value is from `start` to `end` without surrounding whitespace.
   * @param next - the index after the field's line
   */
  receiveField(kind: number, bytes: Uint8Array, start: number, end: number, next: number): void {
    switch (kind) {
      case FIELD_CONNECTION:
        this.#readConnection(bytes, start, end)
        break
      case FIELD_CONTENT_LENGTH:
        this.#readContentLength(bytes, start, end, next)
        break
      case FIELD_TRANSFER_ENCODING:
        this.#readTransferEncoding(bytes, start, end)
        break
      case FIELD_UPGRADE:
        if (end > start) this.flags |= HAS_UPGRADE
        break
      case FIELD_HOST:
        this.flags |= HAS_HOST
        break
      case FIELD_EXPECT:
        this.flags |= HAS_EXPECT
        break
    }
  }

  get isChunked(): boolean {
    return (this.flags & HAS_CHUNKED) !== 0
  }

  get hasBody(): boolean {
    return this.isChunked || this.contentLength > 0
  }

  /** Upgrade and Connection both say that another protocol is requested or announced. */
  get wantsUpgrade(): boolean {
    return (this.flags & (HAS_UPGRADE | HAS_CONNECTION_UPGRADE)) === (HAS_UPGRADE | HAS_CONNECTION_UPGRADE)
  }

  /** @param statusCode - 0 for a request */
  decide(statusCode: number, isBodySkipped: boolean): Framing {
    // RFC 9110 section 6.4.1: neither these nor a response to HEAD have content, whatever their fields declare.
    if (isBodySkipped || statusCode === 204 || statusCode === 304 || (statusCode >= 100 && statusCode < 104)) {
      return 'none'
    }
    if (this.isChunked) return 'chunked'
    if ((this.flags & HAS_TRANSFER_ENCODING) !== 0) {
      const isAllowed = (this.#leniency & (LENIENT_CHUNKED_LENGTH | LENIENT_TRANSFER_ENCODING)) !== 0
      return this.#isRequest && !isAllowed ? 'unclear' : 'until-end'
    }
    if ((this.flags & HAS_CONTENT_LENGTH) !== 0) return this.contentLength === 0 ? 'none' : 'length'
    return this.#needsEnd(statusCode, isBodySkipped) ? 'until-end' : 'none'
  }

  /** RFC 9112 section 9.3. */
  mayKeepAlive(versionMajor: number, versionMinor: number, statusCode: number, isBodySkipped: boolean): boolean {
    if (versionMajor > 0 && versionMinor > 0) {
      if ((this.flags & HAS_CLOSE) !== 0) return false
    } else if ((this.flags & HAS_KEEP_ALIVE) === 0) return false
    return !this.#needsEnd(statusCode, isBodySkipped)
  }

  #needsEnd(statusCode: number, isBodySkipped: boolean): boolean {
    if (this.#isRequest || isBodySkipped) return false
    if (statusCode < 200 || statusCode === 204 || statusCode === 304) return false
    if ((this.flags & HAS_TRANSFER_ENCODING) !== 0 && !this.isChunked) return true
    return (this.flags & (HAS_CHUNKED | HAS_CONTENT_LENGTH)) === 0
  }

  #readContentLength(bytes: Uint8Array, start: number, end: number, next: number): void {
    if ((this.flags & HAS_TRANSFER_ENCODING) !== 0 && (this.#leniency & LENIENT_CHUNKED_LENGTH) === 0) {
      const reason = "Content-Length can't be present with Transfer-Encoding"
      throw new ParseError('INVALID_CONTENT_LENGTH', reason, start - 1)
    }
    if (start === end) throw new ParseError('INVALID_CONTENT_LENGTH', 'Empty Content-Length', next)
    if ((this.flags & HAS_CONTENT_LENGTH) !== 0) {
      throw new ParseError('UNEXPECTED_CONTENT_LENGTH', 'Duplicate Content-Length', start)
    }
    let length = 0
    for (let i = start; i < end; i++) {
      const digit = (bytes[i] as number) - 48
      if (digit < 0 || digit > 9) {
        let at = i
        while (at < end && bytes[at] === SP) at++
        throw new ParseError('INVALID_CONTENT_LENGTH', 'Invalid character in Content-Length', at)
      }
      length = length * 10 + digit
      if (length > 2 ** 64) throw new ParseError('INVALID_CONTENT_LENGTH', 'Content-Length overflow', i + 1)
    }
    // Node's parser counts in 64 bits; here the length must be exact in a double.
    if (length > Number.MAX_SAFE_INTEGER) {
      throw new ParseError('INVALID_CONTENT_LENGTH', 'Content-Length overflow', end)
    }
    this.contentLength = length
    this.flags |= HAS_CONTENT_LENGTH
  }

  // Several Transfer-Encoding fields are one list: RFC 9110 section 5.3.
  #readTransferEncoding(bytes: Uint8Array, start: number, end: number): void {
    if ((this.flags & HAS_CONTENT_LENGTH) !== 0 && (this.#leniency & LENIENT_CHUNKED_LENGTH) === 0) {
      const reason = "Transfer-Encoding can't be present with Content-Length"
      throw new ParseError('INVALID_TRANSFER_ENCODING', reason, start - 1)
    }
    this.flags |= HAS_TRANSFER_ENCODING
    let i = start
    while (i <= end) {
      const comma = indexOfComma(bytes, i, end)
      this.#refuseAfterChunked(i === start ? i + 1 : i)
      this.flags &= ~HAS_CHUNKED
      if (isWord(bytes, skipBlanks(bytes, i, comma), withoutBlanks(bytes, i, comma), 'chunked'))
        this.flags |= HAS_CHUNKED
      i = comma + 1
    }
  }

  /** RFC 9112 section 6.1: chunked is the last coding, and applied once. */
  #refuseAfterChunked(at: number): void {
    if (this.isChunked && this.#isRequest && (this.#leniency & LENIENT_TRANSFER_ENCODING) === 0) {
      throw new ParseError('INVALID_TRANSFER_ENCODING', 'Invalid `Transfer-Encoding` header value', at)
    }
  }

  #readConnection(bytes: Uint8Array, start: number, end: number): void {
    let i = start
    while (i < end) {
      const comma = indexOfComma(bytes, i, end)
      const first = skipBlanks(bytes, i, comma)
      const last = withoutBlanks(bytes, first, comma)
      if (isWord(bytes, first, last, 'keep-alive')) this.flags |= HAS_KEEP_ALIVE
      else if (isWord(bytes, first, last, 'close')) this.flags |= HAS_CLOSE
      else if (isWord(bytes, first, last, 'upgrade')) this.flags |= HAS_CONNECTION_UPGRADE
      i = comma + 1
    }
  }
}

/** Compares bytes, ignoring case, with a word of lower-case letters and hyphens. */
export function isWord(bytes: Uint8Array, start: number, end: number, word: string): boolean {
  if (end - start !== word.length) return false
  for (let i = 0; i < word.length; i++) {
    const byte = bytes[start + i] as number
    const expected = word.charCodeAt(i)
    if (byte !== expected && (byte < 65 || byte > 90 || byte + 32 !== expected)) return false
  }
  return true
}

function indexOfComma(bytes: Uint8Array, start: number, end: number): number {
  let i = start
  while (i < end && bytes[i] !== 44) i++
  return i
}

function skipBlanks(bytes: Uint8Array, start: number, end: number): number {
  let i = start
  while (i < end && (bytes[i] === SP || bytes[i] === HTAB)) i++
  return i
}

function withoutBlanks(bytes: Uint8Array, start: number, end: number): number {
  let i = end
  while (i > start && (bytes[i - 1] === SP || bytes[i - 1] === HTAB)) i--
  return i
}
