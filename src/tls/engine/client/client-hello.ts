// The ClientHello that we send, and what is kept of it until the server has answered. RFC 8446 section 4.1.2, RFC 5246
// section 7.4.1.2.

import { concat } from '../../../core/bytes.ts'
import { type NamedGroup, X25519, X25519MLKEM768 } from '../../../crypto/named-groups.ts'
import type { KeyShare } from '../../../crypto/provider.ts'
import { type CipherSuite, cipherSuiteById, EMPTY_RENEGOTIATION_INFO_SCSV } from '../../wire/cipher-suites.ts'
import { CLIENT_HELLO, type ClientHello, writeClientHello, writeMessage } from '../../wire/handshake-messages.ts'
import * as ext from '../../wire/hello-extensions.ts'
import { offerCompression } from '../certificate-compression.ts'
import { KeySchedule } from '../key-schedule.ts'
import type { HandshakeChannel } from '../record/channel.ts'
import { offerRecordSizeLimit } from '../record/record-limits.ts'
import { isExpired, type SavedSession } from '../sessions.ts'

/** A PSK as it was offered. */
export interface OfferedPsk {
  readonly identity: Uint8Array
  readonly obfuscatedAge: number
  readonly secret: Uint8Array
  readonly hash: CipherSuite['hash']
  /** undefined: external. */
  readonly session: SavedSession | undefined
}

export interface SentHello {
  readonly random: Uint8Array
  readonly sessionId: Uint8Array
  readonly shares: ReadonlyMap<NamedGroup, KeyShare>
  readonly psks: readonly OfferedPsk[]
  /** TLS 1.2: the session that was offered. */
  readonly session: SavedSession | undefined
  readonly extensions: ext.Extensions
}

/** The configuration's session, if it is compatible with what we may offer. */
export function usableSession(channel: HandshakeChannel): SavedSession | undefined {
  const { config } = channel
  const { session } = config
  if (session === undefined || isExpired(session, config.now())) return undefined
  if (session.version < config.minVersion || session.version > config.maxVersion) return undefined
  if (session.serverName !== config.serverName) return undefined
  // Without ticket support its ticket would not be sent.
  if (session.version === 0x0303 && session.ticket.length > 0 && config.tickets === undefined) return undefined
  return config.cipherSuites.some(suite => suite.id === session.cipherSuite) ? session : undefined
}

/** Sends the ClientHello. @returns what the later states need of it. `retry`: the second one, after a HelloRetryRequest */
export function sendClientHello(
  channel: HandshakeChannel,
  retry?: { sent: SentHello; group: NamedGroup | undefined; cookie: Uint8Array | undefined; hash: CipherSuite['hash'] },
): SentHello {
  const { config } = channel
  const session = retry ? retry.sent.session : channel.connected ? undefined : usableSession(channel)
  const is13 = config.maxVersion === 0x0304 && channel.connected === undefined
  const old = session?.version === 0x0303 ? session : undefined
  const random = retry ? retry.sent.random : config.random(32)
  let sessionId = retry?.sent.sessionId
  if (sessionId === undefined) {
    if (old && old.ticket.length === 0) sessionId = old.sessionId
    // TLS 1.3: for middleboxes; TLS 1.2: a server that accepts the ticket echoes the id.
    else sessionId = is13 || old ? config.random(32) : new Uint8Array(0)
  }
  const shares = is13 ? keyShares(channel, retry) : new Map<NamedGroup, KeyShare>()
  const psks = is13 ? offeredPsks(channel, session, retry) : []
  const extensions = new Map<number, Uint8Array>()
  if (config.serverName !== undefined) extensions.set(ext.SERVER_NAME, ext.writeServerName(config.serverName))
  if (config.minVersion === 0x0303) add12(channel, extensions, old)
  if (config.groups.length > 0) {
    const groups = is13 ? config.groups : config.groups.filter(group => group !== X25519MLKEM768)
    extensions.set(ext.SUPPORTED_GROUPS, ext.writeUint16List(groups.map(group => group.id)))
  }
  if (config.alpnProtocols.length > 0) extensions.set(ext.ALPN, ext.writeProtocolNames(config.alpnProtocols))
  if (config.requestOcsp) extensions.set(ext.STATUS_REQUEST, ext.writeStatusRequest())
  const schemes = config.signatureSchemes.map(scheme => scheme.id)
  if (schemes.length > 0) extensions.set(ext.SIGNATURE_ALGORITHMS, ext.writeUint16List(schemes))
  if (is13) {
    const versions = config.minVersion === 0x0303 ? [0x0304, 0x0303] : [0x0304]
    extensions.set(ext.SUPPORTED_VERSIONS, ext.writeSupportedVersions(versions))
    if (retry?.cookie) extensions.set(ext.COOKIE, ext.writeOpaque(retry.cookie, 2))
    offerCompression(channel, extensions)
    extensions.set(ext.PSK_KEY_EXCHANGE_MODES, ext.writeOpaque(Uint8Array.of(PSK_DHE_KE), 1))
    const entries = [...shares.values()].map(share => ({ group: share.group.id, share: share.publicKey }))
    extensions.set(ext.KEY_SHARE, ext.writeKeyShares(entries))
  }
  if (!channel.connected) offerRecordSizeLimit(channel, extensions)
  const suites = config.cipherSuites.filter(suite => suite.protocol <= (is13 ? 0x0304 : 0x0303))
  const isFirst12 = config.minVersion === 0x0303 && channel.connected === undefined
  const hello: ClientHello = {
    version: 0x0303,
    random,
    sessionId,
    cipherSuites: [
      ...suites.filter(suite => suite.protocol >= config.minVersion).map(suite => suite.id),
      ...(isFirst12 ? [EMPTY_RENEGOTIATION_INFO_SCSV] : []),
    ],
    compressionMethods: Uint8Array.of(0),
    extensions,
  }
  const body = psks.length > 0 ? withBinders(channel, hello, extensions, psks) : writeClientHello(hello)
  channel.info.serverName = config.serverName
  channel.send(CLIENT_HELLO, body)
  return { random, sessionId, shares, psks, session, extensions }
}

const PSK_DHE_KE = 1

/** Adds the extensions that only TLS 1.2 uses. */
function add12(
  channel: HandshakeChannel,
  extensions: Map<number, Uint8Array>,
  session: SavedSession | undefined,
): void {
  const { config } = channel
  extensions.set(ext.EXTENDED_MASTER_SECRET, new Uint8Array(0))
  if (channel.connected) {
    extensions.set(ext.RENEGOTIATION_INFO, ext.writeOpaque(channel.finished ?? new Uint8Array(0), 1))
  }
  extensions.set(ext.EC_POINT_FORMATS, ext.writeOpaque(Uint8Array.of(0), 1))
  if (config.tickets) extensions.set(ext.SESSION_TICKET, session?.ticket ?? new Uint8Array(0))
  if (config.cipherSuites.some(suite => suite.mac)) extensions.set(ext.ENCRYPT_THEN_MAC, new Uint8Array(0))
}

/** One key share; beside a hybrid one also a classical one, for servers that do not support the hybrid. */
function keyShares(
  channel: HandshakeChannel,
  retry: { sent: SentHello; group: NamedGroup | undefined } | undefined,
): Map<NamedGroup, KeyShare> {
  const { config, crypto } = channel
  if (retry) {
    if (retry.group === undefined) return new Map(retry.sent.shares)
    return new Map([[retry.group, crypto.generateKeyShare(retry.group)]])
  }
  const [first] = config.groups
  const groups = first ? [first] : []
  if (first === X25519MLKEM768 && config.groups.includes(X25519)) groups.push(X25519)
  return new Map(groups.map(group => [group, crypto.generateKeyShare(group)]))
}

function offeredPsks(
  channel: HandshakeChannel,
  session: SavedSession | undefined,
  retry: { sent: SentHello; hash: CipherSuite['hash'] } | undefined,
): OfferedPsk[] {
  // After a HelloRetryRequest only PSKs with the hash of the suite that the server selected: RFC 8446 section 4.1.4.
  if (retry) return retry.sent.psks.filter(psk => psk.hash === retry.hash)
  const { config, handler } = channel
  const psks: OfferedPsk[] = []
  if (session?.version === 0x0304) {
    const hash = cipherSuiteById(session.cipherSuite)?.hash ?? 'sha256'
    const obfuscatedAge = (config.now() - session.issuedAt + session.ageAdd) % 2 ** 32
    psks.push({ identity: session.ticket, obfuscatedAge, secret: session.secret, hash, session })
  }
  if (config.usesPsk) {
    const psk = handler.onPskRequest?.(undefined)
    // OpenSSL's callback supports one hash only.
    if (psk)
      psks.push({ identity: psk.identity, obfuscatedAge: 0, secret: psk.key, hash: 'sha256', session: undefined })
  }
  return psks
}

/** Binders cover the hello up to themselves: RFC 8446 section 4.2.11.2. */
function withBinders(
  channel: HandshakeChannel,
  hello: ClientHello,
  extensions: Map<number, Uint8Array>,
  psks: readonly OfferedPsk[],
): Uint8Array {
  const offer = {
    identities: psks,
    binders: psks.map(psk => new Uint8Array(psk.hash === 'sha256' ? 32 : 48)),
  }
  extensions.set(ext.PRE_SHARED_KEY, ext.writePskOffer(offer))
  const body = writeClientHello(hello)
  const message = writeMessage(CLIENT_HELLO, body)
  const covered = message.subarray(0, message.length - ext.bindersSize(offer))
  const binders = psks.map(psk => {
    const schedule = new KeySchedule(channel.crypto, psk.hash, psk.secret)
    const transcript = channel.transcript.digestWith(psk.hash, covered)
    const binder = schedule.binder(psk.session === undefined, transcript)
    schedule.destroy()
    return binder
  })
  const tail = ext.writePskOffer({ identities: [], binders })
  return concat(body.subarray(0, covered.length - 4), tail.subarray(2))
}
