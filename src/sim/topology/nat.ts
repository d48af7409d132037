// Network address translation: machines inside share the router's outside address. Mappings are endpoint-independent (RFC 4787
// section 4.1), filtering is address and port-dependent (section 5), as in Linux. IPv4: TCP, UDP, echo, and the ICMP errors
// about them. Fragments are dropped, since they have no ports.

import type { Translator } from '../stack/ip-stack.ts'
import type { NetworkCard } from '../types.ts'
import { put16, putIp } from '../wire/fields.ts'
import { icmpTypes, readQuotedPacket } from '../wire/icmp-message.ts'
import { IPV4_HEADER_LENGTH, type IpPacket, type Ipv4Packet, ipProtocols } from '../wire/packets.ts'
import type { Nic } from './nic.ts'

/** NAT options, complete. */
export interface Nat {
  readonly outside: Nic
  readonly address: string
  readonly forwards: readonly {
    readonly protocol: 'tcp' | 'udp'
    readonly port: number
    readonly to: string
    readonly toPort: number
  }[]
}

type Protocol = 'tcp' | 'udp' | 'icmp'

interface Mapping {
  readonly protocol: Protocol
  readonly inside: string
  readonly insidePort: number
  readonly outsidePort: number
  /** Its remote endpoints: address and port, or only the address for echoes. */
  readonly remotes: Set<string>
}

export class NetworkAddressTranslator implements Translator {
  readonly #nat: Nat
  readonly #byInside = new Map<string, Mapping>()
  readonly #byOutside = new Map<string, Mapping>()
  #nextPort = FIRST_PORT

  constructor(nat: Nat) {
    this.#nat = nat
  }

  /** Translates a packet for the outside address to the inside one. Undefined: it is dropped. */
  incoming(packet: IpPacket, from: NetworkCard): IpPacket | undefined {
    const { outside, address } = this.#nat
    if (from !== outside || packet.kind !== 'ipv4') return packet
    // Inside addresses cannot be reached from outside.
    if (packet.destination !== address) return isForMany(packet.destination) ? packet : undefined
    if (packet.fragment !== undefined) return undefined
    if (isError(packet)) return this.#incomingError(packet)
    const ports = portsOf(packet)
    if (ports === undefined) return packet
    const { protocol, destinationPort, remote } = {
      ...ports,
      remote: remoteOf(ports.protocol, packet.source, ports.sourcePort),
    }
    const mapping = this.#byOutside.get(`${protocol} ${destinationPort}`)
    if (mapping?.remotes.has(remote)) return withDestination(packet, mapping.inside, mapping.insidePort)
    const forward = this.#nat.forwards.find(one => one.protocol === protocol && one.port === destinationPort)
    if (forward === undefined) return packet
    this.#addForwarded(forward.to, forward.toPort, protocol as 'tcp' | 'udp', destinationPort).remotes.add(remote)
    return withDestination(packet, forward.to, forward.toPort)
  }

  /** Replaces the inside address by the outside one. */
  outgoing(packet: IpPacket, from: NetworkCard | undefined, to: NetworkCard): IpPacket | undefined {
    const { outside, address } = this.#nat
    if (to !== outside || from === undefined || from === outside || packet.kind !== 'ipv4') return packet
    const ports = packet.fragment === undefined ? portsOf(packet) : undefined
    if (ports === undefined) return undefined
    const { protocol, sourcePort, destinationPort } = ports
    const mapping =
      this.#byInside.get(`${protocol} ${packet.source} ${sourcePort}`) ?? this.#add(protocol, packet.source, sourcePort)
    if (mapping === undefined) return undefined
    if (mapping.remotes.size >= MAX_REMOTES) mapping.remotes.clear()
    mapping.remotes.add(remoteOf(protocol, packet.destination, destinationPort))
    return withSource(packet, address, mapping.outsidePort)
  }

  /** An ICMP error quotes the translated packet: it is translated back, so that the machine inside recognizes it. */
  #incomingError(packet: Ipv4Packet): Ipv4Packet | undefined {
    const { payload } = packet
    if (payload.kind !== 'icmp') return packet
    const quoted = readQuotedPacket(payload.data)
    if (quoted === undefined) return packet
    const protocol = { [ipProtocols.TCP]: 'tcp', [ipProtocols.UDP]: 'udp', [ipProtocols.ICMP]: 'icmp' }[quoted.protocol]
    const mapping = this.#byOutside.get(`${protocol} ${quoted.sourcePort}`)
    if (mapping === undefined) return packet
    const data = payload.data.slice()
    const header = ((data[0] as number) & 0xf) * 4 || IPV4_HEADER_LENGTH
    putIp(data, 12, mapping.inside, 4)
    put16(data, header + (protocol === 'icmp' ? 4 : 0), mapping.insidePort)
    return { ...packet, destination: mapping.inside, payload: { ...payload, data } }
  }

  #add(protocol: Protocol, inside: string, insidePort: number): Mapping | undefined {
    if (this.#byInside.size >= MAX_MAPPINGS) this.#forgetOldest()
    for (let tries = FIRST_PORT; tries <= LAST_PORT; tries++) {
      const outsidePort = this.#nextPort
      this.#nextPort = outsidePort === LAST_PORT ? FIRST_PORT : outsidePort + 1
      if (this.#byOutside.has(`${protocol} ${outsidePort}`)) continue
      return this.#remember({ protocol, inside, insidePort, outsidePort, remotes: new Set() })
    }
    return undefined
  }

  #addForwarded(inside: string, insidePort: number, protocol: 'tcp' | 'udp', outsidePort: number): Mapping {
    const known = this.#byOutside.get(`${protocol} ${outsidePort}`)
    return known ?? this.#remember({ protocol, inside, insidePort, outsidePort, remotes: new Set() })
  }

  #remember(mapping: Mapping): Mapping {
    this.#byInside.set(`${mapping.protocol} ${mapping.inside} ${mapping.insidePort}`, mapping)
    this.#byOutside.set(`${mapping.protocol} ${mapping.outsidePort}`, mapping)
    return mapping
  }

  #forgetOldest(): void {
    for (const [key, { protocol, outsidePort }] of this.#byInside) {
      this.#byInside.delete(key)
      this.#byOutside.delete(`${protocol} ${outsidePort}`)
      return
    }
  }
}

/** Multicast and broadcast. */
function isForMany(address: string): boolean {
  return Number.parseInt(address, 10) >= 224
}

interface Ports {
  readonly protocol: Protocol
  readonly sourcePort: number
  readonly destinationPort: number
}

/** An echo's identifier serves as both ports. */
function portsOf({ payload }: Ipv4Packet): Ports | undefined {
  if (payload.kind === 'tcp' || payload.kind === 'udp') {
    return { protocol: payload.kind, sourcePort: payload.sourcePort, destinationPort: payload.destinationPort }
  }
  if (payload.kind !== 'icmp' || isErrorType(payload.type)) return undefined
  const identifier = payload.rest >>> 16
  return { protocol: 'icmp', sourcePort: identifier, destinationPort: identifier }
}

function remoteOf(protocol: Protocol, address: string, port: number): string {
  return protocol === 'icmp' ? address : `${address} ${port}`
}

function withSource(packet: Ipv4Packet, source: string, port: number): Ipv4Packet {
  const { payload } = packet
  if (payload.kind === 'tcp' || payload.kind === 'udp')
    return { ...packet, source, payload: { ...payload, sourcePort: port } }
  return { ...packet, source, payload: withIdentifier(payload, port) }
}

function withDestination(packet: Ipv4Packet, destination: string, port: number): Ipv4Packet {
  const { payload } = packet
  if (payload.kind === 'tcp' || payload.kind === 'udp') {
    return { ...packet, destination, payload: { ...payload, destinationPort: port } }
  }
  return { ...packet, destination, payload: withIdentifier(payload, port) }
}

function withIdentifier(payload: Ipv4Packet['payload'], identifier: number): Ipv4Packet['payload'] {
  if (payload.kind !== 'icmp') return payload
  return { ...payload, rest: ((identifier << 16) | (payload.rest & 0xffff)) >>> 0 }
}

function isError({ payload }: Ipv4Packet): boolean {
  return payload.kind === 'icmp' && isErrorType(payload.type)
}

function isErrorType(type: number): boolean {
  return type === icmpTypes.DESTINATION_UNREACHABLE || type === icmpTypes.TIME_EXCEEDED
}

/** Outside the range of ports that the router's own programs get. */
const FIRST_PORT = 10_000
const LAST_PORT = 32_767
const MAX_MAPPINGS = 20_000
const MAX_REMOTES = 4096
