// `npm run types`: consumers' programs in every world and with every version of @types/node that is installed, counted. With
// `--install` the versions are fetched first. Where there are tests of DefinitelyTyped (reading.ts) they are judges too: as they
// are, and with plainwire in Node's place.

import { argv } from 'node:process'
import { parseArgs } from 'node:util'
import { allWorlds, judgePrograms, judgeTests, noTests, type Verdict } from './reading.ts'
import { install, nodeVersions } from './versions.ts'

const { values } = parseArgs({ args: argv.slice(2), options: { install: { type: 'boolean' } } })
if (values.install) for (const version of nodeVersions) install(version)

const programs = judgePrograms(allWorlds())
console.log('Programs that compile, of the worlds that each is for')
table(programs, programs)
if (noTests !== undefined) console.log(noTests)
else {
  for (const version of nodeVersions) {
    console.log(`Tests of @types/node ${version}: as they are, and with plainwire`)
    const asTheyAre = judgeTests(version, 'node')
    const replaced = judgeTests(version, 'plainwire')
    table(asTheyAre, replaced)
    programs.push(...replaced.filter(({ program }) => asTheyAre.some(one => one.program === program && one.compiles)))
  }
}
for (const { program, world } of programs.filter(one => !one.compiles)) console.log(`FAILS ${program}: ${world}`)
process.exitCode = programs.every(({ compiles }) => compiles) ? 0 : 1

function table(before: readonly Verdict[], after: readonly Verdict[]): void {
  const rows: Record<string, Record<string, string>> = {}
  for (const { program } of after) {
    const count = (verdicts: readonly Verdict[]): string => {
      const own = verdicts.filter(one => one.program === program)
      return `${own.filter(({ compiles }) => compiles).length} / ${own.length}`
    }
    rows[program] = before === after ? { compile: count(after) } : { node: count(before), plainwire: count(after) }
  }
  console.table(rows)
}
