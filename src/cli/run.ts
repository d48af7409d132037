// Starts the runtime on a program, and ends as it ends.

import { spawn } from 'node:child_process'
import { createRequire } from 'node:module'
import { isatty } from 'node:tty'
import { fileURLToPath } from 'node:url'

/** The file that redirects a program's modules: also what `plainwire/register` stands for. */
export const registerFile = fileURLToPath(new URL('../register/register.cjs', import.meta.url))

const { whyUnsupported } = createRequire(import.meta.url)('../register/runtime.cjs') as {
  whyUnsupported: (versions: Readonly<Record<string, string | undefined>>) => string | undefined
}

/** Signals that others send to this process though they mean the program. */
const forwarded: readonly NodeJS.Signals[] = ['SIGHUP', 'SIGINT', 'SIGQUIT', 'SIGTERM', 'SIGUSR2']

/** Asked of the descriptors: `process.stdin` would begin to read what is the program's. */
const hasTerminal = [0, 1, 2].some(isatty)

/** @param args - node's options, then the file, then the program's arguments */
export function runProgram(args: readonly string[]): void {
  const problem = whyUnsupported(process.versions)
  if (problem !== undefined) {
    process.stderr.write(`plainwire: ${problem}\n`)
    process.exitCode = 1
    return
  }
  const child = spawn(process.execPath, [...process.execArgv, '--require', registerFile, ...args], { stdio: 'inherit' })
  for (const signal of forwarded) {
    process.on(signal, () => {
      // The terminal sends these to both; and a second Ctrl-C is what stops a program that shuts down slowly.
      if ((signal === 'SIGINT' || signal === 'SIGQUIT') && hasTerminal) return
      child.kill(signal)
    })
  }
  child.on('error', error => {
    process.stderr.write(`plainwire: ${error.message}\n`)
    process.exitCode = 1
  })
  child.on('exit', (code, signal) => {
    if (signal === null) process.exit(code ?? 1)
    // Whoever started us shall see the same end: the default action, in place of our listener.
    process.removeAllListeners(signal)
    process.kill(process.pid, signal)
  })
}
