// X25519MLKEM768 on `node:crypto`, where it supports ML-KEM (Node 24.7 and later, with OpenSSL 3.5). ML-KEM's part comes first,
// in the shares and in the secret. draft-ietf-tls-ecdhe-mlkem section 4.

import * as crypto from 'node:crypto'
import { concat } from '../../core/bytes.ts'
import { X25519MLKEM768 } from '../named-groups.ts'
import type { KeyShare } from '../provider.ts'
import { X25519Share } from './node-key-shares.ts'

/** The functions that Node 20's types and runtime lack. */
interface MlKem {
  generateKeyPairSync(type: 'ml-kem-768'): { publicKey: crypto.KeyObject; privateKey: crypto.KeyObject }
  encapsulate(key: crypto.KeyObject): { ciphertext: Uint8Array; sharedKey: Uint8Array }
  decapsulate(key: crypto.KeyObject, ciphertext: Uint8Array): Uint8Array
}

const mlKem = crypto as unknown as MlKem

export const hasMlKem = isMlKemThere()

const ENCAPSULATION_KEY_SIZE = 1184
const CIPHERTEXT_SIZE = 1088
/** SubjectPublicKeyInfo up to the key itself: id-alg-ml-kem-768, 2.16.840.1.101.3.4.4.2. */
const SPKI_PREFIX = Buffer.from('308204b2300b0609608648016503040402038204a100', 'hex')

export class MlKemX25519Share implements KeyShare {
  readonly group = X25519MLKEM768
  readonly publicKey: Uint8Array
  readonly #privateKey: crypto.KeyObject
  readonly #x25519 = new X25519Share()

  constructor() {
    const { publicKey, privateKey } = mlKem.generateKeyPairSync('ml-kem-768')
    const spki = publicKey.export({ format: 'der', type: 'spki' })
    this.publicKey = concat(spki.subarray(SPKI_PREFIX.length), this.#x25519.publicKey)
    this.#privateKey = privateKey
  }

  agree(peerShare: Uint8Array): Uint8Array | undefined {
    if (peerShare.length !== X25519MLKEM768.serverShareSize) return undefined
    try {
      const first = mlKem.decapsulate(this.#privateKey, peerShare.subarray(0, CIPHERTEXT_SIZE))
      const second = this.#x25519.agree(peerShare.subarray(CIPHERTEXT_SIZE))
      return second && concat(first, second)
    } catch {
      return undefined
    }
  }
}

export function answerMlKemX25519(peerShare: Uint8Array): { share: Uint8Array; secret: Uint8Array } | undefined {
  try {
    const spki = concat(SPKI_PREFIX, peerShare.subarray(0, ENCAPSULATION_KEY_SIZE))
    const key = crypto.createPublicKey({ key: Buffer.from(spki), format: 'der', type: 'spki' })
    const { ciphertext, sharedKey } = mlKem.encapsulate(key)
    const x25519 = new X25519Share()
    const second = x25519.agree(peerShare.subarray(ENCAPSULATION_KEY_SIZE))
    return second && { share: concat(ciphertext, x25519.publicKey), secret: concat(sharedKey, second) }
  } catch {
    return undefined
  }
}

function isMlKemThere(): boolean {
  if (typeof mlKem.encapsulate !== 'function') return false
  try {
    mlKem.generateKeyPairSync('ml-kem-768')
    return true
  } catch {
    return false
  }
}
