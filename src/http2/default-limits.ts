// Limits of the sessions above the engine; engine/engine-limits.ts has those of the protocol.

/** After our FIN, or after a fatal error: how long the peer has to close before the connection is cut. */
export const CLOSE_DEADLINE_MS = 10_000
/** The number of writes that a connection may have pending. */
export const MAX_WRITES_IN_FLIGHT = 4
