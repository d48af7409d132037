// Whether certificates of a path have been revoked: RFC 5280 section 6.3, by the lists that the program gave. If there are
// any, each certificate needs one of its issuer, as in Node.

import type { Certificate } from '../certificate.ts'
import { mayUseKeyFor } from '../certificate.ts'
import { keyUsages } from '../certificate-extensions.ts'
import type { Crl } from '../crl.ts'
import { describeName } from '../names.ts'
import { isSignedBy } from '../signatures.ts'
import type { PathCheck } from './path-check.ts'
import { isoTime } from './verify-codes.ts'

export function checkRevocation(check: PathCheck): void {
  for (const [depth, certificate] of check.path.entries()) checkOne(check, certificate, depth)
}

function checkOne(check: PathCheck, certificate: Certificate, depth: number): void {
  const { path, trusted, now, report } = check
  const issuer = path[depth + 1] ?? certificate
  const crl = bestCrl(trusted.crlsOf(certificate), certificate, issuer, now)
  if (crl === undefined) {
    const explanation = `there is no revocation list of "${describeName(certificate.issuer)}" for ${certificate.description}`
    report('UNABLE_TO_GET_CRL', depth, explanation)
    return
  }
  if (issuer === certificate && !certificate.isSelfIssued) {
    report('UNABLE_TO_GET_CRL_ISSUER', depth, `the issuer of ${certificate.description} and its list is missing`)
  }
  const list = `the revocation list of "${describeName(crl.issuer)}"`
  if (!mayUseKeyFor(issuer, keyUsages.cRLSign)) {
    report('KEYUSAGE_NO_CRL_SIGN', depth, `${issuer.description} may not sign revocation lists`)
  }
  if (!appliesTo(crl, certificate)) report('UNABLE_TO_GET_CRL', depth, `${list} is not for ${certificate.description}`)
  if (crl.thisUpdate > now) report('CRL_NOT_YET_VALID', depth, `${list} is valid from ${isoTime(crl.thisUpdate)} on`)
  if (crl.nextUpdate !== undefined && crl.nextUpdate <= now) {
    report('CRL_HAS_EXPIRED', depth, `${list} expired at ${isoTime(crl.nextUpdate)}`)
  }
  if (!isSignedBy(crl, issuer.publicKey, check.crypto)) {
    report('CRL_SIGNATURE_FAILURE', depth, `the signature of ${list} is not by the key of ${issuer.description}`)
  }
  if (crl.unknownCritical) {
    const explanation = `${list} has a critical extension that is not known: ${crl.unknownCritical}`
    report('UNHANDLED_CRITICAL_CRL_EXTENSION', depth, explanation)
  }
  const revoked = crl.revocationOf(certificate.serialNumber)
  if (revoked !== undefined) {
    report('CERT_REVOKED', depth, `${certificate.description} was revoked at ${isoTime(revoked)}`)
  }
}

/** The newest of the lists that fit best. */
function bestCrl(crls: readonly Crl[], certificate: Certificate, issuer: Certificate, now: number): Crl | undefined {
  let best: Crl | undefined
  let bestScore = -1
  for (const crl of crls) {
    const { keyId } = crl.authorityKeyId ?? {}
    if (crl.isDelta || crl.scope === 'none') continue
    if (keyId && issuer.subjectKeyId && Buffer.compare(keyId, issuer.subjectKeyId) !== 0) continue
    const isCurrent = crl.thisUpdate <= now && (crl.nextUpdate === undefined || now < crl.nextUpdate)
    const score = (appliesTo(crl, certificate) ? 4 : 0) + (crl.unknownCritical ? 0 : 2) + (isCurrent ? 1 : 0)
    const isBetter =
      score > bestScore || (score === bestScore && best !== undefined && crl.thisUpdate > best.thisUpdate)
    if (isBetter) [best, bestScore] = [crl, score]
  }
  return best
}

function appliesTo({ scope }: Crl, certificate: Certificate): boolean {
  const isAuthority = certificate.basicConstraints?.isCa === true
  return scope === 'all' || scope === (isAuthority ? 'authorities' : 'users')
}
