// A child process that runs cells, and is replaced when one of them ends it.

import { type ChildProcess, fork } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import type { Run } from './child.ts'
import type { Implementation } from './modules.ts'
import type { Outcome } from './scene.ts'

const program = fileURLToPath(new URL('child.js', import.meta.url))

/** Runs all, in order, each once. */
export async function runAll(implementation: Implementation, runs: readonly Run[]): Promise<Outcome[]> {
  const outcomes: Outcome[] = []
  while (outcomes.length < runs.length) {
    const reason = await runSome(runs.slice(outcomes.length), outcomes)
    if (reason === undefined) break
    outcomes.push({ steps: {}, occurrences: [], left: [], ended: reason })
  }
  return outcomes

  /** @returns why the process ended before all was run */
  function runSome(left: readonly Run[], into: Outcome[]): Promise<string | undefined> {
    const child = fork(program, [implementation], { stdio: ['ignore', 'inherit', 'inherit', 'ipc'] })
    return new Promise(resolve => {
      let timer = setTimeout(giveUp, STUCK_MS, child)
      let waitsFor = left.length
      child.on('message', message => {
        clearTimeout(timer)
        timer = setTimeout(giveUp, STUCK_MS, child)
        if (message === 'ready') {
          child.send(left)
          return
        }
        into.push(message as Outcome)
        if (--waitsFor === 0) child.kill()
      })
      child.on('exit', (code, signal) => {
        clearTimeout(timer)
        resolve(waitsFor === 0 ? undefined : `the process ended with ${signal ?? code}`)
      })
    })
  }
}

function giveUp(child: ChildProcess): void {
  child.kill('SIGKILL')
}

/** A cell that runs longer than this keeps its process busy for ever. */
const STUCK_MS = 20_000
