// The arguments of `plainwire sim`.

import { availableParallelism } from 'node:os'
import { parseArgs } from 'node:util'

export interface SimArguments {
  readonly file: string
  readonly firstSeed: number
  readonly lastSeed: number
  readonly jobs: number
  /** The file for a failing run's packets; undefined: one in the current directory, named after scenario and seed. */
  readonly out: string | undefined
  /** The real time that one run may take. */
  readonly timeoutMs: number
}

export const simUsage = `Usage: plainwire sim FILE [--seeds FIRST..LAST | --seed N] [--jobs N] [--timeout SECONDS] [--out FILE.pcapng]

Runs the scenario that FILE exports as its default, an (async) function of a Network, once for each seed and on all
cores; stops at the first seed that fails, and writes the packets of that run as pcapng.

  --seeds 1..1000   the seeds (default: 1..100)
  --seed 17         one seed
  --jobs 4          processes at once (default: the number of cores)
  --timeout 60      seconds of real time for one run (default: 60)
  --out FILE        where the packets of a failing run go (default: NAME-seed-N.pcapng)

  // retry.mjs
  export const options = { epoch: '2030-01-01' }   // of the Network, where there are any
  export default async function (net) {
    const lan = net.switch({ latency: '5ms' })
    const server = net.host('server', { nics: [lan] })
    const client = net.host('client', { nics: [lan.nic([], { loss: 0.1 })] })
    ...
    await net.until(client.run(() => fetchTheThing()))
  }
`

/** @returns the arguments, or a message that says what is wrong with them */
export function parseSimArguments(args: readonly string[]): SimArguments | string {
  let given: ReturnType<typeof parseOptions>
  try {
    given = parseOptions(args)
  } catch (error) {
    return (error as Error).message
  }
  const { positionals, values } = given
  const [file, ...further] = positionals
  if (file === undefined) return 'a FILE with a scenario is needed'
  if (further.length > 0) return `one FILE only: there are ${positionals.join(' and ')}`
  const seeds = parseSeeds(values.seeds ?? '1..100')
  if (seeds === undefined) return `--seeds takes a range such as 1..1000, not ${values.seeds}`
  const seed = values.seed === undefined ? undefined : parseSeeds(values.seed)
  if (values.seed !== undefined && (seed === undefined || seed[0] !== seed[1])) {
    return `--seed takes a whole number, not ${values.seed}`
  }
  const jobs = parseCount(values.jobs) ?? availableParallelism()
  if (Number.isNaN(jobs)) return `--jobs takes a whole number above zero, not ${values.jobs}`
  const seconds = parseCount(values.timeout) ?? 60
  if (Number.isNaN(seconds)) return `--timeout takes a whole number above zero, not ${values.timeout}`
  const [firstSeed, lastSeed] = seed ?? seeds
  return { file, firstSeed, lastSeed, jobs, out: values.out, timeoutMs: seconds * 1000 }
}

function parseOptions(args: readonly string[]) {
  return parseArgs({
    args: [...args],
    allowPositionals: true,
    options: {
      seeds: { type: 'string' },
      seed: { type: 'string' },
      jobs: { type: 'string' },
      timeout: { type: 'string' },
      out: { type: 'string' },
    },
  })
}

/** NaN: not a whole number above zero. */
function parseCount(text: string | undefined): number | undefined {
  if (text === undefined) return undefined
  const count = Number(text)
  return Number.isInteger(count) && count >= 1 ? count : Number.NaN
}

function parseSeeds(text: string): readonly [number, number] | undefined {
  const match = /^(\d{1,15})(?:\.\.(\d{1,15}))?$/.exec(text)
  if (match === null) return undefined
  const first = Number(match[1])
  const last = match[2] === undefined ? first : Number(match[2])
  return last < first ? undefined : [first, last]
}
