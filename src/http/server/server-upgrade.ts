// CONNECT and Upgrade on a server: the connection is handed to the program as a plain socket, with the bytes that came
// behind the request.

import type { EventEmitter } from 'node:events'
import { connectionOf, feedSocket, type Socket } from '../../net/internal.ts'
import { hasListener } from '../has-listener.ts'
import type { IncomingMessage } from '../message/incoming-message.ts'
import { UpgradeStream } from '../message/upgrade-stream.ts'

/** The connection that a program takes over. */
interface UpgradedConnection {
  readonly server: EventEmitter
  readonly socket: Socket
  release(): Socket
  destroy(): void
}

const streams = new WeakMap<UpgradedConnection, UpgradeStream>()

/** @param head - bytes of the new protocol; undefined: the request's body is yet to come */
export function handOver(connection: UpgradedConnection, request: IncomingMessage, head: Buffer | undefined): void {
  const { server } = connection
  const event = request.method === 'CONNECT' ? 'connect' : 'upgrade'
  const waiting = streams.get(connection)
  if (waiting !== undefined) {
    if (head === undefined) return
    feed(connection.release())
    waiting.onBodyEnd(head)
  } else if (!hasListener(server, event)) connection.destroy()
  else if (head === undefined) {
    const stream = new UpgradeStream(connection.socket, request)
    streams.set(connection, stream)
    server.emit(event, request, stream, Buffer.alloc(0))
  } else {
    const socket = connection.release()
    feed(socket)
    server.emit(event, request, socket, head)
  }
}

/** From here on the socket reads for itself, once somebody listens. */
function feed(socket: Socket): void {
  Reflect.deleteProperty(socket, 'setEncoding')
  const connection = connectionOf(socket)
  if (connection !== undefined) {
    feedSocket(socket)
    connection.resume()
  }
  // As good as new: a 'data' listener starts it.
  Object.assign(socket, { readableFlowing: null })
}
