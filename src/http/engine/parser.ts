// Parses HTTP/1.1 messages from bytes as they arrive: RFC 9112. The parser has no socket: `receive` takes a piece of the
// stream and calls the handler with heads, body bytes and message ends. Body bytes are never copied; a head is decoded to
// text once, and its fields remain positions in that text until they are accessed (wire/fields.ts).
//
// State changes first, the handler is called last: it may call pause() or close(), and receive() then returns.

import { latin1Text } from '../../core/bytes.ts'
import { CR, LF } from '../wire/characters.ts'
import { Fields } from '../wire/fields.ts'
import { HAS_CONTENT_LENGTH, HAS_EXPECT, HAS_HOST, HAS_TRANSFER_ENCODING } from './body-framing.ts'
import { ChunkScanner } from './chunk-scanner.ts'
import { HeadScanner } from './head-scanner.ts'
import { LENIENT_DATA_AFTER_CLOSE, LENIENT_KEEP_ALIVE } from './leniency.ts'
import { maxHeaderSize, maxHeadersCount, rawBytesPerCountedByte } from './limits.ts'
import { ParseError } from './parse-error.ts'

/** How the handler wants the body of a message to be treated, whose head it was called with. */
export type HeadAnswer = 'read' | 'skip-body' | 'upgrade'

export interface ParserHandler {
  onHead(parser: Parser): HeadAnswer
  onBody(bytes: Uint8Array): void
  /** @param trailers - undefined if there are none */
  onMessageEnd(trailers: Fields | undefined): void
}

export interface ParserOptions {
  readonly leniency?: number | undefined
  /** 0: every head is rejected, as with Node's `--max-http-header-size=0`. */
  readonly maxHeaderSize?: number | undefined
  /** 0: no limit. */
  readonly maxHeadersCount?: number | undefined
  /** More fields than `maxHeadersCount` are an error; otherwise they are dropped. */
  readonly refusesFurtherFields?: boolean | undefined
}

const BETWEEN_MESSAGES = 0
const HEAD = 1
const BODY_OF_LENGTH = 2
const BODY_UNTIL_END = 3
const CHUNKS = 4
const TRAILERS = 5
/** The last message declared that no other follows. */
const CLOSED = 6
/** The bytes that follow belong to another protocol. */
const UPGRADED = 7
const FAILED = 8
/** The handler is being called with a head. If it throws, parsing ends: how the body is delimited has not been decided. */
const TELLING = 9

export class Parser {
  readonly #handler: ParserHandler
  readonly #isRequest: boolean
  readonly #leniency: number
  readonly #maxRawHead: number
  readonly #head: HeadScanner
  /** Made for the first chunked body. */
  #chunks: ChunkScanner | undefined
  #state = BETWEEN_MESSAGES
  /** The state before parsing ended with an error. */
  #stateBefore = BETWEEN_MESSAGES
  #isPaused = false
  #isUpgrading = false
  #isBodySkipped = false
  /** The beginning of a head or trailer section whose end has not arrived. */
  #held: Uint8Array | undefined
  #heldLength = 0
  #bodyLeft = 0
  #fields: Fields | undefined
  #text = ''
  /** Where the head that the handler is called with ends, as an index of the bytes that were received last. */
  #headEnd = 0

  /** The error that ended parsing. */
  error: ParseError | undefined

  constructor(role: 'request' | 'response', handler: ParserHandler, options: ParserOptions = {}) {
    this.#handler = handler
    this.#isRequest = role === 'request'
    this.#leniency = options.leniency ?? 0
    const headerSize = options.maxHeaderSize ?? maxHeaderSize
    this.#maxRawHead = headerSize * rawBytesPerCountedByte + 1024
    this.#head = new HeadScanner(
      this.#isRequest,
      this.#leniency,
      headerSize,
      options.maxHeadersCount ?? maxHeadersCount,
      options.refusesFurtherFields ?? false,
    )
  }

  get method(): string {
    return this.#head.method
  }

  /** The request's target, or the response's reason phrase. */
  get text(): string {
    return this.#text
  }

  get statusCode(): number {
    return this.#head.statusCode
  }

  get versionMajor(): number {
    return this.#head.versionMajor
  }

  get versionMinor(): number {
    return this.#head.versionMinor
  }

  /** The fields of the last head. */
  get fields(): Fields {
    return this.#fields as Fields
  }

  get hasHost(): boolean {
    return (this.#head.framing.flags & HAS_HOST) !== 0
  }

  get hasExpect(): boolean {
    return (this.#head.framing.flags & HAS_EXPECT) !== 0
  }

  /** The message declares a body or its length, even if that is 0. */
  get hasBodyFields(): boolean {
    return (this.#head.framing.flags & (HAS_CONTENT_LENGTH | HAS_TRANSFER_ENCODING)) !== 0
  }

  get hasBody(): boolean {
    return this.#head.framing.hasBody
  }

  /** The message requests or announces another protocol: CONNECT, or Upgrade with Connection: upgrade. */
  get wantsUpgrade(): boolean {
    const { framing, method, statusCode } = this.#head
    if (framing.wantsUpgrade) return this.#isRequest || statusCode === 101
    return method === 'CONNECT'
  }

  /** Whether the connection may serve another message after this one. */
  get mayKeepAlive(): boolean {
    const { framing, versionMajor, versionMinor, statusCode } = this.#head
    return framing.mayKeepAlive(versionMajor, versionMinor, statusCode, this.#isBodySkipped)
  }

  get isUpgraded(): boolean {
    return this.#state === UPGRADED
  }

  /** Between the first byte of a message and its end. */
  get isMidMessage(): boolean {
    return (this.#state > BETWEEN_MESSAGES && this.#state < CLOSED) || this.#state === TELLING
  }

  /** The head of the current or next message is not complete. An error leaves the value unchanged. */
  get awaitsHead(): boolean {
    const state = this.#state === FAILED ? this.#stateBefore : this.#state
    return state === HEAD || state === BETWEEN_MESSAGES
  }

  /** Makes `receive` return after the current call of the handler. */
  pause(): void {
    this.#isPaused = true
  }

  resume(): void {
    this.#isPaused = false
  }

  /** The handler has thrown: where the next message begins can no longer be determined. */
  interrupt(): void {
    if (this.#state === TELLING) {
      this.error = new ParseError('CB_HEADERS_COMPLETE', 'User callback error', this.#headEnd)
    } else this.error = new ParseError('JS_EXCEPTION', 'JS Exception', 0)
    this.close()
  }

  /** Ends parsing. */
  close(): void {
    if (this.#state !== FAILED) this.#stateBefore = this.#state
    this.#state = FAILED
    this.#held = undefined
  }

  /**
   * Continues parsing. @returns how many bytes were read: fewer than given after a pause, an upgrade or an error
   */
  receive(bytes: Uint8Array): number {
    const { length } = bytes
    let i = 0
    while (i < length) {
      switch (this.#state) {
        case BETWEEN_MESSAGES: {
          while (i < length && (bytes[i] === CR || bytes[i] === LF)) i++
          if (i === length) return i
          this.#state = HEAD
          this.#head.startHead(i)
          i = this.#receiveHead(bytes, i)
          break
        }
        case HEAD:
        case TRAILERS:
          i = this.#receiveHead(bytes, i)
          break
        case BODY_OF_LENGTH:
          i = this.#receiveBody(bytes, i, Math.min(length, i + this.#bodyLeft))
          break
        case BODY_UNTIL_END:
          this.#handler.onBody(i === 0 ? bytes : bytes.subarray(i))
          i = length
          break
        case CHUNKS:
          i = this.#receiveChunk(bytes, i)
          break
        case CLOSED:
          i = this.#receiveAfterClose(bytes, i)
          break
        default:
          return i
      }
      if (this.#isPaused) return i
    }
    return i
  }

  /** The peer has ended the stream. @returns an error if that was within a message */
  finish(): ParseError | undefined {
    if (this.#state === BODY_UNTIL_END) {
      this.#state = CLOSED
      this.#handler.onMessageEnd(undefined)
      return undefined
    }
    if (!this.isMidMessage) return undefined
    this.#fail(new ParseError('INVALID_EOF_STATE', 'Invalid EOF state', 0), 0)
    return this.error
  }

  #receiveHead(bytes: Uint8Array, start: number): number {
    let source = bytes
    let from = start
    let end = bytes.length
    const heldBefore = this.#heldLength
    if (heldBefore > 0) {
      this.#hold(bytes, start, end)
      source = this.#held as Uint8Array
      from = heldBefore
      end = this.#heldLength
    }
    // The difference between an index of `source` and the same byte's index in `bytes`.
    const distance = heldBefore > 0 ? heldBefore - start : 0
    let next: number
    try {
      next = this.#head.scan(source, from, end)
      if (next < 0) this.#checkSize(end, start, heldBefore)
    } catch (error) {
      return this.#fail(error, distance)
    }
    if (next < 0) {
      if (heldBefore === 0) {
        this.#head.rebase(start)
        this.#hold(bytes, start, end)
      }
      return bytes.length
    }
    const first = heldBefore > 0 ? 0 : start
    this.#fields = this.#readFields(source, first, next)
    this.#held = undefined
    this.#heldLength = 0
    if (this.#state === TRAILERS) this.#endMessage(this.#fields.count > 0 ? this.#fields : undefined)
    else {
      this.#headEnd = next - distance
      this.#endHead()
    }
    return next - distance
  }

  #readFields(source: Uint8Array, first: number, end: number): Fields {
    const { positions, foldedValues, textStart, textEnd } = this.#head
    const text = latin1Text(source, first, end)
    if (this.#state === HEAD) this.#text = text.slice(textStart - first, textEnd - first)
    return new Fields(text, positions, first, foldedValues)
  }

  #checkSize(end: number, start: number, heldBefore: number): void {
    this.#head.checkSizeOfRest(end)
    const raw = heldBefore > 0 ? this.#heldLength : end - start
    if (raw > this.#maxRawHead) throw new ParseError('HEADER_OVERFLOW', 'Header overflow', end)
  }

  #hold(bytes: Uint8Array, start: number, end: number): void {
    const needed = this.#heldLength + end - start
    if (this.#held === undefined || this.#held.length < needed) {
      const grown = new Uint8Array(Math.max(256, needed * 2))
      if (this.#held !== undefined) grown.set(this.#held.subarray(0, this.#heldLength))
      this.#held = grown
    }
    this.#held.set(bytes.subarray(start, end), this.#heldLength)
    this.#heldLength = needed
  }

  #endHead(): void {
    this.#isBodySkipped = false
    this.#isUpgrading = false
    this.#state = TELLING
    const answer = this.#handler.onHead(this)
    if (this.#state !== TELLING) return
    const { framing, method, statusCode } = this.#head
    if (answer !== 'read' && !(answer === 'upgrade' && this.#isRequest)) this.#isBodySkipped = true
    this.#isUpgrading = answer === 'upgrade'
    const isTunnel = this.#isUpgrading && (method === 'CONNECT' || this.#isBodySkipped || !framing.hasBody)
    if (isTunnel || (!this.#isRequest && this.wantsUpgrade)) {
      this.#isUpgrading = true
      this.#endMessage(undefined)
      return
    }
    switch (framing.decide(statusCode, this.#isBodySkipped)) {
      case 'none':
        this.#endMessage(undefined)
        break
      case 'length':
        this.#bodyLeft = framing.contentLength
        this.#state = BODY_OF_LENGTH
        break
      case 'chunked':
        this.#chunks ??= new ChunkScanner(this.#leniency)
        this.#chunks.start()
        this.#state = CHUNKS
        break
      case 'until-end':
        this.#state = BODY_UNTIL_END
        break
      case 'unclear':
        this.#fail(
          new ParseError('INVALID_TRANSFER_ENCODING', 'Request has invalid `Transfer-Encoding`', this.#headEnd),
          0,
        )
        break
    }
  }

  #receiveBody(bytes: Uint8Array, start: number, end: number): number {
    this.#bodyLeft -= end - start
    this.#handler.onBody(start === 0 && end === bytes.length ? bytes : bytes.subarray(start, end))
    if (this.#bodyLeft === 0 && this.#state === BODY_OF_LENGTH) this.#endMessage(undefined)
    return end
  }

  #receiveChunk(bytes: Uint8Array, start: number): number {
    const chunks = this.#chunks as ChunkScanner
    let next: number
    try {
      next = chunks.scan(bytes, start, bytes.length)
    } catch (error) {
      return this.#fail(error, 0)
    }
    if (chunks.isLast) {
      this.#head.startTrailers()
      this.#state = TRAILERS
    } else if (chunks.dataEnd > chunks.dataStart) {
      this.#handler.onBody(bytes.subarray(chunks.dataStart, chunks.dataEnd))
    }
    return next
  }

  #receiveAfterClose(bytes: Uint8Array, start: number): number {
    if ((this.#leniency & LENIENT_DATA_AFTER_CLOSE) !== 0) return bytes.length
    let i = start
    while (i < bytes.length && (bytes[i] === CR || bytes[i] === LF)) i++
    if (i === bytes.length) return i
    return this.#fail(new ParseError('CLOSED_CONNECTION', 'Data after `Connection: close`', i + 1), 0)
  }

  #endMessage(trailers: Fields | undefined): void {
    if (this.#isUpgrading) this.#state = UPGRADED
    else if (this.mayKeepAlive || (this.#leniency & LENIENT_KEEP_ALIVE) !== 0) this.#state = BETWEEN_MESSAGES
    else this.#state = CLOSED
    // The message owns its fields and text; the parser drops its references.
    this.#fields = undefined
    this.#text = ''
    this.#head.forget()
    this.#handler.onMessageEnd(trailers)
  }

  #fail(error: unknown, distance: number): number {
    if (!(error instanceof ParseError)) throw error
    error.at = Math.max(0, error.at - distance)
    this.error = error
    this.close()
    return error.at
  }
}
