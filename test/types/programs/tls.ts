// Both ends of a secure connection, certificates, and the defaults that a program changes.

import tls, { type ConnectionOptions, type PeerCertificate, type TLSSocket } from 'plainwire/tls'

const context: tls.SecureContext = tls.createSecureContext({ key: 'key', cert: 'certificate', ciphers: 'HIGH' })

const server = tls.createServer(
  {
    secureContext: context,
    requestCert: true,
    SNICallback: (name, callback) => callback(null, name === 'known.example' ? context : undefined),
    ALPNProtocols: ['h2', 'http/1.1'],
  },
  socket => socket.end(`${socket.getProtocol()} ${socket.alpnProtocol}`),
)
server.on('newSession', (id, data, callback) => [id.length, data.length, callback()])
server.on('resumeSession', (id, callback) => callback(null, id))
server.on('keylog', (line, socket) => [line.toString('latin1'), socket.authorized])
server.listen(8443)

const options: ConnectionOptions = {
  host: 'localhost',
  port: 8443,
  maxVersion: 'TLSv1.3',
  checkServerIdentity: (name, certificate) => tls.checkServerIdentity(name, certificate),
}
export const socket: TLSSocket = tls.connect(options, () => {
  const certificate: PeerCertificate = socket.getPeerCertificate()
  const issuer = socket.getPeerCertificate(true).issuerCertificate
  return [certificate.subject.CN, issuer.fingerprint256, socket.getCipher().name]
})
socket.on('session', session => tls.connect(8443, 'localhost', { session }))
socket.on('secureConnect', () => socket.getPeerX509Certificate()?.subject.length)
socket.renegotiate({ rejectUnauthorized: true }, error => error?.message)

export const roots: readonly string[] = tls.rootCertificates
export const lowest: tls.SecureVersion = tls.DEFAULT_MIN_VERSION

// @ts-expect-error no such version
tls.connect({ port: 443, minVersion: 'SSLv3' })
// @ts-expect-error a socket encrypts, always
export const isPlain: false = socket.encrypted
