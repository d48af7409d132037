// Makes the backend of a connection: our engine, unless the runtime's TLS was chosen, or the context asks for what only that has.

import { featureUnavailable } from '../../core/errors.ts'
import { tlsEngine } from '../api/engine-choice.ts'
import type { SecureContext } from '../api/secure-context.ts'
import type { BackendEvents, ClientBackendPolicy, ServerBackendPolicy, TlsBackend } from './backend.ts'
import { EngineBackend } from './engine-backend.ts'
import { clientConfig, serverConfig } from './engine-config.ts'
import { type EngineCredentials, engineCredentialsOf } from './engine-credentials.ts'
import { runtimeClientBackend, runtimeServerBackend } from './runtime-backend.ts'

export function clientBackend(policy: ClientBackendPolicy, events: BackendEvents): TlsBackend {
  const credentials = credentialsFor(policy.context)
  if (credentials === undefined) return runtimeClientBackend(policy, events)
  const owner = {
    wantsKeyLog: policy.wantsKeyLog,
    askForPsk: (hint: string | null) => policy.askForPsk(hint),
    configFor: () => undefined,
    judge: (chain: readonly Uint8Array[]) => policy.judge(chain),
  }
  return new EngineBackend(clientConfig(policy, credentials), owner, events)
}

export function serverBackend(policy: ServerBackendPolicy, events: BackendEvents): TlsBackend {
  const { context } = policy
  const credentials = servableFor(context)
  if (credentials === undefined || !policy.furtherContexts.every(servableFor))
    return runtimeServerBackend(policy, events)
  const owner = {
    wantsKeyLog: policy.wantsKeyLog,
    requiresCertificate: () => policy.requestCert && policy.rejectUnauthorized,
    findPsk: (identity: string) => policy.findPsk(identity),
    configFor: (answer: { readonly context: SecureContext }) => {
      if (answer.context === context) return undefined
      const other = servableFor(answer.context)
      if (other === undefined)
        throw featureUnavailable('a context that only the TLS of the runtime serves', policy.host.name)
      return serverConfig(policy, answer.context, other)
    },
    judge: (chain: readonly Uint8Array[]) => policy.judge(chain),
  }
  return new EngineBackend(serverConfig(policy, context, credentials), owner, events)
}

function servableFor(context: SecureContext): EngineCredentials | undefined {
  const credentials = credentialsFor(context)
  return credentials?.servedSuites && credentials
}

function credentialsFor(context: SecureContext): EngineCredentials | undefined {
  return tlsEngine() === 'runtime' ? undefined : engineCredentialsOf(context.context)
}
