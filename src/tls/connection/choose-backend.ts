// Makes the backend of a connection: our engine, unless the runtime's TLS was chosen, or the context asks for what only that has.

import { tlsEngine } from '../api/engine-choice.ts'
import type { BackendHandler, ClientBackendPolicy, ServerBackendPolicy, TlsBackend } from './backend.ts'
import { EngineClientBackend } from './engine-client-backend.ts'
import { engineCredentialsOf } from './engine-credentials.ts'
import { EngineServerBackend, servedCredentialsOf } from './engine-server-backend.ts'
import { RuntimeClientBackend, RuntimeServerBackend } from './runtime-backend.ts'

export function clientBackend(policy: ClientBackendPolicy, handler: BackendHandler): TlsBackend {
  const credentials = tlsEngine() === 'runtime' ? undefined : engineCredentialsOf(policy.context.context)
  if (credentials === undefined) return new RuntimeClientBackend(policy, handler)
  return new EngineClientBackend(policy, credentials, handler)
}

/** The engine serves only where it can serve every context that the client may get. */
export function serverBackend(policy: ServerBackendPolicy, handler: BackendHandler): TlsBackend {
  const credentials = tlsEngine() === 'runtime' ? undefined : servedCredentialsOf(policy.context)
  if (credentials === undefined || !policy.furtherContexts.every(servedCredentialsOf))
    return new RuntimeServerBackend(policy, handler)
  return new EngineServerBackend(policy, credentials, handler)
}
