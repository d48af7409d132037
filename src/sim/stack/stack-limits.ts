// What a simulated machine's IP stack holds and how long it waits. Values of Linux where nothing else is said.

import type { Nanoseconds } from '../types.ts'

export const stackLimits = {
  /** Packets that wait for one neighbour's MAC address, how often it is asked for, and how long each time. */
  packetsUnresolved: 128,
  resolveTries: 3,
  resolveInterval: 1e9 as Nanoseconds,
  /** How long a neighbour's MAC address is believed without asking anew (RFC 1122 section 2.3.2.1). */
  neighborAge: 30e9 as Nanoseconds,
  /** MAC addresses remembered on one card. */
  neighbors: 8192,
  /** Destinations whose path takes less than the own card: all are forgotten when there are more. */
  pathMtus: 4096,
  /**
   * Bytes after the IP header that an ICMP error quotes: RFC 792's eight. RFC 1812 and 4443 allow more; but of a segment
   * that is cut off, Wireshark says that its checksum is wrong.
   */
  quotedBytes: 8,
  /** The first TTL and hop limit. */
  hops: 64,
  /** ICMP errors that one machine sends in a second of simulated time: RFC 4443 section 2.4 (f). */
  errorsPerSecond: 1000,
} as const
