// Our engine as a backend: its events in the words of the connection, what was agreed in Node's names, and its errors as
// OpenSSL's. Who may be at the other end is judged from the chain that it tells (chain-verdict.ts).

import { X25519MLKEM768 } from '../../crypto/named-groups.ts'
import type { SignatureScheme } from '../../crypto/signature-schemes.ts'
import { engineError, opensslError } from '../api/openssl-errors.ts'
import { readSession, type SavedSession, writeSession } from '../engine/sessions.ts'
import { createTlsEngine } from '../engine/tls-engine.ts'
import type {
  ClientHelloInfo,
  Credential,
  PskIdentity,
  TlsEngine,
  TlsEngineConfig,
  TlsEngineHandler,
  TlsInfo,
} from '../engine/types.ts'
import { CERTIFICATE_REQUIRED, HANDSHAKE_FAILURE, INTERNAL_ERROR, NO_APPLICATION_PROTOCOL } from '../wire/alerts.ts'
import type {
  BackendEvents,
  CipherInfo,
  ClientOffer,
  EphemeralKeyInfo,
  PeerVerdict,
  ServerAnswer,
  TlsBackend,
} from './backend.ts'

/** What a policy adds to the engine's events. */
export interface EngineOwner {
  /** Lines of the key log are made only where somebody wants them. */
  readonly wantsKeyLog: boolean
  /** The client's, or undefined: no key for this server. */
  askForPsk?(hint: string | null): { psk: Uint8Array; identity: string } | undefined
  /** A server: a client without a certificate has no business here. */
  requiresCertificate?(): boolean
  /** The server's. */
  findPsk?(identity: string): Uint8Array | undefined
  /** For another context than the one that the connection began with. Throws where the engine cannot serve it. */
  configFor(answer: ServerAnswer): TlsEngineConfig | undefined
  judge(chain: readonly Uint8Array[]): PeerVerdict
}

export class EngineBackend implements TlsBackend {
  readonly isTransparent = false
  readonly pendingBytes = 0
  readonly #events: BackendEvents
  readonly #owner: EngineOwner
  readonly #engine: TlsEngine
  readonly #isServer: boolean
  readonly #maxVersion: number
  readonly #offered: SavedSession | undefined
  readonly #credential: Credential | undefined
  #hasEnd = false
  #hasPsk = false
  #handshakes = 0
  #verdict: PeerVerdict | undefined
  #isTraced = false

  constructor(config: TlsEngineConfig, owner: EngineOwner, events: BackendEvents) {
    this.#events = events
    this.#owner = owner
    this.#offered = config.session
    this.#credential = config.credentials[0]
    this.#isServer = config.role === 'server'
    this.#maxVersion = config.maxVersion
    this.#engine = createTlsEngine(config, this.#handler())
  }

  #handler(): TlsEngineHandler {
    const events = this.#events
    const owner = this.#owner
    const handler: TlsEngineHandler = {
      onOutput: () => events.onOutput(),
      onHandshakeDone: () => events.onHandshakeDone(),
      onData: plaintext => events.onData(plaintext),
      onError: error => events.onError(engineError(error)),
      onCloseNotify: () => {
        this.#hasEnd = true
        events.onEnd(false)
      },
      onHandshakeStart: () => {
        this.#handshakes++
        if (this.#handshakes > 1) events.onRenegotiation()
      },
      onPeerCertificate: chain => {
        this.#verdict = undefined
        if (this.#isServer && chain.length === 0 && owner.requiresCertificate?.()) this.#refuseNameless()
      },
      onSession: (session, id) => events.onSession(writeSession(session), id),
      onMessage: (direction, contentType, content) => {
        if (this.#isTraced) trace(direction, contentType, content)
      },
    }
    if (owner.wantsKeyLog) handler.onKeyLog = line => events.onKeyLog(line)
    if (this.#isServer) {
      handler.onClientHello = hello => events.onClientHello(offerOf(hello, this.#maxVersion))
      handler.onPskIdentity = identity => {
        const psk = owner.findPsk?.(Buffer.from(identity).toString('utf8'))
        this.#hasPsk = psk !== undefined
        return psk
      }
    } else {
      handler.onOcspResponse = response => events.onOcspResponse(response ?? null)
      handler.onPskRequest = hint => this.#askForPsk(hint)
    }
    return handler
  }

  #askForPsk(hint: Uint8Array | undefined): PskIdentity | undefined {
    const answer = this.#owner.askForPsk?.(hint === undefined ? null : Buffer.from(hint).toString('utf8'))
    this.#hasPsk = answer !== undefined
    return answer && { identity: Buffer.from(answer.identity, 'utf8'), key: answer.psk }
  }

  #refuseNameless(): void {
    this.#engine.failHandshake(this.#info.version === 0x0304 ? CERTIFICATE_REQUIRED : HANDSHAKE_FAILURE)
    this.#events.onError(opensslError('peer did not return a certificate'))
  }

  start(): void {
    this.#engine.start()
  }

  receive(bytes: Uint8Array): void {
    this.#engine.receive(bytes)
  }

  receiveEnd(): void {
    if (this.#hasEnd) return
    this.#hasEnd = true
    this.#events.onEnd(true)
  }

  write(data: Uint8Array | readonly Uint8Array[]): void {
    this.#engine.write(data)
  }

  takeOutput(): Uint8Array[] {
    return this.#engine.takeOutput()
  }

  closeNotify(done: () => void): void {
    this.#engine.closeNotify()
    done()
  }

  answerClientHello(answer: ServerAnswer): void {
    let config: TlsEngineConfig | undefined
    try {
      config = this.#owner.configFor(answer)
    } catch (error) {
      this.#engine.failHandshake(INTERNAL_ERROR)
      this.#events.onError(error as Error)
      return
    }
    this.#engine.answerClientHello({
      config,
      alpn: answer.alpnProtocol ?? null,
      session: answer.session && readSession(answer.session),
      ocspResponse: answer.ocspResponse,
    })
  }

  refuseProtocols(): void {
    this.#engine.failHandshake(NO_APPLICATION_PROTOCOL)
    this.#events.onError(opensslError('no application protocol'))
  }

  renegotiate(requestCert: boolean): Error | undefined {
    if (this.#engine.renegotiate({ requestCert })) return undefined
    return opensslError(this.#info.version === 0x0304 ? 'wrong ssl version' : 'no renegotiation')
  }

  trace(): void {
    this.#isTraced = true
  }

  setMaxFragmentSize(size: number): void {
    this.#engine.setMaxFragmentSize(size)
  }

  exportKeyingMaterial(length: number, label: string, context: Uint8Array | undefined): Uint8Array {
    return this.#engine.exportKeyingMaterial(length, label, context)
  }

  explain(error: Error): Error {
    return error
  }

  destroy(): void {
    this.#engine.destroy()
  }

  // What was agreed

  get #info(): TlsInfo {
    return this.#engine.info
  }

  get protocol(): string | undefined {
    const { version } = this.#info
    return version && (version === 0x0304 ? 'TLSv1.3' : 'TLSv1.2')
  }

  get cipher(): CipherInfo | undefined {
    const suite = this.#info.cipherSuite
    return suite && { name: suite.name, standardName: suite.standardName, version: suite.since }
  }

  get ephemeralKey(): EphemeralKeyInfo | undefined {
    const { group } = this.#info
    if (group === X25519MLKEM768) return { type: 'TLSGroup', name: group.name, size: undefined }
    return group && { type: 'ECDH', name: group.name, size: group.bits }
  }

  get sharedSignatureAlgorithms(): readonly string[] {
    return this.#isServer ? this.#info.sharedSignatureSchemes.map(nodeName) : []
  }

  get alpnProtocol(): string | undefined {
    const { alpn } = this.#info
    return alpn && Buffer.from(alpn).toString('latin1')
  }

  get serverName(): string | undefined {
    return this.#info.serverName
  }

  get isResumed(): boolean {
    return this.#info.isResumed
  }

  get hasExternalPsk(): boolean {
    return this.#hasPsk && !this.isResumed && this.peerChain.length === 0
  }

  get verdict(): PeerVerdict {
    this.#verdict ??= this.#owner.judge(this.peerChain)
    return this.#verdict
  }

  get peerChain(): readonly Uint8Array[] {
    return this.#info.peerCertificates
  }

  get ownCertificate(): Uint8Array | undefined {
    // Nobody may have asked for it.
    return (this.#info.credential ?? this.#credential)?.certificates[0]
  }

  get finished(): Uint8Array | undefined {
    return this.#engine.finished
  }

  get peerFinished(): Uint8Array | undefined {
    return this.#engine.peerFinished
  }

  /** The latest; on a resumed connection the one that was resumed, until there is another. */
  get #currentSession(): SavedSession | undefined {
    return this.#engine.session ?? (this.isResumed ? this.#offered : undefined)
  }

  get session(): Uint8Array | undefined {
    const session = this.#currentSession
    return session && writeSession(session)
  }

  get ticket(): Uint8Array | undefined {
    const ticket = this.#currentSession?.ticket
    return ticket?.length ? ticket : undefined
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

const contentTypes: Readonly<Record<number, string>> = {
  20: 'ChangeCipherSpec',
  21: 'Alert',
  22: 'Handshake',
  23: 'ApplicationData',
}
const messages: Readonly<Record<number, string>> = {
  0: 'HelloRequest',
  1: 'ClientHello',
  2: 'ServerHello',
  4: 'NewSessionTicket',
  8: 'EncryptedExtensions',
  11: 'Certificate',
  12: 'ServerKeyExchange',
  13: 'CertificateRequest',
  14: 'ServerHelloDone',
  15: 'CertificateVerify',
  16: 'ClientKeyExchange',
  20: 'Finished',
  22: 'CertificateStatus',
  24: 'KeyUpdate',
}

/** Names and lengths alone: neither plaintext nor keys. */
function trace(direction: 'sent' | 'received', contentType: number, content: Uint8Array): void {
  const type = contentTypes[contentType] ?? `content type ${contentType}`
  const message = contentType === 22 ? ` ${messages[content[0] ?? -1] ?? 'message'}` : ''
  process.stderr.write(`${direction === 'sent' ? 'Sent' : 'Received'} ${type}${message}, Length=${content.length}\n`)
}
