// Handshake messages, bodies only: RFC 8446 section 4, RFC 5246 section 7.4, RFC 8422, RFC 5077. Readers give views of
// their input; they throw a WireError for malformed bytes, and nothing else.

import { DECODE_ERROR, ILLEGAL_PARAMETER } from './alerts.ts'
import { ByteReader, ByteWriter, malformed, WireError } from './bytes.ts'
import { type Extensions, NO_EXTENSIONS, readExtensions, writeExtensions } from './hello-extensions.ts'

export const HELLO_REQUEST = 0
export const CLIENT_HELLO = 1
export const SERVER_HELLO = 2
export const NEW_SESSION_TICKET = 4
export const ENCRYPTED_EXTENSIONS = 8
export const CERTIFICATE = 11
export const SERVER_KEY_EXCHANGE = 12
export const CERTIFICATE_REQUEST = 13
export const SERVER_HELLO_DONE = 14
export const CERTIFICATE_VERIFY = 15
export const CLIENT_KEY_EXCHANGE = 16
export const FINISHED = 20
export const CERTIFICATE_STATUS = 22
export const KEY_UPDATE = 24
export const COMPRESSED_CERTIFICATE = 25
/** The message that replaces the first ClientHello in a transcript with a HelloRetryRequest. */
export const MESSAGE_HASH = 254

/** A whole message: type, three bytes of length, body. */
export function writeMessage(type: number, body: Uint8Array): Uint8Array {
  return new ByteWriter(body.length + 4).uint8(type).vector(3, body).take()
}

/** SHA-256 of "HelloRetryRequest": RFC 8446 section 4.1.3. */
export const HELLO_RETRY_RANDOM = Uint8Array.from(
  Buffer.from('cf21ad74e59a6111be1d8c021e65b891c2a211167abb8c5e079e09e2c8a8339c', 'hex'),
)

/** The end of the random of a server that supports TLS 1.3 and negotiates TLS 1.2: RFC 8446 section 4.1.3. */
export const DOWNGRADE_TO_12 = Uint8Array.from(Buffer.from('444f574e47524401', 'hex'))
export const DOWNGRADE_TO_11 = Uint8Array.from(Buffer.from('444f574e47524400', 'hex'))

export interface ClientHello {
  readonly version: number
  readonly random: Uint8Array
  readonly sessionId: Uint8Array
  readonly cipherSuites: readonly number[]
  readonly compressionMethods: Uint8Array
  readonly extensions: Extensions
}

export function readClientHello(body: Uint8Array): ClientHello {
  const reader = new ByteReader(body)
  const version = reader.uint16()
  const random = reader.bytes(32)
  const sessionId = reader.vector(1, 0, 32)
  const cipherSuites = reader.list(2, item => item.uint16(), 2)
  const compressionMethods = reader.vector(1, 1)
  const extensions = reader.remaining > 0 ? readExtensions(reader) : NO_EXTENSIONS
  reader.end()
  return { version, random, sessionId, cipherSuites, compressionMethods, extensions }
}

export function writeClientHello(hello: ClientHello): Uint8Array {
  const writer = new ByteWriter(512)
  writer.uint16(hello.version).bytes(hello.random).vector(1, hello.sessionId)
  writer.measured(2, () => {
    for (const suite of hello.cipherSuites) writer.uint16(suite)
  })
  writer.vector(1, hello.compressionMethods)
  writeExtensions(writer, hello.extensions)
  return writer.take()
}

export interface ServerHello {
  readonly version: number
  readonly random: Uint8Array
  readonly sessionId: Uint8Array
  readonly cipherSuite: number
  readonly extensions: Extensions
}

export function readServerHello(body: Uint8Array): ServerHello {
  const reader = new ByteReader(body)
  const version = reader.uint16()
  const random = reader.bytes(32)
  const sessionId = reader.vector(1, 0, 32)
  const cipherSuite = reader.uint16()
  if (reader.uint8() !== 0) throw new WireError(ILLEGAL_PARAMETER, 'unsupported compression algorithm')
  const extensions = reader.remaining > 0 ? readExtensions(reader) : NO_EXTENSIONS
  reader.end()
  return { version, random, sessionId, cipherSuite, extensions }
}

export function writeServerHello(hello: ServerHello): Uint8Array {
  const writer = new ByteWriter(256)
  writer.uint16(hello.version).bytes(hello.random).vector(1, hello.sessionId).uint16(hello.cipherSuite).uint8(0)
  if (hello.extensions.size > 0) writeExtensions(writer, hello.extensions)
  return writer.take()
}

export function readEncryptedExtensions(body: Uint8Array): Extensions {
  const reader = new ByteReader(body)
  const extensions = readExtensions(reader)
  reader.end()
  return extensions
}

export function writeEncryptedExtensions(extensions: Extensions): Uint8Array {
  const writer = new ByteWriter(64)
  writeExtensions(writer, extensions)
  return writer.take()
}

/** TLS 1.3. */
export interface CertificateMessage {
  readonly context: Uint8Array
  readonly entries: readonly { readonly certificate: Uint8Array; readonly extensions: Extensions }[]
}

export function readCertificate(body: Uint8Array): CertificateMessage {
  const reader = new ByteReader(body)
  const context = reader.vector(1)
  const entries = reader.list(3, item => ({ certificate: item.vector(3, 1), extensions: readExtensions(item) }))
  reader.end()
  return { context, entries }
}

export function writeCertificate(message: CertificateMessage): Uint8Array {
  const writer = new ByteWriter(2048)
  writer.vector(1, message.context)
  writer.measured(3, () => {
    for (const { certificate, extensions } of message.entries) {
      writer.vector(3, certificate)
      writeExtensions(writer, extensions)
    }
  })
  return writer.take()
}

/** A compressed Certificate message of TLS 1.3: RFC 8879 section 4. `size` is the uncompressed size. */
export interface CompressedCertificate {
  readonly algorithm: number
  readonly size: number
  readonly compressed: Uint8Array
}

export function readCompressedCertificate(body: Uint8Array): CompressedCertificate {
  const reader = new ByteReader(body)
  const message = { algorithm: reader.uint16(), size: reader.uint24(), compressed: reader.vector(3, 1) }
  reader.end()
  return message
}

export function writeCompressedCertificate({ algorithm, size, compressed }: CompressedCertificate): Uint8Array {
  return new ByteWriter(compressed.length + 8).uint16(algorithm).uint24(size).vector(3, compressed).take()
}

/** TLS 1.2: DER, leaf first. */
export function readCertificateList(body: Uint8Array): Uint8Array[] {
  const reader = new ByteReader(body)
  const certificates = reader.list(3, item => item.vector(3, 1))
  reader.end()
  return certificates
}

export function writeCertificateList(certificates: readonly Uint8Array[]): Uint8Array {
  const writer = new ByteWriter(2048)
  writer.measured(3, () => {
    for (const certificate of certificates) writer.vector(3, certificate)
  })
  return writer.take()
}

/** TLS 1.3. */
export function readCertificateRequest(body: Uint8Array): { context: Uint8Array; extensions: Extensions } {
  const reader = new ByteReader(body)
  const context = reader.vector(1)
  const extensions = readExtensions(reader)
  reader.end()
  return { context, extensions }
}

export function writeCertificateRequest(extensions: Extensions): Uint8Array {
  const writer = new ByteWriter(128)
  writer.uint8(0)
  writeExtensions(writer, extensions)
  return writer.take()
}

/** TLS 1.2. */
export interface CertificateRequest12 {
  readonly types: Uint8Array
  readonly signatureSchemes: readonly number[]
  readonly authorities: readonly Uint8Array[]
}

export function readCertificateRequest12(body: Uint8Array): CertificateRequest12 {
  const reader = new ByteReader(body)
  const types = reader.vector(1, 1)
  const signatureSchemes = reader.list(2, item => item.uint16(), 2)
  const authorities = reader.list(2, item => item.vector(2, 1))
  reader.end()
  return { types, signatureSchemes, authorities }
}

export function writeCertificateRequest12(request: CertificateRequest12): Uint8Array {
  const writer = new ByteWriter(128)
  writer.vector(1, request.types)
  writer.measured(2, () => {
    for (const scheme of request.signatureSchemes) writer.uint16(scheme)
  })
  writer.measured(2, () => {
    for (const name of request.authorities) writer.vector(2, name)
  })
  return writer.take()
}

/** The body of a CertificateVerify; also the signature of a ServerKeyExchange. */
export interface DigitallySigned {
  readonly scheme: number
  readonly signature: Uint8Array
}

export function readCertificateVerify(body: Uint8Array): DigitallySigned {
  const reader = new ByteReader(body)
  const signed = { scheme: reader.uint16(), signature: reader.vector(2) }
  reader.end()
  return signed
}

export function writeCertificateVerify({ scheme, signature }: DigitallySigned): Uint8Array {
  return new ByteWriter(signature.length + 4).uint16(scheme).vector(2, signature).take()
}

/** TLS 1.3. */
export interface NewSessionTicket {
  readonly lifetimeSeconds: number
  readonly ageAdd: number
  readonly nonce: Uint8Array
  readonly ticket: Uint8Array
  readonly extensions: Extensions
}

export function readNewSessionTicket(body: Uint8Array): NewSessionTicket {
  const reader = new ByteReader(body)
  const lifetimeSeconds = reader.uint32()
  const ageAdd = reader.uint32()
  const nonce = reader.vector(1)
  const ticket = reader.vector(2, 1)
  const extensions = readExtensions(reader)
  reader.end()
  return { lifetimeSeconds, ageAdd, nonce, ticket, extensions }
}

export function writeNewSessionTicket(message: NewSessionTicket): Uint8Array {
  const writer = new ByteWriter(message.ticket.length + 64)
  writer.uint32(message.lifetimeSeconds).uint32(message.ageAdd).vector(1, message.nonce).vector(2, message.ticket)
  writeExtensions(writer, message.extensions)
  return writer.take()
}

/** TLS 1.2: RFC 5077 section 3.3. An empty ticket means that the server issues none after all. */
export function readNewSessionTicket12(body: Uint8Array): { lifetimeSeconds: number; ticket: Uint8Array } {
  const reader = new ByteReader(body)
  const message = { lifetimeSeconds: reader.uint32(), ticket: reader.vector(2) }
  reader.end()
  return message
}

export function writeNewSessionTicket12(message: { lifetimeSeconds: number; ticket: Uint8Array }): Uint8Array {
  return new ByteWriter(message.ticket.length + 6).uint32(message.lifetimeSeconds).vector(2, message.ticket).take()
}

/** @returns whether the sender asks the receiver to update its keys too */
export function readKeyUpdate(body: Uint8Array): boolean {
  const [request] = body
  if (body.length !== 1) throw malformed()
  if (request !== 0 && request !== 1) throw new WireError(ILLEGAL_PARAMETER, 'bad key update')
  return request === 1
}

export function writeKeyUpdate(isRequest: boolean): Uint8Array {
  return Uint8Array.of(isRequest ? 1 : 0)
}

/** The ECDHE parameters, as they are signed: RFC 8422 section 5.4. */
export interface EcdheParameters {
  readonly group: number
  readonly share: Uint8Array
  /** As on the wire. */
  readonly bytes: Uint8Array
}

export function readEcdheParameters(reader: ByteReader): EcdheParameters {
  const type = reader.uint8()
  if (type !== NAMED_CURVE) throw new WireError(HANDSHAKE_FAILURE_FOR_CURVES, 'unsupported elliptic curve')
  const group = reader.uint16()
  const share = reader.vector(1, 1)
  return { group, share, bytes: writeEcdheParameters(group, share) }
}

export function writeEcdheParameters(group: number, share: Uint8Array): Uint8Array {
  return new ByteWriter(share.length + 4).uint8(NAMED_CURVE).uint16(group).vector(1, share).take()
}

/** A message with an empty body: ServerHelloDone, HelloRequest. */
export function readEmpty(body: Uint8Array): void {
  if (body.length > 0) throw new WireError(DECODE_ERROR, 'length mismatch')
}

const NAMED_CURVE = 3
const HANDSHAKE_FAILURE_FOR_CURVES = 40
