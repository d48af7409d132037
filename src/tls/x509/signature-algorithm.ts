// AlgorithmIdentifier, and the signature algorithm it stands for: key type, digest, strength. RFC 5280 section 4.1.1.2,
// RFC 4055, RFC 5758, RFC 8410.

import type { DigestName, SignatureKind } from '../../crypto/certificate-crypto.ts'
import { contextTag, DerError, DerReader, tags } from './der.ts'
import { oids } from './oids.ts'

export interface AlgorithmIdentifier {
  readonly oid: string
  /** The whole element; undefined where there is none. */
  readonly parameters: Uint8Array | undefined
  readonly der: Uint8Array
}

export function readAlgorithm(reader: DerReader): AlgorithmIdentifier {
  const { whole, content } = reader.readElement(tags.SEQUENCE)
  const inner = new DerReader(content)
  const oid = inner.readOid()
  const parameters = inner.isAtEnd ? undefined : inner.readAny().whole
  inner.expectEnd()
  return { oid, parameters, der: whole }
}

export function isSameAlgorithm(one: AlgorithmIdentifier, other: AlgorithmIdentifier): boolean {
  return Buffer.compare(one.der, other.der) === 0
}

export interface SignatureAlgorithm extends SignatureKind {
  /** As OpenSSL counts: half the digest's bits, and less for those that are broken. */
  readonly securityBits: number
}

const digestBits: Readonly<Record<DigestName, number>> = {
  md5: 39,
  sha1: 63,
  sha224: 112,
  sha256: 128,
  sha384: 192,
  sha512: 256,
}

const known = new Map<string, SignatureAlgorithm>()

function define(oid: string, keyType: SignatureAlgorithm['keyType'], digest: DigestName | undefined, bits?: number) {
  const securityBits = bits ?? (digest ? digestBits[digest] : 0)
  known.set(oid, { keyType, digest, saltLength: undefined, securityBits })
}

define('1.2.840.113549.1.1.4', 'rsa', 'md5')
define('1.2.840.113549.1.1.5', 'rsa', 'sha1')
define('1.3.14.3.2.29', 'rsa', 'sha1')
define('1.2.840.113549.1.1.14', 'rsa', 'sha224')
define('1.2.840.113549.1.1.11', 'rsa', 'sha256')
define('1.2.840.113549.1.1.12', 'rsa', 'sha384')
define('1.2.840.113549.1.1.13', 'rsa', 'sha512')
define('1.2.840.10040.4.3', 'dsa', 'sha1')
define('2.16.840.1.101.3.4.3.1', 'dsa', 'sha224')
define('2.16.840.1.101.3.4.3.2', 'dsa', 'sha256')
define('1.2.840.10045.4.1', 'ec', 'sha1')
define('1.2.840.10045.4.3.1', 'ec', 'sha224')
define('1.2.840.10045.4.3.2', 'ec', 'sha256')
define('1.2.840.10045.4.3.3', 'ec', 'sha384')
define('1.2.840.10045.4.3.4', 'ec', 'sha512')
define(oids.ed25519, 'ed25519', undefined, 128)
define(oids.ed448, 'ed448', undefined, 224)

/** Undefined: not supported; a signature with it is rejected. */
export function signatureAlgorithm(identifier: AlgorithmIdentifier): SignatureAlgorithm | undefined {
  return identifier.oid === oids.rsaPss ? readPss(identifier) : known.get(identifier.oid)
}

const digestNames: ReadonlyMap<string, DigestName> = new Map([
  [oids.sha1, 'sha1'],
  [oids.sha224, 'sha224'],
  [oids.sha256, 'sha256'],
  [oids.sha384, 'sha384'],
  [oids.sha512, 'sha512'],
])

/** RSASSA-PSS-params: RFC 4055 section 3.1. MGF1 must use the message's digest, as RFC 4055 recommends and all issuers do. */
function readPss(identifier: AlgorithmIdentifier): SignatureAlgorithm | undefined {
  try {
    const reader = new DerReader(identifier.parameters ?? new Uint8Array(0)).enter(tags.SEQUENCE)
    const digest = readDigest(reader.readOptional(contextTag(0, true)))
    const mask = reader.readOptional(contextTag(1, true))
    if (readMaskDigest(mask) !== digest) return undefined
    const salt = reader.readOptional(contextTag(2, true))
    const saltLength = salt ? new DerReader(salt).readSmallInteger() : 20
    const trailer = reader.readOptional(contextTag(3, true))
    if (trailer && new DerReader(trailer).readSmallInteger() !== 1) return undefined
    reader.expectEnd()
    return { keyType: 'rsa-pss', digest, saltLength, securityBits: digestBits[digest] }
  } catch (error) {
    if (error instanceof DerError) return undefined
    throw error
  }
}

function readDigest(wrapped: Uint8Array | undefined): DigestName {
  if (wrapped === undefined) return 'sha1'
  const digest = digestNames.get(readAlgorithm(new DerReader(wrapped)).oid)
  if (digest === undefined) throw new DerError('a digest that is not known')
  return digest
}

function readMaskDigest(wrapped: Uint8Array | undefined): DigestName {
  if (wrapped === undefined) return 'sha1'
  const { oid, parameters } = readAlgorithm(new DerReader(wrapped))
  if (oid !== oids.mgf1 || parameters === undefined) throw new DerError('a mask that is not known')
  return readDigest(parameters)
}

/** For explanations. */
export function describeAlgorithm(identifier: AlgorithmIdentifier): string {
  const algorithm = signatureAlgorithm(identifier)
  return algorithm ? [algorithm.keyType, algorithm.digest].filter(Boolean).join(' with ') : identifier.oid
}
