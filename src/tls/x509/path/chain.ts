// Certification path validation: RFC 5280 section 6, with OpenSSL's order of checks and its error codes, since programs test
// for them. All checks are done even when one has failed, as Node configures OpenSSL: the last problem is the one that Node
// reports, the others explain it.

import type { CertificateCrypto } from '../../../crypto/certificate-crypto.ts'
import { authorityKind, type Certificate, mayHaveIssued, mayUseKeyFor } from '../certificate.ts'
import { keyUsages, netscapeTypes } from '../certificate-extensions.ts'
import { maxCachedVerdicts, maxNameComparisons, maxPeerIntermediates } from '../certificate-limits.ts'
import { describeName } from '../names.ts'
import { oids } from '../oids.ts'
import { keySecurityBits } from '../public-key.ts'
import { describeAlgorithm, signatureAlgorithm } from '../signature-algorithm.ts'
import { isSignedBy } from '../signatures.ts'
import { checkCommonNames, checkNameConstraints } from './name-constraints.ts'
import { type BuiltPath, buildPath } from './path-building.ts'
import type { PathCheck, PathPolicy, PathProblem, PathVerdict } from './path-check.ts'
import { searchPaths } from './path-search.ts'
import { checkRevocation } from './revocation.ts'
import type { TrustedSet } from './trusted-set.ts'
import { isoTime, type VerifyCode } from './verify-codes.ts'

interface CachedVerdict {
  readonly verdict: PathVerdict
  readonly revision: number
  /** Only valid paths are cached, for as long as no date in them is passed. */
  readonly from: number
  readonly until: number
}

const verdicts = new WeakMap<TrustedSet, Map<string, CachedVerdict>>()

/** @param chain - as the peer sent it, its own certificate first; not empty */
export function verifyChain(
  chain: readonly Certificate[],
  trusted: TrustedSet,
  policy: PathPolicy,
  now: number,
  crypto: CertificateCrypto,
): PathVerdict {
  const { purpose, securityLevel, allowPartialChain } = policy
  // Certificates are interned, so their ids identify their bytes.
  const key = `${purpose} ${securityLevel} ${allowPartialChain} ${chain.map(one => one.id).join()}`
  const cached = verdicts.get(trusted)?.get(key)
  if (cached && cached.revision === trusted.revision && cached.from <= now && now < cached.until) return cached.verdict
  const verdict = verify(chain, trusted, policy, now, crypto)
  if (verdict.problems.length === 0 && !trusted.hasCrls) keep(trusted, key, verdict)
  return verdict
}

function keep(trusted: TrustedSet, key: string, verdict: PathVerdict): void {
  let kept = verdicts.get(trusted)
  if (kept === undefined) verdicts.set(trusted, (kept = new Map()))
  const from = Math.max(...verdict.path.map(one => one.notBefore))
  const until = Math.min(...verdict.path.map(one => one.notAfter))
  kept.delete(key)
  kept.set(key, { verdict, revision: trusted.revision, from, until })
  const [oldest] = kept.keys()
  if (kept.size > maxCachedVerdicts && oldest !== undefined) kept.delete(oldest)
}

/** OpenSSL's path; or, where it has a problem that another path might not have, the first valid one of the others. */
function verify(
  chain: readonly Certificate[],
  trusted: TrustedSet,
  policy: PathPolicy,
  now: number,
  crypto: CertificateCrypto,
): PathVerdict {
  const [leaf, ...rest] = chain
  if (leaf === undefined) throw new Error('a chain has the certificate of the peer at least')
  const intermediates = rest.slice(0, maxPeerIntermediates)
  const { allowPartialChain } = policy
  // One budget for all paths: a peer could make many authorities that each require as many comparisons.
  const nameBudget = { left: maxNameComparisons }
  const judge = (built: BuiltPath) => judgePath(built, { trusted, policy, now, crypto, nameBudget })
  const first = judge(buildPath(leaf, intermediates, trusted, now, allowPartialChain))
  if (first.problems.length === 0 || first.problems.some(isFinal)) return first
  for (const certificates of searchPaths(leaf, { intermediates, trusted, now, allowPartialChain, crypto })) {
    const other = judge({ certificates, problem: undefined })
    if (other.problems.length === 0) return other
  }
  return first
}

function judgePath(built: BuiltPath, given: Omit<PathCheck, 'path' | 'report'>): PathVerdict {
  const path = built.certificates
  const { policy, trusted } = given
  const [leaf] = path as [Certificate]
  const problems: PathProblem[] = []
  const report = (code: VerifyCode, depth: number, explanation: string) =>
    problems.push({ code, depth, certificate: path[depth] ?? leaf, explanation })
  const check: PathCheck = { ...given, path, report }
  if (!isStrong(keySecurityBits(leaf.publicKey), policy)) report('EE_KEY_TOO_SMALL', 0, tooSmall(leaf))
  if (built.problem) report(built.problem, path.length - 1, explainEnd(path.at(-1) ?? leaf, built.problem))
  if (built.problem !== 'CERT_CHAIN_TOO_LONG') {
    checkExtensions(check)
    checkStrength(check)
    if (trusted.hasCrls) checkRevocation(check)
    checkSignatures(check)
    checkNames(check)
  }
  return { path, problems }
}

/** Whether every other path has the problem too: it is in the peer's own certificate, and does not depend on the issuer. */
function isFinal({ code, depth }: PathProblem): boolean {
  return code === 'CERT_CHAIN_TOO_LONG' || (depth === 0 && leafProblems.has(code))
}

const leafProblems: ReadonlySet<VerifyCode> = new Set<VerifyCode>([
  'EE_KEY_TOO_SMALL',
  'UNHANDLED_CRITICAL_EXTENSION',
  'EC_KEY_EXPLICIT_PARAMS',
  'INVALID_PURPOSE',
  'CERT_NOT_YET_VALID',
  'CERT_HAS_EXPIRED',
])

function explainEnd(last: Certificate, code: VerifyCode): string {
  if (code === 'CERT_CHAIN_TOO_LONG') return `no trusted certificate was reached before ${last.description}`
  if (last.isSelfSigned) return `${last.description} is signed by itself, and is not among the trusted certificates`
  return `the issuer of ${last.description} is missing: "${describeName(last.issuer)}" is neither trusted nor sent`
}

// Extensions: RFC 5280 sections 6.1.4 (k) to (o) and 6.1.5 (e), (f)

function checkExtensions({ path, policy, report }: PathCheck): void {
  /** Authorities so far that count towards a path length: those that are not self-issued. */
  let length = 0
  for (const [depth, certificate] of path.entries()) {
    const { description } = certificate
    if (certificate.unknownCritical) {
      const explanation = `${description} has a critical extension that is not known: ${certificate.unknownCritical}`
      report('UNHANDLED_CRITICAL_EXTENSION', depth, explanation)
    }
    const kind = authorityKind(certificate)
    // The trust anchor may be older than basicConstraints.
    const isAnchor = depth === path.length - 1
    if (depth > 0 && (kind === 0 || (kind !== 1 && !isAnchor))) {
      report('INVALID_CA', depth, `${description} issued another, and is not a certificate authority`)
    }
    if (path.length > 1 && certificate.publicKey.type === 'ec' && certificate.publicKey.curve === undefined) {
      report('EC_KEY_EXPLICIT_PARAMS', depth, `${description} has a key on a curve without a known name`)
    }
    if (!suits(certificate, policy.purpose, depth > 0)) {
      report('INVALID_PURPOSE', depth, `${description} is not for ${policy.purpose} authentication`)
    }
    const limit = certificate.basicConstraints?.pathLength
    if (depth > 1 && limit !== undefined && length > limit) {
      report(
        'PATH_LENGTH_EXCEEDED',
        depth,
        `${description} allows ${limit} authorities below it, and there are ${length}`,
      )
    }
    if (depth > 0 && !certificate.isSelfIssued) length++
  }
}

const purposes = {
  server: {
    extended: [oids.serverAuth, oids.netscapeServerGatedCrypto, oids.microsoftServerGatedCrypto] as string[],
    usage: keyUsages.digitalSignature | keyUsages.keyEncipherment | keyUsages.keyAgreement,
    netscape: netscapeTypes.sslServer,
  },
  client: {
    extended: [oids.clientAuth] as string[],
    usage: keyUsages.digitalSignature | keyUsages.keyAgreement,
    netscape: netscapeTypes.sslClient,
  },
}

function suits(certificate: Certificate, purpose: 'server' | 'client', isAuthority: boolean): boolean {
  const { extended, usage, netscape } = purposes[purpose]
  const { extKeyUsage, netscapeType } = certificate
  // OpenSSL does not accept anyExtendedKeyUsage.
  if (extKeyUsage && !extKeyUsage.some(one => extended.includes(one))) return false
  if (isAuthority) {
    const kind = authorityKind(certificate)
    return kind !== 0 && (kind !== 5 || ((netscapeType ?? 0) & netscapeTypes.sslCa) !== 0)
  }
  if (netscapeType !== undefined && (netscapeType & netscape) === 0) return false
  return mayUseKeyFor(certificate, usage)
}

// Strength: OpenSSL's security levels

const levelBits = [0, 80, 112, 128, 192, 256]

function isStrong(bits: number, policy: PathPolicy): boolean {
  return bits >= (levelBits[policy.securityLevel] ?? 256)
}

/** Whether a context may send a certificate as its own, or in a chain. */
export function isShowable(certificate: Certificate, securityLevel: number): boolean {
  const bits = levelBits[securityLevel] ?? 256
  if (keySecurityBits(certificate.publicKey) < bits) return false
  return certificate.isSelfSigned || (signatureAlgorithm(certificate.signed.algorithm)?.securityBits ?? 0) >= bits
}

function tooSmall({ description, publicKey }: Certificate): string {
  return `the key of ${description} is too weak: ${publicKey.type} of ${publicKey.bits} bits`
}

function checkStrength({ path, policy, report }: PathCheck): void {
  if (policy.securityLevel <= 0) return
  for (const [depth, certificate] of path.entries()) {
    if (depth > 0 && !isStrong(keySecurityBits(certificate.publicKey), policy)) {
      report('CA_KEY_TOO_SMALL', depth, tooSmall(certificate))
    }
    // The trust anchor's signature is not verified.
    if (depth === path.length - 1) continue
    const { algorithm } = certificate.signed
    if (!isStrong(signatureAlgorithm(algorithm)?.securityBits ?? 0, policy)) {
      const explanation = `the signature of ${certificate.description} is too weak: ${describeAlgorithm(algorithm)}`
      report('CA_MD_TOO_WEAK', depth, explanation)
    }
  }
}

// Signatures and dates: RFC 5280 section 6.1.3 (a)

function checkSignatures(check: PathCheck): void {
  const { path, policy, report } = check
  let depth = path.length - 1
  let issuer = path[depth] as Certificate
  if (mayHaveIssued(issuer, issuer) || (policy.allowPartialChain && check.trusted.copyOf(issuer))) {
    // A trust anchor is trusted as such: its own signature is not verified.
    checkDates(check, issuer, depth)
  } else if (depth === 0) {
    const explanation = `the signature of ${issuer.description} cannot be checked: its issuer "${describeName(issuer.issuer)}" is missing`
    report('UNABLE_TO_VERIFY_LEAF_SIGNATURE', 0, explanation)
    checkDates(check, issuer, 0)
  }
  while (--depth >= 0) {
    const certificate = path[depth] as Certificate
    if (!mayUseKeyFor(issuer, keyUsages.keyCertSign)) {
      const explanation = `${issuer.description} may not sign certificates`
      report('KEYUSAGE_NO_CERTSIGN', depth + 1, explanation)
    }
    if (!isSignedBy(certificate, issuer.publicKey, check.crypto)) {
      const explanation = `the signature of ${certificate.description} is not by the key of ${issuer.description}`
      report('CERT_SIGNATURE_FAILURE', depth, explanation)
    }
    checkDates(check, certificate, depth)
    issuer = certificate
  }
}

function checkDates({ now, report }: PathCheck, certificate: Certificate, depth: number): void {
  const { notBefore, notAfter, description } = certificate
  // In whole seconds, as in certificates.
  const second = Math.floor(now / 1000) * 1000
  if (notBefore > second) report('CERT_NOT_YET_VALID', depth, `${description} is valid from ${isoTime(notBefore)} on`)
  if (notAfter <= second) report('CERT_HAS_EXPIRED', depth, `${description} expired at ${isoTime(notAfter)}`)
}

// Names: RFC 5280 section 6.1.3 (b), (c)

function checkNames({ path, nameBudget, report }: PathCheck): void {
  for (let depth = path.length - 1; depth >= 0; depth--) {
    const certificate = path[depth] as Certificate
    if (depth > 0 && certificate.isSelfIssued) continue
    for (let above = path.length - 1; above > depth; above--) {
      const { nameConstraints, description } = path[above] as Certificate
      if (nameConstraints === undefined) continue
      const problem =
        checkNameConstraints(certificate, nameConstraints, nameBudget) ??
        (depth === 0 ? checkCommonNames(certificate, nameConstraints) : undefined)
      if (problem) report(problem, depth, `${certificate.description} has a name that ${description} may not certify`)
    }
  }
}
