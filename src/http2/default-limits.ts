// Limits of the Node-facing side; those of the protocol are engine/limits.ts's.

/** After our FIN, or after a fatal error: how long the peer has to close before the connection is cut. */
export const CLOSE_DEADLINE_MS = 10_000
/** Pieces of output that one connection has and has not called back for. */
export const MAX_WRITES_IN_FLIGHT = 4
