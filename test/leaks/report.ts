// `npm run leaks -- [part of a way's name ...] [--rounds=10000]`: ours beside the runtime's own modules.

import { parseArgs } from 'node:util'
import { longPlan } from './limits.ts'
import { isClean } from './measure.ts'
import { measureIn, type Result } from './run.ts'
import { ways } from './ways/index.ts'

const { values, positionals } = parseArgs({
  options: { rounds: { type: 'string', default: '10000' } },
  allowPositionals: true,
})
const rounds = Number(values.rounds)
const plan = longPlan(rounds)
const names = Object.keys(ways).filter(
  name => positionals.length === 0 || positionals.some(part => name.includes(part)),
)
console.log(`${rounds} rounds each; left: descriptors, handles, bytes of heap a round\n`)
console.log(`${'way to fail'.padEnd(50)} ${'ours'.padStart(22)} ${"Node's".padStart(22)}`)
let leaks = false
for (const name of names) {
  const [ours, nodes] = await Promise.all([
    only(measureIn('ours', [name], plan)),
    only(measureIn("Node's", [name], plan)),
  ])
  const isLeaking = !isClean(ours, plan)
  leaks ||= isLeaking
  console.log(`${name.padEnd(50)} ${format(ours)} ${format(nodes)}${isLeaking ? `  LEAKS ${ours.handles}` : ''}`)
}
process.exitCode = leaks ? 1 : 0

async function only(results: AsyncIterable<Result>): Promise<Result> {
  for await (const result of results) return result
  throw new Error('nothing was measured')
}

function format({ descriptors, handles, heapBytesPerRound, milliseconds }: Result): string {
  const left = `${descriptors} ${handles.length} ${heapBytesPerRound.toFixed(1)}`
  return `${left} ${`${(milliseconds / 1000).toFixed(1)} s`.padStart(7)}`.padStart(22)
}
