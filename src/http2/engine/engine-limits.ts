// Every limit that a peer can run into on an HTTP/2 connection, with its default and its reason. Where Node has an option,
// its name and default are Node's. What happens past it: the peer's stream is reset, or the connection ends with GOAWAY;
// ENHANCE_YOUR_CALM (RFC 9113 section 7) unless said otherwise. test/http2/engine/engine-limits.test.ts goes past each.

export interface SessionLimits {
  // --- memory
  /** Bytes of our HPACK encoder's table, whatever the peer allows. */
  readonly maxDeflateDynamicTableSize: number
  /**
   * Bytes that a session holds: see `Session.memoryUsed`. Past it new streams and further header blocks are refused, and received
   * data earns no window.
   */
  readonly maxSessionMemory: number
  /** Bytes of replies (ACKs, RST_STREAM, WINDOW_UPDATE) that wait because the peer does not read: CVE-2019-9512 and its kin. */
  readonly maxQueuedReplyBytes: number

  // --- header blocks
  /** Fields of one block, 4 at least. Past it: RST_STREAM, and what the block has beyond is passed over, as with the next. */
  readonly maxHeaderListPairs: number
  /** Bytes of a block as SETTINGS_MAX_HEADER_LIST_SIZE counts them, until the peer has acknowledged one. Past it: RST_STREAM. */
  readonly maxHeaderListBytes: number
  /** Bytes of a block as it came, compressed. */
  readonly maxHeaderBlockBytes: number
  /** CONTINUATION frames after one HEADERS: CVE-2024-28182. The library beneath Node has the same. */
  readonly maxContinuationFrames: number
  /** From the first byte of a block to its last: nothing else may be received in between. PROTOCOL_ERROR. */
  readonly headerBlockTimeoutMs: number
  /** Bytes of a block that we send, counted as if nothing was compressed: `false` from the verb. */
  readonly maxSendHeaderBlockLength: number

  // --- streams
  /** How many streams we open before the peer's SETTINGS came. */
  readonly peerMaxConcurrentStreams: number
  /** Pushes that have not begun; more are reset with CANCEL. */
  readonly maxReservedRemoteStreams: number
  /** Streams refused because of maxSessionMemory or SETTINGS_MAX_CONCURRENT_STREAMS. */
  readonly maxSessionRejectedStreams: number
  /** Frames that broke a rule of their stream alone. */
  readonly maxSessionInvalidFrames: number
  /** Streams that ended by RST_STREAM, of the peer's (CVE-2023-44487) or provoked by it (CVE-2025-8671): so many at once, */
  readonly streamResetBurst: number
  /** ... and so many each second. */
  readonly streamResetRate: number
  /** A stream's data waits for window for so long: RST_STREAM with CANCEL. Infinity as in Node, which lets it wait. */
  readonly stalledStreamTimeoutMs: number

  // --- connection
  readonly maxOutstandingPings: number
  readonly maxOutstandingSettings: number
  /** Entries in one SETTINGS frame: CVE-2020-11080. */
  readonly maxSettings: number
  /** Our SETTINGS must be acknowledged within: SETTINGS_TIMEOUT. Infinity as in Node. */
  readonly settingsTimeoutMs: number
  /** Each rate: so many at once, and a tenth of that each second. PING and SETTINGS that ask for an ACK; */
  readonly pingBurst: number
  readonly settingsBurst: number
  /** PRIORITY and PRIORITY_UPDATE, CVE-2019-9513; */
  readonly priorityBurst: number
  /** frames without content that end nothing, CVE-2019-9518; frames on streams that are closed; unknown ones; */
  readonly emptyFrameBurst: number
  /** WINDOW_UPDATE that opens a window by less than a hundred bytes where data waits, CVE-2019-9511. */
  readonly tinyWindowUpdateBurst: number
  /** Changes of the peer's header table size, each of which empties or rebuilds ours. */
  readonly tableSizeChangeBurst: number
  /** ALTSVC and ORIGIN frames; */
  readonly announcementBurst: number
  /** entries of one ORIGIN frame, and different origins in a session: the rest is dropped. CVE-2026-48619. */
  readonly maxOrigins: number
  /** Streams with a PRIORITY_UPDATE before their request; the rest is dropped. RFC 9218 section 7.1. */
  readonly maxEarlyPriorities: number

  // --- windows that grow
  /** The most that one stream's receive window grows to. */
  readonly maxStreamWindow: number
  /** The same for the connection. Both stay within maxSessionMemory. */
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
