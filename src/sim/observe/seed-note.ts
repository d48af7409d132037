// Notes the seed of a failing run at the end of the error's stack: of the error that `until` rejects with, and of uncaught
// exceptions. Every test runner and every terminal shows it there.

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
    // A frozen error is left as it is.
  }
  return error
}
