// The trusted certificates, indexed by the name that they are looked up by.

import { type Certificate, internCertificate, mayHaveIssued } from '../certificate.ts'
import { maxIssuerCandidates } from '../certificate-limits.ts'
import type { Crl } from '../crl.ts'

export class TrustedSet {
  readonly #bySubject = new Map<string, Certificate[]>()
  readonly #crlsByIssuer = new Map<string, Crl[]>()
  #revision = 0

  /** Increases with every change, after which earlier results may no longer hold. */
  get revision(): number {
    return this.#revision
  }

  get hasCrls(): boolean {
    return this.#crlsByIssuer.size > 0
  }

  /** In the order they were added. */
  get certificates(): Certificate[] {
    return [...this.#bySubject.values()].flat()
  }

  add(certificate: Certificate): void {
    if (this.has(certificate)) return
    addTo(this.#bySubject, certificate.subject.key, certificate)
    this.#revision++
  }

  /** Throws a DerError. */
  addDer(der: Uint8Array): void {
    this.add(internCertificate(der))
  }

  addCrl(crl: Crl): void {
    addTo(this.#crlsByIssuer, crl.issuer.key, crl)
    this.#revision++
  }

  has(certificate: Certificate): boolean {
    return this.copyOf(certificate) !== undefined
  }

  /** The trusted certificate with the same bytes. */
  copyOf(certificate: Certificate): Certificate | undefined {
    const candidates = this.#bySubject.get(certificate.subject.key)
    return candidates?.find(one => one === certificate || Buffer.compare(one.raw, certificate.raw) === 0)
  }

  issuersOf(certificate: Certificate): readonly Certificate[] {
    return this.#bySubject.get(certificate.issuer.key) ?? []
  }

  crlsOf(certificate: Certificate): readonly Crl[] {
    return this.#crlsByIssuer.get(certificate.issuer.key) ?? []
  }

  /** A copy that may be added to. */
  clone(): TrustedSet {
    const copy = new TrustedSet()
    for (const certificate of this.certificates) copy.add(certificate)
    for (const crl of [...this.#crlsByIssuer.values()].flat()) copy.addCrl(crl)
    return copy
  }
}

function addTo<T>(map: Map<string, T[]>, key: string, value: T): void {
  const list = map.get(key)
  if (list) list.push(value)
  else map.set(key, [value])
}

/** OpenSSL's choice among the possible issuers: the first that is valid now, or else the one that was valid longest. */
export function bestIssuer(
  candidates: readonly Certificate[],
  certificate: Certificate,
  now: number,
  isAllowed: (candidate: Certificate) => boolean,
): Certificate | undefined {
  let best: Certificate | undefined
  for (const candidate of candidates.slice(0, maxIssuerCandidates)) {
    if (!mayHaveIssued(candidate, certificate) || !isAllowed(candidate)) continue
    if (candidate.notBefore <= now && now < candidate.notAfter) return candidate
    if (best === undefined || candidate.notAfter > best.notAfter) best = candidate
  }
  return best
}
