// net.BoundSocket: a local address taken now, to listen on or to connect from later. Source: Node 26's documentation,
// "Class: net.BoundSocket".

import { codedError, featureUnavailable, invalidArgValue } from '../../core/errors.ts'
import { ipVersion } from '../../core/ip.ts'
import { validateBoolean, validateObject, validatePort, validateString } from '../../core/validate.ts'
import { currentHost } from '../../host/current.ts'
import { runtimeFeatures } from '../../host/os/os-features.ts'
import type { BoundStream, Endpoint, ReserveTarget } from '../../host/types.ts'

export interface BoundSocketOptions {
  /** An IP address; names are not looked up. Default 0.0.0.0, or :: with `ipv6Only`. */
  host?: string | undefined
  /** Default 0: any free one. */
  port?: number | undefined
  ipv6Only?: boolean | undefined
  reusePort?: boolean | undefined
  /** A UNIX path, in place of the others. */
  path?: string | undefined
}

const kBound = Symbol('bound')

export class BoundSocket {
  [kBound]: BoundStream | null = null

  /**
   * Binds at once: EADDRINUSE and kin are thrown.
   * @throws ERR_INVALID_ARG_TYPE, ERR_INVALID_ARG_VALUE, ERR_SOCKET_BAD_PORT, system errors, and
   *   ERR_FEATURE_UNAVAILABLE_ON_PLATFORM on hosts that cannot: the OS host needs a runtime that has the class
   */
  constructor(options: BoundSocketOptions = {}) {
    validateObject(options, 'options')
    const target = reserveTarget(options)
    const host = currentHost()
    if (!host.reserve) throw featureUnavailable('net.BoundSocket', host.name)
    this[kBound] = host.reserve(target)
  }

  get isPipe(): boolean {
    return typeof bound(this).address() === 'string'
  }

  address(): Endpoint {
    // A path where one was bound, as with `server.address()`; Node declares the endpoint alone.
    return bound(this).address() as Endpoint
  }

  /** It stays this object's: not to be closed by the caller. */
  fd(): number {
    return bound(this).fd()
  }

  close(): void {
    takeBound(this).close()
  }

  [Symbol.dispose](): void {
    this[kBound]?.close()
    this[kBound] = null
  }
}

/** Hands the address on to a server or socket: it is theirs from here on. @throws ERR_SOCKET_HANDLE_ADOPTED */
export function takeBound(socket: BoundSocket): BoundStream {
  const taken = bound(socket)
  socket[kBound] = null
  return taken
}

function bound(socket: BoundSocket): BoundStream {
  const found = socket[kBound]
  if (found === null) {
    const message = 'The bound socket has already been adopted by a server or socket'
    throw codedError(Error, 'ERR_SOCKET_HANDLE_ADOPTED', message, bound)
  }
  return found
}

function reserveTarget({ path, host, port, ipv6Only, reusePort }: BoundSocketOptions): ReserveTarget {
  if (path !== undefined) {
    if ([host, port, ipv6Only, reusePort].some(option => option !== undefined)) {
      const reason = 'path is mutually exclusive with host, port, ipv6Only, and reusePort'
      throw invalidArgValue('options', { path, host, port, ipv6Only, reusePort }, reason)
    }
    validateString(path, 'options.path')
    return { kind: 'path', path }
  }
  if (ipv6Only !== undefined) validateBoolean(ipv6Only, 'options.ipv6Only')
  if (reusePort !== undefined) validateBoolean(reusePort, 'options.reusePort')
  if (host != null) {
    validateString(host, 'options.host')
    if (ipVersion(host) === 0) {
      const reason = 'must be a numeric IP address; net.BoundSocket does not perform DNS resolution'
      throw invalidArgValue('options.host', host, reason)
    }
  }
  return {
    kind: 'tcp',
    address: host ?? (ipv6Only ? '::' : '0.0.0.0'),
    port: validatePort(port ?? 0, 'options.port'),
    ipv6Only: ipv6Only ?? false,
    reusePort: reusePort ?? false,
  }
}

/** What the module exports: nothing on a runtime without one, where every use of it would throw. */
export const ExportedBoundSocket = (runtimeFeatures.boundSocket ? BoundSocket : undefined) as typeof BoundSocket
export interface ExportedBoundSocket extends BoundSocket {}
