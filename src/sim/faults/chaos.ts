// A plan of faults drawn from the seed: which, when, and for how long. The plan is made before anything happens, so it
// can be printed; the same seed draws the same plan.

import { invalidArgValue } from '../../core/errors.ts'
import { validateOneOf } from '../../core/validate.ts'
import type { LinkConditions } from '../links/conditions.ts'
import { below, fraction, randomFor } from '../randomness.ts'
import type { Timeline } from '../time/timeline.ts'
import type { Machine } from '../topology/machine.ts'
import type { Nanoseconds } from '../types.ts'
import { type Duration, formatDuration, formatInstant, parseDuration } from '../units.ts'

export type FaultKind = 'partition' | 'one-way' | 'crash' | 'pause' | 'skew' | 'loss' | 'latency'

export interface ChaosOptions {
  /** How long the chaos lasts, from now on. */
  readonly for: Duration
  /** The mean time between faults. Default: a tenth of `for`. */
  readonly every?: Duration | undefined
  /** The longest duration of a fault. Default: twice `every`. */
  readonly upTo?: Duration | undefined
  /** Default: all machines of the network but routers. */
  readonly hosts?: readonly (string | Machine)[] | undefined
  /** Default: all kinds. */
  readonly kinds?: readonly FaultKind[] | undefined
}

export interface PlannedFault {
  readonly kind: FaultKind
  /** Instants of simulated time. */
  readonly at: Nanoseconds
  readonly until: Nanoseconds
  readonly hosts: readonly string[]
  /** A description in words. */
  readonly text: string
}

export class FaultPlan {
  readonly faults: readonly PlannedFault[]

  constructor(faults: readonly PlannedFault[]) {
    this.faults = faults
  }

  toString(): string {
    return this.faults
      .map(({ at, until, text }) => `${formatInstant(at)}: ${text} for ${formatDuration(until - at)}`)
      .join('\n')
  }
}

/** The network that faults happen to. */
interface FaultyNetwork {
  readonly seed: number
  readonly timeline: Timeline
  readonly machines: readonly Machine[]
  machine(nameOrMachine: string | Machine): Machine
  partition(
    group: Machine | readonly Machine[],
    others: readonly Machine[],
    options?: { readonly direction?: 'to' },
  ): { heal(): void }
}

/** Draws a plan and schedules it. All faults end within its time. */
export function unleash(net: FaultyNetwork, options: ChaosOptions): FaultPlan {
  const span = parseDuration(options.for, 'for')
  const every = options.every === undefined ? span / 10 : parseDuration(options.every, 'every')
  if (every <= 0) throw invalidArgValue('every', options.every, 'must be above zero')
  const upTo = options.upTo === undefined ? 2 * every : parseDuration(options.upTo, 'upTo')
  const kinds = options.kinds ?? allKinds
  for (const kind of kinds) validateOneOf(kind, 'kinds', allKinds)
  const hosts = options.hosts?.map(host => net.machine(host)) ?? net.machines.filter(machine => !machine.isRouter)
  if (hosts.length === 0) throw invalidArgValue('hosts', options.hosts, 'must name a machine at least')
  const begin = net.timeline.now()
  const random = randomFor(net.seed, `chaos ${begin}`)
  const faults: Scheduled[] = []
  // Exponential gaps: faults are independent of each other, and may overlap.
  for (let at = begin; ; ) {
    at += Math.round(-Math.log(1 - fraction(random)) * every)
    if (at >= begin + span) break
    const until = Math.min(begin + span, at + 1e6 + below(random, upTo))
    const drawn = kinds[below(random, kinds.length)] as FaultKind
    const pick = () => hosts[below(random, hosts.length)] as Machine
    faults.push({ at, until, ...makers[drawn](net, pick, () => fraction(random), hosts) })
  }
  for (const { at, until, start } of faults) {
    net.timeline.schedule(at - begin, () => {
      const heal = start()
      net.timeline.schedule(until - at, heal)
    })
  }
  return new FaultPlan(faults.map(({ kind, at, until, hosts, text }) => ({ kind, at, until, hosts, text })))
}

interface Drawn {
  readonly kind: FaultKind
  readonly hosts: readonly string[]
  readonly text: string
  /** Begins the fault. @returns a function that ends it */
  start(): () => void
}

type Scheduled = Drawn & { readonly at: Nanoseconds; readonly until: Nanoseconds }

type Maker = (net: FaultyNetwork, pick: () => Machine, chance: () => number, hosts: readonly Machine[]) => Drawn

const makers: Readonly<Record<FaultKind, Maker>> = {
  partition: (net, _, chance, hosts) => {
    const group = hosts.filter(() => chance() < 0.5)
    const others = hosts.filter(host => !group.includes(host))
    const names = group.map(({ name }) => name)
    return {
      kind: 'partition',
      hosts: names,
      text: `[${names.join(', ')}] cut off from [${others.map(({ name }) => name).join(', ')}]`,
      start: () => healing(net.partition(group, others)),
    }
  },
  'one-way': (net, pick, _, hosts) => {
    const host = pick()
    const others = hosts.filter(other => other !== host)
    return {
      kind: 'one-way',
      hosts: [host.name],
      text: `${host.name} hears the others, and they do not hear it`,
      start: () => healing(net.partition(host, others, { direction: 'to' })),
    }
  },
  crash: (_, pick) => {
    const host = pick()
    return {
      kind: 'crash',
      hosts: [host.name],
      text: `${host.name} is down`,
      start: () => {
        host.crash()
        return () => host.state === 'down' && host.restart()
      },
    }
  },
  pause: (_, pick) => {
    const host = pick()
    return {
      kind: 'pause',
      hosts: [host.name],
      text: `${host.name} is paused`,
      start: () => {
        host.pause()
        return () => host.resume()
      },
    }
  },
  skew: (_, pick, chance) => {
    const host = pick()
    const ms = Math.round((chance() - 0.5) * 20_000)
    return {
      kind: 'skew',
      hosts: [host.name],
      text: `the clock of ${host.name} is ${ms} ms off`,
      start: () => {
        host.skewClock(ms)
        return () => host.skewClock(0)
      },
    }
  },
  loss: (_, pick, chance) => {
    const host = pick()
    const loss = Math.round(chance() * 50) / 100
    return {
      kind: 'loss',
      hosts: [host.name],
      text: `${host.name} loses ${loss * 100} % of its frames`,
      start: () => impaired(host, { loss }),
    }
  },
  latency: (_, pick, chance) => {
    const host = pick()
    const ms = Math.round(chance() * 1000)
    return {
      kind: 'latency',
      hosts: [host.name],
      text: `the cable of ${host.name} takes ${ms} ms more`,
      start: () => impaired(host, { latency: ms }),
    }
  },
}

function healing(partition: { heal(): void }): () => void {
  return () => partition.heal()
}

/** Impairs all cards of a machine, in addition to their conditions. */
function impaired(host: Machine, conditions: LinkConditions): () => void {
  const repairs = host.nics.map(nic => host.impair(conditions, nic))
  return () => {
    for (const repair of repairs) repair()
  }
}

const allKinds: readonly FaultKind[] = ['partition', 'one-way', 'crash', 'pause', 'skew', 'loss', 'latency']
