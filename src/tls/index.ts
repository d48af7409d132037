export { getCiphers } from 'node:tls'
export { convertALPNProtocols } from './api/alpn.ts'
export { connect } from './api/connect.ts'
export { createSecureContext, SecureContext } from './api/secure-context.ts'
export { createServer, Server } from './api/server.ts'
export { TLSSocket } from './api/tls-socket.ts'
export { getCertificateCompressionAlgorithms } from './connection/compressors.ts'
export { tls as default } from './module.ts'
export { checkServerIdentity } from './policy/identity.ts'
export { getCACertificates, rootCertificates, setDefaultCACertificates } from './policy/trust-store.ts'

import { tls } from './module.ts'

/** The values when the module was loaded; programs change them on the default export. */
export const {
  CLIENT_RENEG_LIMIT,
  CLIENT_RENEG_WINDOW,
  DEFAULT_CIPHERS,
  DEFAULT_ECDH_CURVE,
  DEFAULT_MAX_VERSION,
  DEFAULT_MIN_VERSION,
} = tls
