// The object that `require('http2')` gives: one, writable, as programs expect of Node's.

import { Http2ServerRequest } from './compat/compat-request.ts'
import { Http2ServerResponse } from './compat/compat-response.ts'
import { constants } from './constants.ts'
import { createSecureServer } from './server/secure-server.ts'
import { createServer } from './server/server.ts'
import { connect, performServerHandshake } from './session/connect.ts'
import { getDefaultSettings, getPackedSettings, getUnpackedSettings } from './session/settings.ts'
import { sensitiveHeaders } from './stream/header-map.ts'

export const http2 = {
  connect,
  constants,
  createServer,
  createSecureServer,
  getDefaultSettings,
  getPackedSettings,
  getUnpackedSettings,
  performServerHandshake,
  sensitiveHeaders,
  Http2ServerRequest,
  Http2ServerResponse,
}
