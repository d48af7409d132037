// What the host of a simulated machine holds beside what its stack does.

export const hostLimits = {
  /** Bytes waiting at a writer from which on `write` says false: what the runtime's sockets have as highWaterMark. */
  bytesWaiting: 64 * 1024,
  /** The stack is given so many bytes at least, or all there are. */
  piece: 32 * 1024,
  /** Bytes that a reader is given at once: what the runtime reads at once. */
  chunk: 64 * 1024,
  /** Bytes and datagrams that wait for one UDP port's reader; what comes on top is lost, as in a system's receive buffer. */
  datagramBytes: 212_992,
  datagrams: 1024,
  /** Groups that one UDP port is in: Linux' igmp_max_memberships. */
  memberships: 20,
} as const
