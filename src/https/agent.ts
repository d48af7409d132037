// https.Agent: http.Agent over TLS connections, with a cache of their sessions. Source: Node's documentation, "Class:
// https.Agent".

import { bareCopy } from '../core/bare-copy.ts'
import { callableClass } from '../core/callable-class.ts'
import {
  Agent as HttpAgent,
  type HttpAgentConstructor,
  type AgentOptions as HttpAgentOptions,
  kProxyConfig,
  kWaitForProxyTunnel,
  shouldUseProxy,
  usesEnvironmentProxy,
} from '../http/internal.ts'
import type { Socket } from '../tls/internal.ts'
import { tls } from '../tls/internal.ts'
import { identityName } from './agent-name.ts'
import { openTunnel } from './tunnel.ts'

export interface AgentOptions extends HttpAgentOptions {
  maxCachedSessions?: number | undefined
  servername?: string | undefined
}

interface ConnectionOptions {
  [option: string]: unknown
  _agentKey?: string
  host?: string
  port?: number | string
  timeout?: number
}

type Created = (error: Error | null, socket?: Socket) => void

const defaultMaxCachedSessions = 100

class SecureAgent extends HttpAgent {
  declare maxCachedSessions: number
  declare _sessionCache: { map: Record<string, Buffer>; list: string[] }

  constructor(options?: AgentOptions) {
    super(completeOptions(options))
    initialize(this)
  }

  /** `(options, done)`, as agents call it, and Node's second signature `(port, host, options)`. */
  override createConnection(...args: unknown[]): Socket {
    const options = readArguments(args)
    const done = args.at(-1)
    const key = options._agentKey
    const session = key === undefined ? undefined : this._getSession(key)
    const complete = session === undefined ? options : { session, ...options }
    const proxy = this[kProxyConfig]
    let socket: Socket
    if (proxy && isSecure(complete, this.protocol) && shouldUseProxy(proxy, complete as never)) {
      const keepsAlive = this.keepAlive || this.maxSockets !== Number.POSITIVE_INFINITY
      const onDone: Created = (error, secured) => {
        if (secured !== undefined && error === null && key !== undefined) watchSession(this, secured, key)
        if (typeof done === 'function') (done as Created)(error, secured)
      }
      socket = openTunnel(proxy, complete, this.defaultPort, keepsAlive, onDone)
      Object.assign(socket, { [kWaitForProxyTunnel]: true })
    } else {
      socket = tls.connect(complete)
      if (key !== undefined) watchSession(this, socket, key)
    }
    return socket
  }

  override getName(options: Record<string, unknown> = {}): string {
    return identityName(complete => super.getName(complete), options)
  }

  _getSession(key: string): Buffer | undefined {
    return this._sessionCache.map[key]
  }

  _cacheSession(key: string, session: Buffer): void {
    const { map, list } = this._sessionCache
    if (this.maxCachedSessions === 0) return
    if (map[key] === undefined) {
      if (list.length >= this.maxCachedSessions) delete map[list.shift() as string]
      list.push(key)
    }
    map[key] = session
  }

  _evictSession(key: string): void {
    const { map, list } = this._sessionCache
    const index = list.indexOf(key)
    if (index === -1) return
    list.splice(index, 1)
    delete map[key]
  }
}

type SessionKeeper = Pick<SecureAgent, '_cacheSession' | '_evictSession'>

/** Caches the session that the server issues, for the next connection; evicts it when a connection fails. */
function watchSession(agent: SessionKeeper, socket: Socket, key: string): void {
  socket.on('session', (session: Buffer) => agent._cacheSession(key, session))
  socket.once('close', (hadError: boolean) => {
    if (hadError) agent._evictSession(key)
  })
}

function completeOptions(options: AgentOptions | undefined): AgentOptions {
  const complete = bareCopy<AgentOptions>(options)
  complete.defaultPort ??= 443
  complete.protocol ??= 'https:'
  return complete
}

function initialize(agent: SecureAgent): void {
  const { maxCachedSessions } = agent.options as AgentOptions
  agent.maxCachedSessions = maxCachedSessions ?? defaultMaxCachedSessions
  // Without a prototype: keys contain text that programs choose, and must not match a member of Object.prototype.
  agent._sessionCache = { map: Object.create(null), list: [] }
}

function readArguments(args: readonly unknown[]): ConnectionOptions {
  const [first, second, third] = args
  if (typeof first === 'object' && first !== null) return first as ConnectionOptions
  const given = [second, third].find(one => typeof one === 'object' && one !== null)
  const options: ConnectionOptions = { ...(given as object) }
  if (typeof first === 'number') options.port = first
  if (typeof second === 'string') options.host = second
  return options
}

function isSecure(options: ConnectionOptions, protocol: string): boolean {
  return (options['protocol'] || protocol) === 'https:'
}

Object.defineProperty(SecureAgent, 'name', { value: 'Agent' })

export type Agent = SecureAgent

/** Declares the static members that a subclass inherits. */
export interface AgentConstructor extends Omit<HttpAgentConstructor, 'prototype'> {
  new (options?: AgentOptions): Agent
  (options?: AgentOptions): Agent
  readonly prototype: Agent
}

export const Agent = callableClass(SecureAgent, (agent, options) => {
  ;(HttpAgent as unknown as (this: object, options: object) => void).call(agent, completeOptions(options))
  initialize(agent)
}) as unknown as AgentConstructor

let globalAgent: Agent | undefined

/** The agent of requests that specify none. */
export function getGlobalAgent(): Agent {
  globalAgent ??= makeGlobalAgent(usesEnvironmentProxy() ? process.env : undefined)
  return globalAgent
}

export function setGlobalAgent(agent: Agent): void {
  globalAgent = agent
}

export function makeGlobalAgent(proxyEnv: NodeJS.Dict<string> | undefined): Agent {
  return new Agent({ keepAlive: true, scheduling: 'lifo', timeout: 5000, proxyEnv })
}
