// Every limit that a peer can run into while its HTTP/1.1 message is read, with its default and its reason.

/** Bytes of request target or reason, field names and field values in one head or trailer section: Node's default. */
export const maxHeaderSize = 16 * 1024

/**
 * What a head may hold in all for each byte that counts towards `maxHeaderSize`. Delimiters and padding do not count
 * there (a field of one letter takes five bytes), but a head that comes in pieces is kept with them.
 */
export const rawBytesPerCountedByte = 6

/** Fields that are told of; those beyond are dropped, or refused where `refusesFurtherFields` says so. */
export const maxHeadersCount = 2000

/** Bytes of extensions on one chunk: Node's limit, which cannot be set there either. */
export const maxChunkExtensionBytes = 16 * 1024

/**
 * Bytes of extensions on all chunks of a body, beyond one for each byte of the body itself: without it, a body of
 * one-byte chunks could carry 16 KiB of nothing with each.
 */
export const maxExcessChunkExtensionBytes = 64 * 1024
