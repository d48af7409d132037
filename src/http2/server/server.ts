// Http2Server: HTTP/2 in the clear. Accepted connections are served directly; a 'connection' event with a socket is emitted
// only if the program listens for it. Node's documentation, "Class: Http2Server".

import { EventEmitter } from 'node:events'
import type { Connection } from '../../host/types.ts'
import { acceptConnection, Server as NetServer, releaseConnection } from '../../net/internal.ts'
import { type ServerOptions, serverOptions } from '../options.ts'
import type { ServerHttp2Session } from '../session/server-session.ts'
import type { BoundSocket } from '../session/session.ts'
import type { Settings } from '../session/settings.ts'
import { kBoundSession } from '../symbols.ts'
import { answerRejection, type CoreServer, type Http2RequestListener, kCore, ServerCore } from './server-core.ts'

export class Http2Server extends NetServer {
  declare timeout: number
  declare [kCore]: ServerCore

  constructor(given?: ServerOptions, listener?: Http2RequestListener) {
    const options = serverOptions(given)
    // net reads its own options.
    super(options as object)
    this.on('connection', serveHandedIn)
    this[kCore] = new ServerCore(this, options, listener)
  }

  override [acceptConnection](connection: Connection): void {
    const session = this[kCore].serveConnection(connection, () => this[releaseConnection]())
    // One listener is this server's own; without another, the socket need not be made now.
    if (this.listenerCount('connection') > 1) this.emit('connection', session._socket())
  }

  setTimeout(msecs: number, callback?: (session: ServerHttp2Session) => void): this {
    this[kCore].setTimeout(msecs, callback)
    return this
  }

  updateSettings(settings: Settings): void {
    this[kCore].updateSettings(settings)
  }

  override close(callback?: (error?: Error) => void): this {
    super.close(callback)
    this[kCore].closeSessions()
    return this
  }

  override [EventEmitter.captureRejectionSymbol](error: Error, event: string, ...args: unknown[]): void {
    if (!answerRejection(error, event, args)) super[EventEmitter.captureRejectionSymbol](error, event, ...args)
  }
}

/** `server.emit('connection', duplex)`; not for the sockets that only show a connection which is served already. */
function serveHandedIn(this: CoreServer, socket: BoundSocket): void {
  if (socket[kBoundSession] === undefined) this[kCore].serveSocket(socket)
}

export function createServer(options?: ServerOptions | Http2RequestListener, listener?: Http2RequestListener) {
  return typeof options === 'function' ? new Http2Server({}, options) : new Http2Server(options, listener)
}
