// `npm run parity`: one table, per module done / of for the three meters, and below it what is missing. Exit code 1 if
// anything is missing that is no exception.

import { allWorlds, judgePrograms, judgeTests, noTests } from '../types/reading.ts'
import { nodeVersions } from '../types/versions.ts'
import { exceptions } from './exceptions.ts'
import { type MeteredModule, type ModuleName, meteredModules, moduleNames, type Reading } from './meter.ts'
import { inventoryOf, noInventory, readSeeds } from './seeds/seeds.ts'
import { readShape } from './shape.ts'

const verdicts = [...judgePrograms(allWorlds()), ...nodeVersions.flatMap(judgeTests)]
const rows: Record<string, Record<string, string>> = {}
const missing: string[] = []
for (const name of moduleNames) {
  const { ours, builtIn, types }: MeteredModule = meteredModules[name]
  rows[name] = {
    // `npm run parity` has had the compiler check them before: an export that does not fit ends it.
    types: cell(name, typesReading(name, types)),
    shape: cell(name, readShape(ours, builtIn, exceptions.shape[name])),
    seeds: seedsCell(name, meteredModules[name]),
  }
}
console.table(rows)
console.log(`shape: against ${process.release.name} ${process.version}`)
if (noTests !== undefined) console.log(`types: ${noTests}`)
if (noInventory !== undefined) console.log(`seeds: ${noInventory}`)
for (const name of moduleNames) {
  for (const meter of ['shape', 'seeds'] as const) {
    for (const [what, why] of Object.entries(exceptions[meter][name])) {
      console.log(`exception: ${name} ${meter} ${what}: ${why}`)
    }
  }
}
for (const line of missing) console.log(`MISSING ${line}`)
process.exitCode = missing.length === 0 ? 0 : 1

function seedsCell(name: ModuleName, { ours, builtIn, seeds }: MeteredModule): string {
  if (noInventory !== undefined) return '-'
  if (seeds === undefined) return `0 / ${inventoryOf(name).length}`
  return cell(name, readSeeds(name, ours, builtIn, seeds, exceptions.seeds[name]))
}

/** Exports that fit @types/node, and programs that compile with plainwire in Node's place, each in every world. */
function typesReading(name: ModuleName, types: object): Reading {
  const own = verdicts.filter(({ program }) => program === name)
  const missing = own.filter(({ compiles }) => !compiles).map(({ world }) => `program ${world}: does not compile`)
  return { of: Object.keys(types).length + own.length, excepted: 0, missing }
}

function cell(name: string, reading: Reading): string {
  for (const line of reading.missing) missing.push(`${name} ${line}`)
  return `${reading.of - reading.missing.length - reading.excepted} / ${reading.of}`
}
