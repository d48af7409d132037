export { getCiphers } from 'node:tls'
export { convertALPNProtocols } from './alpn.ts'
export { getCertificateCompressionAlgorithms } from './certificate-compression.ts'
export { connect } from './connect.ts'
export { checkServerIdentity } from './identity.ts'
export { tls as default } from './module.ts'
export { createSecureContext, SecureContext } from './secure-context.ts'
export { createServer, Server } from './server.ts'
export { TLSSocket } from './tls-socket.ts'
export { getCACertificates, rootCertificates, setDefaultCACertificates } from './trust-store.ts'

import { tls } from './module.ts'

/** As they stood when the module was loaded; programs change them on the default export. */
export const {
  CLIENT_RENEG_LIMIT,
  CLIENT_RENEG_WINDOW,
  DEFAULT_CIPHERS,
  DEFAULT_ECDH_CURVE,
  DEFAULT_MAX_VERSION,
  DEFAULT_MIN_VERSION,
} = tls
