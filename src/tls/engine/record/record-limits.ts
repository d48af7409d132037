// How large the records may be that either side sends: record_size_limit (RFC 8449), which a client of ours offers and a server
// answers, and max_fragment_length (RFC 6066 section 4), which a server answers where a client knows nothing better.

import { ILLEGAL_PARAMETER } from '../../wire/alerts.ts'
import * as ext from '../../wire/hello-extensions.ts'
import { refusal } from '../engine-errors.ts'
import { MAX_PLAINTEXT, MIN_RECORD_SIZE_LIMIT } from '../handshake-limits.ts'
import type { HandshakeChannel } from './channel.ts'

/** Client: we take whatever the protocol allows; the offer is for the server to tell its own limit. */
export function offerRecordSizeLimit(channel: HandshakeChannel, extensions: Map<number, Uint8Array>): void {
  // TLS 1.3 counts the type of content too: RFC 8449 section 4.
  const size = channel.config.maxVersion === 0x0304 ? MAX_PLAINTEXT + 1 : MAX_PLAINTEXT
  extensions.set(ext.RECORD_SIZE_LIMIT, ext.writeUint16(size))
}

/** Client: what the server has answered. */
export function takeRecordSizeLimit(channel: HandshakeChannel, extensions: ext.Extensions): void {
  const limit = extensions.get(ext.RECORD_SIZE_LIMIT)
  if (limit) channel.limitPeerFragments(fragmentSize(channel, limit))
}

/** Server: heeds what the client asks for, and adds the answer to it. */
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
  // A server may not ask for more than the protocol has; a client's larger limit means the largest there is.
  const is13 = channel.info.version === 0x0304
  if (channel.config.role === 'client' && size > MAX_PLAINTEXT + (is13 ? 1 : 0)) {
    throw refusal(ILLEGAL_PARAMETER, 'bad extension')
  }
  return is13 ? size - 1 : size
}
