// Bytes as they come off the connection to frames: RFC 9113 section 4.1. A DATA frame's content is handed on piece by piece,
// as views, without waiting for the rest; any other payload is handed on whole, in place where it came whole, else put
// together in a buffer of its own. The sink decides what a frame means, and how long it may be.

import { noBytes } from '../../core/bytes.ts'
import { CLIENT_PREFACE, DATA, FRAME_HEADER_BYTES, PADDED } from './frame-types.ts'

export interface FrameSink {
  /** A frame begins. `discard` reads over its payload; `stop` ends the reading for good. */
  onFrame(type: number, flags: number, streamId: number, length: number): 'read' | 'discard' | 'stop'
  /** The payload of a frame that is not DATA: `bytes` from `start` to `end`, good for the call. */
  onPayload(bytes: Uint8Array, start: number, end: number): void
  /** Part of a DATA frame's content: never empty, a view that may be kept. */
  onDataPiece(piece: Uint8Array): void
  onDataEnd(): void
  /** The client's preface is wrong, or a frame's padding longer than the frame. */
  onMalformed(what: 'preface' | 'padding'): void
}

// Reader's states.
const PREFACE = 0
const HEADER = 1
const PAYLOAD = 2
const PAD_LENGTH = 3
const CONTENT = 4
const PADDING = 5
const SKIP = 6
const DATA_END = 7
const STOPPED = 8

export class FrameReader {
  readonly #sink: FrameSink
  #state: number
  /** Bytes of the preface that matched, or of the payload that are still to come. */
  #prefaceAt = 0
  #left = 0
  #padding = 0
  /** A frame header, or a payload, of which a part has come. */
  #partial: Uint8Array | undefined = undefined
  #partialLength = 0
  /** What was received and not read to its end: the sink paused the reader, or one of its methods threw. */
  #unread: Uint8Array | undefined = undefined
  #isPaused = false

  constructor(sink: FrameSink, expectsPreface: boolean) {
    this.#sink = sink
    this.#state = expectsPreface ? PREFACE : HEADER
  }

  stop(): void {
    this.#state = STOPPED
    this.#partial = undefined
    this.#unread = undefined
  }

  /** Bytes wait, or the end of a DATA frame: see `pause`. */
  get hasUnread(): boolean {
    return this.#unread !== undefined || this.#state === DATA_END
  }

  /** From within a method of the sink: `receive` and `resume` return behind it, and keep what is left for the next of them. */
  pause(): void {
    this.#isPaused = true
  }

  receive(received: Uint8Array): void {
    const bytes = this.#unread === undefined ? received : joined(this.#unread.subarray(this.#at), received)
    this.#at = 0
    this.#readAll(bytes)
  }

  /** Reads what is left, where the reader was paused or a method of the sink threw. */
  resume(): void {
    this.#readAll(this.#unread ?? noBytes)
  }

  /** Where the next byte is, kept ahead of every call to the sink. */
  #at = 0

  #readAll(bytes: Uint8Array): void {
    this.#unread = undefined
    this.#isPaused = false
    try {
      this.#read(bytes)
    } finally {
      if (this.#at < bytes.length && this.#state !== STOPPED) this.#unread = bytes
      else this.#at = 0
    }
  }

  #read(bytes: Uint8Array): void {
    const { length } = bytes
    while ((this.#at < length || this.#state === DATA_END) && !this.#isPaused) {
      switch (this.#state) {
        case HEADER:
          this.#readHeader(bytes)
          break
        case CONTENT:
          this.#readContent(bytes)
          break
        case PAYLOAD:
          this.#readPayload(bytes)
          break
        case PAD_LENGTH:
          this.#readPadLength(bytes)
          break
        case PADDING:
        case SKIP:
          this.#skip(bytes)
          break
        case DATA_END:
          this.#endData()
          break
        case PREFACE:
          this.#readPreface(bytes)
          break
        default:
          return
      }
    }
  }

  #readHeader(bytes: Uint8Array): void {
    let header = bytes
    let at = this.#at
    if (this.#partial !== undefined || at + FRAME_HEADER_BYTES > bytes.length) {
      this.#partial ??= new Uint8Array(FRAME_HEADER_BYTES)
      if (!this.#fillPartial(bytes, FRAME_HEADER_BYTES)) return
      header = this.#takePartial()
      at = 0
    } else this.#at += FRAME_HEADER_BYTES
    const size = ((header[at] as number) << 16) | ((header[at + 1] as number) << 8) | (header[at + 2] as number)
    const type = header[at + 3] as number
    const flags = header[at + 4] as number
    const streamId = readUint31(header, at + 5)
    this.#left = size
    const answer = this.#sink.onFrame(type, flags, streamId, size)
    if (this.#state === STOPPED) return
    if (answer === 'stop') this.stop()
    else if (answer === 'discard') this.#state = size > 0 ? SKIP : HEADER
    else if (type === DATA) this.#beginData((flags & PADDED) !== 0)
    else if (size === 0) this.#sink.onPayload(bytes, this.#at, this.#at)
    else this.#state = PAYLOAD
  }

  #readPayload(bytes: Uint8Array): void {
    const size = this.#left
    const start = this.#at
    if (this.#partial === undefined && start + size <= bytes.length) {
      this.#at += size
      this.#state = HEADER
      this.#sink.onPayload(bytes, start, start + size)
      return
    }
    this.#partial ??= new Uint8Array(size)
    if (!this.#fillPartial(bytes, size)) return
    this.#state = HEADER
    this.#sink.onPayload(this.#takePartial(), 0, size)
  }

  #beginData(isPadded: boolean): void {
    if (isPadded) {
      if (this.#left === 0) this.#fail('padding')
      else this.#state = PAD_LENGTH
      return
    }
    this.#padding = 0
    if (this.#left > 0) this.#state = CONTENT
    else this.#endData()
  }

  #readPadLength(bytes: Uint8Array): void {
    this.#padding = bytes[this.#at++] as number
    this.#left -= 1 + this.#padding
    if (this.#left < 0) this.#fail('padding')
    else if (this.#left > 0) this.#state = CONTENT
    else if (this.#padding > 0) this.#endContent()
    else this.#endData()
  }

  #readContent(bytes: Uint8Array): void {
    const start = this.#at
    const end = Math.min(bytes.length, start + this.#left)
    this.#at = end
    this.#left -= end - start
    // State first: if the sink throws, the next `resume` or `receive` still reports the end.
    if (this.#left === 0) this.#endContent()
    this.#sink.onDataPiece(start === 0 && end === bytes.length ? bytes : bytes.subarray(start, end))
    if (this.#state === DATA_END) this.#endData()
  }

  #endContent(): void {
    this.#left = this.#padding
    this.#state = this.#left > 0 ? PADDING : DATA_END
  }

  #endData(): void {
    this.#state = HEADER
    this.#sink.onDataEnd()
  }

  #skip(bytes: Uint8Array): void {
    const skipped = Math.min(this.#left, bytes.length - this.#at)
    this.#at += skipped
    this.#left -= skipped
    if (this.#left > 0) return
    if (this.#state === PADDING) this.#endData()
    else this.#state = HEADER
  }

  #readPreface(bytes: Uint8Array): void {
    while (this.#at < bytes.length && this.#prefaceAt < CLIENT_PREFACE.length) {
      if (bytes[this.#at++] !== CLIENT_PREFACE[this.#prefaceAt++]) {
        this.#fail('preface')
        return
      }
    }
    if (this.#prefaceAt === CLIENT_PREFACE.length) this.#state = HEADER
  }

  #fail(what: 'preface' | 'padding'): void {
    this.stop()
    this.#sink.onMalformed(what)
  }

  /** Adds to the partial until it holds `size` bytes; false: not yet. */
  #fillPartial(bytes: Uint8Array, size: number): boolean {
    const partial = this.#partial as Uint8Array
    const taken = Math.min(size - this.#partialLength, bytes.length - this.#at)
    partial.set(bytes.subarray(this.#at, this.#at + taken), this.#partialLength)
    this.#partialLength += taken
    this.#at += taken
    return this.#partialLength === size
  }

  #takePartial(): Uint8Array {
    const partial = this.#partial as Uint8Array
    this.#partial = undefined
    this.#partialLength = 0
    return partial
  }
}

export function readUint31(bytes: Uint8Array, at: number): number {
  return readUint32(bytes, at) & 0x7fffffff
}

export function readUint32(bytes: Uint8Array, at: number): number {
  return (
    (((bytes[at] as number) << 24) |
      ((bytes[at + 1] as number) << 16) |
      ((bytes[at + 2] as number) << 8) |
      (bytes[at + 3] as number)) >>>
    0
  )
}

function joined(first: Uint8Array, second: Uint8Array): Uint8Array {
  const whole = new Uint8Array(first.length + second.length)
  whole.set(first)
  whole.set(second, first.length)
  return whole
}
