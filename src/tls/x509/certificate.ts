// A certificate, parsed once from its DER: RFC 5280 section 4.1. Whether it is trusted is decided in path/chain.ts.
// Certificates are interned by their bytes, so one that many peers send is parsed once.

import { asBuffer, latin1Text } from '../../core/bytes.ts'
import {
  type AuthorityKeyIdentifier,
  type BasicConstraints,
  type Extension,
  keyUsages,
  type NameConstraints,
  readAltNames,
  readAuthorityKeyIdentifier,
  readBasicConstraints,
  readBits,
  readExtensions,
  readExtKeyUsage,
  readNameConstraints,
  readSubjectKeyIdentifier,
  understoodExtensions,
} from './certificate-extensions.ts'
import { maxCachedCertificateBytes, maxCachedCertificates, maxCertificateSize } from './certificate-limits.ts'
import { contextTag, DerError, DerReader, readOctetBits, readTime, readWhole, tags } from './der.ts'
import type { GeneralName } from './general-names.ts'
import { type DistinguishedName, describeName, readName } from './names.ts'
import { oids } from './oids.ts'
import { type PublicKeyInfo, readPublicKey } from './public-key.ts'
import { type AlgorithmIdentifier, isSameAlgorithm, readAlgorithm, signatureAlgorithm } from './signature-algorithm.ts'

export class Certificate {
  readonly raw: Uint8Array
  /** Unique in the process: results about several certificates are cached under their ids. */
  readonly id: number
  /** 1, 2 or 3. */
  readonly version: number
  readonly serialNumber: Uint8Array
  readonly issuer: DistinguishedName
  readonly subject: DistinguishedName
  /** Milliseconds since the epoch. */
  readonly notBefore: number
  readonly notAfter: number
  readonly publicKey: PublicKeyInfo
  /** The signed bytes, the algorithm, and the signature. */
  readonly signed: { readonly der: Uint8Array; readonly algorithm: AlgorithmIdentifier; readonly signature: Uint8Array }
  readonly extensions: ReadonlyMap<string, Extension>

  readonly basicConstraints: BasicConstraints | undefined
  /** Named bits; undefined: all uses are allowed. */
  readonly keyUsage: number | undefined
  readonly extKeyUsage: readonly string[] | undefined
  readonly netscapeType: number | undefined
  readonly altNames: readonly GeneralName[]
  readonly nameConstraints: NameConstraints | undefined
  readonly subjectKeyId: Uint8Array | undefined
  readonly authorityKeyId: AuthorityKeyIdentifier | undefined
  /** A critical extension that is not supported here. */
  readonly unknownCritical: string | undefined

  readonly isSelfIssued: boolean
  /** By names and identifiers; the signature is not verified. */
  readonly isSelfSigned: boolean

  /** Throws a DerError. */
  constructor(raw: Uint8Array) {
    if (raw.length > maxCertificateSize) throw new DerError(`a certificate of more than ${maxCertificateSize} bytes`)
    this.raw = raw
    this.id = ++lastId
    const outer = readWhole(raw, tags.SEQUENCE)
    const tbs = outer.readElement(tags.SEQUENCE)
    const algorithm = readAlgorithm(outer)
    const signature = readOctetBits(outer.read(tags.BIT_STRING))
    outer.expectEnd()
    this.signed = { der: tbs.whole, algorithm, signature }

    const reader = new DerReader(tbs.content)
    this.version = readVersion(reader)
    this.serialNumber = reader.readInteger()
    if (!isSameAlgorithm(readAlgorithm(reader), algorithm)) throw new DerError('two signature algorithms')
    this.issuer = readName(reader.readElement(tags.SEQUENCE).whole)
    const validity = reader.enter(tags.SEQUENCE)
    this.notBefore = readTime(validity.readAny())
    this.notAfter = readTime(validity.readAny())
    validity.expectEnd()
    this.subject = readName(reader.readElement(tags.SEQUENCE).whole)
    this.publicKey = readPublicKey(reader.readElement(tags.SEQUENCE).whole)
    // Unique identifiers: deprecated since 1996, and ignored.
    if (this.version >= 2) {
      reader.readOptional(contextTag(1, false))
      reader.readOptional(contextTag(2, false))
    }
    const extensions = this.version === 3 ? reader.readOptional(contextTag(3, true)) : undefined
    reader.expectEnd()
    this.extensions = extensions ? readExtensions(readWhole(extensions, tags.SEQUENCE)) : noExtensions

    this.basicConstraints = this.#read(oids.basicConstraints, readBasicConstraints)
    this.keyUsage = this.#read(oids.keyUsage, readBits)
    this.extKeyUsage = this.#read(oids.extKeyUsage, readExtKeyUsage)
    this.netscapeType = this.#read(oids.netscapeCertType, readBits)
    this.altNames = this.#read(oids.subjectAltName, readAltNames) ?? []
    this.nameConstraints = this.#read(oids.nameConstraints, readNameConstraints)
    this.subjectKeyId = this.#read(oids.subjectKeyIdentifier, readSubjectKeyIdentifier)
    this.authorityKeyId = this.#read(oids.authorityKeyIdentifier, readAuthorityKeyIdentifier)
    this.unknownCritical = [...this.extensions.values()].find(
      one => one.isCritical && !understoodExtensions.has(one.oid),
    )?.oid

    this.isSelfIssued = this.issuer.key === this.subject.key
    this.isSelfSigned = this.isSelfIssued && mayHaveIssued(this, this)
  }

  #read<T>(oid: string, read: (value: Uint8Array) => T): T | undefined {
    const extension = this.extensions.get(oid)
    return extension && read(extension.value)
  }

  /** Subject and serial number, for explanations. */
  get description(): string {
    return `"${describeName(this.subject)}" (serial ${asBuffer(this.serialNumber).toString('hex').toUpperCase()})`
  }
}

let lastId = 0
const noExtensions: ReadonlyMap<string, Extension> = new Map()

function readVersion(reader: DerReader): number {
  const wrapped = reader.readOptional(contextTag(0, true))
  if (wrapped === undefined) return 1
  const inner = new DerReader(wrapped)
  const version = inner.readSmallInteger() + 1
  inner.expectEnd()
  if (version > 3) throw new DerError(`a certificate of version ${version}`)
  return version
}

/**
 * Whether names, key identifiers and types of key allow that one issued the other: what OpenSSL compares before it accepts a
 * candidate issuer. The signature is verified later, and only on the chosen path.
 */
export function mayHaveIssued(issuer: Certificate, subject: Certificate): boolean {
  if (issuer.subject.key !== subject.issuer.key) return false
  const wanted = subject.authorityKeyId
  if (wanted?.keyId && issuer.subjectKeyId && Buffer.compare(wanted.keyId, issuer.subjectKeyId) !== 0) return false
  if (wanted?.serialNumber && Buffer.compare(wanted.serialNumber, issuer.serialNumber) !== 0) return false
  const named = wanted?.issuer?.find(name => name.kind === 'directory')
  if (named?.kind === 'directory' && named.name.key !== issuer.issuer.key) return false
  const algorithm = signatureAlgorithm(subject.signed.algorithm)
  if (algorithm === undefined) return true
  const { type } = issuer.publicKey
  return algorithm.keyType === type || (algorithm.keyType === 'rsa-pss' && type === 'rsa')
}

/** OpenSSL's classification as an authority; 0: none. From 3 on: not by basicConstraints, but as an old certificate. */
export function authorityKind(certificate: Certificate): 0 | 1 | 3 | 4 | 5 {
  if (!mayUseKeyFor(certificate, keyUsages.keyCertSign)) return 0
  if (certificate.basicConstraints) return certificate.basicConstraints.isCa ? 1 : 0
  if (certificate.version === 1 && certificate.isSelfSigned) return 3
  if (certificate.keyUsage !== undefined) return 4
  return ((certificate.netscapeType ?? 0) & 0x00e0) !== 0 ? 5 : 0
}

/** @param usages - any one of them suffices */
export function mayUseKeyFor(certificate: Certificate, usages: number): boolean {
  return certificate.keyUsage === undefined || (certificate.keyUsage & usages) !== 0
}

/** Bounded, the oldest is evicted first. Peers choose its content: being in it implies no trust. */
const interned = new Map<string, Certificate>()
let internedBytes = 0

/** The one Certificate object of these bytes. Throws a DerError. */
export function internCertificate(raw: Uint8Array): Certificate {
  if (raw.length > maxCertificateSize) throw new DerError(`a certificate of more than ${maxCertificateSize} bytes`)
  const key = latin1Text(raw, 0, raw.length)
  const found = interned.get(key)
  if (found) {
    interned.delete(key)
    interned.set(key, found)
    return found
  }
  const certificate = new Certificate(Uint8Array.from(raw))
  interned.set(key, certificate)
  internedBytes += raw.length
  for (const oldest of interned.keys()) {
    if (interned.size <= maxCachedCertificates && internedBytes <= maxCachedCertificateBytes) break
    interned.delete(oldest)
    internedBytes -= oldest.length
  }
  return certificate
}
