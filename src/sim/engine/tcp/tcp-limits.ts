// What a simulated machine's TCP holds and how long it waits: the values of Linux, where nothing else is said.

import type { Nanoseconds } from '../../types.ts'

export const tcpLimits = {
  /** Bytes that wait to be sent or acknowledged, and bytes that wait to be read: what one connection takes at most. */
  sendBuffer: 1 << 20,
  receiveBuffer: 1 << 20,
  /** How far both grow: with the congestion window, and with a reader who keeps up. */
  largestSendBuffer: 8 << 20,
  largestReceiveBuffer: 8 << 20,
  /** What is worth writing at least; beyond it, twice the congestion window is. */
  leastSendBuffer: 64 * 1024,
  /** Out-of-order ranges that are kept: each takes memory beside its bytes. */
  reassemblyRanges: 8192,
  /** Of what a peer may ask for: smaller segments would be all header (Linux' TCP_MIN_SND_MSS). */
  leastSegment: 48,
  /** RFC 6298 section 2.1. */
  initialRto: 1e9 as Nanoseconds,
  minRto: 200e6 as Nanoseconds,
  maxRto: 120e9 as Nanoseconds,
  /** Unanswered SYNs, and unanswered retransmissions, until a connection is given up (tcp_syn_retries, tcp_retries2). */
  synRetries: 6,
  retries: 15,
  /** The same where nobody reads any more (tcp_orphan_retries). */
  orphanRetries: 8,
  /** RFC 1122 section 4.2.3.2 */
  delayedAck: 40e6 as Nanoseconds,
  /** Between two answers to acknowledgments that have no place in the window. */
  strayInterval: 500e6 as Nanoseconds,
  /** Twice the maximum segment lifetime. */
  timeWait: 60e9 as Nanoseconds,
  /** How long an end that nobody reads any more waits for the peer's FIN. */
  finWait2: 60e9 as Nanoseconds,
  /** RFC 6928. */
  initialWindowSegments: 10,
  /** Connections that a listener has not taken yet. */
  backlog: 511,
} as const
