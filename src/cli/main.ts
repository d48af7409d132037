#!/usr/bin/env node
// The command `plainwire`. `plainwire sim` is in sim.ts. `plainwire run` starts the runtime itself on the program, with plainwire's
// modules in place of its own, so argv, exit codes, signals, stdin and error output are those of `node`; nothing has to be imitated.

import { readFileSync } from 'node:fs'
import { redirectedModules } from '../register/modules.ts'
import { runProgram } from './run.ts'
import { simulate } from './sim.ts'

const usage = `Usage: plainwire run [node options] FILE [arguments]
       plainwire sim FILE [--seeds FIRST..LAST] [--jobs N] [--out FILE]
       plainwire --help | --version

run: an unmodified program. What it and its dependencies require or import of
  ${redirectedModules.filter(name => !name.startsWith('_')).join(' ')}
comes from plainwire instead of the runtime. Everything else is as with
  node [node options] FILE [arguments]

sim: a scenario on a simulated network, once for each seed; the first that fails is reported, and its packets written.
  plainwire sim --help
`

function main([command, ...rest]: readonly string[]): void {
  switch (command) {
    case 'run':
      runProgram(rest)
      return
    case 'sim':
      void simulate(rest).then(code => {
        process.exitCode = code
      })
      return
    case '--help':
    case '-h':
      process.stdout.write(usage)
      return
    case '--version':
    case '-v':
      process.stdout.write(`${version()}\n`)
      return
    case undefined:
      process.stderr.write(usage)
      break
    default:
      process.stderr.write(`plainwire: bad ${command.startsWith('-') ? 'option' : 'command'}: ${command}\n${usage}`)
  }
  // Node's exit code for invalid arguments.
  process.exitCode = 9
}

function version(): string {
  const text = readFileSync(new URL('../../../package.json', import.meta.url), 'utf8')
  return (JSON.parse(text) as { version: string }).version
}

main(process.argv.slice(2))
