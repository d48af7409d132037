// For the modules that stand on net: the raw Connection beneath a Socket, and Sockets over Connections.

export { type AnyOptions, normalizeArguments } from './arguments.ts'
export { acceptedHandle, bareHandle, StreamHandle } from './handle.ts'
export { JSStreamSocket } from './js-stream-socket.ts'
export { Server, type ServerOptions } from './server.ts'
export {
  connect,
  connectionOf,
  feedSocket,
  overOptions,
  refreshTimeout,
  replaceTimeout,
  Socket,
  type SocketOptions,
  type SocketOverOptions,
  sinkOf,
  socketOver,
} from './socket.ts'
export {
  acceptConnection,
  adoptHandle,
  kHandle,
  kHost,
  kOwner,
  makeHandle,
  releaseConnection,
  wrapConnection,
} from './symbols.ts'
