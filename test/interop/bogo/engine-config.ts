// The engine's configuration out of the runner's flags, with BoringSSL's defaults where a flag is not given: its tests count on
// them.

import { createPrivateKey, randomBytes } from 'node:crypto'
import { readFileSync } from 'node:fs'
import { type NamedGroup, namedGroupById } from '../../../src/crypto/named-groups.ts'
import { nodeCrypto, nodePrivateKey } from '../../../src/crypto/node/node-crypto.ts'
import { type SignatureScheme, signatureSchemeById } from '../../../src/crypto/signature-schemes.ts'
import type { SavedSession } from '../../../src/tls/engine/sessions.ts'
import type { CertificateCompressor, Credential, TlsEngineConfig } from '../../../src/tls/engine/types.ts'
import { type CipherSuite, cipherSuiteByName, cipherSuites } from '../../../src/tls/wire/cipher-suites.ts'
import type { ProtocolVersion } from '../../../src/tls/wire/versions.ts'
import { type CredentialFlags, type Flags, Unimplemented } from './flags.ts'
import { mockCompressors } from './mock-compressors.ts'

/** What one connection leaves to the next, and the clock of both. */
export interface Memory {
  session: SavedSession | undefined
  /** A server's sessions by their id in hex. */
  readonly sessions: Map<string, SavedSession>
  /** The first seals; a ticket of another is replaced. */
  readonly ticketKeys: Uint8Array[]
  /** Milliseconds. It stands still but for `-resumption-delay`, so that the ages of tickets are exact. */
  now: number
}

export function configOf(flags: Flags, memory: Memory): TlsEngineConfig {
  const role = flags.server ? 'server' : 'client'
  const versions = versionsOf(flags)
  const credentials = credentialsOf(flags)
  return {
    role,
    crypto: nodeCrypto,
    random: randomBytes,
    now: () => memory.now,
    ...versions,
    cipherSuites: suitesOf(flags),
    groups: groupsOf(flags),
    signatureSchemes: schemesOf(flags, credentials),
    credentials,
    certificateCompressors: compressorsOf(flags),
    maxFragmentSize: flags['max-send-fragment'] ?? 16384,
    sessionIdContext: Buffer.alloc(0),
    sessionTimeoutSeconds: 7200,
    serverName: role === 'client' ? flags['host-name'] : undefined,
    alpnProtocols: protocolsOf(flags['advertise-alpn']),
    requestOcsp: flags['enable-ocsp-stapling'] ?? false,
    session: role === 'client' ? memory.session : undefined,
    requestCert: asksCertificate(flags),
    certificateAuthorities: authoritiesOf(flags),
    honorCipherOrder: flags['server-preference'] !== undefined || flags.cipher !== undefined,
    tickets: flags['no-ticket'] ? undefined : { keys: memory.ticketKeys },
    sessionIds: true,
    pskIdentityHint: flags['psk-identity'] === undefined ? undefined : Buffer.from(flags['psk-identity']),
    usesPsk: flags.psk !== undefined,
    allowRenegotiation: flags['renegotiate-freely'] ?? false,
  }
}

function compressorsOf(flags: Flags): readonly CertificateCompressor[] {
  if (flags['install-cert-compression-algs']) return mockCompressors
  return mockCompressors.filter(one => one.id === flags['install-one-cert-compression-alg'])
}

function asksCertificate(flags: Flags): boolean {
  return flags.server === true && (flags['verify-peer'] ?? flags['require-any-client-certificate'] ?? false)
}

/** The runner's name for each credential is its place in the list. */
export function credentialsOf(flags: Flags): Credential[] {
  const given: CredentialFlags[] = flags['key-file'] === undefined ? flags.credentials : [...flags.credentials, flags]
  return given.map(credential => {
    const { 'cert-file': certificate, 'key-file': key } = credential
    if (certificate === undefined || key === undefined) throw new Unimplemented('a credential without a certificate')
    return { certificates: readChain(certificate), key: readKey(key) }
  })
}

export function readChain(file: string): Uint8Array[] {
  const blocks = readFileSync(file, 'latin1').match(/-----BEGIN CERTIFICATE-----[^-]+-----END CERTIFICATE-----/g) ?? []
  return blocks.map(block => Buffer.from(block.replace(/-----[A-Z ]+-----/g, ''), 'base64'))
}

function readKey(file: string): Credential['key'] {
  try {
    return nodePrivateKey(createPrivateKey(readFileSync(file)))
  } catch (error) {
    throw new Unimplemented(`a key of this kind: ${String(error)}`)
  }
}

function versionsOf(flags: Flags): { minVersion: ProtocolVersion; maxVersion: ProtocolVersion } {
  const has12 = !flags['no-tls12'] && inRange(flags, 0x0303)
  const has13 = !flags['no-tls13'] && inRange(flags, 0x0304)
  if (!has12 && !has13) throw new Unimplemented('versions below TLS 1.2')
  return { minVersion: has12 ? 0x0303 : 0x0304, maxVersion: has13 ? 0x0304 : 0x0303 }
}

function inRange(flags: Flags, version: number): boolean {
  return version >= (flags['min-version'] ?? 0) && version <= (flags['max-version'] ?? 0xffff)
}

function suitesOf(flags: Flags): readonly CipherSuite[] {
  const usable = cipherSuites.filter(suite => suite.authentication !== 'psk' || flags.psk !== undefined)
  if (flags.cipher === undefined) return usable
  const tls13 = usable.filter(suite => suite.protocol === 0x0304)
  return [
    ...tls13,
    ...flags.cipher.split(':').map(name => {
      const suite = cipherSuiteByName(name)
      if (suite === undefined) throw new Unimplemented(`-cipher ${name}`)
      return suite
    }),
  ]
}

function groupsOf(flags: Flags): readonly NamedGroup[] {
  const groups = (flags.curves ?? defaultGroups).flatMap(id => {
    const group = namedGroupById(id)
    const isKnown = group !== undefined && nodeCrypto.groups.includes(group)
    if (!isKnown && flags.curves) throw new Unimplemented(`-curves ${id}`)
    return isKnown ? [group] : []
  })
  return groups
}

/** X25519MLKEM768 where there is one, X25519, P-256, P-384. */
const defaultGroups = [0x11ec, 0x001d, 0x0017, 0x0018]

/** The engine has one list for what it signs with and what it verifies. */
function schemesOf(flags: Flags, credentials: readonly Credential[]): readonly SignatureScheme[] {
  const signing = flags['signing-prefs'] ?? flags.credentials[0]?.['signing-prefs']
  if (flags.credentials.some(one => one['signing-prefs'] && one !== flags.credentials[0])) {
    throw new Unimplemented('signing preferences of several credentials')
  }
  const verifies = flags.server !== true || asksCertificate(flags)
  if (!verifies) return known(signing ?? defaultSigning, signing !== undefined)
  const verifying = flags['verify-prefs'] ?? defaultVerifying
  const own = new Set(credentials.map(one => one.key.type))
  const more = defaultSigning.filter(id => own.has(signatureSchemeById(id)?.keyType ?? 'ed448'))
  const ids = [...known(signing ?? [], true), ...known(verifying, flags['verify-prefs'] !== undefined)]
  return [...new Set([...ids, ...(signing ? [] : known(more, false))])]
}

function known(ids: readonly number[], isStrict: boolean): readonly SignatureScheme[] {
  return ids.flatMap(id => {
    const scheme = signatureSchemeById(id)
    if (scheme === undefined && isStrict) throw new Unimplemented(`signature scheme ${id}`)
    return scheme ?? []
  })
}

const defaultVerifying = [0x0403, 0x0804, 0x0401, 0x0503, 0x0805, 0x0501, 0x0806, 0x0601, 0x0201]
const defaultSigning = [0x0807, 0x0403, 0x0804, 0x0401, 0x0503, 0x0805, 0x0501, 0x0603, 0x0806, 0x0601, 0x0203, 0x0201]

/** As on the wire: each with its length before it. */
function protocolsOf(list: string | undefined): Uint8Array[] {
  const bytes = Buffer.from(list ?? '', 'latin1')
  const protocols: Uint8Array[] = []
  for (let at = 0; at < bytes.length; ) {
    const end = at + 1 + (bytes[at] as number)
    protocols.push(bytes.subarray(at + 1, end))
    at = end
  }
  return protocols
}

function authoritiesOf(flags: Flags): Uint8Array[] {
  const list = flags['use-client-ca-list']
  if (list === undefined || list === '<NULL>' || list === '<EMPTY>') return []
  return list.split(',').map(name => Buffer.from(name, 'hex'))
}
