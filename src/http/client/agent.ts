// http.Agent: pools sockets by origin, queues requests that wait for a socket, and keeps idle sockets for later requests.
// Source: Node's documentation, "Class: http.Agent".

import { AsyncResource } from 'node:async_hooks'
import { EventEmitter } from 'node:events'
import { bareCopy } from '../../core/bare-copy.ts'
import { callableClass } from '../../core/callable-class.ts'
import { ipVersion } from '../../core/ip.ts'
import { validateNumber, validateOneOf, validateString } from '../../core/validate.ts'
import { ambientHost } from '../../host/ambient.ts'
import type { Host } from '../../host/types.ts'
import { connect, type Socket } from '../../net/internal.ts'
import { firstValue } from '../message/incoming-message.ts'
import { usesEnvironmentProxy } from '../process-options.ts'
import { type ClientSocket, isReusable } from './client-connection.ts'
import type { PendingRequest } from './pending-request.ts'
import { type ProxyConfig, proxyConfigFrom, shouldUseProxy } from './proxy.ts'
import type { RequestOptions } from './request-options.ts'

export const kProxyConfig = Symbol('proxyConfig')
/** Set by https on a socket that must not be used before its tunnel is established. */
export const kWaitForProxyTunnel = Symbol('waitForProxyTunnel')
const kWaitingOptions = Symbol('waitingOptions')
const kWaitingScope = Symbol('waitingScope')
const kOnKeylog = Symbol('onKeylog')
const kHost = Symbol('host')

export interface AgentOptions {
  [option: string]: unknown
  keepAlive?: boolean | undefined
  keepAliveMsecs?: number | undefined
  maxSockets?: number | undefined
  maxTotalSockets?: number | undefined
  maxFreeSockets?: number | undefined
  scheduling?: 'fifo' | 'lifo' | undefined
  timeout?: number | undefined
  noDelay?: boolean | undefined
  path?: string | undefined
  protocol?: string | undefined
  defaultPort?: number | undefined
  agentKeepAliveTimeoutBuffer?: number | undefined
  proxyEnv?: NodeJS.Dict<string> | undefined
}

export type SocketOptions = RequestOptions & { _agentKey?: string; servername?: string; [kHost]?: Host }
type SocketDone = (error: Error | null, socket?: Socket) => void
/** The options from which an agent makes the name of a pool of sockets. */
export interface NamedOrigin {
  readonly host?: string | null | undefined
  readonly port?: number | string | null | undefined
  readonly localAddress?: string | undefined
  readonly family?: number | undefined
  readonly socketPath?: string | undefined
}

type WaitingRequest = PendingRequest & {
  [kWaitingOptions]?: SocketOptions | undefined
  [kWaitingScope]?: AsyncResource | null
}

/** Caches the last name: most requests have the origin of the one before, and a string that has been a key is found faster. */
let lastName: { readonly host: unknown; readonly port: unknown; readonly name: string } | undefined

const defaultPoolSize = 256
const defaultTimeoutBufferMs = 1000

class NodeAgent extends EventEmitter {
  static defaultMaxSockets = Number.POSITIVE_INFINITY
  declare options: AgentOptions
  declare defaultPort: number
  declare protocol: string
  declare requests: Record<string, WaitingRequest[]>
  declare sockets: Record<string, Socket[]>
  declare freeSockets: Record<string, Socket[]>
  declare keepAliveMsecs: number
  declare keepAlive: boolean
  declare maxSockets: number
  declare maxFreeSockets: number
  declare scheduling: 'fifo' | 'lifo'
  declare maxTotalSockets: number
  declare totalSocketCount: number
  declare agentKeepAliveTimeoutBuffer: number
  declare [kProxyConfig]: ProxyConfig | null | undefined
  declare [kOnKeylog]: ((line: Buffer) => void) | undefined

  constructor(options?: AgentOptions) {
    super()
    initialize(this, options)
  }

  createConnection(...args: unknown[]): Socket {
    const options = args[0] as SocketOptions
    const proxy = this[kProxyConfig]
    if (!proxy || typeof options !== 'object' || !shouldUseProxy(proxy, options)) return connect(...args)
    return proxy.connect(args.find(arg => typeof arg === 'function') as (() => void) | undefined)
  }

  /** The name of the pool: two requests may share a connection if it is the same for both. */
  getName(options: NamedOrigin = {}): string {
    const { host, port, localAddress, family, socketPath } = options
    const isPlain = !localAddress && family !== 4 && family !== 6 && !socketPath
    if (isPlain && lastName !== undefined && host === lastName.host && port === lastName.port) return lastName.name
    let name = `${host || 'localhost'}:`
    if (port) name += port
    name += ':'
    if (isPlain) {
      if (typeof host === 'string' && (typeof port === 'number' || typeof port === 'string'))
        lastName = { host, port, name }
      return name
    }
    if (localAddress) name += localAddress
    if (family === 4 || family === 6) name += `:${family}`
    if (socketPath) name += `:${socketPath}`
    return name
  }

  addRequest(request: PendingRequest, given: RequestOptions | string, port?: number, localAddress?: string): void {
    const legacy = typeof given === 'string' ? { host: given, port, localAddress } : given
    const options = completeOptions(this, legacy as RequestOptions, request)
    const name = poolName(this, options)
    const inUse = (this.sockets[name] ??= [])
    const socket = takeFreeSocket(this, name)
    const count = (this.freeSockets[name]?.length ?? 0) + inUse.length
    if (socket) {
      const { highWaterMark } = options
      if (highWaterMark !== undefined && highWaterMark !== null && socket.writableHighWaterMark !== highWaterMark) {
        ;(socket as unknown as { _writableState: { highWaterMark: number } })._writableState.highWaterMark =
          highWaterMark
      }
      this.reuseSocket(socket, request)
      giveSocket(this, request, socket)
      inUse.push(socket)
    } else if (count < this.maxSockets && this.totalSocketCount < this.maxTotalSockets) {
      this.createSocket(request, options, (error, created) => {
        if (error) {
          tellTunnelFailure(error, request)
          request.onSocket(created, error)
        } else giveSocket(this, request, created as Socket)
      })
    } else {
      const waiting = request as WaitingRequest
      waiting[kWaitingOptions] = options
      waiting[kWaitingScope] = new AsyncResource('QueuedRequest')
      ;(this.requests[name] ??= []).push(waiting)
    }
  }

  createSocket(request: PendingRequest, given: RequestOptions, done: SocketDone): void {
    const options = completeOptions(this, given, request, addSocketOptions)
    const name = poolName(this, options)
    options._agentKey = name
    let isDone = false
    const onCreated: SocketDone = (error, socket) => {
      if (isDone) return
      isDone = true
      if (error) {
        done(error)
        return
      }
      ;(this.sockets[name] ??= []).push(socket as Socket)
      this.totalSocketCount++
      watch(this, socket as Socket, options)
      done(null, socket)
    }
    const socket = this.createConnection(options, onCreated)
    if (socket && !(socket as { [kWaitForProxyTunnel]?: boolean })[kWaitForProxyTunnel]) onCreated(null, socket)
  }

  removeSocket(socket: Socket, options: SocketOptions): void {
    const name = poolName(this, options)
    removeFrom(this.sockets, name, socket)
    if (!socket.writable) removeFrom(this.freeSockets, name, socket)
    const request = nextWaiting(this, name)
    if (request === undefined) return
    const wanted = request.isElsewhere ? request.request[kWaitingOptions] : options
    if (!wanted) return
    request.request[kWaitingOptions] = undefined
    this.createSocket(request.request, wanted, (error, created) => {
      if (error) {
        tellTunnelFailure(error, request.request)
        request.request.onSocket(null, error)
      } else created?.emit('free')
    })
  }

  /** Whether an idle socket stays in the pool. Programs may override it, as they may `reuseSocket`. */
  keepSocketAlive(socket: Socket): boolean {
    socket.setKeepAlive(true, this.keepAliveMsecs)
    socket.unref()
    let timeout = this.options.timeout || 0
    const response = (socket as ClientSocket)._httpMessage?.res
    const hint = response && firstValue(response, 'keep-alive')
    const seconds = typeof hint === 'string' ? /^timeout=(\d+)/.exec(hint)?.[1] : undefined
    if (seconds !== undefined) {
      // Must expire before the server closes the connection, or the next request may cross the server's FIN.
      const left = Number.parseInt(seconds, 10) * 1000 - (this.agentKeepAliveTimeoutBuffer ?? defaultTimeoutBufferMs)
      if (left <= 0) return false
      if (timeout === 0 || left < timeout) timeout = left
    }
    if (socket.timeout !== timeout) socket.setTimeout(timeout)
    return true
  }

  reuseSocket(socket: Socket, request: PendingRequest): void {
    request.reusedSocket = true
    socket.ref()
  }

  destroy(): void {
    for (const set of [this.freeSockets, this.sockets]) {
      for (const name of Object.keys(set)) for (const socket of [...(set[name] ?? [])]) socket.destroy()
    }
  }
}

function initialize(agent: NodeAgent, options: AgentOptions | undefined): void {
  agent.options = bareCopy<AgentOptions>(options)
  agent.defaultPort = agent.options.defaultPort || 80
  agent.protocol = agent.options.protocol || 'http:'
  if (agent.options.noDelay === undefined) agent.options.noDelay = true
  // Otherwise net would take the request's path for that of a pipe.
  agent.options.path = null as unknown as undefined
  agent.requests = Object.create(null)
  agent.sockets = Object.create(null)
  agent.freeSockets = Object.create(null)
  agent.keepAliveMsecs = agent.options.keepAliveMsecs || 1000
  agent.keepAlive = agent.options.keepAlive || false
  agent.maxSockets = agent.options.maxSockets || NodeAgent.defaultMaxSockets
  agent.maxFreeSockets = agent.options.maxFreeSockets || defaultPoolSize
  agent.scheduling = agent.options.scheduling || 'lifo'
  agent.totalSocketCount = 0
  const buffer = agent.options.agentKeepAliveTimeoutBuffer
  const isBuffer = typeof buffer === 'number' && buffer >= 0 && Number.isFinite(buffer)
  agent.agentKeepAliveTimeoutBuffer = isBuffer ? buffer : defaultTimeoutBufferMs
  const { proxyEnv, maxTotalSockets } = agent.options
  if (typeof proxyEnv === 'object' && proxyEnv !== null) agent[kProxyConfig] = proxyConfigFrom(proxyEnv, agent.protocol)
  validateOneOf(agent.scheduling, 'scheduling', ['fifo', 'lifo'])
  if (maxTotalSockets !== undefined) validateNumber(maxTotalSockets, 'maxTotalSockets', 1)
  agent.maxTotalSockets = maxTotalSockets ?? Number.POSITIVE_INFINITY
  agent.on('free', (socket: Socket, socketOptions: SocketOptions) => onFree(agent, socket, socketOptions))
  agent.on('newListener', onNewListener)
}

/** A socket has completed its request: assigns it to the next queued request, keeps it in the pool, or destroys it. */
function onFree(agent: NodeAgent, socket: ClientSocket, options: SocketOptions): void {
  const name = poolName(agent, options)
  if (!isReusable(socket)) {
    socket.destroy()
    return
  }
  const waiting = agent.requests[name]
  const next = waiting?.shift()
  if (waiting !== undefined && next !== undefined) {
    if (waiting.length === 0) delete agent.requests[name]
    const scope = next[kWaitingScope]
    next[kWaitingScope] = null
    if (scope) scope.runInAsyncScope(giveSocket, null, agent, next, socket)
    else giveSocket(agent, next, socket)
    return
  }
  const request = socket._httpMessage
  if (!request?.shouldKeepAlive || !agent.keepAlive) {
    socket.destroy()
    return
  }
  const free = agent.freeSockets[name] ?? []
  const count = free.length + (agent.sockets[name]?.length ?? 0)
  const isFull =
    agent.totalSocketCount > agent.maxTotalSockets || count > agent.maxSockets || free.length >= agent.maxFreeSockets
  if (isFull || !agent.keepSocketAlive(socket)) {
    socket.destroy()
    return
  }
  agent.freeSockets[name] = free
  socket._httpMessage = null
  agent.removeSocket(socket, options)
  free.push(socket)
}

function takeFreeSocket(agent: NodeAgent, name: string): Socket | undefined {
  const free = agent.freeSockets[name]
  if (!free) return undefined
  let socket: Socket | undefined
  do {
    socket = agent.scheduling === 'fifo' ? free.shift() : free.pop()
    // Skips a socket that has ended or become readable while it was idle.
  } while (socket !== undefined && !isReusable(socket as ClientSocket))
  if (free.length === 0) delete agent.freeSockets[name]
  return socket
}

function nextWaiting(agent: NodeAgent, name: string): { request: WaitingRequest; isElsewhere: boolean } | undefined {
  const [own] = agent.requests[name] ?? []
  if (own !== undefined) return { request: own, isElsewhere: false }
  for (const other of Object.keys(agent.requests)) {
    if (agent.sockets[other]?.length) return undefined
    const [first] = agent.requests[other] ?? []
    if (first !== undefined) return { request: first, isElsewhere: true }
  }
  return undefined
}

function removeFrom(sets: Record<string, Socket[]>, name: string, socket: Socket): void {
  const set = sets[name]
  const index = set?.indexOf(socket) ?? -1
  if (set === undefined || index === -1) return
  set.splice(index, 1)
  if (set.length === 0) delete sets[name]
}

function giveSocket(agent: NodeAgent, request: PendingRequest, socket: Socket): void {
  request.onSocket(socket)
  const agentTimeout = agent.options.timeout || 0
  if (request.timeout !== undefined && request.timeout !== agentTimeout) socket.setTimeout(request.timeout)
}

/** @param add - adds options before the prototype is removed: later each object would get its own hidden class (Node 20) */
function completeOptions(
  agent: NodeAgent,
  given: RequestOptions,
  request: PendingRequest,
  add?: (agent: NodeAgent, options: SocketOptions, request: PendingRequest) => void,
): SocketOptions {
  const options: SocketOptions = Object.assign({}, given, agent.options)
  const socketPath = ownOption(options, 'socketPath') as string | undefined
  if (socketPath) options.path = socketPath
  const servername = ownOption(options, 'servername')
  if (!servername && servername !== '') options.servername = serverName(options, request)
  const host = ambientHost()
  if (host !== undefined) options[kHost] = host
  add?.(agent, options, request)
  return Object.setPrototypeOf(options, null)
}

function addSocketOptions(agent: NodeAgent, options: SocketOptions, request: PendingRequest): void {
  const timeout = request.timeout || agent.options.timeout || undefined
  if (timeout) options.timeout = timeout
  options._agentKey = ''
  options['encoding'] = null
  if (!agent.keepAlive) return
  options['keepAlive'] = true
  options['keepAliveInitialDelay'] = agent.keepAliveMsecs
}

function ownOption(options: SocketOptions, name: string): unknown {
  return Object.hasOwn(options, name) ? options[name] : undefined
}

/** The pool's name including the current host: programs on two hosts may share an agent, but not a socket. */
function poolName(agent: NodeAgent, options: SocketOptions): string {
  const name = agent.getName(options)
  const host = options[kHost]
  if (host === undefined) return name
  let label = hostLabels.get(host)
  if (label === undefined) {
    label = `@${host.name}#${++hostCount}`
    hostLabels.set(host, label)
  }
  return name + label
}

const hostLabels = new WeakMap<Host, string>()
let hostCount = 0

/** The server name for TLS (SNI): the host of the Host field; empty for an IP address. */
function serverName(options: SocketOptions, request: PendingRequest): string {
  const header = request.getHeader('host')
  if (header && header === lastServer.header) return lastServer.name
  let name = String(ownOption(options, 'host'))
  if (header) {
    validateString(header, 'options.headers.host')
    const end = header.indexOf(']')
    if (!header.startsWith('[')) name = header.split(':', 1)[0] as string
    else name = end === -1 ? header : header.slice(1, end)
  }
  if (ipVersion(name) !== 0) name = ''
  if (header) lastServer = { header: header as string, name }
  return name
}

let lastServer = { header: '', name: '' }

/** Tracks a socket from its creation until it closes or is removed by 'agentRemove'. */
function watch(agent: NodeAgent, socket: Socket, options: SocketOptions): void {
  const onFreeEvent = () => void agent.emit('free', socket, options)
  const onClose = () => {
    agent.totalSocketCount--
    agent.removeSocket(socket, options)
  }
  const onTimeout = () => {
    for (const name of Object.keys(agent.freeSockets)) {
      if (agent.freeSockets[name]?.includes(socket)) socket.destroy()
    }
  }
  const onRemove = () => {
    agent.totalSocketCount--
    agent.removeSocket(socket, options)
    socket.off('close', onClose)
    socket.off('free', onFreeEvent)
    socket.off('timeout', onTimeout)
    socket.off('agentRemove', onRemove)
  }
  socket.on('free', onFreeEvent)
  socket.on('close', onClose)
  socket.on('timeout', onTimeout)
  socket.on('agentRemove', onRemove)
  if (agent[kOnKeylog]) socket.on('keylog', agent[kOnKeylog])
}

/** Subscribes to the sockets' 'keylog' once the agent itself gets a listener for it. */
function onNewListener(this: NodeAgent, event: string): void {
  if (event !== 'keylog') return
  this.removeListener('newListener', onNewListener)
  const agent = this
  const onKeylog = function (this: unknown, line: Buffer): void {
    agent.emit('keylog', line, this)
  }
  this[kOnKeylog] = onKeylog
  for (const sets of [this.freeSockets, this.sockets]) {
    for (const sockets of Object.values(sets)) for (const socket of sockets) socket.on('keylog', onKeylog)
  }
}

function tellTunnelFailure(
  error: Error & { code?: string; proxyTunnelTimeout?: boolean },
  request: PendingRequest,
): void {
  if (error.code !== 'ERR_PROXY_TUNNEL') return
  if (error.proxyTunnelTimeout) request.emit('timeout')
  request.emit('error', error)
}

Object.defineProperty(NodeAgent, 'name', { value: 'Agent' })

export type Agent = NodeAgent

/** Declares the static members that a subclass inherits. */
export interface AgentConstructor extends Omit<typeof EventEmitter, 'prototype'> {
  new (options?: AgentOptions): Agent
  (options?: AgentOptions): Agent
  readonly prototype: Agent
  defaultMaxSockets: number
}

export const Agent = callableClass(NodeAgent, (agent, options) => {
  ;(EventEmitter as unknown as (this: object) => void).call(agent)
  initialize(agent, options)
}) as unknown as AgentConstructor

let globalAgent: Agent | undefined

/** The agent of requests that specify none. */
export function getGlobalAgent(): Agent {
  globalAgent ??= new Agent({
    keepAlive: true,
    scheduling: 'lifo',
    timeout: 5000,
    proxyEnv: usesEnvironmentProxy() ? process.env : undefined,
  })
  return globalAgent
}

export function setGlobalAgent(agent: Agent): void {
  globalAgent = agent
}
