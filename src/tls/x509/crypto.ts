// What certificates need of cryptography: a provider implements it (crypto/node-x509.ts), so that nothing here knows which.

import type { PublicKeyInfo } from './public-key.ts'
import type { DigestName, SignatureAlgorithm } from './signature-algorithm.ts'

export interface CertificateCrypto {
  /** False for wrong signatures, wrong kinds of key and keys that cannot be read alike. */
  verify(key: PublicKeyInfo, algorithm: SignatureAlgorithm, data: Uint8Array, signature: Uint8Array): boolean
}

/** For PKCS#12 files; what the platform lacks throws an UnsupportedAlgorithm. */
export interface PasswordCrypto {
  digest(name: DigestName, ...data: readonly Uint8Array[]): Uint8Array
  hmac(name: DigestName, key: Uint8Array, data: Uint8Array): Uint8Array
  pbkdf2(name: DigestName, password: Uint8Array, salt: Uint8Array, iterations: number, size: number): Uint8Array
  decrypt(cipher: BlockCipher, key: Uint8Array, iv: Uint8Array, data: Uint8Array): Uint8Array
  isEqual(one: Uint8Array, other: Uint8Array): boolean
}

/** In CBC mode. */
export type BlockCipher = 'aes-128' | 'aes-192' | 'aes-256' | '3des' | 'rc2-40' | 'rc2-128'

export class UnsupportedAlgorithm extends Error {
  override readonly name = 'UnsupportedAlgorithm'
}
