// Key exchange on `node:crypto`: X25519 and X448 with key objects, the NIST curves with ECDH objects.
//
// A peer's X25519 share is imported as a JWK, the cheapest form (node-crypto.ts has the figures). Ours is computed as the
// private key's product with the base point: exporting it as SPKI costs 60 microseconds, an agreement 31. It must not be
// exported as a JWK: Node 20 holds the key's lock while it makes the JWK's strings, and a garbage collection at that moment runs
// the destructor of the job that generated the key, which takes the same lock: about one handshake in 3,000 hung for ever (seen
// in a debugger).

import * as crypto from 'node:crypto'
import { type NamedGroup, P256, P384, X448, X25519 } from '../named-groups.ts'
import type { KeyShare } from '../provider.ts'

/** X25519 and X448: RFC 7748. */
export class MontgomeryShare implements KeyShare {
  readonly group: NamedGroup
  readonly publicKey: Uint8Array
  readonly #privateKey: crypto.KeyObject

  constructor(group: NamedGroup, privateKey: crypto.KeyObject = newPrivateKey(group)) {
    this.group = group
    this.#privateKey = privateKey
    let basePoint = basePoints.get(group)
    if (basePoint === undefined) basePoints.set(group, (basePoint = basePointOf(group)))
    this.publicKey = crypto.diffieHellman({ privateKey, publicKey: basePoint })
  }

  agree(peerShare: Uint8Array): Uint8Array | undefined {
    if (peerShare.length !== this.group.serverShareSize) return undefined
    try {
      return crypto.diffieHellman({ privateKey: this.#privateKey, publicKey: publicKeyOf(this.group, peerShare) })
    } catch {
      // A point of small order gives all zeroes, which OpenSSL rejects: RFC 8446 section 7.4.2.
      return undefined
    }
  }
}

export class X25519Share extends MontgomeryShare {
  constructor(privateKey?: crypto.KeyObject) {
    super(X25519, privateKey)
  }
}

function newPrivateKey(group: NamedGroup): crypto.KeyObject {
  return (group === X25519 ? crypto.generateKeyPairSync('x25519') : crypto.generateKeyPairSync('x448')).privateKey
}

/** A private key's product with the base point is its public key: RFC 7748 section 6. Made on first use. */
const basePoints = new Map<NamedGroup, crypto.KeyObject>()

function basePointOf(group: NamedGroup): crypto.KeyObject {
  const point = new Uint8Array(group.clientShareSize)
  point[0] = group === X25519 ? 9 : 5
  return publicKeyOf(group, point)
}

function publicKeyOf(group: NamedGroup, point: Uint8Array): crypto.KeyObject {
  const x = Buffer.from(point.buffer, point.byteOffset, point.length).toString('base64url')
  return crypto.createPublicKey({ key: { kty: 'OKP', crv: group.name, x }, format: 'jwk' })
}

/** Not every build of the runtime's cryptography supports X448. */
export const hasX448 = ((): boolean => {
  try {
    basePointOf(X448)
    return true
  } catch {
    return false
  }
})()

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
