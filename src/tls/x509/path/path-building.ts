// Builds a path from a peer's certificate to a trusted one. RFC 5280 section 6.1 leaves the method open; this is OpenSSL's, so
// that the same paths are found. At each step the trusted certificates are searched first, then those that the peer sent, and
// only one branch is followed: the work grows with the length of the path, not with the number of possible paths. No signature
// is verified here. Where that path has a problem, path-search.ts looks for others.

import type { Certificate } from '../certificate.ts'
import { maxPathDepth } from '../certificate-limits.ts'
import { bestIssuer, type TrustedSet } from './trusted-set.ts'
import type { VerifyCode } from './verify-codes.ts'

export interface BuiltPath {
  /** The peer's own certificate first. */
  readonly certificates: readonly Certificate[]
  /** Why they do not lead to a trusted certificate, if they do not. */
  readonly problem: VerifyCode | undefined
}

export function buildPath(
  leaf: Certificate,
  intermediates: readonly Certificate[],
  trusted: TrustedSet,
  now: number,
  allowPartial: boolean,
): BuiltPath {
  const path: Certificate[] = [leaf]
  let last = leaf
  /** How many of them come from the peer, and are not in the trusted set. */
  let untrusted = 1
  const isNew = (candidate: Certificate) => !path.includes(candidate)
  for (;;) {
    // A root that the peer sent counts only if the trusted set has it.
    if (last.isSelfSigned) {
      if (trusted.copyOf(last)) return { certificates: path, problem: undefined }
      break
    }
    if (path.length > maxPathDepth) return { certificates: path, problem: 'CERT_CHAIN_TOO_LONG' }
    const anchor = bestIssuer(trusted.issuersOf(last), last, now, isNew)
    const issuer = anchor ?? (untrusted === path.length ? bestIssuer(intermediates, last, now, isNew) : undefined)
    if (issuer === undefined) break
    path.push(issuer)
    last = issuer
    if (anchor === undefined) untrusted++
    else if (allowPartial || issuer.isSelfSigned) return { certificates: path, problem: undefined }
  }
  // A trusted certificate that is not self-signed ends the path where the program allows it; here, the peer's own.
  if (allowPartial && trusted.copyOf(leaf)) return { certificates: [leaf], problem: undefined }
  return { certificates: path, problem: nameProblem(path, untrusted) }
}

function nameProblem(path: readonly Certificate[], untrusted: number): VerifyCode {
  if (path.at(-1)?.isSelfSigned) return path.length === 1 ? 'DEPTH_ZERO_SELF_SIGNED_CERT' : 'SELF_SIGNED_CERT_IN_CHAIN'
  return untrusted < path.length ? 'UNABLE_TO_GET_ISSUER_CERT' : 'UNABLE_TO_GET_ISSUER_CERT_LOCALLY'
}
