// Exports for the modules above: https, and http2, which also serves HTTP/1.

export {
  Agent,
  type AgentConstructor as HttpAgentConstructor,
  type AgentOptions,
  kProxyConfig,
  kWaitForProxyTunnel,
} from './client/agent.ts'
export { ClientRequest, PlainClientRequest } from './client/client-request.ts'
export { setHttpsProxySetter } from './client/global-proxy.ts'
export { ProxyConfig, setSecureConnect, shouldUseProxy } from './client/proxy.ts'
export { type ResponseListener, readArguments } from './client/request-options.ts'
export { utcDate } from './message/date.ts'
export { IncomingMessage } from './message/incoming-message.ts'
export { formatLinks } from './message/link-header.ts'
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
export { ServerResponse } from './server/server-response.ts'
export type { HttpServerLike } from './server/tunables.ts'
export { hasInvalidTargetCharacter, hasInvalidValueCharacter, isToken } from './wire/field-rules.ts'
