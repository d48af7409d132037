// A machine's life from one start to a crash: its gate, clock, stack and host. A restart makes another.

import type { Host, ResolverConfiguration } from '../../host/types.ts'
import { ToxicHost } from '../faults/toxic-host.ts'
import { SimHost } from '../host/sim-host.ts'
import { randomFor } from '../randomness.ts'
import { IpStack } from '../stack/ip-stack.ts'
import { MachineClock } from '../time/machine-clock.ts'
import { Gate, type Timeline } from '../time/timeline.ts'
import type { Frame, Scheduler } from '../types.ts'
import { formatDuration } from '../units.ts'
import { type HostsFile, MachineNames } from './names.ts'
import { type Nat, NetworkAddressTranslator } from './nat.ts'
import type { Nic, NicOwner } from './nic.ts'
import type { Route } from './routes.ts'
import type { Surroundings } from './surroundings.ts'

/** The machine that starts. */
interface StartingMachine extends NicOwner {
  readonly network: Surroundings
  readonly nics: readonly Nic[]
  readonly isRouter: boolean
  readonly hosts: HostsFile
  readonly nameServers: readonly string[]
  readonly resolver: ResolverConfiguration | undefined
}

export class Incarnation {
  readonly gate = new Gate()
  readonly clock: MachineClock
  readonly stack: IpStack
  readonly host: Host
  readonly #timeline: Timeline
  readonly #own: SimHost
  #kept = 0

  /** @param number - counts the machine's starts */
  constructor(machine: StartingMachine, number: number, nat: Nat | undefined) {
    const { network, name } = machine
    const { timeline } = network
    this.#timeline = timeline
    this.clock = new MachineClock({
      timeline,
      gate: this.gate,
      epoch: network.epoch,
      isForPrograms: network.programTime,
    })
    const label = `machine ${name} ${number}`
    this.stack = new IpStack({ scheduler: gated(timeline, this.gate), random: randomFor(network.seed, label) })
    this.stack.isForwarding = machine.isRouter
    if (nat !== undefined) this.stack.translator = new NetworkAddressTranslator(nat)
    for (const nic of machine.nics) this.stack.addCard(nic)
    const names = new MachineNames({
      hosts: machine.hosts,
      nameServers: machine.nameServers,
      neighbours: asked => network.addressesFor(machine, asked),
      neighbourAt: address => network.machineAt(address)?.name,
    })
    this.#own = new SimHost({
      name,
      stack: this.stack,
      clock: this.clock,
      names,
      random: randomFor(network.seed, `programs of ${label}`),
    })
    this.host = new ToxicHost(
      this.#own,
      machine.resolver,
      (address, port) => network.toxicsFor(machine, address, port),
      randomFor(network.seed, `toxics of ${label}`),
    )
  }

  addRoute({ destination, via, nic }: Route): void {
    this.stack.addRoute({ destination, via, card: nic })
  }

  receive(nic: Nic, frame: Frame): void {
    this.stack.receive(nic, frame)
  }

  /** While the machine is paused its cards queue a limited number of frames, and drop further ones. */
  keep(nic: Nic, frame: Frame): void {
    if (this.#kept >= MAX_KEPT) return
    this.#kept++
    this.#timeline.schedule(
      0,
      () => {
        this.#kept--
        this.stack.receive(nic, frame)
      },
      this.gate,
    )
  }

  end(): void {
    this.stack.halt()
    this.gate.shut()
  }

  /** The connections, ports and timers that its programs wait for, a line each. */
  describeWaiting(): string[] {
    const lines: string[] = []
    for (const { state, local, localPort, remote, remotePort } of this.stack.tcp.endpoints) {
      if (state !== 'time-wait') lines.push(`connection ${local}:${localPort} to ${remote}:${remotePort}: ${state}`)
    }
    lines.push(...this.#own.describeOpen().filter(line => !line.startsWith('connection ')))
    const now = this.#timeline.now()
    for (const { at, isBackground } of this.#timeline.pending(this.gate).slice(0, MAX_DESCRIBED)) {
      if (!isBackground) lines.push(`a timer, due in ${formatDuration(at - now)}`)
    }
    return lines.length > MAX_DESCRIBED
      ? [...lines.slice(0, MAX_DESCRIBED), `and ${lines.length - MAX_DESCRIBED} more`]
      : lines
  }
}

/** The timeline as one machine sees it: its events do not run while it is paused, or after its end. */
function gated(timeline: Timeline, gate: Gate): Scheduler {
  return {
    now: () => timeline.now(),
    schedule: (after, what) => timeline.schedule(after, what, gate),
    scheduleBackground: (after, what) => timeline.schedule(after, what, gate, true),
    wake: () => timeline.wake(),
  }
}

const MAX_KEPT = 256
const MAX_DESCRIBED = 20
