// Whether a socket that shows a connection is still as it was made. While it is, http reads and writes the connection itself;
// once a program has put something of its own on it, or listens, everything goes through the socket, as in Node.

import { Duplex } from 'node:stream'
import { Socket } from '../net/internal.ts'

// Taken once: a program that replaces them on the prototypes has touched every socket.
const { write, cork, uncork } = Duplex.prototype
const { _write, _writev } = Socket.prototype

interface Internals {
  readonly _writableState: { readonly length: number; readonly corked: number }
  readonly _writev: unknown
}

/** Nothing but the connection would notice what is written. */
export function mayWritePast(socket: Socket): boolean {
  const { _writableState: state, _writev: writev } = socket as unknown as Internals
  return (
    socket.write === write &&
    socket._write === _write &&
    writev === _writev &&
    socket.cork === cork &&
    socket.uncork === uncork &&
    // What the program has written itself goes first.
    state.length === 0 &&
    state.corked === 0 &&
    socket.listenerCount('drain') <= 1
  )
}

/** Nobody beside http listens to what is read. */
export function mayReadPast(socket: Socket): boolean {
  return socket.listenerCount('data') <= 1 && socket.listenerCount('readable') === 0
}
