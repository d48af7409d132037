// What a simulated machine's TCP retains and how long it waits: Linux' values, except where the comment says otherwise.

import type { Nanoseconds } from '../../types.ts'

export const tcpLimits = {
  /** Bytes that wait to be sent or acknowledged, and bytes that wait to be read: the most that one connection takes at first. */
  sendBuffer: 1 << 20,
  receiveBuffer: 1 << 20,
  /** How far both grow: with the congestion window, and with a user who reads at once. */
  largestSendBuffer: 8 << 20,
  largestReceiveBuffer: 8 << 20,
  /** The least send budget; beyond it, twice the congestion window. */
  leastSendBuffer: 64 * 1024,
  /** Out-of-order ranges that are kept: each takes memory beside its bytes. */
  reassemblyRanges: 8192,
  /** The least MSS that a peer may announce: smaller segments would be all header (Linux' TCP_MIN_SND_MSS). */
  leastSegment: 48,
  /** RFC 6298 section 2.1. */
  initialRto: 1e9 as Nanoseconds,
  minRto: 200e6 as Nanoseconds,
  maxRto: 120e9 as Nanoseconds,
  /** Unanswered SYNs, and unanswered retransmissions, until a connection is given up (tcp_syn_retries, tcp_retries2). */
  synRetries: 6,
  retries: 15,
  /** The same after the user has abandoned the connection (tcp_orphan_retries). */
  orphanRetries: 8,
  /** RFC 1122 section 4.2.3.2 */
  delayedAck: 40e6 as Nanoseconds,
  /** Between two answers to acknowledgments outside the window. */
  strayInterval: 500e6 as Nanoseconds,
  /** Twice the maximum segment lifetime. */
  timeWait: 60e9 as Nanoseconds,
  /** How long an abandoned connection waits for the peer's FIN. */
  finWait2: 60e9 as Nanoseconds,
  /** RFC 6928. */
  initialWindowSegments: 10,
  /** Connections of a listener that are not established yet. */
  backlog: 511,
} as const
