// The special schemes, their default ports, and the small numbers that stand for them.
// URL standard, section 3.2 "URL miscellaneous".

export const NOT_SPECIAL = 0
export const HTTP = 1
export const HTTPS = 2
export const WS = 3
export const WSS = 4
export const FTP = 5
export const FILE = 6

/** The port of a URL whose port is null: the scheme's own, or none at all. */
export const NO_PORT = -1

/** By scheme type; `NO_PORT` for file and for all that are not special. */
export const defaultPorts: readonly number[] = [NO_PORT, 80, 443, 80, 443, 21, NO_PORT]

/** @param scheme - without its colon, in lower case */
export function schemeTypeOf(scheme: string): number {
  switch (scheme) {
    case 'http':
      return HTTP
    case 'https':
      return HTTPS
    case 'ws':
      return WS
    case 'wss':
      return WSS
    case 'ftp':
      return FTP
    case 'file':
      return FILE
    default:
      return NOT_SPECIAL
  }
}
