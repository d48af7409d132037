// Record protection, one object per direction and key: TLS 1.3 (RFC 8446 section 5.2), the AEADs of TLS 1.2 (RFC 5246
// section 6.2.3.3, RFC 5288, RFC 7905). Sequence numbers are kept here; framing is record-reader.ts and record-writer.ts.

import type { Aead } from '../../../crypto/provider.ts'
import { BAD_RECORD_MAC, RECORD_OVERFLOW, UNEXPECTED_MESSAGE } from '../../wire/alerts.ts'
import { APPLICATION_DATA, HEADER_SIZE } from '../../wire/records.ts'
import { refusal, type TlsError } from '../engine-errors.ts'
import { MAX_CIPHERTEXT_12, MAX_CIPHERTEXT_13, MAX_PLAINTEXT } from '../handshake-limits.ts'

export interface RecordSealer {
  /** The size of a record, with its header, for a plaintext of this size. */
  recordSize(plaintextSize: number): number
  /** Writes a record to `target` at `at`. The parts together are a plaintext of `size` bytes. @returns the record's size */
  seal(type: number, parts: readonly Uint8Array[], size: number, target: Uint8Array, at: number): number
  /** The same for a large plaintext, without a copy: gives the record in pieces. Absent where the cipher cannot do that. */
  sealApart?(type: number, parts: readonly Uint8Array[], size: number): Uint8Array[]
  readonly sequence: number
  destroy(): void
}

export interface OpenedRecord {
  type: number
  content: Uint8Array
}

export interface RecordOpener {
  readonly maxFragment: number
  /** `record` is header and fragment. The result is valid until the next call; undefined: the record is skipped. @throws {TlsError} */
  open(record: Uint8Array): OpenedRecord | undefined
  destroy(): void
}

const TAG_SIZE = 16
const ALERT = 21

/** The per-record nonce: the sequence number in the last eight bytes, XORed with the IV. */
class Nonce {
  readonly #iv: Uint8Array
  readonly #nonce = new Uint8Array(12)
  sequence = 0

  constructor(iv: Uint8Array) {
    this.#iv = iv
    this.#nonce.set(iv)
  }

  /** Valid until the next call. */
  next(): Uint8Array {
    const nonce = this.#nonce
    const iv = this.#iv
    // In two halves, since bit operations have 32 bits. 2^53 records are out of reach.
    const low = this.sequence >>> 0
    const high = Math.floor(this.sequence / 2 ** 32)
    nonce[4] = (iv[4] as number) ^ (high >>> 24)
    nonce[5] = (iv[5] as number) ^ (high >>> 16)
    nonce[6] = (iv[6] as number) ^ (high >>> 8)
    nonce[7] = (iv[7] as number) ^ high
    nonce[8] = (iv[8] as number) ^ (low >>> 24)
    nonce[9] = (iv[9] as number) ^ (low >>> 16)
    nonce[10] = (iv[10] as number) ^ (low >>> 8)
    nonce[11] = (iv[11] as number) ^ low
    this.sequence++
    return nonce
  }

  destroy(): void {
    this.#iv.fill(0)
    this.#nonce.fill(0)
  }
}

export class Sealer13 implements RecordSealer {
  readonly #aead: Aead
  readonly #nonce: Nonce
  readonly #header = Uint8Array.of(APPLICATION_DATA, 3, 3, 0, 0)
  readonly #type = new Uint8Array(1)

  constructor(aead: Aead, iv: Uint8Array) {
    this.#aead = aead
    this.#nonce = new Nonce(iv)
  }

  get sequence(): number {
    return this.#nonce.sequence
  }

  recordSize(plaintextSize: number): number {
    return HEADER_SIZE + plaintextSize + 1 + TAG_SIZE
  }

  seal(type: number, parts: readonly Uint8Array[], size: number, target: Uint8Array, at: number): number {
    const length = size + 1 + TAG_SIZE
    this.#header[3] = length >>> 8
    this.#header[4] = length
    this.#type[0] = type
    target.set(this.#header, at)
    this.#aead.seal(this.#nonce.next(), this.#header, [...parts, this.#type], target, at + HEADER_SIZE)
    return HEADER_SIZE + length
  }

  sealApart(type: number, parts: readonly Uint8Array[], size: number): Uint8Array[] {
    const length = size + 1 + TAG_SIZE
    this.#header[3] = length >>> 8
    this.#header[4] = length
    this.#type[0] = type
    const sealed = this.#aead.sealApart(this.#nonce.next(), this.#header, [...parts, this.#type])
    const [tag, sealedType] = [sealed.pop() as Uint8Array, sealed.pop() as Uint8Array]
    // All are Buffers, as the tag is: the runtime's sockets convert anything else.
    return [Buffer.from(this.#header), ...sealed, Buffer.concat([sealedType, tag])]
  }

  destroy(): void {
    this.#aead.destroy()
    this.#nonce.destroy()
  }
}

export class Opener13 implements RecordOpener {
  readonly maxFragment = MAX_CIPHERTEXT_13
  readonly #takesPlainAlert: boolean
  readonly #aead: Aead
  readonly #nonce: Nonce
  readonly #opened: OpenedRecord = { type: 0, content: new Uint8Array(0) }

  /** @param takesPlainAlert - the peer may have no keys yet: a client that rejects our ServerHello sends an unprotected alert */
  constructor(aead: Aead, iv: Uint8Array, takesPlainAlert: boolean) {
    this.#aead = aead
    this.#nonce = new Nonce(iv)
    this.#takesPlainAlert = takesPlainAlert
  }

  open(record: Uint8Array): OpenedRecord {
    if (this.#takesPlainAlert && record[0] === ALERT && this.#nonce.sequence === 0) {
      this.#opened.type = ALERT
      this.#opened.content = record.subarray(HEADER_SIZE)
      return this.#opened
    }
    if (record[0] !== APPLICATION_DATA) throw refusal(UNEXPECTED_MESSAGE, 'unexpected record')
    const header = record.subarray(0, HEADER_SIZE)
    const plaintext = this.#aead.open(this.#nonce.next(), header, record.subarray(HEADER_SIZE))
    if (plaintext === undefined) {
      // A skipped record has no sequence number.
      this.#nonce.sequence--
      throw badMac()
    }
    // Padding is zeroes behind the type.
    let end = plaintext.length - 1
    while (end >= 0 && plaintext[end] === 0) end--
    if (end < 0) throw refusal(UNEXPECTED_MESSAGE, 'bad record type')
    if (end > MAX_PLAINTEXT || plaintext.length > MAX_PLAINTEXT + 1)
      throw refusal(RECORD_OVERFLOW, 'data length too long')
    this.#opened.type = plaintext[end] as number
    this.#opened.content = plaintext.subarray(0, end)
    return this.#opened
  }

  destroy(): void {
    this.#aead.destroy()
    this.#nonce.destroy()
  }
}

/** A TLS 1.2 record's additional data: sequence number, type, version, length of the plaintext. */
export class Additional12 {
  readonly bytes = new Uint8Array(13)
  readonly #view = new DataView(this.bytes.buffer)
  sequence = 0

  next(type: number, length: number): Uint8Array {
    this.#view.setUint32(0, Math.floor(this.sequence / 2 ** 32))
    this.#view.setUint32(4, this.sequence % 2 ** 32)
    this.#view.setUint8(8, type)
    this.#view.setUint16(9, 0x0303)
    this.#view.setUint16(11, length)
    this.sequence++
    return this.bytes
  }
}

/** The part of AES-GCM's nonce that is sent in the record; ChaCha20-Poly1305 derives all of it from the sequence number. */
const EXPLICIT_NONCE_SIZE = 8

export class Sealer12 implements RecordSealer {
  readonly #aead: Aead
  readonly #nonce: Nonce
  readonly #explicitSize: number
  readonly #additional = new Additional12()

  /** @param iv - twelve bytes; for AES-GCM four and eight of zero, so that the number itself is the explicit part */
  constructor(aead: Aead, iv: Uint8Array, isGcm: boolean) {
    this.#aead = aead
    this.#nonce = new Nonce(iv)
    this.#explicitSize = isGcm ? EXPLICIT_NONCE_SIZE : 0
  }

  get sequence(): number {
    return this.#nonce.sequence
  }

  recordSize(plaintextSize: number): number {
    return HEADER_SIZE + this.#explicitSize + plaintextSize + TAG_SIZE
  }

  seal(type: number, parts: readonly Uint8Array[], size: number, target: Uint8Array, at: number): number {
    const length = this.#explicitSize + size + TAG_SIZE
    target[at] = type
    target[at + 1] = 3
    target[at + 2] = 3
    target[at + 3] = length >>> 8
    target[at + 4] = length
    const nonce = this.#nonce.next()
    if (this.#explicitSize > 0) target.set(nonce.subarray(4), at + HEADER_SIZE)
    const additional = this.#additional.next(type, size)
    this.#aead.seal(nonce, additional, parts, target, at + HEADER_SIZE + this.#explicitSize)
    return HEADER_SIZE + length
  }

  destroy(): void {
    this.#aead.destroy()
    this.#nonce.destroy()
  }
}

export class Opener12 implements RecordOpener {
  readonly maxFragment = MAX_CIPHERTEXT_12
  readonly #aead: Aead
  readonly #nonce: Nonce
  readonly #isGcm: boolean
  readonly #salted = new Uint8Array(12)
  readonly #additional = new Additional12()
  readonly #opened: OpenedRecord = { type: 0, content: new Uint8Array(0) }

  constructor(aead: Aead, iv: Uint8Array, isGcm: boolean) {
    this.#aead = aead
    this.#salted.set(iv)
    this.#nonce = new Nonce(iv)
    this.#isGcm = isGcm
  }

  open(record: Uint8Array): OpenedRecord {
    let nonce = this.#nonce.next()
    let start = HEADER_SIZE
    if (this.#isGcm) {
      start += EXPLICIT_NONCE_SIZE
      this.#salted.set(record.subarray(HEADER_SIZE, Math.min(start, record.length)), 4)
      nonce = this.#salted
    }
    const size = record.length - start - TAG_SIZE
    if (size < 0) throw badMac()
    if (size > MAX_PLAINTEXT) throw refusal(RECORD_OVERFLOW, 'data length too long')
    const type = record[0] as number
    const plaintext = this.#aead.open(nonce, this.#additional.next(type, size), record.subarray(start))
    if (plaintext === undefined) throw badMac()
    this.#opened.type = type
    this.#opened.content = plaintext
    return this.#opened
  }

  destroy(): void {
    this.#aead.destroy()
    this.#nonce.destroy()
  }
}

export function badMac(): TlsError {
  return refusal(BAD_RECORD_MAC, 'decryption failed or bad record mac')
}

/** Writes unprotected records, before there are keys. */
export class PlainSealer implements RecordSealer {
  readonly sequence = 0
  readonly #version: number

  /** @param version - 0x0301 for a first ClientHello, for compatibility with old peers: RFC 8446 section 5.1 */
  constructor(version: number) {
    this.#version = version
  }

  recordSize(plaintextSize: number): number {
    return HEADER_SIZE + plaintextSize
  }

  seal(type: number, parts: readonly Uint8Array[], size: number, target: Uint8Array, at: number): number {
    target[at] = type
    target[at + 1] = this.#version >>> 8
    target[at + 2] = this.#version
    target[at + 3] = size >>> 8
    target[at + 4] = size
    let end = at + HEADER_SIZE
    for (const part of parts) {
      target.set(part, end)
      end += part.length
    }
    return end - at
  }

  destroy(): void {}
}

export class PlainOpener implements RecordOpener {
  readonly maxFragment = MAX_PLAINTEXT

  open(record: Uint8Array): OpenedRecord {
    const type = record[0] as number
    if (type !== ALERT && type === APPLICATION_DATA) throw refusal(UNEXPECTED_MESSAGE, 'app data in handshake')
    return { type, content: record.subarray(HEADER_SIZE) }
  }

  destroy(): void {}
}
