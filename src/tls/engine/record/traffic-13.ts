// The secrets of a TLS 1.3 connection from the ServerHello on, for both roles: which there are, when each is derived from
// the key schedule, and when they are overwritten. RFC 8446 section 7.

import { noBytes } from '../../../core/bytes.ts'
import type { CryptoProvider } from '../../../crypto/provider.ts'
import type { CipherSuite } from '../../wire/cipher-suites.ts'
import { type KeySchedule, TrafficSecret } from '../key-schedule.ts'
import type { HandshakeChannel } from './channel.ts'

export class Traffic13 {
  readonly #channel: HandshakeChannel
  readonly #crypto: CryptoProvider
  readonly suite: CipherSuite
  readonly schedule: KeySchedule
  readonly #clientRandom: Uint8Array
  client: TrafficSecret
  server: TrafficSecret
  exporterSecret: Uint8Array = noBytes
  resumptionSecret: Uint8Array = noBytes

  /** Derives the handshake secrets; the transcript ends with the ServerHello. */
  constructor(
    channel: HandshakeChannel,
    suite: CipherSuite,
    schedule: KeySchedule,
    shared: Uint8Array | undefined,
    clientRandom: Uint8Array,
  ) {
    this.#channel = channel
    this.#crypto = channel.crypto
    this.suite = suite
    this.schedule = schedule
    this.#clientRandom = clientRandom
    channel.guard(this)
    schedule.enterHandshake(shared)
    shared?.fill(0)
    const transcript = channel.transcript.digest()
    this.client = this.#take('c hs traffic', 'CLIENT_HANDSHAKE_TRAFFIC_SECRET', transcript)
    this.server = this.#take('s hs traffic', 'SERVER_HANDSHAKE_TRAFFIC_SECRET', transcript)
  }

  /** `verify_data` of one side's Finished, over the transcript up to it. */
  finished(side: 'client' | 'server'): Uint8Array {
    return this.schedule.finished(this[side].bytes, this.#channel.transcript.digest())
  }

  /** Derives the application secrets; the transcript ends with the server's Finished. The handshake secrets stay in use until replaced. */
  applicationSecrets(): { client: TrafficSecret; server: TrafficSecret } {
    this.schedule.enterMaster()
    const transcript = this.#channel.transcript.digest()
    this.exporterSecret = this.schedule.trafficSecret('exp master', transcript)
    this.#channel.keyLog('EXPORTER_SECRET', this.#clientRandom, this.exporterSecret)
    return {
      client: this.#take('c ap traffic', 'CLIENT_TRAFFIC_SECRET_0', transcript),
      server: this.#take('s ap traffic', 'SERVER_TRAFFIC_SECRET_0', transcript),
    }
  }

  /**
   * Derives the last secrets of the schedule; the transcript ends with the client's Finished.
   * @param hasTickets - there may be sessions to resume
   */
  finish(client: TrafficSecret, server: TrafficSecret, hasTickets: boolean): void {
    if (hasTickets) {
      this.resumptionSecret = this.schedule.trafficSecret('res master', this.#channel.transcript.digest())
    }
    this.schedule.destroy()
    this.client.destroy()
    this.server.destroy()
    this.client = client
    this.server = server
  }

  destroy(): void {
    this.schedule.destroy()
    this.client.destroy()
    this.server.destroy()
    this.exporterSecret.fill(0)
    this.resumptionSecret.fill(0)
  }

  #take(
    label: 'c hs traffic' | 's hs traffic' | 'c ap traffic' | 's ap traffic',
    logLabel: string,
    transcript: Uint8Array,
  ): TrafficSecret {
    const secret = this.schedule.trafficSecret(label, transcript)
    this.#channel.keyLog(logLabel, this.#clientRandom, secret)
    const traffic = new TrafficSecret(this.#crypto, this.suite, secret)
    // A server retains its application secrets until the client's Finished, which may never come.
    this.#channel.guard(traffic)
    return traffic
  }
}
