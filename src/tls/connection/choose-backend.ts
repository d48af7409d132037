// Makes the layer of a connection: our engine, unless the runtime's TLS was chosen, or the context asks for what only that has.

import { featureUnavailable } from '../../core/errors.ts'
import { currentHost } from '../../host/current.ts'
import { tlsEngine } from '../api/engine-choice.ts'
import type { SecureContext } from '../api/secure-context.ts'
import { judgeChain } from '../policy/chain-verdict.ts'
import type { ClientSide } from '../policy/client-policy.ts'
import type { ServerSide } from '../policy/server-policy.ts'
import type { LayerEvents, TlsLayer } from './backend.ts'
import { EngineLayer } from './engine-backend.ts'
import { clientConfig, serverConfig } from './engine-config.ts'
import { type EngineMaterial, materialOf } from './engine-credentials.ts'
import { runtimeClientLayer, runtimeServerLayer } from './runtime-backend.ts'

export function clientLayer(side: ClientSide, events: LayerEvents): TlsLayer {
  const material = materialFor(side.context)
  if (material === undefined) return runtimeClientLayer(side, events)
  const owner = {
    wantsKeyLog: side.wantsKeyLog,
    askForPsk: (hint: string | null) => side.askForPsk(hint),
    configFor: () => undefined,
    judge: (chain: readonly Uint8Array[]) => judgeChain(side.context.context, chain, 'server'),
  }
  return new EngineLayer(clientConfig(side, material), owner, events)
}

export function serverLayer(side: ServerSide, events: LayerEvents): TlsLayer {
  const { context } = side
  const material = servableFor(context)
  if (material === undefined || !side.mayServeAll(servableFor)) return runtimeServerLayer(side, events)
  const owner = {
    wantsKeyLog: side.wantsKeyLog,
    requiresCertificate: () => side.requestCert && side.rejectUnauthorized,
    findPsk: (identity: string) => side.findPsk(identity),
    configFor: (answer: { readonly context: SecureContext }) => {
      if (answer.context === context) return undefined
      const other = servableFor(answer.context)
      if (other === undefined)
        throw featureUnavailable('a context that only the TLS of the runtime serves', currentHost().name)
      return serverConfig(side, answer.context, other)
    },
    judge: (chain: readonly Uint8Array[]) => judgeChain(side.context.context, chain, 'client'),
  }
  return new EngineLayer(serverConfig(side, context, material), owner, events)
}

function servableFor(context: SecureContext): EngineMaterial | undefined {
  const material = materialFor(context)
  return material?.servedSuites && material
}

function materialFor(context: SecureContext): EngineMaterial | undefined {
  return tlsEngine() === 'runtime' ? undefined : materialOf(context.context)
}
