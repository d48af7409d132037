// Key exchange on `node:crypto`: X25519 by way of key objects, the NIST curves by way of ECDH objects.
//
// A peer's X25519 share comes in as a JWK, the cheapest form (node-crypto.ts has the figures). Ours must not go out as one:
// Node 20 holds the key's lock while it makes the JWK's strings, and a garbage collection just then runs the destructor of
// the job that generated the key, which wants the same lock: about one handshake in 3,000 hung for ever (seen in a
// debugger). SPKI costs 50 microseconds more and takes no lock.

import * as crypto from 'node:crypto'
import { type NamedGroup, P256, P384, X25519 } from '../wire/named-groups.ts'
import type { KeyShare } from './provider.ts'

export class X25519Share implements KeyShare {
  readonly group = X25519
  readonly publicKey: Uint8Array
  readonly #privateKey: crypto.KeyObject

  constructor(
    pair: { privateKey: crypto.KeyObject; publicKey: crypto.KeyObject } = crypto.generateKeyPairSync('x25519'),
  ) {
    this.#privateKey = pair.privateKey
    this.publicKey = new Uint8Array(pair.publicKey.export({ format: 'der', type: 'spki' }).subarray(SPKI_PREFIX_SIZE))
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

/** SubjectPublicKeyInfo up to the 32 bytes: RFC 8410. */
const SPKI_PREFIX_SIZE = 12

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
