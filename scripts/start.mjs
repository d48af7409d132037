// `npm start`: runs the unmodified programs under examples/ on the stack, over real sockets, shows what they print, and
// what carried it as counted inside them by scripts/witness.mjs. Exit code 1 if any of it is not as it should be.
// `node scripts/start.mjs LIST` takes another list than examples/programs.mjs.

import { spawnSync } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { argv, env, execPath, exit, stdout } from 'node:process'
import { fileURLToPath, pathToFileURL } from 'node:url'

const command = fileURLToPath(new URL('../dist/src/cli/main.js', import.meta.url))
const list = argv[2] === undefined ? new URL('../examples/programs.mjs', import.meta.url) : pathToFileURL(argv[2])
const { programs } = await import(list.href)
const witness = new URL('./witness.mjs', import.meta.url).href
const folder = mkdtempSync(join(tmpdir(), 'plainwire-start-'))
/** A program that hangs is a failure, not a wait. */
const timeout = 30_000

let failures = 0
for (const [index, program] of programs.entries()) {
  const { title, file, args = [] } = program
  console.log(`\n${index + 1}. ${title}\n   $ plainwire run examples/${[file, ...args].join(' ')}`)
  const problems = run(program, join(folder, `witness-${index}`))
  for (const problem of problems) console.log(`   FAILED: ${problem}`)
  if (problems.length > 0) failures++
}
rmSync(folder, { recursive: true })

console.log(
  failures === 0
    ? `\nAll ${programs.length} programs ran on plainwire, and ended by themselves with exit code 0.`
    : `\n${failures} of ${programs.length} programs FAILED.`,
)
exit(failures === 0 ? 0 : 1)

/** @returns what was not as it should be */
function run({ file, args = [], shows, carried }, witnessFile) {
  const result = spawnSync(
    execPath,
    [command, 'run', '--import', witness, fileURLToPath(new URL(file, list)), ...args],
    {
      encoding: 'utf8',
      env: { ...env, PLAINWIRE_WITNESS: witnessFile },
      timeout,
    },
  )
  stdout.write(`${result.stdout}${result.stderr}`.replace(/^(?=.)/gm, '   | '))
  const problems = []
  if (result.error) problems.push(result.error.message)
  if (result.status !== 0) problems.push(`ended with ${result.signal ?? `exit code ${result.status}`}`)
  for (const line of shows) if (!line.test(result.stdout)) problems.push(`the output has nothing like ${line}`)
  return [...problems, ...checkCounts(carried, readCounts(witnessFile))]
}

/** Prints who carried what, and compares it with what the list says. */
function checkCounts(carried, { ours, below, past }) {
  const problems = []
  for (const [module, expected] of Object.entries(carried)) {
    for (const [what, count] of Object.entries(expected)) {
      const [own, under, beside] = [ours, below, past].map(counts => counts[module]?.[what] ?? 0)
      console.log(
        `   = plainwire's ${module}: ${what}: ${own} (the runtime's, under plainwire's host: ${under}; past it: ${beside})`,
      )
      if (own !== count) problems.push(`${module} should have carried ${count} ${what}, and carried ${own}`)
      if (beside > 0) problems.push(`${beside} ${what} went past plainwire's ${module}`)
      // One accepted socket stands under each of ours. Opening may take several: one per address that is tried.
      if (what.startsWith('accepted') && under !== own) problems.push(`the runtime accepted ${under}, ${module} ${own}`)
    }
  }
  return problems
}

/** The sums over a program's processes. */
function readCounts(witnessFile) {
  const sums = { ours: {}, below: {}, past: {} }
  for (const line of lines(witnessFile)) {
    const counts = JSON.parse(line)
    for (const side of Object.keys(sums)) {
      for (const [module, whats] of Object.entries(counts[side])) {
        for (const [what, count] of Object.entries(whats)) {
          const sum = (sums[side][module] ??= {})
          sum[what] = (sum[what] ?? 0) + count
        }
      }
    }
  }
  return sums
}

function lines(file) {
  try {
    return readFileSync(file, 'utf8').trim().split('\n')
  } catch {
    // No witness, no counts: every expectation fails.
    return []
  }
}
