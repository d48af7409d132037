// One machine's IP: which packets are its own, where others go, and what ICMP has to say about it. RFC 791, 792, 1122
// section 3, 1812 (routers), 8200, 4443. Loopback traffic never reaches a card.

import type { SeededRandom } from '../../host/seeded-random.ts'
import { Reassembler, splitPacket } from '../engine/fragments.ts'
import type { Frame, NetworkCard, ScheduledEvent, Scheduler } from '../types.ts'
import { WireError } from '../wire/error.ts'
import { payloadLength, readPayload } from '../wire/ethernet.ts'
import { multicastMac } from '../wire/neighbor-discovery.ts'
import { BROADCAST_MAC, type FramePayload, type IpPacket, type IpPayload } from '../wire/packets.ts'
import { isGroup, isLoopback } from './address-kinds.ts'
import { Icmp } from './icmp.ts'
import { Neighbors } from './neighbors.ts'
import { RoutingTable, type TableRoute } from './routing-table.ts'
import { stackLimits } from './stack-limits.ts'
import { TcpLayer } from './tcp-layer.ts'
import { UdpLayer } from './udp-layer.ts'

export interface StackEnvironment {
  readonly scheduler: Scheduler
  readonly random: SeededRandom
}

export interface SendOptions {
  readonly hops?: number | undefined
  readonly typeOfService?: number | undefined
  readonly dontFragment?: boolean | undefined
  /** For groups: by which card. Default: the first, or the one that a route names. */
  readonly card?: NetworkCard | undefined
}

/** Rewrites what a router hands on: network address translation. Undefined: the packet is dropped. */
export interface Translator {
  /** A packet that came in by `from`, before it is known whose it is. */
  incoming(packet: IpPacket, from: NetworkCard): IpPacket | undefined
  /** A packet that is about to leave by `to`. */
  outgoing(packet: IpPacket, from: NetworkCard | undefined, to: NetworkCard): IpPacket | undefined
}

export class IpStack {
  readonly scheduler: Scheduler
  readonly random: SeededRandom
  readonly cards: NetworkCard[] = []
  readonly routes = new RoutingTable()
  readonly tcp: TcpLayer
  readonly udp = new UdpLayer()
  readonly icmp: Icmp
  /** A router's. */
  isForwarding = false
  translator: Translator | undefined
  readonly #neighbors = new Map<NetworkCard, Neighbors>()
  readonly #own = new Set<string>()
  readonly #broadcasts = new Set<string>(['255.255.255.255'])
  readonly #pathMtus = new Map<string, number>()
  readonly #reassembler: Reassembler
  #sweep: ScheduledEvent | undefined
  #identification: number
  #isHalted = false

  constructor({ scheduler, random }: StackEnvironment) {
    this.scheduler = scheduler
    this.random = random
    this.#identification = random.uint32() & 0xffff
    this.#reassembler = new Reassembler()
    this.icmp = new Icmp(this)
    this.tcp = new TcpLayer({
      scheduler,
      random,
      mtuFor: address => this.mtuFor(address),
      send: (source, destination, segment, typeOfService) =>
        this.send(source, destination, segment, { dontFragment: true, typeOfService }),
    })
  }

  addCard(card: NetworkCard): void {
    this.cards.push(card)
    this.#neighbors.set(card, new Neighbors(card, this.scheduler, packet => this.icmp.reportLocal(packet)))
    for (const { address, prefixLength } of card.addresses) {
      this.#own.add(address)
      const broadcast = broadcastOf(address, prefixLength)
      if (broadcast !== undefined) this.#broadcasts.add(broadcast)
    }
    this.routes.addCard(card)
  }

  addRoute(route: TableRoute): void {
    this.routes.add(route)
  }

  /** An address of a card, or loopback. */
  owns(address: string): boolean {
    return isLoopback(address) || this.#own.has(address)
  }

  hasFamily(family: 4 | 6): boolean {
    for (const address of this.#own) if (address.includes(':') === (family === 6)) return true
    return false
  }

  isBroadcast(address: string): boolean {
    return this.#broadcasts.has(address)
  }

  /** What a packet for that address bears as its source; undefined: there is no way. */
  sourceFor(destination: string): string | undefined {
    if (isLoopback(destination)) return destination.includes(':') ? '::1' : '127.0.0.1'
    if (this.#own.has(destination)) return destination
    const decision = this.routes.find(destination)
    if (decision !== undefined) return decision.source
    if (!isGroup(destination) && !this.isBroadcast(destination)) return undefined
    const family = destination.includes(':')
    return [...this.#own].find(address => address.includes(':') === family)
  }

  /** Bytes of the largest packet that gets there whole, as far as is known. */
  mtuFor(destination: string): number {
    if (this.owns(destination)) return LOOPBACK_MTU
    const mtu = this.routes.find(destination)?.card.mtu ?? 1500
    return Math.min(mtu, this.#pathMtus.get(destination) ?? mtu)
  }

  /** A router on the way there has said what it takes (RFC 1191, RFC 8201). It is remembered as long as the machine runs. */
  learnPathMtu(destination: string, mtu: number): void {
    if (mtu >= this.mtuFor(destination)) return
    if (this.#pathMtus.size >= stackLimits.pathMtus) this.#pathMtus.clear()
    this.#pathMtus.set(destination, mtu)
  }

  send(source: string, destination: string, payload: IpPayload, options: SendOptions = {}): void {
    if (this.#isHalted) return
    const packet = this.#packet(source, destination, payload, options)
    if (this.owns(destination)) {
      this.scheduler.schedule(0, () => this.#deliver(packet))
      return
    }
    this.#route(packet, undefined, options.card)
  }

  /** A datagram for a group, to those on this machine who are in it. */
  sendToSelf(source: string, destination: string, payload: IpPayload): void {
    const packet = this.#packet(source, destination, payload, {})
    this.scheduler.schedule(0, () => this.#deliver(packet))
  }

  /** The card that bears an address. */
  cardOf(address: string): NetworkCard | undefined {
    return this.cards.find(card => card.addresses.some(one => one.address === address))
  }

  /** From a card. */
  receive(card: NetworkCard, frame: Frame): void {
    if (this.#isHalted) return
    const { destination } = frame
    // What a switch floods for another is not ours: cards do not listen to everything.
    if (destination !== card.mac && !isGroupMac(destination)) return
    const payload = readable(frame.payload)
    if (payload === undefined || payload.kind === 'opaque') return
    const neighbors = this.#neighbors.get(card)
    if (payload.kind === 'arp') neighbors?.receiveArp(payload, frame.source)
    else if (payload.kind === 'ipv4' || neighbors?.receiveNeighborMessage(payload) !== true)
      this.#receivePacket(card, payload)
  }

  /** The machine has crashed: nothing is sent or heard any more. */
  halt(): void {
    this.#isHalted = true
    this.#sweep?.cancel()
  }

  #receivePacket(card: NetworkCard, arrived: IpPacket): void {
    // A loopback address has no business on a link: RFC 1122 section 3.2.1.3 (g).
    if (isLoopback(arrived.destination) || isLoopback(arrived.source)) return
    const packet = this.translator === undefined ? arrived : this.translator.incoming(arrived, card)
    if (packet === undefined) return
    const { destination } = packet
    if (this.#own.has(destination) || this.isBroadcast(destination) || isGroup(destination)) this.#deliver(packet)
    else if (this.isForwarding) this.#forward(card, packet)
  }

  /** RFC 1812 section 5.2, RFC 8200 section 3. */
  #forward(card: NetworkCard, packet: IpPacket): void {
    const hops = packet.kind === 'ipv4' ? packet.ttl : packet.hopLimit
    if (hops <= 1) {
      this.icmp.sendTimeExceeded(packet)
      return
    }
    const handedOn: IpPacket = packet.kind === 'ipv4' ? { ...packet, ttl: hops - 1 } : { ...packet, hopLimit: hops - 1 }
    this.#route(handedOn, card, undefined)
  }

  /** @param from - undefined: it is our own */
  #route(packet: IpPacket, from: NetworkCard | undefined, wanted: NetworkCard | undefined): void {
    const { destination } = packet
    const decision = this.routes.find(destination)
    const isForMany = isGroup(destination) || this.isBroadcast(destination)
    const card = wanted ?? decision?.card ?? (isForMany && from === undefined ? this.cards[0] : undefined)
    if (card === undefined || (decision === undefined && !isForMany)) {
      if (from !== undefined) this.icmp.sendUnreachable(packet, 'network')
      return
    }
    const leaving = this.translator === undefined ? packet : this.translator.outgoing(packet, from, card)
    if (leaving === undefined) return
    this.#transmit(leaving, card, isForMany ? undefined : (decision?.nextHop ?? destination), from !== undefined)
  }

  /** @param nextHop - undefined: everybody, or a group */
  #transmit(packet: IpPacket, card: NetworkCard, nextHop: string | undefined, isForwarded: boolean): void {
    const known = isForwarded || this.#pathMtus.size === 0 ? undefined : this.#pathMtus.get(packet.destination)
    const mtu = Math.min(card.mtu, known ?? card.mtu)
    if (payloadLength(packet) > mtu) {
      // IPv6's routers never split: RFC 8200 section 4.5.
      const mayNot = packet.kind === 'ipv4' ? packet.dontFragment : isForwarded
      if (mayNot) {
        if (isForwarded) this.icmp.sendTooBig(packet, mtu)
        else this.icmp.reportTooBig(packet, mtu)
        return
      }
      for (const part of splitPacket(packet, mtu)) this.#transmit(part, card, nextHop, isForwarded)
      return
    }
    if (nextHop !== undefined) {
      this.#neighbors.get(card)?.send(packet, nextHop)
      return
    }
    const mac = isGroup(packet.destination) ? multicastMac(packet.destination) : BROADCAST_MAC
    card.transmit({ source: card.mac, destination: mac, payload: packet })
  }

  #deliver(arrived: IpPacket): void {
    if (this.#isHalted) return
    const packet = arrived.fragment === undefined ? arrived : this.#reassemble(arrived)
    if (packet === undefined) return
    const { source, destination, payload } = packet
    const isForMany = isGroup(destination) || this.isBroadcast(destination)
    switch (payload.kind) {
      case 'tcp':
        if (!isForMany) this.tcp.receive(source, destination, payload)
        break
      case 'udp':
        if (isForMany) this.udp.receiveForMany(source, destination, payload, isGroup(destination))
        else if (!this.udp.receive(source, destination, payload)) this.icmp.sendUnreachable(packet, 'port')
        break
      case 'icmp':
      case 'icmpv6':
        this.icmp.receive(packet, payload)
        break
      case 'data':
        if (!isForMany) this.icmp.sendUnreachable(packet, 'protocol')
    }
  }

  #reassemble(part: IpPacket): IpPacket | undefined {
    const now = this.scheduler.now()
    const whole = this.#reassembler.receive(part, now)
    this.#sweepLater()
    return whole
  }

  /** Parts whose others never came are dropped in time: RFC 791 section 3.2, RFC 8200 section 4.5. */
  #sweepLater(): void {
    const { deadline } = this.#reassembler
    if (this.#sweep !== undefined || deadline === Number.POSITIVE_INFINITY) return
    this.#sweep = this.scheduler.schedule(deadline - this.scheduler.now(), () => {
      this.#sweep = undefined
      this.#reassembler.expire(this.scheduler.now())
      this.#sweepLater()
    })
  }

  #packet(source: string, destination: string, payload: IpPayload, options: SendOptions): IpPacket {
    const { hops = isGroup(destination) ? 1 : stackLimits.hops, typeOfService = 0, dontFragment = false } = options
    this.#identification = (this.#identification + 1) & 0xffff
    const common = { source, destination, identification: this.#identification, fragment: undefined, payload }
    if (destination.includes(':')) {
      return { kind: 'ipv6', ...common, hopLimit: hops, trafficClass: typeOfService, flowLabel: 0 }
    }
    return { kind: 'ipv4', ...common, ttl: hops, typeOfService, dontFragment }
  }
}

/** What was corrupted on its way is read, or dropped, as a card and its stack do with wrong checksums. */
function readable(payload: FramePayload): FramePayload | undefined {
  if (payload.kind !== 'opaque') return payload
  try {
    return readPayload(payload)
  } catch (error) {
    if (error instanceof WireError) return undefined
    throw error
  }
}

function isGroupMac(mac: string): boolean {
  return (Number.parseInt(mac.slice(1, 2), 16) & 1) === 1
}

function broadcastOf(address: string, prefixLength: number): string | undefined {
  if (address.includes(':') || prefixLength > 30) return undefined
  const parts = address.split('.').map((part, index) => {
    const bits = Math.min(8, Math.max(0, prefixLength - 8 * index))
    return Number(part) | (0xff >> bits)
  })
  return parts.join('.')
}

const LOOPBACK_MTU = 65535
