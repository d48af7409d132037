// What of the newer API the runtime's own modules have. Where they lack what our classes stand on, ours lack it as well: programs
// detect a feature by looking for the member (`typeof socket.setTypeOfService === 'function'`), and then count on it.

import dns from 'node:dns'
import net from 'node:net'

export const runtimeFeatures = {
  /** net.BoundSocket: Node 26. */
  boundSocket: 'BoundSocket' in net,
  /** `setTypeOfService()` and `getTypeOfService()` of net.Socket: Node 24.12, 25.3. */
  typeOfService: 'setTypeOfService' in net.Socket.prototype,
} as const

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
