// Certificates as `getPeerCertificate()` and `getCertificate()` show them: the runtime's legacy objects, each with its issuer
// where the whole chain is asked for. Source: Node's documentation, "Certificate object".

import { X509Certificate } from 'node:crypto'

interface LegacyCertificate {
  issuerCertificate?: LegacyCertificate
}

/** @param chain - DER, the peer's own first; not empty */
export function legacyCertificate(chain: readonly Uint8Array[], withIssuers: boolean): object {
  const certificates = chain.map(der => new X509Certificate(der))
  const objects = certificates.map(one => one.toLegacyObject() as LegacyCertificate)
  if (!withIssuers) return objects[0] as object
  for (const [index, one] of objects.entries()) {
    const next = objects[index + 1]
    if (next) one.issuerCertificate = next
    // A root is its own issuer.
    else if (certificates[index]?.checkIssued(certificates[index])) one.issuerCertificate = one
  }
  return objects[0] as object
}
