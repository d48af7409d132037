// http.ClientRequest: a request, the socket it gets from an agent, and the response. Source: Node's documentation,
// "Class: http.ClientRequest".

import { AsyncResource } from 'node:async_hooks'
import { addAbortSignal, type Duplex, finished } from 'node:stream'
import { bareCopy } from '../../core/bare-copy.ts'
import { callableClass } from '../../core/callable-class.ts'
import { timerDuration } from '../../core/durations.ts'
import { connectionReset, invalidArgType } from '../../core/errors.ts'
import { validateBoolean, validateInteger, validateString } from '../../core/validate.ts'
import { connect, type Socket } from '../../net/internal.ts'
import { clientRequestCreated, clientRequestStart } from '../diagnostics.ts'
import { LENIENT_HEADERS, LENIENT_VALUE_RELAXED, leniencyOf } from '../engine/leniency.ts'
import * as errors from '../errors.ts'
import { usualHeadersCount } from '../headers-count.ts'
import type { GivenHeaders } from '../message/head-writer.ts'
import type { IncomingMessage } from '../message/incoming-message.ts'
import { type HeaderValue, uniqueNames } from '../message/outgoing-fields.ts'
import { OutgoingMessage, type OutgoingMessageConstructor, PlainOutgoingMessage } from '../message/outgoing-message.ts'
import { kState } from '../message/outgoing-state.ts'
import { isInsecureByDefault, processMaxHeaderSize } from '../process-options.ts'
import { checkedValidation } from '../server/http-service.ts'
import { hasInvalidTargetCharacter, isToken } from '../wire/field-rules.ts'
import { type Agent, getGlobalAgent } from './agent.ts'
import { type ClientSocket, clientConnectionOf, emitError, onResponseTimeout } from './client-connection.ts'
import { rewriteForProxy } from './proxy-request.ts'
import { bracketed, checkHost, type RequestOptions, type ResponseListener, readArguments } from './request-options.ts'

/** RFC 9110 section 9.3.6: the Host of a CONNECT request names the target. Before Node 26 it names the proxy. */
const connectNamesTarget = Number.parseInt(process.versions.node, 10) >= 26

/** Whether destroying a request whose exchange is complete, but whose response is not yet read, keeps its socket for reuse. */
const leavesSocket = Number.parseInt(process.versions.node, 10) >= 22

const bodiless = new Set(['GET', 'HEAD', 'DELETE', 'OPTIONS', 'TRACE', 'CONNECT'])

class NodeClientRequest extends PlainOutgoingMessage {
  declare agent: Agent | undefined
  declare socketPath: string | undefined
  declare method: string
  declare maxHeaderSize: number | undefined
  declare insecureHTTPParser: boolean | undefined
  declare httpValidation: 'strict' | 'relaxed' | 'insecure' | undefined
  declare joinDuplicateHeaders: boolean | undefined
  declare timeout: number | undefined
  declare _ended: boolean
  declare res: IncomingMessage | null
  declare aborted: boolean
  declare timeoutCb: (() => void) | null
  declare upgradeOrConnect: boolean
  declare parser: object | null
  declare maxHeadersCount: number
  declare reusedSocket: boolean
  declare host: string
  declare protocol: string
  declare _path: string
  declare _destroyError: Error | null | undefined
  /** The async context in which the request was made, for events of a connection that another request opened. */
  declare _scope: AsyncResource | null

  constructor(first?: unknown, second?: unknown, third?: ResponseListener) {
    super()
    this._ended = false
    this.res = null
    this.aborted = false
    this.timeoutCb = null
    this.upgradeOrConnect = false
    this.parser = null
    this.maxHeadersCount = null as never
    this.reusedSocket = false
    this.agent = undefined
    this.socketPath = undefined
    this.method = 'GET'
    this.maxHeaderSize = undefined
    this.insecureHTTPParser = undefined
    this.httpValidation = undefined
    this.joinDuplicateHeaders = undefined
    this.timeout = undefined
    this.host = ''
    this.protocol = ''
    this._path = '/'
    this._destroyError = undefined
    this._scope = null
    start(this as unknown as ClientRequest, first, second, third)
  }

  get path(): string {
    return this._path
  }

  set path(value: string) {
    const path = String(value)
    if (hasInvalidTargetCharacter(path)) throw errors.unescapedCharacters('Request path')
    this._path = path
  }

  override _implicitHeader(): void {
    if (this._header) throw errors.headersSent('render')
    // A program may have changed it after the constructor checked it.
    if (!bodiless.has(this.method) && !isToken(this.method)) throw errors.invalidToken('Method', this.method)
    this._storeHeader(`${this.method} ${this.path} HTTP/1.1\r\n`, this[kState].fields)
  }

  override _finish(): void {
    super._finish()
    if (clientRequestStart.hasSubscribers) clientRequestStart.publish({ request: this })
  }

  abort(): void {
    if (this.aborted) return
    this.aborted = true
    process.nextTick(() => this.emit('abort'))
    this.destroy()
  }

  override destroy(error?: Error | null): this {
    if (this.destroyed) return this
    this.destroyed = true
    this.res?._dump()
    if (leavesSocket && this.writableFinished && this.res?.complete) return this
    this._destroyError = error
    this.socket?.destroy(error as Error)
    return this
  }

  /** Called by the agent with a socket for this request, or with an error. */
  onSocket(socket: Socket | Duplex | null | undefined, error?: Error | null): void {
    if (socket && !error) {
      ;(socket as ClientSocket)._httpMessage = this as unknown as ClientRequest
      // From now on the socket's errors are reported to this request.
      clientConnectionOf(socket as ClientSocket)
    }
    process.nextTick(takeSocket, this as unknown as ClientRequest, socket, error)
  }

  _deferToConnect(method: string | undefined, args: readonly unknown[]): void {
    const call = () => {
      const { socket } = this
      if (method && socket)
        (socket as unknown as Record<string, (...args: readonly unknown[]) => void>)[method]?.(...args)
    }
    const onSocket = () => {
      if (this.socket?.writable && !this.socket.connecting) call()
      else this.socket?.once('connect', call)
    }
    if (this.socket) onSocket()
    else this.once('socket', onSocket)
  }

  override setTimeout(msecs: number, callback?: () => void): this {
    if (this._ended) return this
    listenToTimeout(this as unknown as ClientRequest)
    const duration = timerDuration(msecs, 'msecs')
    if (callback) this.once('timeout', callback)
    if (this.socket) setSocketTimeout(this.socket, duration)
    else this.once('socket', (socket: Socket) => setSocketTimeout(socket, duration))
    return this
  }

  setNoDelay(noDelay?: boolean): void {
    this._deferToConnect('setNoDelay', [noDelay])
  }

  setSocketKeepAlive(enable?: boolean, initialDelay?: number): void {
    this._deferToConnect('setKeepAlive', [enable, initialDelay])
  }

  clearTimeout(callback?: () => void): void {
    this.setTimeout(0, callback)
  }

  /** The exchange is over: the socket's timeout no longer concerns this request. */
  _stopTimeout(): void {
    if (this.timeoutCb) this.socket?.removeListener('timeout', this.timeoutCb)
    this.socket?.removeListener('timeout', onResponseTimeout)
  }
}

// The constructor's work, in Node's order: programs can observe which check throws first.
function start(request: ClientRequest, first: unknown, second: unknown, third: ResponseListener | undefined): void {
  const { options, listener } = readArguments(first, second, third)
  if (options.highWaterMark !== null && options.highWaterMark !== undefined) {
    request[kState].highWaterMark = options.highWaterMark
  }
  const defaultAgent = (options._defaultAgent as Agent | undefined) ?? getGlobalAgent()
  const agent = chooseAgent(options, defaultAgent)
  request.agent = agent
  const protocol = options.protocol || defaultAgent.protocol
  const expected = agent?.protocol || defaultAgent.protocol
  if (options.path && hasInvalidTargetCharacter(String(options.path))) throw errors.unescapedCharacters('Request path')
  if (protocol !== expected) throw errors.invalidProtocol(protocol, expected)
  const defaultPort = options.defaultPort || agent?.defaultPort
  // Without a signal `options` can be used as it is: `readArguments` has already copied it.
  const socketOptions = options.signal ? bareCopy(options) : options
  socketOptions.port = options.port || defaultPort || 80
  const host = checkHost(options.hostname, 'hostname') || checkHost(options.host, 'host') || 'localhost'
  socketOptions.host = host
  const bare = options.setDefaultHeaders === false
  request._removedConnection = bare
  request._removedContLen = bare
  request._removedTE = bare
  request.socketPath = options.socketPath
  if (options.timeout !== undefined) request.timeout = timerDuration(options.timeout, 'timeout')
  if (options.signal) {
    addAbortSignal(options.signal, request as never)
    delete socketOptions.signal
  }
  readProtocolOptions(request, options)
  if (listener) request.once('response', listener)
  request.useChunkedEncodingByDefault = !bodiless.has(request.method)
  request.host = host
  request.protocol = protocol
  if (agent) {
    // A connection that no later request will use need not be kept alive.
    const isReused = agent.keepAlive || Number.isFinite(agent.maxSockets)
    request._last = !isReused
    request.shouldKeepAlive = isReused
  }
  writeFields(request, options, socketOptions, defaultPort)
  request[kState].unique = uniqueNames(options.uniqueHeaders)
  if (agent) {
    request._scope = new AsyncResource('HTTPCLIENTREQUEST')
    agent.addRequest(request, socketOptions)
  } else connectAlone(request, socketOptions)
  if (clientRequestCreated.hasSubscribers) clientRequestCreated.publish({ request })
}

function chooseAgent(options: RequestOptions, defaultAgent: Agent): Agent | undefined {
  const { agent } = options
  if (agent === false) return new (defaultAgent.constructor as typeof Agent)()
  if (agent === null || agent === undefined) {
    return typeof options.createConnection === 'function' ? undefined : defaultAgent
  }
  if (typeof agent.addRequest !== 'function') {
    throw invalidArgType('options.agent', ['Agent-like Object', 'undefined', 'false'], agent)
  }
  return agent as Agent
}

function readProtocolOptions(request: ClientRequest, options: RequestOptions): void {
  const { method, maxHeaderSize, insecureHTTPParser, joinDuplicateHeaders } = options
  if (method !== null && method !== undefined) validateString(method, 'options.method')
  if (method) {
    if (!isToken(method)) throw errors.invalidToken('Method', method)
    request.method = method.toUpperCase()
  } else request.method = 'GET'
  if (maxHeaderSize !== undefined) validateInteger(maxHeaderSize, 'maxHeaderSize', 0)
  request.maxHeaderSize = maxHeaderSize
  if (insecureHTTPParser !== undefined) validateBoolean(insecureHTTPParser, 'options.insecureHTTPParser')
  request.insecureHTTPParser = insecureHTTPParser
  request.httpValidation = checkedValidation(options)
  if (joinDuplicateHeaders !== undefined) validateBoolean(joinDuplicateHeaders, 'options.joinDuplicateHeaders')
  request.joinDuplicateHeaders = joinDuplicateHeaders
  request[kState].isRelaxed =
    (leniencyOf(request, isInsecureByDefault()) & (LENIENT_HEADERS | LENIENT_VALUE_RELAXED)) !== 0
  request._path = options.path || '/'
}

function writeFields(
  request: ClientRequest,
  options: RequestOptions,
  socketOptions: RequestOptions,
  defaultPort: string | number | undefined,
): void {
  const { headers } = options
  const port = socketOptions.port as string | number
  const host = bracketed(request.host)
  const proxied = { host, port }
  if (Array.isArray(headers)) {
    const fields = rewriteForProxy(request, socketOptions, proxied, undefined, headers)
    request._storeHeader(`${request.method} ${request.path} HTTP/1.1\r\n`, fields as GivenHeaders)
    return
  }
  for (const [name, value] of Object.entries(headers ?? {})) {
    request.setHeader(name, value as HeaderValue)
  }
  const givenHost = request.getHeader('host')
  const setHost = options.setHost === undefined ? options.setDefaultHeaders !== false : Boolean(options.setHost)
  if (!givenHost && setHost) {
    const authority = port && Number(port) !== defaultPort ? `${host}:${port}` : host
    const namesTarget = connectNamesTarget && request.method === 'CONNECT' && options.path
    request.setHeader('Host', namesTarget ? String(request.path) : authority)
  }
  if (options.auth && !request.getHeader('Authorization')) {
    request.setHeader('Authorization', `Basic ${Buffer.from(options.auth).toString('base64')}`)
  }
  rewriteForProxy(request, socketOptions, proxied, givenHost, undefined)
  // The peer decides by the head whether the body is to be sent, so the head must not wait for the body.
  if (request.getHeader('expect')) request._implicitHeader()
}

/** Without an agent: opens one connection, for this request alone. */
function connectAlone(request: ClientRequest, options: RequestOptions): void {
  request._last = true
  request.shouldKeepAlive = false
  const target = bareCopy(options)
  if (target.path || target.socketPath) target.path = target.socketPath ?? undefined
  if (typeof target.createConnection !== 'function') {
    request.onSocket(connect(target))
    return
  }
  let isDone = false
  const done = (error: Error | null, socket?: unknown) => {
    if (isDone) return
    isDone = true
    if (error) process.nextTick(() => emitError(request, error))
    else request.onSocket(socket as Socket)
  }
  try {
    const socket = target.createConnection(target, done)
    if (socket) done(null, socket)
  } catch (error) {
    done(error as Error)
  }
}

function takeSocket(request: ClientRequest, socket: ClientSocket | null | undefined, error?: Error | null): void {
  if (!request.destroyed && !error) {
    attach(request, socket as ClientSocket)
    return
  }
  request.destroyed = true
  if (!socket) closeWithout(request, socket, error || request._destroyError)
  else if (!error && request.agent && !socket.destroyed) {
    socket.emit('free')
    closeWithout(request, socket, request._destroyError)
  } else {
    finished(socket.destroy((error || request._destroyError) as Error), failure => {
      const reported = failure?.code === 'ERR_STREAM_PREMATURE_CLOSE' ? null : failure
      closeWithout(request, socket, reported || error)
    })
  }
}

/** Closes a request that was never attached to a connection. */
function closeWithout(
  request: ClientRequest,
  socket: ClientSocket | null | undefined,
  reason: Error | null | undefined,
): void {
  let error = reason as (Error & { code?: string }) | null | undefined
  if (!request.aborted && !error) error = connectionReset('socket hang up')
  if (error && error.code !== 'ERR_PROXY_TUNNEL' && !socket?._hadError) emitError(request, error)
  request._closed = true
  request.emit('close')
}

function attach(request: ClientRequest, socket: ClientSocket): void {
  const { maxHeadersCount: given } = request
  clientConnectionOf(socket).attach(request, request._scope, {
    leniency: leniencyOf(request, isInsecureByDefault()),
    maxHeaderSize: request.maxHeaderSize || processMaxHeaderSize(),
    maxHeadersCount: typeof given === 'number' ? given : usualHeadersCount,
  })
  if (request.timeout !== undefined || request.agent?.options?.timeout) listenToTimeout(request)
  request.emit('socket', socket)
  request._flush()
}

function onRequestTimeout(this: ClientSocket): void {
  this._httpMessage?.emit('timeout')
}

function listenToTimeout(request: ClientRequest): void {
  if (request.timeoutCb) return
  request.timeoutCb = onRequestTimeout
  if (request.socket) request.socket.once('timeout', onRequestTimeout)
  else request.on('socket', (socket: Socket) => socket.once('timeout', onRequestTimeout))
}

function setSocketTimeout(socket: Socket, msecs: number): void {
  if (socket.connecting) socket.once('connect', () => socket.setTimeout(msecs))
  else socket.setTimeout(msecs)
}

Object.defineProperty(NodeClientRequest.prototype, 'path', {
  ...Object.getOwnPropertyDescriptor(NodeClientRequest.prototype, 'path'),
  enumerable: true,
})
Object.defineProperty(NodeClientRequest, 'name', { value: 'ClientRequest' })

export type ClientRequest = NodeClientRequest

export interface ClientRequestConstructor extends Omit<OutgoingMessageConstructor, 'prototype'> {
  new (first?: unknown, second?: unknown, third?: ResponseListener): ClientRequest
  (first?: unknown, second?: unknown, third?: ResponseListener): ClientRequest
  readonly prototype: ClientRequest
}

/** The class itself: constructing it avoids the cost of the callable wrapper. */
export const PlainClientRequest = NodeClientRequest

export const ClientRequest = callableClass(NodeClientRequest, (request, first, second, third) => {
  Object.assign(request, new OutgoingMessage())
  Object.assign(request, {
    _ended: false,
    res: null,
    aborted: false,
    timeoutCb: null,
    upgradeOrConnect: false,
    parser: null,
    maxHeadersCount: null,
    reusedSocket: false,
  })
  start(request as unknown as ClientRequest, first, second, third)
}) as unknown as ClientRequestConstructor

Object.setPrototypeOf(ClientRequest, OutgoingMessage)

export function request(first: unknown, second?: unknown, third?: ResponseListener): ClientRequest {
  return new PlainClientRequest(first, second, third)
}

export function get(first: unknown, second?: unknown, third?: ResponseListener): ClientRequest {
  const made = request(first, second, third)
  made.end()
  return made
}
