// `plainwire/sim`: a network of machines in this process, in virtual time, from a seed.

export type { ChaosOptions, FaultKind, FaultPlan, PlannedFault } from './faults/chaos.ts'
export type { ToxicOptions } from './faults/toxics.ts'
export type { LinkConditions } from './links/conditions.ts'
export type { Capture } from './observe/capture.ts'
export type { CapturedPacket } from './observe/captured-packet.ts'
export { type CheckOptions, checkRepeatable, type Scenario } from './observe/check.ts'
export type { LadderOptions } from './observe/ladder.ts'
export type { ZoneSource } from './services/name-server.ts'
export type { EchoOutcome } from './stack/icmp.ts'
export type { Machine, MachineOptions, PingOptions } from './topology/machine.ts'
export type { HostsFile } from './topology/names.ts'
export {
  type AddedToxic,
  type NameServerOptions,
  Network,
  type NetworkOptions,
  type RecursiveServerOptions,
  type UntilOptions,
} from './topology/network.ts'
export type { Nic } from './topology/nic.ts'
export type { Partition, PartitionOptions } from './topology/partition.ts'
export type { NatOptions, PortForward, Router, RouterOptions } from './topology/router.ts'
export type { RouteOptions } from './topology/routes.ts'
export type { NicOptions, NicPlan, Switch, SwitchOptions } from './topology/switch.ts'
export type { Vpn, VpnMemberOptions, VpnOptions } from './topology/vpn.ts'
export type { Duration, Rate, Size } from './units.ts'
