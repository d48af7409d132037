// What many rounds of failing leave behind in this process: descriptors, handles, heap.

import { existsSync, readdirSync } from 'node:fs'
import type { Modules } from '../support/implementations.ts'
import type { PrepareWay, Way } from './way.ts'

export interface Leaks {
  /** Descriptors that are open afterwards and were not before; of the process, where the system tells. */
  readonly descriptors: number
  /** Sockets, timers and requests that keep the process alive, by their kinds. */
  readonly handles: readonly string[]
  /** How steeply the heap grows. */
  readonly heapBytesPerRound: number
  readonly rounds: number
  readonly milliseconds: number
}

export interface Plan {
  /** Rounds before the count begins: code is compiled, pools fill. */
  readonly warmUp: number
  readonly rounds: number
  /** The heap is measured after each of so many equal parts, and before the first. */
  readonly parts: number
  /** Heap that may stay of a round. */
  readonly allowedBytes: number
  /** Where more stays, as many rounds are run again, then four times as many: code that is compiled late ends, a leak does not. */
  readonly attempts: number
  /** What V8 shall not do meanwhile on its own account. */
  readonly flags: readonly string[]
}

export async function measure(prepare: PrepareWay, modules: Modules, plan: Plan): Promise<Leaks> {
  const way = await prepare(modules)
  for (let i = 0; i < plan.warmUp; i++) await way.round()
  let leaks = await run(way, plan.rounds, plan.parts)
  for (let attempt = 1; attempt < plan.attempts && !isClean(leaks, plan); attempt++) {
    leaks = await run(way, plan.rounds * 4 ** (attempt - 1), plan.parts)
  }
  await way.end?.()
  return leaks
}

export function isClean({ descriptors, handles, heapBytesPerRound }: Leaks, { allowedBytes }: Plan): boolean {
  return descriptors <= 0 && handles.length === 0 && heapBytesPerRound < allowedBytes
}

async function run(way: Way, rounds: number, parts: number): Promise<Leaks> {
  const stocks = [await takeStock()]
  const start = performance.now()
  for (let part = 0; part < parts; part++) {
    for (let i = 0; i < rounds / parts; i++) await way.round()
    stocks.push(await takeStock())
  }
  const milliseconds = performance.now() - start
  const [before, after] = [stocks[0] as Stock, stocks[parts] as Stock]
  return {
    descriptors: after.descriptors - before.descriptors,
    handles: without(after.handles, before.handles),
    heapBytesPerRound: Math.max(0, (slope(stocks.map(({ heapBytes }) => heapBytes)) * parts) / rounds),
    rounds,
    milliseconds,
  }
}

/** Of several that are alike, as many are left as there are more of them. */
function without(names: readonly string[], others: readonly string[]): string[] {
  const left = [...names]
  for (const other of others) {
    const at = left.indexOf(other)
    if (at >= 0) left.splice(at, 1)
  }
  return left
}

/** Of the straight line that is nearest to the values, one step apart. */
function slope(values: readonly number[]): number {
  const middle = (values.length - 1) / 2
  const mean = values.reduce((sum, value) => sum + value, 0) / values.length
  let [product, square] = [0, 0]
  values.forEach((value, at) => {
    product += (at - middle) * (value - mean)
    square += (at - middle) ** 2
  })
  return product / square
}

interface Stock {
  readonly descriptors: number
  readonly handles: readonly string[]
  readonly heapBytes: number
}

async function takeStock(): Promise<Stock> {
  // Closing takes turns of the event loop; what a finalizer frees takes another collection.
  for (const turns of [QUIET_TURNS, 1]) {
    for (let turn = 0; turn < turns; turn++) await new Promise(resolve => setImmediate(resolve))
    collect()
  }
  const { heapUsed, external } = process.memoryUsage()
  return {
    descriptors: existsSync(DESCRIPTORS) ? readdirSync(DESCRIPTORS).length : 0,
    handles: process.getActiveResourcesInfo(),
    heapBytes: heapUsed + external,
  }
}

function collect(): void {
  if (globalThis.gc === undefined) throw new Error('leaks are measured with --expose-gc')
  globalThis.gc()
}

const QUIET_TURNS = 50
const DESCRIPTORS = '/proc/self/fd'
