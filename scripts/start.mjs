// `npm start`: runs the unmodified programs under examples/ on the stack, over real sockets, shows what they print, and
// what carried it as counted inside them by scripts/witness.mjs. Exit code 1 if any of it is not as it should be.
// A program with `clients` is a server in a process of its own: it gets port 0, they the port that it says, and then it is
// told to end. Clients may also be other programs, such as curl. `node scripts/start.mjs LIST` takes another list than examples/programs.mjs.

import { spawn, spawnSync } from 'node:child_process'
import { once } from 'node:events'
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
  console.log(`\n${index + 1}. ${program.title}`)
  const problems = await run(program, join(folder, `witness-${index}`))
  for (const problem of problems) console.log(`   FAILED: ${problem}`)
  if (problems.length > 0) failures++
}
rmSync(folder, { recursive: true })

console.log(
  failures === 0
    ? `\nAll ${programs.length} programs ran on plainwire, and ended with exit code 0.`
    : `\n${failures} of ${programs.length} programs FAILED.`,
)
exit(failures === 0 ? 0 : 1)

/** @returns what was not as it should be */
async function run({ file, args = [], clients, shows, carried }, witnessFile) {
  const { output, problems, isSkipped } =
    clients === undefined ? runAlone(file, args, witnessFile) : await runWithClients(file, clients, witnessFile)
  if (isSkipped) return problems
  for (const line of shows) if (!line.test(output)) problems.push(`the output has nothing like ${line}`)
  return [...problems, ...checkCounts(carried, readCounts(witnessFile))]
}

function runAlone(file, args, witnessFile) {
  const result = spawnSync(...commandOf(file, args), { ...optionsOf(witnessFile), encoding: 'utf8' })
  show(`${result.stdout}${result.stderr}`)
  const problems = []
  if (result.error) problems.push(`${file}: ${result.error.message}`)
  if (result.status !== 0) problems.push(`${file} ended with ${result.signal ?? `exit code ${result.status}`}`)
  return { output: result.stdout, problems }
}

async function runWithClients(file, clients, witnessFile) {
  const server = spawn(...commandOf(file, [0]), optionsOf(witnessFile))
  const ended = once(server, 'close')
  let said = ''
  const listening = new Promise(resolve => {
    server.stdout.setEncoding('utf8').on('data', text => {
      said += text
      const port = /listening on .*:(\d+)$/m.exec(said)?.[1]
      if (port !== undefined) resolve(port)
    })
  })
  server.stderr.setEncoding('utf8').on('data', text => (said += text))
  const port = await Promise.race([listening, ended])
  if (typeof port !== 'string') {
    show(said)
    return { output: said, problems: [`${file} ended before it listened`] }
  }
  const ran = clients.map(client =>
    typeof client === 'string' ? runAlone(client, [port], witnessFile) : runCommand(client, port),
  )
  server.kill('SIGTERM')
  const [status, signal] = await ended
  show(said)
  const problems = ran.flatMap(client => client.problems)
  if (status !== 0) problems.push(`${file} ended with ${signal ?? `exit code ${status}`}`)
  const isSkipped = ran.some(client => client.isSkipped)
  return { output: [said, ...ran.map(client => client.output)].join(''), problems, isSkipped }
}

/** A program that is not here is named, and nothing is asked of the rest. */
function runCommand({ command, args }, port) {
  const words = args.map(word => word.replace('PORT', port))
  console.log(`   $ ${[command, ...words].join(' ')}`)
  const result = spawnSync(command, words, { encoding: 'utf8', timeout })
  if (result.error?.code === 'ENOENT') {
    console.log(`   | skipped: there is no ${command} here`)
    return { output: '', problems: [], isSkipped: true }
  }
  show(`${result.stdout}${result.stderr}`.replace(/([^\n])$/, '$1\n'))
  const problems = result.status === 0 ? [] : [`${command} ended with ${result.signal ?? `exit code ${result.status}`}`]
  return { output: `${result.stdout}\n`, problems }
}

function commandOf(file, args) {
  console.log(`   $ plainwire run examples/${[file, ...args].join(' ')}`)
  return [execPath, [command, 'run', '--import', witness, fileURLToPath(new URL(file, list)), ...args.map(String)]]
}

function optionsOf(witnessFile) {
  return { env: { ...env, PLAINWIRE_WITNESS: witnessFile }, timeout }
}

function show(text) {
  stdout.write(text.replace(/^(?=.)/gm, '   | '))
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
