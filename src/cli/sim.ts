// `plainwire sim FILE --seeds 1..1000`: one scenario under many seeds, on all cores. Each worker process runs one seed after
// the other; the lowest failing seed is run once more, in a process of its own, to capture its packets.

import { type ChildProcess, fork } from 'node:child_process'
import { existsSync, statSync } from 'node:fs'
import { basename, resolve } from 'node:path'
import { fileURLToPath } from 'node:url'
import { registerFile } from './run.ts'
import { parseSimArguments, type SimArguments, simUsage } from './sim-arguments.ts'
import type { RunRequest, RunResult } from './sim-worker.ts'

const workerFile = fileURLToPath(new URL('./sim-worker.js', import.meta.url))

/** @returns the exit code */
export async function simulate(args: readonly string[]): Promise<number> {
  if (args.includes('--help') || args.includes('-h')) {
    process.stdout.write(simUsage)
    return 0
  }
  const parsed = parseSimArguments(args)
  if (typeof parsed === 'string') return complain(`${parsed}\n${simUsage}`)
  const path = resolve(parsed.file)
  if (!existsSync(path)) return complain(`there is no file ${path}\n`)
  if (!statSync(path).isFile()) return complain(`${path} is no file\n`)
  const sweep = new Sweep(path, parsed)
  const interrupt = () => sweep.interrupt()
  process.once('SIGINT', interrupt)
  process.once('SIGTERM', interrupt)
  try {
    return await report(path, parsed, await sweep.run())
  } finally {
    process.off('SIGINT', interrupt)
    process.off('SIGTERM', interrupt)
  }
}

function complain(message: string): number {
  process.stderr.write(`plainwire sim: ${message}`)
  return 9
}

async function report(
  path: string,
  args: SimArguments,
  { failure, runs, isInterrupted, seconds }: SweepResult,
): Promise<number> {
  const count = `${runs} ${runs === 1 ? 'seed' : 'seeds'}`
  if (failure !== undefined) {
    process.stdout.write(`seed ${failure.seed} failed (${count} in ${seconds} s):\n${indented(failure.error)}\n`)
    if (!failure.isScenario) return 1
    const out = args.out ?? `${basename(path).replace(/\.\w+$/, '')}-seed-${failure.seed}.pcapng`
    const again = await runAlone(path, failure.seed, args.timeoutMs, resolve(out))
    if (again.error === undefined) {
      process.stdout.write(
        'It did not fail again in a process of its own: the scenario, or a module it loads, keeps state between runs.\n',
      )
    } else if (again.packets !== undefined) {
      process.stdout.write(`Its ${again.packets} packets are in ${out}.\n`)
    }
    process.stdout.write(`To run it again: npx plainwire sim ${args.file} --seed ${failure.seed}\n`)
    return 1
  }
  if (isInterrupted) {
    process.stdout.write(`interrupted after ${count}, none of which failed\n`)
    return 130
  }
  process.stdout.write(`${count} in ${seconds} s, none failed\n`)
  return 0
}

interface Failure {
  readonly seed: number
  readonly error: string
  /** False: the file could not be loaded or exports no scenario. */
  readonly isScenario: boolean
}

interface SweepResult {
  readonly failure: Failure | undefined
  readonly runs: number
  readonly isInterrupted: boolean
  readonly seconds: string
}

/** Distributes seeds, in ascending order, to the workers; after a failure no further seed is started, and those under way finish. */
class Sweep {
  readonly #path: string
  readonly #args: SimArguments
  #next: number
  #runs = 0
  #failure: Failure | undefined
  #isInterrupted = false
  readonly #workers = new Set<ChildProcess>()

  constructor(path: string, args: SimArguments) {
    this.#path = path
    this.#args = args
    this.#next = args.firstSeed
  }

  async run(): Promise<SweepResult> {
    const begin = performance.now()
    const { firstSeed, lastSeed, jobs } = this.#args
    const count = Math.min(jobs, lastSeed - firstSeed + 1)
    await Promise.all(Array.from({ length: count }, () => this.#work()))
    const seconds = ((performance.now() - begin) / 1000).toFixed(1)
    return { failure: this.#failure, runs: this.#runs, isInterrupted: this.#isInterrupted, seconds }
  }

  interrupt(): void {
    this.#isInterrupted = true
    for (const worker of this.#workers) worker.kill('SIGKILL')
  }

  #takeSeed(): number | undefined {
    if (this.#isInterrupted || this.#failure !== undefined || this.#next > this.#args.lastSeed) return undefined
    return this.#next++
  }

  async #work(): Promise<void> {
    let worker: ChildProcess | undefined
    for (let seed = this.#takeSeed(); seed !== undefined; seed = this.#takeSeed()) {
      worker ??= this.#start()
      const result = await askWorker(worker, { path: this.#path, seed, out: undefined }, this.#args.timeoutMs)
      if (this.#isInterrupted) break
      this.#runs++
      if (result.error === undefined) continue
      // The lowest failing seed is reported, whichever failed first.
      if (this.#failure === undefined || seed < this.#failure.seed) {
        this.#failure = { seed, error: result.error, isScenario: result.isScenario }
      }
    }
    if (worker !== undefined) {
      this.#workers.delete(worker)
      worker.kill('SIGKILL')
    }
  }

  #start(): ChildProcess {
    const worker = startWorker()
    this.#workers.add(worker)
    return worker
  }
}

function startWorker(): ChildProcess {
  // Ctrl-C in a terminal signals the whole process group: detached, the worker is not in it, and the parent stops it.
  const worker = fork(workerFile, [], {
    execArgv: [...process.execArgv, '--enable-source-maps', '--require', registerFile],
    stdio: ['ignore', 'inherit', 'inherit', 'ipc'],
    detached: true,
  })
  return worker
}

async function runAlone(path: string, seed: number, timeoutMs: number, out: string): Promise<RunResult> {
  const worker = startWorker()
  try {
    return await askWorker(worker, { path, seed, out }, timeoutMs)
  } finally {
    worker.kill('SIGKILL')
  }
}

function askWorker(worker: ChildProcess, request: RunRequest, timeoutMs: number): Promise<RunResult> {
  return new Promise(resolve => {
    const settle = (result: RunResult) => {
      clearTimeout(timer)
      worker.off('message', onMessage)
      worker.off('exit', onExit)
      resolve(result)
    }
    const fail = (error: string) => settle({ error, isScenario: true, packets: undefined })
    const onMessage = (message: unknown) => settle(message as RunResult)
    const onExit = (code: number | null, signal: string | null) =>
      fail(`its process ended with ${signal ?? `exit code ${code}`}`)
    const timer = setTimeout(() => fail(`it did not end within ${timeoutMs / 1000} s of real time`), timeoutMs)
    worker.on('message', onMessage)
    worker.on('exit', onExit)
    worker.send(request)
  })
}

function indented(text: string): string {
  return text.replace(/^(?=.)/gm, '  ')
}
