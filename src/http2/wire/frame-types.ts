// The numbers of HTTP/2 frames, by the standards' names: RFC 9113 sections 6 and 7, RFC 7838 (ALTSVC), RFC 8336 (ORIGIN),
// RFC 8441 (extended CONNECT), RFC 9218 (PRIORITY_UPDATE).

export const DATA = 0x0
export const HEADERS = 0x1
export const PRIORITY = 0x2
export const RST_STREAM = 0x3
export const SETTINGS = 0x4
export const PUSH_PROMISE = 0x5
export const PING = 0x6
export const GOAWAY = 0x7
export const WINDOW_UPDATE = 0x8
export const CONTINUATION = 0x9
export const ALTSVC = 0xa
export const ORIGIN = 0xc
export const PRIORITY_UPDATE = 0x10

// Flags.
export const END_STREAM = 0x1
export const ACK = 0x1
export const END_HEADERS = 0x4
export const PADDED = 0x8
/** HEADERS begins with an RFC 7540 dependency. */
export const WITH_PRIORITY = 0x20

export const SETTINGS_HEADER_TABLE_SIZE = 0x1
export const SETTINGS_ENABLE_PUSH = 0x2
export const SETTINGS_MAX_CONCURRENT_STREAMS = 0x3
export const SETTINGS_INITIAL_WINDOW_SIZE = 0x4
export const SETTINGS_MAX_FRAME_SIZE = 0x5
export const SETTINGS_MAX_HEADER_LIST_SIZE = 0x6
export const SETTINGS_ENABLE_CONNECT_PROTOCOL = 0x8
export const SETTINGS_NO_RFC7540_PRIORITIES = 0x9

export const NO_ERROR = 0x0
export const PROTOCOL_ERROR = 0x1
export const FLOW_CONTROL_ERROR = 0x3
export const SETTINGS_TIMEOUT = 0x4
export const STREAM_CLOSED = 0x5
export const FRAME_SIZE_ERROR = 0x6
export const REFUSED_STREAM = 0x7
export const CANCEL = 0x8
export const COMPRESSION_ERROR = 0x9
export const ENHANCE_YOUR_CALM = 0xb

export const FRAME_HEADER_BYTES = 9
export const MAX_STREAM_ID = 0x7fffffff
/** Also the largest window. */
export const MAX_WINDOW = 0x7fffffff
export const DEFAULT_WINDOW = 65535
export const MIN_MAX_FRAME_SIZE = 16384
export const MAX_MAX_FRAME_SIZE = 0xffffff

/** What a client sends first. RFC 9113 section 3.4. */
export const CLIENT_PREFACE: Uint8Array = Uint8Array.from('PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n', character =>
  character.charCodeAt(0),
)
