// What the memory host holds at most: without an operating system below, these are the only bounds on memory.

export const memoryLimits = {
  /**
   * Bytes on their way to one reader, in each direction of a connection: what an operating system's send and receive
   * buffers hold together. A reader that pauses stops its writer after as much.
   */
  bytesInFlight: 64 * 1024,
  /** Bytes waiting at a writer from which on `write` says false: what the runtime's sockets have as highWaterMark. */
  bytesWaiting: 64 * 1024,
} as const

/** Linux's range for ports that nobody asked for by number. */
export const ephemeralPorts = { first: 32768, last: 60999 } as const

/** UDP between memory hosts. */
export const datagramLimits = {
  /** Bytes of one datagram: 65,535 less the UDP header's 8, and the IPv4 header's 20. RFC 768, RFC 791 section 3.1. */
  bytesOverIPv4: 65_507,
  bytesOverIPv6: 65_527,
  /** Bytes that wait for one port's reader; what comes on top is lost, as in a system's receive buffer. */
  bytesWaiting: 212_992,
  /** Datagrams that wait for it: empty ones count no bytes, but take memory too. */
  messagesWaiting: 1024,
} as const
