// SubjectPublicKeyInfo: the type and strength of a key. RFC 5280 section 4.1.2.7, RFC 3279, RFC 5480, RFC 8410.

import { DerError, DerReader, readOctetBits, tags } from './der.ts'
import { curves, oids } from './oids.ts'
import type { AlgorithmIdentifier } from './signature-algorithm.ts'
import { readAlgorithm } from './signature-algorithm.ts'

export type KeyType = 'rsa' | 'rsa-pss' | 'dsa' | 'ec' | 'ed25519' | 'ed448' | 'other'

export interface PublicKeyInfo {
  /** The whole SubjectPublicKeyInfo. */
  readonly der: Uint8Array
  readonly algorithm: AlgorithmIdentifier
  readonly type: KeyType
  /** The size of the modulus, or of the curve's order; 0 where it is not known. */
  readonly bits: number
  /** The name of an EC key's curve; undefined for one with explicit parameters. */
  readonly curve: string | undefined
}

/** @param der - the whole SEQUENCE */
export function readPublicKey(der: Uint8Array): PublicKeyInfo {
  const reader = new DerReader(der).enter(tags.SEQUENCE)
  const algorithm = readAlgorithm(reader)
  const key = readOctetBits(reader.read(tags.BIT_STRING))
  reader.expectEnd()
  return { der, algorithm, ...describeKey(algorithm, key) }
}

function describeKey(algorithm: AlgorithmIdentifier, key: Uint8Array): Pick<PublicKeyInfo, 'type' | 'bits' | 'curve'> {
  const { oid, parameters } = algorithm
  switch (oid) {
    case oids.rsaEncryption:
    case oids.rsaPss:
      return { type: oid === oids.rsaPss ? 'rsa-pss' : 'rsa', bits: modulusBits(key), curve: undefined }
    case oids.dsa:
      return { type: 'dsa', bits: parameters ? dsaBits(parameters) : 0, curve: undefined }
    case oids.ecPublicKey: {
      const curve =
        parameters?.[0] === tags.OBJECT_IDENTIFIER ? curves.get(new DerReader(parameters).readOid()) : undefined
      return { type: 'ec', bits: curve?.bits ?? 0, curve: curve?.name }
    }
    case oids.ed25519:
      return { type: 'ed25519', bits: 256, curve: undefined }
    case oids.ed448:
      return { type: 'ed448', bits: 456, curve: undefined }
    default:
      return { type: 'other', bits: 0, curve: undefined }
  }
}

function modulusBits(key: Uint8Array): number {
  const reader = new DerReader(key).enter(tags.SEQUENCE)
  const modulus = reader.readInteger()
  const exponent = reader.readInteger()
  reader.expectEnd()
  if (exponent.length === 0) throw new DerError('an RSA key without an exponent')
  return bitLength(modulus)
}

function dsaBits(parameters: Uint8Array): number {
  return bitLength(new DerReader(parameters).enter(tags.SEQUENCE).readInteger())
}

function bitLength(integer: Uint8Array): number {
  const start = integer[0] === 0 ? 1 : 0
  const first = integer[start]
  return first === undefined ? 0 : (integer.length - start) * 8 - (Math.clz32(first) - 24)
}

/** A key's security strength in bits: SP 800-57, computed between the table's rows as OpenSSL does. */
export function keySecurityBits(key: PublicKeyInfo): number {
  switch (key.type) {
    case 'rsa':
    case 'rsa-pss':
    case 'dsa':
      return factoringBits(key.bits)
    case 'ec':
      return key.bits >= 512 ? 256 : Math.floor(key.bits / 2)
    case 'ed25519':
      return 128
    case 'ed448':
      return 224
    default:
      return 0
  }
}

const factoringTable: ReadonlyMap<number, number> = new Map([
  [2048, 112],
  [3072, 128],
  [4096, 152],
  [6144, 176],
  [7680, 192],
  [8192, 200],
  [15360, 256],
])

/** The number field sieve's cost. FIPS 140-2 implementation guidance, section 7.5. */
function factoringBits(modulus: number): number {
  const known = factoringTable.get(modulus)
  if (known !== undefined) return known
  if (modulus < 8) return 0
  const natural = modulus * Math.LN2
  const cost = (1.923 * Math.cbrt(natural * Math.log(natural) ** 2) - 4.69) / Math.LN2
  const cap = modulus <= 7680 ? 192 : modulus <= 15360 ? 256 : 1200
  return Math.min(Math.floor((Math.floor(cost) + 4) / 8) * 8, cap)
}
