// Key exchange on `node:crypto`: X25519 by way of JWK (node-crypto.ts says why), the NIST curves by way of ECDH objects.

import * as crypto from 'node:crypto'
import { type NamedGroup, P256, P384, X25519 } from '../wire/named-groups.ts'
import type { KeyShare } from './provider.ts'

export class X25519Share implements KeyShare {
  readonly group = X25519
  readonly publicKey: Uint8Array
  readonly #privateKey: crypto.KeyObject

  constructor() {
    const pair = crypto.generateKeyPairSync('x25519')
    this.#privateKey = pair.privateKey
    this.publicKey = Buffer.from(pair.publicKey.export({ format: 'jwk' }).x ?? '', 'base64url')
  }

  agree(peerShare: Uint8Array): Uint8Array | undefined {
    if (peerShare.length !== X25519.serverShareSize) return undefined
    try {
      const x = Buffer.from(peerShare.buffer, peerShare.byteOffset, peerShare.length).toString('base64url')
      const publicKey = crypto.createPublicKey({ key: { kty: 'OKP', crv: 'X25519', x }, format: 'jwk' })
      return crypto.diffieHellman({ privateKey: this.#privateKey, publicKey })
    } catch {
      // A point of small order gives all zeroes, which OpenSSL refuses: RFC 8446 section 7.4.2.
      return undefined
    }
  }
}

export class EcdhShare implements KeyShare {
  readonly group: NamedGroup
  readonly publicKey: Uint8Array
  readonly #ecdh: crypto.ECDH

  constructor(group: NamedGroup) {
    this.group = group
    this.#ecdh = crypto.createECDH(group === P256 ? 'prime256v1' : group === P384 ? 'secp384r1' : 'secp521r1')
    this.publicKey = this.#ecdh.generateKeys()
  }

  agree(peerShare: Uint8Array): Uint8Array | undefined {
    // Uncompressed points only: RFC 8446 section 4.2.8.2.
    if (peerShare.length !== this.group.clientShareSize || peerShare[0] !== 4) return undefined
    try {
      return this.#ecdh.computeSecret(peerShare)
    } catch {
      return undefined
    }
  }
}
