// `npm run types`: consumers' programs in every world and with every version of @types/node that is installed, counted. With
// `--install` the versions are fetched first. Where there are tests of DefinitelyTyped (reading.ts) they are judges too, with
// plainwire in Node's place.

import { argv } from 'node:process'
import { parseArgs } from 'node:util'
import { allWorlds, judgePrograms, judgeTests, noTests, type Verdict } from './reading.ts'
import { install, nodeVersions } from './versions.ts'

const { values } = parseArgs({ args: argv.slice(2), options: { install: { type: 'boolean' } } })
if (values.install) for (const version of nodeVersions) install(version)

const verdicts = judgePrograms(allWorlds())
console.log('Programs that compile, of the worlds that each is for')
table(verdicts)
if (noTests !== undefined) console.log(noTests)
else {
  for (const version of nodeVersions) {
    const tests = judgeTests(version)
    console.log(`Tests of DefinitelyTyped, with @types/node ${version}, that compile as far as with Node's modules`)
    table(tests)
    verdicts.push(...tests)
  }
}
for (const { program, world } of verdicts.filter(one => !one.compiles)) console.log(`FAILS ${program}: ${world}`)
process.exitCode = verdicts.every(({ compiles }) => compiles) ? 0 : 1

function table(verdicts: readonly Verdict[]): void {
  const rows: Record<string, { compile: string }> = {}
  for (const { program } of verdicts) {
    const own = verdicts.filter(one => one.program === program)
    rows[program] = { compile: `${own.filter(({ compiles }) => compiles).length} / ${own.length}` }
  }
  console.table(rows)
}
