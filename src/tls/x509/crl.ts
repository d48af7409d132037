// Revocation lists: RFC 5280 section 5. Complete lists by the authority that issued the certificates; delta lists, indirect
// lists and lists for some reasons only are not used, so that a path which needs them is rejected, not accepted.

import { asBuffer } from '../../core/bytes.ts'
import {
  type AuthorityKeyIdentifier,
  type Extension,
  readAuthorityKeyIdentifier,
  readExtensions,
} from './certificate-extensions.ts'
import { maxCrlSize } from './certificate-limits.ts'
import {
  contextTag,
  type DerElement,
  DerError,
  DerReader,
  readBoolean,
  readOctetBits,
  readTime,
  readWhole,
  tags,
} from './der.ts'
import { type DistinguishedName, readName } from './names.ts'
import { oids } from './oids.ts'
import { type AlgorithmIdentifier, isSameAlgorithm, readAlgorithm } from './signature-algorithm.ts'

/** Which of its issuer's certificates a list covers. */
export type CrlScope = 'all' | 'users' | 'authorities' | 'none'

export class Crl {
  readonly raw: Uint8Array
  readonly issuer: DistinguishedName
  readonly thisUpdate: number
  /** Undefined: the list does not say when the next one is issued. */
  readonly nextUpdate: number | undefined
  readonly authorityKeyId: AuthorityKeyIdentifier | undefined
  readonly signed: { readonly der: Uint8Array; readonly algorithm: AlgorithmIdentifier; readonly signature: Uint8Array }
  readonly scope: CrlScope
  readonly isDelta: boolean
  /** A critical extension, of the list or of an entry, that is not supported here. */
  readonly unknownCritical: string | undefined
  /** The revocation date by serial number in hex. */
  readonly #revoked = new Map<string, number>()

  /** Throws a DerError. */
  constructor(raw: Uint8Array) {
    if (raw.length > maxCrlSize) throw new DerError(`a revocation list of more than ${maxCrlSize} bytes`)
    this.raw = raw
    const outer = readWhole(raw, tags.SEQUENCE)
    const tbs = outer.readElement(tags.SEQUENCE)
    const algorithm = readAlgorithm(outer)
    const signature = readOctetBits(outer.read(tags.BIT_STRING))
    outer.expectEnd()
    this.signed = { der: tbs.whole, algorithm, signature }

    const reader = new DerReader(tbs.content)
    reader.readOptional(tags.INTEGER)
    if (!isSameAlgorithm(readAlgorithm(reader), algorithm)) throw new DerError('two signature algorithms')
    this.issuer = readName(reader.readElement(tags.SEQUENCE).whole)
    this.thisUpdate = readTime(reader.readAny())
    const hasNext = reader.nextTag === tags.UTC_TIME || reader.nextTag === tags.GENERALIZED_TIME
    this.nextUpdate = hasNext ? readTime(reader.readAny()) : undefined
    const entries = reader.readOptional(tags.SEQUENCE)
    const unknownInEntries = entries ? this.#readEntries(new DerReader(entries)) : undefined
    const wrapped = reader.readOptional(contextTag(0, true))
    reader.expectEnd()
    const extensions = wrapped ? readExtensions(readWhole(wrapped, tags.SEQUENCE)) : new Map<string, Extension>()
    const authority = extensions.get(oids.authorityKeyIdentifier)
    this.authorityKeyId = authority && readAuthorityKeyIdentifier(authority.value)
    const distribution = extensions.get(oids.issuingDistributionPoint)
    this.scope = distribution ? readScope(distribution.value) : 'all'
    this.isDelta = extensions.has(oids.deltaCrlIndicator)
    this.unknownCritical =
      [...extensions.values()].find(one => one.isCritical && !understood.has(one.oid))?.oid ?? unknownInEntries
  }

  /** @returns a critical extension of an entry that is not supported */
  #readEntries(reader: DerReader): string | undefined {
    let unknown: string | undefined
    while (!reader.isAtEnd) {
      const entry = reader.enter(tags.SEQUENCE)
      const serialNumber = entry.readInteger()
      const date = readTime(entry.readAny())
      const extensions = entry.isAtEnd ? undefined : readExtensions(entry.enter(tags.SEQUENCE))
      entry.expectEnd()
      for (const one of extensions?.values() ?? []) {
        if (one.isCritical) unknown ??= one.oid
      }
      this.#revoked.set(keyOf(serialNumber), date)
    }
    return unknown
  }

  /** When the certificate with this serial number was revoked; undefined: it is not listed. */
  revocationOf(serialNumber: Uint8Array): number | undefined {
    return this.#revoked.get(keyOf(serialNumber))
  }

  get size(): number {
    return this.#revoked.size
  }
}

/** Extensions that may be critical, as in OpenSSL; by RFC 5280 section 5.2 crlNumber and, on entries, reasonCode never are. */
const understood: ReadonlySet<string> = new Set<string>([
  oids.authorityKeyIdentifier,
  oids.issuingDistributionPoint,
  oids.deltaCrlIndicator,
])

function keyOf(serialNumber: Uint8Array): string {
  return asBuffer(serialNumber).toString('hex')
}

/** IssuingDistributionPoint: RFC 5280 section 5.2.5. */
function readScope(value: Uint8Array): CrlScope {
  const reader = readWhole(value, tags.SEQUENCE)
  let scope: CrlScope = 'all'
  while (!reader.isAtEnd) {
    const element = reader.readAny()
    if (element.tag === contextTag(1, false) && isTrue(element)) scope = scope === 'all' ? 'users' : 'none'
    else if (element.tag === contextTag(2, false) && isTrue(element)) scope = scope === 'all' ? 'authorities' : 'none'
    // For some reasons only; indirect; for attribute certificates.
    else if (element.tag === contextTag(3, false)) scope = 'none'
    else if (element.tag !== contextTag(0, true) && isTrue(element)) scope = 'none'
  }
  return scope
}

function isTrue(element: DerElement): boolean {
  return readBoolean(element.content)
}
