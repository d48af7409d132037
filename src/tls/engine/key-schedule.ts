// TLS 1.3's key schedule: RFC 8446 section 7.1. Secrets have the standard's names; the caller that takes one out owns it.

import { noBytes } from '../../core/bytes.ts'
import type { BulkCipher } from '../../crypto/algorithms.ts'
import type { CryptoProvider } from '../../crypto/provider.ts'
import { asciiBytes, ByteWriter } from '../wire/bytes.ts'
import type { CipherSuite } from '../wire/cipher-suites.ts'
import { Opener13, Sealer13 } from './record/record-protection.ts'

type Hash = CipherSuite['hash']

export class KeySchedule {
  readonly #crypto: CryptoProvider
  readonly hash: Hash
  readonly hashSize: number
  /** Early, then handshake, then master secret. */
  #secret: Uint8Array
  /** No PSK: the secrets before the shared secret are constants. */
  readonly #isPlain: boolean

  constructor(crypto: CryptoProvider, hash: Hash, psk: Uint8Array | undefined) {
    this.#crypto = crypto
    this.hash = hash
    this.hashSize = hashSize(hash)
    this.#isPlain = psk === undefined
    const zeroes = new Uint8Array(this.hashSize)
    this.#secret = psk === undefined ? noBytes : crypto.hmac(hash, zeroes, psk)
  }

  binderKey(isExternal: boolean): Uint8Array {
    return this.#derive(isExternal ? 'ext binder' : 'res binder', emptyHash(this.#crypto, this.hash))
  }

  /** @param shared - the (EC)DHE secret; undefined: PSK only */
  enterHandshake(shared: Uint8Array | undefined): void {
    const input = shared ?? new Uint8Array(this.hashSize)
    if (this.#isPlain) this.#secret = this.#crypto.hmac(this.hash, plainSalt(this.#crypto, this.hash), input)
    else this.#advance(input)
  }

  enterMaster(): void {
    this.#advance(new Uint8Array(this.hashSize))
  }

  trafficSecret(
    label: 'c hs traffic' | 's hs traffic' | 'c ap traffic' | 's ap traffic' | 'exp master' | 'res master',
    transcript: Uint8Array,
  ): Uint8Array {
    return this.#derive(label, transcript)
  }

  /** The binder of a PSK. @param transcript - the hash of the ClientHello up to its binders */
  binder(isExternal: boolean, transcript: Uint8Array): Uint8Array {
    const key = this.binderKey(isExternal)
    const binder = this.finished(key, transcript)
    key.fill(0)
    return binder
  }

  /** `verify_data` of a Finished. */
  finished(baseKey: Uint8Array, transcript: Uint8Array): Uint8Array {
    const key = expandLabel(this.#crypto, this.hash, baseKey, 'finished', noBytes, this.hashSize)
    const verifyData = this.#crypto.hmac(this.hash, key, transcript)
    key.fill(0)
    return verifyData
  }

  destroy(): void {
    this.#secret.fill(0)
  }

  #advance(input: Uint8Array): void {
    const salt = this.#derive('derived', emptyHash(this.#crypto, this.hash))
    this.#secret.fill(0)
    this.#secret = this.#crypto.hmac(this.hash, salt, input)
    salt.fill(0)
  }

  #derive(label: string, transcript: Uint8Array): Uint8Array {
    return expandLabel(this.#crypto, this.hash, this.#secret, label, transcript, this.hashSize)
  }
}

/** The hash of the empty string, by hash. */
const emptyHashes = new Map<Hash, Uint8Array>()

function emptyHash(crypto: CryptoProvider, hash: Hash): Uint8Array {
  let empty = emptyHashes.get(hash)
  if (empty === undefined) emptyHashes.set(hash, (empty = crypto.hash(hash, noBytes)))
  return empty
}

/** The salt of the handshake secret without a PSK, by hash: a constant, too. */
const plainSalts = new Map<Hash, Uint8Array>()

function plainSalt(crypto: CryptoProvider, hash: Hash): Uint8Array {
  let salt = plainSalts.get(hash)
  if (salt === undefined) {
    const zeroes = new Uint8Array(hashSize(hash))
    const early = crypto.hmac(hash, zeroes, zeroes)
    salt = expandLabel(crypto, hash, early, 'derived', emptyHash(crypto, hash), hashSize(hash))
    plainSalts.set(hash, salt)
  }
  return salt
}

/** HkdfLabels, encoded. The protocol has few labels; those of exporters are not cached. */
const labels = new Map<string, Uint8Array>(
  'c hs traffic,s hs traffic,c ap traffic,s ap traffic,key,iv,finished,derived,res master,exp master,res binder'
    .split(',')
    .map(label => [label, asciiBytes(`tls13 ${label}`)]),
)

function labelBytes(label: string): Uint8Array {
  return labels.get(label) ?? asciiBytes(`tls13 ${label}`)
}

/** HKDF-Expand-Label: RFC 8446 section 7.1. */
export function expandLabel(
  crypto: CryptoProvider,
  hash: Hash,
  secret: Uint8Array,
  label: string,
  context: Uint8Array,
  size: number,
): Uint8Array {
  const info = new ByteWriter(64 + context.length)
  info.uint16(size).vector(1, labelBytes(label)).vector(1, context)
  const infoBytes = info.take()
  // The protocol itself never needs more than one block; exporters may.
  if (size <= hashSize(hash)) return crypto.hmac(hash, secret, info.uint8(1).take()).subarray(0, size)
  const output = new Uint8Array(size)
  let block: Uint8Array = noBytes
  for (let at = 0, counter = 1; at < size; at += block.length, counter++) {
    const input = ByteWriter.apart(block.length + infoBytes.length + 1)
      .bytes(block)
      .bytes(infoBytes)
      .uint8(counter)
    block = crypto.hmac(hash, secret, input.take())
    output.set(block.subarray(0, size - at), at)
  }
  return output
}

/** Exporter: RFC 8446 section 7.5. */
export function exportSecret(
  crypto: CryptoProvider,
  hash: Hash,
  exporterSecret: Uint8Array,
  label: string,
  context: Uint8Array,
  size: number,
): Uint8Array {
  const derived = expandLabel(crypto, hash, exporterSecret, label, emptyHash(crypto, hash), hashSize(hash))
  const exported = expandLabel(crypto, hash, derived, 'exporter', crypto.hash(hash, context), size)
  derived.fill(0)
  return exported
}

/** One direction's application or handshake traffic secret: its record keys, and its next generation. */
export class TrafficSecret {
  readonly #crypto: CryptoProvider
  readonly #suite: CipherSuite
  #secret: Uint8Array

  constructor(crypto: CryptoProvider, suite: CipherSuite, secret: Uint8Array) {
    this.#crypto = crypto
    this.#suite = suite
    this.#secret = secret
  }

  get bytes(): Uint8Array {
    return this.#secret
  }

  sealer(): Sealer13 {
    return new Sealer13(this.#crypto.aead(this.#suite.cipher, this.#key()), this.#iv())
  }

  opener(takesPlainAlert = false): Opener13 {
    return new Opener13(this.#crypto.aead(this.#suite.cipher, this.#key()), this.#iv(), takesPlainAlert)
  }

  /** RFC 8446 section 7.2. */
  update(): void {
    const { hash } = this.#suite
    const next = expandLabel(this.#crypto, hash, this.#secret, 'traffic upd', noBytes, hashSize(hash))
    this.#secret.fill(0)
    this.#secret = next
  }

  destroy(): void {
    this.#secret.fill(0)
  }

  #key(): Uint8Array {
    return expandLabel(this.#crypto, this.#suite.hash, this.#secret, 'key', noBytes, keySize(this.#suite.cipher))
  }

  #iv(): Uint8Array {
    return expandLabel(this.#crypto, this.#suite.hash, this.#secret, 'iv', noBytes, 12)
  }
}

export function hashSize(hash: 'sha1' | Hash): number {
  if (hash === 'sha1') return 20
  return hash === 'sha256' ? 32 : 48
}

export function keySize(cipher: BulkCipher): number {
  return cipher.startsWith('aes-128') ? 16 : 32
}
