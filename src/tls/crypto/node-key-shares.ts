// Key exchange on `node:crypto`: X25519 by way of key objects, the NIST curves by way of ECDH objects.
//
// A peer's X25519 share comes in as a JWK, the cheapest form (node-crypto.ts has the figures). Ours goes out as the product
// with the base point: SPKI costs 60 microseconds, an agreement 31. Nor may it go out as a JWK:
// Node 20 holds the key's lock while it makes the JWK's strings, and a garbage collection just then runs the destructor of
// the job that generated the key, which wants the same lock: about one handshake in 3,000 hung for ever (seen in a
// debugger).

import * as crypto from 'node:crypto'
import { type NamedGroup, P256, P384, X25519 } from '../wire/named-groups.ts'
import type { KeyShare } from './provider.ts'

export class X25519Share implements KeyShare {
  readonly group = X25519
  readonly publicKey: Uint8Array
  readonly #privateKey: crypto.KeyObject

  constructor(privateKey: crypto.KeyObject = crypto.generateKeyPairSync('x25519').privateKey) {
    this.#privateKey = privateKey
    basePoint ??= x25519PublicKey(Buffer.from([9, ...new Uint8Array(31)]))
    this.publicKey = crypto.diffieHellman({ privateKey, publicKey: basePoint })
  }

  agree(peerShare: Uint8Array): Uint8Array | undefined {
    if (peerShare.length !== X25519.serverShareSize) return undefined
    try {
      return crypto.diffieHellman({ privateKey: this.#privateKey, publicKey: x25519PublicKey(peerShare) })
    } catch {
      // A point of small order gives all zeroes, which OpenSSL refuses: RFC 8446 section 7.4.2.
      return undefined
    }
  }
}

/** u = 9, whose product with the private key is the public key: RFC 7748 section 6.1. Made when it is first needed. */
let basePoint: crypto.KeyObject | undefined

function x25519PublicKey(point: Uint8Array): crypto.KeyObject {
  const x = Buffer.from(point.buffer, point.byteOffset, point.length).toString('base64url')
  return crypto.createPublicKey({ key: { kty: 'OKP', crv: 'X25519', x }, format: 'jwk' })
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
