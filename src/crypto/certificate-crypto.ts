// The cryptography that certificates need. A provider implements it (node/node-x509.ts); tls/x509 is unaware of which one.

export type DigestName = 'md5' | 'sha1' | 'sha224' | 'sha256' | 'sha384' | 'sha512'

/** A SubjectPublicKeyInfo. One object stands for one key, so a provider may cache the imported key by it. */
export interface SubjectKey {
  readonly der: Uint8Array
  readonly type: string
}

/** The algorithm that a certificate is signed with. */
export interface SignatureKind {
  readonly keyType: 'rsa' | 'rsa-pss' | 'dsa' | 'ec' | 'ed25519' | 'ed448'
  /** Undefined where the scheme determines it. */
  readonly digest: DigestName | undefined
  /** RSA-PSS only. */
  readonly saltLength: number | undefined
}

export interface CertificateCrypto {
  /** False for a wrong signature, the wrong type of key, or a key that cannot be read. */
  verify(key: SubjectKey, algorithm: SignatureKind, data: Uint8Array, signature: Uint8Array): boolean
}

/** For PKCS#12 files; an algorithm that the platform lacks throws an UnsupportedAlgorithm. */
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
