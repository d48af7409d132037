// `plainwire/sim`: a network of machines in this process, in virtual time, from a seed.

export type { Capture, CapturedPacket } from './capture.ts'
export { type CheckOptions, checkRepeatable, type Scenario } from './check.ts'
export type { ChaosOptions, FaultKind, FaultPlan, PlannedFault } from './faults/chaos.ts'
export type { ToxicOptions } from './faults/toxics.ts'
export type { LadderOptions } from './ladder.ts'
export type { LinkConditions } from './links/conditions.ts'
export type { Machine, MachineOptions, PingOptions } from './machine.ts'
export type { HostsFile } from './names.ts'
export {
  type AddedToxic,
  type NameServerOptions,
  Network,
  type NetworkOptions,
  type RecursiveServerOptions,
  type UntilOptions,
} from './network.ts'
export type { Nic } from './nic.ts'
export type { Partition, PartitionOptions } from './partition.ts'
export type { NatOptions, PortForward, Router, RouterOptions } from './router.ts'
export type { RouteOptions } from './routes.ts'
export type { ZoneSource } from './services/name-server.ts'
export type { EchoOutcome } from './stack/icmp.ts'
export type { NicOptions, NicPlan, Switch, SwitchOptions } from './switch.ts'
export type { Duration, Rate, Size } from './units.ts'
export type { Vpn, VpnMemberOptions, VpnOptions } from './vpn.ts'
