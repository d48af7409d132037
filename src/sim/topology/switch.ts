// A switch, and the cables between it and the cards. The switch's conditions apply to each frame once, on its way out of the
// switch; a card's conditions apply in its cable, in both directions or in one.

import { codedError, invalidArgValue } from '../../core/errors.ts'
import { validateInteger } from '../../core/validate.ts'
import { type Conditions, inSeries, type LinkConditions, perfect, readConditions } from '../links/conditions.ts'
import { type FrameCodec, Lane } from '../links/lane.ts'
import { SwitchFabric } from '../links/switch-fabric.ts'
import { randomFor } from '../randomness.ts'
import type { InterfaceAddress, MacAddress, Scheduler } from '../types.ts'
import { parseInterfaceAddress, parseMac, Subnet } from './addresses.ts'
import type { Nic } from './nic.ts'

export interface SwitchOptions extends LinkConditions {
  readonly name?: string | undefined
  /** The subnet of cards without an address. Default: that of the first address, or 10.N.0.0/16. */
  readonly subnet?: string | readonly string[] | undefined
  /** Bytes of the largest packet. Default: 1500. */
  readonly mtu?: number | undefined
}

export interface NicOptions extends LinkConditions {
  /** Replaces the conditions for both directions. */
  readonly upload?: LinkConditions | undefined
  readonly download?: LinkConditions | undefined
  /** Default: the next free one of 02:00:... */
  readonly mac?: string | undefined
  /** Default: eth0, eth1 ... */
  readonly name?: string | undefined
  readonly mtu?: number | undefined
}

/** A card that will be plugged in here, before it has a machine. */
export interface NicPlan {
  readonly network: Switch
  readonly addresses: readonly InterfaceAddress[]
  readonly options: NicOptions
  readonly mac: MacAddress | undefined
}

/** What a switch needs of the network that it is a part of. */
export interface SwitchEnvironment {
  readonly scheduler: Scheduler
  readonly codec: FrameCodec
  readonly seed: number
  /** Counts the switches. */
  readonly number: number
  /** How many cards find a place. */
  readonly ports: number
}

interface Cable {
  readonly nic: Nic
  readonly upload: Lane
  readonly download: Lane
  /** The card's own conditions. */
  up: Conditions
  down: Conditions
  /** Impairments that faults add to them. */
  readonly impairments: Set<Conditions>
}

export class Switch {
  readonly name: string
  readonly mtu: number
  readonly #environment: SwitchEnvironment
  readonly #fabric = new SwitchFabric()
  readonly #cables = new Map<Nic, Cable>()
  readonly #taken = new Map<string, string>()
  readonly #subnets: Subnet[] = []
  #conditions: Conditions
  #nextHost = 1

  constructor(environment: SwitchEnvironment, options: SwitchOptions = {}) {
    const { name, subnet, mtu = 1500 } = options
    this.#environment = environment
    this.name = name ?? `switch${environment.number}`
    validateInteger(mtu, 'mtu', 68, 65535)
    this.mtu = mtu
    this.#conditions = readConditions(options, perfect, ['name', 'subnet', 'mtu'])
    const subnets = subnet === undefined ? [] : typeof subnet === 'string' ? [subnet] : subnet
    this.#subnets = subnets.map(one => Subnet.parse(one, 'subnet'))
  }

  /** How many cards find a place. */
  get ports(): number {
    return this.#environment.ports
  }

  /** The cards plugged in. */
  get nics(): Nic[] {
    return [...this.#cables.keys()]
  }

  /**
   * A card for a machine of this switch.
   * @param addresses - with the size of their network: '10.0.0.2/24'. Default: the next free one of the switch's subnet
   */
  nic(addresses: string | readonly string[] = [], options: NicOptions = {}): NicPlan {
    const list = typeof addresses === 'string' ? [addresses] : addresses
    const parsed = list.map(address => parseInterfaceAddress(address, 'address'))
    const { mac, mtu } = options
    if (mtu !== undefined) {
      validateInteger(mtu, 'mtu', 68, 65535)
      if (mtu > this.mtu) throw invalidArgValue('mtu', mtu, `must not be above that of ${this.name}, ${this.mtu}`)
    }
    readCable(options)
    return { network: this, addresses: parsed, options, mac: mac === undefined ? undefined : parseMac(mac, 'mac') }
  }

  /** Changes the conditions of all cables. */
  set(conditions: LinkConditions): void {
    this.#conditions = readConditions(conditions, this.#conditions)
    for (const cable of this.#cables.values()) this.#apply(cable)
  }

  /** Changes the conditions of one card's cable. */
  setCable(nic: Nic, options: Pick<NicOptions, keyof LinkConditions | 'upload' | 'download'>): void {
    const cable = this.#cables.get(nic)
    if (cable === undefined) throw invalidArgValue('nic', nic.name, `must be plugged into ${this.name}`)
    Object.assign(cable, readCable(options, cable))
    this.#apply(cable)
  }

  /** Adds an impairment to a card's cable. @returns a function that removes it */
  impair(nic: Nic, conditions: LinkConditions): () => void {
    const cable = this.#cables.get(nic)
    if (cable === undefined) throw invalidArgValue('nic', nic.name, `must be plugged into ${this.name}`)
    const impairment = readConditions(conditions)
    cable.impairments.add(impairment)
    this.#apply(cable)
    return () => {
      cable.impairments.delete(impairment)
      this.#apply(cable)
    }
  }

  /** Counts of frames so far, over all cables. */
  get counts(): { sent: number; delivered: number; lost: number; overflowed: number } {
    const sums = { sent: 0, delivered: 0, lost: 0, overflowed: 0 }
    for (const { upload, download } of this.#cables.values()) {
      sums.sent += upload.counts.sent
      sums.delivered += download.counts.delivered
      sums.lost += upload.counts.lost + download.counts.lost
      sums.overflowed += upload.counts.overflowed + download.counts.overflowed
    }
    return sums
  }

  /** The addresses of a card: its own, or for one without any the next free ones. */
  addressesFor(plan: NicPlan): readonly InterfaceAddress[] {
    if (plan.addresses.length > 0) return plan.addresses
    if (this.#subnets.length === 0)
      this.#subnets.push(Subnet.parse(`10.${this.#environment.number % 256}.0.0/16`, 'subnet'))
    for (; ; this.#nextHost++) {
      const addresses = this.#subnets.map(subnet => subnet.address(this.#nextHost))
      if (addresses.includes(undefined)) {
        throw codedError(
          RangeError,
          'ERR_OUT_OF_RANGE',
          `There is no free address left in ${this.#subnets.join(', ')} of ${this.name}`,
        )
      }
      if (addresses.some(address => this.#taken.has(address as string))) continue
      return addresses.map((address, index) => ({
        address: address as string,
        prefixLength: (this.#subnets[index] as Subnet).prefixLength,
      }))
    }
  }

  /** Reserves an address. @throws if another machine on this switch has it */
  claim(address: InterfaceAddress, owner: string): void {
    const other = this.#taken.get(address.address)
    if (other !== undefined) {
      throw invalidArgValue('address', address.address, `is taken: on ${this.name} it is that of ${other}`)
    }
    this.#taken.set(address.address, owner)
    const subnet = Subnet.of(address)
    if (!this.#subnets.some(one => one.overlaps(subnet))) this.#subnets.push(subnet)
  }

  plug(nic: Nic, plan: NicPlan): void {
    const { scheduler, codec, seed } = this.#environment
    const port = { send: (frame: Parameters<Lane['send']>[0]) => download.send(frame) }
    const name = `${this.name}/${nic.owner.name}/${nic.name}`
    const upload = new Lane(scheduler, randomFor(seed, `${name}/up`), codec, frame => this.#fabric.receive(port, frame))
    const download = new Lane(scheduler, randomFor(seed, `${name}/down`), codec, frame => nic.receive(frame))
    const cable: Cable = { nic, upload, download, impairments: new Set(), ...readCable(plan.options) }
    this.#cables.set(nic, cable)
    upload.onLost = frame => nic.lose(frame)
    download.onLost = upload.onLost
    this.#fabric.plug(port)
    this.#apply(cable)
    nic.plug(upload)
  }

  #apply(cable: Cable): void {
    const { bandwidth, queue } = this.#conditions
    // A port's bandwidth applies in both directions; the switch's other conditions apply once to each frame.
    const impairment = [...cable.impairments].reduce(inSeries, perfect)
    cable.upload.conditions = inSeries(inSeries(cable.up, { ...perfect, bandwidth, queue }), impairment)
    cable.download.conditions = inSeries(inSeries(cable.down, this.#conditions), impairment)
  }
}

function readCable(options: NicOptions, base: { up: Conditions; down: Conditions } = { up: perfect, down: perfect }) {
  const { upload = {}, download = {} } = options
  const others = ['upload', 'download', 'mac', 'name', 'mtu']
  return {
    up: readConditions(upload, readConditions(options, base.up, others)),
    down: readConditions(download, readConditions(options, base.down, others)),
  }
}
