// The host that the running code is on: an async context that follows the code through callbacks and promises.

import { AsyncLocalStorage, AsyncResource } from 'node:async_hooks'
import { onePerProcess } from '../core/one-per-process.ts'
import type { Host } from './types.ts'

/** Shared by all copies of plainwire: code that one copy runs on a host is on that host for another copy's modules too. */
const storage = onePerProcess('current host', () => new AsyncLocalStorage<Host>())

/** The host of the innermost `host.run(fn)`; undefined outside any. */
export function ambientHost(): Host | undefined {
  return storage.getStore()
}

/** Implements `host.run`: runs `fn`, and all the work it starts, with `host` as the current one. */
export function runWithHost<T>(host: Host, fn: () => T): T {
  return storage.run(host, fn)
}

/**
 * Captures the running code's async context, as a function that runs other functions in it. Hosts that are not built on the
 * runtime's handles call sinks in the context of the call that made the object: one end of a connection must not inherit the
 * context of the other.
 */
export function captureContext(): (fn: () => void) => void {
  // The same as AsyncLocalStorage.snapshot(), without the properties that it defines on each function it returns: 0.06 µs
  // instead of 14 on Node 20, 4 on 24, 1 on 26.
  const resource = new AsyncResource('PlainwireContext', { requireManualDestroy: true })
  return fn => resource.runInAsyncScope(fn)
}
