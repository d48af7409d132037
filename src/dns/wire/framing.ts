// Messages on a stream: each behind its length, in two bytes. RFC 1035 section 4.2.2, RFC 7766 section 8.

import { MessageError } from './error.ts'
import { MAX_MESSAGE_SIZE } from './message-limits.ts'

/** A message with its length before it, to go out in one write. */
export function frameMessage(message: Uint8Array): Uint8Array {
  const { length } = message
  if (length > MAX_MESSAGE_SIZE) throw new MessageError(`a message over ${MAX_MESSAGE_SIZE} bytes`, 0)
  const framed = new Uint8Array(2 + length)
  framed[0] = length >> 8
  framed[1] = length
  framed.set(message, 2)
  return framed
}

/** Takes a stream apart. Holds one message that has begun at most, and no more memory than twice what has come of it. */
export class FrameReader {
  /** The length, and what is there of the message. */
  #held = new Uint8Array(0)
  #size = 0

  /** Bytes of a message that is not whole yet, with its length's two. */
  get pending(): number {
    return this.#size
  }

  /** @returns the messages that are whole now, in order; they may be parts of `chunk` */
  receive(chunk: Uint8Array): Uint8Array[] {
    const messages: Uint8Array[] = []
    let at = 0
    while (at < chunk.length) {
      if (this.#size === 0) {
        const end = at + 2 + (((chunk[at] as number) << 8) | (chunk[at + 1] as number))
        if (at + 2 <= chunk.length && end <= chunk.length) {
          messages.push(chunk.subarray(at + 2, end))
          at = end
          continue
        }
      }
      const wanted = this.#size < 2 ? 2 : this.#wanted()
      const end = Math.min(chunk.length, at + wanted - this.#size)
      this.#hold(chunk.subarray(at, end), wanted)
      at = end
      if (this.#size >= 2 && this.#size === this.#wanted()) {
        messages.push(this.#held.subarray(2, this.#size))
        this.#held = new Uint8Array(0)
        this.#size = 0
      }
    }
    return messages
  }

  #wanted(): number {
    return 2 + (((this.#held[0] as number) << 8) | (this.#held[1] as number))
  }

  #hold(bytes: Uint8Array, wanted: number): void {
    const size = this.#size + bytes.length
    if (size > this.#held.length) {
      // A length alone takes no memory: a peer has to send what it announces.
      const larger = new Uint8Array(Math.min(wanted, 2 * size))
      larger.set(this.#held.subarray(0, this.#size))
      this.#held = larger
    }
    this.#held.set(bytes, this.#size)
    this.#size = size
  }
}
