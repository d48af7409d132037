// Certificate messages of TLS 1.3 that travel compressed, where both ends have an algorithm in common: RFC 8879. The
// algorithms are the configuration's.

import { BAD_CERTIFICATE, ILLEGAL_PARAMETER } from '../wire/alerts.ts'
import {
  CERTIFICATE,
  type CertificateMessage,
  COMPRESSED_CERTIFICATE,
  readCertificate,
  readCompressedCertificate,
  writeCertificate,
  writeCompressedCertificate,
} from '../wire/handshake-messages.ts'
import * as ext from '../wire/hello-extensions.ts'
import { refusal } from './engine-errors.ts'
import { MAX_CERTIFICATE_MESSAGE } from './handshake-limits.ts'
import { expectType, type HandshakeChannel } from './record/channel.ts'
import type { HandshakeMessage } from './record/message-joiner.ts'
import type { CertificateCompressor, Credential } from './types.ts'

/** Adds the extension to a ClientHello or a CertificateRequest: the algorithms that the peer may compress its certificate with. */
export function offerCompression(channel: HandshakeChannel, extensions: Map<number, Uint8Array>): void {
  const { certificateCompressors = [] } = channel.config
  if (certificateCompressors.length === 0) return
  extensions.set(ext.COMPRESS_CERTIFICATE, ext.writeCompressionAlgorithms(certificateCompressors.map(one => one.id)))
}

/** @param offered - the peer's extension; undefined: the peer accepts no compression */
export function sendCertificate(
  channel: HandshakeChannel,
  message: CertificateMessage,
  credential: Credential | undefined,
  offered: Uint8Array | undefined,
): void {
  const body = writeCertificate(message)
  const ids = offered && ext.readCompressionAlgorithms(offered)
  const compressor = ids && channel.config.certificateCompressors?.find(one => ids.includes(one.id))
  if (compressor === undefined || credential === undefined) {
    channel.send(CERTIFICATE, body)
    return
  }
  const compressed = compressedBody(compressor, credential, body)
  const sent = writeCompressedCertificate({ algorithm: compressor.id, size: body.length, compressed })
  channel.send(COMPRESSED_CERTIFICATE, sent)
}

/** The latest compressed message of each credential: most are the same for every connection. */
const latest = new WeakMap<Credential, { id: number; body: Uint8Array; compressed: Uint8Array }>()

function compressedBody(compressor: CertificateCompressor, credential: Credential, body: Uint8Array): Uint8Array {
  const known = latest.get(credential)
  if (known?.id === compressor.id && Buffer.compare(known.body, body) === 0) return known.compressed
  const compressed = compressor.compress(body)
  latest.set(credential, { id: compressor.id, body, compressed })
  return compressed
}

/** Reads the peer's Certificate message, plain or compressed. */
export function receiveCertificate(channel: HandshakeChannel, message: HandshakeMessage): CertificateMessage {
  const { certificateCompressors = [] } = channel.config
  if (message.type !== COMPRESSED_CERTIFICATE || certificateCompressors.length === 0) {
    expectType(message, CERTIFICATE)
    return readCertificate(message.body)
  }
  const { algorithm, size, compressed } = readCompressedCertificate(message.body)
  const compressor = certificateCompressors.find(one => one.id === algorithm)
  if (compressor === undefined) throw refusal(ILLEGAL_PARAMETER, 'bad compression algorithm')
  // The size that the peer claims bounds the decompression: no more memory than that is allocated.
  if (size > MAX_CERTIFICATE_MESSAGE) throw refusal(BAD_CERTIFICATE, 'excessive message size')
  const body = compressor.decompress(compressed, size)
  if (body?.length !== size) throw refusal(BAD_CERTIFICATE, 'bad decompression')
  return readCertificate(body)
}
