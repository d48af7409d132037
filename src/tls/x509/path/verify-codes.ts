// The problems of a path: OpenSSL's names, which Node gives as `error.code`, with OpenSSL's texts, which are
// `error.message`. Source: OpenSSL's documentation, X509_STORE_CTX_get_error(3).

export const verifyMessages = {
  UNSPECIFIED: 'unspecified certificate verification error',
  UNABLE_TO_GET_ISSUER_CERT: 'unable to get issuer certificate',
  UNABLE_TO_GET_CRL: 'unable to get certificate CRL',
  UNABLE_TO_DECODE_ISSUER_PUBLIC_KEY: 'unable to decode issuer public key',
  CERT_SIGNATURE_FAILURE: 'certificate signature failure',
  CRL_SIGNATURE_FAILURE: 'CRL signature failure',
  CERT_NOT_YET_VALID: 'certificate is not yet valid',
  CERT_HAS_EXPIRED: 'certificate has expired',
  CRL_NOT_YET_VALID: 'CRL is not yet valid',
  CRL_HAS_EXPIRED: 'CRL has expired',
  DEPTH_ZERO_SELF_SIGNED_CERT: 'self-signed certificate',
  SELF_SIGNED_CERT_IN_CHAIN: 'self-signed certificate in certificate chain',
  UNABLE_TO_GET_ISSUER_CERT_LOCALLY: 'unable to get local issuer certificate',
  UNABLE_TO_VERIFY_LEAF_SIGNATURE: 'unable to verify the first certificate',
  CERT_CHAIN_TOO_LONG: 'certificate chain too long',
  CERT_REVOKED: 'certificate revoked',
  INVALID_CA: 'invalid CA certificate',
  PATH_LENGTH_EXCEEDED: 'path length constraint exceeded',
  INVALID_PURPOSE: 'unsuitable certificate purpose',
  CERT_UNTRUSTED: 'certificate not trusted',
  CERT_REJECTED: 'certificate rejected',
  HOSTNAME_MISMATCH: 'hostname mismatch',
  UNABLE_TO_GET_CRL_ISSUER: 'unable to get CRL issuer certificate',
  UNHANDLED_CRITICAL_EXTENSION: 'unhandled critical extension',
  KEYUSAGE_NO_CRL_SIGN: 'key usage does not include CRL signing',
  UNHANDLED_CRITICAL_CRL_EXTENSION: 'unhandled critical CRL extension',
  KEYUSAGE_NO_CERTSIGN: 'key usage does not include certificate signing',
  PERMITTED_VIOLATION: 'permitted subtree violation',
  EXCLUDED_VIOLATION: 'excluded subtree violation',
  SUBTREE_MINMAX: 'name constraints minimum and maximum not supported',
  UNSUPPORTED_CONSTRAINT_TYPE: 'unsupported name constraint type',
  UNSUPPORTED_NAME_SYNTAX: 'unsupported or invalid name syntax',
  EC_KEY_EXPLICIT_PARAMS: 'Certificate public key has explicit ECC parameters',
  EE_KEY_TOO_SMALL: 'EE certificate key too weak',
  CA_KEY_TOO_SMALL: 'CA certificate key too weak',
  CA_MD_TOO_WEAK: 'CA signature digest algorithm too weak',
} as const

export type VerifyCode = keyof typeof verifyMessages

/** Node's `error.code`: those that OpenSSL added later all have one name in Node. */
export function nodeCode(code: VerifyCode): string {
  return laterCodes.has(code) ? 'UNSPECIFIED' : code
}

const laterCodes: ReadonlySet<VerifyCode> = new Set<VerifyCode>([
  'UNABLE_TO_GET_CRL_ISSUER',
  'UNHANDLED_CRITICAL_EXTENSION',
  'KEYUSAGE_NO_CRL_SIGN',
  'UNHANDLED_CRITICAL_CRL_EXTENSION',
  'KEYUSAGE_NO_CERTSIGN',
  'PERMITTED_VIOLATION',
  'EXCLUDED_VIOLATION',
  'SUBTREE_MINMAX',
  'UNSUPPORTED_CONSTRAINT_TYPE',
  'UNSUPPORTED_NAME_SYNTAX',
  'EC_KEY_EXPLICIT_PARAMS',
  'EE_KEY_TOO_SMALL',
  'CA_KEY_TOO_SMALL',
  'CA_MD_TOO_WEAK',
])

/** For explanations. @param time - milliseconds since the epoch */
export function isoTime(time: number): string {
  return new Date(time).toISOString().replace('.000Z', 'Z')
}
