// What a TCP connection is given when it is made, and what it reports.

import type { TcpSegment } from '../../wire/packets.ts'

export interface TcpSettings {
  readonly sourcePort: number
  readonly destinationPort: number
  /** The initial sequence number. */
  readonly initial: number
  /** The largest segment that the own card takes: MTU less headers. */
  readonly segmentSize: number
  /** Whether selective acknowledgments are offered. Default: true; without them recovery is NewReno's (RFC 6582). */
  readonly offersSack?: boolean | undefined
}

/** Why a connection ended that its user has not closed. */
export type TcpFailure = 'refused' | 'reset' | 'timed-out' | 'unreachable'

/** Called after the state has changed: a handler may call straight back in. */
export interface TcpHandler {
  transmit(segment: TcpSegment): void
  onEstablished(): void
  /** Bytes, or the peer's FIN, can be read. */
  onReadable(): void
  /** The peer has acknowledged bytes: there is room for more, or none are left. */
  onAcknowledged(): void
  onFailure(failure: TcpFailure): void
  /** The connection is deleted: its ports may be used again. */
  onClosed(): void
}
