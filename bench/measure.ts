// Runs one case: starts its processes, lets the subjects take turns, and collects what they cost.

import { type ChildProcess, fork } from 'node:child_process'
import { once } from 'node:events'
import { fileURLToPath } from 'node:url'
import { type BenchCase, defaultSubjects, type MemoryCase, type SpeedCase } from './case.ts'
import type { Request } from './participant.ts'

export interface Effort {
  readonly rounds: number
  readonly roundMs: number
}

/** One turn of one subject. */
export interface Turn {
  /** Per second; for memory: bytes per thing, and no CPU time. */
  readonly rate: number
  readonly cpuMicrosecondsPerOperation: number
}

/** Until a server has seen the end of what its peer let go. */
const settlingMs = 200

export async function measure(file: string, one: BenchCase, effort: Effort): Promise<Map<string, Turn[]>> {
  return one.kind === 'speed' ? measureSpeed(file, one, effort) : measureMemory(file, one, effort)
}

async function measureSpeed(file: string, one: SpeedCase, { rounds, roundMs }: Effort): Promise<Map<string, Turn[]>> {
  const turns = new Map<string, Turn[]>()
  const pairs = new Map<string, { server: Participant; load: Participant }>()
  try {
    for (const subject of one.subjects ?? defaultSubjects) {
      const server = new Participant(file, one.name, 'server', subject)
      const load = new Participant(file, one.name, 'load', subject)
      pairs.set(subject, { server, load })
      await load.ask({ ask: 'prepare', target: await server.ask({ ask: 'serve' }) })
      // The compiler's work is not what is compared.
      await load.ask({ ask: 'run', ms: roundMs })
      turns.set(subject, [])
    }
    for (let round = 0; round < rounds; round++) {
      for (const [subject, { server, load }] of pairs) {
        const measured = one.measured === 'load' ? load : server
        const before = (await measured.ask({ ask: 'cpu' })) as number
        const { operations, ms } = (await load.ask({ ask: 'run', ms: roundMs })) as { operations: number; ms: number }
        const cpu = ((await measured.ask({ ask: 'cpu' })) as number) - before
        if (!(operations > 0)) throw new Error(`${one.name}: ${subject} did no operation in ${roundMs} ms`)
        turns.get(subject)?.push({ rate: (operations * 1000) / ms, cpuMicrosecondsPerOperation: cpu / operations })
      }
    }
  } finally {
    for (const { server, load } of pairs.values()) {
      load.stop()
      server.stop()
    }
  }
  return turns
}

/** Each turn in new processes: what an earlier one left behind in a heap is not seen. */
async function measureMemory(file: string, one: MemoryCase, { rounds }: Effort): Promise<Map<string, Turn[]>> {
  const subjects = one.subjects ?? defaultSubjects
  const turns = new Map<string, Turn[]>(subjects.map(subject => [subject, []]))
  for (let round = 0; round < Math.min(rounds, 3); round++) {
    for (const subject of subjects) {
      const server = new Participant(file, one.name, 'server', subject)
      const load = new Participant(file, one.name, 'load', subject)
      try {
        const target = await server.ask({ ask: 'serve' })
        // The first ones bring code and shared objects with them, which are not the price of one more.
        await load.ask({ ask: 'hold', target, count: 100 })
        await load.ask({ ask: 'release' })
        await new Promise(resolve => setTimeout(resolve, settlingMs))
        const before = (await server.ask({ ask: 'memory' })) as number
        await load.ask({ ask: 'hold', target, count: one.count })
        const bytes = ((await server.ask({ ask: 'memory' })) as number) - before
        turns.get(subject)?.push({ rate: bytes / one.count, cpuMicrosecondsPerOperation: Number.NaN })
      } finally {
        load.stop()
        server.stop()
      }
    }
  }
  return turns
}

class Participant {
  readonly #child: ChildProcess
  readonly #what: string

  constructor(file: string, name: string, role: 'server' | 'load', subject: string) {
    this.#what = `${name}, ${role} of ${subject}`
    const entry = fileURLToPath(new URL('./participant.js', import.meta.url))
    this.#child = fork(entry, [file, name, role, subject], { execArgv: ['--expose-gc'], stdio: 'inherit' })
  }

  async ask(request: Request): Promise<unknown> {
    const gone = new AbortController()
    const end = once(this.#child, 'exit', { signal: gone.signal }).then(([code, signal]) => {
      throw new Error(`${this.#what}: ended with ${code ?? signal}`)
    })
    this.#child.send(request)
    try {
      const [reply] = (await Promise.race([once(this.#child, 'message', { signal: gone.signal }), end])) as [
        { result?: unknown; error?: string },
      ]
      if (reply.error !== undefined) throw new Error(`${this.#what}: ${reply.error}`)
      return reply.result
    } finally {
      gone.abort()
      end.catch(() => {})
    }
  }

  stop(): void {
    this.#child.kill()
  }
}
