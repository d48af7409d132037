// TLS records: RFC 8446 section 5.1. Their content types, and the fields of the header.

export const CHANGE_CIPHER_SPEC = 20
export const ALERT = 21
export const HANDSHAKE = 22
export const APPLICATION_DATA = 23

export const HEADER_SIZE = 5

/** The size of the fragment, from the header's last two bytes. */
export function fragmentSize(bytes: Uint8Array, at: number): number {
  return (bytes[at + 3] as number) * 256 + (bytes[at + 4] as number)
}

/** Whether the bytes at `at` can be a record's header: a known type, and a version 3.x. */
export function isRecordHeader(bytes: Uint8Array, at: number): boolean {
  const type = bytes[at] as number
  return type >= CHANGE_CIPHER_SPEC && type <= APPLICATION_DATA && bytes[at + 1] === 3
}

/** Whether the bytes at `at` have a version 3.x, and not SSL 2's format, whose first byte has its highest bit set. */
export function isVersioned(bytes: Uint8Array, at: number): boolean {
  return (bytes[at] as number) < 0x80 && bytes[at + 1] === 3
}

/** Whether the first bytes are those of a plain HTTP request, by OpenSSL's rule. */
export function looksLikeHttp(bytes: Uint8Array, at: number): boolean {
  return /^(GET |POST |HEAD |PUT )/.test(startOf(bytes, at))
}

/** Whether they are those of a CONNECT request. */
export function looksLikeProxying(bytes: Uint8Array, at: number): boolean {
  return startOf(bytes, at) === 'CONNE'
}

function startOf(bytes: Uint8Array, at: number): string {
  return String.fromCharCode(...bytes.subarray(at, at + 5))
}
