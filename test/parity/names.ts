// Every export of Node's modules by name, as @types/node has them: the compiler counts along.

import type * as Dgram from 'node:dgram'
import type * as Dns from 'node:dns'
import type * as Http from 'node:http'
import type * as Http2 from 'node:http2'
import type * as Https from 'node:https'
import type * as Net from 'node:net'
import type * as QueryString from 'node:querystring'
import type * as Tls from 'node:tls'
import type * as Url from 'node:url'

export const dgram: Record<keyof typeof Dgram, true> = {
  createSocket: true,
  Socket: true,
}

export const dns: Record<keyof typeof Dns, true> = {
  ADDRCONFIG: true,
  ADDRGETNETWORKPARAMS: true,
  ALL: true,
  BADFAMILY: true,
  BADFLAGS: true,
  BADHINTS: true,
  BADNAME: true,
  BADQUERY: true,
  BADRESP: true,
  BADSTR: true,
  CANCELLED: true,
  CONNREFUSED: true,
  DESTRUCTION: true,
  EOF: true,
  FILE: true,
  FORMERR: true,
  getDefaultResultOrder: true,
  getServers: true,
  LOADIPHLPAPI: true,
  lookup: true,
  lookupService: true,
  NODATA: true,
  NOMEM: true,
  NONAME: true,
  NOTFOUND: true,
  NOTIMP: true,
  NOTINITIALIZED: true,
  promises: true,
  REFUSED: true,
  resolve: true,
  resolve4: true,
  resolve6: true,
  resolveAny: true,
  resolveCaa: true,
  resolveCname: true,
  resolveMx: true,
  resolveNaptr: true,
  resolveNs: true,
  resolvePtr: true,
  Resolver: true,
  resolveSoa: true,
  resolveSrv: true,
  resolveTlsa: true,
  resolveTxt: true,
  reverse: true,
  SERVFAIL: true,
  setDefaultResultOrder: true,
  setServers: true,
  TIMEOUT: true,
  V4MAPPED: true,
}

export const net: Record<keyof typeof Net, true> = {
  BlockList: true,
  BoundSocket: true,
  connect: true,
  createConnection: true,
  createServer: true,
  getDefaultAutoSelectFamily: true,
  getDefaultAutoSelectFamilyAttemptTimeout: true,
  isIP: true,
  isIPv4: true,
  isIPv6: true,
  Server: true,
  setDefaultAutoSelectFamily: true,
  setDefaultAutoSelectFamilyAttemptTimeout: true,
  Socket: true,
  SocketAddress: true,
}

export const querystring: Record<keyof typeof QueryString, true> = {
  decode: true,
  encode: true,
  escape: true,
  parse: true,
  stringify: true,
  unescape: true,
}

export const url: Record<keyof typeof Url, true> = {
  domainToASCII: true,
  domainToUnicode: true,
  fileURLToPath: true,
  fileURLToPathBuffer: true,
  format: true,
  parse: true,
  pathToFileURL: true,
  resolve: true,
  URL: true,
  URLPattern: true,
  URLSearchParams: true,
  urlToHttpOptions: true,
}

export const http: Record<keyof typeof Http, true> = {
  Agent: true,
  ClientRequest: true,
  CloseEvent: true,
  createServer: true,
  get: true,
  globalAgent: true,
  IncomingMessage: true,
  maxHeaderSize: true,
  MessageEvent: true,
  METHODS: true,
  OutgoingMessage: true,
  request: true,
  Server: true,
  ServerResponse: true,
  setGlobalProxyFromEnv: true,
  setMaxIdleHTTPParsers: true,
  STATUS_CODES: true,
  validateHeaderName: true,
  validateHeaderValue: true,
  WebSocket: true,
}

export const tls: Record<keyof typeof Tls, true> = {
  checkServerIdentity: true,
  CLIENT_RENEG_LIMIT: true,
  CLIENT_RENEG_WINDOW: true,
  connect: true,
  createSecureContext: true,
  createServer: true,
  DEFAULT_CIPHERS: true,
  DEFAULT_ECDH_CURVE: true,
  DEFAULT_MAX_VERSION: true,
  DEFAULT_MIN_VERSION: true,
  getCACertificates: true,
  getCertificateCompressionAlgorithms: true,
  getCiphers: true,
  rootCertificates: true,
  Server: true,
  setDefaultCACertificates: true,
  TLSSocket: true,
}

export const http2: Record<keyof typeof Http2, true> = {
  connect: true,
  constants: true,
  createSecureServer: true,
  createServer: true,
  getDefaultSettings: true,
  getPackedSettings: true,
  getUnpackedSettings: true,
  Http2ServerRequest: true,
  Http2ServerResponse: true,
  performServerHandshake: true,
  sensitiveHeaders: true,
}

export const https: Record<keyof typeof Https, true> = {
  Agent: true,
  createServer: true,
  get: true,
  globalAgent: true,
  request: true,
  Server: true,
}
