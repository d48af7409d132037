// What a hostile input could make expensive. All else in the URL parser is linear in the input's length.

/**
 * Code units of a domain that is handed to IDNA processing. Punycode is quadratic in the length of a label, and no name
 * that any resolver takes is longer than 253; the standard has no limit. A longer domain is a host that cannot be
 * parsed. A domain of ASCII alone, without `xn--`, needs no IDNA and has no limit.
 */
export const MAX_IDNA_LENGTH = 4096

/** Units of a host name in the legacy parser; a longer one becomes ''. Node's own limit. */
export const MAX_LEGACY_HOST = 255

/** Results of IDNA processing that are kept for the next URL with the same domain; the oldest makes room. */
export const MAX_REMEMBERED_DOMAINS = 256

/** Code units of a domain whose result is kept: what resolvers take. With the number above it bounds the memory. */
export const MAX_REMEMBERED_LENGTH = 253
