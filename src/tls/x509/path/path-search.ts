// Searches for other paths from a peer's certificate to a trusted one, when OpenSSL's path (path-building.ts) has a problem:
// depth first, with backtracking, as in RFC 4158 section 2.4. A certificate is added to a path only if the one before it is
// signed by its key. Whether a whole path is valid is decided by chain.ts; the work that a peer's certificates can cause is
// bounded by limits on candidates, signatures and paths.

import type { CertificateCrypto } from '../../../crypto/certificate-crypto.ts'
import { authorityKind, type Certificate, mayHaveIssued } from '../certificate.ts'
import {
  maxIssuerCandidates,
  maxPathDepth,
  maxSearchCandidates,
  maxSearchedPaths,
  maxSearchSignatures,
} from '../certificate-limits.ts'
import { isSignedBy, knownSignature } from '../signatures.ts'
import type { TrustedSet } from './trusted-set.ts'

export interface SearchOptions {
  readonly intermediates: readonly Certificate[]
  readonly trusted: TrustedSet
  readonly now: number
  readonly allowPartialChain: boolean
  readonly crypto: CertificateCrypto
}

/** The paths from a leaf to a trusted certificate whose signatures and dates are valid, in the order of OpenSSL's preference. */
export function* searchPaths(leaf: Certificate, options: SearchOptions): Generator<readonly Certificate[]> {
  const search = new PathSearch(options)
  let left = maxSearchedPaths
  for (const path of search.from([leaf])) {
    if (left-- === 0) return
    yield path
  }
}

class PathSearch {
  readonly #options: SearchOptions
  #candidatesLeft = maxSearchCandidates
  #signaturesLeft = maxSearchSignatures

  constructor(options: SearchOptions) {
    this.#options = options
  }

  *from(path: readonly Certificate[]): Generator<readonly Certificate[]> {
    const { intermediates, trusted, allowPartialChain } = this.#options
    const last = path.at(-1) as Certificate
    if (last.isSelfSigned || path.length > maxPathDepth) return
    for (const anchor of this.#issuers(path, trusted.issuersOf(last))) {
      if (allowPartialChain || anchor.isSelfSigned) yield [...path, anchor]
      else yield* this.from([...path, anchor])
    }
    for (const issuer of this.#issuers(path, intermediates)) {
      // A root that the peer sent is not followed: if the trusted set has it, it was tried before.
      if (!issuer.isSelfSigned) yield* this.from([...path, issuer])
    }
  }

  *#issuers(path: readonly Certificate[], candidates: readonly Certificate[]): Generator<Certificate> {
    const { now } = this.#options
    const last = path.at(-1) as Certificate
    for (const candidate of candidates.slice(0, maxIssuerCandidates)) {
      if (this.#candidatesLeft-- <= 0) return
      if (!mayHaveIssued(candidate, last) || authorityKind(candidate) === 0) continue
      if (candidate.notBefore > now || candidate.notAfter <= now) continue
      // Cross-certified authorities lead back to one that is in the path already, in the same or another certificate.
      if (path.some(one => isSameAuthority(one, candidate))) continue
      if (this.#isSigned(last, candidate)) yield candidate
    }
  }

  #isSigned(certificate: Certificate, issuer: Certificate): boolean {
    const known = knownSignature(certificate, issuer.publicKey)
    if (known !== undefined) return known
    if (this.#signaturesLeft-- <= 0) return false
    return isSignedBy(certificate, issuer.publicKey, this.#options.crypto)
  }
}

function isSameAuthority(one: Certificate, other: Certificate): boolean {
  if (one === other) return true
  return one.subject.key === other.subject.key && Buffer.compare(one.publicKey.der, other.publicKey.der) === 0
}
