// Our engine as a backend. The connection steps it, and each event goes straight to its consumer: plaintext, ends and failures to the
// connection, all else to the policy. What was agreed has Node's names here, and errors are OpenSSL's.

import { X25519MLKEM768 } from '../../crypto/named-groups.ts'
import { engineError, opensslError } from '../api/openssl-errors.ts'
import type { TlsError } from '../engine/engine-errors.ts'
import { type SavedSession, writeSession } from '../engine/sessions.ts'
import { createTlsEngine } from '../engine/tls-engine.ts'
import type { Credential, TlsEngine, TlsEngineConfig, TlsEngineHandler, TlsInfo } from '../engine/types.ts'
import type {
  BackendHandler,
  BackendPolicy,
  CipherInfo,
  EphemeralKeyInfo,
  PeerVerdict,
  ServerAnswer,
  TlsBackend,
} from './backend.ts'
import { traceMessage } from './message-trace.ts'

export abstract class EngineBackend<Policy extends BackendPolicy> implements TlsBackend, TlsEngineHandler {
  readonly isTransparent = false
  readonly pendingBytes = 0
  protected readonly policy: Policy
  protected readonly handler: BackendHandler
  protected readonly engine: TlsEngine
  readonly #offered: SavedSession | undefined
  readonly #credential: Credential | undefined
  /** `pending`: the transport has ended, and what came before has not all been read. */
  #transportEnd: 'open' | 'pending' | 'reported' = 'open'
  protected hasPsk = false
  #verdict: PeerVerdict | undefined
  #isTraced = false
  /** Lines of the key log are made only where somebody wants them. */
  declare onKeyLog?: (line: string) => void

  constructor(config: TlsEngineConfig, policy: Policy, handler: BackendHandler) {
    this.policy = policy
    this.handler = handler
    this.#offered = config.session
    this.#credential = config.credentials[0]
    if (policy.wantsKeyLog) this.onKeyLog = line => policy.onKeyLog(line)
    this.engine = createTlsEngine(config, this, 'stepped')
  }

  start(): void {
    this.engine.start()
  }

  receive(bytes: Uint8Array): void {
    this.engine.receive(bytes)
  }

  receiveEnd(): void {
    if (this.#transportEnd === 'open') this.#transportEnd = 'pending'
  }

  step(): boolean {
    if (this.engine.step()) return true
    if (this.#transportEnd !== 'pending') return false
    this.#transportEnd = 'reported'
    // Behind close_notify it is no news.
    if (!this.engine.hasPeerClosed) this.handler.onPeerEnd(true)
    return true
  }

  get hasEvents(): boolean {
    return this.engine.hasEvents
  }

  get hasPending(): boolean {
    return this.engine.hasPending || this.#transportEnd === 'pending'
  }

  write(data: Uint8Array | readonly Uint8Array[]): void {
    this.engine.write(data)
  }

  takeOutput(): Uint8Array[] {
    return this.engine.takeOutput()
  }

  closeNotify(done: () => void): void {
    this.engine.closeNotify()
    done()
  }

  answerClientHello(_answer: ServerAnswer): void {}

  refuseProtocols(): void {}

  renegotiate(requestCert: boolean): Error | undefined {
    if (this.engine.renegotiate({ requestCert })) return undefined
    return opensslError(this.info.version === 0x0304 ? 'wrong ssl version' : 'no renegotiation')
  }

  trace(): void {
    this.#isTraced = true
  }

  setMaxFragmentSize(size: number): void {
    this.engine.setMaxFragmentSize(size)
  }

  exportKeyingMaterial(length: number, label: string, context: Uint8Array | undefined): Uint8Array {
    return this.engine.exportKeyingMaterial(length, label, context)
  }

  explain(error: Error): Error {
    return error
  }

  destroy(): void {
    this.engine.destroy()
  }

  // From the engine

  onOutput(): void {
    this.handler.onOutput()
  }

  onHandshakeDone(): void {
    this.handler.onHandshakeDone()
  }

  onData(plaintext: Uint8Array): void {
    this.handler.onPlaintext(plaintext)
  }

  onCloseNotify(): void {
    this.handler.onPeerEnd(false)
  }

  onError(error: TlsError): void {
    this.handler.onFailure(engineError(error))
  }

  onPeerCertificate(_chain: readonly Uint8Array[]): void {
    this.#verdict = undefined
  }

  onSession(session: SavedSession, id: Uint8Array): void {
    this.policy.onSession(writeSession(session), id)
  }

  onMessage(direction: 'sent' | 'received', contentType: number, content: Uint8Array): void {
    if (this.#isTraced) traceMessage(direction, contentType, content)
  }

  // What was agreed

  protected get info(): TlsInfo {
    return this.engine.info
  }

  get protocol(): string | undefined {
    const { version } = this.info
    return version && (version === 0x0304 ? 'TLSv1.3' : 'TLSv1.2')
  }

  get cipher(): CipherInfo | undefined {
    const suite = this.info.cipherSuite
    return suite && { name: suite.name, standardName: suite.standardName, version: suite.since }
  }

  get ephemeralKey(): EphemeralKeyInfo | undefined {
    const { group } = this.info
    if (group === X25519MLKEM768) return { type: 'TLSGroup', name: group.name, size: undefined }
    return group && { type: 'ECDH', name: group.name, size: group.bits }
  }

  /** The server's alone, as in Node. */
  get sharedSignatureAlgorithms(): readonly string[] {
    return []
  }

  get alpnProtocol(): string | undefined {
    const { alpn } = this.info
    return alpn && Buffer.from(alpn).toString('latin1')
  }

  get serverName(): string | undefined {
    return this.info.serverName
  }

  get isResumed(): boolean {
    return this.info.isResumed
  }

  get hasExternalPsk(): boolean {
    return this.hasPsk && !this.isResumed && this.peerChain.length === 0
  }

  get verdict(): PeerVerdict {
    this.#verdict ??= this.policy.judge(this.peerChain)
    return this.#verdict
  }

  get peerChain(): readonly Uint8Array[] {
    return this.info.peerCertificates
  }

  get ownCertificate(): Uint8Array | undefined {
    // Nobody may have asked for it.
    return (this.info.credential ?? this.#credential)?.certificates[0]
  }

  get finished(): Uint8Array | undefined {
    return this.engine.finished
  }

  get peerFinished(): Uint8Array | undefined {
    return this.engine.peerFinished
  }

  /** The latest; on a resumed connection the one that was resumed, until there is another. */
  get #currentSession(): SavedSession | undefined {
    return this.engine.session ?? (this.isResumed ? this.#offered : undefined)
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
