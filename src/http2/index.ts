// The module's exports: those of `node:http2`.

export { Http2ServerRequest } from './compat/compat-request.ts'
export { Http2ServerResponse } from './compat/compat-response.ts'
export { constants } from './constants.ts'
export { http2 as default } from './module.ts'
export { createSecureServer } from './server/secure-server.ts'
export { createServer } from './server/server.ts'
export { connect, performServerHandshake } from './session/connect.ts'
export { getDefaultSettings, getPackedSettings, getUnpackedSettings } from './session/settings.ts'
export { sensitiveHeaders } from './stream/header-map.ts'
