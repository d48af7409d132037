// A child process that runs cells, and is replaced when one of them ends it or keeps it busy for ever.

import { type ChildProcess, fork } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import type { Implementation } from '../support/implementations.ts'
import type { Run } from './child.ts'
import type { Outcome } from './scene.ts'

const program = fileURLToPath(new URL('child.js', import.meta.url))

export class Runner {
  readonly #implementation: Implementation
  #child: ChildProcess | undefined

  constructor(implementation: Implementation) {
    this.#implementation = implementation
  }

  /** Runs all, in order, each once. */
  async run(runs: readonly Run[]): Promise<Outcome[]> {
    const outcomes: Outcome[] = []
    while (outcomes.length < runs.length) {
      const reason = await this.#runInOneProcess(runs.slice(outcomes.length), outcomes)
      if (reason !== undefined) outcomes.push({ steps: {}, occurrences: [], left: [], ended: reason })
    }
    return outcomes
  }

  close(): void {
    this.#child?.kill()
    this.#child = undefined
  }

  /** @returns why the process ended before all was run */
  #runInOneProcess(runs: readonly Run[], into: Outcome[]): Promise<string | undefined> {
    const child = (this.#child ??= fork(program, [this.#implementation], {
      stdio: ['ignore', 'inherit', 'inherit', 'ipc'],
    }))
    return new Promise(resolve => {
      let awaited = runs.length
      let timer = setTimeout(giveUp, STUCK_MS, child)
      const done = (reason: string | undefined) => {
        clearTimeout(timer)
        child.removeAllListeners()
        resolve(reason)
      }
      child.on('message', message => {
        clearTimeout(timer)
        timer = setTimeout(giveUp, STUCK_MS, child)
        into.push(message as Outcome)
        if (--awaited === 0) done(undefined)
      })
      child.on('exit', (code, signal) => {
        this.#child = undefined
        done(`the process ended with ${signal ?? code}`)
      })
      child.send(runs)
    })
  }
}

function giveUp(child: ChildProcess): void {
  child.kill('SIGKILL')
}

/** A cell that runs longer than this keeps its process busy for ever. */
const STUCK_MS = 20_000
