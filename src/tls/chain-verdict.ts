// Whether the chain that a peer showed our engine leads to an authority that a context trusts, in Node's words: the code and
// message of OpenSSL, and beside them which certificate it is and what is wrong with it.

import { currentHost } from '../host/current.ts'
import { nodeCertificateCrypto } from './crypto/node-x509.ts'
import type { PeerVerdict } from './layer.ts'
import type { ContextHandle, SecureContextOptions } from './secure-context.ts'
import { getCACertificates } from './trust-store.ts'
import { internCertificate } from './x509/certificate.ts'
import { type PathProblem, verifyChain } from './x509/chain.ts'
import { DerError } from './x509/der.ts'
import { parsePem } from './x509/pem.ts'
import { TrustedSet } from './x509/trusted-set.ts'
import { verifyMessages } from './x509/verify-codes.ts'

export interface CertificateError extends Error {
  code: string
  /** 0: the peer's own certificate. */
  depth?: number
  /** Which certificate it is, and what of it. */
  explanation?: string
}

export function judgeChain(
  context: ContextHandle,
  chain: readonly Uint8Array[],
  purpose: 'server' | 'client',
): PeerVerdict {
  if (chain.length === 0) return { problem: certificateError('UNABLE_TO_GET_ISSUER_CERT') }
  try {
    const policy = { purpose, securityLevel: 1, allowPartialChain: Boolean(context.options['allowPartialTrustChain']) }
    const certificates = chain.map(internCertificate)
    const { problems } = verifyChain(
      certificates,
      trustedBy(context),
      policy,
      currentHost().clock.now(),
      nodeCertificateCrypto,
    )
    // The last is what OpenSSL leaves standing, and Node reports.
    const last = problems.at(-1)
    return { problem: last && certificateError(last.code, last) }
  } catch (error) {
    // Bytes that are no certificate.
    if (error instanceof DerError) return { problem: certificateError('UNABLE_TO_GET_ISSUER_CERT') }
    throw error
  }
}

function certificateError(code: keyof typeof verifyMessages, problem?: PathProblem): CertificateError {
  const error = new Error(verifyMessages[code]) as CertificateError
  Error.captureStackTrace(error, certificateError)
  error.code = code
  if (problem) {
    error.depth = problem.depth
    error.explanation = problem.explanation
  }
  return error
}

const sets = new WeakMap<ContextHandle, TrustedSet>()
/** Contexts that name no authority share one set for as long as the default is the same. */
let defaultSet: { readonly of: readonly string[]; readonly set: TrustedSet } | undefined

function trustedBy(context: ContextHandle): TrustedSet {
  let set = sets.get(context)
  if (set === undefined) {
    set = makeSet(context.options)
    sets.set(context, set)
  }
  return set
}

function makeSet({ ca }: SecureContextOptions): TrustedSet {
  if (ca !== undefined && ca !== null) return setOf(listOf(ca))
  const certificates = getCACertificates()
  if (defaultSet?.of !== certificates) defaultSet = { of: certificates, set: setOf(certificates) }
  return defaultSet.set
}

function setOf(given: readonly unknown[]): TrustedSet {
  const set = new TrustedSet()
  for (const one of given) {
    const text = typeof one === 'string' ? one : Buffer.from(one as Uint8Array).toString('latin1')
    for (const block of parsePem(text)) {
      if (/^(X509 |TRUSTED )?CERTIFICATE$/.test(block.label)) addIfReadable(set, block.der)
    }
  }
  return set
}

function addIfReadable(set: TrustedSet, der: Uint8Array): void {
  try {
    set.addDer(der)
  } catch (error) {
    if (!(error instanceof DerError)) throw error
  }
}

function listOf(given: unknown): readonly unknown[] {
  return Array.isArray(given) ? given : [given]
}
