// All the cryptography that the TLS engine needs, as one interface: synchronous primitives, no protocol. The
// runtime's `node:crypto` is one provider (node/node-crypto.ts); another runtime can have another.

import type { BulkCipher, HashName } from './algorithms.ts'
import type { NamedGroup } from './named-groups.ts'
import type { SignatureKeyType, SignatureScheme } from './signature-schemes.ts'

/** A hash that can be updated further after its value was read, as a handshake's transcript needs. */
export interface RunningHash {
  update(data: Uint8Array): void
  /** The hash of all so far; may be called again later. */
  digest(): Uint8Array
}

/** One direction's AEAD with its key: AES-GCM or ChaCha20-Poly1305, nonces of 12 bytes, tags of 16. */
export interface Aead {
  /** Writes ciphertext and tag to `target` at `at`. The parts together are the plaintext. @returns the bytes written */
  seal(nonce: Uint8Array, additional: Uint8Array, parts: readonly Uint8Array[], target: Uint8Array, at: number): number
  /** The same without copies, for large plaintexts: gives the ciphertext in pieces as long as the parts, and the tag. */
  sealApart(nonce: Uint8Array, additional: Uint8Array, parts: readonly Uint8Array[]): Uint8Array[]
  /** The plaintext, or undefined: the tag is wrong. `sealed` ends with the tag. */
  open(nonce: Uint8Array, additional: Uint8Array, sealed: Uint8Array): Uint8Array | undefined
  /** Overwrites the key. Nothing else may be called afterwards. */
  destroy(): void
}

/** One direction's AES-CBC with its key, without padding. */
export interface BlockCipher {
  encrypt(iv: Uint8Array, data: Uint8Array): Uint8Array
  decrypt(iv: Uint8Array, data: Uint8Array): Uint8Array
  destroy(): void
}

/** Our half of a key exchange. */
export interface KeyShare {
  readonly group: NamedGroup
  /** As it goes on the wire. */
  readonly publicKey: Uint8Array
  /** The shared secret; undefined: the peer's share is not a valid one (not on the curve, all zeroes, wrong size). */
  agree(peerShare: Uint8Array): Uint8Array | undefined
}

/** A private key of ours; opaque but for its provider. */
export interface PrivateKey {
  readonly type: SignatureKeyType
  /** OpenSSL's name of an EC key's curve. */
  readonly curve: string | undefined
  /** The size of the RSA modulus, or of the curve. */
  readonly bits: number
}

/** A peer's public key. */
export interface PublicKey {
  readonly type: SignatureKeyType
  readonly curve: string | undefined
  readonly bits: number
}

export interface CryptoProvider {
  /** The supported groups: X25519MLKEM768 only where there is ML-KEM. */
  readonly groups: readonly NamedGroup[]

  runningHash(hash: HashName): RunningHash
  hash(hash: HashName, data: Uint8Array): Uint8Array
  hmac(hash: HashName, key: Uint8Array, data: Uint8Array): Uint8Array
  /** In constant time for inputs of equal length. */
  equal(one: Uint8Array, other: Uint8Array): boolean

  /** @param cipher - an AEAD */
  aead(cipher: BulkCipher, key: Uint8Array): Aead
  /** @param cipher - one of the CBC ciphers */
  blockCipher(cipher: BulkCipher, key: Uint8Array): BlockCipher

  generateKeyShare(group: NamedGroup): KeyShare
  /** The answering side: our share and the secret at once (as a KEM requires). undefined: see `KeyShare.agree`. */
  answerKeyShare(group: NamedGroup, peerShare: Uint8Array): { share: Uint8Array; secret: Uint8Array } | undefined

  sign(scheme: SignatureScheme, key: PrivateKey, data: Uint8Array): Uint8Array
  verify(scheme: SignatureScheme, key: PublicKey, data: Uint8Array, signature: Uint8Array): boolean
  /** The key of a certificate (DER); undefined: not a certificate, or a type of key that TLS does not use. */
  certificateKey(certificate: Uint8Array): PublicKey | undefined
  /** A key in PKCS#8 (DER, not encrypted). Throws what the runtime throws. */
  importPrivateKey(pkcs8: Uint8Array): PrivateKey
  /**
   * PKCS#1 v1.5 decryption that does not reveal whether the padding was right: gives `size` bytes, random ones where it was not.
   * undefined: this runtime has no such decryption, and RSA key exchange is not supported.
   */
  readonly rsaDecrypt?: ((key: PrivateKey, encrypted: Uint8Array, size: number) => Uint8Array) | undefined
  rsaEncrypt(key: PublicKey, data: Uint8Array): Uint8Array
}
