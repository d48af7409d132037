// The engine's complete configuration for one connection: what the context gives, and what the policy asks for.

import type { NamedGroup } from '../../crypto/named-groups.ts'
import { nodeCrypto } from '../../crypto/node/node-crypto.ts'
import { seededCrypto, seededGroups } from '../../crypto/node/seeded-crypto.ts'
import type { CryptoProvider } from '../../crypto/provider.ts'
import type { SignatureScheme } from '../../crypto/signature-schemes.ts'
import type { Host } from '../../host/types.ts'
import { readProtocols } from '../api/alpn.ts'
import type { SecureContext } from '../api/secure-context.ts'
import { readSession, type SavedSession, type TicketKeys } from '../engine/sessions.ts'
import type { CertificateCompressor, Credential, TlsEngineConfig } from '../engine/types.ts'
import { authorityNames } from '../policy/context-trust.ts'
import type { CipherSuite } from '../wire/cipher-suites.ts'
import type { ProtocolVersion } from '../wire/versions.ts'
import type { ClientBackendPolicy, ServerBackendPolicy } from './backend.ts'
import type { EngineCredentials } from './engine-credentials.ts'

const none: readonly never[] = []

/** A class for speed's sake: spreading one object of so many members into another takes 17 microseconds. */
class ConnectionConfig implements TlsEngineConfig {
  readonly role: TlsEngineConfig['role']
  readonly crypto: CryptoProvider
  readonly random: (size: number) => Uint8Array
  readonly now: () => number
  readonly minVersion: ProtocolVersion
  readonly maxVersion: ProtocolVersion
  cipherSuites: readonly CipherSuite[]
  readonly groups: readonly NamedGroup[]
  readonly signatureSchemes: readonly SignatureScheme[]
  readonly credentials: readonly Credential[]
  readonly certificateCompressors: readonly CertificateCompressor[]
  readonly maxFragmentSize = 16384
  readonly sessionIdContext: Uint8Array
  readonly sessionTimeoutSeconds: number
  readonly honorCipherOrder: boolean
  readonly allowRenegotiation: boolean
  serverName: string | undefined = undefined
  alpnProtocols: readonly Uint8Array[] = none
  requestOcsp = false
  session: SavedSession | undefined = undefined
  requestCert = false
  certificateAuthorities: readonly Uint8Array[] = none
  tickets: TicketKeys | undefined = undefined
  sessionIds = false
  pskIdentityHint: Uint8Array | undefined = undefined
  usesPsk = false

  constructor(role: TlsEngineConfig['role'], host: Host, given: EngineCredentials) {
    const isSeeded = host.isSeeded === true
    this.role = role
    this.random = size => host.random(size)
    this.now = () => host.clock.now()
    this.crypto = isSeeded ? seededCrypto(this.random) : nodeCrypto
    this.minVersion = given.minVersion
    this.maxVersion = given.maxVersion
    this.cipherSuites = given.cipherSuites
    this.groups = isSeeded ? seededGroups(given.groups) : given.groups
    this.signatureSchemes = given.signatureSchemes
    this.credentials = given.credentials
    this.certificateCompressors = given.certificateCompressors
    this.sessionIdContext = given.sessionIdContext
    this.sessionTimeoutSeconds = given.sessionTimeoutSeconds
    this.honorCipherOrder = given.honorCipherOrder
    this.allowRenegotiation = given.allowsRenegotiation
  }
}

export function clientConfig(policy: ClientBackendPolicy, credentials: EngineCredentials): TlsEngineConfig {
  const { serverName, savedSession, options } = policy
  const { ALPNProtocols, requestOCSP, pskCallback } = options
  const config = new ConnectionConfig('client', policy.host, credentials)
  config.serverName = serverName
  if (ALPNProtocols instanceof Uint8Array) config.alpnProtocols = readProtocols(ALPNProtocols)
  config.requestOcsp = Boolean(requestOCSP)
  config.session = savedSession && readSession(savedSession)
  if (credentials.hasTickets) config.tickets = { keys: none }
  config.usesPsk = Boolean(pskCallback)
  return config
}

/** What ALPN comes to is chosen by the policy, which knows the program's callback. */
export function serverConfig(
  policy: ServerBackendPolicy,
  context: SecureContext,
  credentials: EngineCredentials,
): TlsEngineConfig {
  const { requestCert, options } = policy
  const { server, pskCallback, pskIdentityHint } = options
  const config = new ConnectionConfig('server', policy.host, credentials)
  config.cipherSuites = credentials.servedSuites ?? none
  config.requestCert = requestCert
  if (requestCert) config.certificateAuthorities = authorityNames(context.context.options)
  if (credentials.hasTickets) config.tickets = { keys: [context.context.ticketKeys] }
  config.sessionIds = Boolean(
    server && (server.listenerCount('newSession') > 0 || server.listenerCount('resumeSession') > 0),
  )
  if (pskIdentityHint !== undefined) config.pskIdentityHint = Buffer.from(pskIdentityHint, 'utf8')
  config.usesPsk = pskCallback !== undefined
  return config
}
