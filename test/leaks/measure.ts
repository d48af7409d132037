// What many rounds of failing leave behind in this process: descriptors, handles, heap.

import { existsSync, readdirSync } from 'node:fs'
import type { Modules } from '../support/implementations.ts'
import type { PrepareWay } from './way.ts'

export interface Leaks {
  /** Descriptors that are open afterwards and were not before; of the process, where the system tells. */
  readonly descriptors: number
  /** Sockets, timers and requests that keep the process alive. */
  readonly handles: number
  readonly heapBytesPerRound: number
  readonly milliseconds: number
}

/** @param warmUp - rounds before the count begins: code is compiled, pools fill */
export async function measure(prepare: PrepareWay, modules: Modules, rounds: number, warmUp: number): Promise<Leaks> {
  const way = await prepare(modules)
  for (let i = 0; i < warmUp; i++) await way.round()
  const stocks = [await takeStock()]
  const start = performance.now()
  for (let part = 0; part < PARTS; part++) {
    for (let i = 0; i < rounds / PARTS; i++) await way.round()
    stocks.push(await takeStock())
  }
  const milliseconds = performance.now() - start
  await way.end?.()
  const [before, after] = [stocks[0] as Stock, stocks[PARTS] as Stock]
  // What leaks does so in every part; code that is compiled and caches that fill do it once.
  const growth = stocks.slice(1).map(({ heapBytes }, part) => heapBytes - (stocks[part] as Stock).heapBytes)
  return {
    descriptors: after.descriptors - before.descriptors,
    handles: after.handles - before.handles,
    heapBytesPerRound: Math.max(0, (Math.min(...growth) * PARTS) / rounds),
    milliseconds,
  }
}

const PARTS = 3

interface Stock {
  readonly descriptors: number
  readonly handles: number
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
    handles: process.getActiveResourcesInfo().length,
    heapBytes: heapUsed + external,
  }
}

function collect(): void {
  if (globalThis.gc === undefined) throw new Error('leaks are measured with --expose-gc')
  globalThis.gc()
}

const QUIET_TURNS = 50
const DESCRIPTORS = '/proc/self/fd'
