// Reassembles handshake messages from records: a record may hold several, and a message may span several. RFC 8446 section 5.1.

import { noBytes } from '../../../core/bytes.ts'
import { DECODE_ERROR } from '../../wire/alerts.ts'
import { copyOf } from '../../wire/bytes.ts'
import { CERTIFICATE, CLIENT_HELLO } from '../../wire/handshake-messages.ts'
import { refusal } from '../engine-errors.ts'
import { MAX_CERTIFICATE_MESSAGE, MAX_CLIENT_HELLO, MAX_HANDSHAKE_MESSAGE } from '../handshake-limits.ts'

export interface HandshakeMessage {
  readonly type: number
  readonly body: Uint8Array
  /** With its header of four bytes, as the transcript needs it. */
  readonly bytes: Uint8Array
}

const HEADER_SIZE = 4

export class MessageJoiner {
  /** Unread bytes lie between `start` and `end`. Those before `start` belong to the messages given out, and are not overwritten. */
  #bytes: Uint8Array = noBytes
  #start = 0
  #end = 0

  /** Adds the content of a handshake record. */
  give(content: Uint8Array): void {
    const rest = this.#end - this.#start
    if (rest === 0) {
      this.#bytes = copyOf(content)
      this.#start = 0
      this.#end = content.length
      return
    }
    // With spare capacity: a message that comes byte by byte is not copied at every byte.
    if (this.#end + content.length > this.#bytes.length) {
      const larger = new Uint8Array(2 * (rest + content.length))
      larger.set(this.#bytes.subarray(this.#start, this.#end))
      this.#bytes = larger
      this.#start = 0
      this.#end = rest
    }
    this.#bytes.set(content, this.#end)
    this.#end += content.length
  }

  /** There are unread messages, or a part of one. */
  get hasMore(): boolean {
    return this.#end > this.#start
  }

  /** @throws {TlsError} when the next is larger than it may be */
  next(): HandshakeMessage | undefined {
    const start = this.#start
    const available = this.#end - start
    if (available < HEADER_SIZE) return undefined
    const type = this.#bytes[start] as number
    const size = this.#uint24(start + 1)
    // Checked by its header, before the rest has arrived.
    if (size > maxSize(type)) throw refusal(DECODE_ERROR, 'excessive message size')
    if (available < HEADER_SIZE + size) return undefined
    this.#start += HEADER_SIZE + size
    const bytes = this.#bytes.subarray(start, this.#start)
    // An idle connection retains no memory of its handshake's messages.
    if (!this.hasMore) this.#bytes = noBytes
    return { type, body: bytes.subarray(HEADER_SIZE), bytes }
  }

  #uint24(at: number): number {
    const bytes = this.#bytes
    return (bytes[at] as number) * 65536 + (bytes[at + 1] as number) * 256 + (bytes[at + 2] as number)
  }
}

function maxSize(type: number): number {
  if (type === CLIENT_HELLO) return MAX_CLIENT_HELLO
  return type === CERTIFICATE ? MAX_CERTIFICATE_MESSAGE : MAX_HANDSHAKE_MESSAGE
}
