// The runtime's `node:crypto` as a provider. Which of its functions is used where was measured (Node 20.20, microseconds per
// call). The expensive ones are OpenSSL 3's decoders and encoders; importing a key as a JWK avoids them
// (node-key-shares.ts has the reason why keys are not exported as JWK):
//   AES-256-GCM of 100 bytes, createCipheriv per record 2.5 (raw key or KeyObject alike); of 16 KiB 6.5
//   X25519: key pair 23, public key as JWK 0.5 (as SPKI 51), import of a JWK 4 (of SPKI 62), agreement 26
//   P-256: createECDH and generateKeys 16, computeSecret 66
//   hash() in one shot 0.6, createHash 1.1, copy() and digest() 0.9; createHmac 1.6; hkdfSync 6.9

import * as crypto from 'node:crypto'
import type { BulkCipher, HashName } from '../algorithms.ts'
import { type NamedGroup, P256, P384, P521, X448, X25519, X25519MLKEM768 } from '../named-groups.ts'
import type { Aead, BlockCipher, CryptoProvider, KeyShare, PrivateKey, PublicKey, RunningHash } from '../provider.ts'
import type { SignatureKeyType, SignatureScheme } from '../signature-schemes.ts'
import { EcdhShare, hasX448, MontgomeryShare } from './node-key-shares.ts'
import { answerMlKemX25519, hasMlKem, MlKemX25519Share } from './node-ml-kem.ts'

export const nodeCrypto: CryptoProvider = {
  groups: [...(hasMlKem ? [X25519MLKEM768] : []), X25519, P256, P384, P521, ...(hasX448 ? [X448] : [])],
  runningHash: name => new NodeRunningHash(name),
  hash: oneShotHash(),
  hmac: (name, key, data) => crypto.createHmac(name, key).update(data).digest(),
  equal: (one, other) => one.length === other.length && crypto.timingSafeEqual(one, other),
  aead: (cipher, key) => new NodeAead(cipher, key),
  blockCipher: (cipher, key) => new NodeBlockCipher(cipher, key),
  generateKeyShare,
  answerKeyShare(group, peerShare) {
    if (peerShare.length !== group.clientShareSize) return undefined
    if (group === X25519MLKEM768) return answerMlKemX25519(peerShare)
    const share = generateKeyShare(group)
    const secret = share.agree(peerShare)
    return secret && { share: share.publicKey, secret }
  },
  sign(scheme, key, data) {
    return crypto.sign(scheme.hash ?? null, data, signingKey(scheme, keyObjectOf(key)))
  },
  verify(scheme, key, data, signature) {
    try {
      return crypto.verify(scheme.hash ?? null, data, signingKey(scheme, keyObjectOf(key)), signature)
    } catch {
      // A key that cannot make such signatures (an RSA key too small for the hash, say).
      return false
    }
  },
  certificateKey,
  importPrivateKey: pkcs8 =>
    nodePrivateKey(crypto.createPrivateKey({ key: Buffer.from(pkcs8), format: 'der', type: 'pkcs8' })),
  get rsaDecrypt() {
    hasRsaDecryption ??= mayDecryptRsa()
    return hasRsaDecryption ? rsaDecrypt : undefined
  },
  rsaEncrypt: (key, data) =>
    crypto.publicEncrypt({ key: keyObjectOf(key), padding: crypto.constants.RSA_PKCS1_PADDING }, data),
}

/** Wraps a runtime's key for the engine. Throws a TypeError for a type of key that TLS does not sign with. */
export function nodePrivateKey(key: crypto.KeyObject): PrivateKey {
  const known = keyFrom(key)
  if (known === undefined) throw new TypeError(`a ${key.asymmetricKeyType} key signs no handshake`)
  return known
}

/** Certificates whose keys are cached; the oldest is evicted first. */
export const MAX_KEPT_KEYS = 64
const keptKeys = new Map<string, PublicKey>()

/**
 * Reading a certificate and its key takes OpenSSL 127 microseconds, more than verifying a P-256 signature: keys are cached by
 * the certificate's bytes, for clients that connect to the same server again.
 */
function certificateKey(certificate: Uint8Array): PublicKey | undefined {
  const name = Buffer.from(certificate.buffer, certificate.byteOffset, certificate.length).toString('latin1')
  let key: PublicKey | undefined = keptKeys.get(name)
  if (key) return key
  try {
    key = keyFrom(new crypto.X509Certificate(certificate).publicKey)
  } catch {
    return undefined
  }
  if (key === undefined) return undefined
  const [oldest] = keptKeys.keys()
  if (keptKeys.size >= MAX_KEPT_KEYS && oldest !== undefined) keptKeys.delete(oldest)
  keptKeys.set(name, key)
  return key
}

class NodeKey implements PrivateKey, PublicKey {
  readonly type: SignatureKeyType
  readonly curve: string | undefined
  readonly bits: number
  readonly object: crypto.KeyObject

  constructor(type: SignatureKeyType, curve: string | undefined, bits: number, object: crypto.KeyObject) {
    this.type = type
    this.curve = curve
    this.bits = bits
    this.object = object
  }
}

function keyFrom(object: crypto.KeyObject): NodeKey | undefined {
  const { asymmetricKeyType: type, asymmetricKeyDetails: details } = object
  switch (type) {
    case 'ec': {
      const bits = { prime256v1: 256, secp384r1: 384, secp521r1: 521 }[details?.namedCurve ?? '']
      return new NodeKey(type, details?.namedCurve, bits ?? 256, object)
    }
    case 'rsa':
    case 'rsa-pss':
      return new NodeKey(type, undefined, details?.modulusLength ?? 0, object)
    case 'ed25519':
      return new NodeKey(type, undefined, 256, object)
    case 'ed448':
      return new NodeKey(type, undefined, 456, object)
    default:
      return undefined
  }
}

function keyObjectOf(key: PrivateKey | PublicKey): crypto.KeyObject {
  if (!(key instanceof NodeKey)) throw new TypeError('a key of another provider')
  return key.object
}

function signingKey(scheme: SignatureScheme, key: crypto.KeyObject): crypto.KeyObject | crypto.SignKeyObjectInput {
  if (!scheme.isPss) return key
  const { RSA_PKCS1_PSS_PADDING, RSA_PSS_SALTLEN_DIGEST } = crypto.constants
  return { key, padding: RSA_PKCS1_PSS_PADDING, saltLength: RSA_PSS_SALTLEN_DIGEST }
}

function generateKeyShare(group: NamedGroup): KeyShare {
  if (group === X25519 || group === X448) return new MontgomeryShare(group)
  if (group === X25519MLKEM768) return new MlKemX25519Share()
  return new EcdhShare(group)
}

/** `hash()` came with Node 20.12 and 21.7; other runtimes may lack it. */
function oneShotHash(): (name: HashName, data: Uint8Array) => Uint8Array {
  const { hash } = crypto as { hash?: typeof crypto.hash }
  if (hash) return (name, data) => hash(name, data, 'buffer')
  return (name, data) => crypto.createHash(name).update(data).digest()
}

class NodeRunningHash implements RunningHash {
  readonly #hash: crypto.Hash

  constructor(name: HashName) {
    this.#hash = crypto.createHash(name)
  }

  update(data: Uint8Array): void {
    this.#hash.update(data)
  }

  digest(): Uint8Array {
    return this.#hash.copy().digest()
  }
}

const TAG_SIZE = 16
/** Up to this size the parts are joined first: copying them costs less than a call for each. */
const MAX_JOINED = 1024

class NodeAead implements Aead {
  readonly #algorithm: crypto.CipherGCMTypes
  readonly #key: Uint8Array

  constructor(cipher: BulkCipher, key: Uint8Array) {
    // The types declare ChaCha20-Poly1305 separately, with the same methods.
    this.#algorithm = cipher as crypto.CipherGCMTypes
    this.#key = key
  }

  seal(
    nonce: Uint8Array,
    additional: Uint8Array,
    parts: readonly Uint8Array[],
    target: Uint8Array,
    at: number,
  ): number {
    const cipher = this.#cipher(nonce, additional)
    const isSmall = parts.reduce((size, part) => size + part.length, 0) <= MAX_JOINED
    let end = at
    for (const part of parts) {
      target.set(isSmall ? part : cipher.update(part), end)
      end += part.length
    }
    if (isSmall) target.set(cipher.update(target.subarray(at, end)), at)
    cipher.final()
    target.set(cipher.getAuthTag(), end)
    return end + TAG_SIZE - at
  }

  sealApart(nonce: Uint8Array, additional: Uint8Array, parts: readonly Uint8Array[]): Uint8Array[] {
    const cipher = this.#cipher(nonce, additional)
    const sealed: Uint8Array[] = parts.map(part => cipher.update(part))
    cipher.final()
    sealed.push(cipher.getAuthTag())
    return sealed
  }

  #cipher(nonce: Uint8Array, additional: Uint8Array): crypto.CipherGCM {
    const cipher = crypto.createCipheriv(this.#algorithm, this.#key, nonce, sealOptions)
    cipher.setAAD(additional)
    return cipher
  }

  open(nonce: Uint8Array, additional: Uint8Array, sealed: Uint8Array): Uint8Array | undefined {
    const size = sealed.length - TAG_SIZE
    if (size < 0) return undefined
    const decipher = crypto.createDecipheriv(this.#algorithm, this.#key, nonce, sealOptions)
    decipher.setAuthTag(sealed.subarray(size))
    decipher.setAAD(additional)
    const plaintext = decipher.update(sealed.subarray(0, size))
    try {
      decipher.final()
    } catch {
      return undefined
    }
    return plaintext
  }

  destroy(): void {
    this.#key.fill(0)
  }
}

const sealOptions = { authTagLength: TAG_SIZE }

class NodeBlockCipher implements BlockCipher {
  readonly #algorithm: BulkCipher
  readonly #key: Uint8Array

  constructor(cipher: BulkCipher, key: Uint8Array) {
    this.#algorithm = cipher
    this.#key = key
  }

  encrypt(iv: Uint8Array, data: Uint8Array): Uint8Array {
    return crypto.createCipheriv(this.#algorithm, this.#key, iv).setAutoPadding(false).update(data)
  }

  decrypt(iv: Uint8Array, data: Uint8Array): Uint8Array {
    return crypto.createDecipheriv(this.#algorithm, this.#key, iv).setAutoPadding(false).update(data)
  }

  destroy(): void {
    this.#key.fill(0)
  }
}

let hasRsaDecryption: boolean | undefined

/**
 * Since the Marvin attack (CVE-2023-46809) Node decrypts PKCS#1 v1.5 only where its OpenSSL gives random bytes for wrong
 * padding (implicit rejection; OpenSSL 3.2 and those with it patched in), and throws elsewhere, as Node 20 with OpenSSL
 * 3.0 does. Determined when a server first considers a suite with RSA key exchange.
 */
function mayDecryptRsa(): boolean {
  const { privateKey } = crypto.generateKeyPairSync('rsa', { modulusLength: 1024 })
  try {
    crypto.privateDecrypt({ key: privateKey, padding: crypto.constants.RSA_PKCS1_PADDING }, new Uint8Array(128))
  } catch (error) {
    return (error as { code?: string }).code !== 'ERR_INVALID_ARG_VALUE'
  }
  return true
}

function rsaDecrypt(key: PrivateKey, encrypted: Uint8Array, size: number): Uint8Array {
  const fallback = crypto.randomBytes(size)
  try {
    const options = { key: keyObjectOf(key), padding: crypto.constants.RSA_PKCS1_PADDING }
    const decrypted = crypto.privateDecrypt(options, encrypted)
    return decrypted.length === size ? decrypted : fallback
  } catch {
    return fallback
  }
}
