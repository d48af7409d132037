// server.listen(): from its overloads to a ListenTarget. Source: Node's documentation, `server.listen()`.

import { invalidArgValue } from '../core/errors.ts'
import { ipVersion } from '../core/ip.ts'
import { validateAbortSignal, validatePort } from '../core/validate.ts'
import { lookup } from '../dns/internal.ts'
import type { Host, ListenTarget } from '../host/types.ts'
import { type AnyOptions, isPipeName, toNumber } from './arguments.ts'
import { BoundSocket, takeBound } from './socket/bound-socket.ts'

export interface ListenRequest {
  readonly target: ListenTarget
  /** To be looked up before binding. */
  readonly hostName: string | undefined
  readonly signal: AbortSignal | undefined
}

/** @throws ERR_INVALID_ARG_VALUE, ERR_SOCKET_BAD_PORT, ERR_INVALID_ARG_TYPE */
export function listenRequest(args: readonly unknown[], given: AnyOptions): ListenRequest {
  const backlogArgument = toNumber(args.length > 1 && args[1]) || toNumber(args.length > 2 && args[2]) || undefined
  const handle = given['_handle'] ?? given['handle']
  const bound = given instanceof BoundSocket ? given : handle
  if (bound instanceof BoundSocket) {
    const target: ListenTarget = { kind: 'bound', bound: takeBound(bound), backlog: backlogArgument }
    return { target, hostName: undefined, signal: undefined }
  }
  if (typeof handle === 'object' && handle !== null) return listenOnHandle(handle, given, backlogArgument)
  const options = { ...given }
  const { signal } = options
  validateAbortSignal(signal, 'options.signal')
  const backlog = (options['backlog'] as number | undefined) || backlogArgument
  const exclusive = options['exclusive'] as boolean | undefined
  const { fd, path } = options
  if (typeof fd === 'number' && fd >= 0) {
    return { target: { kind: 'fd', fd, backlog: backlogArgument }, hostName: undefined, signal }
  }
  const isPortLeftOut = args.length === 0 || typeof args[0] === 'function'
  if (isPortLeftOut || ('port' in options && options['port'] == null)) options['port'] = 0
  const { port } = options
  if (typeof port === 'number' || typeof port === 'string') {
    const host = options['host'] as string | undefined
    const isName = Boolean(host) && ipVersion(String(host)) === 0
    const target: ListenTarget = {
      kind: 'tcp',
      address: host && !isName ? host : undefined,
      port: validatePort(port, 'options.port'),
      backlog,
      ipv6Only: options['ipv6Only'] as boolean | undefined,
      reusePort: options['reusePort'] as boolean | undefined,
      exclusive: options['reusePort'] === true ? true : exclusive,
    }
    return { target, hostName: isName ? String(host) : undefined, signal }
  }
  if (path && isPipeName(path)) {
    const readableAll = options['readableAll'] as boolean | undefined
    const writableAll = options['writableAll'] as boolean | undefined
    if (path.startsWith('\0') && (readableAll || writableAll)) {
      const reason = 'can not set readableAll or writableAllt to true when path is abstract unix socket'
      throw invalidArgValue('options', given, reason)
    }
    return {
      target: { kind: 'path', path, backlog, readableAll, writableAll, exclusive },
      hostName: undefined,
      signal,
    }
  }
  if ('port' in options || 'path' in options) throw invalidArgValue('options', given)
  throw invalidArgValue('options', given, 'must have the property "port" or "path"')
}

function listenOnHandle(handle: object, given: AnyOptions, backlog: number | undefined): ListenRequest {
  const { fd, native } = handle as { fd?: unknown; native?: object }
  const target: ListenTarget =
    typeof fd === 'number' && fd >= 0 && Object.getPrototypeOf(handle) === Object.prototype
      ? { kind: 'fd', fd, backlog }
      : { kind: 'handle', handle: native ?? (given['_handle'] ? given : handle), backlog }
  return { target, hostName: undefined, signal: undefined }
}

/** The address to bind for a name: the first that is not link-local, which would need a zone. */
export function resolveListenAddress(
  host: Host,
  name: string,
  done: (error: Error | null, address: string | undefined) => void,
): void {
  host.run(() => {
    lookup(name, { all: true }, (error: Error | null, addresses: unknown) => {
      if (error) done(error, undefined)
      else {
        const list = (addresses as { address: string }[]).map(({ address }) => address)
        done(null, list.find(address => !isLinkLocal(address)) ?? list[0])
      }
    })
  })
}

/** fe80::/10 */
function isLinkLocal(address: string): boolean {
  return /^fe[89ab][0-9a-f]:/i.test(address)
}
