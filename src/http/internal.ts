// What the modules above stand on: https, and http2 where it also speaks HTTP/1.

export {
  Agent,
  type AgentConstructor as HttpAgentConstructor,
  type AgentOptions,
  kProxyConfig,
  kWaitForProxyTunnel,
  type SocketOptions,
} from './client/agent.ts'
export { type ClientSocket, clientConnectionOf } from './client/client-connection.ts'
export { ClientRequest, PlainClientRequest } from './client/client-request.ts'
export { setHttpsProxySetter } from './client/global-proxy.ts'
export { ProxyConfig, proxyConfigFrom, setSecureConnect, shouldUseProxy } from './client/proxy.ts'
export { type RequestOptions, type ResponseListener, readArguments } from './client/request-options.ts'
export { STATUS_CODES } from './constants.ts'
export type { MessageCarrier, MessageOutlet } from './message/carrier.ts'
export { utcDate } from './message/date.ts'
export { validateHeaderName, validateHeaderValue } from './message/header-validation.ts'
export { IncomingMessage } from './message/incoming-message.ts'
export { formatLinks } from './message/link-header.ts'
export { OutgoingMessage } from './message/outgoing-message.ts'
export { usesEnvironmentProxy } from './process-options.ts'
export { type HttpServerOptions, HttpService } from './server/http-service.ts'
export {
  _connectionListener,
  answerFailure,
  kService,
  type RequestListener,
  type ServerOptions,
  serveStream,
} from './server/server.ts'
export { ServerConnection } from './server/server-connection.ts'
export { ServerResponse } from './server/server-response.ts'
export type { HttpServerLike } from './server/tunables.ts'
export { hasInvalidTargetCharacter, hasInvalidValueCharacter, isToken } from './wire/field-rules.ts'
