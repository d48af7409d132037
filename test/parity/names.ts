// Every export of Node's modules by name, as @types/node has them: the compiler counts along.

import type * as Http from 'node:http'
import type * as Net from 'node:net'
import type * as Url from 'node:url'

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
