// Real time as a timeline takes it.

import { performance } from 'node:perf_hooks'
import type { Nanoseconds } from '../types.ts'

/** Counts from now. */
export function stopwatch(): () => Nanoseconds {
  const begin = performance.now()
  return () => Math.round((performance.now() - begin) * 1e6)
}
