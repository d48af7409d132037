// Whether the chain that a peer sent our engine leads to an authority that the context trusts. Errors are Node's: OpenSSL's code
// and message, and besides them which certificate it is and what is wrong with it.

import { nodeCertificateCrypto } from '../../crypto/node/node-x509.ts'
import { securityLevelOf } from '../api/cipher-list.ts'
import type { ContextSource } from '../api/context-options.ts'
import type { PeerVerdict } from '../connection/backend.ts'
import { internCertificate } from '../x509/certificate.ts'
import { DerError } from '../x509/der.ts'
import { verifyChain } from '../x509/path/chain.ts'
import type { PathProblem } from '../x509/path/path-check.ts'
import { nodeCode, verifyMessages } from '../x509/path/verify-codes.ts'
import { trustOf } from './context-trust.ts'
import { mayUseSystemStore } from './trust-store.ts'

export interface CertificateError extends Error {
  code: string
  /** 0: the peer's own certificate. */
  depth?: number
  /** Which certificate it is, and what is wrong with it. */
  explanation?: string
}

export function judgeChain(
  context: ContextSource,
  chain: readonly Uint8Array[],
  purpose: 'server' | 'client',
  now: number,
): PeerVerdict {
  if (chain.length === 0) return { problem: certificateError('UNABLE_TO_GET_ISSUER_CERT') }
  try {
    const { options } = context
    const policy = {
      purpose,
      securityLevel: securityLevelOf(options['ciphers']),
      allowPartialChain: Boolean(options['allowPartialTrustChain']),
    }
    const certificates = chain.map(internCertificate)
    const { problems } = verifyChain(certificates, trustOf(options), policy, now, nodeCertificateCrypto)
    // Node reports the last problem, as OpenSSL keeps that one.
    const last = problems.at(-1)
    return { problem: last && certificateError(last.code, last) }
  } catch (error) {
    // The bytes are not a certificate.
    if (error instanceof DerError) {
      const explanation = `a certificate that was sent cannot be read: ${error.message}`
      return { problem: certificateError('UNABLE_TO_GET_ISSUER_CERT', { explanation }) }
    }
    throw error
  }
}

function certificateError(
  code: keyof typeof verifyMessages,
  problem?: Partial<Pick<PathProblem, 'depth' | 'explanation'>>,
): CertificateError {
  const isHinted = mayUseSystemStore && hintedCodes.includes(code)
  const error = new Error(isHinted ? verifyMessages[code] + hint : verifyMessages[code]) as CertificateError
  Error.captureStackTrace(error, certificateError)
  error.code = nodeCode(code)
  const { depth, explanation } = problem ?? {}
  if (depth !== undefined) error.depth = depth
  if (explanation !== undefined) error.explanation = explanation
  return error
}

/** Codes for which newer Nodes add a hint: the system may trust the issuer. */
const hintedCodes: readonly string[] = ['DEPTH_ZERO_SELF_SIGNED_CERT', 'UNABLE_TO_VERIFY_LEAF_SIGNATURE']
const hint = '; if the root CA is installed locally, try running Node.js with --use-system-ca'
