// The memory host's limits: without an operating system below, these are the only bounds on the memory it uses.

export const memoryLimits = {
  /**
   * Bytes in flight, in each direction of a connection: the capacity of an operating system's send and receive buffers together.
   * When the reader pauses, the writer can send that much.
   */
  bytesInFlight: 64 * 1024,
  /** From this many queued bytes on, `write` returns false: the highWaterMark of the runtime's sockets. */
  bytesWaiting: 64 * 1024,
} as const

/** Linux's range of ephemeral ports. */
export const ephemeralPorts = { first: 32768, last: 60999 } as const

/** UDP between memory hosts. */
export const datagramLimits = {
  /** Bytes of one datagram: 65,535 less the UDP header's 8, and the IPv4 header's 20. RFC 768, RFC 791 section 3.1. */
  bytesOverIPv4: 65_507,
  bytesOverIPv6: 65_527,
  /** Bytes that wait for one port's reader; further datagrams are dropped, as by a full receive buffer. */
  bytesWaiting: 212_992,
  /** Datagrams that wait for it: empty ones have no bytes, but use memory too. */
  messagesWaiting: 1024,
} as const
