// The face of the session engine: what one end of an HTTP/2 connection is told (verbs), tells (SessionHandler) and can be
// asked. RFC 9113. It holds no socket, stream, timer or clock: whoever owns it carries bytes and the time.
//
// How it is driven:
// - `start(now)` once, then `receive(bytes, now)` for whatever the connection brings, and `receiveEnd()` at its end.
// - `handler.onOutput()` says that there is something to send. Once the turn is over: `takeOutput()` until it gives
//   undefined or the connection wants no more; again on its drain.
// - `deadline()` after each of these: `expire(now)` is to be called then.
// Events come from within `receive`, `receiveEnd`, `expire` and `takeOutput`, state first, handler last: a handler may call
// any verb at once, but none of those four. No event comes from within a verb, with `onOutput` as the one exception, and
// `onStreamClosed` for what `reset` and `destroy` close. What a handler throws passes through; the engine stays whole, and
// reads what it has not read with `resumeReceiving`.

import type { SessionLimits } from './engine-limits.ts'
import type { HeaderBlock } from './receive/header-block.ts'

export type { SessionLimits } from './engine-limits.ts'
export type { HeaderBlock } from './receive/header-block.ts'

export type Role = 'client' | 'server'

/** Header fields in pairs: name, value, name, value ... Names in lower case, pseudo-headers first. */
export type FieldPairs = readonly string[]

/** What a header block is. `request` and `response` end the wait for one; any number of `informational` (1xx) may precede. */
export type MessagePart = 'request' | 'informational' | 'response' | 'trailers'

/** Numbers as `http2.constants.NGHTTP2_STREAM_STATE_*`. RFC 9113 section 5.1. */
export type StreamStateNumber = 1 | 2 | 3 | 4 | 5 | 6 | 7

/** One stream. The engine makes it, and hands out the same object in each event. */
export interface EngineStream {
  readonly id: number
  /** The owner's, never read by the engine: what it looks its own object up with. */
  owner: unknown
  readonly state: StreamStateNumber
  /** Our side, or the peer's, sends no more. */
  readonly isLocalClosed: boolean
  readonly isRemoteClosed: boolean
  /** What it was closed with; NO_ERROR while open, or ended in good order. */
  readonly closeCode: number
  /**
   * The peer has not acted on it, and said so (REFUSED_STREAM, or it lies beyond a GOAWAY), or it never left: the same
   * request may be sent again, whatever its method. RFC 9113 section 8.7.
   */
  readonly isSafeToRetry: boolean
  /** Bytes the peer may still send, and we may still send, as far as the stream alone decides. */
  readonly receiveWindow: number
  readonly sendWindow: number
  /** Bytes given to `sendData` that no `takeOutput` has taken. */
  readonly queuedBytes: number
  /** RFC 9218: 0 (first) to 7. */
  readonly urgency: number
  readonly isIncremental: boolean
}

/** Something that broke a rule or passed a limit, and how far that reaches. */
export interface EngineError {
  readonly scope: 'stream' | 'connection'
  /** RFC 9113 section 7, as it goes out in RST_STREAM or GOAWAY. */
  readonly code: number
  readonly reason: string
  /** The name in limits.ts, where a limit was passed. */
  readonly limit: string | undefined
  /** What the library beneath Node would call it (`NGHTTP2_ERR_*`, -5xx, -9xx): errno of Node's NghttpError. */
  readonly libraryCode: number
}

/** Settings by their names in Node; `custom` holds those with other identifiers. RFC 9113 section 6.5.2, RFC 8441. */
export interface Settings {
  headerTableSize: number
  enablePush: boolean
  maxConcurrentStreams: number
  initialWindowSize: number
  maxFrameSize: number
  maxHeaderListSize: number
  enableConnectProtocol: boolean
  /** SETTINGS_NO_RFC7540_PRIORITIES, RFC 9218. */
  noRfc7540Priorities: boolean
  /** Present once there was one. */
  custom: Map<number, number> | undefined
}

/** Identifier and value, in the order of the frame. */
export type SettingEntries = readonly (readonly [id: number, value: number])[]

export type PaddingStrategy = 'none' | 'aligned' | 'max'

export interface DataOptions {
  /** Nothing follows, trailers neither. */
  endStream?: boolean
  /** Called once the last byte has left with `takeOutput` (true), or never will (false). Never from within a verb but `reset` and `destroy`. */
  done?: ((sent: boolean) => void) | undefined
}

export interface OpenOptions {
  endStream?: boolean
  /** Names of fields that go as never-indexed literals. */
  sensitive?: ReadonlySet<string> | undefined
}

export interface SessionState {
  /** The window as we offer it at full, and what the peer may still send of it. */
  effectiveLocalWindowSize: number
  localWindowSize: number
  /** Bytes received on the connection since the last WINDOW_UPDATE. */
  effectiveRecvDataLength: number
  nextStreamID: number
  lastProcStreamID: number
  remoteWindowSize: number
  /** Frames that wait: control frames, and streams with something to send. */
  outboundQueueSize: number
  deflateDynamicTableSize: number
  inflateDynamicTableSize: number
}

/** Events. A plain object's methods; all are called with the engine's state already changed. */
export interface SessionHandler {
  /** A new stream (`request`), or another part of one. `onEnd` follows when `endStream`. */
  onHeaders(stream: EngineStream, block: HeaderBlock, part: MessagePart, endStream: boolean): void
  /** `bytes` is a view of what `receive` was given. Hand `bytes.length` back with `consume` when done with them. */
  onData(stream: EngineStream, bytes: Uint8Array): void
  /** The peer has ended its side in good order; after `onHeaders` or the last `onData`. @param withHead - with a block of fields */
  onEnd(stream: EngineStream, withHead: boolean): void
  /** RST_STREAM came. `onStreamClosed` follows at once. */
  onReset(stream: EngineStream, code: number): void
  /** The peer broke a rule on this stream: RST_STREAM is queued. `onStreamClosed` follows at once. */
  onStreamError(stream: EngineStream, error: EngineError): void
  /** The last event of a stream, exactly once for each. When our own end closed it: with the `takeOutput` after the one that took it. */
  onStreamClosed(stream: EngineStream, code: number): void
  /** Client: a push came with its request; `promised` will have a `response`. */
  onPushPromise(stream: EngineStream, promised: EngineStream, block: HeaderBlock): void
  /** The peer's settings have changed; our ACK is queued. */
  onSettings(settings: Settings): void
  /** The oldest of our SETTINGS under way took effect: `localSettings` holds it. */
  onSettingsAck(): void
  /** The ACK is queued. */
  onPing(payload: Uint8Array): void
  /** For the oldest `ping` under way. */
  onPingAck(payload: Uint8Array): void
  /** Streams beyond `lastStreamId` are closed next, safe to retry. */
  onGoaway(code: number, lastStreamId: number, data: Uint8Array): void
  /** A PRIORITY frame: an RFC 7540 dependency, told, and of no effect. */
  onPriority(streamId: number, parentId: number, weight: number, exclusive: boolean): void
  onPriorityUpdate(streamId: number, value: string): void
  onAltSvc(streamId: number, origin: string, value: string): void
  onOrigin(origins: readonly string[]): void
  /** The connection is beyond help: GOAWAY is queued. `onStreamClosed` of each open stream follows; take the output, then close the connection. */
  onSessionError(error: EngineError): void
  /** There is something to take, where there was nothing since the last `takeOutput` gave undefined. May come from a verb. */
  onOutput(): void
}

export type OpenRefusal = 'out-of-streams' | 'goaway' | 'closed'

/** The verbs and queries. On a stream that is closed, or a session that is destroyed, a verb does nothing and gives false. */
export interface Session {
  // --- driving
  /** Queues the preface and our first SETTINGS. */
  start(now: number): void
  receive(bytes: Uint8Array, now: number): void
  /** From within an event: what is behind the current frame stays unread until `resumeReceiving`, or the next `receive`. */
  pauseReceiving(): void
  resumeReceiving(now: number): void
  /** A pause, or a handler that threw, has left something to read. */
  readonly hasUnread: boolean
  /** The connection's end: whatever is still open closes. Nothing may be received any more. */
  receiveEnd(): void
  /** What goes out next, in one piece of about `maxBytes` at most; undefined: nothing, or nothing that the windows allow. The bytes do not change until `releaseOutput`. */
  takeOutput(maxBytes?: number): Uint8Array | undefined
  /** A piece was written, nobody reads it any more: its memory may be used again. Best called by the write's callback; need not be called. */
  releaseOutput(piece: Uint8Array): void
  /** When `expire` is wanted, on the clock of `now`; Infinity: not at all. */
  deadline(): number
  expire(now: number): void

  // --- messages
  /** Client: a request. Past the peer's limit of concurrent streams it waits its turn, with its id. Undefined: see `openRefusal`; false: the block is longer than maxSendHeaderBlockLength. */
  openStream(fields: FieldPairs, options?: OpenOptions): EngineStream | undefined | false
  openRefusal(): OpenRefusal | undefined
  /** Server: 1xx. False: longer than maxSendHeaderBlockLength (nothing was sent), or too late. So the next two. */
  sendInformational(stream: EngineStream, fields: FieldPairs, sensitive?: ReadonlySet<string>): boolean
  respond(stream: EngineStream, fields: FieldPairs, endStream: boolean, sensitive?: ReadonlySet<string>): boolean
  /** After all data queued so far; ends the stream. */
  sendTrailers(stream: EngineStream, fields: FieldPairs, sensitive?: ReadonlySet<string>): boolean
  /** Queues body bytes, which must not change until `done`. Queues are the caller's to bound: see `queuedBytes`. */
  sendData(stream: EngineStream, bytes: Uint8Array, options?: DataOptions): boolean
  /** Server: PUSH_PROMISE. Undefined: the peer forbids it, has too many, or is going away; false: as in `respond`. */
  pushPromise(
    stream: EngineStream,
    fields: FieldPairs,
    sensitive?: ReadonlySet<string>,
  ): EngineStream | undefined | false
  /** RST_STREAM at once; what is queued on the stream is dropped, `onStreamClosed` comes from within. Before its HEADERS left: no frame at all. */
  reset(stream: EngineStream, code: number): void
  /** Bytes of `onData` were dealt with, and may come again: WINDOW_UPDATE by and by. Also once the stream is closed. */
  consume(stream: EngineStream, bytes: number): void

  // --- connection
  /** False: maxOutstandingSettings are under way. */
  settings(entries: SettingEntries): boolean
  /** Eight bytes. False: maxOutstandingPings are under way. */
  ping(payload: Uint8Array): boolean
  /** GOAWAY, with the last stream of the peer's that was or may be processed unless told otherwise; streams go on. */
  goaway(code: number, lastStreamId?: number, data?: Uint8Array): void
  /** No new streams from here on, nor from the peer: GOAWAY with 2^31-1, then, after a round trip, with the last one that came (RFC 9113 section 6.8). */
  shutdown(): void
  /** Closes every stream with `code` (telling `onStreamClosed`), queues GOAWAY, and receives nothing more. */
  destroy(code: number): void
  /** The connection's receive window at full. Node's setLocalWindowSize(). */
  setLocalWindowSize(bytes: number): void
  /** Client: the next request's id. False: no id of ours, or one that is used. */
  setNextStreamId(id: number): boolean
  altsvc(streamId: number, origin: string, value: string): void
  origin(origins: readonly string[]): void
  /** Client: PRIORITY_UPDATE, `u=0..7, i` as RFC 9218 writes it. */
  priorityUpdate(streamId: number, value: string): void
  /** Server: how our own sending ranks this stream, over what the peer asked for. */
  setPriority(stream: EngineStream, urgency: number, incremental: boolean): void

  // --- queries
  readonly role: Role
  readonly localSettings: Readonly<Settings>
  readonly remoteSettings: Readonly<Settings>
  /** SETTINGS of ours under way. */
  readonly outstandingSettings: number
  readonly outstandingPings: number
  /** Streams that are not closed, of both ends; waiting and reserved ones too. */
  readonly openStreams: number
  /** Data in queues, header tables, what was received and not consumed, streams: what maxSessionMemory bounds. */
  readonly memoryUsed: number
  /** Something waits to be taken, windows allowing. */
  readonly hasOutput: boolean
  readonly isDestroyed: boolean
  /** The least round trip seen (SETTINGS and PING); Infinity: none yet. */
  readonly roundTripMs: number
  stream(id: number): EngineStream | undefined
  /** In the order of their ids. */
  streams(): EngineStream[]
  state(): SessionState
}

/** Complete: the edge fills in defaults. `new SessionEngine(role, handler, options)` in session-engine.ts is a Session. */
export interface SessionOptions {
  /** Our first SETTINGS, as they go out. */
  readonly settings: SettingEntries
  readonly paddingStrategy: PaddingStrategy
  /** Node's strictFieldWhitespaceValidation: a field with space or tab at its ends is dropped; false: it passes. In a pseudo-header it is malformed. */
  readonly strictFieldWhitespace: boolean
  /** Receive windows grow with the bandwidth-delay product, up to maxStreamWindow and maxConnectionWindow. */
  readonly growsWindows: boolean
  /** Identifiers above the known ones that `Settings.custom` shall keep. */
  readonly customSettings: readonly number[]
  readonly limits: SessionLimits
}
