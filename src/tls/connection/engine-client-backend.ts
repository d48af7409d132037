// Our engine for a client.

import type { PskIdentity } from '../engine/types.ts'
import type { BackendHandler, ClientBackendPolicy } from './backend.ts'
import { EngineBackend } from './engine-backend.ts'
import { clientConfig } from './engine-config.ts'
import type { EngineCredentials } from './engine-credentials.ts'

export class EngineClientBackend extends EngineBackend<ClientBackendPolicy> {
  constructor(policy: ClientBackendPolicy, credentials: EngineCredentials, handler: BackendHandler) {
    super(clientConfig(policy, credentials), policy, handler)
  }

  onOcspResponse(response: Uint8Array | undefined): void {
    this.policy.onOcspResponse(response ?? null)
  }

  onPskRequest(hint: Uint8Array | undefined): PskIdentity | undefined {
    const answer = this.policy.askForPsk(hint === undefined ? null : Buffer.from(hint).toString('utf8'))
    this.hasPsk = answer !== undefined
    return answer && { identity: Buffer.from(answer.identity, 'utf8'), key: answer.psk }
  }
}
