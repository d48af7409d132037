// http2.connect and http2.performServerHandshake: sessions over new connections, or over streams that the program supplies.

import type { Duplex } from 'node:stream'
import { promisify } from 'node:util'
import { invalidArgType } from '../../core/errors.ts'
import { currentHost } from '../../host/current.ts'
import net from '../../net/index.ts'
import tls from '../../tls/index.ts'
import { URL } from '../../url/index.ts'
import type { CompatSocket } from '../compat/compat-socket.ts'
import { unsupportedProtocol } from '../errors.ts'
import { type ClientOptions, clientOptions, completeOptions, type ServerOptions, serverOptions } from '../options.ts'
import { connectionFor } from '../server/server-core.ts'
import { kSession } from '../symbols.ts'
import { ClientHttp2Session } from './client-session.ts'
import { ServerHttp2Session } from './server-session.ts'

type ConnectListener = (session: ClientHttp2Session, socket: CompatSocket) => void

/** A URL, or an object with these members of one. */
export interface Authority {
  readonly protocol?: string | undefined
  readonly hostname?: string | undefined
  readonly host?: string | undefined
  readonly port?: string | number | undefined
}

export function connect(
  authority: string | Authority,
  options?: ClientOptions | ConnectListener,
  listener?: ConnectListener,
): ClientHttp2Session {
  const given = clientOptions(typeof options === 'function' ? undefined : options)
  const onConnect = typeof options === 'function' ? options : listener
  const target = typeof authority === 'string' ? (new URL(authority) as Authority) : authority
  if (target !== undefined && (target === null || typeof target !== 'object' || Array.isArray(target))) {
    throw invalidArgType('authority', ['string', 'Object', 'URL'], target)
  }
  const protocol = target.protocol || given.protocol || 'https:'
  const port = String(target.port !== '' ? target.port : target.protocol === 'http:' ? 80 : 443)
  const host = hostOf(target)
  const socket = openSocket(target, protocol, host, port, given)
  const session = new ClientHttp2Session(completeOptions(given), currentHost())
  const { servername } = given as { servername?: string }
  session[kSession].authority = `${servername || host}:${port}`
  session[kSession].protocol = protocol
  if (typeof onConnect === 'function') session.once('connect', onConnect)
  session._adopt(socket, connectionFor)
  return session
}

function hostOf({ hostname, host }: Authority): string {
  if (hostname) return hostname.startsWith('[') ? hostname.slice(1, -1) : hostname
  return host || 'localhost'
}

function openSocket(
  authority: Authority,
  protocol: string,
  host: string,
  port: string,
  options: ClientOptions,
): Duplex {
  if (typeof options.createConnection === 'function') {
    return options.createConnection(authority as globalThis.URL, options)
  }
  if (protocol === 'http:') return net.connect({ port, host, ...options }) as unknown as Duplex
  if (protocol === 'https:') return tls.connect(port, host, tlsOptions(options, host)) as unknown as Duplex
  throw unsupportedProtocol(protocol)
}

/** Offers HTTP/2 by ALPN, and sets the server name (SNI), except for an IP address. */
function tlsOptions(options: ClientOptions & { servername?: string; ALPNProtocols?: unknown }, host: string): object {
  const complete: Record<string, unknown> = { ...options, ALPNProtocols: ['h2'] }
  if (net.isIP(host) === 0 && !options.servername) complete['servername'] = host
  return complete
}

Object.defineProperty(connect, promisify.custom, {
  value: {
    connect(authority: string | Authority, options?: ClientOptions): Promise<ClientHttp2Session> {
      return new Promise((resolve, reject) => {
        const session = connect(authority, options, () => {
          session.removeListener('error', reject)
          resolve(session)
        })
        session.once('error', reject)
      })
    },
  }.connect,
})

export function performServerHandshake(socket: Duplex, options: ServerOptions = {}): ServerHttp2Session {
  const session = new ServerHttp2Session(completeOptions(serverOptions(options)), undefined, currentHost())
  session._adopt(socket, connectionFor)
  return session
}
