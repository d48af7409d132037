// A worker process of `plainwire sim`: runs a scenario with the seeds that the parent process sends, one after the other.

import { writeFileSync } from 'node:fs'
import { pathToFileURL } from 'node:url'
import { inspect } from 'node:util'
import { Network, type NetworkOptions } from '../sim/index.ts'

export interface RunRequest {
  readonly path: string
  readonly seed: number
  /** The file to write the packets to; undefined: they are not captured. */
  readonly out: string | undefined
}

export interface RunResult {
  /** Undefined: the run succeeded. */
  readonly error: string | undefined
  /** False: the file could not be loaded or exports no scenario, and nothing was run. */
  readonly isScenario: boolean
  /** The number of packets written; undefined without a capture. */
  readonly packets: number | undefined
}

/** Fails the current run with an uncaught exception. */
let abort: (error: unknown) => void = () => {}

process.on('message', (request: RunRequest) => {
  void run(request).then(result => process.send?.(result))
})
process.on('uncaughtException', error => abort(error))
// The parent process has exited.
process.on('disconnect', () => process.exit())

async function run({ path, seed, out }: RunRequest): Promise<RunResult> {
  let scenario: unknown
  let options: NetworkOptions = {}
  try {
    // The query makes the scenario a fresh module for each seed; the modules it imports are shared between seeds.
    const module = (await import(`${pathToFileURL(path).href}?seed=${seed}`)) as Record<string, unknown>
    scenario = module['default']
    options = (module['options'] ?? {}) as NetworkOptions
  } catch (error) {
    return { error: text(error), isScenario: false, packets: undefined }
  }
  if (typeof scenario !== 'function') {
    const error = `${path} has no scenario: it must export a function of a Network as its default`
    return { error, isScenario: false, packets: undefined }
  }
  const net = new Network({ ...options, seed })
  const capture = out === undefined ? undefined : net.capture()
  let error: string | undefined
  try {
    const uncaught = new Promise((_, reject) => (abort = reject))
    await Promise.race([Promise.resolve(scenario(net)), uncaught])
  } catch (thrown) {
    error = text(thrown)
  }
  abort = () => {}
  if (capture !== undefined && out !== undefined) writeFileSync(out, capture.toPcapng())
  net.close()
  return { error, isScenario: true, packets: capture?.packets.length }
}

function text(error: unknown): string {
  return error instanceof Error ? (error.stack ?? error.message) : inspect(error)
}
