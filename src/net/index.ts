export { normalizeArguments as _normalizeArgs } from './arguments.ts'
export { BlockList } from './block-list.ts'
export {
  getDefaultAutoSelectFamily,
  getDefaultAutoSelectFamilyAttemptTimeout,
  setDefaultAutoSelectFamily,
  setDefaultAutoSelectFamilyAttemptTimeout,
} from './family-defaults.ts'
export { isIP, isIPv4, isIPv6 } from './is-ip.ts'
export { net as default } from './module.ts'
export { createServer, Server } from './server.ts'
export { type BoundSocketOptions, ExportedBoundSocket as BoundSocket } from './socket/bound-socket.ts'
export { connect, connect as createConnection, Socket, Socket as Stream } from './socket/socket.ts'
export { SocketAddress } from './socket-address.ts'
