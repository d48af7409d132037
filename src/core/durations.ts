// Lengths of time as Node's `setTimeout` methods take them.

import { validateTimeout } from './validate.ts'

/** The delay of Node's longest timer: longer ones are truncated to it, with a warning. */
export const TIMEOUT_MAX = 2 ** 31 - 1

/** @returns milliseconds, within a timer's range; throws ERR_INVALID_ARG_TYPE or ERR_OUT_OF_RANGE */
export function timerDuration(milliseconds: unknown, name: string): number {
  validateTimeout(milliseconds, name)
  if (milliseconds <= TIMEOUT_MAX) return milliseconds
  process.emitWarning(
    `${milliseconds} does not fit into a 32-bit signed integer.\nTimer duration was truncated to ${TIMEOUT_MAX}.`,
    'TimeoutOverflowWarning',
  )
  return TIMEOUT_MAX
}
