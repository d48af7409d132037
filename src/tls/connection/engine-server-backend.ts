// Our engine for a server.

import { featureUnavailable } from '../../core/errors.ts'
import type { SignatureScheme } from '../../crypto/signature-schemes.ts'
import { opensslError } from '../api/openssl-errors.ts'
import type { SecureContext } from '../api/secure-context.ts'
import { readSession } from '../engine/sessions.ts'
import type { ClientHelloInfo, TlsEngineConfig } from '../engine/types.ts'
import { CERTIFICATE_REQUIRED, HANDSHAKE_FAILURE, INTERNAL_ERROR, NO_APPLICATION_PROTOCOL } from '../wire/alerts.ts'
import type { BackendHandler, ClientOffer, ServerAnswer, ServerBackendPolicy } from './backend.ts'
import { EngineBackend } from './engine-backend.ts'
import { serverConfig } from './engine-config.ts'
import { type EngineCredentials, engineCredentialsOf } from './engine-credentials.ts'

/** What the engine serves a context with; undefined: such a server is the runtime's business. */
export function servedCredentialsOf({ context }: SecureContext): EngineCredentials | undefined {
  const credentials = engineCredentialsOf(context)
  return credentials?.servedSuites && credentials
}

export class EngineServerBackend extends EngineBackend<ServerBackendPolicy> {
  readonly #context: SecureContext
  readonly #maxVersion: number
  #handshakes = 0

  constructor(policy: ServerBackendPolicy, credentials: EngineCredentials, handler: BackendHandler) {
    super(serverConfig(policy, policy.context, credentials), policy, handler)
    this.#context = policy.context
    this.#maxVersion = credentials.maxVersion
  }

  override answerClientHello(answer: ServerAnswer): void {
    let config: TlsEngineConfig | undefined
    try {
      config = this.#configFor(answer.context)
    } catch (error) {
      this.engine.failHandshake(INTERNAL_ERROR)
      this.handler.onFailure(error as Error)
      return
    }
    this.engine.answerClientHello({
      config,
      alpn: answer.alpnProtocol ?? null,
      session: answer.session && readSession(answer.session),
      ocspResponse: answer.ocspResponse,
    })
  }

  /** Undefined: the context is the one that the connection began with. Throws where the engine cannot serve it. */
  #configFor(context: SecureContext): TlsEngineConfig | undefined {
    if (context === this.#context) return undefined
    const credentials = servedCredentialsOf(context)
    if (credentials !== undefined) return serverConfig(this.policy, context, credentials)
    throw featureUnavailable('a context that only the TLS of the runtime serves', this.policy.host.name)
  }

  override refuseProtocols(): void {
    this.engine.failHandshake(NO_APPLICATION_PROTOCOL)
    this.handler.onFailure(opensslError('no application protocol'))
  }

  override get sharedSignatureAlgorithms(): readonly string[] {
    return this.info.sharedSignatureSchemes.map(nodeName)
  }

  // From the engine

  /** The first is no news. */
  onHandshakeStart(): void {
    this.#handshakes++
    if (this.#handshakes > 1) this.policy.onRenegotiation()
  }

  onClientHello(hello: ClientHelloInfo): void {
    this.policy.onClientHello(offerOf(hello, this.#maxVersion))
  }

  /** Nobody can vouch for a client without a certificate. */
  override onPeerCertificate(chain: readonly Uint8Array[]): void {
    super.onPeerCertificate(chain)
    const { requestCert, rejectUnauthorized } = this.policy
    if (chain.length > 0 || !requestCert || !rejectUnauthorized) return
    this.engine.failHandshake(this.info.version === 0x0304 ? CERTIFICATE_REQUIRED : HANDSHAKE_FAILURE)
    this.handler.onFailure(opensslError('peer did not return a certificate'))
  }

  onPskIdentity(identity: Uint8Array): Uint8Array | undefined {
    const psk = this.policy.findPsk(Buffer.from(identity).toString('utf8'))
    this.hasPsk = psk !== undefined
    return psk
  }
}

/** As Node writes it, with the name of a digest or `UNDEF` behind the name of a kind of key. */
function nodeName({ shortName, isPss, hash }: SignatureScheme): string {
  if (hash === undefined) return `${shortName}+UNDEF`
  return isPss ? `RSA-PSS+${hash.toUpperCase()}` : shortName
}

function offerOf(hello: ClientHelloInfo, maxVersion: number): ClientOffer {
  const { serverName, alpnProtocols, sessionId, hasTicket, wantsOcsp, versions } = hello
  return {
    serverName,
    alpnProtocols: alpnProtocols.length > 0 ? alpnProtocols : undefined,
    sessionId: hasTicket ? new Uint8Array(0) : sessionId,
    wantsOcsp,
    isTls13: maxVersion === 0x0304 && versions.includes(0x0304),
  }
}
