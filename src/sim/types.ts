// The interfaces between the parts of the simulated network: time, cards, and frames.

import type { Frame, MacAddress } from './wire/packets.ts'

export type { Frame, MacAddress } from './wire/packets.ts'

/** Instants and spans of simulated time: whole nanoseconds since the network's beginning, as a number (2^53 ns are 104 days). */
export type Nanoseconds = number

/** Schedules callbacks in virtual time. */
export interface Scheduler {
  now(): Nanoseconds
  schedule(after: Nanoseconds, what: () => void): ScheduledEvent
  /** The same for background events, such as the end of TIME_WAIT or a keep-alive probe. Default: `schedule`. */
  scheduleBackground?(after: Nanoseconds, what: () => void): ScheduledEvent
  /** Called before program code (a sink's method): its microtasks and ticks are run before the next event. */
  wake?(): void
}

export interface ScheduledEvent {
  cancel(): void
}

/** A card's address with the prefix length of its network. */
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
  /** Whether the card sends and receives frames. */
  readonly up: boolean
  /** Never calls back into the stack at once: arriving frames are delivered by events of their own. */
  transmit(frame: Frame): void
}
