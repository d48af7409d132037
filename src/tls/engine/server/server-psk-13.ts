// Which PSK of a ClientHello a TLS 1.3 server selects, and which suite: from its own tickets, or external ones. Everything that
// a session is bound to is checked here, before its binder. RFC 8446 section 4.2.11.

import { DECRYPT_ERROR, ILLEGAL_PARAMETER } from '../../wire/alerts.ts'
import { sameBytes } from '../../wire/bytes.ts'
import { type CipherSuite, cipherSuiteById } from '../../wire/cipher-suites.ts'
import * as ext from '../../wire/hello-extensions.ts'
import { missingExtension, refusal } from '../engine-errors.ts'
import { MAX_PSK_IDENTITIES } from '../handshake-limits.ts'
import { KeySchedule } from '../key-schedule.ts'
import type { HandshakeChannel } from '../record/channel.ts'
import { isExpired, openTicket, type SavedSession } from '../sessions.ts'
import type { ReceivedHello } from './received-hello.ts'

export interface ChosenPsk {
  readonly index: number
  /** Begun with the PSK. */
  readonly schedule: KeySchedule
  /** undefined: external. */
  readonly session: SavedSession | undefined
}

export const PSK_DHE_KE = 1

/** @param suites - the shared ones, best first; never empty */
export function chooseSuiteAndPsk(
  channel: HandshakeChannel,
  received: ReceivedHello,
  suites: readonly CipherSuite[],
): { suite: CipherSuite; psk: ChosenPsk | undefined } {
  const suite = suites[0] as CipherSuite
  const body = received.hello.extensions.get(ext.PRE_SHARED_KEY)
  if (body === undefined) return { suite, psk: undefined }
  const { pskModes } = received
  if (pskModes === undefined) throw missingExtension('missing psk kex modes extension')
  const offer = ext.readPskOffer(body)
  if (!pskModes.includes(PSK_DHE_KE)) return { suite, psk: undefined }
  for (const [index, { identity }] of offer.identities.slice(0, MAX_PSK_IDENTITIES).entries()) {
    const known = findPsk(channel, received, identity)
    if (known === undefined) continue
    const fitting = suites.find(one => one.hash === known.hash)
    if (fitting === undefined) continue
    const schedule = checkBinder(channel, received, offer, index, known)
    return { suite: fitting, psk: { index, schedule, session: known.session } }
  }
  return { suite, psk: undefined }
}

interface KnownPsk {
  readonly secret: Uint8Array
  readonly hash: CipherSuite['hash']
  readonly session: SavedSession | undefined
}

function findPsk(channel: HandshakeChannel, received: ReceivedHello, identity: Uint8Array): KnownPsk | undefined {
  const { config, crypto, handler } = channel
  const opened = config.tickets && openTicket(crypto, config.tickets, identity)
  if (opened) {
    const { session } = opened
    const hash = cipherSuiteById(session.cipherSuite)?.hash
    const fits =
      hash !== undefined &&
      session.version === 0x0304 &&
      !isExpired(session, config.now()) &&
      session.serverName === received.serverName &&
      sameBytes(session.sessionIdContext, config.sessionIdContext) &&
      // Resuming a session without a certificate must not bypass the request for one.
      (!config.requestCert || session.peerCertificates.length > 0)
    if (fits) return { secret: session.secret, hash, session }
    session.secret.fill(0)
    return undefined
  }
  if (!config.usesPsk) return undefined
  const secret = handler.onPskIdentity?.(identity)
  return secret && { secret, hash: 'sha256', session: undefined }
}

/** @returns the key schedule that the binder was verified with */
function checkBinder(
  channel: HandshakeChannel,
  received: ReceivedHello,
  offer: ext.PskOffer,
  index: number,
  psk: KnownPsk,
): KeySchedule {
  const { bytes } = received.message
  const covered = bytes.subarray(0, bytes.length - ext.bindersSize(offer))
  const schedule = new KeySchedule(channel.crypto, psk.hash, psk.secret)
  channel.guard(schedule)
  // We own a secret that came in a ticket.
  if (psk.session) psk.secret.fill(0)
  const transcript = channel.transcript.digestWith(psk.hash, covered)
  const expected = schedule.binder(psk.session === undefined, transcript)
  const binder = offer.binders[index]
  if (binder === undefined || binder.length !== expected.length) throw refusal(ILLEGAL_PARAMETER, 'bad binder')
  if (!channel.crypto.equal(expected, binder)) throw refusal(DECRYPT_ERROR, 'binder does not verify')
  return schedule
}
