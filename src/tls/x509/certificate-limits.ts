// Limits on the work and memory that a peer's certificates may cost. Each is passed by a test.

/** Bytes of one certificate. The largest in use have some thousands; OpenSSL limits the whole chain to 100 KiB. */
export const maxCertificateSize = 100 * 1024

/** Bytes of one revocation list: the largest published ones have tens of megabytes. */
export const maxCrlSize = 64 * 1024 * 1024

/** Bytes of one PKCS#12 file. */
export const maxPfxSize = 16 * 1024 * 1024

/** Extensions of one certificate or list. */
export const maxExtensions = 128

/** Parts of one distinguished name. */
export const maxNameAttributes = 128

/** Names in one subjectAltName, and subtrees in one nameConstraints. */
export const maxGeneralNames = 4096

/** Certificates in a path, the peer's own and the root apart: OpenSSL's default depth. */
export const maxPathDepth = 100

/** Certificates of a peer that are considered, beyond its own. */
export const maxPeerIntermediates = 100

/** Candidate issuers with one name that are compared for one certificate. */
export const maxIssuerCandidates = 100

/** Candidate issuers that a search for another path tries, over all its branches: some milliseconds of work. */
export const maxSearchCandidates = 10_000

/** Signatures that a search for another path verifies, besides those of the path that failed: as many as a chain may have. */
export const maxSearchSignatures = 32

/** Paths that a search finds and validates; after that the first path's problems are reported. */
export const maxSearchedPaths = 64

/** Names times subtrees, over all certificates of all paths: beyond it the path is rejected without the check. */
export const maxNameComparisons = 1 << 20

/** Depth of safe bags nested in safe bags. */
export const maxSafeBagDepth = 8

/** Safe bags in one PKCS#12 file. */
export const maxSafeBags = 4096

/** Iterations of a key derivation that a file may ask for: about ten seconds of work. */
export const maxKdfIterations = 20_000_000

/** Parsed certificates that are cached, over all connections. */
export const maxCachedCertificates = 1024

/** Their DER bytes: a parsed one takes several times as much memory, and peers may send large ones. */
export const maxCachedCertificateBytes = 4 * 1024 * 1024

/** Verified chains that are cached, per set of trusted certificates. */
export const maxCachedVerdicts = 1024
