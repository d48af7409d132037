// The input of the checks of a path, and what they report.

import type { CertificateCrypto } from '../../../crypto/certificate-crypto.ts'
import type { Certificate } from '../certificate.ts'
import type { NameBudget } from './name-constraints.ts'
import type { TrustedSet } from './trusted-set.ts'
import type { VerifyCode } from './verify-codes.ts'

export interface PathPolicy {
  /** The peer's role. */
  readonly purpose: 'server' | 'client'
  /** OpenSSL's security level: the required strength of keys and digests. */
  readonly securityLevel: number
  /** Whether any trusted certificate ends a path, or only a self-signed one. */
  readonly allowPartialChain: boolean
}

export interface PathProblem {
  readonly code: VerifyCode
  /** 0: the peer's own certificate. */
  readonly depth: number
  readonly certificate: Certificate
  /** Which certificate it is, and what is wrong with it, in a sentence. */
  readonly explanation: string
}

export interface PathVerdict {
  /** The peer's own certificate first; a trusted one last if there is no problem. */
  readonly path: readonly Certificate[]
  /** In the order they were found; empty: the path is valid. */
  readonly problems: readonly PathProblem[]
}

/** The data that all checks use. */
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
