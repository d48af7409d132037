// Machines on one link for tests of stack and host: no switch, no conditions, a fixed delay, and time that passes as soon as
// all programs wait.

import { setImmediate } from 'node:timers'
import { SeededRandom } from '../../src/host/seeded-random.ts'
import { SimHost } from '../../src/sim/host/sim-host.ts'
import { IpStack } from '../../src/sim/stack/ip-stack.ts'
import { MachineClock } from '../../src/sim/time/machine-clock.ts'
import { Gate, Timeline } from '../../src/sim/time/timeline.ts'
import type { Frame, InterfaceAddress, NetworkCard, Scheduler } from '../../src/sim/types.ts'
import { frameLength } from '../../src/sim/wire/ethernet.ts'

/** A timeline that moves by itself: an event after the other, program code in between. */
export class RunningTimeline extends Timeline {
  #isScheduled = false
  readonly #turn = () => {
    this.#isScheduled = false
    for (let budget = 1000; budget > 0 && this.runNext(); budget--) if (this.takeWoken()) break
    if (this.nextAt() < Number.POSITIVE_INFINITY) this.#wakeUp()
  }

  constructor() {
    super()
    this.onEarlier = () => this.#wakeUp()
  }

  #wakeUp(): void {
    if (this.#isScheduled) return
    this.#isScheduled = true
    setImmediate(this.#turn)
  }
}

export interface LinkOptions {
  readonly delay?: number
  /** Bits per second. */
  readonly bandwidth?: number
  /** Whether a frame is lost. */
  readonly loses?: (frame: Frame, number: number) => boolean
}

interface Plug {
  readonly stack: IpStack
  readonly card: NetworkCard
}

/** What every card on it hears from every other. */
export class TestLink {
  readonly frames: Frame[] = []
  /** Without it, long runs keep all they sent. */
  isRecording = true
  count = 0
  options: LinkOptions
  readonly #timeline: Timeline
  readonly #plugs: Plug[] = []
  readonly #freeAt = new Map<NetworkCard, number>()

  constructor(timeline: Timeline, options: LinkOptions = {}) {
    this.#timeline = timeline
    this.options = options
  }

  plug(stack: IpStack, name: string, mac: string, addresses: readonly InterfaceAddress[], mtu = 1500): NetworkCard {
    const card: NetworkCard = { name, mac, mtu, addresses, up: true, transmit: frame => this.#carry(card, frame) }
    this.#plugs.push({ stack, card })
    stack.addCard(card)
    return card
  }

  #carry(from: NetworkCard, frame: Frame): void {
    const { delay = 0, bandwidth, loses } = this.options
    const number = this.count++
    if (this.isRecording) this.frames.push(frame)
    const now = this.#timeline.now()
    let departure = now
    if (bandwidth !== undefined) {
      departure = Math.max(this.#freeAt.get(from) ?? 0, now) + (frameLength(frame) * 8e9) / bandwidth
      this.#freeAt.set(from, departure)
    }
    if (loses?.(frame, number)) return
    for (const { stack, card } of this.#plugs) {
      if (card === from) continue
      this.#timeline.schedule(departure - now + delay, () => stack.receive(card, frame))
    }
  }
}

export function schedulerOf(timeline: Timeline): Scheduler {
  return {
    now: () => timeline.now(),
    schedule: (after, what) => timeline.schedule(after, what),
    scheduleBackground: (after, what) => timeline.schedule(after, what, undefined, true),
  }
}

export function testStack(timeline: Timeline, seed = 1): IpStack {
  return new IpStack({ scheduler: schedulerOf(timeline), random: new SeededRandom(seed) })
}

export function testHost(
  timeline: Timeline,
  stack: IpStack,
  name: string,
  names: Record<string, string[]> = {},
): SimHost {
  const all: Record<string, string[]> = { localhost: ['127.0.0.1', '::1'], ...names }
  return new SimHost({
    name,
    stack,
    clock: new MachineClock({ timeline, gate: new Gate(), epoch: 0 }),
    random: new SeededRandom(name.length),
    names: {
      nameServers: () => ['10.0.0.53'],
      addresses: (asked, done) => done(all[asked.toLowerCase()] ?? []),
      nameOf: address => Object.keys(all).find(one => all[one]?.includes(address)),
    },
  })
}

/** `10.0.0.n/24` and `fd00::n/64`. */
export function addressesOf(number: number): InterfaceAddress[] {
  return [
    { address: `10.0.0.${number}`, prefixLength: 24 },
    { address: `fd00::${number}`, prefixLength: 64 },
  ]
}

export interface Machine {
  readonly stack: IpStack
  readonly host: SimHost
  readonly card: NetworkCard
}

/** Machines 10.0.0.1, 10.0.0.2 ... on one link. */
export function machines(count: number, timeline: Timeline, link: TestLink, mtu?: number): Machine[] {
  return Array.from({ length: count }, (_, index) => {
    const number = index + 1
    const stack = testStack(timeline, number)
    const mac = `02:00:00:00:00:${number.toString(16).padStart(2, '0')}`
    const card = link.plug(stack, 'eth0', mac, addressesOf(number), mtu)
    return { stack, card, host: testHost(timeline, stack, `machine${number}`) }
  })
}
