// Runs one job, named as the argument, and prints what came of it as the last line: { answer } or { error }.
import { writeSync } from 'node:fs'
import { argv } from 'node:process'
import { jobs } from './jobs/index.mjs'

const print = outcome => {
  writeSync(1, `\n${JSON.stringify(outcome)}\n`)
  process.exit(0)
}
const fail = error => print({ error: String(error?.stack ?? error) })

process.on('uncaughtException', fail)
process.on('unhandledRejection', fail)
// A job that waits for nothing any more has lost what it waited for.
process.on('beforeExit', () => fail('nothing is left to wait for'))
jobs[argv[2]]().then(answer => print({ answer: answer ?? null }), fail)
