// Whether certificates and revocation lists are signed by a key. Results are cached, since neither bytes nor keys change.

import type { CertificateCrypto } from '../../crypto/certificate-crypto.ts'
import type { PublicKeyInfo } from './public-key.ts'
import { type AlgorithmIdentifier, signatureAlgorithm } from './signature-algorithm.ts'

/** A certificate or a revocation list. */
export interface Signed {
  readonly signed: {
    readonly der: Uint8Array
    readonly algorithm: AlgorithmIdentifier
    readonly signature: Uint8Array
  }
}

const known = new WeakMap<Signed, WeakMap<PublicKeyInfo, boolean>>()

/** The cached result; undefined: not verified yet. */
export function knownSignature(what: Signed, key: PublicKeyInfo): boolean | undefined {
  return known.get(what)?.get(key)
}

export function isSignedBy(what: Signed, key: PublicKeyInfo, crypto: CertificateCrypto): boolean {
  let byKey = known.get(what)
  if (byKey === undefined) known.set(what, (byKey = new WeakMap()))
  let isGood = byKey.get(key)
  if (isGood === undefined) {
    const algorithm = signatureAlgorithm(what.signed.algorithm)
    isGood = algorithm !== undefined && crypto.verify(key, algorithm, what.signed.der, what.signed.signature)
    byKey.set(key, isGood)
  }
  return isGood
}
