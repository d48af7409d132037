// The object that `require('tls')` gives. Programs change the defaults on it: it is the object that they are read from.

import { getCiphers } from 'node:tls'
import { convertALPNProtocols } from './api/alpn.ts'
import { connect } from './api/connect.ts'
import { defaults } from './api/defaults.ts'
import { createSecureContext, SecureContext } from './api/secure-context.ts'
import { createServer, Server } from './api/server.ts'
import { TLSSocket } from './api/tls-socket.ts'
import { getCertificateCompressionAlgorithms } from './connection/compressors.ts'
import { deprecatedExports } from './deprecated.ts'
import { checkServerIdentity } from './policy/identity.ts'
import { getCACertificates, rootCertificates, setDefaultCACertificates } from './policy/trust-store.ts'

const writable = Object.assign(defaults, deprecatedExports, {
  getCiphers,
  getCACertificates,
  getCertificateCompressionAlgorithms,
  setDefaultCACertificates,
  convertALPNProtocols,
  checkServerIdentity,
  createSecureContext,
  SecureContext,
  TLSSocket,
  Server,
  createServer,
  connect,
})

// Read-only, as in Node.
export const tls = Object.defineProperty(writable, 'rootCertificates', {
  value: rootCertificates,
  enumerable: true,
}) as typeof writable & { readonly rootCertificates: readonly string[] }
