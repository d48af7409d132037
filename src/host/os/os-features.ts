// Which parts of the newer API the runtime's own modules have. Where the runtime lacks a feature that our classes need, ours lack it
// as well: programs detect a feature by its member (`typeof socket.setTypeOfService === 'function'`), and then rely on it.

import dgram from 'node:dgram'
import dns from 'node:dns'
import net from 'node:net'
import type { RuntimeHandle } from '../types.ts'

export const runtimeFeatures = {
  /** net.BoundSocket: Node 26. */
  boundSocket: 'BoundSocket' in net,
  /** `setTypeOfService()` and `getTypeOfService()` of net.Socket: Node 24.12, 25.3. */
  typeOfService: 'setTypeOfService' in net.Socket.prototype,
  /** `_handle` and other internal members of dgram.Socket: up to Node 24. */
  datagramInside: '_handle' in dgram.Socket.prototype,
} as const

/** The `_handle` of one of the runtime's sockets or servers. It is undocumented, but programs use it. */
export function runtimeHandleOf(owner: object): RuntimeHandle | undefined {
  return (owner as { _handle?: RuntimeHandle | null })._handle ?? undefined
}

/**
 * Whether the runtime's own lookup() accepts a falsy hostname, as Node does before 26 (DEP0118). Calling it also emits the
 * runtime's deprecation warning, once.
 */
export function takesEmptyNames(name: unknown): boolean {
  try {
    dns.lookup(name as string, { all: true }, () => {})
    return true
  } catch {
    return false
  }
}
