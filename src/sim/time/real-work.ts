// Real work of simulated programs that is under way: files being read, modules being loaded, keys being made on the
// runtime's threads. Virtual time must not jump past it, or a run would depend on the speed of the disk.
//
// The runtime reports such work by async hooks: it begins with `init` and ends with its first `after`. Promises are
// ignored: measured on Node 20, a million awaits take 129 ms instead of 113.

import { createHook } from 'node:async_hooks'
import { performance } from 'node:perf_hooks'

/** How a kind of resource shows that it is at work. */
type Kind =
  /** From `init` to its first `after`: a request to the runtime. */
  | 'request'
  /** The same, if it has a callback: synchronous calls (`randomBytes(8)`) have none, and no `after`. */
  | 'job'
  /** As a request, but it may wait for an event that never comes. */
  | 'channel'
  /** An immediate of the runtime, not a program's: its own parts defer work by it. A cleared one never runs. */
  | 'immediate'
  /** Works at times, unseen: counted for a moment after each sign of activity. */
  | 'worker'
  | 'other'

interface Work {
  readonly kind: Kind
  /** Counted until then, in real milliseconds: work that takes longer is ignored, so that a mistake here cannot hang the run. */
  until: number
  readonly resource: object | undefined
}

export class RealWork {
  readonly #belongs: () => boolean
  readonly #works = new Map<number, Work>()
  readonly #reference = new WeakRef(this)

  /** @param belongs - whether the running code is a simulated program's */
  constructor(belongs: () => boolean) {
    this.#belongs = belongs
  }

  start(): void {
    watching.add(this.#reference)
    hook.enable()
  }

  stop(): void {
    watching.delete(this.#reference)
    this.#works.clear()
  }

  get isUnderWay(): boolean {
    if (this.#works.size === 0) return false
    const time = now()
    for (const [id, { kind, until, resource }] of this.#works) {
      const isDone = until < time || (kind === 'job' && Reflect.get(resource ?? {}, 'ondone') === undefined)
      if (!isDone) continue
      this.#works.delete(id)
      owners.delete(id)
    }
    return this.#works.size > 0
  }

  /** @returns whether it is counted here */
  begin(id: number, kind: Exclude<Kind, 'other'>, resource: object): boolean {
    if (!this.#belongs()) return false
    this.#works.set(id, { kind, until: now() + mostMs[kind], resource: kind === 'job' ? resource : undefined })
    return true
  }

  end(id: number): void {
    const work = this.#works.get(id)
    if (work?.kind === 'worker') work.until = now() + mostMs.worker
    else {
      this.#works.delete(id)
      owners.delete(id)
    }
  }
}

/** One hook for all networks of a process; those that are no longer referenced are dropped. */
const watching = new Set<WeakRef<RealWork>>()
const owners = new Map<number, RealWork>()
const now = performance.now.bind(performance)

const hook = createHook({
  init(id, type, _, resource) {
    // The most frequent types, and never real work.
    if (type === 'PROMISE' || type === 'TickObject') return
    const kind = kindOf(type)
    if (kind === 'other') return
    for (const reference of watching) {
      const work = reference.deref()
      if (work === undefined) watching.delete(reference)
      else if (work.begin(id, kind, resource)) owners.set(id, work)
    }
  },
  after(id) {
    owners.get(id)?.end(id)
  },
})

const kinds = new Map<string, Kind>()

function kindOf(type: string): Kind {
  let kind = kinds.get(type)
  if (kind === undefined) {
    kind = classify(type)
    kinds.set(type, kind)
  }
  return kind
}

function classify(type: string): Kind {
  // The loader's thread answers over ports (Node 20, with loader hooks); a child process ends with one `after`.
  if (type === 'MESSAGEPORT' || type === 'PROCESSWRAP' || type === 'WORKER') return 'channel'
  if (type === 'ZLIB' || type === 'BROTLI' || type === 'ZSTD') return 'worker'
  const isRequest = /^(FSREQ|FILEHANDLECLOSEREQ|GETADDRINFOREQ|GETNAMEINFOREQ|QUERYWRAP|TCPCONNECTWRAP|PIPECONNECTWRAP)/
  if (isRequest.test(type)) return 'request'
  if (type === 'Immediate') return 'immediate'
  if (type.endsWith('REQUEST') && !type.startsWith('HTTP')) return 'job'
  return 'other'
}

const mostMs = { request: 30_000, job: 30_000, channel: 1000, immediate: 5, worker: 5 } as const
