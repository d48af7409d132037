// A machine: cards, an IP stack, a clock, a name service, and the programs that run on it. It can be paused, crashed and
// restarted; each start makes a new stack, clock and host (an *incarnation*), and nothing of the previous one survives.

import { resolve } from 'node:path'
import { type URL as NodeUrl, pathToFileURL } from 'node:url'
import { invalidArgValue } from '../../core/errors.ts'
import { validateFunction, validateInteger } from '../../core/validate.ts'
import { runWithHost } from '../../host/ambient.ts'
import type { Host, ResolverConfiguration } from '../../host/types.ts'
import type { LinkConditions } from '../links/conditions.ts'
import type { Capture } from '../observe/capture.ts'
import type { EchoOutcome } from '../stack/icmp.ts'
import type { Frame, InterfaceAddress, Nanoseconds } from '../types.ts'
import { type Duration, parseDuration } from '../units.ts'
import { parseAddress } from './addresses.ts'
import { Incarnation } from './incarnation.ts'
import type { HostsFile } from './names.ts'
import type { Nat } from './nat.ts'
import { Nic, type NicOwner } from './nic.ts'
import { type Route, type RouteOptions, readRoutes } from './routes.ts'
import type { Surroundings } from './surroundings.ts'
import { type NicOptions, type NicPlan, Switch } from './switch.ts'

export interface MachineOptions {
  /** Cards, or switches for a card with the next free address. Default: one on the network's only switch. */
  readonly nics?: readonly (NicPlan | Switch)[] | undefined
  /** The default gateway. Default: the first router on one of its switches. */
  readonly gateway?: string | readonly string[] | undefined
  readonly routes?: readonly RouteOptions[] | undefined
  /** Its hosts file. It contains `localhost`, which can be given other addresses. */
  readonly hosts?: HostsFile | undefined
  /** Its name servers. Default: none; the network's machines are then resolved by their names. */
  readonly nameServers?: readonly string[] | undefined
  /** Resolver options, as in resolv.conf(5). */
  readonly resolver?: ResolverOptions | undefined
  /** The error of its date: '2s' is ahead, '-2s' behind. */
  readonly clockSkew?: Duration | undefined
}

export interface ResolverOptions {
  /** Domains that are appended to names with few dots. */
  readonly search?: readonly string[] | undefined
  readonly ndots?: number | undefined
  readonly timeout?: Duration | undefined
  readonly attempts?: number | undefined
  readonly rotate?: boolean | undefined
}

export interface PingOptions {
  /** Bytes of data. Default: 56. */
  readonly size?: number | undefined
  /** Hop limit. Default: 64. */
  readonly hops?: number | undefined
  /** Default: 5 seconds. */
  readonly timeout?: Duration | undefined
}

export class Machine implements NicOwner {
  readonly name: string
  readonly network: Surroundings
  readonly #nics: Nic[]
  readonly hosts: HostsFile
  readonly nameServers: readonly string[]
  readonly resolver: ResolverConfiguration | undefined
  readonly isRouter: boolean
  /** Addresses to which, and from which, packets are dropped: set by partitions. */
  readonly cuts = { to: new Map<string, number>(), from: new Map<string, number>() }
  readonly #switches = new Map<Nic, Switch>()
  readonly #givenRoutes: Route[]
  readonly #learnedRoutes: Route[] = []
  readonly #nat: Nat | undefined
  #incarnation: Incarnation
  #starts = 0
  #main: (() => unknown) | undefined
  #skew: Nanoseconds
  #state: 'running' | 'paused' | 'down' = 'running'

  /** Called by `network.host()` and `network.router()`. */
  constructor(
    network: Surroundings,
    name: string,
    options: MachineOptions,
    isRouter = false,
    nat: (nics: readonly Nic[]) => Nat | undefined = () => undefined,
  ) {
    this.network = network
    this.name = name
    this.isRouter = isRouter
    this.hosts = options.hosts ?? {}
    this.nameServers = options.nameServers ?? []
    this.resolver = options.resolver === undefined ? undefined : readResolver(options.resolver)
    this.#skew = options.clockSkew === undefined ? 0 : parseSkew(options.clockSkew)
    const plans = (options.nics ?? network.defaultNics()).map(plan => (plan instanceof Switch ? plan.nic() : plan))
    this.#nics = plans.map((plan, index) => this.#plug(plan, index))
    this.#givenRoutes = readRoutes(this.name, this.nics, options.routes ?? [], options.gateway)
    this.#nat = nat(this.nics)
    this.#incarnation = this.#start()
  }

  get nics(): readonly Nic[] {
    return this.#nics
  }

  /** The host that its programs use; a new one after each restart. */
  get host(): Host {
    return this.#incarnation.host
  }

  get isUp(): boolean {
    return this.#state !== 'down'
  }

  get state(): 'running' | 'paused' | 'down' {
    return this.#state
  }

  /** The configured routes, and those that it has learnt. */
  get routes(): readonly Route[] {
    return [...this.#givenRoutes, ...this.#learnedRoutes]
  }

  /** All its addresses but loopback. */
  get addresses(): string[] {
    return this.nics.flatMap(nic => nic.addresses.map(({ address }) => address))
  }

  get switches(): Switch[] {
    return [...this.#switches.values()]
  }

  /** Its first address. */
  get address(): string {
    const [first] = this.addresses
    if (first === undefined) throw invalidArgValue('host', this.name, 'must have a card to have an address')
    return first
  }

  /** Runs `fn`, and all that it starts, on this machine. The first function run is its program: a restart runs it again. */
  run<T>(fn: () => T): T {
    validateFunction(fn, 'fn')
    if (this.#state === 'down') throw invalidArgValue('host', this.name, 'must be up to run something: it has crashed')
    this.#main ??= fn
    this.network.timeline.wake()
    return runWithHost(this.host, fn)
  }

  /**
   * Runs a program here: an ES module, loaded anew for this machine and this start, so that two machines share none of its
   * state. Its imports are loaded once, as always.
   */
  load(file: string | NodeUrl): Promise<Record<string, unknown>> {
    const url = new URL(file instanceof URL ? file : pathToFileURL(resolve(file)))
    return this.run(() => {
      url.searchParams.set('machine', `${this.name}-${++loads}`)
      return import(url.href) as Promise<Record<string, unknown>>
    })
  }

  /** A card by its name; the first one if no name is given. */
  nic(name?: string): Nic {
    const nic = name === undefined ? this.nics[0] : this.nics.find(one => one.name === name)
    if (nic === undefined) {
      const names = this.nics.map(one => one.name).join(', ')
      throw invalidArgValue('name', name, `must be one of the cards of ${this.name}: ${names}`)
    }
    return nic
  }

  /** Adds a virtual card, which is not plugged in yet. */
  addCard(kind: string, address: InterfaceAddress, mtu: number): Nic {
    const number = this.#nics.filter(({ name }) => name.startsWith(kind)).length
    const mac = this.network.claimMac(undefined, this.name)
    const nic = new Nic(this, { name: `${kind}${number}`, mac, addresses: [address], mtu })
    // Validated before anything is changed.
    readRoutes(this.name, [...this.#nics, nic], [], undefined)
    this.#nics.push(nic)
    this.#incarnation.stack.addCard(nic)
    this.network.noteCard(nic, this)
    return nic
  }

  addRoutes(options: readonly RouteOptions[]): void {
    for (const route of readRoutes(this.name, this.#nics, options, undefined)) {
      this.#givenRoutes.push(route)
      this.#incarnation.addRoute(route)
    }
  }

  /** Changes the conditions of a card's cable: `server.set({ loss: 0.1 })`. */
  set(options: Pick<NicOptions, keyof LinkConditions | 'upload' | 'download'>, nic: Nic = this.nic()): void {
    this.#switches.get(nic)?.setCable(nic, options)
  }

  /** Adds impairments to a card's cable. @returns a function that removes them */
  impair(conditions: LinkConditions, nic: Nic = this.nic()): () => void {
    const network = this.#switches.get(nic)
    if (network === undefined) throw invalidArgValue('nic', nic.name, `must be a card of ${this.name}`)
    return network.impair(nic, conditions)
  }

  /** Crashes the machine: no packet is sent, and its programs stop. */
  crash(): void {
    if (this.#state === 'down') return
    this.#state = 'down'
    this.#incarnation.end()
  }

  /**
   * Starts the machine again, with its program: `main`, or the function that was run on it first. It does not know its peers'
   * connections, and resets them when they send data.
   */
  restart(main: (() => unknown) | undefined = this.#main): void {
    this.crash()
    this.#main = undefined
    this.#incarnation = this.#start()
    this.#state = 'running'
    if (main !== undefined) void this.run(main)
  }

  /** Pauses stack and programs, as of a virtual machine that gets no processor time; `for` a duration. */
  pause({ for: span }: { readonly for?: Duration | undefined } = {}): void {
    if (this.#state !== 'running') return
    const duration = span === undefined ? undefined : parseDuration(span, 'for')
    this.#state = 'paused'
    const { gate } = this.#incarnation
    gate.hold()
    if (duration !== undefined) {
      this.network.timeline.schedule(duration, () => {
        // Not if it was restarted meanwhile: this pause was of the earlier incarnation.
        if (this.#incarnation.gate === gate) this.resume()
      })
    }
  }

  resume(): void {
    if (this.#state !== 'paused') return
    this.#state = 'running'
    this.#incarnation.gate.release(this.network.timeline)
  }

  /** Sets the error of its date from now on. Timers are not affected: they count elapsed time. */
  skewClock(skew: Duration): void {
    this.#skew = parseSkew(skew)
    this.#incarnation.clock.skew = this.#skew
  }

  /** Captures the packets of all its cards, in both directions. */
  capture(): Capture {
    return this.network.captureOf(this.nics, `host ${this.name}`)
  }

  /** Sends an echo request: ICMP, or ICMPv6. */
  ping(to: string | Machine, options: PingOptions = {}): Promise<EchoOutcome> {
    const { size = 56, hops, timeout = '5s' } = options
    const address = to instanceof Machine ? to.address : parseAddress(to, 'to')
    validateInteger(size, 'size', 0, 65_000)
    const { stack, clock } = this.#incarnation
    return new Promise(resolve => {
      const timer = clock.setTimer(() => {
        forget()
        resolve({ kind: 'error', from: undefined, reason: 'no answer' })
      }, parseDuration(timeout, 'timeout') / 1e6)
      const forget = stack.icmp.ping(address, size, hops, outcome => {
        timer.cancel()
        resolve(outcome)
      })
    })
  }

  /** The connections, ports and timers that its programs wait for, a line each. */
  describeWaiting(): string[] {
    return this.#incarnation.describeWaiting()
  }

  /** Learns the gateway of a router on its switch, as by DHCP, unless one is configured. */
  learnGateway(gateway: string, nic: Nic): void {
    const family = gateway.includes(':') ? 6 : 4
    const hasOne = this.routes.some(
      route => route.destination.prefixLength === 0 && route.destination.family === family,
    )
    if (hasOne || this.isRouter) return
    const [route] = readRoutes(this.name, this.nics, [], gateway)
    if (route === undefined || route.nic !== nic) return
    this.#learnedRoutes.push(route)
    this.#incarnation.addRoute(route)
  }

  isCut(direction: 'out' | 'in', frame: Frame): boolean {
    const cuts = direction === 'out' ? this.cuts.to : this.cuts.from
    if (cuts.size === 0) return false
    const { payload } = frame
    if (payload.kind === 'opaque') return false
    if (payload.kind === 'arp') return cuts.has(direction === 'out' ? payload.targetIp : payload.senderIp)
    return cuts.has(direction === 'out' ? payload.destination : payload.source)
  }

  receive(nic: Nic, frame: Frame): void {
    if (this.#state === 'running') this.#incarnation.receive(nic, frame)
    else if (this.#state === 'paused') this.#incarnation.keep(nic, frame)
  }

  #start(): Incarnation {
    const incarnation = new Incarnation(this, this.#starts++, this.#nat)
    incarnation.clock.skew = this.#skew
    for (const route of this.routes) incarnation.addRoute(route)
    return incarnation
  }

  #plug(plan: NicPlan, index: number): Nic {
    const { network, options } = plan
    if (network.nics.length >= network.ports) {
      throw invalidArgValue('nics', network.name, `has no free end: a link has ${network.ports}`)
    }
    const addresses = network.addressesFor(plan)
    for (const address of addresses) network.claim(address, this.name)
    const nic = new Nic(this, {
      name: options.name ?? `eth${index}`,
      mac: this.network.claimMac(plan.mac, this.name),
      addresses,
      mtu: options.mtu ?? network.mtu,
    })
    network.plug(nic, plan)
    this.#switches.set(nic, network)
    return nic
  }
}

function readResolver({
  search = [],
  ndots = 1,
  timeout,
  attempts,
  rotate = false,
}: ResolverOptions): ResolverConfiguration {
  validateInteger(ndots, 'resolver.ndots', 0, 15)
  if (attempts !== undefined) validateInteger(attempts, 'resolver.attempts', 1, 5)
  const timeoutMs = timeout === undefined ? undefined : parseDuration(timeout, 'resolver.timeout') / 1e6
  return { search, ndots, timeoutMs, attempts, rotate }
}

/** Counts the modules that were loaded, over all networks. */
let loads = 0

/** A duration with a sign. */
function parseSkew(skew: Duration): Nanoseconds {
  if (typeof skew === 'number') return Math.sign(skew) * parseDuration(Math.abs(skew), 'clockSkew')
  return skew.startsWith('-') ? -parseDuration(skew.slice(1), 'clockSkew') : parseDuration(skew, 'clockSkew')
}
