// What a resolver allows itself and the servers it asks.

/** The first wait for an answer when none is set; c-ares has the same. */
export const DEFAULT_TIMEOUT_MS = 2000

/** How often each server is asked when nothing else is said: Node's own default. */
export const DEFAULT_TRIES = 4

/** No wait is longer, however often it has doubled. */
export const MAX_TIMEOUT_MS = 2 ** 31 - 1

/** Aliases followed from one name, within an answer and from one answer to the next: RFC 1034 section 3.6.2 asks for a bound. */
export const MAX_ALIASES = 16

/** What we take in one datagram: passes on common paths without fragments (DNS flag day 2020). */
export const UDP_SIZE = 1232

/** Questions that go out of one port before it is given up: who guesses has to find the port anew. RFC 5452 section 9.2. */
export const MAX_QUERIES_PER_PORT = 256

/** An unused connection to a server is closed after so long: RFC 7766 section 6.2.3. */
export const STREAM_IDLE_MS = 5000

/** Answers under way on one connection. */
export const MAX_QUERIES_PER_STREAM = 1024

/** As resolv.conf(5) has them. */
export const MAX_SEARCH_DOMAINS = 256
export const MAX_NDOTS = 15

/** Answers that a cache keeps when nothing else is said. */
export const DEFAULT_CACHE_ENTRIES = 1000

/** How often `lookup` asks each server where the machine's resolv.conf does not say: as it has it by default. */
export const HOST_LOOKUP_TRIES = 2

/** Seconds that a cache of look-ups keeps an answer of the system, which does not say how long it holds. */
export const LOOKUP_TTL_S = 10

/** The same for a name that the system does not know. */
export const LOOKUP_NEGATIVE_TTL_S = 1

/** A week: RFC 8767 section 4 advises a bound on what servers claim. */
export const MAX_CACHE_TTL_S = 604_800

/** Negative answers: RFC 2308 section 5 finds one to three hours to work well. */
export const MAX_NEGATIVE_TTL_S = 10_800
