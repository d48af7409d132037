// Which seed a failing run had: at the end of the stack of what `until` rejects with, and of uncaught exceptions, where
// every test runner and every terminal shows it.

import { formatInstant } from '../units.ts'

interface Seeded {
  readonly seed: number
  readonly timeline: { now(): number }
}

let latest: WeakRef<Seeded> | undefined
const noted = new WeakSet<object>()

/** The network that an uncaught exception is likely to come from: the one made last. */
export function noteNetwork(network: Seeded): void {
  if (latest === undefined) {
    process.on('uncaughtExceptionMonitor', error => {
      const last = latest?.deref()
      if (last !== undefined) noteFailure(error, last)
    })
  }
  latest = new WeakRef(network)
}

export function noteFailure(error: unknown, network: Seeded): unknown {
  if (!(error instanceof Error) || noted.has(error)) return error
  noted.add(error)
  const { seed, timeline } = network
  try {
    error.stack = `${error.stack}\n    in a simulated network with seed ${seed}, at ${formatInstant(timeline.now())}`
  } catch {
    // Frozen: its owner does not want it told.
  }
  return error
}
