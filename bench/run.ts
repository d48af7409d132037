// `npm run bench [-- PART ...] [--rounds=N] [--ms=N]`: measures the cases of bench/<module>/ whose names have one of the
// parts in them, against the runtime's own modules. Prints a table and leaves bench/results/latest.json.

import { mkdirSync, readdirSync, writeFileSync } from 'node:fs'
import { cpus } from 'node:os'
import { parseArgs } from 'node:util'
import type { BenchCase } from './case.ts'
import { measure } from './measure.ts'
import { type Result, resultsOf, tableOf } from './report.ts'

const { values, positionals: parts } = parseArgs({
  allowPositionals: true,
  options: { rounds: { type: 'string', default: '7' }, ms: { type: 'string', default: '500' } },
})
const effort = { rounds: Number(values.rounds), roundMs: Number(values.ms) }

interface FoundCase {
  readonly file: string
  readonly one: BenchCase
}

async function findCases(): Promise<FoundCase[]> {
  const here = import.meta.dirname
  const files = readdirSync(here, { recursive: true })
    .map(String)
    .filter(name => name.endsWith('.bench.js'))
    .sort()
  const found: FoundCase[] = []
  for (const name of files) {
    const file = `${here}/${name}`
    const { default: cases } = (await import(file)) as { default?: unknown }
    if (Array.isArray(cases)) for (const one of cases as BenchCase[]) found.push({ file, one })
  }
  return found.filter(({ one }) => parts.length === 0 || parts.some(part => one.name.includes(part)))
}

const cases = await findCases()
if (cases.length === 0) {
  console.error(`no case matches: ${parts.join(' ')}`)
  process.exit(1)
}
const results: Result[] = []
for (const { file, one } of cases) {
  console.error(`${one.name} ...`)
  results.push(...resultsOf(one, await measure(file, one, effort)))
}
console.log(tableOf(results))

// From dist/bench/ to bench/.
const folder = new URL('../../bench/results/', import.meta.url)
mkdirSync(folder, { recursive: true })
const machine = { node: process.version, cpus: cpus().length, cpu: cpus()[0]?.model }
const report = { when: new Date().toISOString(), machine, effort, results }
writeFileSync(new URL('latest.json', folder), `${JSON.stringify(report, null, 2)}\n`)
