// One run of a scenario: what its listeners and callbacks heard, step by step, and the one of them that throws.

import type { EventEmitter } from 'node:events'
import type { Modules } from '../support/implementations.ts'
import type { Loopback } from './loopback.ts'

/** The two ends of an exchange. What each heard is kept in its order; between the two the network decides. */
export type End = 'client' | 'server'

/** 'last': the listener does its work, then throws. 'first': it throws in place of its work. */
export type ThrowMode = 'last' | 'first'

/** What is thrown from, and how. */
export interface Cell {
  /** `client socket 'data' 1`: the end, the object's name, the event or callback, and which time it is heard. */
  readonly key: string
  readonly mode: ThrowMode
}

/** What one object or callback heard: its name, and what was heard. */
export type Line = readonly [object: string, text: string]

/** What each end heard in a step; `process` has the uncaught exceptions, and what was thrown into the program's own calls. */
export type Heard = Record<End | 'process', Line[]>

export interface Outcome {
  readonly steps: Record<string, Heard>
  /** Every event and callback heard, in the order of hearing, with the step. */
  readonly occurrences: Occurrence[]
  /** Resources that the run left behind. */
  readonly left: string[]
  /** The run ended its process, in this way. */
  readonly ended?: string
}

export interface Occurrence {
  readonly step: string
  readonly key: string
  /** Of what emits the event, from its own to its parents'; a callback has none. */
  readonly classes: readonly string[]
  readonly event: string
}

export type Scenario = (scene: Scene) => Promise<void>

type Handler = (...args: never[]) => unknown

export class Scene {
  readonly modules: Modules
  readonly #loopback: Loopback
  readonly #cell: Cell | undefined
  readonly #counts = new Map<string, number>()
  readonly steps: Record<string, Heard> = {}
  readonly occurrences: Occurrence[] = []
  readonly #thrown = new Error('thrown by the matrix')
  #stepName = ''
  #step: Heard = nothing()
  readonly #occurred = new Set<string>()
  #changes = 0
  #awaited: { readonly key: string; resolve(): void } | undefined

  constructor(modules: Modules, loopback: Loopback, cell?: Cell) {
    this.modules = modules
    this.#loopback = loopback
    this.#cell = cell
  }

  /** Listens for events whose only effect is to be heard. */
  watch<T extends EventEmitter>(end: End, name: string, emitter: T, events: readonly string[]): T {
    for (const event of events) this.on(end, name, emitter, event)
    return emitter
  }

  on(end: End, name: string, emitter: EventEmitter, event: string, handler?: Handler): void {
    emitter.on(event, this.#listener(end, name, `'${event}'`, handler, classesOf(emitter)) as () => void)
  }

  /** Hears an object that is not under test: nothing is thrown from its listeners. */
  observe(end: End, name: string, emitter: EventEmitter, events: readonly string[]): void {
    for (const event of events) {
      emitter.on(event, (...args: unknown[]) => {
        this.#occur(end, `${name} '${event}'`)
        this.#hear(end, name, `'${event}'`, args)
      })
    }
  }

  /** A callback to hand to a method; `work` is what it does, and its result the callback's. */
  callback(end: End, name: string, work?: Handler): (...args: unknown[]) => never {
    return this.#listener(end, name, 'callback', work, []) as (...args: unknown[]) => never
  }

  /** Acts, and waits until nothing more is heard; `until` names what has to be heard before that, for what takes time. */
  async step(name: string, act: () => unknown, until?: string): Promise<void> {
    this.#stepName = name
    this.#step = this.steps[name] = nothing()
    this.act(act)
    await this.settle(until)
  }

  /** Runs the program's own code: what is thrown into it is noted, as an event of the process. */
  act(code: () => unknown): void {
    try {
      code()
    } catch (error) {
      this.#note('process', 'thrown into the program', this.#describe(error))
    }
  }

  note(end: End, object: string, text: string): void {
    this.#note(end, object, text)
  }

  receiveUncaught(error: unknown): void {
    this.#note('process', 'uncaught', this.#describe(error))
  }

  #listener(end: End, name: string, event: string, handler: Handler | undefined, classes: readonly string[]) {
    const scene = this
    return function (this: unknown, ...args: never[]): unknown {
      const label = `${name} ${event}`
      const key = scene.#occur(end, label)
      scene.occurrences.push({ step: scene.#stepName, key, classes, event: event.replaceAll("'", '') })
      scene.#hear(end, name, event, args)
      const mode = scene.#cell?.key === key ? scene.#cell.mode : undefined
      if (mode === 'first') throw scene.#thrown
      const result = handler?.apply(this, args)
      if (mode === 'last') throw scene.#thrown
      return result
    }
  }

  #occur(end: End, label: string): string {
    const occurrence = (this.#counts.get(`${end} ${label}`) ?? 0) + 1
    this.#counts.set(`${end} ${label}`, occurrence)
    const key = `${end} ${label} ${occurrence}`
    this.#occurred.add(key)
    if (this.#awaited?.key === key) this.#awaited.resolve()
    return key
  }

  /** Resolves when that is heard, or when it is plain that it will not be. */
  #hearing(key: string): Promise<void> {
    return new Promise(resolve => {
      const timer = setTimeout(resolve, PATIENCE_MS)
      this.#awaited = {
        key,
        resolve: () => {
          clearTimeout(timer)
          resolve()
        },
      }
    })
  }

  #hear(end: End, name: string, event: string, args: readonly unknown[]): void {
    const [first] = args
    if (event === "'data'" && (first instanceof Uint8Array || typeof first === 'string')) {
      this.#hearData(end, name, first)
      return
    }
    const text = [event, ...args.map(describe).filter(text => text !== '')].join(' ')
    if (event === "'goaway'" && this.#isRepeated(end, name, text)) this.#changes++
    else this.#note(end, name, text)
  }

  /** A session that closes says GOAWAY, and once more when it goes: whether its peer is there to hear that is the network's business. */
  #isRepeated(end: End, name: string, text: string): boolean {
    const isRepeated = this.#goaways.get(`${end} ${name}`) === text
    this.#goaways.set(`${end} ${name}`, text)
    return isRepeated
  }
  readonly #goaways = new Map<string, string>()

  /** Where the bytes were cut is the network's business: pieces that follow one another are one. */
  #hearData(end: End, name: string, data: Uint8Array | string): void {
    const text = typeof data === 'string' ? data : Buffer.from(data).toString('latin1')
    const lines = this.#step[end]
    const last = lines.at(-1)
    if (last?.[0] === name && last[1].startsWith(`'data': `)) lines[lines.length - 1] = [name, shorten(last[1] + text)]
    else lines.push([name, shorten(`'data': ${text}`)])
    this.#changes++
  }

  #note(end: End | 'process', object: string, text: string): void {
    this.#step[end].push([object, text])
    this.#changes++
  }

  #describe(error: unknown): string {
    return error === this.#thrown ? 'the exception' : describe(error)
  }

  /** Waits until nothing more is heard. */
  async settle(until?: string): Promise<void> {
    if (until !== undefined && !this.#occurred.has(until)) await this.#hearing(until)
    for (let quiet = 0; quiet < QUIET_ROUNDS; quiet++) {
      const before = this.#changes
      await this.#loopback.pass()
      if (this.#changes !== before) quiet = -1
    }
  }
}

/** Rounds over loopback without an event after which a step is over. */
const QUIET_ROUNDS = 5

/** For what a throw has kept from happening. */
const PATIENCE_MS = 400

const LONGEST_TEXT = 400

function nothing(): Heard {
  return { client: [], server: [], process: [] }
}

function classesOf(emitter: object): string[] {
  const names: string[] = []
  for (let one = Object.getPrototypeOf(emitter); one !== null; one = Object.getPrototypeOf(one)) {
    names.push(one.constructor.name)
  }
  return names
}

/** Neither the time of day, nor a port, nor a long body is compared to the letter. */
function shorten(text: string): string {
  const same = text.replace(/Date: [^\r]*\r\n/g, '').replace(/(Host: [^\r]*):\d{4,5}/g, '$1')
  return same.length > LONGEST_TEXT ? `${same.slice(0, LONGEST_TEXT)}...` : same
}

/** What can be compared of an argument: codes of errors, plain values. */
function describe(value: unknown): string {
  if (value instanceof Error) return `${value.name}:${(value as NodeJS.ErrnoException).code ?? value.message}`
  if (typeof value === 'boolean' || typeof value === 'string') return String(value)
  if (Number.isInteger(value) && (value as number) < 1024) return String(value)
  return ''
}
