// What the modules above stand on: https, and http2 where it also speaks HTTP/1.

export {
  Agent,
  type AgentConstructor as HttpAgentConstructor,
  type AgentOptions,
  kProxyConfig,
  kWaitForProxyTunnel,
  type SocketOptions,
} from './agent.ts'
export type { MessageCarrier, MessageOutlet } from './carrier.ts'
export { type ClientSocket, clientConnectionOf } from './client-connection.ts'
export { ClientRequest, PlainClientRequest } from './client-request.ts'
export { STATUS_CODES } from './constants.ts'
export { utcDate } from './date.ts'
export { setHttpsProxySetter } from './global-proxy.ts'
export { validateHeaderName, validateHeaderValue } from './header-validation.ts'
export { type HttpServerLike, type HttpServerOptions, HttpService } from './http-service.ts'
export { IncomingMessage } from './incoming-message.ts'
export { formatLinks } from './link-header.ts'
export { OutgoingMessage } from './outgoing-message.ts'
export { usesEnvironmentProxy } from './process-options.ts'
export { ProxyConfig, proxyConfigFrom, setSecureConnect, shouldUseProxy } from './proxy.ts'
export { type RequestOptions, type ResponseListener, readArguments } from './request-options.ts'
export {
  _connectionListener,
  answerFailure,
  kService,
  type RequestListener,
  type ServerOptions,
  serveStream,
} from './server.ts'
export { ServerConnection } from './server-connection.ts'
export { ServerResponse } from './server-response.ts'
export { hasInvalidTargetCharacter, hasInvalidValueCharacter, isToken } from './wire/field-rules.ts'
