// How much of packets that came in parts a machine keeps, and how long.

import type { Nanoseconds } from '../types.ts'

export const fragmentLimits = {
  /** Linux' ipfrag_time; RFC 8200 section 4.5 asks for 60 s, RFC 791 section 3.2 proposed 15. */
  timeout: 30e9 as Nanoseconds,
  /** Packets that wait for the rest of them, and bytes they hold: the oldest goes. */
  packets: 64,
  bytes: 4 * 1024 * 1024,
  /** Of one packet: no honest sender makes that many of 64 KiB. */
  parts: 256,
} as const
