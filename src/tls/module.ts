// The object that `require('tls')` gives. Programs change the defaults on it: it is the very object they are read from.

import { getCiphers } from 'node:tls'
import { convertALPNProtocols } from './alpn.ts'
import { getCertificateCompressionAlgorithms } from './certificate-compression.ts'
import { connect } from './connect.ts'
import { defaults } from './defaults.ts'
import { deprecatedExports } from './deprecated.ts'
import { checkServerIdentity } from './identity.ts'
import { createSecureContext, SecureContext } from './secure-context.ts'
import { createServer, Server } from './server.ts'
import { TLSSocket } from './tls-socket.ts'
import { getCACertificates, rootCertificates, setDefaultCACertificates } from './trust-store.ts'

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

// As in Node: to be read only.
export const tls = Object.defineProperty(writable, 'rootCertificates', {
  value: rootCertificates,
  enumerable: true,
}) as typeof writable & { readonly rootCertificates: readonly string[] }
