// Limits of the Node-facing side; those of the protocol are engine/limits.ts's.

/** After our FIN, or after a fatal error: how long the peer has to close before the connection is cut. */
export const CLOSE_DEADLINE_MS = 10_000
/** What one write to the connection holds at most. */
export const MAX_OUTPUT_BYTES = 128 * 1024
