// The process-wide defaults of address selection. Source: Node's documentation, `net.setDefaultAutoSelectFamily()`.

import { validateBoolean, validateInt32 } from '../core/validate.ts'

let autoSelectFamily = true
let attemptDelayMs = 500

export function getDefaultAutoSelectFamily(): boolean {
  return autoSelectFamily
}

/** @throws ERR_INVALID_ARG_TYPE */
export function setDefaultAutoSelectFamily(value: boolean): void {
  validateBoolean(value, 'value')
  autoSelectFamily = value
}

/** Milliseconds an address is tried alone. */
export function getDefaultAutoSelectFamilyAttemptTimeout(): number {
  return attemptDelayMs
}

/** @param value - milliseconds, 1 or more; less than 10 counts as 10 */
export function setDefaultAutoSelectFamilyAttemptTimeout(value: number): void {
  validateInt32(value, 'value', 1)
  attemptDelayMs = Math.max(10, value)
}
