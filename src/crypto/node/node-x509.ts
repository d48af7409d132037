// Signatures of certificates and the ciphers of PKCS#12, on `node:crypto`.

import {
  constants,
  createDecipheriv,
  createHash,
  createHmac,
  createPublicKey,
  type KeyObject,
  pbkdf2Sync,
  timingSafeEqual,
  verify,
} from 'node:crypto'
import { asBuffer } from '../../core/bytes.ts'
import {
  type BlockCipher,
  type CertificateCrypto,
  type PasswordCrypto,
  type SignatureKind,
  type SubjectKey,
  UnsupportedAlgorithm,
} from '../certificate-crypto.ts'

/** Made on first use; null where OpenSSL rejects the key. */
const keys = new WeakMap<SubjectKey, KeyObject | null>()

function keyObject(key: SubjectKey): KeyObject | null {
  let object = keys.get(key)
  if (object === undefined) {
    try {
      object = createPublicKey({ key: asBuffer(key.der), format: 'der', type: 'spki' })
    } catch {
      object = null
    }
    keys.set(key, object)
  }
  return object
}

export const nodeCertificateCrypto: CertificateCrypto = {
  verify(key, algorithm, data, signature) {
    if (algorithm.keyType !== key.type && !(algorithm.keyType === 'rsa-pss' && key.type === 'rsa')) return false
    const object = keyObject(key)
    if (object === null) return false
    try {
      return verify(algorithm.digest, data, { key: object, ...paddingOf(algorithm) }, signature)
    } catch {
      return false
    }
  },
}

function paddingOf({ keyType, saltLength }: SignatureKind): { padding?: number; saltLength?: number } {
  if (keyType === 'rsa') return { padding: constants.RSA_PKCS1_PADDING }
  if (keyType !== 'rsa-pss') return {}
  return { padding: constants.RSA_PKCS1_PSS_PADDING, ...(saltLength === undefined ? {} : { saltLength }) }
}

const cipherNames: Readonly<Record<BlockCipher, string>> = {
  'aes-128': 'aes-128-cbc',
  'aes-192': 'aes-192-cbc',
  'aes-256': 'aes-256-cbc',
  '3des': 'des-ede3-cbc',
  'rc2-40': 'rc2-40-cbc',
  'rc2-128': 'rc2-cbc',
}

export const nodePasswordCrypto: PasswordCrypto = {
  digest(name, ...data) {
    const hash = createHash(name)
    for (const one of data) hash.update(one)
    return hash.digest()
  },
  hmac: (name, key, data) => createHmac(name, key).update(data).digest(),
  pbkdf2: (name, password, salt, iterations, size) => pbkdf2Sync(password, salt, iterations, size, name),
  decrypt(cipher, key, iv, data) {
    let decipher: ReturnType<typeof createDecipheriv>
    try {
      decipher = createDecipheriv(cipherNames[cipher], key, iv)
    } catch {
      // RC2 is in OpenSSL's legacy provider, which is rarely loaded.
      throw new UnsupportedAlgorithm(cipher)
    }
    return Buffer.concat([decipher.update(data), decipher.final()])
  },
  isEqual: (one, other) => one.length === other.length && timingSafeEqual(one, other),
}
