// Whether a shown socket is untouched. While it is, http reads and writes the connection directly; once a program has set a
// member or added a listener, all bytes go through the socket, as in Node.

import { Duplex } from 'node:stream'
import { Socket } from '../net/internal.ts'

// Read once: a program that replaces them on a prototype has touched every socket.
const { write, cork, uncork } = Duplex.prototype
const { _write, _writev } = Socket.prototype

interface Internals {
  readonly _writableState: { readonly length: number; readonly corked: number }
  readonly _writev: unknown
}

/** Whether writing to the connection directly cannot be observed. */
export function mayWritePast(socket: Socket): boolean {
  const { _writableState: state, _writev: writev } = socket as unknown as Internals
  return (
    socket.write === write &&
    socket._write === _write &&
    writev === _writev &&
    socket.cork === cork &&
    socket.uncork === uncork &&
    // Bytes that the program has written itself must be sent first.
    state.length === 0 &&
    state.corked === 0 &&
    socket.listenerCount('drain') <= 1
  )
}

/** Whether no listener but http's own reads from the socket. */
export function mayReadPast(socket: Socket): boolean {
  return socket.listenerCount('data') <= 1 && socket.listenerCount('readable') === 0
}
