// A network in one process: switches, machines, and their virtual time. The same seed gives the same run, packet for packet.

import { randomInt } from 'node:crypto'
import { codedError, invalidArgType, invalidArgValue } from '../../core/errors.ts'
import { validateFunction, validateInteger, validateOneOf, validateString } from '../../core/validate.ts'
import { ambientHost, captureContext } from '../../host/ambient.ts'
import { type ChaosOptions, type FaultPlan, unleash } from '../faults/chaos.ts'
import { readToxic, type Toxic, type ToxicOptions } from '../faults/toxics.ts'
import { Capture } from '../observe/capture.ts'
import { frameCodec } from '../observe/frame-codec.ts'
import { noteFailure, noteNetwork } from '../observe/seed-note.ts'
import { readZones, serveZones, type ZoneSource } from '../services/name-server.ts'
import { serveRecursively } from '../services/recursive-server.ts'
import { Driver } from '../time/driver.ts'
import { followMachineClocks } from '../time/globals.ts'
import { MachineClock } from '../time/machine-clock.ts'
import { stopwatch } from '../time/real-time.ts'
import { RealWork } from '../time/real-work.ts'
import { Timeline } from '../time/timeline.ts'
import type { MacAddress } from '../types.ts'
import { type Duration, formatInstant, parseDuration } from '../units.ts'
import { parseAddress, parseMac } from './addresses.ts'
import { Machine, type MachineOptions } from './machine.ts'
import type { Nic, NicTap } from './nic.ts'
import { Partition, type PartitionOptions } from './partition.ts'
import { Router, type RouterOptions } from './router.ts'
import { Switch, type SwitchOptions } from './switch.ts'
import { Vpn, type VpnOptions } from './vpn.ts'

export interface NetworkOptions {
  /** A whole number. Default: the environment's PLAINWIRE_SEED, or a random one. */
  readonly seed?: number | undefined
  /** `virtual`: time jumps from event to event while a call of `until` or `run` is pending. Default: virtual. */
  readonly time?: 'virtual' | 'real' | undefined
  /** The date when it begins. Default: 2026-01-01T00:00:00Z, in every run. */
  readonly epoch?: Date | string | number | undefined
  /** Whether setTimeout, Date and kin follow the machine's clock inside of `host.run`. Default: true. */
  readonly programTime?: boolean | undefined
}

export interface UntilOptions {
  /** Simulated time after which the wait is rejected. Default: one hour. */
  readonly within?: Duration | undefined
}

export interface NameServerOptions extends MachineOptions {
  readonly zones: readonly ZoneSource[]
}

export interface RecursiveServerOptions extends MachineOptions {
  /** The root name servers, or those of the topmost zone: machines, or addresses. */
  readonly roots: readonly (string | Machine)[]
}

export interface AddedToxic {
  remove(): void
}

interface ToxicEntry {
  readonly client: Machine
  readonly server: Machine
  /** Undefined: every port. */
  readonly port: number | undefined
  readonly toxic: Toxic
}

export class Network {
  readonly seed: number
  readonly timeline: Timeline
  /** The date at the beginning, in milliseconds since 1970. */
  readonly epoch: number
  readonly programTime: boolean
  readonly #driver: Driver
  readonly #realWork: RealWork
  readonly #machines = new Map<string, Machine>()
  readonly #byAddress = new Map<string, Machine>()
  readonly #switches: Switch[] = []
  readonly #macs = new Map<MacAddress, string>()
  readonly #captures = new Set<Capture>()
  readonly #taps = new Set<NicTap>()
  readonly #toxics = new Set<ToxicEntry>()
  #nextMac = 1

  constructor(options: NetworkOptions = {}) {
    const { seed = defaultSeed(), time = 'virtual', epoch = DEFAULT_EPOCH, programTime = true } = options
    validateInteger(seed, 'seed')
    validateOneOf(time, 'time', ['virtual', 'real'])
    this.seed = seed
    this.epoch = readEpoch(epoch)
    this.programTime = programTime
    const isRealTime = time === 'real'
    const elapsed = isRealTime ? stopwatch() : undefined
    this.timeline = new Timeline({ elapsed })
    this.#realWork = new RealWork(() => this.#ownsRunningCode())
    this.#realWork.start()
    this.#driver = new Driver({
      timeline: this.timeline,
      hasRealWork: () => this.#realWork.isUnderWay,
      failure: reason => this.#vainWait(reason),
      isRealTime,
    })
    if (programTime) followMachineClocks()
    noteNetwork(this)
  }

  /** Milliseconds since the network's beginning. */
  get elapsed(): number {
    return this.timeline.now() / 1e6
  }

  get machines(): Machine[] {
    return [...this.#machines.values()]
  }

  get switches(): readonly Switch[] {
    return this.#switches
  }

  /** A switch: the machines plugged in reach each other. Its conditions apply once to each frame. */
  switch(options: SwitchOptions = {}): Switch {
    return this.#addSwitch(options, Number.POSITIVE_INFINITY)
  }

  /** A cable between two machines. */
  link(options: SwitchOptions = {}): Switch {
    return this.#addSwitch({ name: `link${this.#switches.length}`, ...options }, 2)
  }

  /** A machine. Others find it by its name. */
  host(name: string, options: MachineOptions = {}): Machine {
    this.#checkName(name)
    return this.#add(new Machine(this, name, options))
  }

  /** A machine that forwards packets between its cards' networks; machines there learn of it by themselves. */
  router(name: string, options: RouterOptions): Router {
    this.#checkName(name)
    const router = this.#add(new Router(this, name, options))
    for (const nic of router.nics) for (const { address } of nic.addresses) this.#announce(address, nic)
    return router
  }

  /** A machine with an authoritative name server at port 53. Machines query it if it is among their `nameServers`. */
  nameServer(name: string, { zones, ...options }: NameServerOptions): Machine {
    const read = readZones(zones)
    const machine = this.host(name, options)
    machine.run(() => serveZones(read))
    return machine
  }

  /** A machine with a recursive name server: it resolves names from the roots on, and caches the answers. */
  recursiveServer(name: string, { roots, ...options }: RecursiveServerOptions): Machine {
    const addresses = roots.map(root => (root instanceof Machine ? root.address : parseAddress(root, 'roots')))
    if (addresses.length === 0) throw invalidArgValue('roots', roots, 'must name a server at least')
    const machine = this.host(name, options)
    machine.run(() => serveRecursively(addresses))
    return machine
  }

  /** @throws for a name that no machine has */
  machine(nameOrMachine: string | Machine): Machine {
    if (nameOrMachine instanceof Machine) {
      if (nameOrMachine.network !== this) throw invalidArgValue('host', nameOrMachine.name, 'must be of this network')
      return nameOrMachine
    }
    const machine = this.#machines.get(String(nameOrMachine).toLowerCase())
    if (machine !== undefined) return machine
    const names = this.machines.map(({ name }) => name).join(', ') || 'none'
    throw invalidArgValue('host', nameOrMachine, `must be a machine of the network. There are: ${names}`)
  }

  machineAt(address: string): Machine | undefined {
    return this.#byAddress.get(address)
  }

  machineNamed(name: string): Machine | undefined {
    return this.#machines.get(name.toLowerCase())
  }

  /**
   * Advances time until the promise settles. @returns its value
   * @throws the promise's reason; or, on a deadlock, an error that lists what all programs are waiting for
   */
  until<T>(promise: PromiseLike<T> | T, { within = '1h' }: UntilOptions = {}): Promise<T> {
    this.#checkOutside('until')
    const waiting = this.#driver.until(Promise.resolve(promise), parseDuration(within, 'within'))
    return waiting.catch((error: unknown) => {
      throw noteFailure(error, this)
    })
  }

  /** Advances time by a duration. */
  run(duration: Duration): Promise<void> {
    this.#checkOutside('run')
    return this.#driver.run(parseDuration(duration, 'duration'))
  }

  /** Calls back at an instant of simulated time, counted from the network's beginning: `net.at('3s', () => server.crash())`. */
  at(instant: Duration, what: () => void): void {
    const at = parseDuration(instant, 'instant')
    const now = this.timeline.now()
    if (at < now) throw invalidArgValue('instant', instant, `must not be past: it is ${formatInstant(now)} now`)
    validateFunction(what, 'what')
    const inContext = captureContext()
    this.timeline.schedule(at - now, () => {
      this.timeline.wake()
      inContext(what)
    })
  }

  /** Cuts groups of machines off from each other, whatever the topology between them. */
  partition(
    group: string | Machine | readonly (string | Machine)[],
    others: string | Machine | readonly (string | Machine)[],
    options: PartitionOptions = {},
  ): Partition {
    const machines = (given: typeof group) => [given].flat().map(one => this.machine(one as string | Machine))
    return new Partition(this.timeline, machines(group), machines(others), options)
  }

  /** Captures what every card sends. */
  capture(): Capture {
    return this.captureOf(
      this.machines.flatMap(machine => machine.nics),
      'network',
      'out',
    )
  }

  /** Captures the packets of those cards. */
  captureOf(nics: readonly Nic[], name: string, direction?: 'out' | 'in'): Capture {
    const capture = new Capture({
      name: `${name}, seed ${this.seed}`,
      now: () => this.timeline.now(),
      epoch: this.epoch,
      direction,
    })
    for (const nic of nics) capture.watch(nic)
    // A capture of the network includes cards that are added later.
    if (direction !== undefined) this.#captures.add(capture)
    return capture
  }

  /** A virtual private network whose gateway is that machine; others join it: `vpn.join(laptop, { ... })`. */
  vpn(gateway: string | Machine, options: VpnOptions): Vpn {
    return new Vpn(this.machine(gateway), options)
  }

  /** Puts one of Toxiproxy's toxics into the connections that `client` makes to `server` from now on. */
  toxic(
    client: string | Machine,
    server: string | Machine,
    options: ToxicOptions & { readonly port?: number | undefined },
  ): AddedToxic {
    const entry = {
      client: this.machine(client),
      server: this.machine(server),
      port: options.port,
      toxic: readToxic(options),
    }
    this.#toxics.add(entry)
    return { remove: () => this.#toxics.delete(entry) }
  }

  /** Schedules faults drawn from the seed: partitions, crashes, pauses, wrong clocks, bad cables. @returns the plan */
  chaos(options: ChaosOptions): FaultPlan {
    return unleash(this, options)
  }

  toxicsFor(client: Machine, address: string, port: number): Toxic[] {
    if (this.#toxics.size === 0) return []
    const entries = [...this.#toxics].filter(one => one.client === client && (one.port ?? port) === port)
    return entries.filter(one => one.server.addresses.includes(address)).map(({ toxic }) => toxic)
  }

  /** A name's addresses as a machine finds them: those on its own switches first. */
  addressesFor(asker: Machine, name: string): readonly string[] {
    const machine = this.machineNamed(name)
    if (machine === undefined) return []
    const near = machine.nics.filter(nic => asker.switches.some(at => at.nics.includes(nic)))
    const far = machine.nics.filter(nic => !near.includes(nic))
    return [...near, ...far].flatMap(nic => nic.addresses.map(({ address }) => address))
  }

  /** Calls back for every frame of every card, also of machines that are added later. */
  watchAll(tap: NicTap): void {
    this.#taps.add(tap)
    for (const machine of this.machines) for (const nic of machine.nics) nic.taps.add(tap)
  }

  /** Ends all programs: all machines crash. */
  close(): void {
    for (const machine of this.machines) machine.crash()
    this.#realWork.stop()
  }

  /** The switch of a machine without a `nics` option. */
  defaultNics(): Switch[] {
    if (this.#switches.length === 1) return [...this.#switches]
    if (this.#switches.length === 0) return [this.switch()]
    const names = this.#switches.map(({ name }) => name).join(', ')
    throw invalidArgValue('nics', undefined, `must be given where there is more than one switch (${names})`)
  }

  /** Registers a card that a machine got later. */
  noteCard(nic: Nic, machine: Machine): void {
    for (const { address } of nic.addresses) if (!this.#byAddress.has(address)) this.#byAddress.set(address, machine)
    for (const tap of this.#taps) nic.taps.add(tap)
    for (const capture of this.#captures) capture.watch(nic)
  }

  claimMac(wanted: MacAddress | undefined, owner: string): MacAddress {
    const mac = wanted ?? this.#freeMac()
    const other = this.#macs.get(mac)
    if (other !== undefined) throw invalidArgValue('mac', mac, `is taken: it is that of a card of ${other}`)
    this.#macs.set(mac, owner)
    return mac
  }

  #addSwitch(options: SwitchOptions, ports: number): Switch {
    const environment = {
      scheduler: this.timeline,
      codec: frameCodec,
      seed: this.seed,
      number: this.#switches.length,
      ports,
    }
    const added = new Switch(environment, options)
    if (this.#switches.some(({ name }) => name === added.name)) {
      throw invalidArgValue('name', added.name, 'is taken by another switch')
    }
    this.#switches.push(added)
    return added
  }

  #add<M extends Machine>(machine: M): M {
    this.#machines.set(machine.name.toLowerCase(), machine)
    for (const address of machine.addresses) if (!this.#byAddress.has(address)) this.#byAddress.set(address, machine)
    for (const tap of this.#taps) for (const nic of machine.nics) nic.taps.add(tap)
    for (const capture of this.#captures) for (const nic of machine.nics) capture.watch(nic)
    for (const at of machine.switches) {
      for (const nic of at.nics) {
        if (!(nic.owner instanceof Router)) continue
        for (const { address } of nic.addresses) this.#announceTo(machine, address, at)
      }
    }
    return machine
  }

  /** Announces a router to the machines on its networks. */
  #announce(gateway: string, nic: Nic): void {
    for (const at of this.#switches) {
      if (!at.nics.includes(nic)) continue
      for (const other of at.nics) if (other.owner instanceof Machine) this.#announceTo(other.owner, gateway, at)
    }
  }

  #announceTo(machine: Machine, gateway: string, at: Switch): void {
    for (const nic of machine.nics) if (at.nics.includes(nic)) machine.learnGateway(gateway, nic)
  }

  #checkName(name: unknown): void {
    validateString(name, 'name')
    if (!/^[a-z0-9_]([a-z0-9._-]*[a-z0-9_])?$/i.test(name)) {
      throw invalidArgValue('name', name, 'must be a host name: letters, digits, hyphens and dots')
    }
    if (name.toLowerCase() === 'localhost')
      throw invalidArgValue('name', name, "is every machine's own name for itself")
    if (this.#machines.has(name.toLowerCase())) throw invalidArgValue('name', name, 'is taken by another machine')
  }

  #freeMac(): MacAddress {
    for (;;) {
      const number = this.#nextMac++
      const bytes = [0x02, 0, number >>> 24, number >>> 16, number >>> 8, number]
      const mac = parseMac(bytes.map(byte => (byte & 0xff).toString(16).padStart(2, '0')).join(':'), 'mac')
      if (!this.#macs.has(mac)) return mac
    }
  }

  #ownsRunningCode(): boolean {
    const clock = ambientHost()?.clock
    return clock instanceof MachineClock && clock.timeline === this.timeline
  }

  #checkOutside(method: string): void {
    if (!this.#ownsRunningCode()) return
    const message = `network.${method}() lets time pass, and cannot be called by a program inside of host.run()`
    throw codedError(Error, 'ERR_INVALID_STATE', message)
  }

  #vainWait(reason: string): Error {
    const lines = this.machines.flatMap(machine => {
      const waiting = machine.describeWaiting()
      return waiting.length === 0 ? [] : [`  ${machine.name}:`, ...waiting.map(line => `    ${line}`)]
    })
    const message = [
      `${reason}, and these are waiting (at ${formatInstant(this.timeline.now())}, with seed ${this.seed}):`,
      ...(lines.length > 0 ? lines : ['  none: no timer, no connection, no port, no look-up']),
    ].join('\n')
    return codedError(Error, 'ERR_SIM_DEADLOCK', message)
  }
}

function readEpoch(epoch: unknown): number {
  if (!(epoch instanceof Date || typeof epoch === 'string' || typeof epoch === 'number')) {
    throw invalidArgType('epoch', ['Date', 'string', 'number'], epoch)
  }
  const ms = new Date(epoch).getTime()
  if (Number.isNaN(ms)) throw invalidArgValue('epoch', epoch, 'must be a date')
  return ms
}

function defaultSeed(): number {
  const given = process.env['PLAINWIRE_SEED']
  if (given === undefined || given === '') return randomInt(2 ** 31)
  if (!/^-?\d+$/.test(given)) throw invalidArgValue('PLAINWIRE_SEED', given, 'must be a whole number')
  return Number(given)
}

const DEFAULT_EPOCH = '2026-01-01T00:00:00Z'
