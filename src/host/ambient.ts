// Which host the running code is on: an async context that follows it through callbacks and promises.

import { AsyncLocalStorage } from 'node:async_hooks'
import type { Host } from './types.ts'

const storage = new AsyncLocalStorage<Host>()

/** The host of the innermost `host.run(fn)`; undefined outside any. */
export function ambientHost(): Host | undefined {
  return storage.getStore()
}

/** What `host.run` does: runs `fn`, and all it starts, with `host` as the current one. */
export function runWithHost<T>(host: Host, fn: () => T): T {
  return storage.run(host, fn)
}
