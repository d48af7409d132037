// `npm run parity`: one table, per module done / of for the three meters, and below it what is missing. Exit code 1 if
// anything is missing that is no exception.

import { exceptions } from './exceptions.ts'
import { type MeteredModule, type ModuleName, meteredModules, moduleNames, type Reading } from './meter.ts'
import { inventoryOf, noInventory, readSeeds } from './seeds/seeds.ts'
import { readShape } from './shape.ts'

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
if (noInventory !== undefined) console.log(`seeds: ${noInventory}`)
for (const name of moduleNames) {
  for (const meter of ['types', 'shape', 'seeds'] as const) {
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

function typesReading(name: ModuleName, types: object): Reading {
  return { of: Object.keys(types).length, excepted: Object.keys(exceptions.types[name]).length, missing: [] }
}

function cell(name: string, reading: Reading): string {
  for (const line of reading.missing) missing.push(`${name} ${line}`)
  return `${reading.of - reading.missing.length - reading.excepted} / ${reading.of}`
}
