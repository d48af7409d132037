// The engine's complete configuration for one connection: what the context gives, and what the side asks for.

import { currentHost } from '../host/current.ts'
import { readProtocols } from './alpn.ts'
import type { ClientSide } from './client-side.ts'
import { authorityNames } from './context-trust.ts'
import { nodeCrypto } from './crypto/node-crypto.ts'
import { seededCrypto, seededGroups } from './crypto/seeded-crypto.ts'
import { readSession } from './engine/sessions.ts'
import type { TlsEngineConfig } from './engine/types.ts'
import type { EngineMaterial } from './engine-material.ts'
import type { SecureContext } from './secure-context.ts'
import type { ServerSide } from './server-side.ts'

const none: readonly never[] = []

function common(material: EngineMaterial) {
  const host = currentHost()
  const random = (size: number) => host.random(size)
  const isSeeded = host.isSeeded === true
  const { minVersion, maxVersion, cipherSuites, groups, signatureSchemes, credentials } = material
  const { certificateCompressors, sessionIdContext, sessionTimeoutSeconds, honorCipherOrder, allowsRenegotiation } =
    material
  return {
    crypto: isSeeded ? seededCrypto(random) : nodeCrypto,
    random,
    now: () => host.clock.now(),
    minVersion,
    maxVersion,
    cipherSuites,
    groups: isSeeded ? seededGroups(groups) : groups,
    signatureSchemes,
    credentials,
    certificateCompressors,
    maxFragmentSize: 16384,
    sessionIdContext,
    sessionTimeoutSeconds,
    honorCipherOrder,
    allowRenegotiation: allowsRenegotiation,
  }
}

export function clientConfig(side: ClientSide, material: EngineMaterial): TlsEngineConfig {
  const { serverName, savedSession, options } = side
  const { ALPNProtocols, requestOCSP, pskCallback } = options
  return {
    ...common(material),
    role: 'client',
    serverName,
    alpnProtocols: ALPNProtocols instanceof Uint8Array ? readProtocols(ALPNProtocols) : none,
    requestOcsp: Boolean(requestOCSP),
    session: savedSession && readSession(savedSession),
    requestCert: false,
    certificateAuthorities: none,
    tickets: material.hasTickets ? { keys: none } : undefined,
    sessionIds: false,
    pskIdentityHint: undefined,
    usesPsk: Boolean(pskCallback),
  }
}

export function serverConfig(side: ServerSide, context: SecureContext, material: EngineMaterial): TlsEngineConfig {
  const { requestCert, options } = side
  const { server, pskCallback, pskIdentityHint } = options
  const keepsSessions = server && (server.listenerCount('newSession') > 0 || server.listenerCount('resumeSession') > 0)
  return {
    ...common(material),
    role: 'server',
    cipherSuites: material.servedSuites ?? none,
    serverName: undefined,
    // Chosen by the side, which knows the program's callback.
    alpnProtocols: none,
    requestOcsp: false,
    session: undefined,
    requestCert,
    certificateAuthorities: requestCert ? authorityNames(context.context.options) : none,
    tickets: material.hasTickets ? { keys: [context.context.getTicketKeys()] } : undefined,
    sessionIds: Boolean(keepsSessions),
    pskIdentityHint: pskIdentityHint === undefined ? undefined : Buffer.from(pskIdentityHint, 'utf8'),
    usesPsk: pskCallback !== undefined,
  }
}
