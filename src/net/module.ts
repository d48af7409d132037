// The object that `require('net')` gives: one, writable, as programs expect of Node's.

import { runtimeFeatures } from '../host/os/os-features.ts'
import { normalizeArguments } from './arguments.ts'
import { BlockList } from './block-list.ts'
import {
  getDefaultAutoSelectFamily,
  getDefaultAutoSelectFamilyAttemptTimeout,
  setDefaultAutoSelectFamily,
  setDefaultAutoSelectFamilyAttemptTimeout,
} from './family-defaults.ts'
import { isIP, isIPv4, isIPv6 } from './is-ip.ts'
import { createServer, Server } from './server.ts'
import { BoundSocket } from './socket/bound-socket.ts'
import { connect, Socket } from './socket/socket.ts'
import { SocketAddress } from './socket-address.ts'

export const net = {
  _normalizeArgs: normalizeArguments,
  BlockList,
  // Left out rather than undefined: programs look by `in` as well.
  ...(runtimeFeatures.boundSocket && { BoundSocket }),
  SocketAddress,
  connect,
  createConnection: connect,
  createServer,
  isIP,
  isIPv4,
  isIPv6,
  Server,
  Socket,
  Stream: Socket,
  getDefaultAutoSelectFamily,
  setDefaultAutoSelectFamily,
  getDefaultAutoSelectFamilyAttemptTimeout,
  setDefaultAutoSelectFamilyAttemptTimeout,
}
