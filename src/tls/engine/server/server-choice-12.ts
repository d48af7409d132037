// A TLS 1.2 server's choice for a ClientHello: the session that it resumes, or the suite with the credential, scheme and
// group that it needs. RFC 5246 section 7.4.1.3, RFC 5077 section 3.4, RFC 7627 section 5.3.

import { type NamedGroup, namedGroupByName, P256, X25519MLKEM768 } from '../../../crypto/named-groups.ts'
import type { SignatureScheme } from '../../../crypto/signature-schemes.ts'
import { HANDSHAKE_FAILURE } from '../../wire/alerts.ts'
import { copyOf, sameBytes } from '../../wire/bytes.ts'
import type { CipherSuite } from '../../wire/cipher-suites.ts'
import * as ext from '../../wire/hello-extensions.ts'
import { refusal } from '../engine-errors.ts'
import { chooseCredential, sharedSchemes, sharedSuites } from '../negotiation.ts'
import type { HandshakeChannel } from '../record/channel.ts'
import { isExpired, openTicket, type SavedSession } from '../sessions.ts'
import type { ClientHelloAnswer, Credential } from '../types.ts'
import type { ReceivedHello } from './received-hello.ts'

export interface Choice12 {
  readonly suite: CipherSuite
  /** undefined: a PSK authenticates us. */
  readonly credential: Credential | undefined
  /** undefined: nothing is signed. */
  readonly scheme: SignatureScheme | undefined
  /** undefined: no ECDHE. */
  readonly group: NamedGroup | undefined
}

/** The first shared suite that we have a key and a group for. @throws {TlsError} */
export function chooseSuite12(channel: HandshakeChannel, received: ReceivedHello): Choice12 {
  const { config, info } = channel
  const schemes = sharedSchemes(config, received.signatureSchemes)
  info.sharedSignatureSchemes = schemes
  // As OpenSSL: an error whatever the suite, even where nothing is signed.
  const isUnsigned = received.signatureSchemes.length > 0 && schemes.length === 0
  if (isUnsigned) throw refusal(HANDSHAKE_FAILURE, 'no shared signature algorithms')
  const group = chooseGroup(channel, received)
  for (const suite of sharedSuites(config, received.hello.cipherSuites, 0x0303)) {
    const choice = chooseFor(channel, received, suite, schemes, group)
    if (choice) return choice
  }
  throw refusal(HANDSHAKE_FAILURE, 'no shared cipher')
}

function chooseFor(
  channel: HandshakeChannel,
  received: ReceivedHello,
  suite: CipherSuite,
  schemes: readonly SignatureScheme[],
  ecdheGroup: NamedGroup | undefined,
): Choice12 | undefined {
  const { config, crypto } = channel
  const isEcdhe = suite.keyExchange === 'ecdhe' || suite.keyExchange === 'ecdhe-psk'
  if (isEcdhe && ecdheGroup === undefined) return undefined
  const group = isEcdhe ? ecdheGroup : undefined
  if (suite.authentication === 'psk') {
    return config.usesPsk ? { suite, credential: undefined, scheme: undefined, group } : undefined
  }
  if (suite.keyExchange === 'rsa') {
    const credential = config.credentials.find(one => one.key.type === 'rsa')
    const isThere = credential !== undefined && crypto.rsaDecrypt !== undefined
    return isThere ? { suite, credential, scheme: undefined, group: undefined } : undefined
  }
  const wantsRsa = suite.authentication === 'rsa'
  const fits = ({ key }: Credential): boolean =>
    key.type.startsWith('rsa') === wantsRsa && hasCurve(received, key.curve)
  const chosen = chooseCredential(config, schemes, 0x0303, fits)
  return chosen && { suite, credential: chosen.credential, scheme: chosen.scheme, group }
}

/** Whether the client supports keys on this curve: RFC 8422 section 5.1.1. */
function hasCurve({ hello, groups }: ReceivedHello, curve: string | undefined): boolean {
  if (curve === undefined || !hello.extensions.has(ext.SUPPORTED_GROUPS)) return true
  const group = namedGroupByName(curve)
  return group !== undefined && groups.includes(group.id)
}

/** Without the extension the client supports any curve: RFC 8422 section 4. */
function chooseGroup(channel: HandshakeChannel, received: ReceivedHello): NamedGroup | undefined {
  const groups = channel.config.groups.filter(group => group !== X25519MLKEM768)
  if (!received.hello.extensions.has(ext.SUPPORTED_GROUPS)) return groups.includes(P256) ? P256 : groups[0]
  return groups.find(group => received.groups.includes(group.id))
}

/** The session to resume: from the client's ticket, or the one that the owner found by its id. The caller owns its secret. */
export function findSession12(
  channel: HandshakeChannel,
  received: ReceivedHello,
  answer: ClientHelloAnswer,
): { session: SavedSession; wantsTicket: boolean } | undefined {
  const { config, crypto } = channel
  // A renegotiation never resumes: its purpose is to negotiate anew.
  if (channel.connected) return undefined
  const ticket = received.hello.extensions.get(ext.SESSION_TICKET)
  const opened = ticket && config.tickets && openTicket(crypto, config.tickets, ticket)
  if (opened) {
    // The id may be empty: such a client sees by our next message whether its ticket was accepted. RFC 5077 section 3.4.
    const { session, isCurrent } = opened
    if (mayResume(channel, received, session)) return { session, wantsTicket: !isCurrent }
    session.secret.fill(0)
    return undefined
  }
  const { session } = answer
  if (session === undefined || session.sessionId.length === 0) return undefined
  if (!sameBytes(session.sessionId, received.hello.sessionId) || !mayResume(channel, received, session))
    return undefined
  return { session: { ...session, secret: copyOf(session.secret) }, wantsTicket: false }
}

/** Checks everything that a session is bound to. */
function mayResume(channel: HandshakeChannel, received: ReceivedHello, session: SavedSession): boolean {
  const { config, info } = channel
  const isSameConnection =
    session.version === 0x0303 &&
    !isExpired(session, config.now()) &&
    session.serverName === received.serverName &&
    sameBytes(session.sessionIdContext, config.sessionIdContext) &&
    received.hello.cipherSuites.includes(session.cipherSuite) &&
    config.cipherSuites.some(suite => suite.id === session.cipherSuite) &&
    (!config.requestCert || session.peerCertificates.length > 0)
  if (!isSameConnection) return false
  if (session.hasExtendedMasterSecret && !info.hasExtendedMasterSecret) {
    throw refusal(HANDSHAKE_FAILURE, 'inconsistent extms')
  }
  return session.hasExtendedMasterSecret === info.hasExtendedMasterSecret
}
