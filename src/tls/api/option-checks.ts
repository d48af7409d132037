// Whether a context's options are certainly valid. Such a context needs no check by the runtime, whose own context costs
// OpenSSL a quarter of a millisecond (0.6 ms with a key; Node 20) and is then made only if it is used. In all other cases the
// runtime decides, and rejects with its own errors: nothing is rejected here, and unknown options count as uncertain.

import { namedGroupByName } from '../../crypto/named-groups.ts'
import { nodeCrypto } from '../../crypto/node/node-crypto.ts'
import { signatureSchemeByName } from '../../crypto/signature-schemes.ts'
import { engineCredentialsOf } from '../connection/engine-credentials.ts'
import { trustOf } from '../policy/context-trust.ts'
import { cipherSuiteByName } from '../wire/cipher-suites.ts'
import { internCertificate } from '../x509/certificate.ts'
import { isShowable } from '../x509/path/chain.ts'
import { parsePem } from '../x509/pem.ts'
import { securityLevelOf } from './cipher-list.ts'
import type { ContextSource, SecureContextOptions } from './context-options.ts'

export function areBeyondDoubt(handle: ContextSource): boolean {
  const { options } = handle
  if (!arePlain(options)) return false
  try {
    const credentials = engineCredentialsOf(handle)
    if (credentials === undefined) return false
    // Throws for lists and files that cannot be read.
    trustOf(options)
    return isEveryKeyUsed(options, credentials.credentials.length) && areShowable(credentials.credentials, options)
  } catch {
    // A key that cannot be decrypted, a certificate that cannot be read ...
    return false
  }
}

function arePlain(options: SecureContextOptions): boolean {
  const { ciphers, ecdhCurve, sigalgs, minVersion, maxVersion, secureProtocol, sessionIdContext } = options
  const { sessionTimeout, ticketKeys, passphrase } = options
  return (
    typeof ciphers === 'string' &&
    ciphers.split(':').every(isKnownWord) &&
    typeof ecdhCurve === 'string' &&
    (ecdhCurve === 'auto' || ecdhCurve.split(':').every(isKnownGroup)) &&
    (isNone(sigalgs) || (typeof sigalgs === 'string' && areKnownSchemes(sigalgs.split(':')))) &&
    (secureProtocol ? secureProtocol === 'TLS_method' : [minVersion, maxVersion].every(isVersion)) &&
    (isNone(sessionIdContext) || (typeof sessionIdContext === 'string' && Buffer.byteLength(sessionIdContext) <= 32)) &&
    (isNone(sessionTimeout) || isTimeout(sessionTimeout)) &&
    ArrayBuffer.isView(ticketKeys) &&
    ticketKeys.byteLength === 48 &&
    (isNone(passphrase) || typeof passphrase === 'string') &&
    areTexts(options['ca']) &&
    areTexts(options['cert']) &&
    areTexts(options['crl'])
  )
}

const isNone = (value: unknown): boolean => value === undefined || value === null
const isVersion = (value: unknown): boolean => value === 'TLSv1.2' || value === 'TLSv1.3'
const isTimeout = (value: unknown): boolean => Number.isInteger(value) && Number(value) >= 0 && Number(value) < 2 ** 31

/** OpenSSL ignores unknown names of suites, but not unknown commands; Node passes names of TLS 1.3 on as they are. */
function isKnownWord(word: string): boolean {
  if (word.startsWith('TLS_')) return cipherSuiteByName(word)?.protocol === 0x0304
  return /^[!+-]?(?!TLS_)[A-Za-z0-9][A-Za-z0-9.+_-]*(@SECLEVEL=[0-5])?$|^@STRENGTH$|^@SECLEVEL=[0-5]$/.test(word)
}

function isKnownGroup(name: string): boolean {
  const group = namedGroupByName(name)
  return group !== undefined && nodeCrypto.groups.includes(group)
}

function areKnownSchemes(names: readonly string[]): boolean {
  return new Set(names).size === names.length && names.every(name => signatureSchemeByName(name) !== undefined)
}

function areTexts(given: unknown): boolean {
  if (!given) return true
  return (Array.isArray(given) ? given : [given]).every(one => typeof one === 'string' || ArrayBuffer.isView(one))
}

/** One key for each certificate: the engine uses all that were given. In OpenSSL, the last of each type replaces the others. */
function isEveryKeyUsed(options: SecureContextOptions, credentials: number): boolean {
  const certificates = countOf(options['cert'])
  const files = countOf(options['pfx'])
  return certificates === countOf(options['key']) && credentials === certificates + files && credentials < 2
}

function countOf(given: unknown): number {
  if (!given) return 0
  return Array.isArray(given) ? given.length : 1
}

/** Our own certificates must have the strength that OpenSSL requires of those that a context sends. */
function areShowable(
  credentials: readonly { certificates: readonly Uint8Array[] }[],
  options: SecureContextOptions,
): boolean {
  const level = securityLevelOf(options['ciphers'])
  const shown = credentials.flatMap(one => one.certificates)
  return shown.every(der => isShowable(internCertificate(der), level)) && areWhole(options['cert'])
}

/** Whether no PEM block is malformed: OpenSSL stops at such a one. */
function areWhole(given: unknown): boolean {
  return (Array.isArray(given) ? given : given ? [given] : []).every(one => {
    const text = typeof one === 'string' ? one : Buffer.from(one as Uint8Array).toString('latin1')
    return parsePem(text).length === text.split('-----BEGIN ').length - 1
  })
}
