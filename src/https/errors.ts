// Errors that only `https` raises. Source: Node's documentation, "Errors".

import { type CodedError, codedError } from '../core/errors.ts'

export interface ProxyTunnelError extends CodedError {
  /** The proxy's status code. */
  statusCode?: number
  /** Milliseconds, if the tunnel timed out. */
  proxyTunnelTimeout?: number
}

export const proxyTunnel = (message: string): ProxyTunnelError =>
  codedError(Error, 'ERR_PROXY_TUNNEL', message, proxyTunnel)

export const unescapedTarget = () =>
  codedError(TypeError, 'ERR_UNESCAPED_CHARACTERS', 'Tunnel target contains unescaped characters', unescapedTarget)
