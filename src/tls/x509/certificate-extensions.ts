// Certificate extensions, each as a value: RFC 5280 section 4.2.1. Those that path validation does not use are kept as bytes.

import { maxExtensions, maxGeneralNames } from './certificate-limits.ts'
import {
  contextTag,
  type DerElement,
  DerError,
  DerReader,
  readBoolean,
  readNamedBits,
  readWhole,
  smallInteger,
  tags,
} from './der.ts'
import { type GeneralName, readGeneralName, readGeneralNames } from './general-names.ts'
import { oids } from './oids.ts'

export interface Extension {
  readonly oid: string
  readonly isCritical: boolean
  /** The content of the OCTET STRING. */
  readonly value: Uint8Array
}

/** The content of an Extensions; each extension at most once. RFC 5280 section 4.2 */
export function readExtensions(reader: DerReader): Map<string, Extension> {
  const extensions = new Map<string, Extension>()
  for (const element of reader.elements(maxExtensions)) {
    if (element.tag !== tags.SEQUENCE) throw new DerError('an extension of another form')
    const inner = new DerReader(element.content)
    const oid = inner.readOid()
    const critical = inner.readOptional(tags.BOOLEAN)
    const value = inner.read(tags.OCTET_STRING)
    inner.expectEnd()
    if (extensions.has(oid)) throw new DerError(`the extension ${oid} twice`)
    extensions.set(oid, { oid, isCritical: critical !== undefined && readBoolean(critical), value })
  }
  return extensions
}

export interface BasicConstraints {
  readonly isCa: boolean
  readonly pathLength: number | undefined
}

export function readBasicConstraints(value: Uint8Array): BasicConstraints {
  const reader = readWhole(value, tags.SEQUENCE)
  const ca = reader.readOptional(tags.BOOLEAN)
  const isCa = ca !== undefined && readBoolean(ca)
  const length = reader.readOptional(tags.INTEGER)
  reader.expectEnd()
  const pathLength = length === undefined ? undefined : smallInteger(length)
  if (pathLength !== undefined && !isCa) throw new DerError('a path length on a certificate that is no authority')
  return { isCa, pathLength }
}

/** Bits of KeyUsage, as RFC 5280 section 4.2.1.3 numbers them. */
export const keyUsages = {
  digitalSignature: 1 << 0,
  keyEncipherment: 1 << 2,
  keyAgreement: 1 << 4,
  keyCertSign: 1 << 5,
  cRLSign: 1 << 6,
} as const

/** Bits of Netscape's certificate type, which certificates of the nineties have. */
export const netscapeTypes = {
  sslClient: 1 << 0,
  sslServer: 1 << 1,
  sslCa: 1 << 5,
  anyCa: (1 << 5) | (1 << 6) | (1 << 7),
} as const

export function readBits(value: Uint8Array): number {
  const reader = new DerReader(value)
  const bits = readNamedBits(reader.read(tags.BIT_STRING))
  reader.expectEnd()
  return bits
}

export function readExtKeyUsage(value: Uint8Array): string[] {
  const reader = readWhole(value, tags.SEQUENCE)
  const usages: string[] = []
  do usages.push(reader.readOid())
  while (!reader.isAtEnd && usages.length < maxGeneralNames)
  reader.expectEnd()
  return usages
}

export function readAltNames(value: Uint8Array): GeneralName[] {
  return readGeneralNames(readWhole(value, tags.SEQUENCE))
}

export interface AuthorityKeyIdentifier {
  readonly keyId: Uint8Array | undefined
  readonly issuer: readonly GeneralName[] | undefined
  readonly serialNumber: Uint8Array | undefined
}

export function readAuthorityKeyIdentifier(value: Uint8Array): AuthorityKeyIdentifier {
  const reader = readWhole(value, tags.SEQUENCE)
  const keyId = reader.readOptional(contextTag(0, false))
  const issuer = reader.readOptional(contextTag(1, true))
  const serialNumber = reader.readOptional(contextTag(2, false))
  reader.expectEnd()
  return { keyId, issuer: issuer && readGeneralNames(new DerReader(issuer)), serialNumber }
}

export function readSubjectKeyIdentifier(value: Uint8Array): Uint8Array {
  const reader = new DerReader(value)
  const id = reader.read(tags.OCTET_STRING)
  reader.expectEnd()
  return id
}

export interface Subtree {
  readonly base: GeneralName
  /** A minimum other than 0, or a maximum: RFC 5280 does not allow them, and the path is rejected. */
  readonly hasDistances: boolean
}

export interface NameConstraints {
  readonly permitted: readonly Subtree[]
  readonly excluded: readonly Subtree[]
}

export function readNameConstraints(value: Uint8Array): NameConstraints {
  const reader = readWhole(value, tags.SEQUENCE)
  const permitted = reader.readOptional(contextTag(0, true))
  const excluded = reader.readOptional(contextTag(1, true))
  reader.expectEnd()
  return { permitted: readSubtrees(permitted), excluded: readSubtrees(excluded) }
}

function readSubtrees(content: Uint8Array | undefined): Subtree[] {
  if (content === undefined) return []
  return Array.from(new DerReader(content).elements(maxGeneralNames), readSubtree)
}

function readSubtree(element: DerElement): Subtree {
  if (element.tag !== tags.SEQUENCE) throw new DerError('a subtree of another form')
  const reader = new DerReader(element.content)
  const base = readGeneralName(reader.readAny())
  const minimum = reader.readOptional(contextTag(0, false))
  const maximum = reader.readOptional(contextTag(1, false))
  reader.expectEnd()
  return { base, hasDistances: maximum !== undefined || (minimum !== undefined && smallInteger(minimum) !== 0) }
}

/** Extensions that path validation processes, or may ignore: OpenSSL's list. Another critical one makes the path invalid. */
export const understoodExtensions: ReadonlySet<string> = new Set<string>([
  oids.netscapeCertType,
  oids.keyUsage,
  oids.subjectAltName,
  oids.basicConstraints,
  oids.certificatePolicies,
  oids.crlDistributionPoints,
  oids.extKeyUsage,
  oids.policyConstraints,
  oids.nameConstraints,
  oids.policyMappings,
  oids.inhibitAnyPolicy,
])
