// `setTimeout` of sessions and streams: 'timeout' after so long without activity. Node's documentation,
// "http2session.setTimeout(msecs, callback)".

import type { EventEmitter } from 'node:events'
import { timerDuration } from '../../core/durations.ts'
import { validateFunction } from '../../core/validate.ts'
import type { Clock, Timer } from '../../host/types.ts'
import { kTimer } from '../symbols.ts'

/** What can time out. */
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
  // Judged after the timer is set: what Node does.
  validateFunction(callback, 'callback')
  if (duration > 0) one.once('timeout', callback)
  else one.removeListener('timeout', callback)
}

/** No time-out any more, and nobody who hears of one. */
export function clearTimed(one: Timed): void {
  one[kTimer]?.cancel()
  one[kTimer] = null
  if (one.listenerCount('timeout') > 0) one.removeAllListeners('timeout')
}
