// Certificates as `getPeerCertificate()` and `getCertificate()` show them: the runtime's legacy objects, each with its issuer
// where the whole chain is asked for. Source: Node's documentation, "Certificate object".

import { X509Certificate } from 'node:crypto'
import { asBuffer } from '../../core/bytes.ts'
import { internCertificate } from '../x509/certificate.ts'
import { maxPathDepth } from '../x509/certificate-limits.ts'
import { DerError } from '../x509/der.ts'
import { bestIssuer, type TrustedSet } from '../x509/path/trusted-set.ts'

interface LegacyCertificate {
  issuerCertificate?: LegacyCertificate
}

/**
 * @param chain - DER, the peer's own certificate first; not empty
 * @param withIssuers - each gets its issuer: from those that the peer sent, in any order, and then from the trusted ones
 */
export function legacyCertificate(
  chain: readonly Uint8Array[],
  withIssuers: boolean,
  trusted?: TrustedSet,
  now = 0,
): object {
  const own = new X509Certificate(asBuffer(chain[0] ?? new Uint8Array(0)))
  const first = own.toLegacyObject() as LegacyCertificate
  if (!withIssuers) return first
  const rest = chain.slice(1).flatMap(der => readCertificate(der) ?? [])
  let certificate = own
  let object = first
  for (let depth = 0; depth <= maxPathDepth; depth++) {
    const sent = rest.findIndex(one => certificate.checkIssued(one))
    const issuer = rest.splice(sent, sent < 0 ? 0 : 1)[0] ?? (trusted && trustedIssuer(certificate, trusted, now))
    if (issuer === undefined || issuer.raw.equals(certificate.raw)) break
    const next = issuer.toLegacyObject() as LegacyCertificate
    object.issuerCertificate = next
    certificate = issuer
    object = next
  }
  // A root is its own issuer.
  if (certificate.checkIssued(certificate)) object.issuerCertificate = object
  return first
}

/** Undefined: not a certificate. A peer may send anything after its own, and reading that must not throw. */
export function readCertificate(der: Uint8Array): X509Certificate | undefined {
  try {
    return new X509Certificate(asBuffer(der))
  } catch {
    return undefined
  }
}

function trustedIssuer(certificate: X509Certificate, trusted: TrustedSet, now: number): X509Certificate | undefined {
  if (certificate.checkIssued(certificate)) return undefined
  try {
    const subject = internCertificate(certificate.raw)
    const issuer = bestIssuer(trusted.issuersOf(subject), subject, now, () => true)
    return issuer && new X509Certificate(asBuffer(issuer.raw))
  } catch (error) {
    // The runtime's parser accepts more than ours.
    if (error instanceof DerError) return undefined
    throw error
  }
}
