// Real time as a timeline takes it.

import { performance } from 'node:perf_hooks'
import type { Nanoseconds } from '../types.ts'

/** Taken before programs get other clocks: whoever asks, a machine's program too, is told of real time. */
const realNow = performance.now.bind(performance)

/** Counts from now. */
export function stopwatch(): () => Nanoseconds {
  const begin = realNow()
  return () => Math.round((realNow() - begin) * 1e6)
}
