// Handshake messages out of records: several may lie in one, and one may stretch over several. RFC 8446 section 5.1.

import { ILLEGAL_PARAMETER } from '../wire/alerts.ts'
import { copyOf } from '../wire/bytes.ts'
import { CERTIFICATE } from '../wire/handshake-messages.ts'
import { refusal } from './errors.ts'
import { MAX_CERTIFICATE_MESSAGE, MAX_HANDSHAKE_MESSAGE } from './limits.ts'

export interface HandshakeMessage {
  readonly type: number
  readonly body: Uint8Array
  /** With its header of four bytes: what the transcript takes. */
  readonly bytes: Uint8Array
}

const HEADER_SIZE = 4

export class MessageJoiner {
  #bytes: Uint8Array = new Uint8Array(0)

  /** Content of a record of handshake type. */
  give(content: Uint8Array): void {
    if (this.#bytes.length === 0) {
      this.#bytes = copyOf(content)
      return
    }
    const joined = new Uint8Array(this.#bytes.length + content.length)
    joined.set(this.#bytes)
    joined.set(content, this.#bytes.length)
    this.#bytes = joined
  }

  /** Part of a message, or messages that nobody took yet, are here. */
  get hasMore(): boolean {
    return this.#bytes.length > 0
  }

  /** @throws {TlsError} when the next is larger than it may be */
  next(): HandshakeMessage | undefined {
    const bytes = this.#bytes
    if (bytes.length < HEADER_SIZE) return undefined
    const [type = 0, high = 0, middle = 0, low = 0] = bytes
    const size = high * 65536 + middle * 256 + low
    const limit = type === CERTIFICATE ? MAX_CERTIFICATE_MESSAGE : MAX_HANDSHAKE_MESSAGE
    // Judged by its header, before the rest is waited for.
    if (size > limit) throw refusal(ILLEGAL_PARAMETER, 'excessive message size')
    const end = HEADER_SIZE + size
    if (bytes.length < end) return undefined
    this.#bytes = bytes.subarray(end)
    return { type, body: bytes.subarray(HEADER_SIZE, end), bytes: bytes.subarray(0, end) }
  }
}
