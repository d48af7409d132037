// What the parts of the simulated network know of each other: time, cards, and the frames between them.

import type { Frame, MacAddress } from './wire/packets.ts'

export type { Frame, MacAddress } from './wire/packets.ts'

/** Instants and spans of simulated time: whole nanoseconds since the network's beginning, as a number (2^53 ns are 104 days). */
export type Nanoseconds = number

/** What makes things happen later. */
export interface Scheduler {
  now(): Nanoseconds
  schedule(after: Nanoseconds, what: () => void): ScheduledEvent
  /** The same for what nobody waits for: the end of TIME_WAIT, a keep-alive probe. Default: `schedule`. */
  scheduleBackground?(after: Nanoseconds, what: () => void): ScheduledEvent
  /** Said before program code is called (a sink's method): its microtasks and ticks run out before the next event. */
  wake?(): void
}

export interface ScheduledEvent {
  cancel(): void
}

/** An address with the size of its network, as a card bears it. */
export interface InterfaceAddress {
  /** IPv4 or IPv6, in canonical text. */
  readonly address: string
  /** Bits of the network part. */
  readonly prefixLength: number
}

/** A network card as its machine's stack sees it. What arrives on it goes to `IpStack.receive(card, frame)`. */
export interface NetworkCard {
  readonly name: string
  readonly mac: MacAddress
  /** Bytes of the largest packet that fits into a frame. */
  readonly mtu: number
  readonly addresses: readonly InterfaceAddress[]
  /** Whether frames come and go. */
  readonly up: boolean
  /** Never calls back into the stack at once: what arrives, arrives by an event of its own. */
  transmit(frame: Frame): void
}
