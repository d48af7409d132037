// Every limit that a peer can exceed while its HTTP/1.1 message is parsed, with its default and its reason.

/** Bytes of request target or reason, field names and field values in one head or trailer section: Node's default. */
export const maxHeaderSize = 16 * 1024

/**
 * The raw size of a head is limited to this many bytes for each byte of `maxHeaderSize`. Delimiters and whitespace do not
 * count there (a field of one letter takes five bytes), but a head that arrives in pieces is buffered with them.
 */
export const rawBytesPerCountedByte = 6

/** Number of fields that are reported; further ones are dropped, or rejected if `refusesFurtherFields` is set. */
export const maxHeadersCount = 2000

/** Bytes of extensions on one chunk: Node's limit, which is not configurable there either. */
export const maxChunkExtensionBytes = 16 * 1024

/**
 * Bytes of extensions on all chunks of a body, beyond one for each byte of the body itself: without this limit, each chunk
 * of a body of one-byte chunks could carry 16 KiB of extensions.
 */
export const maxExcessChunkExtensionBytes = 64 * 1024
