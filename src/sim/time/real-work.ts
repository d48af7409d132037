// Real work that simulated programs have under way: files being read, modules being loaded, keys being made on the
// runtime's threads. Virtual time must not jump past it, or a run would depend on how quick the disk was.
//
// The runtime tells of such work by its async hooks: one begins with `init` and ends with its first `after`. Promises are
// left alone: measured on Node 20, a million awaits take 129 ms instead of 113.

import { createHook } from 'node:async_hooks'
import { performance } from 'node:perf_hooks'

/** How a kind of resource shows that it is at work. */
type Kind =
  /** From `init` to its first `after`: a request to the runtime. */
  | 'request'
  /** The same, but it may be waiting for something that never comes: counted for a while only. */
  | 'channel'
  /** Works now and then, unseen: counted for a moment after each sign of life. */
  | 'worker'
  | 'other'

export class RealWork {
  readonly #belongs: () => boolean
  readonly #requests = new Set<number>()
  /** Until when each counts, in real milliseconds. */
  readonly #doubtful = new Map<number, { readonly kind: Kind; until: number }>()
  readonly #hook
  readonly #now = performance.now.bind(performance)

  /** @param belongs - whether the running code is a simulated program's */
  constructor(belongs: () => boolean) {
    this.#belongs = belongs
    this.#hook = createHook({
      init: (id, type) => {
        // By far the most, and of no interest.
        if (type === 'PROMISE' || type === 'TickObject') return
        this.#begin(id, type)
      },
      after: id => this.#end(id),
    })
  }

  start(): void {
    this.#hook.enable()
  }

  stop(): void {
    this.#hook.disable()
    this.#requests.clear()
    this.#doubtful.clear()
  }

  get isUnderWay(): boolean {
    if (this.#requests.size > 0) return true
    if (this.#doubtful.size === 0) return false
    const now = this.#now()
    for (const [id, { until }] of this.#doubtful) if (until < now) this.#doubtful.delete(id)
    return this.#doubtful.size > 0
  }

  #begin(id: number, type: string): void {
    const kind = kindOf(type)
    if (kind === 'other' || !this.#belongs()) return
    if (kind === 'request') this.#requests.add(id)
    else this.#doubtful.set(id, { kind, until: this.#now() + graceMs[kind] })
  }

  #end(id: number): void {
    this.#requests.delete(id)
    const doubtful = this.#doubtful.get(id)
    if (doubtful === undefined) return
    if (doubtful.kind === 'worker') doubtful.until = this.#now() + graceMs.worker
    else this.#doubtful.delete(id)
  }
}

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
  if (isRequest.test(type) || (type.endsWith('REQUEST') && !type.startsWith('HTTP'))) return 'request'
  return 'other'
}

const graceMs = { channel: 1000, worker: 5 } as const
