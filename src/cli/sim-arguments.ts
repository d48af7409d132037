// The arguments of `plainwire sim`.

import { availableParallelism } from 'node:os'

export interface SimArguments {
  readonly file: string
  readonly firstSeed: number
  readonly lastSeed: number
  readonly jobs: number
  /** Where a failing run's packets go; undefined: beside the current directory, named after file and seed. */
  readonly out: string | undefined
  /** Real milliseconds for one run. */
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

/** @returns the arguments, or what is wrong with them */
export function parseSimArguments(args: readonly string[]): SimArguments | string {
  let file: string | undefined
  let seeds: readonly [number, number] = [1, 100]
  let jobs = availableParallelism()
  let out: string | undefined
  let timeoutMs = 60_000
  for (let index = 0; index < args.length; index++) {
    const argument = args[index] as string
    if (!argument.startsWith('-')) {
      if (file !== undefined) return `one FILE only: there are ${file} and ${argument}`
      file = argument
      continue
    }
    const equals = argument.indexOf('=')
    const name = equals === -1 ? argument : argument.slice(0, equals)
    if (!['--seeds', '--seed', '--jobs', '--timeout', '--out'].includes(name)) return `unknown option ${name}`
    const value = equals === -1 ? args[++index] : argument.slice(equals + 1)
    if (value === undefined || value === '') return `${name} needs a value`
    if (name === '--out') out = value
    else if (name === '--seeds' || name === '--seed') {
      const range = parseSeeds(value)
      if (range === undefined || (name === '--seed' && range[0] !== range[1])) {
        return `${name} takes ${name === '--seed' ? 'a whole number' : 'a range such as 1..1000'}, not ${value}`
      }
      seeds = range
    } else {
      const number = Number(value)
      if (!(Number.isInteger(number) && number >= 1)) return `${name} takes a whole number above zero, not ${value}`
      if (name === '--jobs') jobs = number
      else timeoutMs = number * 1000
    }
  }
  if (file === undefined) return 'a FILE with a scenario is needed'
  return { file, firstSeed: seeds[0], lastSeed: seeds[1], jobs, out, timeoutMs }
}

function parseSeeds(text: string): readonly [number, number] | undefined {
  const match = /^(\d{1,15})(?:\.\.(\d{1,15}))?$/.exec(text)
  if (match === null) return undefined
  const first = Number(match[1])
  const last = match[2] === undefined ? first : Number(match[2])
  return last < first ? undefined : [first, last]
}
