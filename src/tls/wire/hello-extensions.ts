// Extensions of handshake messages, as a list of bodies by type and as read/write pairs for each body. RFC 8446 section
// 4.2, RFC 6066, RFC 7301, RFC 7627, RFC 5746, RFC 7366, RFC 8449, RFC 8879.

import { ILLEGAL_PARAMETER } from './alerts.ts'
import { asciiBytes, asciiText, ByteReader, ByteWriter, malformed, WireError } from './bytes.ts'

export const SERVER_NAME = 0
export const MAX_FRAGMENT_LENGTH = 1
export const STATUS_REQUEST = 5
export const SUPPORTED_GROUPS = 10
export const EC_POINT_FORMATS = 11
export const SIGNATURE_ALGORITHMS = 13
export const ALPN = 16
export const ENCRYPT_THEN_MAC = 22
export const EXTENDED_MASTER_SECRET = 23
export const COMPRESS_CERTIFICATE = 27
export const RECORD_SIZE_LIMIT = 28
export const SESSION_TICKET = 35
export const PRE_SHARED_KEY = 41
export const EARLY_DATA = 42
export const SUPPORTED_VERSIONS = 43
export const COOKIE = 44
export const PSK_KEY_EXCHANGE_MODES = 45
export const CERTIFICATE_AUTHORITIES = 47
export const KEY_SHARE = 51
export const RENEGOTIATION_INFO = 0xff01

/** Bodies by type, in the order of the wire. */
export type Extensions = ReadonlyMap<number, Uint8Array>

export const NO_EXTENSIONS: Extensions = new Map()

export function readExtensions(reader: ByteReader): Extensions {
  const extensions = new Map<number, Uint8Array>()
  const list = new ByteReader(reader.vector(2))
  while (list.remaining > 0) {
    const type = list.uint16()
    if (extensions.has(type)) throw new WireError(ILLEGAL_PARAMETER, 'bad extension')
    extensions.set(type, list.vector(2))
  }
  return extensions
}

export function writeExtensions(writer: ByteWriter, extensions: Extensions): void {
  writer.measured(2, () => {
    for (const [type, body] of extensions) writer.uint16(type).vector(2, body)
  })
}

/** Applies `read` to the whole body of an extension. */
function whole<T>(body: Uint8Array, read: (reader: ByteReader) => T): T {
  const reader = new ByteReader(body)
  const value = read(reader)
  reader.end()
  return value
}

function written(write: (writer: ByteWriter) => void): Uint8Array {
  const writer = new ByteWriter(64)
  write(writer)
  return writer.take()
}

/** The host name; undefined: the list has none. RFC 6066 section 3. */
export function readServerName(body: Uint8Array): string | undefined {
  return whole(body, reader => {
    const names = reader.list(2, item => ({ type: item.uint8(), name: item.vector(2, 1) }), 1)
    const hosts = names.filter(one => one.type === 0)
    if (hosts.length > 1) throw malformed('bad extension')
    const name = hosts[0]?.name
    if (name?.includes(0) || (name && name.length > 255)) throw new WireError(112, 'bad extension')
    return name && asciiText(name).toLowerCase()
  })
}

export function writeServerName(name: string): Uint8Array {
  return written(writer => writer.measured(2, () => writer.uint8(0).vector(2, asciiBytes(name))))
}

export function readProtocolNames(body: Uint8Array): Uint8Array[] {
  return whole(body, reader => reader.list(2, item => item.vector(1, 1), 2))
}

export function writeProtocolNames(names: readonly Uint8Array[]): Uint8Array {
  return written(writer =>
    writer.measured(2, () => {
      for (const name of names) writer.vector(1, name)
    }),
  )
}

/** Groups, signature schemes: `uint16 list<2..2^16-2>`. */
export function readUint16List(body: Uint8Array): number[] {
  return whole(body, reader => reader.list(2, item => item.uint16(), 2))
}

export function writeUint16List(values: readonly number[]): Uint8Array {
  return written(writer =>
    writer.measured(2, () => {
      for (const value of values) writer.uint16(value)
    }),
  )
}

/** A client's list: RFC 8446 section 4.2.1. */
export function readSupportedVersions(body: Uint8Array): number[] {
  return whole(body, reader => reader.list(1, item => item.uint16(), 2))
}

export function writeSupportedVersions(versions: readonly number[]): Uint8Array {
  return written(writer =>
    writer.measured(1, () => {
      for (const version of versions) writer.uint16(version)
    }),
  )
}

/** RFC 8879 section 3. */
export function readCompressionAlgorithms(body: Uint8Array): number[] {
  return whole(body, reader => reader.list(1, item => item.uint16(), 2))
}

export const writeCompressionAlgorithms: (ids: readonly number[]) => Uint8Array = writeSupportedVersions

/** The fragment size of a client's code, in bytes: RFC 6066 section 4. */
export function readMaxFragmentLength(body: Uint8Array): number {
  const code = whole(body, reader => reader.uint8())
  if (code < 1 || code > 4) throw new WireError(ILLEGAL_PARAMETER, 'ssl3 ext invalid max fragment length')
  return 256 << code
}

/** A server's selected version; a HelloRetryRequest's selected group. */
export function readUint16(body: Uint8Array): number {
  return whole(body, reader => reader.uint16())
}

export function writeUint16(value: number): Uint8Array {
  return Uint8Array.of(value >>> 8, value)
}

export interface KeyShareEntry {
  readonly group: number
  readonly share: Uint8Array
}

export function readKeyShares(body: Uint8Array): KeyShareEntry[] {
  return whole(body, reader => reader.list(2, readKeyShareEntry))
}

export function writeKeyShares(entries: readonly KeyShareEntry[]): Uint8Array {
  return written(writer =>
    writer.measured(2, () => {
      for (const { group, share } of entries) writer.uint16(group).vector(2, share)
    }),
  )
}

export function readKeyShare(body: Uint8Array): KeyShareEntry {
  return whole(body, readKeyShareEntry)
}

export function writeKeyShare({ group, share }: KeyShareEntry): Uint8Array {
  return written(writer => writer.uint16(group).vector(2, share))
}

function readKeyShareEntry(reader: ByteReader): KeyShareEntry {
  return { group: reader.uint16(), share: reader.vector(2, 1) }
}

/** A list of point formats must contain `uncompressed`: RFC 8422 section 5.1.2. */
export function checkPointFormats(body: Uint8Array): void {
  const formats = readOpaque(body, 1, 1)
  if (!formats.includes(UNCOMPRESSED)) throw new WireError(ILLEGAL_PARAMETER, 'tls invalid ecpointformat list')
}

const UNCOMPRESSED = 0

/** An extension with an empty body. */
export function readNothing(body: Uint8Array): void {
  whole(body, () => undefined)
}

/** Bytes with a length: cookies, point formats, PSK modes, renegotiation_info. */
export function readOpaque(body: Uint8Array, lengthSize: 1 | 2, min: number): Uint8Array {
  return whole(body, reader => reader.vector(lengthSize, min))
}

export function writeOpaque(data: Uint8Array, lengthSize: 1 | 2): Uint8Array {
  return written(writer => writer.vector(lengthSize, data))
}

export interface PskOffer {
  readonly identities: readonly { readonly identity: Uint8Array; readonly obfuscatedAge: number }[]
  readonly binders: readonly Uint8Array[]
}

/** RFC 8446 section 4.2.11. */
export function readPskOffer(body: Uint8Array): PskOffer {
  return whole(body, reader => {
    const identities = reader.list(2, one => ({ identity: one.vector(2, 1), obfuscatedAge: one.uint32() }), 7)
    const binders = reader.list(2, one => one.vector(1, 32), 33)
    if (identities.length !== binders.length) throw new WireError(ILLEGAL_PARAMETER, 'bad extension')
    return { identities, binders }
  })
}

export function writePskOffer(offer: PskOffer): Uint8Array {
  return written(writer => {
    writer.measured(2, () => {
      for (const { identity, obfuscatedAge } of offer.identities) writer.vector(2, identity).uint32(obfuscatedAge)
    })
    writer.measured(2, () => {
      for (const binder of offer.binders) writer.vector(1, binder)
    })
  })
}

/** The size of the binders at the end of a ClientHello, which a binder does not cover. */
export function bindersSize(offer: PskOffer): number {
  return offer.binders.reduce((size, binder) => size + 1 + binder.length, 2)
}

/** @returns whether the client asks for OCSP: RFC 6066 section 8 */
export function readStatusRequest(body: Uint8Array): boolean {
  const reader = new ByteReader(body)
  if (reader.uint8() !== 1) return false
  reader.vector(2)
  reader.vector(2)
  reader.end()
  return true
}

export function writeStatusRequest(): Uint8Array {
  return Uint8Array.of(1, 0, 0, 0, 0)
}

/** CertificateStatus, as a message of TLS 1.2 and in a CertificateEntry of TLS 1.3. */
export function readOcspStatus(body: Uint8Array): Uint8Array {
  return whole(body, reader => {
    if (reader.uint8() !== 1) throw malformed('unsupported status type')
    return reader.vector(3, 1)
  })
}

export function writeOcspStatus(response: Uint8Array): Uint8Array {
  return written(writer => writer.uint8(1).vector(3, response))
}

/** certificate_authorities: distinguished names, DER. RFC 8446 section 4.2.4 requires at least one; GnuTLS's server sends none. */
export function readNames(body: Uint8Array): Uint8Array[] {
  return whole(body, reader => reader.list(2, item => item.vector(2, 1)))
}

export function writeNames(names: readonly Uint8Array[]): Uint8Array {
  return written(writer =>
    writer.measured(2, () => {
      for (const name of names) writer.vector(2, name)
    }),
  )
}
