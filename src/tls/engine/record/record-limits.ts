// Limits on the size of records: record_size_limit (RFC 8449), which our client offers and our server answers, and
// max_fragment_length (RFC 6066 section 4), which our server answers where the client does not offer record_size_limit.

import { ILLEGAL_PARAMETER } from '../../wire/alerts.ts'
import * as ext from '../../wire/hello-extensions.ts'
import { refusal } from '../engine-errors.ts'
import { MAX_PLAINTEXT, MIN_RECORD_SIZE_LIMIT } from '../handshake-limits.ts'
import type { HandshakeChannel } from './channel.ts'

/** Client: offers the largest size that the protocol allows, so that the server can answer with its own limit. */
export function offerRecordSizeLimit(channel: HandshakeChannel, extensions: Map<number, Uint8Array>): void {
  // In TLS 1.3 the content type counts too: RFC 8449 section 4.
  const size = channel.config.maxVersion === 0x0304 ? MAX_PLAINTEXT + 1 : MAX_PLAINTEXT
  extensions.set(ext.RECORD_SIZE_LIMIT, ext.writeUint16(size))
}

/** Client: applies the server's answer. */
export function takeRecordSizeLimit(channel: HandshakeChannel, extensions: ext.Extensions): void {
  const limit = extensions.get(ext.RECORD_SIZE_LIMIT)
  if (limit) channel.limitPeerFragments(fragmentSize(channel, limit))
}

/** Server: applies the client's limits, and adds the answer to the extensions. */
export function answerRecordLimits(
  channel: HandshakeChannel,
  theirs: ext.Extensions,
  answers: Map<number, Uint8Array>,
): void {
  const limit = theirs.get(ext.RECORD_SIZE_LIMIT)
  const length = theirs.get(ext.MAX_FRAGMENT_LENGTH)
  if (limit) {
    channel.limitPeerFragments(fragmentSize(channel, limit))
    const own = channel.info.version === 0x0304 ? MAX_PLAINTEXT + 1 : MAX_PLAINTEXT
    answers.set(ext.RECORD_SIZE_LIMIT, ext.writeUint16(own))
  } else if (length) {
    const size = ext.readMaxFragmentLength(length)
    channel.limitPeerFragments(size)
    // It binds both sides.
    channel.limitReceived(size)
    answers.set(ext.MAX_FRAGMENT_LENGTH, length)
  }
}

function fragmentSize(channel: HandshakeChannel, body: Uint8Array): number {
  const size = ext.readUint16(body)
  if (size < MIN_RECORD_SIZE_LIMIT) throw refusal(ILLEGAL_PARAMETER, 'bad extension')
  // A server may not ask for more than the protocol allows; a larger limit of a client means the protocol's own.
  const is13 = channel.info.version === 0x0304
  if (channel.config.role === 'client' && size > MAX_PLAINTEXT + (is13 ? 1 : 0)) {
    throw refusal(ILLEGAL_PARAMETER, 'bad extension')
  }
  return is13 ? size - 1 : size
}
