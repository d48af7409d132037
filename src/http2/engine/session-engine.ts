// One endpoint of an HTTP/2 connection: RFC 9113. Implements the verbs and queries of types.ts; receive/frame-receiver.ts
// handles received frames, send/outbox.ts writes frames, and session-core.ts holds the state that they share.

import {
  CANCEL,
  CLIENT_PREFACE,
  END_STREAM,
  MAX_STREAM_ID,
  MAX_WINDOW,
  NO_ERROR,
  PROTOCOL_ERROR,
  SETTINGS_TIMEOUT,
} from '../wire/frame-types.ts'
import { writeAltSvc, writeOrigins, writePriorityUpdate, writeReset } from '../wire/frames.ts'
import { Pings } from './pings.ts'
import { FrameReceiver } from './receive/frame-receiver.ts'
import { HeaderReceiver } from './receive/header-receiver.ts'
import { releasePiece } from './send/pieces.ts'
import { SessionCore } from './session-core.ts'
import { SettingsExchange } from './settings-exchange.ts'
import { AWAITS_RESPONSE, Stream } from './stream.ts'
import {
  CLOSED,
  RESERVED_LOCAL,
  SEND_DATA,
  SEND_HEADERS,
  SEND_PROMISE,
  SEND_RESET,
  transition,
} from './stream-states.ts'
import type {
  DataOptions,
  EngineStream,
  FieldPairs,
  OpenOptions,
  OpenRefusal,
  Role,
  Session,
  SessionHandler,
  SessionOptions,
  SessionState,
  SettingEntries,
  Settings,
  StreamStateNumber,
} from './types.ts'

export class SessionEngine implements Session {
  readonly role: Role
  readonly #core: SessionCore
  readonly #headers: HeaderReceiver
  readonly #settings: SettingsExchange
  readonly #pings: Pings
  readonly #frames: FrameReceiver
  #isReceiving = false
  /** When the second GOAWAY of a shutdown is sent even if its PING has not been acknowledged. */
  #shutdownAt = Number.POSITIVE_INFINITY
  #stalledScanAt = Number.POSITIVE_INFINITY

  constructor(role: Role, handler: SessionHandler, options: SessionOptions) {
    this.role = role
    this.#core = new SessionCore(role, handler, options)
    this.#headers = new HeaderReceiver(this.#core)
    this.#settings = new SettingsExchange(this.#core, this.#headers)
    this.#pings = new Pings(this.#core)
    this.#frames = new FrameReceiver(this.#core, this.#headers, this.#settings, this.#pings)
    this.#core.sendPing = (payload, answered) => this.#pings.send(payload, answered)
    this.#core.decoderTableSize = () => this.#headers.tableSize
  }

  // --- driving

  start(now: number): void {
    this.#core.now = now
    if (this.role === 'client') this.#core.outbox.control.append(CLIENT_PREFACE)
    this.#settings.send(this.#core.options.settings)
  }

  receive(bytes: Uint8Array, now: number): void {
    this.#drive(bytes, now)
  }

  pauseReceiving(): void {
    this.#frames.pause()
  }

  resumeReceiving(now: number): void {
    this.#drive(undefined, now)
  }

  get hasUnread(): boolean {
    return this.#frames.hasUnread
  }

  #drive(bytes: Uint8Array | undefined, now: number): void {
    if (this.#isReceiving) throw new Error('invariant: receive() from within an event')
    if (this.#core.isDestroyed) return
    this.#core.now = now
    this.#isReceiving = true
    try {
      if (bytes === undefined) this.#frames.resume()
      else this.#frames.receive(bytes)
    } finally {
      this.#isReceiving = false
    }
  }

  receiveEnd(): void {
    this.#core.abandon()
  }

  takeOutput(maxBytes?: number): Uint8Array | undefined {
    return this.#core.outbox.take(maxBytes)
  }

  releaseOutput(piece: Uint8Array): void {
    releasePiece(piece)
  }

  deadline(): number {
    const core = this.#core
    if (core.isDestroyed) return Number.POSITIVE_INFINITY
    const settings = core.pendingSettings.oldestSentAt + core.limits.settingsTimeoutMs
    return Math.min(this.#headers.deadline, settings, this.#shutdownAt, this.#nextStalledScan())
  }

  expire(now: number): void {
    const core = this.#core
    if (core.isDestroyed) return
    core.now = now
    if (now >= this.#headers.deadline)
      core.failConnection({
        code: PROTOCOL_ERROR,
        reason: 'a header block did not end in time',
        limit: 'headerBlockTimeoutMs',
      })
    else if (now >= core.pendingSettings.oldestSentAt + core.limits.settingsTimeoutMs)
      core.failConnection({
        code: SETTINGS_TIMEOUT,
        reason: 'SETTINGS were not acknowledged in time',
        limit: 'settingsTimeoutMs',
      })
    else {
      if (now >= this.#shutdownAt) this.#finishShutdown()
      if (now >= this.#stalledScanAt) this.#resetStalled()
    }
  }

  /** Scans at intervals of a quarter of the limit: a stalled stream is detected at most that much late. */
  #nextStalledScan(): number {
    const { limits, outbox, now } = this.#core
    if (limits.stalledStreamTimeoutMs === Number.POSITIVE_INFINITY) return Number.POSITIVE_INFINITY
    if (outbox.queuedBytes === 0) this.#stalledScanAt = Number.POSITIVE_INFINITY
    else if (this.#stalledScanAt === Number.POSITIVE_INFINITY)
      this.#stalledScanAt = now + limits.stalledStreamTimeoutMs / 4
    return this.#stalledScanAt
  }

  #resetStalled(): void {
    const core = this.#core
    this.#stalledScanAt = Number.POSITIVE_INFINITY
    const since = core.now - core.limits.stalledStreamTimeoutMs
    for (const stream of [...core.streams.values()]) {
      const isBlocked = stream.queuedBytes > 0 && (stream.sendWindow <= 0 || core.outbox.sendWindow <= 0)
      if (!isBlocked || stream.stalledAt > since || stream.request !== undefined) continue
      core.failStream(stream, { code: CANCEL, reason: 'the peer gives no window', limit: 'stalledStreamTimeoutMs' })
    }
  }

  // --- messages

  openStream(fields: FieldPairs, options: OpenOptions = {}): EngineStream | undefined | false {
    const core = this.#core
    if (this.openRefusal() !== undefined) return undefined
    if (!core.outbox.fits(fields)) return false
    const stream = core.newStream(core.streams.takeNextId(), true)
    stream.request = { fields, sensitive: options.sensitive }
    stream.isEnding = options.endStream === true
    stream.awaits = AWAITS_RESPONSE
    stream.hasResponded = true
    const method = fields[fields.indexOf(':method') + 1]
    stream.isHead = method === 'HEAD'
    stream.isConnect = method === 'CONNECT'
    core.streams.add(stream)
    core.waiting.add(stream)
    core.startWaiting()
    return stream
  }

  openRefusal(): OpenRefusal | undefined {
    const core = this.#core
    if (core.isDestroyed) return 'closed'
    if (core.goawayReceivedId <= MAX_STREAM_ID) return 'goaway'
    return core.streams.hasNextId ? undefined : 'out-of-streams'
  }

  sendInformational(stream: EngineStream, fields: FieldPairs, sensitive?: ReadonlySet<string>): boolean {
    const own = known(stream)
    if (own.hasResponded || transition(own.state, SEND_HEADERS) < 0 || own.state === RESERVED_LOCAL) return false
    if (!this.#core.outbox.fits(fields)) return false
    this.#core.outbox.writeBlock(own.id, fields, sensitive, 0)
    return true
  }

  respond(stream: EngineStream, fields: FieldPairs, endStream: boolean, sensitive?: ReadonlySet<string>): boolean {
    const own = known(stream)
    const { outbox, streams } = this.#core
    const state = transition(own.state, SEND_HEADERS)
    if (own.hasResponded || state < 0 || !outbox.fits(fields)) return false
    if (own.state === RESERVED_LOCAL) streams.begin(own)
    own.state = state as StreamStateNumber
    own.hasResponded = true
    outbox.writeBlock(own.id, fields, sensitive, endStream ? END_STREAM : 0)
    if (endStream) {
      own.isEnding = true
      outbox.endSent(own)
    }
    return true
  }

  sendTrailers(stream: EngineStream, fields: FieldPairs, sensitive?: ReadonlySet<string>): boolean {
    const own = known(stream)
    if (!this.#maySendData(own) || !this.#core.outbox.fits(fields)) return false
    own.isEnding = true
    own.trailers = { fields, sensitive }
    this.#core.outbox.finish(own)
    return true
  }

  sendData(stream: EngineStream, bytes: Uint8Array, options?: DataOptions): boolean {
    const own = known(stream)
    if (!this.#maySendData(own)) return false
    if (options?.endStream) own.isEnding = true
    this.#core.outbox.queueData(own, bytes, options?.done)
    return true
  }

  #maySendData(stream: Stream): boolean {
    if (stream.isEnding || !stream.hasResponded) return false
    return stream.request !== undefined || transition(stream.state, SEND_DATA) >= 0
  }

  pushPromise(
    stream: EngineStream,
    fields: FieldPairs,
    sensitive?: ReadonlySet<string>,
  ): EngineStream | undefined | false {
    const parent = known(stream)
    const core = this.#core
    const { streams, outbox } = core
    const isFull = streams.ours + streams.reservedByUs >= core.maxOurStreams
    if (this.role === 'client' || !core.remoteSettings.enablePush || isFull) return undefined
    if (this.openRefusal() !== undefined || parent.isOurs || transition(parent.state, SEND_DATA) < 0) return undefined
    if (!outbox.fits(fields)) return false
    const promised = core.newStream(streams.takeNextId(), true)
    promised.state = transition(promised.state, SEND_PROMISE) as StreamStateNumber
    streams.add(promised)
    outbox.writeBlock(parent.id, fields, sensitive, 0, promised.id)
    return promised
  }

  reset(stream: EngineStream, code: number): void {
    const own = known(stream)
    const core = this.#core
    if (own.state === CLOSED) return
    if (transition(own.state, SEND_RESET) >= 0) {
      core.streams.rememberReset(own.id)
      writeReset(core.outbox.control, own.id, code)
      core.outbox.wake()
    }
    core.closeStream(own, code)
  }

  consume(stream: EngineStream, bytes: number): void {
    const own = known(stream)
    const consumed = Math.min(bytes, own.unconsumed)
    if (consumed === 0) return
    this.#core.credit.release(own, consumed)
    this.#core.credit.creditStream(own, consumed)
  }

  // --- connection

  settings(entries: SettingEntries): boolean {
    return !this.#core.isDestroyed && this.#settings.send(entries)
  }

  ping(payload: Uint8Array): boolean {
    return !this.#core.isDestroyed && this.#pings.send(payload)
  }

  goaway(code: number, lastStreamId = this.#core.lastProcessedId, data: Uint8Array = new Uint8Array(0)): void {
    const core = this.#core
    if (core.isDestroyed) return
    core.writeGoaway(code, lastStreamId, data)
    core.outbox.wake()
  }

  shutdown(): void {
    const core = this.#core
    if (core.isDestroyed || this.#shutdownAt !== Number.POSITIVE_INFINITY) return
    if (this.role === 'client') {
      this.goaway(NO_ERROR)
      return
    }
    this.goaway(NO_ERROR, MAX_STREAM_ID)
    this.#shutdownAt = core.now + shutdownRoundTripMs
    this.#pings.send(shutdownPing, () => this.#finishShutdown())
  }

  #finishShutdown(): void {
    if (this.#shutdownAt === Number.POSITIVE_INFINITY) return
    this.#shutdownAt = Number.POSITIVE_INFINITY
    this.goaway(NO_ERROR)
  }

  destroy(code: number): void {
    this.#core.destroy(code)
  }

  setLocalWindowSize(bytes: number): void {
    const core = this.#core
    if (core.isDestroyed) return
    const { credit } = core
    credit.window.resize(Math.min(bytes, MAX_WINDOW))
    credit.sendUpdate(0, credit.window.takeAll())
  }

  setNextStreamId(id: number): boolean {
    return this.#core.streams.setNextId(id)
  }

  altsvc(streamId: number, origin: string, value: string): void {
    if (this.#core.isDestroyed) return
    writeAltSvc(this.#core.outbox.control, streamId, { origin, value })
    this.#core.outbox.wake()
  }

  origin(origins: readonly string[]): void {
    if (this.#core.isDestroyed) return
    writeOrigins(this.#core.outbox.control, origins)
    this.#core.outbox.wake()
  }

  priorityUpdate(streamId: number, value: string): void {
    if (this.#core.isDestroyed || this.role === 'server') return
    writePriorityUpdate(this.#core.outbox.control, { streamId, value })
    this.#core.outbox.wake()
  }

  setPriority(stream: EngineStream, urgency: number, incremental: boolean): void {
    this.#core.outbox.queue.rank(known(stream), urgency, incremental)
  }

  // --- queries

  get localSettings(): Readonly<Settings> {
    return this.#core.localSettings
  }

  get remoteSettings(): Readonly<Settings> {
    return this.#core.remoteSettings
  }

  get outstandingSettings(): number {
    return this.#core.pendingSettings.count
  }

  get outstandingPings(): number {
    return this.#pings.outstanding
  }

  get openStreams(): number {
    return this.#core.streams.size
  }

  get memoryUsed(): number {
    return this.#core.memoryUsed
  }

  get hasOutput(): boolean {
    return this.#core.outbox.hasOutput || this.#core.credit.hasUpdates
  }

  get isDestroyed(): boolean {
    return this.#core.isDestroyed
  }

  get roundTripMs(): number {
    return this.#core.roundTripMs
  }

  stream(id: number): EngineStream | undefined {
    return this.#core.streams.find(id)
  }

  streams(): EngineStream[] {
    return [...this.#core.streams.values()].sort((a, b) => a.id - b.id)
  }

  state(): SessionState {
    const { streams, outbox, waiting, lastProcessedId } = this.#core
    const { window } = this.#core.credit
    return {
      effectiveLocalWindowSize: window.size,
      localWindowSize: window.available,
      effectiveRecvDataLength: Math.max(0, window.received),
      nextStreamID: streams.nextId,
      lastProcStreamID: lastProcessedId,
      remoteWindowSize: outbox.sendWindow,
      outboundQueueSize: (outbox.control.length > 0 ? 1 : 0) + outbox.queue.size + waiting.size,
      deflateDynamicTableSize: outbox.tableSize,
      inflateDynamicTableSize: this.#headers.tableSize,
    }
  }
}

/** Narrows the type of a stream passed to a verb, which must be one that this engine made. */
function known(stream: EngineStream): Stream {
  if (!(stream instanceof Stream)) throw new Error('invariant: a stream of another make')
  return stream
}

/** How long a shutdown waits for the acknowledgement of its PING. */
const shutdownRoundTripMs = 1000
const shutdownPing = Uint8Array.from([0x73, 0x68, 0x75, 0x74, 0x64, 0x6f, 0x77, 0x6e])
