// The module's exports: those of `node:http2`.

export { Http2ServerRequest } from './compat-request.ts'
export { Http2ServerResponse } from './compat-response.ts'
export { connect, performServerHandshake } from './connect.ts'
export { constants } from './constants.ts'
export { sensitiveHeaders } from './header-map.ts'
export { http2 as default } from './module.ts'
export { createSecureServer } from './secure-server.ts'
export { createServer } from './server.ts'
export { getDefaultSettings, getPackedSettings, getUnpackedSettings } from './settings.ts'
