// Which host the running code is on: an async context that follows it through callbacks and promises.

import { AsyncLocalStorage, AsyncResource } from 'node:async_hooks'
import { onePerProcess } from '../core/one-per-process.ts'
import type { Host } from './types.ts'

/** What one copy of plainwire runs on a host is on it for another copy's modules too. */
const storage = onePerProcess('current host', () => new AsyncLocalStorage<Host>())

/** The host of the innermost `host.run(fn)`; undefined outside any. */
export function ambientHost(): Host | undefined {
  return storage.getStore()
}

/** What `host.run` does: runs `fn`, and all it starts, with `host` as the current one. */
export function runWithHost<T>(host: Host, fn: () => T): T {
  return storage.run(host, fn)
}

/**
 * The running code's async context, as a function that runs others in it. Hosts without a runtime's handles below them
 * call sinks in the context of the call that made the object: one end of a connection must not inherit the other's.
 */
export function captureContext(): (fn: () => void) => void {
  // What AsyncLocalStorage.snapshot() does, without the properties that it defines on each function it gives: 0.06 µs
  // instead of 14 on Node 20, 4 on 24, 1 on 26.
  const resource = new AsyncResource('PlainwireContext', { requireManualDestroy: true })
  return fn => resource.runInAsyncScope(fn)
}
