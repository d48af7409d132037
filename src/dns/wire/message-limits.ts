// What a DNS message may not exceed. The standard's own bounds, and one of ours.

/** A length of two bytes stands before each message on TCP, and no UDP datagram is larger. RFC 1035 section 4.2.2. */
export const MAX_MESSAGE_SIZE = 65535

/** Bytes of a name on the wire: lengths, labels, and the root's zero. RFC 1035 section 2.3.4. */
export const MAX_NAME_SIZE = 255

export const MAX_LABEL_SIZE = 63

/** Bytes of a character-string: RFC 1035 section 3.3. */
export const MAX_STRING_SIZE = 255

/**
 * Compression pointers within one name. A name has at most 127 labels, and an honest writer jumps at most once for each of
 * them. Pointers only go backwards, so this bounds the work that many records can make of one long chain.
 */
export const MAX_POINTERS = 127
