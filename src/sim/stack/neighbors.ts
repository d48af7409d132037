// Who has which MAC address on one card's link: ARP (RFC 826) for IPv4, neighbour solicitations (RFC 4861) for IPv6, the
// same procedure for both. An old entry is used on, and asked for anew beside: simplified from RFC 4861 section 7.3. Router
// discovery and duplicate address detection are left out.

import type { Nanoseconds, NetworkCard, ScheduledEvent, Scheduler } from '../types.ts'
import { WireError } from '../wire/error.ts'
import {
  isNeighborMessage,
  multicastMac,
  neighborMessage,
  readNeighborMessage,
  solicitedNodeAddress,
} from '../wire/neighbor-discovery.ts'
import { type ArpPacket, BROADCAST_MAC, type IpPacket, type Ipv6Packet, type MacAddress } from '../wire/packets.ts'
import { stackLimits } from './stack-limits.ts'

interface Known {
  readonly mac: MacAddress
  /** When it was told last, or asked for. */
  since: Nanoseconds
}

interface Unresolved {
  readonly packets: IpPacket[]
  tries: number
  event: ScheduledEvent
}

export class Neighbors {
  readonly #card: NetworkCard
  readonly #scheduler: Scheduler
  readonly #onUnreachable: (packet: IpPacket) => void
  readonly #known = new Map<string, Known>()
  readonly #asking = new Map<string, Unresolved>()

  /** @param onUnreachable - nobody has answered: what becomes of a packet that waited */
  constructor(card: NetworkCard, scheduler: Scheduler, onUnreachable: (packet: IpPacket) => void) {
    this.#card = card
    this.#scheduler = scheduler
    this.#onUnreachable = onUnreachable
  }

  /** Neighbours whose MAC address is known. */
  get size(): number {
    return this.#known.size
  }

  /** Sends now, or when it is known whereto. */
  send(packet: IpPacket, nextHop: string): void {
    const known = this.#known.get(nextHop)
    if (known !== undefined) {
      this.#card.transmit({ source: this.#card.mac, destination: known.mac, payload: packet })
      const now = this.#scheduler.now()
      if (now - known.since < stackLimits.neighborAge) return
      // A card was changed, or what told of it was damaged on its way: ARP has no checksum.
      known.since = now
      this.#ask(nextHop)
      return
    }
    const asking = this.#asking.get(nextHop)
    if (asking === undefined) this.#begin(nextHop, packet)
    else if (asking.packets.length < stackLimits.packetsUnresolved) asking.packets.push(packet)
  }

  /** @param source - of the frame: who speaks for itself says the same in both places; a damaged packet does not */
  receiveArp({ operation, senderMac, senderIp, targetIp }: ArpPacket, source: MacAddress): void {
    if (senderMac !== source) return
    const isForUs = this.#card.addresses.some(({ address }) => address === targetIp)
    // RFC 826, "packet reception": what is known already is renewed, what is not only when we were meant.
    if (isForUs || this.#known.has(senderIp)) this.#learn(senderIp, senderMac)
    if (!isForUs || operation !== 'request') return
    const { mac } = this.#card
    const reply: ArpPacket = {
      kind: 'arp',
      operation: 'reply',
      senderMac: mac,
      senderIp: targetIp,
      targetMac: senderMac,
      targetIp: senderIp,
    }
    this.#card.transmit({ source: mac, destination: senderMac, payload: reply })
  }

  /** @returns whether the packet was for neighbour discovery */
  receiveNeighborMessage(packet: Ipv6Packet): boolean {
    const { payload } = packet
    if (payload.kind !== 'icmpv6' || !isNeighborMessage(payload)) return false
    try {
      const { type, target, mac } = readNeighborMessage(payload)
      if (type === 'advertisement') {
        if (mac !== undefined) this.#learn(target, mac)
        return true
      }
      if (!this.#card.addresses.some(({ address }) => address === target)) return true
      if (mac !== undefined) this.#learn(packet.source, mac)
      this.#advertise(target, packet.source)
    } catch (error) {
      if (!(error instanceof WireError)) throw error
    }
    return true
  }

  #advertise(target: string, asker: string): void {
    const { mac } = this.#card
    const message = neighborMessage({ type: 'advertisement', target, mac, isSolicited: true, isOverride: true })
    this.send(neighborPacket(target, asker, message), asker)
  }

  #learn(address: string, mac: MacAddress): void {
    if (this.#known.size >= stackLimits.neighbors && !this.#known.has(address)) {
      for (const oldest of this.#known.keys()) {
        this.#known.delete(oldest)
        break
      }
    }
    this.#known.set(address, { mac, since: this.#scheduler.now() })
    const asking = this.#asking.get(address)
    if (asking === undefined) return
    this.#asking.delete(address)
    asking.event.cancel()
    for (const packet of asking.packets) this.send(packet, address)
  }

  #begin(address: string, packet: IpPacket): void {
    const retry = () => this.#scheduler.schedule(stackLimits.resolveInterval, () => this.#expire(address))
    this.#asking.set(address, { packets: [packet], tries: 1, event: retry() })
    this.#ask(address)
  }

  #expire(address: string): void {
    const asking = this.#asking.get(address)
    if (asking === undefined) return
    if (asking.tries++ < stackLimits.resolveTries) {
      asking.event = this.#scheduler.schedule(stackLimits.resolveInterval, () => this.#expire(address))
      this.#ask(address)
      return
    }
    this.#asking.delete(address)
    for (const packet of asking.packets) this.#onUnreachable(packet)
  }

  #ask(address: string): void {
    const { mac, addresses } = this.#card
    const isIpv6 = address.includes(':')
    const own = addresses.find(one => one.address.includes(':') === isIpv6)?.address
    if (own === undefined) return
    if (!isIpv6) {
      const request: ArpPacket = {
        kind: 'arp',
        operation: 'request',
        senderMac: mac,
        senderIp: own,
        targetMac: '00:00:00:00:00:00',
        targetIp: address,
      }
      this.#card.transmit({ source: mac, destination: BROADCAST_MAC, payload: request })
      return
    }
    const group = solicitedNodeAddress(address)
    const message = neighborMessage({
      type: 'solicitation',
      target: address,
      mac,
      isSolicited: false,
      isOverride: false,
    })
    this.#card.transmit({ source: mac, destination: multicastMac(group), payload: neighborPacket(own, group, message) })
  }
}

/** RFC 4861 section 4.3: with a hop limit that no router lets through. */
function neighborPacket(source: string, destination: string, payload: Ipv6Packet['payload']): Ipv6Packet {
  return {
    kind: 'ipv6',
    source,
    destination,
    hopLimit: 255,
    trafficClass: 0,
    flowLabel: 0,
    identification: 0,
    fragment: undefined,
    payload,
  }
}
