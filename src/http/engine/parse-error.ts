// An error in the peer's bytes: a name from the parser that Node uses (`HPE_*` without its prefix), the rule that was
// violated, and the position of the offending byte.

export type ParseErrorName =
  | 'STRICT'
  | 'CR_EXPECTED'
  | 'LF_EXPECTED'
  | 'UNEXPECTED_CONTENT_LENGTH'
  | 'UNEXPECTED_SPACE'
  | 'CLOSED_CONNECTION'
  | 'INVALID_METHOD'
  | 'INVALID_URL'
  | 'INVALID_CONSTANT'
  | 'INVALID_VERSION'
  | 'INVALID_HEADER_TOKEN'
  | 'INVALID_CONTENT_LENGTH'
  | 'INVALID_CHUNK_SIZE'
  | 'INVALID_STATUS'
  | 'INVALID_EOF_STATE'
  | 'INVALID_TRANSFER_ENCODING'
  | 'PAUSED_H2_UPGRADE'
  | 'HEADER_OVERFLOW'
  | 'CHUNK_EXTENSIONS_OVERFLOW'
  /** Not the peer's errors: a listener of the program has thrown while it handled a head, or another event. */
  | 'CB_HEADERS_COMPLETE'
  | 'JS_EXCEPTION'

export class ParseError {
  readonly name: ParseErrorName
  readonly reason: string
  /** Index of the offending byte in the bytes being scanned; the parser converts it to an index of the last chunk. */
  at: number

  constructor(name: ParseErrorName, reason: string, at: number) {
    this.name = name
    this.reason = reason
    this.at = at
  }
}
