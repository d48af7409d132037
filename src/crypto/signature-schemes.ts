// Signature schemes: RFC 8446 section 4.2.3, and the meaning of the same numbers in TLS 1.2 (RFC 5246 section 7.4.1.4.1).

import type { HashName } from './algorithms.ts'

/** The type of key that a scheme needs: `rsa` keys for PKCS#1 and rsae-PSS, `rsa-pss` keys for PSS only. */
export type SignatureKeyType = 'ec' | 'rsa' | 'rsa-pss' | 'ed25519' | 'ed448'

export interface SignatureScheme {
  readonly id: number
  /** RFC 8446's name, which OpenSSL accepts too: `ecdsa_secp256r1_sha256`. */
  readonly name: string
  /** The form in OpenSSL's lists: `ECDSA+SHA256`. */
  readonly shortName: string
  readonly keyType: SignatureKeyType
  /** The curve that TLS 1.3 binds the scheme to, by OpenSSL's name. */
  readonly curve: string | undefined
  /** undefined: the hash is part of the scheme (EdDSA). */
  readonly hash: HashName | undefined
  readonly isPss: boolean
  /** May sign TLS 1.3 handshakes: PKCS#1 and SHA-1 may not. */
  readonly isTls13: boolean
}

export const signatureSchemes: readonly SignatureScheme[] = [
  scheme(0x0403, 'ecdsa_secp256r1_sha256', 'ECDSA+SHA256', 'ec', 'sha256', 'prime256v1'),
  scheme(0x0503, 'ecdsa_secp384r1_sha384', 'ECDSA+SHA384', 'ec', 'sha384', 'secp384r1'),
  scheme(0x0603, 'ecdsa_secp521r1_sha512', 'ECDSA+SHA512', 'ec', 'sha512', 'secp521r1'),
  scheme(0x0807, 'ed25519', 'Ed25519', 'ed25519', undefined),
  scheme(0x0808, 'ed448', 'Ed448', 'ed448', undefined),
  scheme(0x0809, 'rsa_pss_pss_sha256', 'rsa_pss_pss_sha256', 'rsa-pss', 'sha256'),
  scheme(0x080a, 'rsa_pss_pss_sha384', 'rsa_pss_pss_sha384', 'rsa-pss', 'sha384'),
  scheme(0x080b, 'rsa_pss_pss_sha512', 'rsa_pss_pss_sha512', 'rsa-pss', 'sha512'),
  scheme(0x0804, 'rsa_pss_rsae_sha256', 'RSA-PSS+SHA256', 'rsa', 'sha256'),
  scheme(0x0805, 'rsa_pss_rsae_sha384', 'RSA-PSS+SHA384', 'rsa', 'sha384'),
  scheme(0x0806, 'rsa_pss_rsae_sha512', 'RSA-PSS+SHA512', 'rsa', 'sha512'),
  scheme(0x0401, 'rsa_pkcs1_sha256', 'RSA+SHA256', 'rsa', 'sha256'),
  scheme(0x0501, 'rsa_pkcs1_sha384', 'RSA+SHA384', 'rsa', 'sha384'),
  scheme(0x0601, 'rsa_pkcs1_sha512', 'RSA+SHA512', 'rsa', 'sha512'),
  scheme(0x0203, 'ecdsa_sha1', 'ECDSA+SHA1', 'ec', 'sha1'),
  scheme(0x0201, 'rsa_pkcs1_sha1', 'RSA+SHA1', 'rsa', 'sha1'),
]

/** The schemes offered and accepted by default: all but those with SHA-1. */
export const defaultSignatureSchemes: readonly SignatureScheme[] = signatureSchemes.filter(one => one.hash !== 'sha1')

const byId = new Map(signatureSchemes.map(one => [one.id, one]))
const byName = new Map(
  signatureSchemes.flatMap(one =>
    [one.name, one.shortName].map((name): [string, SignatureScheme] => [name.toLowerCase(), one]),
  ),
)

export function signatureSchemeById(id: number): SignatureScheme | undefined {
  return byId.get(id)
}

/** By RFC 8446's name or OpenSSL's `RSA-PSS+SHA256`, in any case. */
export function signatureSchemeByName(name: string): SignatureScheme | undefined {
  return byName.get(name.toLowerCase())
}

function scheme(
  id: number,
  name: string,
  shortName: string,
  keyType: SignatureKeyType,
  hash: HashName | undefined,
  curve?: string,
): SignatureScheme {
  const isPss = name.startsWith('rsa_pss')
  const isTls13 = hash !== 'sha1' && !name.startsWith('rsa_pkcs1')
  return { id, name, shortName, keyType, curve, hash, isPss, isTls13 }
}
