// What a lenient parser accepts. Each rule has been used for request smuggling, so each has its own flag.

export const STRICT = 0
/** Folded lines, spaces before the colon, any byte but CR and LF in values. */
export const LENIENT_HEADERS = 1 << 0
/** Transfer-Encoding beside Content-Length. */
export const LENIENT_CHUNKED_LENGTH = 1 << 1
/** Further messages after `Connection: close`. */
export const LENIENT_KEEP_ALIVE = 1 << 2
/** Codings after `chunked`, and requests whose last coding is not `chunked`. */
export const LENIENT_TRANSFER_ENCODING = 1 << 3
/** Any digits in the version. */
export const LENIENT_VERSION = 1 << 4
/** Bytes after `Connection: close` are discarded, not rejected. */
export const LENIENT_DATA_AFTER_CLOSE = 1 << 5
export const LENIENT_OPTIONAL_LF_AFTER_CR = 1 << 6
export const LENIENT_OPTIONAL_CRLF_AFTER_CHUNK = 1 << 7
export const LENIENT_OPTIONAL_CR_BEFORE_LF = 1 << 8
export const LENIENT_SPACES_AFTER_CHUNK_SIZE = 1 << 9
/** Control characters in values, except NUL, CR and LF: the Fetch standard's header value. */
export const LENIENT_VALUE_RELAXED = 1 << 10

/** `insecureHTTPParser: true`. */
export const LENIENT_ALL = (1 << 10) - 1

export interface LeniencyOptions {
  readonly httpValidation?: string | undefined
  readonly insecureHTTPParser?: boolean | undefined
}

/** @param isInsecureByDefault - the process runs with `--insecure-http-parser` */
export function leniencyOf(options: LeniencyOptions, isInsecureByDefault: boolean): number {
  if (options.httpValidation === 'strict') return STRICT
  if (options.httpValidation === 'relaxed') return LENIENT_VALUE_RELAXED
  if (options.httpValidation === 'insecure') return LENIENT_ALL
  return (options.insecureHTTPParser ?? isInsecureByDefault) ? LENIENT_ALL : STRICT
}
