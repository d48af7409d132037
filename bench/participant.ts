// One process of a case: `node participant.js FILE CASE server|load SUBJECT`. Does what the runner asks, one at a time.

import { pathToFileURL } from 'node:url'
import type { BenchCase, Held, Load } from './case.ts'

export type Request =
  | { readonly ask: 'serve' }
  | { readonly ask: 'prepare'; readonly target: unknown }
  | { readonly ask: 'run'; readonly ms: number }
  | { readonly ask: 'hold'; readonly target: unknown; readonly count: number }
  | { readonly ask: 'release' }
  | { readonly ask: 'cpu' }
  | { readonly ask: 'memory' }

const [file = '', name = '', , subject = ''] = process.argv.slice(2)
const found = ((await import(pathToFileURL(file).href)) as { default: BenchCase[] }).default.find(
  one => one.name === name,
)
if (found === undefined) throw new Error(`${file} has no case ${name}`)
const subjectCase = found
let load: Load | undefined
let held: Held | undefined

async function answer(request: Request): Promise<unknown> {
  switch (request.ask) {
    case 'serve':
      return (await subjectCase.serve(subject)).target
    case 'prepare':
      if (subjectCase.kind !== 'speed') throw new Error(`${name} is no case of speed`)
      load = await subjectCase.load(request.target as never, subject)
      return null
    case 'run': {
      const start = performance.now()
      const operations = await load?.run(request.ms)
      return { operations, ms: performance.now() - start }
    }
    case 'hold':
      if (subjectCase.kind !== 'memory') throw new Error(`${name} is no case of memory`)
      held = await subjectCase.hold(request.target as never, request.count, subject)
      return null
    case 'release':
      held?.close()
      return null
    case 'cpu': {
      const { user, system } = process.cpuUsage()
      return user + system
    }
    case 'memory':
      return subjectCase.kind === 'memory' && subjectCase.measures === 'resident' ? residentMemory() : memoryInUse()
  }
}

/** Twice, since what a finalizer frees is gone only the second time. */
async function memoryInUse(): Promise<number> {
  const { gc } = globalThis
  if (gc === undefined) throw new Error('memory is measured with --expose-gc')
  for (let i = 0; i < 2; i++) {
    gc()
    await new Promise(resolve => setImmediate(resolve))
  }
  const { heapUsed, external } = process.memoryUsage()
  return heapUsed + external
}

/** Collections and time: what is free goes back to the system late. */
async function residentMemory(): Promise<number> {
  for (let i = 0; i < 6; i++) {
    globalThis.gc?.()
    await new Promise(resolve => setTimeout(resolve, 50))
  }
  return process.memoryUsage().rss
}

process.on('message', (request: Request) => {
  answer(request).then(
    result => process.send?.({ result: result ?? null }),
    (error: unknown) => process.send?.({ error: error instanceof Error ? error.stack : String(error) }),
  )
})
// The runner has gone, whatever happened to it.
process.on('disconnect', () => process.exit())
