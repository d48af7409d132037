// What our engine needs of a context, made once for all its connections. Undefined where the context asks for what the engine
// does not have: such a context is the runtime's business. The runtime has checked the options before (secure-context.ts).

import { constants, createPrivateKey, type KeyObject, X509Certificate } from 'node:crypto'
import { type NamedGroup, namedGroupByName } from '../../crypto/named-groups.ts'
import { nodeCrypto } from '../../crypto/node/node-crypto.ts'
import { defaultSignatureSchemes, type SignatureScheme, signatureSchemeByName } from '../../crypto/signature-schemes.ts'
import { parseCipherList, securityLevelOf } from '../api/cipher-list.ts'
import type { ContextSource, SecureContextOptions } from '../api/context-options.ts'
import { readPfxOptions } from '../api/pfx-option.ts'
import type { CertificateCompressor, Credential } from '../engine/types.ts'
import type { CipherSuite } from '../wire/cipher-suites.ts'
import type { ProtocolVersion } from '../wire/versions.ts'
import { compressorsOf } from './compressors.ts'
import { maxAddedIssuers } from './limits.ts'

export interface EngineCredentials {
  readonly minVersion: ProtocolVersion
  readonly maxVersion: ProtocolVersion
  readonly cipherSuites: readonly CipherSuite[]
  /** Those of them that a server takes; undefined: a server of this context is the runtime's business. */
  readonly servedSuites: readonly CipherSuite[] | undefined
  readonly groups: readonly NamedGroup[]
  readonly signatureSchemes: readonly SignatureScheme[]
  readonly credentials: readonly Credential[]
  readonly certificateCompressors: readonly CertificateCompressor[]
  readonly honorCipherOrder: boolean
  readonly hasTickets: boolean
  readonly allowsRenegotiation: boolean
  readonly sessionIdContext: Uint8Array
  readonly sessionTimeoutSeconds: number
}

const made = new WeakMap<ContextSource, EngineCredentials | 'runtime'>()

export function engineCredentialsOf(context: ContextSource): EngineCredentials | undefined {
  let credentials = made.get(context)
  if (credentials === undefined) {
    credentials = makeCredentials(context.options) ?? 'runtime'
    made.set(context, credentials)
  }
  return credentials === 'runtime' ? undefined : credentials
}

/** Options that only the runtime can serve. */
const runtimeOnly = ['clientCertEngine', 'privateKeyEngine', 'privateKeyIdentifier', 'dhparam'] as const

function makeCredentials(options: SecureContextOptions): EngineCredentials | undefined {
  if (runtimeOnly.some(name => options[name] !== undefined && options[name] !== null && options[name] !== ''))
    return undefined
  const versions = versionsOf(options)
  if (versions === undefined) return undefined
  const suites = suitesOf(String(options['ciphers'] ?? ''), versions)
  const signatureSchemes = schemesOf(options['sigalgs'])
  const groups = groupsOf(options['ecdhCurve'])
  const credentials = credentialsOf(options)
  if (suites === undefined || credentials === undefined || groups.length === 0 || signatureSchemes.length === 0)
    return undefined
  const secureOptions = Number(options['secureOptions'] ?? 0)
  return {
    ...suites,
    groups,
    signatureSchemes,
    credentials,
    certificateCompressors: compressorsOf(options['certificateCompression']),
    honorCipherOrder:
      Boolean(options['honorCipherOrder']) || has(secureOptions, constants.SSL_OP_CIPHER_SERVER_PREFERENCE),
    hasTickets: !has(secureOptions, constants.SSL_OP_NO_TICKET),
    allowsRenegotiation: !has(secureOptions, constants.SSL_OP_NO_RENEGOTIATION ?? 0),
    sessionIdContext: Buffer.from(String(options['sessionIdContext'] ?? ''), 'latin1').subarray(0, 32),
    sessionTimeoutSeconds: Number(options.sessionTimeout ?? 300),
  }
}

function has(options: number, flag: number): boolean {
  return flag !== 0 && (options & flag) === flag
}

interface Versions {
  readonly min: ProtocolVersion
  readonly max: ProtocolVersion
}

/** undefined: older ones than TLS 1.2 were asked for. */
function versionsOf(options: SecureContextOptions): Versions | undefined {
  const { minVersion, maxVersion, secureProtocol } = options
  if (secureProtocol) {
    const method = String(secureProtocol).replace(/_(client|server)?_?method$/, '')
    // At the level of nothing OpenSSL has all versions there ever were.
    if ((method === 'TLS' || method === 'SSLv23') && securityLevelOf(options['ciphers']) === 0) return undefined
    if (method === 'TLS' || method === 'SSLv23') return { min: 0x0303, max: 0x0304 }
    return method === 'TLSv1_2' ? { min: 0x0303, max: 0x0303 } : undefined
  }
  const secureOptions = Number(options['secureOptions'] ?? 0)
  let min: ProtocolVersion = minVersion === 'TLSv1.3' ? 0x0304 : 0x0303
  let max: ProtocolVersion = maxVersion === 'TLSv1.2' ? 0x0303 : 0x0304
  if (has(secureOptions, constants.SSL_OP_NO_TLSv1_2)) min = 0x0304
  if (has(secureOptions, constants.SSL_OP_NO_TLSv1_3)) max = 0x0303
  const isOld = (version: unknown): boolean => version === 'TLSv1' || version === 'TLSv1.1'
  return isOld(minVersion) || isOld(maxVersion) || min > max ? undefined : { min, max }
}

/** As Node has it: a list without suites of TLS 1.2 leaves that version out, one without suites of TLS 1.3 has them all. */
function suitesOf(list: string, { min, max }: Versions) {
  const { tls13, tls12, named12, asksFor12, asksFor13 } = parseCipherList(list)
  if ((asksFor12 && tls12.length === 0) || (asksFor13 && tls13.length === 0)) return undefined
  const minVersion: ProtocolVersion = asksFor12 ? min : 0x0304
  if (minVersion > max) return undefined
  const cipherSuites = [...(max === 0x0304 ? tls13 : []), ...(minVersion === 0x0303 ? tls12 : [])]
  const servedSuites = cipherSuites.filter(mayServe)
  // The runtime may have those that we have not: where no suite is left of what was asked for, or one that was asked for by name is
  // not left; and who asks for the lowest level wants the oldest clients too.
  const isEnough = securityLevelOf(list) === 0 ? tls12.every(mayServe) : tls12.some(mayServe) && named12.every(mayServe)
  const servesAll = minVersion === 0x0304 || isEnough
  return { minVersion, maxVersion: max, cipherSuites, servedSuites: servesAll ? servedSuites : undefined }
}

/** Not where the provider cannot decrypt without saying whether the padding was right. */
const mayServe = (suite: CipherSuite): boolean => suite.keyExchange !== 'rsa' || nodeCrypto.rsaDecrypt !== undefined

function schemesOf(list: unknown): readonly SignatureScheme[] {
  if (!list) return defaultSignatureSchemes
  return String(list)
    .split(':')
    .flatMap(name => signatureSchemeByName(name) ?? [])
}

const defaultGroups = nodeCrypto.groups

function groupsOf(list: unknown): readonly NamedGroup[] {
  if (!list || list === 'auto') return defaultGroups
  return String(list)
    .split(':')
    .flatMap(name => namedGroupByName(name) ?? [])
}

/** undefined: of a kind that the engine has no signatures for. */
function credentialsOf(options: SecureContextOptions): Credential[] | undefined {
  const keys = listOf(options['key']).map(one => readKey(one, options['passphrase']))
  const credentials: Credential[] = []
  // Read only where a chain is to be completed: certificates cost the runtime 0.1 ms each.
  const trusted = (): X509Certificate[] => listOf(options['ca']).flatMap(certificatesIn)
  for (const given of listOf(options['cert'])) {
    const [own, ...chain] = certificatesIn(given)
    const key = own && keys.find(one => own.checkPrivateKey(one))
    if (own === undefined || key === undefined) continue
    if (!isUsable(key)) return undefined
    credentials.push(credential(key, [own, ...(chain.length > 0 ? chain : issuersOf(own, trusted()))]))
  }
  for (const { key, certificate, authorities } of readPfxOptions(options)) {
    if (!isUsable(key)) return undefined
    const own = new X509Certificate(certificate)
    const others = authorities.map(one => new X509Certificate(one))
    credentials.push(credential(key, [own, ...issuersOf(own, [...others, ...trusted()])]))
  }
  return credentials
}

function isUsable(key: KeyObject): boolean {
  return ['ec', 'rsa', 'rsa-pss', 'ed25519', 'ed448'].includes(String(key.asymmetricKeyType))
}

function credential(key: KeyObject, chain: readonly X509Certificate[]): Credential {
  const pkcs8 = key.export({ type: 'pkcs8', format: 'der' })
  const imported = nodeCrypto.importPrivateKey(pkcs8)
  pkcs8.fill(0)
  return { certificates: chain.map(one => one.raw), key: imported }
}

function listOf(given: unknown): unknown[] {
  if (given === undefined || given === null || given === '') return []
  return Array.isArray(given) ? given : [given]
}

function readKey(given: unknown, passphrase: unknown): KeyObject {
  const isPair = typeof given === 'object' && given !== null && 'pem' in given
  const { pem, passphrase: own } = (isPair ? given : { pem: given }) as { pem: string | Buffer; passphrase?: string }
  return createPrivateKey({ key: pem, passphrase: own ?? (passphrase as string | undefined) })
}

const pemBlock = /-----BEGIN (?:X509 |TRUSTED )?CERTIFICATE-----[^-]+-----END (?:X509 |TRUSTED )?CERTIFICATE-----/g

function certificatesIn(given: unknown): X509Certificate[] {
  const text = typeof given === 'string' ? given : Buffer.from(given as Buffer).toString('latin1')
  return (text.match(pemBlock) ?? []).map(block => new X509Certificate(block))
}

/** Where a certificate comes alone, its issuers among the authorities go with it, as OpenSSL sends them. */
function issuersOf(certificate: X509Certificate, among: readonly X509Certificate[]): X509Certificate[] {
  const chain: X509Certificate[] = []
  let last = certificate
  while (chain.length < maxAddedIssuers && !last.checkIssued(last)) {
    const issuer = among.find(one => last.checkIssued(one))
    if (issuer === undefined) break
    chain.push(issuer)
    last = issuer
  }
  return chain
}
