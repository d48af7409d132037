// Our PINGs that wait for an acknowledgement, and the round-trip times measured by them. RFC 9113 section 6.7.

import { PROTOCOL_ERROR } from '../wire/frame-types.ts'
import { writePing } from '../wire/frames.ts'
import type { SessionCore } from './session-core.ts'

export class Pings {
  readonly #core: SessionCore
  /** Oldest first. */
  #sent: { readonly payload: Uint8Array; readonly sentAt: number; readonly answered: (() => void) | undefined }[] = []

  #outstanding = 0

  constructor(core: SessionCore) {
    this.#core = core
  }

  /** The user's PINGs only; the engine sends its own one at a time. */
  get outstanding(): number {
    return this.#outstanding
  }

  /** @param answered - the callback of an engine's own PING; the handler is notified of the others */
  send(payload: Uint8Array, answered?: () => void): boolean {
    if (answered === undefined) {
      if (this.#outstanding >= this.#core.limits.maxOutstandingPings) return false
      this.#outstanding++
    }
    this.#sent.push({ payload: payload.slice(), sentAt: this.#core.now, answered })
    writePing(this.#core.outbox.control, payload, false)
    this.#core.outbox.wake()
    return true
  }

  receiveAck(payload: Uint8Array): void {
    const core = this.#core
    const ping = this.#sent[0]
    if (ping === undefined || ping.payload.some((byte, position) => byte !== payload[position])) {
      // RFC 9113 has no rule for an unsolicited ACK. Node ends the session; h2spec expects it to be ignored. From a peer
      // that has not acknowledged our SETTINGS yet it ends the session; later it counts as an invalid frame.
      if (core.localSettingsAcked) core.countInvalidFrame()
      else core.failConnection({ code: PROTOCOL_ERROR, reason: 'an answer to a PING that was not sent' })
      return
    }
    this.#sent.shift()
    core.roundTripMs = Math.min(core.roundTripMs, Math.max(0, core.now - ping.sentAt))
    if (ping.answered !== undefined) {
      ping.answered()
      return
    }
    this.#outstanding--
    core.handler.onPingAck(payload)
  }
}

/** The default payload of a PING: the time at which it was sent. */
export function pingTimestamp(milliseconds: number): Uint8Array {
  const bytes = new Uint8Array(8)
  new DataView(bytes.buffer).setFloat64(0, milliseconds)
  return bytes
}
