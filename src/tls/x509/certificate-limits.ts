// What a peer's certificates may ask of us. Each is passed by a test.

/** Bytes of one certificate. The largest in use have some thousands; OpenSSL's limit is on the whole chain, 100 KiB. */
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

/** Certificates of a peer that are looked at, beyond its own. */
export const maxPeerIntermediates = 100

/** Issuers of one name that are weighed against each other for one certificate. */
export const maxIssuerCandidates = 100

/** Candidates for an issuer that a search for another path looks at, over all its branches: some milliseconds of work. */
export const maxSearchCandidates = 10_000

/** Signatures that a search for another path checks, beside those of the path that failed: as many as a chain may have. */
export const maxSearchSignatures = 32

/** Paths that a search finds and that are judged, before the first one's problems stand. */
export const maxSearchedPaths = 64

/** Names times subtrees, over all certificates of all paths: beyond it the check is not done and the path refused. */
export const maxNameComparisons = 1 << 20

/** Safe bags within safe bags. */
export const maxSafeBagDepth = 8

/** Safe bags in one PKCS#12 file. */
export const maxSafeBags = 4096

/** Iterations of a key derivation that a file may ask for: about ten seconds of work. */
export const maxKdfIterations = 20_000_000

/** Certificates that are kept parsed, over all connections. */
export const maxCachedCertificates = 1024

/** Their bytes: what is kept of each is several times as much, and peers may send large ones. */
export const maxCachedCertificateBytes = 4 * 1024 * 1024

/** Verified chains that are kept, per set of trusted certificates. */
export const maxCachedVerdicts = 1024
