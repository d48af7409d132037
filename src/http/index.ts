// The module's exports: those of `node:http`. Named exports for `import`; the default is the object that `require`
// returns, with Node's accessors.

import { validateInteger } from '../core/validate.ts'
import { Agent, getGlobalAgent, setGlobalAgent } from './client/agent.ts'
import { ClientRequest, get, request } from './client/client-request.ts'
import { setGlobalProxyFromEnv } from './client/global-proxy.ts'
import { STATUS_CODES } from './constants.ts'
import {
  isValidHeaderName,
  isValidHeaderValue,
  validateHeaderName,
  validateHeaderValue,
} from './message/header-validation.ts'
import { IncomingMessage } from './message/incoming-message.ts'
import { OutgoingMessage } from './message/outgoing-message.ts'
import { processMaxHeaderSize } from './process-options.ts'
import { _connectionListener, createServer, Server } from './server/server.ts'
import { ServerResponse } from './server/server-response.ts'
import { websocketMask, websocketUnmask } from './websocket-mask.ts'
import { METHODS } from './wire/methods.ts'

/** Only validates: parsers are not pooled, since they are small and released with their connection. */
function setMaxIdleHTTPParsers(max: number): void {
  validateInteger(max, 'max', 1)
}

const http = {
  _connectionListener,
  METHODS,
  STATUS_CODES,
  Agent,
  ClientRequest,
  IncomingMessage,
  OutgoingMessage,
  Server,
  ServerResponse,
  createServer,
  isValidHeaderName,
  isValidHeaderValue,
  validateHeaderName,
  validateHeaderValue,
  get,
  request,
  setMaxIdleHTTPParsers,
  setGlobalProxyFromEnv,
  websocketMask,
  websocketUnmask,
  get maxHeaderSize(): number {
    return processMaxHeaderSize()
  },
  get globalAgent(): Agent {
    return getGlobalAgent()
  },
  set globalAgent(agent: Agent) {
    setGlobalAgent(agent)
  },
  get WebSocket(): typeof globalThis.WebSocket {
    return globalThis.WebSocket
  },
  get CloseEvent(): typeof globalThis.CloseEvent {
    return globalThis.CloseEvent
  },
  get MessageEvent(): typeof globalThis.MessageEvent {
    return globalThis.MessageEvent
  },
}

// Older runtimes lack these; there `in` must not find them either.
for (const name of ['WebSocket', 'CloseEvent', 'MessageEvent'] as const) {
  if (globalThis[name] === undefined) Reflect.deleteProperty(http, name)
}

const globalAgent: Agent = getGlobalAgent()
const maxHeaderSize = processMaxHeaderSize()
const { WebSocket, CloseEvent, MessageEvent } = globalThis

export {
  _connectionListener,
  Agent,
  ClientRequest,
  CloseEvent,
  createServer,
  get,
  globalAgent,
  IncomingMessage,
  isValidHeaderName,
  isValidHeaderValue,
  METHODS,
  MessageEvent,
  maxHeaderSize,
  OutgoingMessage,
  request,
  Server,
  ServerResponse,
  STATUS_CODES,
  setGlobalProxyFromEnv,
  setMaxIdleHTTPParsers,
  validateHeaderName,
  validateHeaderValue,
  WebSocket,
  websocketMask,
  websocketUnmask,
}
export default http
