// Resumable sessions, as a client or a server's cache keeps them and as a ticket holds them: one format
// for TLS 1.2 and 1.3. RFC 8446 section 4.6.1, RFC 5077, RFC 5246 section 7.3.
//
// A ticket is `name(16) | salt(16) | AES-256-GCM`: each has its own key, derived from the salt and the server's 48
// bytes, so that no nonce is ever used twice under one key.

import { concat } from '../../core/bytes.ts'
import type { CryptoProvider } from '../../crypto/provider.ts'
import { ByteReader, ByteWriter, sameBytes, WireError } from '../wire/bytes.ts'
import type { ProtocolVersion } from '../wire/versions.ts'
import { MAX_TICKET_PLAINTEXT } from './handshake-limits.ts'

export interface SavedSession {
  readonly version: ProtocolVersion
  readonly cipherSuite: number
  /** TLS 1.3: the PSK; TLS 1.2: the master secret. */
  readonly secret: Uint8Array
  /** Wall clock in milliseconds. */
  readonly issuedAt: number
  readonly lifetimeSeconds: number
  /** The server's ticket; empty: none (the session is known by its id). Empty inside of a ticket. */
  readonly ticket: Uint8Array
  /** TLS 1.2. Empty: none. */
  readonly sessionId: Uint8Array
  /** TLS 1.3: added to the ticket's age on the wire. */
  readonly ageAdd: number
  readonly serverName: string | undefined
  readonly alpn: Uint8Array | undefined
  readonly hasExtendedMasterSecret: boolean
  readonly sessionIdContext: Uint8Array
  /** DER, leaf first, so that they can be verified again on resumption. */
  readonly peerCertificates: readonly Uint8Array[]
}

/** Keys that seal tickets: 48 bytes each, as `server.getTicketKeys()` gives them. The first seals, every one opens. */
export interface TicketKeys {
  readonly keys: readonly Uint8Array[]
}

const FORM = 1

export function writeSession(session: SavedSession): Uint8Array {
  const writer = ByteWriter.apart(512)
  writer.uint8(FORM).uint16(session.version).uint16(session.cipherSuite).vector(1, session.secret)
  writer.uint32(Math.floor(session.issuedAt / 2 ** 32)).uint32(session.issuedAt % 2 ** 32)
  writer.uint32(session.lifetimeSeconds).vector(2, session.ticket).vector(1, session.sessionId)
  writer.uint32(session.ageAdd).uint8(session.hasExtendedMasterSecret ? 1 : 0)
  writer.uint8(session.serverName === undefined ? 0 : 1).vector(2, Buffer.from(session.serverName ?? '', 'latin1'))
  writer.uint8(session.alpn === undefined ? 0 : 1).vector(1, session.alpn ?? new Uint8Array(0))
  writer.vector(1, session.sessionIdContext)
  writer.measured(3, () => {
    for (const certificate of session.peerCertificates) writer.vector(3, certificate)
  })
  return writer.take()
}

/** undefined: not what `writeSession` gave. */
export function readSession(bytes: Uint8Array): SavedSession | undefined {
  try {
    const reader = new ByteReader(bytes)
    if (reader.uint8() !== FORM) return undefined
    const version = reader.uint16()
    if (version !== 0x0303 && version !== 0x0304) return undefined
    const cipherSuite = reader.uint16()
    const secret = reader.vector(1)
    const issuedAt = reader.uint32() * 2 ** 32 + reader.uint32()
    const lifetimeSeconds = reader.uint32()
    const ticket = reader.vector(2)
    const sessionId = reader.vector(1, 0, 32)
    const ageAdd = reader.uint32()
    const hasExtendedMasterSecret = reader.uint8() === 1
    const hasServerName = reader.uint8() === 1
    const serverName = Buffer.from(reader.vector(2)).toString('latin1')
    const hasAlpn = reader.uint8() === 1
    const alpn = reader.vector(1)
    const sessionIdContext = reader.vector(1, 0, 32)
    const peerCertificates = reader.list(3, item => item.vector(3))
    reader.end()
    return {
      version,
      cipherSuite,
      secret,
      issuedAt,
      lifetimeSeconds,
      ticket,
      sessionId,
      ageAdd,
      serverName: hasServerName ? serverName : undefined,
      alpn: hasAlpn ? alpn : undefined,
      hasExtendedMasterSecret,
      sessionIdContext,
      peerCertificates,
    }
  } catch (error) {
    if (error instanceof WireError) return undefined
    throw error
  }
}

export function isExpired(session: SavedSession, now: number): boolean {
  const age = now - session.issuedAt
  // A clock that was set back must not extend a session's lifetime.
  return age < -CLOCK_SLACK_MS || age > session.lifetimeSeconds * 1000
}

export function sealTicket(
  crypto: CryptoProvider,
  keys: TicketKeys,
  session: SavedSession,
  salt: Uint8Array,
): Uint8Array | undefined {
  const [key] = keys.keys
  if (key === undefined) return undefined
  const name = key.subarray(0, NAME_SIZE)
  const aead = crypto.aead('aes-256-gcm', ticketKey(crypto, key, salt))
  const plaintext = writeSession(session)
  // A long chain of certificates can make it too large.
  if (plaintext.length > MAX_TICKET_PLAINTEXT) return undefined
  const sealed = new Uint8Array(plaintext.length + TAG_SIZE)
  aead.seal(ZERO_NONCE, name, [plaintext], sealed, 0)
  aead.destroy()
  plaintext.fill(0)
  return concat(name, salt, sealed)
}

/** `isCurrent`: sealed with the first key; a ticket of an older key should be replaced. */
export function openTicket(
  crypto: CryptoProvider,
  keys: TicketKeys,
  ticket: Uint8Array,
): { session: SavedSession; isCurrent: boolean } | undefined {
  if (ticket.length < NAME_SIZE + SALT_SIZE + TAG_SIZE) return undefined
  const name = ticket.subarray(0, NAME_SIZE)
  const index = keys.keys.findIndex(key => sameBytes(key.subarray(0, NAME_SIZE), name))
  const key = keys.keys[index]
  if (key === undefined) return undefined
  const aead = crypto.aead('aes-256-gcm', ticketKey(crypto, key, ticket.subarray(NAME_SIZE, NAME_SIZE + SALT_SIZE)))
  const plaintext = aead.open(ZERO_NONCE, name, ticket.subarray(NAME_SIZE + SALT_SIZE))
  aead.destroy()
  const session = plaintext && readSession(plaintext)
  return session && { session, isCurrent: index === 0 }
}

/** Derives a ticket's key from its salt: HMAC keyed with both secret parts of the 48 bytes. */
function ticketKey(crypto: CryptoProvider, key: Uint8Array, salt: Uint8Array): Uint8Array {
  return crypto.hmac('sha256', key.subarray(NAME_SIZE), salt)
}

export const SALT_SIZE = 16
const NAME_SIZE = 16
const TAG_SIZE = 16
const ZERO_NONCE = new Uint8Array(12)
export const CLOCK_SLACK_MS = 60_000
