// Every limit that a peer can run into, with its reason. The tests in test/tls/engine/handshake-limits.test.ts pass each by one.

/** Plaintext of a record: RFC 8446 section 5.1. */
export const MAX_PLAINTEXT = 2 ** 14
/** Protected, TLS 1.3: RFC 8446 section 5.2. */
export const MAX_CIPHERTEXT_13 = MAX_PLAINTEXT + 256
/** Protected, TLS 1.2: RFC 5246 section 6.2.3. */
export const MAX_CIPHERTEXT_12 = MAX_PLAINTEXT + 2048

/** The least that a peer may limit our records to: RFC 8449 section 4. */
export const MIN_RECORD_SIZE_LIMIT = 64

/**
 * A ClientHello with all of its lists full, as OpenSSL counts it. In records of one byte each, as many as a peer likes to send, it
 * costs 30 ms of CPU.
 */
export const MAX_CLIENT_HELLO = 131_396
/** A handshake message but ClientHello and Certificate. */
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
/** Wishes to renegotiate that are refused with no application data between them: the first alone has an answer. */
export const MAX_REFUSED_RENEGOTIATIONS = 32
/** Tickets of one connection that a client looks at; those beyond are dropped. */
export const MAX_TICKETS_KEPT = 8
/** Tickets of one connection before it is an attack. */
export const MAX_TICKETS = 256
/** Bytes of early data that a server passes over, as records have them behind their headers: as many as it could have allowed. */
export const MAX_EARLY_DATA_SKIPPED = 2 ** 14
/** change_cipher_spec records of TLS 1.3's middlebox mode: one is sent by each side; RFC 8446 section 5. */
export const MAX_CHANGE_CIPHER_SPECS = 2
/** PSKs of a ClientHello that are looked at. */
export const MAX_PSK_IDENTITIES = 8
/** Bytes that may come while the owner thinks about a ClientHello. */
export const MAX_WAITING_INPUT = 128 * 1024

/** Records under one AES-GCM key before we update ours by ourselves: RFC 8446 section 5.5 allows 2^24.5. */
export const MAX_RECORDS_PER_KEY = 2 ** 24
/** A ticket lives for seven days at most: RFC 8446 section 4.6.1. */
export const MAX_TICKET_LIFETIME_SECONDS = 604_800
/** What a ticket holds, before it is sealed: BoringSSL takes no NewSessionTicket of more than 16 KiB, Go none of 64. */
export const MAX_TICKET_PLAINTEXT = 16_000
/** Tickets that a server of TLS 1.3 gives with a handshake: OpenSSL's figure. */
export const TICKETS_PER_HANDSHAKE = 2
