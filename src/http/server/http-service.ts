// What makes a server an HTTP server, whatever it listens on: options, open connections, time-outs. http.Server has one,
// https.Server has one, and so has an HTTP/2 server that also speaks HTTP/1.

import type { EventEmitter } from 'node:events'
import { invalidArgValue, outOfRange } from '../../core/errors.ts'
import {
  validateBoolean,
  validateFunction,
  validateInteger,
  validateObject,
  validateOneOf,
} from '../../core/validate.ts'
import { currentHost } from '../../host/current.ts'
import type { Clock, Connection, Host, Timer } from '../../host/types.ts'
import { type Socket, socketOver } from '../../net/internal.ts'
import { LENIENT_HEADERS, LENIENT_VALUE_RELAXED, leniencyOf } from '../engine/leniency.ts'
import type { ParserOptions } from '../engine/parser.ts'
import { hasListener } from '../has-listener.ts'
import { refusesFurtherFields, usualHeadersCount } from '../headers-count.ts'
import { IncomingMessage } from '../message/incoming-message.ts'
import { uniqueNames } from '../message/outgoing-fields.ts'
import type { OutgoingOptions } from '../message/outgoing-state.ts'
import { isInsecureByDefault, processMaxHeaderSize } from '../process-options.ts'
import { Deadlines } from './deadlines.ts'
import { ServerConnection } from './server-connection.ts'
import { ServerResponse } from './server-response.ts'
import type { HttpServerLike } from './tunables.ts'

export interface HttpServerOptions {
  IncomingMessage?: typeof IncomingMessage | undefined
  ServerResponse?: typeof ServerResponse | undefined
  maxHeaderSize?: number | undefined
  insecureHTTPParser?: boolean | undefined
  httpValidation?: 'strict' | 'relaxed' | 'insecure' | undefined
  optimizeEmptyRequests?: boolean | undefined
  requestTimeout?: number | undefined
  headersTimeout?: number | undefined
  keepAliveTimeout?: number | undefined
  keepAliveTimeoutBuffer?: number | undefined
  connectionsCheckingInterval?: number | undefined
  requireHostHeader?: boolean | undefined
  joinDuplicateHeaders?: boolean | undefined
  rejectNonStandardBodyWrites?: boolean | undefined
  shouldUpgradeCallback?: ((this: HttpServerLike, request: IncomingMessage) => boolean) | undefined
  uniqueHeaders?: readonly (string | readonly string[])[] | undefined
  highWaterMark?: number | undefined
}

const defaultHighWaterMark = 64 * 1024

export class HttpService {
  readonly server: HttpServerLike
  readonly host: Host
  readonly clock: Clock
  readonly deadlines: Deadlines
  readonly connections = new Set<ServerConnection>()
  readonly IncomingMessageClass: typeof IncomingMessage
  readonly ServerResponseClass: typeof ServerResponse
  readonly uniqueHeaders: ReadonlySet<string> | null
  readonly optimizeEmptyRequests: boolean
  readonly highWaterMark: number
  /** Of a raw connection that this service was handed; the owner of the listener counts it. */
  onConnectionClosed: (connection: ServerConnection) => void = () => {}
  /** The same of one that is the program's own from now on, after an upgrade or CONNECT: its socket's end is its end. */
  onConnectionReleased: (connection: ServerConnection, socket: Socket) => void = () => {}
  /** The socket that shows a raw connection, once somebody looks: passive, and half open. https makes its own kind. */
  makeSocket: (connection: Connection) => Socket = connection => {
    const { highWaterMark, host } = this
    return socketOver(connection, { passive: true, allowHalfOpen: true, highWaterMark, host })
  }
  #checking: Timer | undefined
  #responseOptions: OutgoingOptions | undefined

  /**
   * @param server - gets the properties of `HttpServerLike`
   * @param isBorrowed - gets none, and may lack them
   */
  constructor(server: EventEmitter, options: HttpServerOptions, isBorrowed = false) {
    this.server = server as HttpServerLike
    if (!isBorrowed) setTunables(this.server, options)
    this.host = currentHost()
    this.clock = this.host.clock
    this.deadlines = new Deadlines(this.clock)
    this.IncomingMessageClass = options.IncomingMessage ?? IncomingMessage
    this.ServerResponseClass = options.ServerResponse ?? ServerResponse
    this.uniqueHeaders = uniqueNames(options.uniqueHeaders)
    this.optimizeEmptyRequests = options.optimizeEmptyRequests ?? false
    this.highWaterMark = options.highWaterMark ?? defaultHighWaterMark
  }

  /** Serves HTTP/1.1 on an open connection. @param socket - what shows it already, if anything does */
  serve(connection: Connection, socket?: Socket): ServerConnection {
    return new ServerConnection(this, connection, socket)
  }

  parserOptions(): ParserOptions {
    const { server } = this
    const { maxHeadersCount: given } = server
    return {
      leniency: leniencyOf(server, isInsecureByDefault()),
      maxHeaderSize: server.maxHeaderSize || processMaxHeaderSize(),
      maxHeadersCount: typeof given === 'number' ? given : usualHeadersCount,
      refusesFurtherFields,
    }
  }

  wantsUpgrade(request: IncomingMessage): boolean {
    const { shouldUpgradeCallback = hasUpgradeListener } = this.server as Partial<HttpServerLike>
    return Boolean(shouldUpgradeCallback.call(this.server, request))
  }

  /** For each response; one object while nothing changes. */
  responseOptions(): OutgoingOptions {
    const { rejectNonStandardBodyWrites } = this.server
    if (this.#responseOptions?.rejectNonStandardBodyWrites !== rejectNonStandardBodyWrites) {
      this.#responseOptions = { highWaterMark: this.highWaterMark, rejectNonStandardBodyWrites }
    }
    return this.#responseOptions
  }

  /** Whether values that go out may hold control characters. */
  get isRelaxed(): boolean {
    return (leniencyOf(this.server, isInsecureByDefault()) & (LENIENT_HEADERS | LENIENT_VALUE_RELAXED)) !== 0
  }

  /** Looks now and then for requests that take too long. */
  startChecking(): void {
    this.#checking?.cancel()
    const timer = this.clock.setTimer(() => {
      try {
        this.#check()
      } finally {
        // Also after a listener has thrown, unless it has closed the server.
        if (this.#checking === timer) timer.refresh()
      }
    }, this.server.connectionsCheckingInterval)
    this.#checking = timer
    timer.unref()
  }

  stopChecking(): void {
    this.#checking?.cancel()
    this.#checking = undefined
    this.deadlines.rest()
  }

  /** It is closed, or the program's own from now on. */
  forget(connection: ServerConnection): void {
    this.connections.delete(connection)
    // A server that has closed leaves no timer behind.
    if (this.connections.size === 0 && this.#checking === undefined) this.deadlines.rest()
  }

  #check(): void {
    const headersTimeout = finite(this.server.headersTimeout)
    const requestTimeout = finite(this.server.requestTimeout)
    if (headersTimeout === 0 && requestTimeout === 0) return
    const now = this.clock.monotonic()
    for (const connection of [...this.connections]) {
      const { messageStart, parser } = connection
      const isLate =
        (parser.awaitsHead && headersTimeout > 0 && now - messageStart > headersTimeout) ||
        (requestTimeout > 0 && now - messageStart > requestTimeout)
      if (isLate) connection.onRequestTimeout()
    }
  }

  closeAllConnections(): void {
    for (const connection of [...this.connections]) connection.destroy()
  }

  closeIdleConnections(): void {
    for (const connection of [...this.connections]) if (connection.isIdle) connection.destroy()
  }
}

function finite(value: unknown): number {
  return typeof value === 'number' && Number.isFinite(value) && value >= 0 ? value : 0
}

function setTunables(server: HttpServerLike, options: HttpServerOptions): void {
  server.maxHeaderSize = checkedInteger(options, 'maxHeaderSize', undefined)
  checkedBoolean(options, 'optimizeEmptyRequests')
  server.insecureHTTPParser = checkedBoolean(options, 'insecureHTTPParser')
  server.httpValidation = checkedValidation(options)
  server.requestTimeout = checkedInteger(options, 'requestTimeout', 300_000)
  server.headersTimeout = checkedInteger(options, 'headersTimeout', Math.min(60_000, server.requestTimeout))
  if (server.requestTimeout > 0 && server.headersTimeout > 0 && server.headersTimeout > server.requestTimeout) {
    throw outOfRange('headersTimeout', '<= requestTimeout', options.headersTimeout)
  }
  server.keepAliveTimeout = checkedInteger(options, 'keepAliveTimeout', 5000)
  server.keepAliveTimeoutBuffer = checkedInteger(options, 'keepAliveTimeoutBuffer', 1000)
  server.connectionsCheckingInterval = checkedInteger(options, 'connectionsCheckingInterval', 30_000)
  server.requireHostHeader = checkedBoolean(options, 'requireHostHeader') ?? true
  server.joinDuplicateHeaders = checkedBoolean(options, 'joinDuplicateHeaders')
  server.rejectNonStandardBodyWrites = checkedBoolean(options, 'rejectNonStandardBodyWrites') ?? false
  const { shouldUpgradeCallback } = options
  if (shouldUpgradeCallback !== undefined) validateFunction(shouldUpgradeCallback, 'options.shouldUpgradeCallback')
  server.shouldUpgradeCallback = shouldUpgradeCallback ?? hasUpgradeListener
  server.httpAllowHalfOpen = false
  server.timeout = 0
  server.maxHeadersCount = null
  server.maxRequestsPerSocket = 0
}

function hasUpgradeListener(this: HttpServerLike): boolean {
  return hasListener(this, 'upgrade')
}

type Numeric =
  | 'maxHeaderSize'
  | 'requestTimeout'
  | 'headersTimeout'
  | 'keepAliveTimeout'
  | 'keepAliveTimeoutBuffer'
  | 'connectionsCheckingInterval'

function checkedInteger<T extends number | undefined>(
  options: HttpServerOptions,
  name: Numeric,
  otherwise: T,
): number | T {
  const value = options[name]
  if (value === undefined) return otherwise
  validateInteger(value, name, 0)
  return value
}

type Flag =
  | 'insecureHTTPParser'
  | 'optimizeEmptyRequests'
  | 'requireHostHeader'
  | 'joinDuplicateHeaders'
  | 'rejectNonStandardBodyWrites'

function checkedBoolean(options: HttpServerOptions, name: Flag): boolean | undefined {
  const value = options[name]
  if (value !== undefined) validateBoolean(value, `options.${name}`)
  return value
}

/** Shared with the client, whose options are called the same. */
export function checkedValidation(options: {
  readonly httpValidation?: 'strict' | 'relaxed' | 'insecure' | undefined
  readonly insecureHTTPParser?: boolean | undefined
}): 'strict' | 'relaxed' | 'insecure' | undefined {
  const { httpValidation, insecureHTTPParser } = options
  if (httpValidation === undefined) return undefined
  validateOneOf(httpValidation, 'options.httpValidation', ['strict', 'relaxed', 'insecure'])
  if (insecureHTTPParser !== undefined) {
    const reason = 'cannot be used together with options.insecureHTTPParser'
    throw invalidArgValue('options.httpValidation', httpValidation, reason)
  }
  return httpValidation
}

export function validateServerOptions(options: unknown): asserts options is HttpServerOptions {
  validateObject(options, 'options')
}
