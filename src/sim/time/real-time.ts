// Real time as the source of a timeline's time.

import { performance } from 'node:perf_hooks'
import type { Nanoseconds } from '../types.ts'

/** Saved before programs get other clocks: it gives real time to every caller, a machine's program too. */
const realNow = performance.now.bind(performance)

/** Counts from now. */
export function stopwatch(): () => Nanoseconds {
  const begin = realNow()
  return () => Math.round((realNow() - begin) * 1e6)
}
