// Limits of a simulated machine's host, besides those of its stack.

export const hostLimits = {
  /** Waiting bytes from which on `write` returns false: the highWaterMark of the runtime's sockets. */
  bytesWaiting: 64 * 1024,
  /** The smallest number of bytes to pass to the stack at once, unless fewer are left. */
  piece: 32 * 1024,
  /** The largest chunk for a reader: what the runtime reads at once. */
  chunk: 64 * 1024,
  /** Bytes and datagrams that wait for a UDP port's reader; further ones are dropped, as by a system's receive buffer. */
  datagramBytes: 212_992,
  datagrams: 1024,
  /** Groups that one UDP port may join: Linux's igmp_max_memberships. */
  memberships: 20,
} as const
