// What makes a server an HTTP/2 server, in the clear or over TLS: its options, its sessions, and the compatibility API on
// top of their streams. Node's documentation, "Class: Http2Server".

import type { EventEmitter } from 'node:events'
import type { Duplex } from 'node:stream'
import { validateFunction } from '../../core/validate.ts'
import { currentHost } from '../../host/current.ts'
import { duplexConnection } from '../../host/duplex-connection.ts'
import type { Connection, Host } from '../../host/types.ts'
import { answerFailure } from '../../http/internal.ts'
import { connectionOf } from '../../net/internal.ts'
import { callApart } from '../call-apart.ts'
import { type ResponseClass, serveCompat } from '../compat/compat.ts'
import { Http2ServerRequest } from '../compat/compat-request.ts'
import { Http2ServerResponse } from '../compat/compat-response.ts'
import * as diagnostics from '../diagnostics.ts'
import type { HeaderBlock } from '../engine/types.ts'
import { type CompleteOptions, completeOptions, type ServerOptions } from '../options.ts'
import { ServerHttp2Session } from '../session/server-session.ts'
import type { BoundSocket } from '../session/session.ts'
import { beginRequest } from '../session/session-events.ts'
import type { SecureFacts } from '../session/session-state.ts'
import { type Settings, validateSettings } from '../session/settings.ts'
import type { HeaderObject } from '../stream/header-map.ts'
import type { ServerHttp2Stream } from '../stream/server-stream.ts'
import { kSession } from '../symbols.ts'
import { validateOptionalObject } from '../validate.ts'

export const kCore = Symbol('core')

export type Http2RequestListener = (request: Http2ServerRequest, response: Http2ServerResponse) => void

/** What this part needs of the server that it belongs to. */
export interface CoreServer extends EventEmitter {
  timeout: number
  allowHalfOpen?: boolean
  [kCore]: ServerCore
}

export class ServerCore {
  readonly server: CoreServer
  readonly host: Host
  options: ServerOptions
  readonly sessions = new Set<ServerHttp2Session>()
  #complete: CompleteOptions | undefined
  #servesHeads = false

  /** @param options - checked: see `serverOptions` */
  constructor(server: EventEmitter, options: ServerOptions, listener: Http2RequestListener | undefined) {
    this.server = server as CoreServer
    this.host = currentHost()
    this.options = options
    this.server.timeout = 0
    const onNewListener = (event: string | symbol): void => {
      if (event !== 'request') return
      server.removeListener('newListener', onNewListener)
      this.#serveRequests()
    }
    server.on('newListener', onNewListener)
    if (typeof listener === 'function') server.on('request', listener)
  }

  /** Called with the first 'request' listener: from then on each stream is dispatched as a request. */
  #serveRequests(): void {
    const Request = (this.options.Http2ServerRequest ?? Http2ServerRequest) as typeof Http2ServerRequest
    const Response = (this.options.Http2ServerResponse ?? Http2ServerResponse) as typeof Http2ServerResponse
    const { server } = this
    server.on('stream', (stream: ServerHttp2Stream, headers: HeaderObject, _flags: number, raw: string[]) => {
      serveCompat(server, new Request(stream, headers, undefined, raw), Response)
    })
    // A program's own class of requests takes its headers as Node gives them.
    this.#servesHeads = Request === Http2ServerRequest
  }

  /** Passes a request to the compatibility API directly if nothing else listens for streams, without making 'stream' arguments. */
  #takeRequest(session: ServerHttp2Session, stream: ServerHttp2Stream, head: HeaderBlock, endStream: boolean): boolean {
    const { server } = this
    if (!this.#servesHeads || session.listenerCount('stream') > 1 || server.listenerCount('stream') > 1) return false
    if (diagnostics.serverCreated.hasSubscribers || diagnostics.serverStart.hasSubscribers) return false
    beginRequest(stream, head, endStream)
    const Response = (this.options.Http2ServerResponse ?? Http2ServerResponse) as typeof Http2ServerResponse
    session[kSession].carrier?.emitNext(() => serveHead(server, stream, head, Response))
    return true
  }

  /** Begins a session on a connection without a socket. @param secure - its TLS side, over TLS */
  serveConnection(connection: Connection, onClosed: () => void, secure?: SecureFacts): ServerHttp2Session {
    const session = this.#makeSession()
    session[kSession].onConnectionClosed = onClosed
    session[kSession].secure = secure
    session[kSession].allowHalfOpen = this.server.allowHalfOpen === true
    connection.setNoDelay(true)
    session._open(connection)
    callApart(() => this.#announce(session))
    return session
  }

  /** Begins a session on a socket, or any Duplex that a program hands in. */
  serveSocket(socket: BoundSocket): ServerHttp2Session {
    const session = this.#makeSession()
    session._adopt(socket, connectionFor)
    this.#announce(session)
    return session
  }

  #makeSession(): ServerHttp2Session {
    this.#complete ??= completeOptions(this.options)
    const session = new ServerHttp2Session(this.#complete, this, this.host)
    session[kSession].compat = (stream, head, endStream) => this.#takeRequest(session, stream, head, endStream)
    this.sessions.add(session)
    return session
  }

  #announce(session: ServerHttp2Session): void {
    const { server } = this
    session.on('stream', forwardStream)
    session.on('error', forwardError)
    session.on('priority', forwardPriority)
    if (server.timeout) {
      session.setTimeout(server.timeout, () => {
        if (session.destroyed || session.closed) return
        if (!server.emit('timeout', session)) session.destroy()
      })
    }
    server.emit('session', session)
  }

  _sessionClosed(session: ServerHttp2Session): void {
    this.sessions.delete(session)
  }

  /** The server is closing, and with it, in Node 24 and later, its sessions. */
  closeSessions(): void {
    if (!closesSessions) return
    for (const session of [...this.sessions]) session.close()
  }

  setTimeout(msecs: number, callback: ((session: ServerHttp2Session) => void) | undefined): void {
    this.server.timeout = msecs
    if (callback === undefined) return
    validateFunction(callback, 'callback')
    this.server.on('timeout', callback)
  }

  updateSettings(settings: Settings): void {
    validateOptionalObject(settings, 'settings')
    validateSettings(settings)
    this.options = { ...this.options, settings: { ...this.options.settings, ...settings } }
    this.#complete = undefined
  }
}

function serveHead(server: EventEmitter, stream: ServerHttp2Stream, head: HeaderBlock, Response: ResponseClass): void {
  if (!stream.destroyed) serveCompat(server, new Http2ServerRequest(stream, head), Response)
}

const closesSessions = Number.parseInt(process.versions.node, 10) >= 24

export function connectionFor(socket: Duplex): Connection {
  return connectionOf(socket) ?? duplexConnection(socket)
}

// As listeners of their own: programs count them.

function forwardStream(this: ServerHttp2Session, ...args: unknown[]): void {
  this.server?.emit('stream', ...args)
}

function forwardError(this: ServerHttp2Session, error: Error): void {
  this.server?.emit('sessionError', error, this)
}

function forwardPriority(this: ServerHttp2Session, ...args: unknown[]): void {
  this.server?.emit('priority', ...args)
}

/** An async listener has failed. @returns false: not for us to answer */
export function answerRejection(error: Error, event: string, args: readonly unknown[]): boolean {
  if (event === 'stream') {
    const stream = args[0] as ServerHttp2Stream
    if (stream.sentHeaders) stream.destroy(error)
    else {
      stream.respond({ ':status': 500 })
      stream.end()
    }
    return true
  }
  if (event === 'request') {
    answerFailure(args[1] as never)
    return true
  }
  return false
}
