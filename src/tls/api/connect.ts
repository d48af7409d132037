// tls.connect: normalizes the overloads' arguments, makes a TLSSocket, and judges the server before any data passes. Source:
// Node's documentation, `tls.connect()`.

import type { Duplex } from 'node:stream'
import { connectionReset, invalidArgValue } from '../../core/errors.ts'
import { ipVersion } from '../../core/ip.ts'
import { validateFunction, validateNumber } from '../../core/validate.ts'
import { ownMethod } from '../../host/shown-handle.ts'
import { type AnyOptions, kHandle, normalizeArguments } from '../../net/internal.ts'
import { type DisconnectedError, dhParamSize } from '../errors.ts'
import { canonicalHost } from '../policy/canonical-host.ts'
import type { ClientPolicy } from '../policy/client-policy.ts'
import { checkServerIdentity, isNamed, unnamed } from '../policy/identity.ts'
import { kConnectOptions, kTls } from '../symbols.ts'
import { defaults } from './defaults.ts'
import { tlsEngine } from './engine-choice.ts'
import { makeContext, type SecureContext } from './secure-context.ts'
import { TLSSocket, type TLSSocketOptions } from './tls-socket.ts'

export interface ConnectionOptions extends TLSSocketOptions {
  [option: string]: unknown
  host?: string | undefined
  port?: number | string | undefined
  path?: string | undefined
  socket?: Duplex | undefined
  servername?: string | undefined
  checkServerIdentity?: typeof checkServerIdentity | undefined
  /** Bits. */
  minDHSize?: number | undefined
  /** Milliseconds. */
  timeout?: number | undefined
}

/** With all defaults filled in: the layers below add none. */
interface CompleteOptions extends ConnectionOptions {
  readonly rejectUnauthorized: boolean
  readonly checkServerIdentity: typeof checkServerIdentity
  readonly minDHSize: number
}

/** `(options[, listener])`, `(port[, host][, options][, listener])`, `(path[, options][, listener])`. */
export function connect(...args: unknown[]): TLSSocket {
  const [given, listener] = readArguments(args)
  const options = completeOptions(given)
  const context = (options.secureContext as SecureContext | undefined) || makeContext(options)
  const serverName = options.servername && canonicalHost(options.servername)
  if (serverName && ipVersion(serverName) !== 0) {
    const reason = 'Setting the TLS ServerName to an IP address is not permitted.'
    throw invalidArgValue('options.servername', options.servername, reason)
  }
  const socket = new TLSSocket(options.socket, socketOptions(options, context))
  const { policy } = socket[kTls] as { policy: ClientPolicy }
  socket[kConnectOptions] = options
  policy.identity = canonicalHost(identityOf(options))
  if (options.session) policy.setSession(options.session)
  if (serverName) policy.serverName = serverName
  if (listener) socket.once('secureConnect', listener as () => void)
  // The socket emits its errors to the program from the start.
  socket._releaseControl()
  socket[kTls].awaitsVerdict = true
  const onEnd = (): void => onDisconnect(socket, options)
  socket.on('secure', () => onSecure(socket, options, onEnd))
  socket.prependListener('end', onEnd)
  if (options.socket === undefined || options.socket === null) {
    if (options.timeout) socket.setTimeout(options.timeout)
    socket.connect(options, () => socket._start())
  } else socket._start()
  return socket
}

function readArguments(args: readonly unknown[]): [ConnectionOptions, ((...args: never[]) => void) | null] {
  const [normalized, listener] = normalizeArguments(args)
  const [, second, third] = args
  // Options have precedence over arguments.
  const further = typeof second === 'object' && second !== null ? second : third
  const options: AnyOptions = typeof further === 'object' ? Object.assign(normalized, further) : normalized
  return [options as ConnectionOptions, listener]
}

function completeOptions(given: ConnectionOptions): CompleteOptions {
  const options = {
    ciphers: defaults.DEFAULT_CIPHERS,
    checkServerIdentity: defaults.checkServerIdentity ?? checkServerIdentity,
    minDHSize: 1024,
    ...given,
    // `undefined` does not disable verification: only `false` does, or the environment if the option is absent.
    rejectUnauthorized: 'rejectUnauthorized' in given ? given.rejectUnauthorized !== false : !allowsUnauthorized(),
  } as CompleteOptions
  // An explicit `undefined` is an error too, as in Node.
  validateFunction(options.checkServerIdentity, 'options.checkServerIdentity')
  validateNumber(options.minDHSize, 'options.minDHSize', 1)
  return options
}

function socketOptions(options: CompleteOptions, secureContext: SecureContext): TLSSocketOptions {
  const { allowHalfOpen, rejectUnauthorized, ALPNProtocols, requestOCSP, enableTrace, pskCallback } = options
  const { highWaterMark, onread, signal, noDelay, keepAlive, keepAliveInitialDelay } = options
  return {
    allowHalfOpen,
    secureContext,
    isServer: false,
    requestCert: true,
    rejectUnauthorized,
    ALPNProtocols,
    requestOCSP,
    enableTrace,
    pskCallback,
    highWaterMark,
    onread,
    signal,
    noDelay,
    keepAlive,
    keepAliveInitialDelay,
  }
}

/** The host that the certificate must name, and that a saved session belongs to. */
function identityOf({ servername, host, socket }: ConnectionOptions): string {
  return servername || host || (socket as { _host?: string } | undefined)?._host || 'localhost'
}

let hasWarned = false

/** NODE_TLS_REJECT_UNAUTHORIZED=0, with Node's warning, once. */
function allowsUnauthorized(): boolean {
  const allows = process.env['NODE_TLS_REJECT_UNAUTHORIZED'] === '0'
  // The runtime's TLS emits the warning itself.
  if (allows && !hasWarned && tlsEngine() !== 'runtime') {
    hasWarned = true
    process.emitWarning(
      "Setting the NODE_TLS_REJECT_UNAUTHORIZED environment variable to '0' makes TLS connections and HTTPS requests insecure by disabling certificate verification.",
    )
  }
  return allows
}

/** The handshake is done: no data has passed yet, and none will if the server is rejected. */
function onSecure(socket: TLSSocket, options: CompleteOptions, onEnd: () => void): void {
  const { type, size } = socket.getEphemeralKeyInfo() as { type?: string; size?: number }
  if (type === 'DH' && size !== undefined && size < options.minDHSize) {
    socket.destroy(dhParamSize(size))
    return
  }
  const problem = verdict(socket, options)
  if (problem) {
    socket.authorized = false
    socket.authorizationError = ((problem as { code?: string }).code || problem.message) as never
    if (options.rejectUnauthorized) {
      socket.destroy(problem)
      return
    }
  } else socket.authorized = true
  socket.secureConnecting = false
  socket[kTls].awaitsVerdict = false
  socket.removeListener('end', onEnd)
  try {
    socket.emit('secureConnect')
  } finally {
    // Also if a listener has destroyed the socket, as in Node: the session is valid all the same.
    socket._setVerified()
  }
}

function verdict(socket: TLSSocket, options: CompleteOptions): Error | undefined {
  const { policy } = socket[kTls] as { policy: ClientPolicy }
  const verifyError = ownMethod(socket[kHandle], 'verifyError')
  const problem = verifyError ? (verifyError() as Error | undefined) : policy.verifyPeer()
  if (problem) return problem
  const identity = identityOf(options)
  const check = options.checkServerIdentity
  const [own] = policy.backend?.peerChain ?? []
  try {
    // Node's function reads the certificate's text form. The DER values decide; the text form is used for the error's message.
    if (check === checkServerIdentity && own !== undefined && isNamed(identity, own)) return undefined
    const certificate = socket.getPeerCertificate(true) as never
    const mismatch = check(identity, certificate)
    return mismatch === undefined && check === checkServerIdentity && own ? unnamed(identity, certificate) : mismatch
  } catch (error) {
    return error as Error
  }
}

/** The server closed before the connection was secure. */
function onDisconnect(socket: TLSSocket, { path, host, port, localAddress }: ConnectionOptions): void {
  if (socket._hadError) return
  socket._hadError = true
  const message = 'Client network socket disconnected before secure TLS connection was established'
  const error: DisconnectedError = connectionReset(message)
  error.path = path
  error.host = host
  error.port = port
  error.localAddress = localAddress
  socket.destroy(error)
}
