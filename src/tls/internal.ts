// For the modules that stand on tls: https, and http2 over TLS.

export type { Socket } from '../net/internal.ts'
export { canonicalHost } from './canonical-host.ts'
export type { ConnectionOptions } from './connect.ts'
export { tls } from './module.ts'
export { SecureAccept } from './secure-accept.ts'
export { Server, type TlsServerOptions } from './server.ts'
export { acceptSecure } from './symbols.ts'
export { TlsConnection } from './tls-connection.ts'
export { TLSSocket, type TLSSocketOptions } from './tls-socket.ts'
