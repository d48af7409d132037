// How many descriptors this process holds.

import { readdirSync } from 'node:fs'

/** Undefined on systems that do not list them. */
export function openDescriptors(): number | undefined {
  return process.platform === 'linux' ? readdirSync('/proc/self/fd').length : undefined
}

/** The callbacks of handles that are being closed have run. */
export async function handlesClosed(): Promise<void> {
  for (let turn = 0; turn < 3; turn++) await new Promise(resolve => setImmediate(resolve))
}

/** Waits until as many are open as before, for so many turns as a busy system may need to close the others. */
export async function descriptorsClosed(before: number | undefined): Promise<void> {
  for (let rounds = 0; rounds < MOST_ROUNDS && openDescriptors() !== before; rounds++) await handlesClosed()
}

const MOST_ROUNDS = 2000
