// Records protected by AES-CBC and HMAC: RFC 5246 section 6.2.3.2, with encrypt-then-MAC (RFC 7366) where both sides support
// it. For old peers only.
//
// Without encrypt-then-MAC the padding is checked in one pass over its largest possible size, wrong padding and a wrong MAC give
// the same error, and the bytes that a longer padding keeps out of the HMAC are hashed as a dummy. The timing difference that
// remains (Lucky Thirteen) is below the jitter of JavaScript itself, which is no proof. Prefer the AEADs.

import { concat } from '../../../core/bytes.ts'
import type { HashName } from '../../../crypto/algorithms.ts'
import type { BlockCipher, CryptoProvider } from '../../../crypto/provider.ts'
import { RECORD_OVERFLOW } from '../../wire/alerts.ts'
import { HEADER_SIZE } from '../../wire/records.ts'
import { refusal } from '../engine-errors.ts'
import { MAX_CIPHERTEXT_12, MAX_PLAINTEXT } from '../handshake-limits.ts'
import { Additional12, badMac, type OpenedRecord, type RecordOpener, type RecordSealer } from './record-protection.ts'

const BLOCK = 16

export interface CbcKeys {
  readonly cipher: BlockCipher
  readonly mac: HashName
  readonly macKey: Uint8Array
  readonly isEncryptThenMac: boolean
}

export class SealerCbc implements RecordSealer {
  readonly #crypto: CryptoProvider
  readonly #keys: CbcKeys
  readonly #macSize: number
  readonly #random: (size: number) => Uint8Array
  readonly #additional = new Additional12()

  constructor(crypto: CryptoProvider, keys: CbcKeys, random: (size: number) => Uint8Array) {
    this.#crypto = crypto
    this.#keys = keys
    this.#macSize = macSizes[keys.mac]
    this.#random = random
  }

  get sequence(): number {
    return this.#additional.sequence
  }

  recordSize(plaintextSize: number): number {
    return HEADER_SIZE + this.#fragmentSize(plaintextSize)
  }

  seal(type: number, parts: readonly Uint8Array[], size: number, target: Uint8Array, at: number): number {
    const { cipher, mac, macKey, isEncryptThenMac } = this.#keys
    const length = this.#fragmentSize(size)
    target.set([type, 3, 3, length >>> 8, length & 0xff], at)
    const iv = this.#random(BLOCK)
    const content = concat(...parts)
    if (isEncryptThenMac) {
      const protectedPart = concat(iv, cipher.encrypt(iv, padded(content)))
      target.set(protectedPart, at + HEADER_SIZE)
      const additional = this.#additional.next(type, protectedPart.length)
      target.set(
        this.#crypto.hmac(mac, macKey, concat(additional, protectedPart)),
        at + HEADER_SIZE + protectedPart.length,
      )
    } else {
      const tag = this.#crypto.hmac(mac, macKey, concat(this.#additional.next(type, size), content))
      target.set(iv, at + HEADER_SIZE)
      target.set(cipher.encrypt(iv, padded(concat(content, tag))), at + HEADER_SIZE + BLOCK)
    }
    return HEADER_SIZE + length
  }

  destroy(): void {
    this.#keys.cipher.destroy()
    this.#keys.macKey.fill(0)
  }

  #fragmentSize(plaintextSize: number): number {
    const within = plaintextSize + (this.#keys.isEncryptThenMac ? 0 : this.#macSize)
    const blocks = (Math.floor(within / BLOCK) + 1) * BLOCK
    return BLOCK + blocks + (this.#keys.isEncryptThenMac ? this.#macSize : 0)
  }
}

export class OpenerCbc implements RecordOpener {
  readonly maxFragment = MAX_CIPHERTEXT_12
  readonly #crypto: CryptoProvider
  readonly #keys: CbcKeys
  readonly #macSize: number
  readonly #additional = new Additional12()

  constructor(crypto: CryptoProvider, keys: CbcKeys) {
    this.#crypto = crypto
    this.#keys = keys
    this.#macSize = macSizes[keys.mac]
  }

  open(record: Uint8Array): OpenedRecord {
    const type = record[0] as number
    const fragment = record.subarray(HEADER_SIZE)
    const content = this.#keys.isEncryptThenMac ? this.#openMacFirst(type, fragment) : this.#openMacLast(type, fragment)
    if (content.length > MAX_PLAINTEXT) throw refusal(RECORD_OVERFLOW, 'data length too long')
    return { type, content }
  }

  destroy(): void {
    this.#keys.cipher.destroy()
    this.#keys.macKey.fill(0)
  }

  #openMacFirst(type: number, fragment: Uint8Array): Uint8Array {
    const { cipher, mac, macKey } = this.#keys
    const size = fragment.length - this.#macSize
    if (size < 2 * BLOCK || size % BLOCK !== 0) throw badMac()
    const sealed = fragment.subarray(0, size)
    const expected = this.#crypto.hmac(mac, macKey, concat(this.#additional.next(type, size), sealed))
    if (!this.#crypto.equal(expected, fragment.subarray(size))) throw badMac()
    const plaintext = cipher.decrypt(sealed.subarray(0, BLOCK), sealed.subarray(BLOCK))
    const padding = paddingSize(plaintext, 0)
    if (padding === 0) throw badMac()
    return plaintext.subarray(0, plaintext.length - padding)
  }

  #openMacLast(type: number, fragment: Uint8Array): Uint8Array {
    const { cipher, mac, macKey } = this.#keys
    const size = fragment.length - BLOCK
    if (size < this.#macSize + 1 || size % BLOCK !== 0) throw badMac()
    const plaintext = cipher.decrypt(fragment.subarray(0, BLOCK), fragment.subarray(BLOCK))
    const padding = paddingSize(plaintext, this.#macSize)
    const contentSize = size - this.#macSize - padding
    const content = plaintext.subarray(0, contentSize)
    const tag = plaintext.subarray(contentSize, contentSize + this.#macSize)
    const expected = this.#crypto.hmac(mac, macKey, concat(this.#additional.next(type, contentSize), content))
    this.#crypto.hash(mac, plaintext.subarray(0, padding))
    const isRight = this.#crypto.equal(expected, tag)
    if (!isRight || padding === 0) throw badMac()
    return content
  }
}

/** Bytes of padding with its length byte; 0: it is wrong. Every byte that could be padding is read, so the time does not vary. */
function paddingSize(plaintext: Uint8Array, macSize: number): number {
  const length = plaintext.length
  const last = plaintext[length - 1] as number
  const most = Math.min(256, length - macSize)
  let wrong = last >= most ? 1 : 0
  for (let i = 1; i <= most; i++) {
    // All ones where this byte is within the padding, else zero.
    const isWithin = (i - 2 - last) >> 31
    wrong |= isWithin & ((plaintext[length - i] as number) ^ last)
  }
  return wrong === 0 ? last + 1 : 0
}

function padded(content: Uint8Array): Uint8Array {
  const padding = BLOCK - (content.length % BLOCK)
  const whole = new Uint8Array(content.length + padding).fill(padding - 1)
  whole.set(content)
  return whole
}

const macSizes: Readonly<Record<HashName, number>> = { sha1: 20, sha256: 32, sha384: 48, sha512: 64 }
