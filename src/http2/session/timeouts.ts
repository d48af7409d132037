// `setTimeout` of sessions and streams: emits 'timeout' after that time without activity. Node's documentation,
// "http2session.setTimeout(msecs, callback)".

import type { EventEmitter } from 'node:events'
import { timerDuration } from '../../core/durations.ts'
import { validateFunction } from '../../core/validate.ts'
import type { Clock, Timer } from '../../host/types.ts'
import { kTimer } from '../symbols.ts'

/** A session or stream, which can time out. */
export interface Timed extends EventEmitter {
  readonly destroyed: boolean
  timeout?: number
  [kTimer]: Timer | null
  _onTimeout(): void
}

export function setTimed(one: Timed, clock: Clock, msecs: number, callback: (() => void) | undefined): void {
  if (one.destroyed) return
  one.timeout = msecs
  const duration = timerDuration(msecs, 'msecs')
  one[kTimer]?.cancel()
  one[kTimer] = null
  if (duration > 0) {
    const timer = clock.setTimer(() => one._onTimeout(), duration)
    timer.unref()
    one[kTimer] = timer
  }
  if (callback === undefined) return
  // Validated after the timer is set, as in Node.
  validateFunction(callback, 'callback')
  if (duration > 0) one.once('timeout', callback)
  else one.removeListener('timeout', callback)
}

/** Cancels the timeout and removes the 'timeout' listeners. */
export function clearTimed(one: Timed): void {
  one[kTimer]?.cancel()
  one[kTimer] = null
  if (one.listenerCount('timeout') > 0) one.removeAllListeners('timeout')
}
