// Every limit that a peer can run into, with its reason. The tests in test/tls/engine/handshake-limits.test.ts pass each by one.

/** Bytes of plaintext in a record: RFC 8446 section 5.1. */
export const MAX_PLAINTEXT = 2 ** 14
/** Bytes of a protected fragment, TLS 1.3: RFC 8446 section 5.2. */
export const MAX_CIPHERTEXT_13 = MAX_PLAINTEXT + 256
/** Bytes of a protected fragment, TLS 1.2: RFC 5246 section 6.2.3. */
export const MAX_CIPHERTEXT_12 = MAX_PLAINTEXT + 2048

/** The smallest limit that a peer may set for our records: RFC 8449 section 4. */
export const MIN_RECORD_SIZE_LIMIT = 64

/**
 * A ClientHello with all of its lists full, as OpenSSL counts it. In records of one byte each, as many as a peer likes to send, it
 * costs 30 ms of CPU.
 */
export const MAX_CLIENT_HELLO = 131_396
/** A handshake message other than ClientHello and Certificate. */
export const MAX_HANDSHAKE_MESSAGE = 64 * 1024
/** A Certificate message: OpenSSL's default (`SSL_CTX_set_max_cert_list`). */
export const MAX_CERTIFICATE_MESSAGE = 100 * 1024
/** Certificates in one chain. */
export const MAX_CHAIN = 32

/** Records in a row that carry nothing: each costs us a decryption. OpenSSL's figure. */
export const MAX_EMPTY_RECORDS = 32
/** Warning alerts in a row. OpenSSL gives up at the fifth. */
export const MAX_WARNING_ALERTS = 4
/** KeyUpdates with no application data between them. OpenSSL's figure is 32. */
export const MAX_KEY_UPDATES = 32
/** Requests to renegotiate that are refused with no application data between them: only the first is answered. */
export const MAX_REFUSED_RENEGOTIATIONS = 32
/** Tickets of one connection that a client reads; further ones are dropped. */
export const MAX_TICKETS_KEPT = 8
/** Tickets of one connection; more are treated as an attack. */
export const MAX_TICKETS = 256
/** Bytes of early data that a server skips, record headers not counted: as many as it could have allowed. */
export const MAX_EARLY_DATA_SKIPPED = 2 ** 14
/** change_cipher_spec records of TLS 1.3's middlebox mode: one is sent by each side; RFC 8446 section 5. */
export const MAX_CHANGE_CIPHER_SPECS = 2
/** PSKs of a ClientHello that are tried. */
export const MAX_PSK_IDENTITIES = 8
/** Bytes that are queued while the owner has not answered a ClientHello. */
export const MAX_WAITING_INPUT = 128 * 1024

/** Records under one AES-GCM key before we update our keys unasked: RFC 8446 section 5.5 allows 2^24.5. */
export const MAX_RECORDS_PER_KEY = 2 ** 24
/** A ticket lives for seven days at most: RFC 8446 section 4.6.1. */
export const MAX_TICKET_LIFETIME_SECONDS = 604_800
/** Bytes of a ticket's content, before it is sealed: BoringSSL rejects a NewSessionTicket of more than 16 KiB, Go one of 64 KiB. */
export const MAX_TICKET_PLAINTEXT = 16_000
/** Tickets that a TLS 1.3 server sends after a handshake: OpenSSL's figure. */
export const TICKETS_PER_HANDSHAKE = 2
