// Measures functions that do the same work with different modules: A B A B, in one process, so that all of them meet the
// same machine. The median of the rounds is what counts.

export interface Measured {
  readonly name: string
  /** Median over the rounds. */
  readonly nanosecondsPerRun: number
}

export function compare(subjects: Readonly<Record<string, () => unknown>>, rounds = 15, roundMs = 60): Measured[] {
  const names = Object.keys(subjects)
  const runs = new Map<string, number>()
  const times = new Map<string, number[]>(names.map(name => [name, []]))
  for (const name of names) runs.set(name, runsWithin(subjects[name] as () => unknown, roundMs))
  for (let round = 0; round < rounds; round++) {
    for (const name of names) {
      const count = runs.get(name) as number
      times.get(name)?.push(timeOf(subjects[name] as () => unknown, count) / count)
    }
  }
  return names.map(name => {
    const sorted = (times.get(name) as number[]).sort((a, b) => a - b)
    return { name, nanosecondsPerRun: sorted[sorted.length >> 1] as number }
  })
}

/** How many runs fill the time; it also warms the code up. */
function runsWithin(subject: () => unknown, ms: number): number {
  for (let count = 1; ; count *= 2) {
    const time = timeOf(subject, count)
    if (time > ms * 1e6) return Math.max(1, Math.floor((count * ms * 1e6) / time))
  }
}

function timeOf(subject: () => unknown, count: number): number {
  const start = process.hrtime.bigint()
  for (let i = 0; i < count; i++) kept = subject()
  return Number(process.hrtime.bigint() - start)
}

/** So that no result is dead code. @public */
export let kept: unknown
