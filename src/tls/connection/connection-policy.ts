// The seam between a connection and its policy (policy/policy.ts).

import type { Host } from '../../host/types.ts'
import type { BackendHandler, TlsBackend } from './backend.ts'

/** What a connection needs of its policy: a backend, and whether the peer is accepted. */
export interface ConnectionPolicy {
  readonly host: Host
  /** Called once, when the handshake is to begin. */
  makeBackend(handler: BackendHandler): TlsBackend
  /**
   * The handshake is done. Nothing has been sent or delivered yet: a rejected peer is destroyed here.
   * @returns false: the policy will call `open()`
   */
  onSecure(): boolean
  /** It is over for those above: destroyed, failed or closed. Once. */
  onDestroyed(): void
  /** The transport has closed, and the sink is about to be notified. */
  onTransportClosed(): void
}
