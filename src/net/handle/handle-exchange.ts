// Transfers handles between sockets: a program assigns one socket's `_handle` to another socket, or sets it to null.

import { silentSink } from '../../host/silent-sink.ts'
import type { Connection, Endpoint } from '../../host/types.ts'
import {
  kAttempt,
  kBytesRead,
  kBytesWritten,
  kConnection,
  kHandle,
  kIsReading,
  kLocal,
  kOwner,
  kPeer,
  kSink,
} from '../symbols.ts'
import { deaf, type HandleOwner, StreamHandle } from './handle.ts'

interface Exchanging extends HandleOwner {
  [kBytesRead]: number
  [kBytesWritten]: number
  [kPeer]: Endpoint | undefined
  [kLocal]: Endpoint | undefined
  _emitClose(hadError?: boolean): void
}

/** Detaches the socket from its connection, which the program owns from now on: it stays open, and the socket gets no more events. */
export function letGo(socket: Exchanging): void {
  socket[kAttempt]?.cancel()
  socket[kAttempt] = null
  const connection = socket[kConnection]
  if (connection === null) return
  socket[kBytesRead] = connection.bytesRead
  socket[kBytesWritten] = connection.bytesWritten
  socket[kConnection] = null
  if (connection.sink !== socket[kSink]) return
  connection.sink = silentSink
  connection.pause()
}

/**
 * Takes on what is beneath another socket's handle. As in Node, what comes from there still goes to the socket it was made for.
 * @param isOwner - it goes to this one, as to one that is constructed over the handle
 */
export function adopt(socket: Exchanging, handle: StreamHandle, isOwner = false): void {
  socket[kHandle] = handle
  socket[kConnection] = handle[kConnection]
  socket[kPeer] = undefined
  socket[kLocal] = undefined
  if (isOwner) handle[kOwner] = socket
  else socket[kIsReading] = handle[kOwner][kIsReading]
}

/** Of a handle that is another socket's: the one that closes it hears that it is closed. */
export function closeBorrowed(socket: Exchanging, handle: object): void {
  const connection: Connection | null = socket[kConnection]
  if (connection === null || !(handle instanceof StreamHandle) || handle[kOwner] === socket) return
  connection.sink = { ...deaf, onClose: hadError => socket._emitClose(hadError) }
}
