// Every limit that a peer can exceed on an HTTP/2 connection, with its default and its reason. Where Node has an option, name
// and default are Node's. Beyond a limit the peer's stream is reset, or the connection ends with GOAWAY; the code is
// ENHANCE_YOUR_CALM (RFC 9113 section 7) unless stated otherwise. test/http2/engine/engine-limits.test.ts exceeds each.

export interface SessionLimits {
  // --- memory
  /** Bytes of our HPACK encoder's dynamic table, even if the peer allows more. */
  readonly maxDeflateDynamicTableSize: number
  /**
   * Bytes that a session holds: see `Session.memoryUsed`. Beyond it, new streams and further header blocks are refused, and
   * no credit is returned for received data.
   */
  readonly maxSessionMemory: number
  /** Bytes of replies (ACKs, RST_STREAM) that are queued because the peer does not read: CVE-2019-9512 and related attacks. */
  readonly maxQueuedReplyBytes: number

  // --- header blocks
  /** Fields of one block, at least 4. Beyond it: RST_STREAM, and the rest of the block is ignored, as with the next limit. */
  readonly maxHeaderListPairs: number
  /** Bytes of a block, counted as by SETTINGS_MAX_HEADER_LIST_SIZE, until the peer has acknowledged that. Beyond: RST_STREAM. */
  readonly maxHeaderListBytes: number
  /** Bytes of a block as received, compressed. */
  readonly maxHeaderBlockBytes: number
  /** CONTINUATION frames after one HEADERS: CVE-2024-28182. The same as nghttp2's. */
  readonly maxContinuationFrames: number
  /** Time from the first frame of a block to its last, between which no other frame is allowed. PROTOCOL_ERROR. */
  readonly headerBlockTimeoutMs: number
  /** Bytes of a block that we send, counted uncompressed: beyond it the verb returns false. */
  readonly maxSendHeaderBlockLength: number

  // --- streams
  /** How many streams we open before the peer's SETTINGS are received. */
  readonly peerMaxConcurrentStreams: number
  /** Promised streams that have not begun; further ones are reset with CANCEL. */
  readonly maxReservedRemoteStreams: number
  /** Streams refused because of maxSessionMemory or SETTINGS_MAX_CONCURRENT_STREAMS. */
  readonly maxSessionRejectedStreams: number
  /** Frames that were errors of their stream only. */
  readonly maxSessionInvalidFrames: number
  /** Streams that RST_STREAM ended, sent by the peer (CVE-2023-44487) or provoked by it (CVE-2025-8671): the burst. */
  readonly streamResetBurst: number
  /** The same, per second. */
  readonly streamResetRate: number
  /** How long a stream's data may wait for a window: RST_STREAM with CANCEL. Infinity, since Node lets it wait. */
  readonly stalledStreamTimeoutMs: number

  // --- connection
  readonly maxOutstandingPings: number
  readonly maxOutstandingSettings: number
  /** Entries in one SETTINGS frame: CVE-2020-11080. */
  readonly maxSettings: number
  /** How long the acknowledgement of our SETTINGS may take: SETTINGS_TIMEOUT. Infinity, as in Node. */
  readonly settingsTimeoutMs: number
  /** Each rate limit from here on allows a burst, and a tenth of it per second. PING and SETTINGS, which need an ACK. */
  readonly pingBurst: number
  readonly settingsBurst: number
  /** PRIORITY and PRIORITY_UPDATE: CVE-2019-9513. */
  readonly priorityBurst: number
  /** Empty frames without END_STREAM (CVE-2019-9518), frames on closed streams, and frames of unknown types. */
  readonly emptyFrameBurst: number
  /** WINDOW_UPDATE by less than a hundred bytes while data waits for the window: CVE-2019-9511. */
  readonly tinyWindowUpdateBurst: number
  /** Changes of the peer's SETTINGS_HEADER_TABLE_SIZE, each of which empties or rebuilds our encoder's table. */
  readonly tableSizeChangeBurst: number
  /** ALTSVC, ORIGIN and GOAWAY frames. */
  readonly announcementBurst: number
  /** Entries of one ORIGIN frame, and distinct origins of a session; further ones are dropped. CVE-2026-48619. */
  readonly maxOrigins: number
  /** Streams with a PRIORITY_UPDATE before their request; further ones are ignored. RFC 9218 section 7.1. */
  readonly maxEarlyPriorities: number

  // --- windows that grow
  /** The size up to which one stream's receive window grows. */
  readonly maxStreamWindow: number
  /** The same for the connection. Both also respect maxSessionMemory. */
  readonly maxConnectionWindow: number
}

export const defaultLimits: SessionLimits = {
  maxDeflateDynamicTableSize: 4096,
  maxSessionMemory: 10_000_000,
  maxQueuedReplyBytes: 64 * 1024,

  maxHeaderListPairs: 128,
  maxHeaderListBytes: 65_535,
  maxHeaderBlockBytes: 256 * 1024,
  maxContinuationFrames: 8,
  headerBlockTimeoutMs: 60_000,
  maxSendHeaderBlockLength: 65_536,

  peerMaxConcurrentStreams: 100,
  maxReservedRemoteStreams: 200,
  maxSessionRejectedStreams: 100,
  maxSessionInvalidFrames: 1000,
  streamResetBurst: 1000,
  streamResetRate: 33,
  stalledStreamTimeoutMs: Number.POSITIVE_INFINITY,

  maxOutstandingPings: 10,
  maxOutstandingSettings: 10,
  maxSettings: 32,
  settingsTimeoutMs: Number.POSITIVE_INFINITY,
  pingBurst: 10_000,
  settingsBurst: 1000,
  priorityBurst: 1000,
  emptyFrameBurst: 1000,
  tinyWindowUpdateBurst: 1000,
  tableSizeChangeBurst: 1000,
  announcementBurst: 1000,
  maxOrigins: 1000,
  maxEarlyPriorities: 100,

  maxStreamWindow: 6 * 1024 * 1024,
  maxConnectionWindow: 9 * 1024 * 1024,
}
