// What of the newer API the runtime's own modules have. Where they lack what our classes stand on, ours lack it as well: programs
// detect a feature by looking for the member (`typeof socket.setTypeOfService === 'function'`), and then count on it.

import dgram from 'node:dgram'
import dns from 'node:dns'
import net from 'node:net'
import type { RuntimeHandle } from '../types.ts'

export const runtimeFeatures = {
  /** net.BoundSocket: Node 26. */
  boundSocket: 'BoundSocket' in net,
  /** `setTypeOfService()` and `getTypeOfService()` of net.Socket: Node 24.12, 25.3. */
  typeOfService: 'setTypeOfService' in net.Socket.prototype,
  /** `_handle` and other members of the inside on dgram.Socket: up to Node 24. */
  datagramInside: '_handle' in dgram.Socket.prototype,
} as const

/** The handle that a socket or server of the runtime shows. Not its documented API, and read by programs all the same. */
export function runtimeHandleOf(owner: object): RuntimeHandle | undefined {
  return (owner as { _handle?: RuntimeHandle | null })._handle ?? undefined
}

/**
 * Whether the runtime's own lookup() takes a name that is none, as Nodes before 26 do (DEP0118). The runtime is asked, which also emits its
 * warning, once.
 */
export function takesEmptyNames(name: unknown): boolean {
  try {
    dns.lookup(name as string, { all: true }, () => {})
    return true
  } catch {
    return false
  }
}
