// Toxiproxy's toxics, by its names: faults in the byte stream of a connection. Packets are not affected; the conditions of
// links do that. https://github.com/Shopify/toxiproxy, "Toxics".

import { invalidArgValue } from '../../core/errors.ts'
import { validateInteger, validateObject, validateOneOf } from '../../core/validate.ts'
import type { SeededRandom } from '../../host/seeded-random.ts'
import type { Clock } from '../../host/types.ts'
import { below } from '../randomness.ts'
import { type Duration, parseDuration, parseProbability, parseRate, parseSize, type Rate, type Size } from '../units.ts'

export type ToxicOptions = {
  /** `upstream` is from the client to the server. Default: downstream. */
  readonly stream?: 'upstream' | 'downstream' | undefined
  /** The probability that a connection gets it. Default: 1. */
  readonly toxicity?: number | undefined
} & (
  | { readonly type: 'latency'; readonly latency: Duration; readonly jitter?: Duration | undefined }
  | { readonly type: 'bandwidth'; readonly rate: Rate }
  /** The end is delayed. */
  | { readonly type: 'slow_close'; readonly delay: Duration }
  /** No data passes; the connection closes after the timeout. Zero: never. */
  | { readonly type: 'timeout'; readonly timeout: Duration }
  /** The connection is reset after the timeout. */
  | { readonly type: 'reset_peer'; readonly timeout?: Duration | undefined }
  | {
      readonly type: 'slicer'
      readonly averageSize: Size
      readonly sizeVariation?: Size | undefined
      /** The delay between two slices. */
      readonly delay?: Duration | undefined
    }
  /** The connection closes once so many bytes have passed. */
  | { readonly type: 'limit_data'; readonly bytes: Size }
)

export interface Chunk {
  readonly bytes: Uint8Array
  readonly done: ((error?: Error | null) => void) | undefined
}

/** The output of a toxic: the next toxic, or after the last one the connection. */
export interface Outlet {
  push(chunk: Chunk): void
  end(): void
}

/** What a toxic may use besides. */
export interface Plumbing {
  readonly clock: Clock
  readonly random: SeededRandom
  /** Calls back once the connection is open. */
  onOpen(what: () => void): void
  close(): void
  /** Resets the connection at both ends. */
  reset(): void
}

/** Makes a toxic for one direction of one connection. */
export type ToxicMaker = (outlet: Outlet, plumbing: Plumbing) => Outlet

export interface Toxic {
  readonly stream: 'upstream' | 'downstream'
  readonly toxicity: number
  readonly make: ToxicMaker
}

/** @throws for unknown types and impossible values */
export function readToxic(options: ToxicOptions): Toxic {
  validateObject(options, 'toxic')
  const { stream = 'downstream', toxicity = 1 } = options
  validateOneOf(stream, 'toxic.stream', ['upstream', 'downstream'])
  return { stream, toxicity: parseProbability(toxicity, 'toxic.toxicity'), make: readMaker(options) }
}

function readMaker(options: ToxicOptions): ToxicMaker {
  switch (options.type) {
    case 'latency': {
      const latency = parseDuration(options.latency, 'toxic.latency')
      const jitter = parseDuration(options.jitter ?? 0, 'toxic.jitter')
      return (outlet, { clock, random }) =>
        new Delayed(clock, outlet, () => latency + (jitter === 0 ? 0 : below(random, 2 * jitter + 1) - jitter))
    }
    case 'bandwidth': {
      const rate = parseRate(options.rate, 'toxic.rate')
      return (outlet, { clock }) => new Queued(clock, outlet, bytes => (bytes.length * 8e9) / rate)
    }
    case 'slow_close': {
      const delay = parseDuration(options.delay, 'toxic.delay')
      return (outlet, { clock }) => ({
        push: chunk => outlet.push(chunk),
        end: () => void clock.setTimer(() => outlet.end(), delay / 1e6),
      })
    }
    case 'timeout': {
      const timeout = parseDuration(options.timeout, 'toxic.timeout')
      return (_, { clock, close, onOpen }) => {
        if (timeout > 0) onOpen(() => clock.setTimer(close, timeout / 1e6))
        return { push: ({ done }) => done?.(), end: () => {} }
      }
    }
    case 'reset_peer': {
      const timeout = parseDuration(options.timeout ?? 0, 'toxic.timeout')
      return (outlet, { clock, reset, onOpen }) => {
        onOpen(() => clock.setTimer(reset, timeout / 1e6))
        return outlet
      }
    }
    case 'slicer':
      return readSlicer(options)
    case 'limit_data': {
      const bytes = parseSize(options.bytes, 'toxic.bytes')
      return (outlet, { close }) => limited(outlet, bytes, close)
    }
    default:
      throw invalidArgValue('toxic.type', Reflect.get(options, 'type'), `must be one of: ${names.join(', ')}`)
  }
}

function readSlicer(options: ToxicOptions & { type: 'slicer' }): ToxicMaker {
  const average = parseSize(options.averageSize, 'toxic.averageSize')
  validateInteger(average, 'toxic.averageSize', 1)
  const variation = parseSize(options.sizeVariation ?? 0, 'toxic.sizeVariation')
  if (variation >= average) throw invalidArgValue('toxic.sizeVariation', variation, 'must be below the average size')
  const delay = parseDuration(options.delay ?? 0, 'toxic.delay')
  return (outlet, { clock, random }) => {
    const queue = new Queued(clock, outlet, () => delay)
    return {
      push: ({ bytes, done }) => {
        for (let at = 0; at < bytes.length; ) {
          const size = average + (variation === 0 ? 0 : below(random, 2 * variation + 1) - variation)
          const end = Math.min(bytes.length, at + size)
          queue.push({ bytes: bytes.subarray(at, end), done: end === bytes.length ? done : undefined })
          at = end
        }
      },
      end: () => queue.end(),
    }
  }
}

function limited(outlet: Outlet, bytes: number, close: () => void): Outlet {
  let left = bytes
  return {
    push: chunk => {
      if (left <= 0) return
      const part = chunk.bytes.subarray(0, left)
      left -= part.length
      outlet.push({ bytes: part, done: chunk.done })
      if (left === 0) close()
    },
    end: () => outlet.end(),
  }
}

/** Delays every chunk, and the end; the order stays. */
class Delayed implements Outlet {
  readonly #clock: Clock
  readonly #outlet: Outlet
  readonly #delay: () => number
  #lastMs = 0

  constructor(clock: Clock, outlet: Outlet, delay: () => number) {
    this.#clock = clock
    this.#outlet = outlet
    this.#delay = delay
  }

  push(chunk: Chunk): void {
    this.#later(() => this.#outlet.push(chunk))
  }

  end(): void {
    this.#later(() => this.#outlet.end())
  }

  #later(what: () => void): void {
    const now = this.#clock.monotonic()
    this.#lastMs = Math.max(this.#lastMs, now + Math.max(0, this.#delay()) / 1e6)
    this.#clock.setTimer(what, this.#lastMs - now)
  }
}

/** Lets chunks pass one after the other, each taking its own time. */
class Queued implements Outlet {
  readonly #clock: Clock
  readonly #outlet: Outlet
  readonly #cost: (bytes: Uint8Array) => number
  #freeMs = 0

  constructor(clock: Clock, outlet: Outlet, cost: (bytes: Uint8Array) => number) {
    this.#clock = clock
    this.#outlet = outlet
    this.#cost = cost
  }

  push(chunk: Chunk): void {
    const now = this.#clock.monotonic()
    this.#freeMs = Math.max(this.#freeMs, now) + this.#cost(chunk.bytes) / 1e6
    this.#clock.setTimer(() => this.#outlet.push(chunk), this.#freeMs - now)
  }

  end(): void {
    this.#clock.setTimer(() => this.#outlet.end(), Math.max(0, this.#freeMs - this.#clock.monotonic()))
  }
}

const names = ['latency', 'bandwidth', 'slow_close', 'timeout', 'reset_peer', 'slicer', 'limit_data']
