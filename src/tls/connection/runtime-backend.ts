// The runtime's own TLS in place of our engine, for those who choose it (engine-choice.ts): node:tls over a stream that we
// feed and empty. Certificates are judged by the runtime as well; names, sessions and all that Node's API shows stay ours.

import { EventEmitter } from 'node:events'
import type { Socket } from 'node:net'
import { Duplex } from 'node:stream'
import type * as runtime from 'node:tls'
import runtimeTls from 'node:tls'
import { OsConnection } from '../../host/os/os-connection.ts'
import { silentSink } from '../../host/silent-sink.ts'
import { defaults } from '../api/defaults.ts'
import { opensslError } from '../api/openssl-errors.ts'
import { readOffer } from '../policy/client-offer.ts'
import type {
  BackendHandler,
  BackendPolicy,
  CipherInfo,
  ClientBackendPolicy,
  EphemeralKeyInfo,
  PeerVerdict,
  ServerAnswer,
  ServerBackendPolicy,
  TlsBackend,
} from './backend.ts'

abstract class RuntimeBackend<Policy extends BackendPolicy> implements TlsBackend {
  protected readonly policy: Policy
  protected readonly handler: BackendHandler
  /** What the runtime has emitted, for `step()`. */
  readonly #events: (() => void)[] = []
  protected socket: runtime.TLSSocket | undefined
  /** Towards the runtime's socket, which takes it for its network. */
  protected readonly network: Duplex
  #output: Uint8Array[] = []
  #pendingBytes = 0
  isTransparent = false
  protected isTraced = false
  #maxFragmentSize: number | undefined
  #hasNetworkEnded = false
  #ownCertificate: Uint8Array | undefined

  constructor(policy: Policy, handler: BackendHandler) {
    this.policy = policy
    this.handler = handler
    this.network = new Duplex({
      read: () => {},
      write: (chunk: Uint8Array, _encoding, done) => {
        this.#output.push(chunk)
        handler.onOutput()
        done()
      },
    })
    this.network.on('error', () => {})
  }

  abstract start(): void

  receive(bytes: Uint8Array): void {
    if (this.isTransparent) this.later(() => this.handler.onPlaintext(bytes))
    else this.network.push(bytes)
  }

  receiveEnd(): void {
    if (this.isTransparent) {
      this.later(() => this.handler.onPeerEnd(false))
      return
    }
    this.#hasNetworkEnded = true
    this.network.push(null)
    if (this.socket === undefined) this.later(() => this.handler.onPeerEnd(true))
  }

  /** The runtime is in the middle of its own work: no handler is called from there. */
  protected later(event: () => void): void {
    this.#events.push(event)
    this.handler.onOutput()
  }

  step(): boolean {
    const event = this.#events.shift()
    event?.()
    return event !== undefined
  }

  get hasEvents(): boolean {
    return this.#events.length > 0
  }

  get hasPending(): boolean {
    return this.hasEvents
  }

  write(data: Uint8Array | readonly Uint8Array[]): void {
    const socket = this.socket as runtime.TLSSocket
    const bytes = data instanceof Uint8Array ? data : Buffer.concat(data)
    if (this.isTransparent) {
      this.#output.push(bytes)
      return
    }
    this.#pendingBytes += bytes.byteLength
    socket.write(bytes, () => {
      this.#pendingBytes -= bytes.byteLength
      this.handler.onOutput()
    })
  }

  takeOutput(): Uint8Array[] {
    const output = this.#output
    this.#output = []
    return output
  }

  get pendingBytes(): number {
    return this.#pendingBytes
  }

  closeNotify(done: () => void): void {
    // The transport is the runtime's TLS itself: its end says so to the peer.
    if (this.isTransparent) {
      done()
      return
    }
    // The runtime ends its network once its alert is written.
    this.network.once('finish', done)
    this.socket?.end()
  }

  answerClientHello(_answer: ServerAnswer): void {}

  refuseProtocols(): void {}

  renegotiate(requestCert: boolean): Error | undefined {
    // Its callback comes later with the runtime's error: the caller is to have one now.
    if (this.socket?.renegotiate({ requestCert }, () => {}) !== false) return undefined
    return opensslError(this.protocol === 'TLSv1.3' ? 'wrong ssl version' : 'no renegotiation')
  }

  setMaxFragmentSize(size: number): void {
    this.#maxFragmentSize = size
    this.socket?.setMaxSendFragment(size)
  }

  trace(): void {
    this.isTraced = true
    this.socket?.enableTrace()
  }

  exportKeyingMaterial(length: number, label: string, context: Uint8Array | undefined): Uint8Array {
    const socket = this.socket as runtime.TLSSocket
    return socket.exportKeyingMaterial(length, label, context as Buffer)
  }

  destroy(): void {
    this.#events.length = 0
    this.socket?.destroy()
    this.network.destroy()
  }

  explain(error: Error & { code?: string }): Error | undefined {
    const isTooEarly = this.isTransparent && error.code === 'ECONNRESET' && error.message.includes('before secure TLS')
    return isTooEarly ? undefined : error
  }

  /** Over the runtime's own socket, where that can be had: then no byte passes through a stream of ours. */
  protected attach(open: (network: Duplex) => runtime.TLSSocket, early: readonly Uint8Array[] = []): runtime.TLSSocket {
    const native = this.handler.takeNative() as Socket | undefined
    if (native === undefined) {
      const socket = open(this.network)
      this.#listen(socket)
      for (const bytes of early) this.network.push(bytes)
      return socket
    }
    this.isTransparent = true
    for (const bytes of early.toReversed()) native.unshift(bytes)
    const socket = open(native)
    this.#listenToSecrets(socket)
    this.handler.standOn(new OsConnection(socket, silentSink))
    return socket
  }

  #listenToSecrets(socket: runtime.TLSSocket): void {
    const { handler, policy } = this
    this.socket = socket
    if (this.#maxFragmentSize !== undefined) socket.setMaxSendFragment(this.#maxFragmentSize)
    // What a server's socket keeps from its 'error' event before the handshake is done.
    socket.on('_tlsError' as never, (error: Error) => {
      if (this.explain(error)) this.later(() => handler.onFailure(error))
    })
    socket.on('keylog', line => this.later(() => policy.onKeyLog(line.toString('latin1').trimEnd())))
  }

  #listen(socket: runtime.TLSSocket): void {
    const { handler } = this
    this.#listenToSecrets(socket)
    socket.on('data', (data: Buffer) => this.later(() => handler.onPlaintext(data)))
    socket.on('end', () => this.later(() => handler.onPeerEnd(false)))
    socket.on('error', (error: Error & { code?: string }) => {
      // Cut off in the handshake: the runtime's own words for an end too early.
      const isEnd = error.code === 'ECONNRESET' && this.#hasNetworkEnded
      this.later(() => (isEnd ? handler.onPeerEnd(true) : handler.onFailure(error)))
    })
  }

  get protocol(): string | undefined {
    return this.socket?.getProtocol() ?? undefined
  }

  get cipher(): CipherInfo | undefined {
    return this.socket?.getCipher()
  }

  get ephemeralKey(): EphemeralKeyInfo | undefined {
    const info = this.socket?.getEphemeralKeyInfo() as EphemeralKeyInfo | null | undefined
    return info?.type === undefined ? undefined : info
  }

  get sharedSignatureAlgorithms(): readonly string[] {
    return this.socket?.getSharedSigalgs() ?? []
  }

  get alpnProtocol(): string | undefined {
    return this.socket?.alpnProtocol || undefined
  }

  get serverName(): string | undefined {
    return (this.socket as { servername?: string } | undefined)?.servername || undefined
  }

  get isResumed(): boolean {
    return this.socket?.isSessionReused() ?? false
  }

  abstract readonly hasExternalPsk: boolean

  /** The runtime's own: its sockets have it behind a property that is not documented, and is there since Node 0.12. */
  get verdict(): PeerVerdict {
    const { ssl } = this.socket as unknown as { ssl?: { verifyError?: () => PeerVerdict['problem'] | null } }
    if (typeof ssl?.verifyError !== 'function') return { problem: new Error('The runtime does not tell its verdict') }
    return { problem: ssl.verifyError() ?? undefined }
  }

  get peerChain(): readonly Uint8Array[] {
    const chain: Uint8Array[] = []
    let next = this.socket?.getPeerCertificate(true) as runtime.DetailedPeerCertificate | undefined
    while (next?.raw && !chain.some(one => Buffer.compare(one, next?.raw as Uint8Array) === 0)) {
      chain.push(next.raw)
      next = next.issuerCertificate
    }
    return chain
  }

  get ownCertificate(): Uint8Array | undefined {
    this.#ownCertificate ??= (this.socket?.getCertificate() as { raw?: Uint8Array } | null)?.raw
    return this.#ownCertificate
  }

  get finished(): Uint8Array | undefined {
    return this.socket?.getFinished()
  }

  get peerFinished(): Uint8Array | undefined {
    return this.socket?.getPeerFinished()
  }

  get session(): Uint8Array | undefined {
    return this.socket?.getSession()
  }

  get ticket(): Uint8Array | undefined {
    return this.socket?.getTLSTicket()
  }
}

export class RuntimeClientBackend extends RuntimeBackend<ClientBackendPolicy> {
  #hasExternalPsk = false
  #savedChain: readonly Uint8Array[] = []

  start(): void {
    const { context, serverName, savedSession, options } = this.policy
    const { ALPNProtocols, requestOCSP, pskCallback } = options
    const saved = savedSession && readSession(savedSession)
    this.#savedChain = saved?.chain ?? []
    const askForPsk = (hint: string | null): { psk: Uint8Array; identity: string } | null => {
      const answer = this.policy.askForPsk(hint)
      this.#hasExternalPsk = answer !== undefined
      return answer ?? null
    }
    const complete = {
      secureContext: context.context.runtime,
      servername: serverName ?? '',
      session: saved && Buffer.from(saved.session),
      ALPNProtocols: ALPNProtocols as Uint8Array,
      requestOCSP,
      // Whether it may stay is the policy's to say: with the verdict that is read below.
      rejectUnauthorized: false,
      checkServerIdentity: () => undefined,
      minDHSize: 1,
      enableTrace: this.isTraced,
      allowHalfOpen: true,
      ...(pskCallback ? { pskCallback: askForPsk } : {}),
    }
    const socket = this.attach(network =>
      runtimeTls.connect({ ...complete, socket: network } as runtime.ConnectionOptions),
    )
    socket.on('secureConnect', () => this.later(() => this.handler.onHandshakeDone()))
    socket.on('session', session => {
      const complete = this.#withChain(session)
      this.later(() => this.policy.onSession(complete, new Uint8Array(0)))
    })
    socket.on('OCSPResponse', response => this.later(() => this.policy.onOcspResponse(response)))
  }

  override get hasExternalPsk(): boolean {
    return this.#hasExternalPsk
  }

  /** A resumed connection of the runtime's shows no certificate: the one that the session was made with counts. */
  override get peerChain(): readonly Uint8Array[] {
    return this.isResumed ? this.#savedChain : super.peerChain
  }

  override get session(): Uint8Array | undefined {
    const session = super.session
    return session && this.#withChain(session)
  }

  #withChain(session: Uint8Array): Uint8Array {
    const parts: Uint8Array[] = []
    for (const certificate of [...this.peerChain, session]) parts.push(writeLength(certificate.length), certificate)
    return Buffer.concat(parts)
  }
}

/** The certificates, then the runtime's session: each behind its length. */
function readSession(bytes: Uint8Array): { chain: Uint8Array[]; session: Uint8Array } | undefined {
  const parts: Uint8Array[] = []
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength)
  for (let at = 0; at < bytes.length; ) {
    const end = at + 4 <= bytes.length ? at + 4 + view.getUint32(at) : Number.POSITIVE_INFINITY
    if (end > bytes.length) return undefined
    parts.push(bytes.subarray(at + 4, end))
    at = end
  }
  const session = parts.pop()
  return session && { chain: parts, session }
}

function writeLength(length: number): Uint8Array {
  const bytes = Buffer.alloc(4)
  bytes.writeUInt32BE(length)
  return bytes
}

export class RuntimeServerBackend extends RuntimeBackend<ServerBackendPolicy> {
  /** What came before the program had decided. */
  #early: Uint8Array[] = []
  #hasAsked = false
  #hasExternalPsk = false
  #client: runtime.TLSSocket | undefined

  start(): void {}

  override receive(bytes: Uint8Array): void {
    if (this.#client !== undefined) {
      super.receive(bytes)
      return
    }
    this.#early.push(bytes)
    if (this.#hasAsked) return
    const offer = readOffer(Buffer.concat(this.#early))
    if (offer === 'incomplete') return
    this.#hasAsked = true
    // What is no ClientHello gets the runtime's own answer.
    if (offer === 'unreadable')
      this.#accept({
        context: this.policy.context,
        alpnProtocol: undefined,
        session: undefined,
        ocspResponse: undefined,
      })
    else this.later(() => this.policy.onClientHello(offer))
  }

  override answerClientHello(answer: ServerAnswer): void {
    this.#accept(answer)
  }

  /** None that any client can have asked for: the runtime refuses. */
  override refuseProtocols(): void {
    const { context } = this.policy
    this.#accept({ context, alpnProtocol: Buffer.from('\0none'), session: undefined, ocspResponse: undefined })
  }

  #accept(answer: ServerAnswer): void {
    const { requestCert, rejectUnauthorized, options } = this.policy
    const { alpnProtocol } = answer
    const server = this.#sessionKeeper(answer)
    const findPsk = (_socket: unknown, identity: string): Uint8Array | null => {
      const psk = this.policy.findPsk(identity)
      this.#hasExternalPsk = psk !== undefined
      return psk ?? null
    }
    const complete = {
      isServer: true,
      enableTrace: this.isTraced,
      secureContext: answer.context.context.runtime,
      requestCert,
      rejectUnauthorized,
      allowHalfOpen: true,
      server,
      ...(alpnProtocol ? { ALPNProtocols: [Buffer.from(alpnProtocol).toString('latin1')] } : {}),
      ...(options.pskCallback ? { pskCallback: findPsk, pskIdentityHint: options.pskIdentityHint } : {}),
    }
    // The runtime counts by its own module's words, and only it can end such a connection before it answers.
    const { CLIENT_RENEG_LIMIT, CLIENT_RENEG_WINDOW } = defaults
    Object.assign(runtimeTls, { CLIENT_RENEG_LIMIT, CLIENT_RENEG_WINDOW })
    const early = this.#early
    this.#early = []
    const open = (network: Duplex): runtime.TLSSocket =>
      new runtimeTls.TLSSocket(network, complete as unknown as runtime.TLSSocketOptions)
    this.#client = this.attach(open, early)
    this.#client.on('secure' as never, () => this.later(() => this.handler.onHandshakeDone()))
  }

  /** Stands for the server in the runtime's eyes: gives the session that the program found, and takes new ones. */
  #sessionKeeper({ session, ocspResponse }: ServerAnswer): EventEmitter {
    const keeper = new EventEmitter()
    if (session) keeper.on('resumeSession', (_id, done) => done(null, session))
    if ((this.policy.options.server?.listenerCount('newSession') ?? 0) > 0) {
      keeper.on('newSession', (id: Buffer, data: Buffer, done: () => void) => {
        this.later(() => this.policy.onSession(data, id))
        done()
      })
    }
    if (ocspResponse) {
      // It asks for a certificate to staple to only where there is a context by this name.
      Object.assign(keeper, { _sharedCreds: this.policy.context.context.runtime })
      keeper.on('OCSPRequest', (_certificate, _issuer, done) => done(null, Buffer.from(ocspResponse)))
    }
    return keeper
  }

  override get hasExternalPsk(): boolean {
    return this.#hasExternalPsk
  }
}
