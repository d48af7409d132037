// Negotiation of versions, suites, schemes and protocols: pure functions over the lists of both sides.

import { concat } from '../../core/bytes.ts'
import type { CryptoProvider, PrivateKey, PublicKey } from '../../crypto/provider.ts'
import { type SignatureScheme, signatureSchemeById } from '../../crypto/signature-schemes.ts'
import {
  BAD_CERTIFICATE,
  DECRYPT_ERROR,
  HANDSHAKE_FAILURE,
  ILLEGAL_PARAMETER,
  NO_APPLICATION_PROTOCOL,
} from '../wire/alerts.ts'
import { asciiBytes, sameBytes } from '../wire/bytes.ts'
import type { CipherSuite } from '../wire/cipher-suites.ts'
import type { DigitallySigned } from '../wire/handshake-messages.ts'
import type { ProtocolVersion } from '../wire/versions.ts'
import { refusal } from './engine-errors.ts'
import { MAX_CHAIN } from './handshake-limits.ts'
import type { Credential, TlsEngineConfig } from './types.ts'

/** The suites that both sides support for a version, best first. */
export function sharedSuites(
  config: TlsEngineConfig,
  theirs: readonly number[],
  version: ProtocolVersion,
): readonly CipherSuite[] {
  const ours = config.cipherSuites.filter(suite => suite.protocol === version)
  if (config.honorCipherOrder) return ours.filter(suite => theirs.includes(suite.id))
  return unique(theirs).flatMap(id => ours.filter(suite => suite.id === id))
}

/** The peer's signature schemes that we support, in the peer's order. */
export function sharedSchemes(config: TlsEngineConfig, theirs: readonly number[]): SignatureScheme[] {
  return config.signatureSchemes.length === 0
    ? []
    : unique(theirs).flatMap(id => config.signatureSchemes.filter(scheme => scheme.id === id))
}

/** A peer may repeat an entry thousands of times, and each suite is tried with each scheme: one ClientHello took 12 s, measured. */
function unique(ids: readonly number[]): number[] {
  return [...new Set(ids)]
}

export function mayUse(scheme: SignatureScheme, key: PrivateKey | PublicKey, version: ProtocolVersion): boolean {
  if (scheme.keyType !== key.type) return false
  // The salt is as long as the hash: RFC 8017 section 9.1.1.
  if (scheme.isPss && key.bits < 16 * digestSize[scheme.hash ?? 'sha512'] + 10) return false
  if (version === 0x0303) return true
  return scheme.isTls13 && (scheme.curve === undefined || scheme.curve === key.curve)
}

const digestSize = { sha1: 20, sha256: 32, sha384: 48, sha512: 64 } as const

/** The credential and scheme that we sign with: the first shared scheme that fits one of our keys. */
export function chooseCredential(
  config: TlsEngineConfig,
  schemes: readonly SignatureScheme[],
  version: ProtocolVersion,
  fits: (credential: Credential) => boolean = () => true,
): { credential: Credential; scheme: SignatureScheme } | undefined {
  for (const scheme of schemes) {
    const credential = config.credentials.find(one => fits(one) && mayUse(scheme, one.key, version))
    if (credential) return { credential, scheme }
  }
  return undefined
}

/** The protocol that a server selects: the first of ours that the client offers. RFC 7301 section 3.2. */
export function chooseProtocol(
  ours: readonly Uint8Array[],
  theirs: readonly Uint8Array[] | undefined,
): Uint8Array | undefined {
  if (theirs === undefined || ours.length === 0) return undefined
  const chosen = ours.find(name => theirs.some(other => sameBytes(name, other)))
  if (chosen === undefined) throw refusal(NO_APPLICATION_PROTOCOL, 'no application protocol')
  return chosen
}

/** Checks that the server selected one of the protocols that the client offered. @throws {TlsError} */
export function checkProtocol(offered: readonly Uint8Array[], chosen: readonly Uint8Array[]): Uint8Array {
  const [name] = chosen
  if (name === undefined || chosen.length !== 1 || !offered.some(one => sameBytes(one, name))) {
    throw refusal(ILLEGAL_PARAMETER, 'bad extension')
  }
  return name
}

/** The content that a TLS 1.3 CertificateVerify signs: RFC 8446 section 4.4.3. */
export function verifiedContent(signer: 'client' | 'server', transcript: Uint8Array): Uint8Array {
  return concat(signer === 'server' ? serverPrefix : clientPrefix, transcript)
}

/** Verifies a signature with the key of the peer's leaf certificate. @throws {TlsError} */
export function checkSignature(
  crypto: CryptoProvider,
  config: TlsEngineConfig,
  version: ProtocolVersion,
  key: PublicKey,
  signed: DigitallySigned,
  content: Uint8Array,
): SignatureScheme {
  const scheme = signatureSchemeById(signed.scheme)
  if (!scheme || !config.signatureSchemes.includes(scheme) || !mayUse(scheme, key, version)) {
    throw refusal(ILLEGAL_PARAMETER, 'wrong signature type')
  }
  // The list of groups also limits the curves of certificates: RFC 8422 section 5.1.1.
  if (version === 0x0303 && key.curve !== undefined && !config.groups.some(group => group.name === key.curve)) {
    throw refusal(ILLEGAL_PARAMETER, 'wrong curve')
  }
  if (!crypto.verify(scheme, key, content, signed.signature)) throw refusal(DECRYPT_ERROR, 'bad signature')
  return scheme
}

/** The key of the first certificate in a peer's chain. @throws {TlsError} */
export function leafKey(crypto: CryptoProvider, chain: readonly Uint8Array[]): PublicKey {
  if (chain.length > MAX_CHAIN) throw refusal(BAD_CERTIFICATE, 'certificate chain too long')
  const [leaf] = chain
  const key = leaf && crypto.certificateKey(leaf)
  if (key === undefined) throw refusal(BAD_CERTIFICATE, 'certificate unknown')
  if (chain.some(one => one.length === 0)) throw refusal(HANDSHAKE_FAILURE, 'bad certificate')
  return key
}

const spaces = new Uint8Array(64).fill(0x20)
const serverPrefix = concat(spaces, asciiBytes('TLS 1.3, server CertificateVerify\0'))
const clientPrefix = concat(spaces, asciiBytes('TLS 1.3, client CertificateVerify\0'))
