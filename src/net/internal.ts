// For the modules that stand on net: the raw Connection beneath a Socket, and Sockets over Connections.

export { type AnyOptions, normalizeArguments } from './arguments.ts'
export { acceptedHandle, bareHandle, StreamHandle } from './handle/handle.ts'
export { Server, type ServerOptions } from './server.ts'
export { JSStreamSocket } from './socket/js-stream-socket.ts'
export {
  connect,
  connectionOf,
  feedSocket,
  overOptions,
  refreshTimeout,
  replaceTimeout,
  Socket,
  type SocketOptions,
  sinkOf,
  socketOver,
} from './socket/socket.ts'
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
