// tls.Server: accepts Connections, secures each, and emits those that have passed its checks. Source: Node's documentation,
// "Class: tls.Server".

import { createHash } from 'node:crypto'
import { EventEmitter } from 'node:events'
import { Duplex } from 'node:stream'
import { callableClass } from '../../core/callable-class.ts'
import { invalidArgType, invalidArgValue } from '../../core/errors.ts'
import {
  validateBuffer,
  validateFunction,
  validateNumber,
  validateObject,
  validateString,
} from '../../core/validate.ts'
import { duplexConnection } from '../../host/duplex-connection.ts'
import type { Connection } from '../../host/types.ts'
import {
  acceptConnection,
  feedSocket,
  kHost,
  Server as NetServer,
  type ServerOptions as NetServerOptions,
  releaseConnection,
  type Socket,
  socketOver,
} from '../../net/internal.ts'
import { alpnCallbackWithProtocols, requiredServerName } from '../errors.ts'
import { type AcceptSettings, SecureAccept } from '../policy/secure-accept.ts'
import type { AlpnCallback, SniCallback } from '../policy/server-options.ts'
import { acceptSecure, kSettings } from '../symbols.ts'
import { convertALPNProtocols } from './alpn.ts'
import type { GivenContextOptions } from './context-options.ts'
import { makeContext, SecureContext } from './secure-context.ts'
import type { PskServerCallback, TLSSocket } from './tls-socket.ts'

export interface TlsServerOptions extends NetServerOptions, GivenContextOptions {
  requestCert?: boolean | undefined
  rejectUnauthorized?: boolean | undefined
  ALPNProtocols?: readonly string[] | NodeJS.ArrayBufferView | undefined
  ALPNCallback?: AlpnCallback | undefined
  SNICallback?: SniCallback | undefined
  pskCallback?: PskServerCallback | undefined
  pskIdentityHint?: string | undefined
  /** Milliseconds. */
  handshakeTimeout?: number | undefined
  enableTrace?: boolean | undefined
}

type SecureListener = (socket: TLSSocket) => void

const defaultHandshakeTimeoutMs = 120_000

/** Sockets that only show a connection which is already being secured. */
const shown = new WeakSet<Socket>()

class TlsServer extends NetServer {
  declare requestCert: boolean
  declare rejectUnauthorized: boolean
  declare ALPNProtocols: Buffer | undefined
  declare ALPNCallback: AlpnCallback | undefined
  declare sessionTimeout: number | undefined
  declare ticketKeys: Buffer | undefined
  declare _contexts: [pattern: RegExp, context: SecureContext][]
  declare _sharedCreds: SecureContext
  declare [kSettings]: AcceptSettings

  constructor(options?: TlsServerOptions | SecureListener | null, listener?: SecureListener) {
    const given = readArguments(options, listener)
    super(given.options)
    initialize(this, given)
  }

  /** Takes a Connection without a socket: the one that Node shows before the handshake is made only if a program listens. */
  override [acceptConnection](connection: Connection): void {
    const accept = new SecureAccept(this, connection, this[kHost], () => this[releaseConnection]())
    // One listener is this server's own.
    if (this.listenerCount('connection') > 1) {
      const socket = socketOver(connection, { passive: true, allowHalfOpen: true })
      shown.add(socket)
      socket.server = this
      accept.rawSocket = socket
      try {
        this.emit('connection', socket)
      } finally {
        accept.connection.start()
      }
      return
    }
    accept.connection.start()
  }

  /** The handshake is done and the peer is accepted. Subclasses that take the connection without a socket override this. */
  [acceptSecure](accept: SecureAccept): void {
    const { socket } = accept
    if (this.pauseOnConnect) Duplex.prototype.pause.call(socket)
    feedSocket(socket)
    // Reads up to the high-water mark even if paused, so that the peer's end is noticed.
    if (this.pauseOnConnect) socket.read(0)
    this.emit('secureConnection', socket)
  }

  /** @param options - a SecureContext's */
  setSecureContext(options: object): void {
    validateObject(options, 'options')
    const given = options as Record<string, unknown>
    const kept: Record<string, unknown> = {}
    for (const name of contextOptions) kept[name] = given[name] || undefined
    kept['sigalgs'] = given['sigalgs']
    kept['ecdhCurve'] = given['ecdhCurve']
    kept['honorCipherOrder'] = given['honorCipherOrder'] === undefined ? true : Boolean(given['honorCipherOrder'])
    kept['sessionIdContext'] = given['sessionIdContext'] || defaultSessionIdContext()
    // These two are kept if the new options do not name them.
    if (given['sessionTimeout']) this.sessionTimeout = given['sessionTimeout'] as number
    if (given['ticketKeys']) this.ticketKeys = given['ticketKeys'] as Buffer
    Object.assign(this, kept)
    const { sessionTimeout, ticketKeys } = this
    this._sharedCreds = makeContext({ ...kept, sessionTimeout, ticketKeys } as GivenContextOptions)
  }

  /**
   * @param servername - a host name, or one with `*` for a label or a part of it
   * @param context - a SecureContext, or the options of one
   */
  addContext(servername: string, context: object): void {
    if (!servername) throw requiredServerName()
    const pattern = servername.replace(/[.^$+?\-\\[\]{}()|/]/g, '\\$&').replaceAll('*', '[^.]*')
    const secureContext = context instanceof SecureContext ? context : makeContext(context as GivenContextOptions)
    this._contexts.push([new RegExp(`^${pattern}$`, 'i'), secureContext])
  }

  getTicketKeys(): Buffer<ArrayBuffer> {
    return this._sharedCreds.context.getTicketKeys()
  }

  /** Takes effect for new connections. @param keys - 48 bytes */
  setTicketKeys(keys: Buffer): void {
    validateBuffer(keys)
    if (keys.byteLength !== 48) {
      throw invalidArgValue('keys', keys.byteLength, 'Session ticket keys must be a 48-byte buffer')
    }
    this._sharedCreds.context.setTicketKeys(keys)
  }

  _getServerData(): { ticketKeys: string } {
    return { ticketKeys: this.getTicketKeys().toString('hex') }
  }

  _setServerData(data: { ticketKeys: string }): void {
    this.setTicketKeys(Buffer.from(data.ticketKeys, 'hex'))
  }

  override [EventEmitter.captureRejectionSymbol](error: Error, event: string, ...args: unknown[]): void {
    if (event === 'secureConnection') (args[0] as TLSSocket).destroy(error)
    else super[EventEmitter.captureRejectionSymbol](error, event, ...args)
  }
}

/** Options of a context that a server shows as its properties; a falsy value counts as absent. */
const contextOptions = [
  'pfx',
  'key',
  'passphrase',
  'cert',
  'clientCertEngine',
  'ca',
  'minVersion',
  'maxVersion',
  'secureProtocol',
  'crl',
  'ciphers',
  'dhparam',
  'secureOptions',
  'privateKeyIdentifier',
  'privateKeyEngine',
  'allowPartialTrustChain',
] as const

/** Binds sessions to this program: another server with the same ticket keys must not resume them by accident. */
function defaultSessionIdContext(): string {
  return createHash('sha1').update(process.argv.join(' ')).digest('hex').slice(0, 32)
}

interface Arguments {
  readonly options: TlsServerOptions
  readonly listener: SecureListener | undefined
}

function readArguments(options: unknown, listener: SecureListener | undefined): Arguments {
  if (typeof options === 'function') return { options: {}, listener: options as SecureListener }
  if (options === undefined || options === null) return { options: {}, listener }
  if (typeof options !== 'object') throw invalidArgType('options', 'Object', options)
  return { options: options as TlsServerOptions, listener }
}

function initialize(server: Server, { options, listener }: Arguments): void {
  server._contexts = []
  server.requestCert = options.requestCert === true
  server.rejectUnauthorized = options.rejectUnauthorized !== false
  server.ALPNCallback = options.ALPNCallback
  if (options.ALPNCallback && options.ALPNProtocols) throw alpnCallbackWithProtocols()
  if (options.ALPNProtocols) convertALPNProtocols(options.ALPNProtocols, server)
  server.setSecureContext(options)
  const handshakeTimeoutMs: unknown = options.handshakeTimeout || defaultHandshakeTimeoutMs
  validateNumber(handshakeTimeoutMs, 'options.handshakeTimeout')
  const { SNICallback, pskCallback, pskIdentityHint } = options
  if (SNICallback) validateFunction(SNICallback, 'options.SNICallback')
  if (pskCallback) validateFunction(pskCallback, 'options.pskCallback')
  if (pskIdentityHint) validateString(pskIdentityHint, 'options.pskIdentityHint')
  const enableTrace = options.enableTrace ?? false
  server[kSettings] = { handshakeTimeoutMs, SNICallback, pskCallback, pskIdentityHint, enableTrace }
  server.on('connection', onConnection)
  if (listener) server.on('secureConnection', listener)
}

/** Secures a stream that a program passes in: `server.emit('connection', duplex)`. */
function onConnection(this: Server, stream: Socket): void {
  if (shown.has(stream)) return
  const accept = new SecureAccept(this, duplexConnection(stream), this[kHost], () => {})
  accept.stream = stream
  accept.connection.start()
}

Object.defineProperty(TlsServer, 'name', { value: 'Server' })

export type Server = TlsServer

export interface ServerConstructor {
  new (options?: TlsServerOptions | SecureListener | null, listener?: SecureListener): Server
  (options?: TlsServerOptions | SecureListener | null, listener?: SecureListener): Server
  readonly prototype: Server
}

/** Callable without `new`, as Node's is. */
export const Server = callableClass(TlsServer, (server, options, listener) => {
  const given = readArguments(options, listener)
  ;(NetServer as unknown as (this: object, options: object) => void).call(server, given.options)
  initialize(server, given)
}) as unknown as ServerConstructor

export function createServer(options?: TlsServerOptions | SecureListener | null, listener?: SecureListener): Server {
  return new Server(options, listener)
}
