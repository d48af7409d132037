// What the checks of a path are given, and what they report.

import type { CertificateCrypto } from '../../../crypto/certificate-crypto.ts'
import type { Certificate } from '../certificate.ts'
import type { NameBudget } from './name-constraints.ts'
import type { TrustedSet } from './trusted-set.ts'
import type { VerifyCode } from './verify-codes.ts'

export interface PathPolicy {
  /** What the peer is. */
  readonly purpose: 'server' | 'client'
  /** OpenSSL's: how strong keys and digests must be. */
  readonly securityLevel: number
  /** Whether any trusted certificate ends a path, or a self-signed one alone. */
  readonly allowPartialChain: boolean
}

export interface PathProblem {
  readonly code: VerifyCode
  /** 0: the peer's own. */
  readonly depth: number
  readonly certificate: Certificate
  /** Which certificate, and what of it, in a sentence. */
  readonly explanation: string
}

export interface PathVerdict {
  /** The peer's own first, a trusted one last where there is no problem. */
  readonly path: readonly Certificate[]
  /** In the order they were met; empty: the path is good. */
  readonly problems: readonly PathProblem[]
}

/** What all checks look at. */
export interface PathCheck {
  readonly path: readonly Certificate[]
  readonly trusted: TrustedSet
  readonly policy: PathPolicy
  /** Milliseconds since the epoch. */
  readonly now: number
  readonly crypto: CertificateCrypto
  readonly nameBudget: NameBudget
  report(code: VerifyCode, depth: number, explanation: string): void
}
