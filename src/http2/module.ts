// The object that `require('http2')` gives: one, writable, as programs expect of Node's.

import { Http2ServerRequest } from './compat-request.ts'
import { Http2ServerResponse } from './compat-response.ts'
import { connect, performServerHandshake } from './connect.ts'
import { constants } from './constants.ts'
import { sensitiveHeaders } from './header-map.ts'
import { createSecureServer } from './secure-server.ts'
import { createServer } from './server.ts'
import { getDefaultSettings, getPackedSettings, getUnpackedSettings } from './settings.ts'

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
