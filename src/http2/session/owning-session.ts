// A session, as its streams and its own parts see it.

import type { Duplex } from 'node:stream'
import type { kMaybeDestroy, kSession, kTouch } from '../symbols.ts'
import type { SessionState } from './session-state.ts'
import type { Settings } from './settings.ts'
import type { Timed } from './timeouts.ts'

export interface OwningSession extends Timed {
  [kSession]: SessionState
  readonly connecting: boolean
  readonly closed: boolean
  readonly encrypted: boolean | undefined
  readonly remoteSettings: Settings
  close(callback?: () => void): void
  destroy(error?: Error | number, code?: number): void
  /** Restarts the timeout, because of activity. */
  [kTouch](): void
  [kMaybeDestroy](): void
  _socket(): Duplex | undefined
  _unbound(): void
}
