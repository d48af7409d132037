// Runs cells in a process of its own, since each brings an uncaught exception.
//
//   node child.js ours|Node's    then, on the channel to its parent: runs asked, an outcome answered to each

import dgram from 'node:dgram'
import net from 'node:net'
import { type Implementation, loadModules } from '../support/implementations.ts'
import { Loopback } from './loopback.ts'
import { scenarioNamed } from './scenarios/index.ts'
import { type Cell, type Outcome, Scene } from './scene.ts'

export interface Run {
  readonly scenario: string
  readonly cell: Cell | undefined
}

const implementation = process.argv[2] as Implementation
const modules = await loadModules(implementation)
const loopback = await Loopback.open()

let current: Scene | undefined
process.on('uncaughtException', error => {
  if (current === undefined) throw error
  current.receiveUncaught(error)
})

process.on('message', (runs: Run[]) => {
  runAll(runs).catch(error => {
    console.error(error)
    process.exit(1)
  })
})

async function runAll(runs: readonly Run[]): Promise<void> {
  for (const run of runs) process.send?.(await outcomeOf(run))
}

async function outcomeOf({ scenario, cell }: Run): Promise<Outcome> {
  const scene = new Scene(modules, loopback, cell)
  current = scene
  const before = resources()
  try {
    await scenarioNamed(scenario)(scene)
  } catch (error) {
    scene.note('client', 'the scenario failed', String((error as Error).stack))
  }
  await scene.settle()
  const left = resources()
  for (const resource of before) {
    const at = left.indexOf(resource)
    if (at >= 0) left.splice(at, 1)
  }
  const outcome = structuredClone({ steps: scene.steps, occurrences: scene.occurrences, left })
  if (left.length > 0) await clear()
  return outcome
}

// Opened when they are first used: from now on they count for no run.
void process.stdout
void process.stderr

/** What keeps the process alive: sockets, servers, timers. */
function resources(): string[] {
  return process.getActiveResourcesInfo().filter(name => name !== 'Immediate' && name !== 'TickObject')
}

/** Whatever a run has left is closed, so that the next one starts as the first did. */
async function clear(): Promise<void> {
  // The list is Node's own and undocumented; no public one gives the handles themselves.
  const { _getActiveHandles: handles } = process as unknown as { _getActiveHandles(): unknown[] }
  for (const handle of handles.call(process)) {
    if (loopback.owns(handle)) continue
    if (handle instanceof net.Socket) handle.destroy()
    else if (handle instanceof net.Server || handle instanceof dgram.Socket) handle.close()
  }
  for (let round = 0; round < 4; round++) await loopback.pass()
}
