// Starts the runtime on a program, and exits with its exit code or signal.

import { spawn } from 'node:child_process'
import { createRequire } from 'node:module'
import { isatty } from 'node:tty'
import { fileURLToPath } from 'node:url'

/** The file that redirects a program's modules; the package exports it as `plainwire/register`. */
export const registerFile = fileURLToPath(new URL('../register/register.cjs', import.meta.url))

const { whyUnsupported } = createRequire(import.meta.url)('../register/runtime.cjs') as {
  whyUnsupported: (versions: Readonly<Record<string, string | undefined>>) => string | undefined
}

/** Signals that this process forwards to the program. */
const forwarded: readonly NodeJS.Signals[] = ['SIGHUP', 'SIGINT', 'SIGQUIT', 'SIGTERM', 'SIGUSR2']

/** By the descriptors, since touching `process.stdin` would begin to read the program's input. */
const hasTerminal = [0, 1, 2].some(isatty)

/** @param args - Node's options, then the file, then the program's arguments */
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
      // The terminal sends these to both processes; forwarded, they would arrive twice, and a program takes a second SIGINT as the
      // order to stop without a graceful shutdown.
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
    // The parent process is to see the same signal: without our listener, the signal's default action ends this process.
    process.removeAllListeners(signal)
    process.kill(process.pid, signal)
  })
}
