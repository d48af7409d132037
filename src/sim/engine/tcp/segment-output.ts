// Makes segments and hands them to the handler: ports, sequence and acknowledgment numbers, the window and the options of each.

import { noBytes } from '../../../core/bytes.ts'
import { type TcpSegment, tcpFlags } from '../../wire/packets.ts'
import type { TcpHandler, TcpSettings } from './handler.ts'
import type { Receiver } from './receiver.ts'

const { SYN, RST, ACK } = tcpFlags
/** RFC 7323 section 2.2: windows of up to 8 MiB can be expressed. */
export const WINDOW_SCALE = 7

export class SegmentOutput {
  readonly #settings: TcpSettings
  readonly #handler: TcpHandler
  readonly #receiver: Receiver

  constructor(settings: TcpSettings, handler: TcpHandler, receiver: Receiver) {
    this.#settings = settings
    this.#handler = handler
    this.#receiver = receiver
  }

  /** The sequence number of an offset in our stream. */
  sequenceOf(offset: number): number {
    return (this.#settings.initial + 1 + offset) >>> 0
  }

  /** @param isAnswer - to the peer's SYN */
  transmitSyn(isAnswer: boolean): void {
    const { sourcePort, destinationPort, initial, segmentSize, offersSack } = this.#settings
    this.#handler.transmit({
      kind: 'tcp',
      sourcePort,
      destinationPort,
      sequence: initial,
      acknowledgment: isAnswer ? this.#receiver.acknowledgment : 0,
      flags: isAnswer ? SYN | ACK : SYN,
      window: this.#receiver.advertiseFirstWindow(),
      urgentPointer: 0,
      options: {
        maximumSegmentSize: segmentSize,
        windowScale: WINDOW_SCALE,
        isSackPermitted: (isAnswer ? this.#receiver.hasSack : offersSack !== false) || undefined,
      },
      data: noBytes,
    })
  }

  /** Answers an acknowledgment of something that was never sent: section 3.10.7, "<SEQ=SEG.ACK><CTL=RST>". */
  transmitReset({ acknowledgment }: TcpSegment): void {
    this.#transmit(acknowledgment, 0, RST, noBytes)
  }

  /** @param flags - with ACK: all segments of a synchronized connection have it */
  transmit(offset: number, flags: number, data: Uint8Array): void {
    this.#receiver.onAckSent()
    this.#transmit(this.sequenceOf(offset), this.#receiver.acknowledgment, flags, data)
  }

  #transmit(sequence: number, acknowledgment: number, flags: number, data: Uint8Array): void {
    this.#handler.transmit({
      kind: 'tcp',
      sourcePort: this.#settings.sourcePort,
      destinationPort: this.#settings.destinationPort,
      sequence,
      acknowledgment,
      flags,
      window: this.#receiver.advertiseWindow(),
      urgentPointer: 0,
      // With data it could make the packet larger than the path takes.
      options: data.length === 0 ? this.#receiver.sackOptions() : undefined,
      data,
    })
  }
}
