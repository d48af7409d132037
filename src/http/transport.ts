// What http stands on: sockets and listeners over the host's connections. The one place that names them, so that the
// `net` module takes their place by changing these lines.

export { acceptConnection, releaseConnection, TransportServer as Server } from './transport-server.ts'
export {
  connect,
  connectionOf,
  feedSocket,
  isIP,
  sinkOf,
  socketOver,
  TransportSocket as Socket,
} from './transport-socket.ts'
