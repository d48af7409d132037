// The rules at the head of src/host/types.ts, as tests that every host has to pass. A host's own test file calls
// `hostContract` with a way to make one; the parts are in files of their own beside this one.

import type { Host } from '../../src/host/types.ts'
import { addressContract } from './contract-addresses.ts'
import { closeContract } from './contract-close.ts'
import { dataContract } from './contract-data.ts'
import { datagramContract } from './contract-datagrams.ts'
import { machineContract } from './contract-machine.ts'

export interface HostUnderTest {
  readonly name: string
  /** A host with IPv4 and IPv6 loopback; called once. */
  readonly host: Host
  /** A path that nobody uses yet. */
  freePath(): string
}

export function hostContract(tested: HostUnderTest): void {
  dataContract(tested)
  closeContract(tested)
  addressContract(tested)
  machineContract(tested)
  datagramContract(tested)
}
