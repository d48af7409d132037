// Splits the received bytes into whole records. A record that lies whole in one chunk is a view of it; one in pieces is
// gathered in memory of its own, which is released once the record is whole: an idle connection holds none.

import { noBytes } from '../../../core/bytes.ts'
import { PROTOCOL_VERSION, RECORD_OVERFLOW, UNEXPECTED_MESSAGE } from '../../wire/alerts.ts'
import {
  fragmentSize,
  HEADER_SIZE,
  isRecordHeader,
  isVersioned,
  looksLikeHttp,
  looksLikeProxying,
} from '../../wire/records.ts'
import { noTls, refusal } from '../engine-errors.ts'

export class RecordReader {
  /** Unread bytes lie between `at` and `end`. */
  #input: Uint8Array = noBytes
  #at = 0
  #end = 0
  /** We own the memory of `input`, with room behind `end`: bytes that come while others wait are appended without copying those. */
  #isOwn = false
  #partial: Uint8Array = noBytes
  #partialSize = 0
  #isFirst = true

  /** Adds received bytes. The caller's memory is used until `keep()`. */
  give(bytes: Uint8Array): void {
    const rest = this.#end - this.#at
    if (rest === 0) {
      this.#input = bytes
      this.#at = 0
      this.#end = bytes.length
      this.#isOwn = false
      return
    }
    if (!this.#isOwn || this.#end + bytes.length > this.#input.length) this.#own(2 * (rest + bytes.length))
    this.#input.set(bytes, this.#end)
    this.#end += bytes.length
  }

  /** Copies the unread bytes: the caller may reuse its memory after this call. */
  keep(): void {
    if (this.#end > this.#at && !this.#isOwn) this.#own(this.#end - this.#at)
  }

  #own(size: number): void {
    const input = new Uint8Array(size)
    input.set(this.#input.subarray(this.#at, this.#end))
    this.#end -= this.#at
    this.#at = 0
    this.#input = input
    this.#isOwn = true
  }

  /** There are unread bytes other than a record that is known to be incomplete. */
  get hasInput(): boolean {
    return this.#end > this.#at
  }

  /** Unread bytes. */
  get size(): number {
    return this.#end - this.#at + this.#partialSize
  }

  /**
   * The next record with its header; undefined: it is not complete yet.
   * @param maxFragment - the largest fragment allowed
   * @throws {TlsError}
   */
  next(maxFragment: number): Uint8Array | undefined {
    if (this.#partialSize > 0) return this.#continue(maxFragment)
    const at = this.#at
    const available = this.#end - at
    if (available >= HEADER_SIZE) {
      const input = this.#input
      this.#checkHeader(input, at, maxFragment)
      const end = at + HEADER_SIZE + fragmentSize(input, at)
      if (end <= this.#end) {
        this.#take(end - at)
        return input.subarray(at, end)
      }
      this.#partial = new Uint8Array(end - at)
    } else {
      if (available === 0) return undefined
      this.#partial = new Uint8Array(HEADER_SIZE)
    }
    this.#partial.set(this.#input.subarray(at, this.#end))
    this.#partialSize = available
    this.#take(available)
    return undefined
  }

  /** Consumes bytes, and releases the memory when none are left. */
  #take(size: number): void {
    this.#at += size
    if (this.#at < this.#end) return
    this.#input = noBytes
    this.#at = 0
    this.#end = 0
  }

  #continue(maxFragment: number): Uint8Array | undefined {
    if (this.#partial.length === HEADER_SIZE && this.#partialSize < HEADER_SIZE) {
      if (!this.#fill()) return undefined
      this.#checkHeader(this.#partial, 0, maxFragment)
      const size = HEADER_SIZE + fragmentSize(this.#partial, 0)
      if (size > HEADER_SIZE) {
        const larger = new Uint8Array(size)
        larger.set(this.#partial)
        this.#partial = larger
      }
    }
    if (!this.#fill()) return undefined
    const record = this.#partial
    this.#partial = noBytes
    this.#partialSize = 0
    return record
  }

  /** Copies input into the partial record. @returns whether it is complete now */
  #fill(): boolean {
    const size = Math.min(this.#partial.length - this.#partialSize, this.#end - this.#at)
    this.#partial.set(this.#input.subarray(this.#at, this.#at + size), this.#partialSize)
    this.#partialSize += size
    this.#take(size)
    return this.#partialSize === this.#partial.length
  }

  #checkHeader(bytes: Uint8Array, at: number, maxFragment: number): void {
    if (!isRecordHeader(bytes, at)) {
      // TLS, but an unknown record type, such as a heartbeat. RFC 8446 section 5.
      if (isVersioned(bytes, at)) throw refusal(UNEXPECTED_MESSAGE, 'unexpected message', 'an unknown type of record')
      if (this.#isFirst) throw noTls(reasonOf(bytes, at))
      throw refusal(PROTOCOL_VERSION, 'wrong version number')
    }
    this.#isFirst = false
    if (fragmentSize(bytes, at) > maxFragment) throw refusal(RECORD_OVERFLOW, 'packet length too long')
  }
}

/** OpenSSL's reason for bytes that are not TLS. */
function reasonOf(bytes: Uint8Array, at: number): string {
  if (looksLikeHttp(bytes, at)) return 'http request'
  return looksLikeProxying(bytes, at) ? 'https proxy request' : 'wrong version number'
}
