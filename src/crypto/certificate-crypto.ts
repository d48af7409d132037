// What certificates need of cryptography: a provider implements it (node/node-x509.ts), so that nothing in tls/x509 knows which.

export type DigestName = 'md5' | 'sha1' | 'sha224' | 'sha256' | 'sha384' | 'sha512'

/** A SubjectPublicKeyInfo. One object stands for one key: what is made of it may be kept with it. */
export interface SubjectKey {
  readonly der: Uint8Array
  readonly type: string
}

/** How a certificate is signed. */
export interface SignatureKind {
  readonly keyType: 'rsa' | 'rsa-pss' | 'dsa' | 'ec' | 'ed25519' | 'ed448'
  /** Undefined where the scheme has its own. */
  readonly digest: DigestName | undefined
  /** RSA-PSS alone. */
  readonly saltLength: number | undefined
}

export interface CertificateCrypto {
  /** False for wrong signatures, wrong kinds of key and keys that cannot be read alike. */
  verify(key: SubjectKey, algorithm: SignatureKind, data: Uint8Array, signature: Uint8Array): boolean
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
