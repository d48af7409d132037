// Limits of the connection around the engine. The engine's own are in engine/limits.ts.

/** Plaintext that is gathered (corked, or before the handshake is done) before `write()` says to wait. As net's own. */
export const maxGatheredBytes = 64 * 1024

/** How long a connection that has failed stays to get its alert out to a peer that does not read. */
export const lingerMs = 1000
