// What a machine needs of its network.

import type { Toxic } from '../faults/toxics.ts'
import type { Capture } from '../observe/capture.ts'
import type { Timeline } from '../time/timeline.ts'
import type { MacAddress } from '../types.ts'
import type { Nic, NicOwner } from './nic.ts'
import type { Switch } from './switch.ts'

export interface Surroundings {
  readonly seed: number
  readonly timeline: Timeline
  /** The date at the beginning, in milliseconds since 1970. */
  readonly epoch: number
  /** Whether setTimeout, Date and kin follow the machine's clock. */
  readonly programTime: boolean
  defaultNics(): Switch[]
  claimMac(wanted: MacAddress | undefined, owner: string): MacAddress
  /** Registers a card that a machine got later. */
  noteCard(nic: Nic, owner: NicOwner): void
  captureOf(nics: readonly Nic[], name: string): Capture
  /** A name's addresses as a machine finds them: those on its own switches first. */
  addressesFor(asker: NicOwner, name: string): readonly string[]
  machineAt(address: string): NicOwner | undefined
  toxicsFor(client: NicOwner, address: string, port: number): Toxic[]
}
