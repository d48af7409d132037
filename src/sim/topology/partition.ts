// Machines that cannot reach each other, whatever the topology between them: packets are dropped at the cards, by their
// addresses. Partitions may overlap; a pair is connected again when the last one between them has healed.

import { validateOneOf } from '../../core/validate.ts'
import type { Timeline } from '../time/timeline.ts'
import type { ScheduledEvent } from '../types.ts'
import { type Duration, parseDuration } from '../units.ts'
import type { Machine } from './machine.ts'

export interface PartitionOptions {
  /** Heals by itself after this duration. Default: it lasts until `heal()`. */
  readonly for?: Duration | undefined
  /** The direction in which packets are lost. Default: both. */
  readonly direction?: 'both' | 'to' | 'from' | undefined
}

export class Partition {
  readonly #pairs: (readonly [from: Machine, to: Machine])[] = []
  #healing: ScheduledEvent | undefined
  #isHealed = false

  constructor(
    timeline: Timeline,
    group: readonly Machine[],
    others: readonly Machine[],
    { for: span, direction = 'both' }: PartitionOptions,
  ) {
    validateOneOf(direction, 'direction', ['both', 'to', 'from'])
    const duration = span === undefined ? undefined : parseDuration(span, 'for')
    for (const one of group) {
      for (const other of others) {
        if (one === other) continue
        if (direction !== 'from') this.#pairs.push([one, other])
        if (direction !== 'to') this.#pairs.push([other, one])
      }
    }
    for (const [from, to] of this.#pairs) count(from, to, 1)
    if (duration !== undefined) this.#healing = timeline.schedule(duration, () => this.heal())
  }

  get isHealed(): boolean {
    return this.#isHealed
  }

  heal(): void {
    if (this.#isHealed) return
    this.#isHealed = true
    this.#healing?.cancel()
    for (const [from, to] of this.#pairs) count(from, to, -1)
  }
}

/** The sender drops by destination, the receiver by source: behind a NAT only one of them sees the other's address. */
function count(from: Machine, to: Machine, change: 1 | -1): void {
  for (const address of to.addresses) add(from.cuts.to, address, change)
  for (const address of from.addresses) add(to.cuts.from, address, change)
}

function add(cuts: Map<string, number>, address: string, change: 1 | -1): void {
  const sum = (cuts.get(address) ?? 0) + change
  if (sum === 0) cuts.delete(address)
  else cuts.set(address, sum)
}
