// Http2Session: the base of the client's and the server's session. session-connection.ts owns the connection and the engine,
// session-events.ts handles their events, session-closing.ts ends the session. Node's documentation, "Class: Http2Session".

import { EventEmitter } from 'node:events'
import type { Duplex } from 'node:stream'
import { format, inspect } from 'node:util'
import { outOfRange } from '../../core/errors.ts'
import { validateBuffer, validateFunction, validateInt32, validateNumber } from '../../core/validate.ts'
import type { Connection, Host, Timer } from '../../host/types.ts'
import { connectionOf, type Socket, sinkOf, socketOver } from '../../net/internal.ts'
import type { CompatSocket } from '../compat/compat-socket.ts'
import type { Settings as EngineSettings } from '../engine/types.ts'
import {
  invalidSession,
  maxPendingSettings,
  pingCancel,
  pingLength,
  sessionError,
  settingsCancel,
  socketBound,
} from '../errors.ts'
import { INTERNAL_ERROR, NO_ERROR, SESSION_SERVER } from '../numbers.ts'
import type { CompleteOptions } from '../options.ts'
import type { Http2Stream } from '../stream/http2-stream.ts'
import type { ServerHttp2Stream } from '../stream/server-stream.ts'
import { kBoundSession, kMaybeDestroy, kSession, kTimer, kTouch } from '../symbols.ts'
import { validateOptionalObject } from '../validate.ts'
import { originSetOf } from './origin-set.ts'
import { closeSession, connectionClosed, connectionFailed } from './session-closing.ts'
import { SessionConnection } from './session-connection.ts'
import { SessionEvents } from './session-events.ts'
import { hasProgressed, SessionState } from './session-state.ts'
import { customSettingsOf, type Settings, settingEntries, validateSettings } from './settings.ts'
import { socketProxy } from './socket-proxy.ts'
import { setTimed } from './timeouts.ts'

/** The members of a socket that a session uses. */
export type BoundSocket = Duplex & {
  [kBoundSession]?: Http2Session | undefined
  readonly connecting?: boolean
  readonly secureConnecting?: boolean
  readonly encrypted?: boolean
  readonly alpnProtocol?: string | false | null
  setNoDelay?(on?: boolean): unknown
  disableRenegotiation?(): unknown
  ref?(): unknown
  unref?(): unknown
}

// The types of Node's declarations; with an error, the other arguments are in fact undefined.
type SettingsListener = (error: Error | null, settings: Settings, durationMs: number) => void
type PingListener = (error: Error | null, durationMs: number, payload: NonSharedBuffer) => void
type SettingsCallback = (error: Error | null, settings?: Settings, durationMs?: number) => void
type PingCallback = (error: Error | null, durationMs?: number, payload?: Buffer) => void

export class Http2Session extends EventEmitter {
  declare [kSession]: SessionState<Http2Stream, ServerHttp2Stream>
  declare [kTimer]: Timer | null
  declare timeout: number

  constructor(type: number, options: CompleteOptions, host: Host) {
    super()
    this[kTimer] = null
    this[kSession] = new SessionState(type, host, options)
  }

  get encrypted(): boolean | undefined {
    return this[kSession].encrypted
  }

  get alpnProtocol(): string | undefined {
    return this[kSession].alpnProtocol
  }

  get originSet(): string[] | undefined {
    if (!this.encrypted || this.destroyed) return undefined
    return [...originSetOf(this[kSession])]
  }

  get connecting(): boolean {
    return !this[kSession].isReady
  }

  get closed(): boolean {
    return this[kSession].isClosed
  }

  get destroyed(): boolean {
    return this[kSession].isDestroyed
  }

  get socket(): CompatSocket {
    const state = this[kSession]
    if (state.proxySocket === null) state.proxySocket = socketProxy(this)
    return state.proxySocket as CompatSocket
  }

  get type(): number {
    return this[kSession].type
  }

  get goawayCode(): number {
    return this[kSession].goawayCode ?? NO_ERROR
  }

  get goawayLastStreamID(): number {
    return this[kSession].goawayLastStreamId ?? 0
  }

  get pendingSettingsAck(): boolean {
    return this[kSession].pendingAcks > 0
  }

  get state(): object {
    const { carrier } = this[kSession]
    return carrier === undefined || this.destroyed ? {} : carrier.engine.state()
  }

  /** The settings in force, which the peer has acknowledged. */
  get localSettings(): Settings {
    const state = this[kSession]
    if (state.localSettings !== undefined) return state.localSettings
    if (state.carrier === undefined || this.destroyed) return {}
    state.localSettings = shownSettings(state.carrier.engine.localSettings)
    if (state.customSettings !== undefined) state.localSettings.customSettings = { ...state.customSettings }
    return state.localSettings
  }

  get remoteSettings(): Settings {
    const state = this[kSession]
    if (state.remoteSettings !== undefined) return state.remoteSettings
    if (state.carrier === undefined || this.destroyed) return {}
    state.remoteSettings = shownSettings(state.carrier.engine.remoteSettings)
    return state.remoteSettings
  }

  // Verbs

  setNextStreamID(id: number): void {
    const { carrier } = this[kSession]
    if (this.destroyed) throw invalidSession()
    validateNumber(id, 'id')
    if (id <= 0 || id > 2 ** 32 - 1) throw outOfRange('id', `> 0 and <= ${2 ** 32 - 1}`, id)
    carrier?.engine.setNextStreamId(id)
  }

  setLocalWindowSize(windowSize: number): void {
    const { carrier } = this[kSession]
    if (this.destroyed) throw invalidSession()
    validateInt32(windowSize, 'windowSize', 0)
    carrier?.engine.setLocalWindowSize(windowSize)
  }

  /** Returns undefined while the session is closing, although Node declares a boolean. */
  ping(callback: PingListener): boolean
  ping(payload: NodeJS.ArrayBufferView | undefined, callback: PingListener): boolean
  ping(first: NodeJS.ArrayBufferView | PingListener | undefined, second?: PingListener): boolean | undefined {
    const { carrier } = this[kSession]
    if (this.destroyed) throw invalidSession()
    const callback = typeof first === 'function' ? first : second
    const payload = typeof first === 'function' ? undefined : first
    if (payload) {
      validateBuffer(payload, 'payload')
      if (payload.byteLength !== 8) throw pingLength()
    }
    validateFunction(callback, 'callback')
    const done = callback as unknown as PingCallback
    if (this.closed || carrier === undefined) {
      process.nextTick(done, pingCancel())
      return undefined
    }
    const wasSent = carrier.ping(payload ? bytesOf(payload) : undefined, (durationMs, answer) => {
      if (durationMs === undefined) done(pingCancel())
      else done(null, durationMs, answer)
    })
    if (!wasSent) process.nextTick(done, pingCancel())
    return wasSent
  }

  settings(settings: Settings, callback?: SettingsListener): void {
    if (this.destroyed) throw invalidSession()
    validateOptionalObject(settings, 'settings')
    validateSettings(settings)
    if (callback) validateFunction(callback, 'callback')
    const state = this[kSession]
    state.pendingAcks++
    const entries = settingEntries({ ...settings })
    const custom = customSettingsOf(entries)
    const submit = (): void => {
      const { carrier } = state
      if (this.destroyed || carrier === undefined) return
      this[kTouch]()
      showCustom(state, custom)
      const acknowledged = (durationMs: number | undefined) =>
        settingsAcknowledged(this, callback as SettingsCallback | undefined, durationMs)
      if (!carrier.settings(entries, acknowledged)) this.destroy(maxPendingSettings())
    }
    if (this.connecting) this.once('connect', submit)
    else submit()
  }

  goaway(code: number = NO_ERROR, lastStreamID = 0, opaqueData?: NodeJS.ArrayBufferView): void {
    if (this.destroyed) throw invalidSession()
    if (opaqueData !== undefined) validateBuffer(opaqueData, 'opaqueData')
    validateNumber(code, 'code')
    validateNumber(lastStreamID, 'lastStreamID')
    const submit = (): void => {
      if (this.destroyed) return
      this[kTouch]()
      const data = opaqueData === undefined ? undefined : bytesOf(opaqueData)
      this[kSession].carrier?.engine.goaway(code, lastStreamID > 0 ? lastStreamID : undefined, data)
    }
    if (this.connecting) this.once('connect', submit)
    else submit()
  }

  destroy(error: Error | number | null | undefined = NO_ERROR, code?: number): void {
    if (this.destroyed) return
    if (typeof error === 'number') {
      closeSession(this, error, error === NO_ERROR ? undefined : sessionError(error))
      return
    }
    closeSession(this, code ?? (error ? INTERNAL_ERROR : NO_ERROR), error ?? undefined)
  }

  close(callback?: () => void): void {
    if (this.closed || this.destroyed) return
    const state = this[kSession]
    state.isClosed = true
    if (typeof callback === 'function') this.once('close', callback)
    const { carrier } = state
    if (carrier === undefined) {
      this[kMaybeDestroy]()
      return
    }
    this[kTouch]()
    carrier.engine.goaway(NO_ERROR)
    // A server sends its GOAWAY at once: the last stream may just have ended, and a client may close once it has read that end.
    if (state.type === SESSION_SERVER && state.streams.size === 0) carrier.settle()
    // Even without streams, the session is not destroyed before this returns: as in Node, its GOAWAY is sent first.
    carrier.afterTurn(() => this[kMaybeDestroy]())
  }

  ref(): void {
    const { carrier, socket } = this[kSession]
    if (carrier !== undefined) carrier.connection.ref()
    else (socket as BoundSocket | undefined)?.ref?.()
  }

  unref(): void {
    const { carrier, socket } = this[kSession]
    if (carrier !== undefined) carrier.connection.unref()
    else (socket as BoundSocket | undefined)?.unref?.()
  }

  setTimeout(msecs: number, callback?: () => void): this {
    setTimed(this, this[kSession].host.clock, msecs, callback)
    return this
  }

  _onTimeout(): void {
    if (this.destroyed) return
    const state = this[kSession]
    if (state.writeQueueSize > 0 && hasProgressed(state, state)) this[kTouch]()
    else this.emit('timeout')
  }

  [kTouch](): void {
    this[kTimer]?.refresh()
  }

  /** Destroys a closing session once its last stream has closed. */
  [kMaybeDestroy](): void {
    const { streams, pendingStreams, carrier } = this[kSession]
    if (!this.closed || streams.size > 0 || pendingStreams.size > 0 || carrier?.isAmidTurn) return
    this.destroy()
  }

  override [EventEmitter.captureRejectionSymbol](error: Error, event: string, ...args: unknown[]): void {
    if (event === 'stream') (args[0] as Duplex).destroy(error)
    else this.destroy(error)
  }

  [inspect.custom](depth: number): unknown {
    if (typeof depth === 'number' && depth < 0) return this
    const { type, closed, destroyed, state, localSettings, remoteSettings } = this
    return `Http2Session ${format({ type, closed, destroyed, state, localSettings, remoteSettings })}`
  }

  // The connection

  /** The socket itself, made on first access; undefined once the session has ended. */
  _socket(): Duplex | undefined {
    const state = this[kSession]
    if (state.isUnbound) return undefined
    if (state.socket === undefined && state.carrier !== undefined && !this.destroyed) {
      const { carrier, host, secure } = state
      const plain = { passive: true, allowHalfOpen: state.allowHalfOpen, host }
      const socket = (secure?.socket() ?? socketOver(carrier.connection, plain)) as Socket & BoundSocket
      carrier.socketSink = sinkOf(socket)
      this._bind(socket)
    }
    return state.socket
  }

  /** Binds a socket to this session, which ends with it. */
  _bind(socket: BoundSocket): void {
    if (socket[kBoundSession] !== undefined) throw socketBound()
    socket[kBoundSession] = this
    this[kSession].socket = socket
    socket.on('error', error => {
      if (socket[kBoundSession] === this) connectionFailed(this, error)
    })
    socket.on('close', () => {
      const { carrier, socket: own } = this[kSession]
      if (own === socket && carrier === undefined) connectionClosed(this)
    })
  }

  /** Called when the session releases its socket; a server's session deregisters from its server. */
  _unbound(): void {}

  /** Binds a socket, and opens the session as soon as the socket is connected. */
  _adopt(socket: BoundSocket, connectionFor: (socket: BoundSocket) => Connection): void {
    this._bind(socket)
    socket.setNoDelay?.()
    socket.disableRenegotiation?.()
    const open = (): void => {
      if (this.destroyed) process.nextTick(emitConnect, this, socket)
      else this._open(connectionFor(socket))
    }
    if (!socket.connecting && !socket.secureConnecting) open()
    else {
      socket.once(socket.encrypted ? 'secureConnect' : 'connect', () => {
        try {
          open()
        } catch (error) {
          socket.destroy(error as Error)
        }
      })
    }
  }

  /** The connection is established: starts HTTP/2 on it. */
  _open(connection: Connection): void {
    const state = this[kSession]
    const { type, options, host } = state
    const socket = state.socket as BoundSocket | undefined
    const role = type === SESSION_SERVER ? 'server' : 'client'
    const carrier = new SessionConnection(connection, role, options, host.clock, new SessionEvents(this))
    if (socket !== undefined && connectionOf(socket) === connection) carrier.socketSink = sinkOf(socket as Socket)
    state.carrier = carrier
    state.isReady = true
    state.encrypted = state.secure !== undefined || Boolean(socket?.encrypted)
    const protocol = state.secure?.alpnProtocol ?? socket?.alpnProtocol
    state.alpnProtocol = state.encrypted ? protocol || undefined : 'h2c'
    state.pendingAcks++
    showCustom(state, customSettingsOf(options.engine.settings.map(([id, value]) => ({ id, value }))))
    carrier.start(durationMs => settingsAcknowledged(this, undefined, durationMs))
    process.nextTick(emitConnect, this, socket)
    if (socket !== undefined && socket.readableLength > 0) process.nextTick(readBuffered, carrier, socket)
  }
}

function emitConnect(session: Http2Session, socket: Duplex | undefined): void {
  try {
    if (session.listenerCount('connect') > 0) session.emit('connect', session, socket ?? session._socket())
  } finally {
    session[kSession].carrier?.beginReading()
  }
}

/** Passes on what the socket had buffered before it was bound to the session. */
function readBuffered(carrier: SessionConnection, socket: Duplex): void {
  for (let chunk: unknown = socket.read(); chunk !== null; chunk = socket.read()) carrier.receive(chunk as Uint8Array)
}

function settingsAcknowledged(
  session: Http2Session,
  callback: SettingsCallback | undefined,
  durationMs: number | undefined,
): void {
  const state = session[kSession]
  state.pendingAcks--
  state.localSettings = undefined
  if (durationMs === undefined) {
    callback?.(settingsCancel())
    return
  }
  if (callback === undefined && session.listenerCount('localSettings') === 0) return
  const settings = session.localSettings
  callback?.(null, settings, durationMs)
  session.emit('localSettings', settings)
}

/** Node reports our own custom settings from the moment that they are sent. */
function showCustom(state: SessionState, custom: Record<number, number> | undefined): void {
  if (custom === undefined) return
  state.customSettings = { ...state.customSettings, ...custom }
  state.localSettings = undefined
}

function shownSettings(settings: EngineSettings): Settings {
  const shown: Settings = Object.assign(Object.create(null) as Settings, {
    headerTableSize: settings.headerTableSize,
    enablePush: settings.enablePush,
    initialWindowSize: settings.initialWindowSize,
    maxFrameSize: settings.maxFrameSize,
    maxConcurrentStreams: settings.maxConcurrentStreams,
    maxHeaderListSize: settings.maxHeaderListSize,
    maxHeaderSize: settings.maxHeaderListSize,
    enableConnectProtocol: settings.enableConnectProtocol,
  })
  if (settings.custom !== undefined) shown.customSettings = Object.fromEntries(settings.custom)
  return shown
}

function bytesOf({ buffer, byteOffset, byteLength }: NodeJS.ArrayBufferView): Uint8Array {
  // A copy, because the program may modify its buffer.
  return new Uint8Array(buffer, byteOffset, byteLength).slice()
}
