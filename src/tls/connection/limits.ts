// Limits of the connection around the engine. The engine's own are in engine/limits.ts.

/** Plaintext that is gathered (corked, or before the handshake is done) before `write()` says to wait. As net's own. */
export const maxGatheredBytes = 64 * 1024

/** What a peer may send while a program is asked about its handshake, before it has to wait: a record. */
export const maxHeldBytes = 16 * 1024

/** How long a connection that has failed stays to get its alert out to a peer that does not read. */
export const lingerMs = 1000

/** OpenSSL's own limits of what programs give for PSKs; Node's messages name the first two. */
export const maxPskBytes = 256
export const maxPskIdentityBytes = 128
export const maxPskHintBytes = 256

/** Bytes of the names of authorities that a client is told: TLS 1.3 has them beside others in 2^16 bytes of extensions. */
export const maxAuthorityNamesBytes = 60_000

/** Issuers that go with a certificate which comes alone. */
export const maxAddedIssuers = 10

/** Bytes in which a ClientHello must be whole, before the runtime's TLS is left to refuse it. */
export const maxHelloBytes = 64 * 1024

/** Sets of trusted certificates that are kept, by what they were made of. */
export const maxCachedSets = 64
