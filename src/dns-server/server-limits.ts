// What a name server lets its clients do.

/** The largest answer over UDP: what passes without fragments nearly everywhere (the value of DNS flag day 2020). */
export const DEFAULT_UDP_SIZE = 1232

/** What every client takes over UDP: RFC 1035 section 2.3.4. */
export const MIN_UDP_SIZE = 512

/** Aliases that one answer follows. A circle of them ends here too. */
export const MAX_ALIASES = 16

/** Open TCP connections; further ones are closed at once. */
export const MAX_CONNECTIONS = 256

/** Without a whole message from the client, or room for more answers: RFC 7766 section 6.2.3. */
export const IDLE_TIMEOUT_MS = 10_000

/** Datagrams that the host has not sent yet; the answers to further ones are dropped, as a full network would. */
export const MAX_UNSENT_DATAGRAMS = 1024
