// The interface of the session engine, one endpoint of an HTTP/2 connection: its verbs, its events (SessionHandler) and its
// queries. RFC 9113. The engine has no socket, stream, timer or clock: its owner passes bytes and the time.
//
// How to drive it:
// - Call `start(now)` once, then `receive(bytes, now)` for all bytes of the connection, and `receiveEnd()` at its end.
// - `handler.onOutput()` reports that output is available. At the end of the turn, call `takeOutput()` until it returns
//   undefined or the connection applies backpressure; continue when the connection drains.
// - After each of these, ask `deadline()`, and call `expire(now)` at that time.
// Events are emitted during `receive`, `receiveEnd`, `expire` and `takeOutput`, after the state has changed: a handler may
// call any verb, but none of those four. Verbs emit no events, except `onOutput`, and `onStreamClosed` for the streams that
// `reset` and `destroy` close. If a handler throws, the error propagates; the engine stays consistent, and
// `resumeReceiving` continues with the bytes that it has not read.

import type { SessionLimits } from './engine-limits.ts'
import type { HeaderBlock } from './receive/header-block.ts'

export type { SessionLimits } from './engine-limits.ts'
export type { HeaderBlock } from './receive/header-block.ts'

export type Role = 'client' | 'server'

/** Header fields in pairs: name, value, name, value ... Names in lower case, pseudo-headers first. */
export type FieldPairs = readonly string[]

/** The part of a message that a header block is. Any number of `informational` (1xx) ones may precede a `response`. */
export type MessagePart = 'request' | 'informational' | 'response' | 'trailers'

/** Numbers as `http2.constants.NGHTTP2_STREAM_STATE_*`. RFC 9113 section 5.1. */
export type StreamStateNumber = 1 | 2 | 3 | 4 | 5 | 6 | 7

/** One stream. The engine makes it, and passes the same object to each event. */
export interface EngineStream {
  readonly id: number
  /** The owner's object for this stream, which the engine never reads. */
  owner: unknown
  readonly state: StreamStateNumber
  /** Our side (local) or the peer's (remote) has ended. */
  readonly isLocalClosed: boolean
  readonly isRemoteClosed: boolean
  /** The error code that closed it; NO_ERROR while it is open, or if it ended normally. */
  readonly closeCode: number
  /**
   * The peer has not processed the request (REFUSED_STREAM, or beyond a GOAWAY), or it was never sent: the same request may
   * be sent again, whatever its method. RFC 9113 section 8.7.
   */
  readonly isSafeToRetry: boolean
  /** Bytes that the peer (receive) or we (send) may still send, by the stream's own window. */
  readonly receiveWindow: number
  readonly sendWindow: number
  /** Bytes passed to `sendData` that `takeOutput` has not returned. */
  readonly queuedBytes: number
  /** RFC 9218: 0 (first) to 7. */
  readonly urgency: number
  readonly isIncremental: boolean
}

/** A protocol error, or a limit that was exceeded, and its scope. */
export interface EngineError {
  readonly scope: 'stream' | 'connection'
  /** The code sent in RST_STREAM or GOAWAY: RFC 9113 section 7. */
  readonly code: number
  readonly reason: string
  /** The name of the limit that was exceeded (LimitName in failure.ts), if any. */
  readonly limit: string | undefined
  /** The error code of nghttp2 (`NGHTTP2_ERR_*`, -5xx, -9xx): the errno of Node's NghttpError. */
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
  /** Present once a custom setting was set. */
  custom: Map<number, number> | undefined
}

/** Identifier and value, in the order of the frame. */
export type SettingEntries = readonly (readonly [id: number, value: number])[]

export type PaddingStrategy = 'none' | 'aligned' | 'max'

export interface DataOptions {
  /** Nothing follows, not even trailers. */
  endStream?: boolean
  /** Called once `takeOutput` has returned the last byte (true), or if it never will (false). Of the verbs, only `reset` and `destroy` call it. */
  done?: ((sent: boolean) => void) | undefined
}

export interface OpenOptions {
  endStream?: boolean
  /** Names of fields that are sent as never-indexed literals. */
  sensitive?: ReadonlySet<string> | undefined
}

export interface SessionState {
  /** The full size of our receive window, and the part of it that is still available to the peer. */
  effectiveLocalWindowSize: number
  localWindowSize: number
  /** Bytes received on the connection since the last WINDOW_UPDATE. */
  effectiveRecvDataLength: number
  nextStreamID: number
  lastProcStreamID: number
  remoteWindowSize: number
  /** Queued output: control frames, streams with data, and waiting requests. */
  outboundQueueSize: number
  deflateDynamicTableSize: number
  inflateDynamicTableSize: number
}

/** The events, as methods of a plain object; all are called after the engine's state has changed. */
export interface SessionHandler {
  /** A new stream (`request`), or another part of one. `onEnd` follows when `endStream`. */
  onHeaders(stream: EngineStream, block: HeaderBlock, part: MessagePart, endStream: boolean): void
  /** `bytes` is a view of the bytes passed to `receive`. Call `consume` with `bytes.length` once they are processed. */
  onData(stream: EngineStream, bytes: Uint8Array): void
  /** The peer has ended its side normally; after `onHeaders` or the last `onData`. @param withHead - by a header block */
  onEnd(stream: EngineStream, withHead: boolean): void
  /** RST_STREAM was received. `onStreamClosed` follows at once. */
  onReset(stream: EngineStream, code: number): void
  /** A stream error: RST_STREAM is queued. `onStreamClosed` follows at once. */
  onStreamError(stream: EngineStream, error: EngineError): void
  /** The last event of a stream, exactly once for each. If our own END_STREAM closed it: during the `takeOutput` after the one that returned it. */
  onStreamClosed(stream: EngineStream, code: number): void
  /** Client: a PUSH_PROMISE was received; a `response` follows on `promised`. */
  onPushPromise(stream: EngineStream, promised: EngineStream, block: HeaderBlock): void
  /** The peer's settings have changed; our ACK is queued. */
  onSettings(settings: Settings): void
  /** The peer has acknowledged our oldest pending SETTINGS, which `localSettings` now contains. */
  onSettingsAck(): void
  /** A PING was received; its ACK is queued. */
  onPing(payload: Uint8Array): void
  /** The peer has acknowledged the oldest pending `ping`. */
  onPingAck(payload: Uint8Array): void
  /** Our streams above `lastStreamId` are closed next, as safe to retry. */
  onGoaway(code: number, lastStreamId: number, data: Uint8Array): void
  /** A PRIORITY frame: a dependency of RFC 7540, reported but without effect. */
  onPriority(streamId: number, parentId: number, weight: number, exclusive: boolean): void
  onPriorityUpdate(streamId: number, value: string): void
  onAltSvc(streamId: number, origin: string, value: string): void
  onOrigin(origins: readonly string[]): void
  /** A connection error: GOAWAY is queued. `onStreamClosed` of each open stream follows; take the output, then close the connection. */
  onSessionError(error: EngineError): void
  /** Output is available, for the first time since `takeOutput` returned undefined. May be emitted during a verb. */
  onOutput(): void
}

export type OpenRefusal = 'out-of-streams' | 'goaway' | 'closed'

/** The verbs and queries. On a closed stream or a destroyed session, a verb does nothing and returns false. */
export interface Session {
  // --- driving
  /** Queues the preface and our first SETTINGS. */
  start(now: number): void
  receive(bytes: Uint8Array, now: number): void
  /** To be called during an event: bytes after the current frame stay unread until `resumeReceiving` or the next `receive`. */
  pauseReceiving(): void
  resumeReceiving(now: number): void
  /** A pause, or a handler that threw, has left unread bytes. */
  readonly hasUnread: boolean
  /** The connection has ended: closes all open streams. Nothing may be received afterwards. */
  receiveEnd(): void
  /** The next output, as one piece of about `maxBytes` at most; undefined if there is none that the windows allow. The bytes do not change until `releaseOutput`. */
  takeOutput(maxBytes?: number): Uint8Array | undefined
  /** Releases a piece that was written and is no longer read, for reuse of its memory. Optional; best called by the write's callback. */
  releaseOutput(piece: Uint8Array): void
  /** When `expire` must be called, on the clock of `now`; Infinity: never. */
  deadline(): number
  expire(now: number): void

  // --- messages
  /** Client: sends a request. Beyond the peer's limit of concurrent streams it is queued, with its id. Undefined: see `openRefusal`; false: the block exceeds maxSendHeaderBlockLength. */
  openStream(fields: FieldPairs, options?: OpenOptions): EngineStream | undefined | false
  openRefusal(): OpenRefusal | undefined
  /** Server: sends a 1xx response. False if the block exceeds maxSendHeaderBlockLength, or it is too late; the same for the next two. */
  sendInformational(stream: EngineStream, fields: FieldPairs, sensitive?: ReadonlySet<string>): boolean
  respond(stream: EngineStream, fields: FieldPairs, endStream: boolean, sensitive?: ReadonlySet<string>): boolean
  /** Sends trailers after all data queued so far, and ends the stream. */
  sendTrailers(stream: EngineStream, fields: FieldPairs, sensitive?: ReadonlySet<string>): boolean
  /** Queues body bytes, which must not change until `done`. The caller must limit the queue: see `queuedBytes`. */
  sendData(stream: EngineStream, bytes: Uint8Array, options?: DataOptions): boolean
  /** Server: sends PUSH_PROMISE. Undefined if the peer forbids it, has too many streams, or has sent GOAWAY; false as in `respond`. */
  pushPromise(
    stream: EngineStream,
    fields: FieldPairs,
    sensitive?: ReadonlySet<string>,
  ): EngineStream | undefined | false
  /** Sends RST_STREAM at once, drops the stream's queued data, and calls `onStreamClosed`. Sends no frame if the HEADERS were not sent. */
  reset(stream: EngineStream, code: number): void
  /** Bytes of `onData` were processed: returns their credit by a later WINDOW_UPDATE. Also to be called once the stream is closed. */
  consume(stream: EngineStream, bytes: number): void

  // --- connection
  /** False if maxOutstandingSettings frames are not acknowledged. */
  settings(entries: SettingEntries): boolean
  /** Sends eight bytes. False if maxOutstandingPings are not acknowledged. */
  ping(payload: Uint8Array): boolean
  /** Sends GOAWAY, by default with the peer's last stream that was or may be processed; open streams continue. */
  goaway(code: number, lastStreamId?: number, data?: Uint8Array): void
  /** Graceful shutdown: sends GOAWAY with 2^31-1, then, after a round trip, with the peer's last stream (RFC 9113 section 6.8). */
  shutdown(): void
  /** Closes every stream with `code` (calling `onStreamClosed`), queues GOAWAY, and receives nothing more. */
  destroy(code: number): void
  /** Sets the full size of the connection's receive window: Node's setLocalWindowSize(). */
  setLocalWindowSize(bytes: number): void
  /** Client: sets the next request's id. False if it is not one of ours, or already used. */
  setNextStreamId(id: number): boolean
  altsvc(streamId: number, origin: string, value: string): void
  origin(origins: readonly string[]): void
  /** Client: sends PRIORITY_UPDATE; the value is `u=0..7, i` as RFC 9218 defines it. */
  priorityUpdate(streamId: number, value: string): void
  /** Server: sets the priority of our own sending on this stream, in place of the peer's. */
  setPriority(stream: EngineStream, urgency: number, incremental: boolean): void

  // --- queries
  readonly role: Role
  readonly localSettings: Readonly<Settings>
  readonly remoteSettings: Readonly<Settings>
  /** The number of our SETTINGS that are not acknowledged. */
  readonly outstandingSettings: number
  readonly outstandingPings: number
  /** The number of streams that are not closed, of both endpoints, including waiting and reserved ones. */
  readonly openStreams: number
  /** Queued data, header tables, data received and not consumed, and streams: the bytes that maxSessionMemory limits. */
  readonly memoryUsed: number
  /** Output is available, as far as the windows allow. */
  readonly hasOutput: boolean
  readonly isDestroyed: boolean
  /** The minimum round-trip time measured (by SETTINGS and PING); Infinity: none yet. */
  readonly roundTripMs: number
  stream(id: number): EngineStream | undefined
  /** In the order of their ids. */
  streams(): EngineStream[]
  state(): SessionState
}

/** Complete: the caller fills in the defaults. `new SessionEngine(role, handler, options)` in session-engine.ts is a Session. */
export interface SessionOptions {
  /** The entries of our first SETTINGS frame. */
  readonly settings: SettingEntries
  readonly paddingStrategy: PaddingStrategy
  /** Node's strictFieldWhitespaceValidation: drops a field whose value begins or ends with space or tab; a pseudo-header is then malformed either way. */
  readonly strictFieldWhitespace: boolean
  /** Receive windows grow with the bandwidth-delay product, up to maxStreamWindow and maxConnectionWindow. */
  readonly growsWindows: boolean
  /** Identifiers beyond the standard's that `Settings.custom` keeps. */
  readonly customSettings: readonly number[]
  readonly limits: SessionLimits
}
