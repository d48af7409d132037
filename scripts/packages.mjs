// Runs the suites of packages that stand on the network with and without the redirection, and compares test by test:
// `PACKAGES_DIR=folder-of-checkouts npm run packages -- [name ...] [options]`. A file with a test that passes without and not
// with is run again, alone, both ways: the test counts as lost if it never passes with. test/interop/packages.md says more.
import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join, relative } from 'node:path'
import { fileURLToPath } from 'node:url'
import { parseArgs } from 'node:util'
import { count, lostTests } from './packages/reports.mjs'
import { runFiles } from './packages/runners.mjs'
import { suites } from './packages/suites.mjs'

const usage = `usage: PACKAGES_DIR=folder npm run packages -- [name ...] [options]
  name          of a suite in scripts/packages/suites.mjs (default: the first five; "all")
  --keep        compare with the run without the redirection that was kept, if there is one
  --files PART  only files whose path has this in it
  --jobs N      files at a time (default 2)
  --again N     runs alone of a file with lost tests (default 2)`

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    keep: { type: 'boolean', default: false },
    files: { type: 'string', default: '' },
    jobs: { type: 'string', default: '2' },
    again: { type: 'string', default: '2' },
    help: { type: 'boolean', default: false },
  },
})
const folder = process.env.PACKAGES_DIR
if (values.help || folder === undefined) {
  console.error(usage)
  process.exit(values.help ? 0 : 2)
}
const register = fileURLToPath(new URL('../dist/src/register/register.cjs', import.meta.url))
const results = join(folder, 'results')
mkdirSync(results, { recursive: true })

const names = positionals.length > 0 ? positionals : suites.slice(0, 5).map(suite => suite.name)
const wanted = names.includes('all') ? suites : suites.filter(suite => names.includes(suite.name))
const unknown = names.filter(name => name !== 'all' && !suites.some(suite => suite.name === name))
if (unknown.length > 0) throw new Error(`no such suite: ${unknown.join(', ')}`)

let hasLost = false
console.log('| suite | tag | passes without | passes with | lost | unsteady | fails both ways |')
console.log('|---|---|---|---|---|---|---|')
for (const suite of wanted) {
  const checkout = join(folder, suite.checkout)
  if (!existsSync(checkout)) {
    console.log(`| ${suite.name} | ${suite.tag} | no checkout at ${checkout} | | | | |`)
    continue
  }
  const { without, having, lost, unsteady } = await compare({ ...suite, folder: join(checkout, suite.folder ?? '') })
  const failing = [...without].filter(([name, outcome]) => outcome === 'fail' && having.get(name) !== 'pass').length
  const cells = [suite.name, suite.tag, count(without).pass, count(having).pass, lost.length, unsteady.length, failing]
  console.log(`| ${cells.join(' | ')} |`)
  for (const name of lost) console.log(`  lost: ${name}`)
  for (const name of unsteady) console.log(`  unsteady: ${name}`)
  hasLost ||= lost.length > 0
}
process.exitCode = hasLost ? 1 : 0

async function compare(suite) {
  const files = suite.isWhole ? [undefined] : filesOf(suite).filter(file => file.includes(values.files))
  const keptFile = join(results, `${suite.name}.without.json`)
  const isKept = values.keep && existsSync(keptFile)
  const kept = isKept ? JSON.parse(readFileSync(keptFile, 'utf8')) : {}
  const without = new Map()
  const having = new Map()
  const lost = []
  const unsteady = []
  await inParallel(files, Number(values.jobs), async file => {
    const known = kept[file ?? '']
    const first = known ? new Map(known) : await runOne(suite, file, undefined)
    kept[file ?? ''] = [...first]
    const second = await runOne(suite, file, register)
    const prefix = file === undefined ? '' : `${file}: `
    for (const [name, outcome] of first) without.set(prefix + name, outcome)
    for (const [name, outcome] of second) having.set(prefix + name, outcome)
  })
  if (values.files === '') writeFileSync(keptFile, JSON.stringify(kept))
  // Alone: nothing of another file beside it.
  for (const file of files) {
    const prefix = file === undefined ? '' : `${file}: `
    const isOf = ([name]) => name.startsWith(prefix)
    let still = lostTests(new Map([...without].filter(isOf)), having)
    const before = still
    for (let run = 0; run < Number(values.again) && still.length > 0; run++) {
      const again = await runOne(suite, file, register)
      still = still.filter(name => again.get(name.slice(prefix.length)) !== 'pass')
    }
    if (still.length > 0) {
      const again = await runOne(suite, file, undefined)
      still = still.filter(name => again.get(name.slice(prefix.length)) === 'pass')
    }
    lost.push(...still)
    unsteady.push(...before.filter(name => !still.includes(name)))
  }
  const record = { suite: suite.name, tag: suite.tag, lost, unsteady, with: [...having] }
  writeFileSync(join(results, `${suite.name}.json`), JSON.stringify(record, null, 1))
  return { without, having, lost, unsteady }
}

function runOne(suite, file, redirection) {
  const timeoutMs = (suite.timeoutS ?? 120) * 1000
  return runFiles(suite, file === undefined ? [] : [file], redirection, timeoutMs)
}

function filesOf(suite) {
  const patterns = suite.files.map(toRegExp)
  return listFiles(suite.folder)
    .map(path => relative(suite.folder, path))
    .filter(path => patterns.some(pattern => pattern.test(path)))
    .sort()
}

function* walk(folder) {
  for (const entry of readdirSync(folder, { withFileTypes: true })) {
    if (entry.name === 'node_modules' || entry.name.startsWith('.')) continue
    const path = join(folder, entry.name)
    if (entry.isDirectory()) yield* walk(path)
    else yield path
  }
}

function listFiles(folder) {
  return [...walk(folder)]
}

/** Of `*`, `**` and `{a,b}`; Node 20 has no glob of its own. */
function toRegExp(pattern) {
  const source = pattern
    .replace(/[.+^$()|[\]\\]/g, '\\$&')
    .replace(/\{([^}]*)\}/g, (_, list) => `(?:${list.replaceAll(',', '|')})`)
    .replace(/\*\*\/|\*/g, found => (found === '*' ? '[^/]*' : '(?:.*/)?'))
  return new RegExp(`^${source}$`)
}

async function inParallel(items, jobs, action) {
  const rest = [...items]
  await Promise.all(
    Array.from({ length: jobs }, async () => {
      while (rest.length > 0) await action(rest.shift())
    }),
  )
}
