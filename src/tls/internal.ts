// For the modules that build on tls: https, and http2 over TLS.

export type { Socket } from '../net/internal.ts'
export { Server, type TlsServerOptions } from './api/server.ts'
export { TLSSocket } from './api/tls-socket.ts'
export { tls } from './module.ts'
export { canonicalHost } from './policy/canonical-host.ts'
export { SecureAccept } from './policy/secure-accept.ts'
export { acceptSecure } from './symbols.ts'
