// Output: handshake messages are gathered into flights, cut into records and protected under the current keys.

import { HANDSHAKE } from '../../wire/records.ts'
import { MAX_PLAINTEXT } from '../handshake-limits.ts'
import { PlainSealer, type RecordSealer } from './record-protection.ts'

export class RecordWriter {
  #sealer: RecordSealer
  /** Handshake messages to be sent together. */
  #flight: Uint8Array[] = []
  #flightSize = 0
  #output: Uint8Array[] = []
  /** The largest plaintext in a record: the owner's limit, and the peer's. */
  #ownLimit = MAX_PLAINTEXT
  #peerLimit = MAX_PLAINTEXT

  constructor(role: 'client' | 'server') {
    // Old middleboxes expect a first record with the version of TLS 1.0: RFC 8446 section 5.1.
    this.#sealer = new PlainSealer(role === 'client' ? 0x0301 : 0x0303)
  }

  /** Records sent so far under the current keys. */
  get sequence(): number {
    return this.#sealer.sequence
  }

  get hasOutput(): boolean {
    return this.#output.length > 0
  }

  take(): Uint8Array[] {
    const output = this.#output
    this.#output = []
    return output
  }

  limit(size: number): void {
    this.#ownLimit = Math.max(1, Math.min(size, MAX_PLAINTEXT))
  }

  limitForPeer(size: number): void {
    this.#peerLimit = Math.min(size, MAX_PLAINTEXT)
  }

  /** Queues a handshake message for the flight. */
  queue(message: Uint8Array): void {
    this.#flight.push(message)
    this.#flightSize += message.length
  }

  /** Seals the flight. Messages under the same keys share records, since each record costs both sides an AEAD operation. */
  flush(): void {
    if (this.#flightSize === 0) return
    const parts = this.#flight
    this.#flight = []
    this.#flightSize = 0
    this.#seal(HANDSHAKE, parts)
    if (this.#sealer instanceof PlainSealer) this.#sealer = new PlainSealer(0x0303)
  }

  /** Sends anything but handshake messages, after the queued ones. */
  send(type: number, parts: readonly Uint8Array[]): void {
    this.flush()
    this.#seal(type, parts)
  }

  /** Sends a record that is never protected, after the queued messages. */
  sendPlain(record: Uint8Array): void {
    this.flush()
    this.#output.push(record)
  }

  setSealer(sealer: RecordSealer): void {
    this.flush()
    this.#sealer.destroy()
    this.#sealer = sealer
  }

  destroy(): void {
    this.#flight = []
    this.#flightSize = 0
    this.#sealer.destroy()
  }

  /** All records of a call share one buffer; large ones are sent in pieces, without a copy. */
  #seal(type: number, parts: readonly Uint8Array[]): void {
    let total = 0
    for (const part of parts) total += part.length
    if (total === 0) return
    const sealer = this.#sealer
    const max = Math.min(this.#ownLimit, this.#peerLimit)
    if (total <= max) {
      const record = Buffer.allocUnsafe(sealer.recordSize(total))
      this.#output.push(record.subarray(0, sealer.seal(type, parts, total, record, 0)))
      return
    }
    if (sealer.sealApart && max >= MIN_APART) {
      for (const fragment of fragments(parts, max)) {
        this.#output.push(...sealer.sealApart(type, fragment.parts, fragment.size))
      }
      return
    }
    const full = Math.floor(total / max)
    const rest = total - full * max
    const target = Buffer.allocUnsafe(full * sealer.recordSize(max) + (rest > 0 ? sealer.recordSize(rest) : 0))
    let at = 0
    for (const fragment of fragments(parts, max)) at += sealer.seal(type, fragment.parts, fragment.size, target, at)
    this.#output.push(target.subarray(0, at))
  }
}

/** From this size on a record is sent in pieces: a copy costs more than the pieces do. */
const MIN_APART = 4096

/** The parts, split into fragments of at most `max` bytes. */
function* fragments(
  parts: readonly Uint8Array[],
  max: number,
): Generator<{ parts: readonly Uint8Array[]; size: number }> {
  let fragment: Uint8Array[] = []
  let size = 0
  for (const part of parts) {
    for (let at = 0; at < part.length; ) {
      const piece = part.subarray(at, at + max - size)
      fragment.push(piece)
      size += piece.length
      at += piece.length
      if (size < max) continue
      yield { parts: fragment, size }
      fragment = []
      size = 0
    }
  }
  if (size > 0) yield { parts: fragment, size }
}
