// tls.TLSSocket: net.Socket over a TlsConnection. What it shows of the connection is read from the engine on demand
// (socket-facts.ts); whether the peer is accepted is decided by the policy (client-policy.ts, server-policy.ts). Source:
// Node's documentation, "Class: tls.TLSSocket".

import type { X509Certificate } from 'node:crypto'
import type { Duplex } from 'node:stream'
import type { DetailedPeerCertificate, PeerCertificate } from 'node:tls'
import { callableClass } from '../../core/callable-class.ts'
import {
  validateBoolean,
  validateBuffer,
  validateFunction,
  validateInt32,
  validateObject,
  validateString,
  validateUint32,
} from '../../core/validate.ts'
import { currentHost } from '../../host/current.ts'
import { duplexConnection } from '../../host/duplex-connection.ts'
import { ownMethod } from '../../host/shown-handle.ts'
import type { Connection, Host } from '../../host/types.ts'
import {
  adoptHandle,
  kHandle,
  makeHandle,
  overOptions,
  Socket,
  type SocketOptions,
  type StreamHandle,
  wrapConnection,
} from '../../net/internal.ts'
import type { TlsConnection } from '../connection/tls-connection.ts'
import { handshakeTimeout, invalidContext, invalidState, sniFromServer } from '../errors.ts'
import { canonicalHost } from '../policy/canonical-host.ts'
import { ClientPolicy } from '../policy/client-policy.ts'
import type { AlpnCallback, PskServerAnswer, ServerPolicyOptions, SniCallback } from '../policy/server-options.ts'
import type { ServerPolicy } from '../policy/server-policy.ts'
import { SocketServerPolicy } from '../policy/socket-server-policy.ts'
import { type kConnectOptions, kTls } from '../symbols.ts'
import { convertALPNProtocols } from './alpn.ts'
import type { GivenContextOptions } from './context-options.ts'
import { makeContext, SecureContext } from './secure-context.ts'
import * as facts from './socket-facts.ts'
import { TLSWrap } from './tls-handle.ts'

export type PskServerCallback = (socket: TLSSocket, identity: string) => PskServerAnswer

export interface TLSSocketOptions extends GivenContextOptions, Omit<SocketOptions, 'signal'> {
  isServer?: boolean | undefined
  server?: ServerPolicyOptions['server']
  secureContext?: SecureContext | undefined
  credentials?: SecureContext | undefined
  session?: Buffer | string | undefined
  requestCert?: boolean | undefined
  rejectUnauthorized?: boolean | undefined
  requestOCSP?: boolean | undefined
  ALPNProtocols?: readonly string[] | NodeJS.ArrayBufferView | undefined
  ALPNCallback?: AlpnCallback | undefined
  SNICallback?: SniCallback | undefined
  pskCallback?: unknown
  pskIdentityHint?: string | undefined
  handshakeTimeout?: number | undefined
  enableTrace?: boolean | undefined
  pauseOnConnect?: boolean | undefined
  signal?: AbortSignal | undefined
}

/** A TLSSocket's state besides net.Socket's. */
interface TlsState {
  /** Another socket's policy, once the program has put that socket's handle here. */
  policy: ClientPolicy | ServerPolicy
  /** The stream that the program passed in to run TLS over. */
  readonly stream: Duplex | undefined
  /** `tls.connect()` has not judged the peer yet: until then no data may pass, whatever a listener throws. */
  awaitsVerdict: boolean
  readonly handshakeTimeout: number | undefined
}

/** What the constructor was called for: a connection to come, one over a stream, or one that is under way. */
interface Plan {
  readonly options: TLSSocketOptions
  readonly stream: Duplex | undefined
  readonly policy: ClientPolicy | ServerPolicy
  /** A server secures the connection by itself. */
  readonly isShown: boolean
  readonly socketOptions: SocketOptions
}

class TlsSocket extends Socket {
  declare encrypted: true
  declare authorized: boolean
  declare authorizationError: Error
  declare alpnProtocol: string | false | null
  declare servername: string | false | null
  declare secureConnecting: boolean
  declare _tlsOptions: TLSSocketOptions
  declare _secureEstablished: boolean
  declare _securePending: boolean
  declare _newSessionPending: boolean
  declare _controlReleased: boolean
  declare _requestCert: boolean
  declare _rejectUnauthorized: boolean
  declare _SNICallback: SniCallback | null
  declare [kTls]: TlsState
  declare [kConnectOptions]: object | undefined

  /** @param stream - any Duplex; undefined: a connection that `connect()` will make */
  constructor(stream?: Duplex, options?: TLSSocketOptions) {
    const plan = planOf(stream, options)
    super(plan.socketOptions)
    initialize(this, plan)
  }

  override [wrapConnection](won: Connection): Connection {
    return this[kTls].policy.open(won)
  }

  override [makeHandle](): StreamHandle | undefined {
    const state = this[kTls]
    if (state === undefined || this.destroyed) return super[makeHandle]()
    return new TLSWrap(this as never, state.policy, state.stream)
  }

  override [adoptHandle](handle: StreamHandle): void {
    super[adoptHandle](handle)
    if (handle instanceof TLSWrap) this[kTls].policy = handle.policy
  }

  // The handshake

  _start(): void {
    if (this.connecting) this.once('connect', this._start)
    else {
      const start = ownMethod(this[kHandle], 'start')
      if (start) start()
      else this[kTls].policy.connection?.start()
    }
  }

  /** The handshake is done. */
  _finishInit(): void {
    const { policy, handshakeTimeout } = this[kTls]
    if (this.destroyed) return
    const ownAlpn = ownMethod(this[kHandle], 'getALPNNegotiatedProtocol')
    this.alpnProtocol = ownAlpn ? (ownAlpn() as string | false) : policy.alpnProtocol
    this.servername ??= policy.serverName ?? false
    this._secureEstablished = true
    if (handshakeTimeout) this.setTimeout(0, this._handleTimeout)
    try {
      this.emit('secure')
    } finally {
      // A listener's exception is the program's: the connection opens all the same, as in Node.
      if (!this[kTls].awaitsVerdict) policy.connection?.open()
    }
  }

  _handleTimeout(): void {
    this._emitTLSError(handshakeTimeout())
  }

  _emitTLSError(error: Error): void {
    const told = this._tlsError(error)
    if (told) this.emit('error', told)
  }

  /** @returns the error if the program is to get it; null while a server still holds the socket */
  _tlsError(error: Error): Error | null {
    this.emit('_tlsError', error)
    return this._controlReleased ? error : null
  }

  /** Releases keys and buffers; the socket calls it itself when it closes. */
  _destroySSL(): void {
    this[kTls].policy.backend?.destroy()
  }

  _releaseControl(): boolean {
    if (this._controlReleased) return false
    this._controlReleased = true
    this.removeListener('error', this._tlsError)
    return true
  }

  renegotiate(
    options: { rejectUnauthorized?: boolean | undefined; requestCert?: boolean | undefined },
    callback?: (error: Error | null) => void,
  ): boolean | undefined {
    validateObject(options, 'options')
    if (callback !== undefined) validateFunction(callback, 'callback')
    if (this.destroyed) return undefined
    const { requestCert = this._requestCert, rejectUnauthorized = this._rejectUnauthorized } = options
    this._requestCert = Boolean(requestCert)
    this._rejectUnauthorized = Boolean(rejectUnauthorized)
    const error = this[kTls].policy.renegotiate(this._requestCert, this._rejectUnauthorized)
    if (error !== undefined) {
      if (callback) process.nextTick(callback, error)
      return false
    }
    if (callback) this.once('secure', () => callback(null))
    return true
  }

  disableRenegotiation(): void {
    this[kTls].policy.mayRenegotiate = false
  }

  // Before the handshake

  setServername(name: string): void {
    validateString(name, 'name')
    const { policy } = this[kTls]
    if (!(policy instanceof ClientPolicy)) throw sniFromServer()
    policy.serverName = canonicalHost(name)
  }

  setSession(session: Buffer | string): void {
    const { policy } = this[kTls]
    if (policy instanceof ClientPolicy) policy.setSession(session)
  }

  /** On a server, from within SNICallback or ALPNCallback: sets another certificate for this connection. */
  setKeyCert(context: GivenContextOptions | SecureContext): void {
    if (this.destroyed) return
    this[kTls].policy.context = context instanceof SecureContext ? context : makeContext(context)
  }

  // What was negotiated

  /** As Node declares it; undefined before there is one. */
  getCipher(): facts.CipherInfo {
    return this.destroyed ? (null as never) : (fact(this, 'getCipher', facts.cipher) as facts.CipherInfo)
  }

  getProtocol(): string | null {
    return this.destroyed ? null : fact(this, 'getProtocol', facts.protocol)
  }

  getEphemeralKeyInfo(): facts.EphemeralKeyInfo | object | null {
    return this.destroyed ? null : fact(this, 'getEphemeralKeyInfo', facts.ephemeralKeyInfo)
  }

  getSharedSigalgs(): string[] {
    return this.destroyed ? (null as never) : facts.sharedSigalgs(this[kTls].policy)
  }

  isSessionReused(): boolean {
    return this.destroyed ? (null as never) : fact(this, 'isSessionReused', facts.isSessionReused)
  }

  getFinished(): Buffer<ArrayBuffer> | undefined {
    return this.destroyed ? (null as never) : facts.finished(this[kTls].policy)
  }

  getPeerFinished(): Buffer<ArrayBuffer> | undefined {
    return this.destroyed ? (null as never) : facts.peerFinished(this[kTls].policy)
  }

  getSession(): Buffer<ArrayBuffer> | undefined {
    return this.destroyed ? (null as never) : fact(this, 'getSession', ({ session }) => session)
  }

  getTLSTicket(): Buffer<ArrayBuffer> | undefined {
    return this.destroyed ? (null as never) : facts.ticket(this[kTls].policy)
  }

  exportKeyingMaterial(length: number, label: string, context?: Buffer): Buffer<ArrayBuffer> {
    validateUint32(length, 'length', true)
    validateString(label, 'label')
    if (context !== undefined) validateBuffer(context, 'context')
    if (!this._secureEstablished || this.destroyed) throw invalidState()
    return facts.exportKeyingMaterial(this[kTls].policy, length, label, context)
  }

  // Certificates

  getPeerCertificate(detailed: true): DetailedPeerCertificate
  getPeerCertificate(detailed?: boolean): PeerCertificate
  getPeerCertificate(detailed?: boolean): DetailedPeerCertificate | PeerCertificate {
    return this.destroyed
      ? (null as never)
      : (facts.peerCertificate(this[kTls].policy, Boolean(detailed)) as PeerCertificate)
  }

  getCertificate(): object | null {
    return this.destroyed ? null : facts.certificate(this[kTls].policy)
  }

  /** @param _detailed - ignored, as in Node: the certificate itself gives its issuer */
  getPeerX509Certificate(_detailed?: boolean): X509Certificate | undefined {
    return this.destroyed ? undefined : facts.peerX509Certificate(this[kTls].policy)
  }

  getX509Certificate(): X509Certificate | undefined {
    return this.destroyed ? undefined : facts.x509Certificate(this[kTls].policy)
  }

  // The connection

  /** @param size - bytes of plaintext in a record, 512 to 16384 */
  setMaxSendFragment(size: number): boolean {
    validateInt32(size, 'size')
    if (size < 512 || size > 16384 || this.destroyed) return false
    this[kTls].policy.setMaxFragmentSize(size)
    return true
  }

  /** Writes the messages sent and received to stderr. */
  enableTrace(): void {
    this[kTls].policy.trace()
  }

  // Called by the policy and by connect.ts

  /** @param session - as programs store it */
  _receiveSession(session: Buffer): void {
    const { policy } = this[kTls]
    if (policy instanceof ClientPolicy) policy.showSession(session)
    else this.emit('session', session)
  }

  /** The peer's identity is verified: its sessions may be emitted. */
  _setVerified(): void {
    const { policy } = this[kTls]
    if (policy instanceof ClientPolicy) policy.setVerified()
  }
}

/** A fact of the connection, or the result of the program's own function on the handle. */
function fact<T>(socket: TlsSocket, name: string, read: (policy: ClientPolicy | ServerPolicy) => T): T {
  const own = ownMethod(socket[kHandle], name)
  return own ? (own() as T) : read(socket[kTls].policy)
}

/** The part of a server that the sockets use which show its connections. */
export interface ShowingServer extends NonNullable<ServerPolicyOptions['server']> {
  readonly allowHalfOpen: boolean
  readonly highWaterMark: number
  readonly noDelay: boolean
  readonly keepAlive: boolean
}

/** A server's options for a socket that shows a connection which the server secures itself. */
interface ShownOptions {
  readonly [kShown]: {
    readonly connection: TlsConnection
    readonly policy: ServerPolicy
    readonly server: ShowingServer
  }
}

const kShown = Symbol('shown')

/** A server's connection as a socket that only shows it, until it is fed (net's `feedSocket`). */
export function showConnection(connection: TlsConnection, policy: ServerPolicy, server: ShowingServer): TLSSocket {
  const options: ShownOptions = { [kShown]: { connection, policy, server } }
  return new TLSSocket(undefined, options as never)
}

function planOf(stream: Duplex | null | undefined, given: TLSSocketOptions | undefined): Plan {
  if (given !== undefined && kShown in given) return planToShow(given as unknown as ShownOptions)
  const options = { ...given }
  const { enableTrace, ALPNProtocols } = options
  if (enableTrace !== undefined && enableTrace !== null) validateBoolean(enableTrace, 'options.enableTrace')
  if (ALPNProtocols) convertALPNProtocols(ALPNProtocols, options)
  const context = options.secureContext || options.credentials || makeContext(options)
  if (!(context instanceof SecureContext)) throw invalidContext('context')
  const host = currentHost()
  const policy = options.isServer ? bareServerPolicy(host, context, options) : new ClientPolicy(host, context, options)
  const { highWaterMark, signal, noDelay, keepAlive, keepAliveInitialDelay } = options
  const common = { highWaterMark, noDelay, keepAlive, keepAliveInitialDelay }
  if (stream === undefined || stream === null) {
    const { allowHalfOpen, onread } = options
    return {
      options,
      stream: undefined,
      policy,
      isShown: false,
      socketOptions: { ...common, allowHalfOpen, onread, signal } as SocketOptions,
    }
  }
  const connection = policy.open(duplexConnection(stream))
  const over = { ...common, allowHalfOpen: stream.allowHalfOpen, pauseOnCreate: options.pauseOnConnect }
  return {
    options,
    stream,
    policy,
    isShown: false,
    socketOptions: { ...overOptions(connection, over), signal } as SocketOptions,
  }
}

function planToShow(given: ShownOptions): Plan {
  const { connection, policy, server } = given[kShown]
  const { allowHalfOpen, highWaterMark, noDelay, keepAlive } = server
  const socketOptions = overOptions(connection, { passive: true, allowHalfOpen, highWaterMark, noDelay, keepAlive })
  const options: TLSSocketOptions = { isServer: true, server }
  return { options, stream: undefined, policy, isShown: true, socketOptions }
}

function bareServerPolicy(host: Host, context: SecureContext, options: TLSSocketOptions): ServerPolicy {
  const { server, ALPNProtocols, ALPNCallback, SNICallback, pskCallback, pskIdentityHint } = options
  if (ALPNCallback) validateFunction(ALPNCallback, 'options.ALPNCallback')
  if (SNICallback) validateFunction(SNICallback, 'options.SNICallback')
  if (pskCallback) validateFunction(pskCallback, 'pskCallback')
  const serverOptions = {
    context,
    server,
    requestCert: Boolean(options.requestCert),
    rejectUnauthorized: Boolean(options.rejectUnauthorized),
    ALPNProtocols: ALPNProtocols as Buffer | undefined,
    ALPNCallback,
    SNICallback,
    pskCallback: pskCallback as PskServerCallback | undefined,
    pskIdentityHint,
  }
  return new SocketServerPolicy(host, serverOptions)
}

function initialize(socket: TlsSocket, plan: Plan): void {
  const { options, policy, stream, isShown } = plan
  if (policy instanceof ClientPolicy || policy instanceof SocketServerPolicy) policy.socket = socket
  const { handshakeTimeout } = options
  socket[kTls] = { policy, stream, awaitsVerdict: false, handshakeTimeout }
  socket._tlsOptions = options
  socket._secureEstablished = false
  socket._securePending = false
  socket._newSessionPending = false
  socket._controlReleased = false
  socket.secureConnecting = true
  socket._SNICallback = options.SNICallback ?? null
  socket.servername = null
  socket.alpnProtocol = null
  socket.authorized = false
  ;(socket as { authorizationError: unknown }).authorizationError = null
  socket.encrypted = true
  socket._requestCert = Boolean(options.requestCert) || !options.isServer
  socket._rejectUnauthorized = Boolean(options.rejectUnauthorized)
  socket.server = (options.server as never) ?? null
  if (options.enableTrace) policy.trace()
  if (isShown) {
    socket._controlReleased = true
    // A connection that fails once it is secured closes by itself; a program need not listen for 'error'.
    socket.on('error', () => {})
    return
  }
  socket.on('error', socket._tlsError)
  if (handshakeTimeout) socket.setTimeout(handshakeTimeout, socket._handleTimeout)
  if (stream !== undefined) follow(socket, stream)
  else socket.connecting = true
}

/** Follows a stream that a program passed in, and that may still be connecting. */
function follow(socket: TlsSocket, stream: Duplex & { connecting?: boolean }): void {
  const isSocket = stream instanceof Socket
  if (isSocket) socket._parent = stream as never
  if (stream.connecting || (isSocket && stream.pending && !stream.destroyed)) {
    socket.connecting = true
    stream.once('connect', () => {
      socket.connecting = false
      socket.emit('connect')
    })
  }
  // A client starts when its program says so, or writes.
  if (socket._tlsOptions.isServer) process.nextTick(() => socket._start())
}

/** Sets a server's verdict on the socket that shows the connection. */
export function showVerdict(socket: TLSSocket, policy: ServerPolicy, isSecure: boolean): void {
  socket._requestCert = policy.requestCert
  socket._rejectUnauthorized = policy.rejectUnauthorized
  socket.authorized = policy.isAuthorized
  ;(socket as { authorizationError: unknown }).authorizationError = policy.authorizationError
  if (!isSecure) return
  socket.alpnProtocol = policy.alpnProtocol
  socket.servername = policy.serverName
  socket.secureConnecting = false
  socket._secureEstablished = true
}

Object.defineProperty(TlsSocket, 'name', { value: 'TLSSocket' })

export type TLSSocket = TlsSocket

export interface TLSSocketConstructor extends Omit<typeof Socket, 'prototype'> {
  new (stream?: Duplex, options?: TLSSocketOptions): TLSSocket
  (stream?: Duplex, options?: TLSSocketOptions): TLSSocket
  readonly prototype: TLSSocket
}

/** Callable without `new`, as Node's is. */
export const TLSSocket = callableClass(TlsSocket, (socket, stream, options) => {
  const plan = planOf(stream, options)
  ;(Socket as unknown as (this: object, options: SocketOptions) => void).call(socket, plan.socketOptions)
  initialize(socket, plan)
}) as unknown as TLSSocketConstructor
