// A TLS 1.3 connection whose handshake is done: tickets, key updates, exporters. RFC 8446 sections 4.6 and 7.5.

import { noBytes } from '../../core/bytes.ts'
import { UNEXPECTED_MESSAGE } from '../wire/alerts.ts'
import { copyOf } from '../wire/bytes.ts'
import {
  KEY_UPDATE,
  NEW_SESSION_TICKET,
  readKeyUpdate,
  readNewSessionTicket,
  writeKeyUpdate,
  writeNewSessionTicket,
} from '../wire/handshake-messages.ts'
import { NO_EXTENSIONS } from '../wire/hello-extensions.ts'
import { refusal } from './engine-errors.ts'
import { MAX_KEY_UPDATES, MAX_TICKET_LIFETIME_SECONDS, MAX_TICKETS, MAX_TICKETS_KEPT } from './handshake-limits.ts'
import { expandLabel, exportSecret, hashSize } from './key-schedule.ts'
import { type ConnectedState, type HandshakeChannel, type HandshakeState, unexpectedMessage } from './record/channel.ts'
import type { HandshakeMessage } from './record/message-joiner.ts'
import type { Traffic13 } from './record/traffic-13.ts'
import { SALT_SIZE, type SavedSession, sealTicket } from './sessions.ts'

export class Connected13 implements ConnectedState {
  readonly dropsChangeCipherSpec = false
  readonly #channel: HandshakeChannel
  readonly #traffic: Traffic13
  #tickets = 0
  #keyUpdates = 0
  /** We have updated our keys at the peer's request, and have sent nothing under them yet. */
  #hasFreshKeys = false

  constructor(channel: HandshakeChannel, traffic: Traffic13) {
    this.#channel = channel
    this.#traffic = traffic
  }

  handle(message: HandshakeMessage): HandshakeState {
    if (message.type === KEY_UPDATE) this.#receiveKeyUpdate(message)
    else if (message.type === NEW_SESSION_TICKET && this.#channel.config.role === 'client') this.#receiveTicket(message)
    else throw unexpectedMessage()
    return this
  }

  /** Application data was received: the count of key updates in a row starts again. */
  receivedData(): void {
    this.#keyUpdates = 0
  }

  sendsData(): void {
    this.#hasFreshKeys = false
  }

  updateKeys(requestPeer: boolean): void {
    const channel = this.#channel
    channel.sendUntracked(KEY_UPDATE, writeKeyUpdate(requestPeer))
    const ours = channel.config.role === 'client' ? this.#traffic.client : this.#traffic.server
    ours.update()
    channel.setSealer(ours.sealer())
  }

  renegotiate(): undefined {
    return undefined
  }

  exportKeyingMaterial(length: number, label: string, context: Uint8Array | undefined): Uint8Array {
    const { hash } = this.#traffic.suite
    const secret = this.#traffic.exporterSecret
    return exportSecret(this.#channel.crypto, hash, secret, label, context ?? new Uint8Array(0), length)
  }

  destroy(): void {
    this.#traffic.destroy()
  }

  /** Server: sends tickets, each with its own PSK. */
  sendTickets(count: number): void {
    const channel = this.#channel
    const { config, crypto, info } = channel
    const { tickets } = config
    if (tickets === undefined || count === 0) return
    const { suite } = this.#traffic
    const lifetimeSeconds = Math.min(config.sessionTimeoutSeconds, MAX_TICKET_LIFETIME_SECONDS)
    for (let i = 0; i < count; i++) {
      const nonce = Uint8Array.of(i)
      const chance = config.random(SALT_SIZE + 4)
      const session: SavedSession = {
        version: 0x0304,
        cipherSuite: suite.id,
        secret: this.#resumptionPsk(nonce),
        issuedAt: config.now(),
        lifetimeSeconds,
        ticket: noBytes,
        sessionId: noBytes,
        ageAdd: new DataView(chance.buffer, chance.byteOffset + SALT_SIZE).getUint32(0),
        serverName: info.serverName,
        alpn: info.alpn,
        hasExtendedMasterSecret: true,
        sessionIdContext: config.sessionIdContext,
        peerCertificates: info.peerCertificates,
      }
      const ticket = sealTicket(crypto, tickets, session, chance.subarray(0, SALT_SIZE))
      session.secret.fill(0)
      if (ticket === undefined) return
      const message = { lifetimeSeconds, ageAdd: session.ageAdd, nonce, ticket, extensions: NO_EXTENSIONS }
      channel.sendUntracked(NEW_SESSION_TICKET, writeNewSessionTicket(message))
    }
  }

  #receiveKeyUpdate(message: HandshakeMessage): void {
    const channel = this.#channel
    const isRequested = readKeyUpdate(message.body)
    if (++this.#keyUpdates > MAX_KEY_UPDATES) throw refusal(UNEXPECTED_MESSAGE, 'too many key updates')
    const theirs = channel.config.role === 'client' ? this.#traffic.server : this.#traffic.client
    theirs.update()
    channel.setOpener(theirs.opener())
    // Several requests that arrive while we send nothing get one answer: RFC 8446 section 4.6.3.
    if (!isRequested || this.#hasFreshKeys) return
    this.updateKeys(false)
    this.#hasFreshKeys = true
  }

  #receiveTicket(message: HandshakeMessage): void {
    const channel = this.#channel
    const { config, info } = channel
    const { lifetimeSeconds, ageAdd, nonce, ticket } = readNewSessionTicket(message.body)
    if (++this.#tickets > MAX_TICKETS) throw refusal(UNEXPECTED_MESSAGE, 'too many tickets')
    // A lifetime of zero: the ticket must not be kept. More than a week is not allowed, and is cut to a week.
    if (lifetimeSeconds === 0 || this.#tickets > MAX_TICKETS_KEPT || config.tickets === undefined) return
    const session: SavedSession = {
      version: 0x0304,
      cipherSuite: this.#traffic.suite.id,
      secret: this.#resumptionPsk(nonce),
      issuedAt: config.now(),
      lifetimeSeconds: Math.min(lifetimeSeconds, MAX_TICKET_LIFETIME_SECONDS),
      ticket: copyOf(ticket),
      sessionId: noBytes,
      ageAdd,
      serverName: config.serverName,
      alpn: info.alpn,
      hasExtendedMasterSecret: true,
      sessionIdContext: config.sessionIdContext,
      peerCertificates: info.peerCertificates,
    }
    channel.session = session
    channel.tell(handler => handler.onSession?.(session, noBytes))
  }

  /** RFC 8446 section 4.6.1. */
  #resumptionPsk(nonce: Uint8Array): Uint8Array {
    const { hash } = this.#traffic.suite
    const secret = this.#traffic.resumptionSecret
    return expandLabel(this.#channel.crypto, hash, secret, 'resumption', nonce, hashSize(hash))
  }
}
