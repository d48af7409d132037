// All that the TLS engine needs of cryptography, as one interface: primitives only, synchronous, no protocol. The
// runtime's `node:crypto` is one provider (node-crypto.ts); another runtime brings another.

import type { BulkCipher, HashName } from './algorithms.ts'
import type { NamedGroup } from './named-groups.ts'
import type { SignatureKeyType, SignatureScheme } from './signature-schemes.ts'

/** A hash that goes on after its value was read: what a handshake's transcript needs. */
export interface RunningHash {
  update(data: Uint8Array): void
  /** The hash of all so far; may be asked for again later. */
  digest(): Uint8Array
}

/** One direction's AEAD with its key: AES-GCM or ChaCha20-Poly1305, nonces of 12 bytes, tags of 16. */
export interface Aead {
  /** Writes ciphertext and tag to `target` at `at`; gives how many bytes that were. Parts are one plaintext, in order. */
  seal(nonce: Uint8Array, additional: Uint8Array, parts: readonly Uint8Array[], target: Uint8Array, at: number): number
  /** The same without copies, for large plaintexts: ciphertext in pieces as long as the parts, and the tag. */
  sealApart(nonce: Uint8Array, additional: Uint8Array, parts: readonly Uint8Array[]): Uint8Array[]
  /** The plaintext, or undefined: the tag is wrong. `sealed` ends with the tag. */
  open(nonce: Uint8Array, additional: Uint8Array, sealed: Uint8Array): Uint8Array | undefined
  /** Overwrites the key. Nothing else may be called afterwards. */
  destroy(): void
}

/** One direction's AES-CBC with its key, without padding of its own. */
export interface BlockCipher {
  encrypt(iv: Uint8Array, data: Uint8Array): Uint8Array
  decrypt(iv: Uint8Array, data: Uint8Array): Uint8Array
  destroy(): void
}

/** A secret half of a key exchange. */
export interface KeyShare {
  readonly group: NamedGroup
  /** As it goes on the wire. */
  readonly publicKey: Uint8Array
  /** The shared secret; undefined: the peer's share is not a valid one (not on the curve, all zeroes, wrong size). */
  agree(peerShare: Uint8Array): Uint8Array | undefined
}

/** A private key of ours; only its provider knows what is inside. */
export interface PrivateKey {
  readonly type: SignatureKeyType
  /** OpenSSL's name of an EC key's curve. */
  readonly curve: string | undefined
  /** Of an RSA modulus, or of the curve. */
  readonly bits: number
}

/** A peer's public key. */
export interface PublicKey {
  readonly type: SignatureKeyType
  readonly curve: string | undefined
  readonly bits: number
}

export interface CryptoProvider {
  /** Groups that work here: X25519MLKEM768 only where there is ML-KEM. */
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
  /** The answering side: our share and the secret at once (a KEM has no other way). undefined: see `KeyShare.agree`. */
  answerKeyShare(group: NamedGroup, peerShare: Uint8Array): { share: Uint8Array; secret: Uint8Array } | undefined

  sign(scheme: SignatureScheme, key: PrivateKey, data: Uint8Array): Uint8Array
  verify(scheme: SignatureScheme, key: PublicKey, data: Uint8Array, signature: Uint8Array): boolean
  /** The key inside a certificate (DER); undefined: not a certificate, or a key of a kind that TLS does not use. */
  certificateKey(certificate: Uint8Array): PublicKey | undefined
  /** A key in PKCS#8 (DER, not encrypted). Throws what the runtime throws. */
  importPrivateKey(pkcs8: Uint8Array): PrivateKey
  /**
   * PKCS#1 v1.5 decryption that never says whether the padding was right: `size` bytes, random ones where it was not.
   * undefined: this runtime has no such decryption, and RSA key exchange is refused.
   */
  readonly rsaDecrypt?: ((key: PrivateKey, encrypted: Uint8Array, size: number) => Uint8Array) | undefined
  rsaEncrypt(key: PublicKey, data: Uint8Array): Uint8Array
}
