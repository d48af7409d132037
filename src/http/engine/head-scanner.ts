// Scans start line and fields: RFC 9112 sections 2 to 5, and section 7.1.2 for trailers. The scanner suspends at the end
// of the input and resumes with the next bytes; between calls it holds positions only. It copies nothing: the caller
// retains the bytes from the head's first byte on, and the positions are relative to that.
//
// One file and one switch, because a state for each kind of byte makes the meaning of every byte unambiguous. Strictness
// and error names are those of Node's parser.

import {
  CR,
  HTAB,
  isAuthorityByte,
  isRelaxedValueByte,
  isTargetByte,
  isTokenByte,
  isValueByte,
  LF,
  SP,
} from '../wire/characters.ts'
import { commonMethods, isHttpMethod, matchMethod } from '../wire/methods.ts'
import {
  BodyFraming,
  FIELD_CONNECTION,
  FIELD_CONTENT_LENGTH,
  FIELD_EXPECT,
  FIELD_HOST,
  FIELD_OTHER,
  FIELD_TRANSFER_ENCODING,
  FIELD_UPGRADE,
  isWord,
} from './body-framing.ts'
import {
  LENIENT_HEADERS,
  LENIENT_OPTIONAL_CR_BEFORE_LF,
  LENIENT_OPTIONAL_LF_AFTER_CR,
  LENIENT_VALUE_RELAXED,
  LENIENT_VERSION,
} from './leniency.ts'
import { ParseError, type ParseErrorName } from './parse-error.ts'

const METHOD = 1
const SPACES_BEFORE_TARGET = 2
const TARGET_START = 3
const PATH = 4
const QUERY = 5
const FRAGMENT = 6
const SCHEME = 7
const SCHEME_SLASHES = 8
const AUTHORITY = 9
const AUTHORITY_AFTER_AT = 10
const HTTP09_LF = 11
const SPACES_BEFORE_PROTOCOL = 12
const PROTOCOL = 13
const PROTOCOL_SLASH = 14
const VERSION_MAJOR = 15
const VERSION_DOT = 16
const VERSION_MINOR = 17
const REQUEST_LINE_CR = 18
const REQUEST_LINE_LF = 19
const HTTP2_PREFACE = 20
const SPACE_BEFORE_STATUS = 21
const STATUS_CODE = 22
const STATUS_END = 23
const REASON = 24
const STATUS_LINE_LF = 25
const FIELDS_START = 26
const FIELD_START = 27
const FIELD_NAME = 28
const BLANKS_BEFORE_COLON = 29
const BLANKS_BEFORE_VALUE = 30
const EMPTY_VALUE_LF = 31
const EMPTY_VALUE_NEXT = 32
const VALUE = 33
const VALUE_LF = 34
const VALUE_NEXT = 35
const END_LF = 36

const none: number[] = []
const noValues: string[] = []

export class HeadScanner {
  readonly framing: BodyFraming
  readonly #isRequest: boolean
  readonly #leniency: number
  readonly #maxHeaderSize: number
  readonly #maxFields: number
  readonly #refusesFurtherFields: boolean

  #state = 0
  /** Where the element that is being scanned began. */
  #mark = 0
  #nameEnd = 0
  #valueStart = 0
  /** How many digits of the status code, slashes after a scheme, or bytes of the HTTP/2 preface were read. */
  #seen = 0
  #word = ''
  #kind = FIELD_OTHER
  #fields = 0
  #counted = 0
  #folded = ''

  method = ''
  statusCode = 0
  versionMajor = 0
  versionMinor = 0
  /** Request target, or reason phrase. */
  textStart = 0
  textEnd = 0
  /** Four numbers for each field: start and end of its name, start and end of its value. */
  positions: number[] = none
  /** Values of fields that were folded over several lines; their `start` is -1 - the index in this array. */
  foldedValues: string[] = noValues

  /**
   * @param maxFields - how many fields are reported; 0: all
   * @param refusesFurtherFields - a field beyond `maxFields` is an error
   */
  constructor(
    isRequest: boolean,
    leniency: number,
    maxHeaderSize: number,
    maxFields: number,
    refusesFurtherFields: boolean,
  ) {
    this.#isRequest = isRequest
    this.#leniency = leniency
    this.#maxHeaderSize = maxHeaderSize
    this.#maxFields = maxFields
    this.#refusesFurtherFields = refusesFurtherFields
    this.framing = new BodyFraming(isRequest, leniency)
  }

  startHead(at: number): void {
    this.framing.reset()
    this.#startFields()
    this.method = ''
    this.statusCode = 0
    this.#mark = at
    this.#word = ''
    this.#seen = 0
    this.#state = this.#isRequest ? METHOD : PROTOCOL
  }

  startTrailers(): void {
    this.#startFields()
    this.#state = FIELD_START
  }

  /** Drops the references to the positions, which the message's Fields own from now on. */
  forget(): void {
    this.positions = none
    this.foldedValues = noValues
  }

  #startFields(): void {
    this.positions = []
    this.foldedValues = noValues
    this.#folded = ''
    this.#fields = 0
    this.#counted = 0
  }

  /** Adjusts the positions after the caller has moved the head's first byte from `distance` to 0. */
  rebase(distance: number): void {
    this.#mark -= distance
    this.#nameEnd -= distance
    this.#valueStart -= distance
    this.textStart -= distance
    this.textEnd -= distance
    for (let i = 0; i < this.positions.length; i++) {
      // Indices of folded values stay as they are.
      if ((this.positions[i] as number) >= 0) this.positions[i] = (this.positions[i] as number) - distance
    }
  }

  /** Checks the size of the head so far, including the element that is being scanned. */
  checkSizeOfRest(end: number): void {
    const isCounted = (this.#state >= TARGET_START && this.#state <= AUTHORITY_AFTER_AT) || this.#state === REASON
    if (isCounted || this.#state === FIELD_NAME || this.#state === VALUE) this.#checkSize(end - this.#mark, end)
  }

  #count(bytes: number, at: number): void {
    this.#counted += bytes
    this.#checkSize(0, at)
  }

  #checkSize(more: number, at: number): void {
    if (this.#counted + more >= this.#maxHeaderSize) throw new ParseError('HEADER_OVERFLOW', 'Header overflow', at)
  }

  /**
   * Continues the scan. @returns the index after the head's last byte, or -1 if `end` was reached within the head
   */
  scan(bytes: Uint8Array, start: number, end: number): number {
    let i = start
    while (i < end) {
      if (this.#state < FIELDS_START) {
        i = this.#scanStartLine(bytes, i, end)
      } else {
        i = this.#scanFields(bytes, i, end)
        if (i < 0) return ~i
      }
    }
    return -1
  }

  /** @returns the next index; the state changes where the bytes of its element end */
  #scanStartLine(bytes: Uint8Array, start: number, end: number): number {
    let i = start
    const byte = bytes[i] as number
    switch (this.#state) {
      case METHOD:
        return this.#scanMethod(bytes, end)

      case SPACES_BEFORE_TARGET:
        while (i < end && bytes[i] === SP) i++
        if (i === end) return i
        this.#mark = this.textStart = i
        this.#state = this.method === 'CONNECT' ? AUTHORITY : TARGET_START
        return i

      case TARGET_START:
        if (byte === 47 || byte === 42) this.#state = PATH
        else if (isLetter(byte)) this.#state = SCHEME
        else if (isLineEndOrBlank(byte)) return fail('INVALID_URL', 'Invalid characters in url', i + 1)
        else return fail('INVALID_URL', 'Unexpected start char in url', i)
        return i + 1

      case SCHEME:
        while (i < end && isLetter(bytes[i] as number)) i++
        if (i === end) return i
        if (bytes[i] !== 58) return failInScheme(bytes[i] as number, i)
        this.#seen = 0
        this.#state = SCHEME_SLASHES
        return i + 1

      case SCHEME_SLASHES:
        if (byte !== 47) {
          return this.#seen === 0 ? failInScheme(byte, i) : fail('INVALID_URL', 'Unexpected char in url schema', i)
        }
        if (++this.#seen === 2) this.#state = AUTHORITY
        return i + 1

      case AUTHORITY:
      case AUTHORITY_AFTER_AT:
        return this.#scanAuthority(bytes, i, end)

      case PATH:
        while (i < end && isTargetByte[bytes[i] as number] === 1) i++
        if (i === end) return i
        if (bytes[i] === SP) return this.#endTarget(bytes, i, end)
        if (bytes[i] === 63) this.#state = QUERY
        else if (bytes[i] === 35) this.#state = FRAGMENT
        else return this.#endTargetAtLine(bytes, i, 'Invalid char in url path')
        return i + 1

      case QUERY:
        while (i < end && (isTargetByte[bytes[i] as number] === 1 || bytes[i] === 63)) i++
        if (i === end) return i
        if (bytes[i] === SP) return this.#endTarget(bytes, i, end)
        if (bytes[i] !== 35) return this.#endTargetAtLine(bytes, i, 'Invalid char in url query')
        this.#state = FRAGMENT
        return i + 1

      case FRAGMENT:
        while (i < end && (isTargetByte[bytes[i] as number] === 1 || bytes[i] === 63 || bytes[i] === 35)) i++
        if (i === end) return i
        if (bytes[i] === SP) return this.#endTarget(bytes, i, end)
        return this.#endTargetAtLine(bytes, i, 'Invalid char in url fragment start')

      case HTTP09_LF:
        if (byte !== LF) return fail('INVALID_URL', 'Expected CRLF', i)
        this.#state = FIELDS_START
        return i + 1

      case SPACES_BEFORE_PROTOCOL:
        if (byte === SP) return i + 1
        this.#word = ''
        this.#state = PROTOCOL
        return i

      case PROTOCOL:
        return this.#scanProtocol(byte, i)

      case PROTOCOL_SLASH:
        if (byte !== 47) return fail('INVALID_CONSTANT', 'Expected HTTP/, RTSP/ or ICE/', i)
        this.#state = VERSION_MAJOR
        return i + 1

      default:
        return this.#scanVersionOrStatus(bytes, i, end)
    }
  }

  #scanMethod(bytes: Uint8Array, end: number): number {
    const start = this.#mark
    const common = commonMethods[(bytes[start] as number) & 127]
    let i = start
    while (i < end && bytes[i] !== SP) i++
    const length = i - start
    if (common !== undefined && length === common.length && isSame(bytes, start, common)) this.method = common
    else {
      const matched = matchMethod(bytes, start, i, i < end)
      if (matched === '') return end
      if (typeof matched === 'number') {
        const isMethod = typeof matchMethod(bytes, start, start + matched, true) === 'string'
        return fail(
          'INVALID_METHOD',
          isMethod ? 'Expected space after method' : 'Invalid method encountered',
          start + matched,
        )
      }
      this.method = matched
    }
    if (i === end) return i
    this.#state = SPACES_BEFORE_TARGET
    return i + 1
  }

  #scanAuthority(bytes: Uint8Array, start: number, end: number): number {
    let i = start
    while (i < end) {
      const byte = bytes[i] as number
      if (isAuthorityByte[byte] === 1) this.#state = AUTHORITY
      else if (byte === 64) {
        if (this.#state === AUTHORITY_AFTER_AT) return fail('INVALID_URL', 'Double @ in url', i)
        this.#state = AUTHORITY_AFTER_AT
      } else break
      i++
    }
    if (i === end) return i
    if (bytes[i] === SP) return this.#endTarget(bytes, i, end)
    if (bytes[i] === 47) this.#state = PATH
    else if (bytes[i] === 63) this.#state = QUERY
    else return this.#endTargetAtLine(bytes, i, 'Unexpected char in url server')
    return i + 1
  }

  #endTarget(bytes: Uint8Array, at: number, end: number): number {
    this.textEnd = at
    this.#count(at - this.textStart, at)
    this.#state = SPACES_BEFORE_PROTOCOL
    // The usual end of a request line, matched in one step.
    if (
      end > at + 10 &&
      bytes[at + 10] === LF &&
      isSame(bytes, at + 1, 'HTTP/1.') &&
      bytes[at + 9] === CR &&
      (bytes[at + 8] === 49 || bytes[at + 8] === 48) &&
      isHttpMethod(this.method)
    ) {
      this.versionMajor = 1
      this.versionMinor = (bytes[at + 8] as number) - 48
      this.#state = FIELDS_START
      return at + 11
    }
    return at + 1
  }

  /** A target that ends its line: the simple request of HTTP/0.9, which Node still accepts. */
  #endTargetAtLine(bytes: Uint8Array, at: number, reason: string): number {
    const byte = bytes[at]
    if (byte !== CR && byte !== LF) {
      const isControl = byte === HTAB || byte === 12
      return isControl ? fail('INVALID_URL', 'Invalid characters in url', at + 1) : fail('INVALID_URL', reason, at)
    }
    this.textEnd = at
    this.#count(at - this.textStart, at)
    this.versionMajor = 0
    this.versionMinor = 9
    this.#state = byte === CR ? HTTP09_LF : FIELDS_START
    return at + 1
  }

  #scanProtocol(byte: number, at: number): number {
    this.#word += String.fromCharCode(byte)
    const word = this.#word
    if (!'HTTP'.startsWith(word) && !'RTSP'.startsWith(word) && !'ICE'.startsWith(word)) {
      return fail('INVALID_CONSTANT', 'Expected HTTP/, RTSP/ or ICE/', at)
    }
    if (word !== 'HTTP' && word !== 'RTSP' && word !== 'ICE') return at + 1
    if (this.#isRequest) this.#checkMethodOfProtocol(word, at + 1)
    this.#state = PROTOCOL_SLASH
    return at + 1
  }

  #checkMethodOfProtocol(protocol: string, at: number): void {
    const { method } = this
    if (protocol === 'HTTP' && !isHttpMethod(method) && method !== 'PRI') {
      fail('INVALID_CONSTANT', 'Invalid method for HTTP/x.x request', at)
    }
    if (protocol === 'RTSP' && isHttpMethod(method) && !['OPTIONS', 'GET', 'POST'].includes(method)) {
      fail('INVALID_CONSTANT', 'Invalid method for RTSP/x.x request', at)
    }
    if (protocol === 'ICE' && method !== 'SOURCE') {
      fail('INVALID_CONSTANT', 'Expected SOURCE method for ICE/x.x request', at)
    }
  }

  #scanVersionOrStatus(bytes: Uint8Array, start: number, end: number): number {
    let i = start
    const byte = bytes[i] as number
    switch (this.#state) {
      case VERSION_MAJOR:
        if (!isDigit(byte)) return fail('INVALID_VERSION', 'Invalid major version', i)
        this.versionMajor = byte - 48
        this.#state = VERSION_DOT
        return i + 1

      case VERSION_DOT:
        if (byte !== 46) return fail('INVALID_VERSION', 'Expected dot', i)
        this.#state = VERSION_MINOR
        return i + 1

      case VERSION_MINOR:
        if (!isDigit(byte)) return fail('INVALID_VERSION', 'Invalid minor version', i)
        this.versionMinor = byte - 48
        this.#checkVersion(i + 1)
        this.#seen = 0
        this.#state = this.#isRequest ? REQUEST_LINE_CR : SPACE_BEFORE_STATUS
        if (this.method === 'PRI') this.#state = HTTP2_PREFACE
        return i + 1

      case REQUEST_LINE_CR:
        if (byte === CR || (byte === LF && this.#allows(LENIENT_OPTIONAL_CR_BEFORE_LF))) this.#state = REQUEST_LINE_LF
        else return fail('INVALID_VERSION', 'Expected CRLF after version', byte === LF ? i + 1 : i)
        return byte === CR ? i + 1 : i

      case REQUEST_LINE_LF:
        this.#state = FIELDS_START
        if (byte === LF) return i + 1
        if (this.#allows(LENIENT_OPTIONAL_LF_AFTER_CR)) return i
        return fail('STRICT', 'Expected CRLF after version', i)

      case HTTP2_PREFACE:
        if (byte !== '\r\n\r\nSM\r\n\r\n'.charCodeAt(this.#seen)) {
          return fail('INVALID_VERSION', 'Expected HTTP/2 Connection Preface', i)
        }
        if (++this.#seen === 10) return fail('PAUSED_H2_UPGRADE', 'Pause on PRI/Upgrade', i + 1)
        return i + 1

      case SPACE_BEFORE_STATUS:
        if (byte !== SP) return fail('INVALID_VERSION', 'Expected space after version', i)
        this.#seen = 0
        this.#state = STATUS_CODE
        return i + 1

      case STATUS_CODE:
        if (!isDigit(byte)) return fail('INVALID_STATUS', 'Invalid status code', i)
        this.statusCode = this.statusCode * 10 + byte - 48
        if (++this.#seen === 3) this.#state = STATUS_END
        return i + 1

      case STATUS_END:
        this.#mark = this.textStart = this.textEnd = i
        if (byte === SP) {
          this.#mark = this.textStart = this.textEnd = i + 1
          this.#state = REASON
        } else if (byte === CR) this.#state = STATUS_LINE_LF
        else if (byte === LF && this.#allows(LENIENT_OPTIONAL_CR_BEFORE_LF)) this.#state = FIELDS_START
        else return fail('INVALID_STATUS', 'Invalid response status', byte === LF ? i + 1 : i)
        return i + 1

      case REASON:
        while (i < end && bytes[i] !== CR && bytes[i] !== LF) i++
        if (i === end) return i
        this.textEnd = i
        this.#count(i - this.textStart, i + 1)
        this.#state = STATUS_LINE_LF
        if (bytes[i] === LF) {
          if (!this.#allows(LENIENT_OPTIONAL_CR_BEFORE_LF)) {
            return fail('CR_EXPECTED', 'Missing expected CR after response line', i + 1)
          }
          this.#state = FIELDS_START
        }
        return i + 1

      default:
        this.#state = FIELDS_START
        if (byte === LF) return i + 1
        if (this.#allows(LENIENT_OPTIONAL_LF_AFTER_CR)) return i
        return fail('STRICT', 'Expected LF after CR', i)
    }
  }

  #checkVersion(at: number): void {
    const { versionMajor: major, versionMinor: minor } = this
    const isKnown = (major === 1 && minor <= 1) || (major === 2 && minor === 0) || (major === 0 && minor === 9)
    if (!isKnown && !this.#allows(LENIENT_VERSION)) fail('INVALID_VERSION', 'Invalid HTTP version', at)
  }

  /** @returns the next index, or ~index after the empty line that ends the section */
  #scanFields(bytes: Uint8Array, start: number, end: number): number {
    let i = start
    while (i < end) {
      const byte = bytes[i] as number
      switch (this.#state) {
        case FIELDS_START:
          if (byte === SP) {
            if (!this.#allows(LENIENT_HEADERS)) {
              return fail('UNEXPECTED_SPACE', 'Unexpected space after start line', i + 1)
            }
            i++
          }
          this.#state = FIELD_START
          break

        case FIELD_START:
          if (byte === CR) {
            this.#state = END_LF
            i++
            break
          }
          if (byte === LF) {
            if (this.#allows(LENIENT_OPTIONAL_CR_BEFORE_LF)) return ~(i + 1)
            return fail('INVALID_HEADER_TOKEN', 'Invalid header field char', i + 1)
          }
          if (byte === 58) return fail('INVALID_HEADER_TOKEN', 'Invalid header token', i)
          this.#mark = i
          this.#state = FIELD_NAME
          break

        case FIELD_NAME:
          while (i < end && isTokenByte[bytes[i] as number] === 1) i++
          if (i === end) return i
          this.#endName(bytes, i)
          i++
          break

        case BLANKS_BEFORE_COLON:
          if (byte === 58) this.#state = BLANKS_BEFORE_VALUE
          else if (byte !== SP) return fail('INVALID_HEADER_TOKEN', 'Invalid header token', i)
          i++
          break

        case BLANKS_BEFORE_VALUE:
          if (byte === SP || byte === HTAB) i++
          else if (byte === CR) {
            this.#state = EMPTY_VALUE_LF
            i++
          } else if (byte === LF) {
            if (!this.#allows(LENIENT_OPTIONAL_CR_BEFORE_LF)) {
              return fail('INVALID_HEADER_TOKEN', 'Invalid header value char', i + 1)
            }
            this.#state = EMPTY_VALUE_NEXT
            i++
          } else {
            this.#mark = this.#valueStart = i
            this.#state = VALUE
          }
          break

        case EMPTY_VALUE_LF:
          this.#state = EMPTY_VALUE_NEXT
          if (byte === LF) i++
          else if (!this.#allows(LENIENT_HEADERS)) return fail('STRICT', 'Expected LF after CR', i)
          break

        case EMPTY_VALUE_NEXT:
          if (byte === SP || byte === HTAB) {
            if (!this.#allows(LENIENT_HEADERS)) return fail('INVALID_HEADER_TOKEN', 'Invalid header value char', i + 1)
            this.#state = BLANKS_BEFORE_VALUE
            i++
          } else this.#endField(bytes, this.#nameEnd, this.#nameEnd, i)
          break

        case VALUE:
          while (i < end && isValueByte[bytes[i] as number] === 1) i++
          if (i === end) return i
          i = this.#endValue(bytes, i)
          break

        case VALUE_LF:
          if (byte !== LF) return fail('LF_EXPECTED', 'Missing expected LF after header value', i)
          this.#state = VALUE_NEXT
          i++
          break

        case VALUE_NEXT:
          if (byte === SP || byte === HTAB) this.#fold(bytes, i)
          else this.#endField(bytes, this.#valueStart, this.#mark, i)
          break

        default:
          if (byte === LF) return ~(i + 1)
          if (this.#allows(LENIENT_OPTIONAL_LF_AFTER_CR)) return ~i
          return fail('STRICT', 'Expected LF after headers', i)
      }
    }
    return i
  }

  #endName(bytes: Uint8Array, at: number): void {
    const start = this.#mark
    this.#nameEnd = at
    this.#count(at - start, at + 1)
    if (this.#refusesFurtherFields && this.#maxFields > 0 && this.#fields >= this.#maxFields) {
      fail('HEADER_OVERFLOW', 'Header overflow', at + 1)
    }
    this.#kind = fieldKind(bytes, start, at)
    this.positions.push(start, at)
    this.#state = BLANKS_BEFORE_VALUE
    if (bytes[at] === 58) return
    const mayHaveBlank = this.#kind !== FIELD_OTHER && this.#kind < FIELD_HOST && bytes[at] === SP
    if (!mayHaveBlank) fail('INVALID_HEADER_TOKEN', 'Invalid header token', at)
    // RFC 9112 section 5.1: a server rejects such a request with 400.
    if (!this.#allows(LENIENT_HEADERS)) fail('INVALID_HEADER_TOKEN', 'Invalid header field char', at + 1)
    this.#state = BLANKS_BEFORE_COLON
  }

  /** Handles the first byte that is not allowed in a value. `#mark` becomes the value's end. */
  #endValue(bytes: Uint8Array, at: number): number {
    const byte = bytes[at] as number
    if (
      byte === CR ||
      (byte === LF && (this.#allows(LENIENT_OPTIONAL_CR_BEFORE_LF) || this.#allows(LENIENT_HEADERS)))
    ) {
      this.#count(at - this.#valueStart, at + 1)
      this.#mark = at
      this.#state = VALUE_LF
      return byte === CR ? at + 1 : at
    }
    if (byte === LF) return fail('CR_EXPECTED', 'Missing expected CR after header value', at)
    if (this.#allows(LENIENT_HEADERS)) return at + 1
    if (this.#allows(LENIENT_VALUE_RELAXED) && isRelaxedValueByte[byte] === 1) return at + 1
    // Reports the error of Content-Length instead: this byte, or one before it, is not a digit.
    if (this.#kind === FIELD_CONTENT_LENGTH) this.framing.receiveField(this.#kind, bytes, this.#valueStart, at + 1, at)
    return fail('INVALID_HEADER_TOKEN', 'Invalid header value char', at)
  }

  /** RFC 9112 section 5.2: a folded line, rejected unless the parser is lenient. */
  #fold(bytes: Uint8Array, at: number): void {
    if (!this.#allows(LENIENT_HEADERS)) {
      fail('INVALID_HEADER_TOKEN', 'Unexpected whitespace after header value', at)
    }
    this.#folded += textOf(bytes, this.#valueStart, this.#mark)
    this.#mark = this.#valueStart = at
    this.#state = VALUE
  }

  #endField(bytes: Uint8Array, start: number, end: number, at: number): void {
    let last = end
    while (last > start && (bytes[last - 1] === SP || bytes[last - 1] === HTAB)) last--
    const kind = this.#kind
    this.#state = FIELD_START
    if (this.#maxFields > 0 && ++this.#fields > this.#maxFields && this.#isHidden(kind, bytes, start, last, at)) return
    if (this.#folded !== '') this.#endFoldedField(bytes, start, last)
    else {
      this.positions.push(start, last)
      if (kind !== FIELD_OTHER) this.framing.receiveField(kind, bytes, start, last, at)
    }
  }

  /** Whether a field beyond `maxHeadersCount` is dropped. Separate, so that `#endField` is small enough to be inlined. */
  #isHidden(kind: number, bytes: Uint8Array, start: number, end: number, at: number): boolean {
    if (this.#mustBeShown(kind, at)) {
      this.#makeRoom()
      return false
    }
    this.#hideField(kind, bytes, start, end)
    return true
  }

  /** A field beyond `maxHeadersCount` that determines framing is not hidden: a request is rejected, a response keeps it. */
  #mustBeShown(kind: number, at: number): boolean {
    const isFraming = kind === FIELD_CONTENT_LENGTH || kind === FIELD_TRANSFER_ENCODING
    if (isFraming && this.#isRequest) fail('HEADER_OVERFLOW', 'Header overflow', at)
    return isFraming
  }

  /** Removes the field before the one whose name has just been read. */
  #makeRoom(): void {
    this.positions.splice(-6, 4)
  }

  /** A hidden Host or Expect field has no effect; hidden Upgrade and Connection fields do, as in Node. */
  #hideField(kind: number, bytes: Uint8Array, start: number, end: number): void {
    this.positions.length -= 2
    this.#folded = ''
    if (kind === FIELD_CONNECTION || kind === FIELD_UPGRADE) this.framing.receiveField(kind, bytes, start, end, end)
  }

  #endFoldedField(bytes: Uint8Array, start: number, end: number): void {
    const value = (this.#folded + textOf(bytes, start, end)).trimEnd()
    this.#folded = ''
    if (this.foldedValues === noValues) this.foldedValues = []
    this.foldedValues.push(value)
    this.positions.push(-this.foldedValues.length, -this.foldedValues.length)
    const folded = Uint8Array.from(value, character => character.charCodeAt(0))
    this.framing.receiveField(this.#kind, folded, 0, folded.length, folded.length)
  }

  #allows(leniency: number): boolean {
    return (this.#leniency & leniency) !== 0
  }
}

function fieldKind(bytes: Uint8Array, start: number, end: number): number {
  switch (end - start) {
    case 4:
      return isWord(bytes, start, end, 'host') ? FIELD_HOST : FIELD_OTHER
    case 6:
      return isWord(bytes, start, end, 'expect') ? FIELD_EXPECT : FIELD_OTHER
    case 7:
      return isWord(bytes, start, end, 'upgrade') ? FIELD_UPGRADE : FIELD_OTHER
    case 10:
      return isWord(bytes, start, end, 'connection') ? FIELD_CONNECTION : FIELD_OTHER
    case 14:
      return isWord(bytes, start, end, 'content-length') ? FIELD_CONTENT_LENGTH : FIELD_OTHER
    case 16:
      return isWord(bytes, start, end, 'proxy-connection') ? FIELD_CONNECTION : FIELD_OTHER
    case 17:
      return isWord(bytes, start, end, 'transfer-encoding') ? FIELD_TRANSFER_ENCODING : FIELD_OTHER
    default:
      return FIELD_OTHER
  }
}

function fail(name: ParseErrorName, reason: string, at: number): never {
  throw new ParseError(name, reason, at)
}

function failInScheme(byte: number, at: number): never {
  if (isLineEndOrBlank(byte)) fail('INVALID_URL', 'Invalid characters in url', at + 1)
  fail('INVALID_URL', 'Unexpected char in url schema', at)
}

function isLineEndOrBlank(byte: number): boolean {
  return byte === SP || byte === CR || byte === LF || byte === HTAB || byte === 12
}

function isSame(bytes: Uint8Array, start: number, text: string): boolean {
  for (let i = 0; i < text.length; i++) if (bytes[start + i] !== text.charCodeAt(i)) return false
  return true
}

function textOf(bytes: Uint8Array, start: number, end: number): string {
  let text = ''
  for (let i = start; i < end; i++) text += String.fromCharCode(bytes[i] as number)
  return text
}

function isLetter(byte: number): boolean {
  return (byte >= 65 && byte <= 90) || (byte >= 97 && byte <= 122)
}

function isDigit(byte: number): boolean {
  return byte >= 48 && byte <= 57
}
