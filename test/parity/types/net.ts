// The compiler's verdict on net: an export that does not fit Node's type is an error here.

import type * as Theirs from 'node:net'
import * as ours from '../../../src/net/index.ts'
import type { Fitting } from '../exceptions.ts'

export const fits: Fitting<typeof Theirs, 'net'> = ours

/** Every export by name: the compiler counts along. */
export const names: Record<keyof typeof Theirs, true> = {
  BlockList: true,
  BoundSocket: true,
  connect: true,
  createConnection: true,
  createServer: true,
  getDefaultAutoSelectFamily: true,
  getDefaultAutoSelectFamilyAttemptTimeout: true,
  isIP: true,
  isIPv4: true,
  isIPv6: true,
  Server: true,
  setDefaultAutoSelectFamily: true,
  setDefaultAutoSelectFamilyAttemptTimeout: true,
  Socket: true,
  SocketAddress: true,
}
