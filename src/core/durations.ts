// Lengths of time as Node's `setTimeout` methods take them.

import { validateTimeout } from './validate.ts'

/** Node's longest timer: what is longer is cut to it, with a warning. */
export const TIMEOUT_MAX = 2 ** 31 - 1

/** @returns milliseconds that a timer can hold; throws ERR_INVALID_ARG_TYPE or ERR_OUT_OF_RANGE */
export function timerDuration(milliseconds: unknown, name: string): number {
  validateTimeout(milliseconds, name)
  if (milliseconds <= TIMEOUT_MAX) return milliseconds
  process.emitWarning(
    `${milliseconds} does not fit into a 32-bit signed integer.\nTimer duration was truncated to ${TIMEOUT_MAX}.`,
    'TimeoutOverflowWarning',
  )
  return TIMEOUT_MAX
}
