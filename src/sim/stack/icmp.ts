// What a machine's IP says about packets that go nowhere, and how it takes what others say: ICMP (RFC 792, RFC 1122 section
// 3.2.2, RFC 1191) and ICMPv6 (RFC 4443). Also echo: `ping`.

import type { Nanoseconds, Scheduler } from '../types.ts'
import { encodePacket } from '../wire/encode-packet.ts'
import {
  icmpTypes,
  icmpv6Types,
  type QuotedPacket,
  readQuotedPacket,
  unreachableCodes,
  unreachableCodesV6,
} from '../wire/icmp-message.ts'
import {
  type IcmpMessage,
  type Icmpv6Message,
  IPV4_HEADER_LENGTH,
  IPV6_HEADER_LENGTH,
  type IpPacket,
  type IpPayload,
  ipProtocols,
} from '../wire/packets.ts'
import { isGroup, isLoopback } from './address-kinds.ts'
import { stackLimits } from './stack-limits.ts'
import type { TcpLayer } from './tcp-layer.ts'
import type { UdpLayer } from './udp-layer.ts'

type Unreachable = 'network' | 'host' | 'protocol' | 'port'

/** An answer to an echo, or why there is none. */
export type EchoOutcome =
  | { readonly kind: 'reply'; readonly from: string; readonly roundTrip: Nanoseconds }
  | { readonly kind: 'error'; readonly from: string | undefined; readonly reason: string }

interface Echo {
  readonly sentAt: Nanoseconds
  readonly done: (outcome: EchoOutcome) => void
}

/** What ICMP needs of the IP that it belongs to. */
interface IpLayer {
  readonly scheduler: Scheduler
  readonly tcp: Pick<TcpLayer, 'receiveError'>
  readonly udp: Pick<UdpLayer, 'receiveError'>
  owns(address: string): boolean
  isBroadcast(address: string): boolean
  sourceFor(destination: string): string | undefined
  learnPathMtu(destination: string, mtu: number): void
  send(source: string, destination: string, payload: IpPayload, options?: { readonly hops?: number | undefined }): void
}

export class Icmp {
  readonly #stack: IpLayer
  readonly #echoes = new Map<number, Echo>()
  #nextEcho = 1
  #errors = 0
  #errorsSince: Nanoseconds = 0

  constructor(stack: IpLayer) {
    this.#stack = stack
  }

  /** Asks for an echo. @returns how to wait no longer */
  ping(destination: string, size: number, hops: number | undefined, done: (outcome: EchoOutcome) => void): () => void {
    const source = this.#stack.sourceFor(destination)
    if (source === undefined) {
      done({ kind: 'error', from: undefined, reason: 'there is no route' })
      return () => {}
    }
    const id = this.#nextEcho++ & 0xffff
    this.#echoes.set(id, { sentAt: this.#stack.scheduler.now(), done })
    const isIpv6 = destination.includes(':')
    const data = new Uint8Array(size)
    const message = isIpv6
      ? ({ kind: 'icmpv6', type: icmpv6Types.ECHO_REQUEST, code: 0, rest: (id << 16) | 1, data } as const)
      : ({ kind: 'icmp', type: icmpTypes.ECHO_REQUEST, code: 0, rest: ((id << 16) | 1) >>> 0, data } as const)
    this.#stack.send(source, destination, { ...message, rest: message.rest >>> 0 }, { hops })
    return () => this.#echoes.delete(id)
  }

  receive(packet: IpPacket, message: IcmpMessage | Icmpv6Message): void {
    const { type, code, rest, data } = message
    const isIpv6 = message.kind === 'icmpv6'
    if (isIpv6 !== (packet.kind === 'ipv6')) return
    if (type === (isIpv6 ? icmpv6Types.ECHO_REQUEST : icmpTypes.ECHO_REQUEST)) {
      if (isGroup(packet.destination) || this.#stack.isBroadcast(packet.destination)) return
      const reply = isIpv6 ? icmpv6Types.ECHO_REPLY : icmpTypes.ECHO_REPLY
      this.#stack.send(packet.destination, packet.source, { ...message, type: reply })
    } else if (type === (isIpv6 ? icmpv6Types.ECHO_REPLY : icmpTypes.ECHO_REPLY))
      this.#receiveReply(packet.source, rest)
    else if (isIpv6 ? type < 128 : type === icmpTypes.DESTINATION_UNREACHABLE || type === icmpTypes.TIME_EXCEEDED) {
      const quoted = readQuotedPacket(data)
      if (quoted !== undefined) this.#receiveError(packet, isIpv6, type, code, rest, quoted)
    }
  }

  sendTimeExceeded(packet: IpPacket): void {
    this.#sendError(packet, icmpTypes.TIME_EXCEEDED, 0, icmpv6Types.TIME_EXCEEDED, 0, 0)
  }

  sendUnreachable(packet: IpPacket, what: Unreachable): void {
    const code = {
      network: unreachableCodes.NETWORK,
      host: unreachableCodes.HOST,
      protocol: unreachableCodes.PROTOCOL,
      port: unreachableCodes.PORT,
    }[what]
    const codeV6 = {
      network: unreachableCodesV6.NO_ROUTE,
      host: unreachableCodesV6.ADDRESS,
      protocol: unreachableCodesV6.ADDRESS,
      port: unreachableCodesV6.PORT,
    }[what]
    this.#sendError(packet, icmpTypes.DESTINATION_UNREACHABLE, code, icmpv6Types.DESTINATION_UNREACHABLE, codeV6, 0)
  }

  sendTooBig(packet: IpPacket, mtu: number): void {
    const code = unreachableCodes.FRAGMENTATION_NEEDED
    this.#sendError(packet, icmpTypes.DESTINATION_UNREACHABLE, code, icmpv6Types.PACKET_TOO_BIG, 0, mtu)
  }

  /** Nobody has that address on the link: the sender is told by ICMP, or is ourselves. */
  reportLocal(packet: IpPacket): void {
    if (!this.#stack.owns(packet.source)) {
      this.sendUnreachable(packet, 'host')
      return
    }
    const quoted = readQuotedPacket(encodePacket(packet))
    if (quoted !== undefined) this.#report(quoted, 'host', undefined)
  }

  /** Our own packet does not fit our own card. */
  reportTooBig(packet: IpPacket, mtu: number): void {
    const quoted = readQuotedPacket(encodePacket(packet))
    if (quoted?.protocol !== ipProtocols.TCP) return
    // Not at once: the engine that sent it is still at work.
    this.#stack.scheduler.schedule(0, () => this.#reportMtu(quoted, mtu))
  }

  #receiveReply(from: string, rest: number): void {
    const id = rest >>> 16
    const echo = this.#echoes.get(id)
    if (echo === undefined) return
    this.#echoes.delete(id)
    echo.done({ kind: 'reply', from, roundTrip: this.#stack.scheduler.now() - echo.sentAt })
  }

  #receiveError(
    packet: IpPacket,
    isIpv6: boolean,
    type: number,
    code: number,
    rest: number,
    quoted: QuotedPacket,
  ): void {
    // Only about what we have sent ourselves.
    if (!this.#stack.owns(quoted.source)) return
    const isTooBig = isIpv6
      ? type === icmpv6Types.PACKET_TOO_BIG
      : type === icmpTypes.DESTINATION_UNREACHABLE && code === unreachableCodes.FRAGMENTATION_NEEDED
    if (isTooBig) {
      // RFC 1191 section 3: no link is so narrow, and who says so wants to do harm.
      const mtu = Math.max(isIpv6 ? rest : rest & 0xffff, isIpv6 ? 1280 : 68)
      this.#stack.learnPathMtu(quoted.destination, mtu)
      this.#reportMtu(quoted, mtu)
    } else if (type === (isIpv6 ? icmpv6Types.TIME_EXCEEDED : icmpTypes.TIME_EXCEEDED)) {
      this.#report(quoted, 'time', packet.source)
    } else {
      const isPort = code === (isIpv6 ? unreachableCodesV6.PORT : unreachableCodes.PORT)
      this.#report(quoted, isPort ? 'port' : 'host', packet.source)
    }
  }

  #reportMtu({ protocol, source, sourcePort, destination, destinationPort }: QuotedPacket, mtu: number): void {
    if (protocol !== ipProtocols.TCP) return
    this.#stack.tcp.receiveError(source, sourcePort, destination, destinationPort, { mtu })
  }

  #report(quoted: QuotedPacket, what: 'port' | 'host' | 'time', from: string | undefined): void {
    const { protocol, source, sourcePort, destination, destinationPort } = quoted
    if (protocol === ipProtocols.TCP) {
      if (what === 'time') return
      const failure = what === 'port' ? 'refused' : 'unreachable'
      this.#stack.tcp.receiveError(source, sourcePort, destination, destinationPort, failure)
    } else if (protocol === ipProtocols.UDP) {
      if (what !== 'time')
        this.#stack.udp.receiveError(source, sourcePort, destination, destinationPort, what === 'port')
    } else {
      const echo = this.#echoes.get(sourcePort)
      if (echo === undefined) return
      this.#echoes.delete(sourcePort)
      const reason = what === 'time' ? 'time to live exceeded' : 'destination unreachable'
      echo.done({ kind: 'error', from, reason })
    }
  }

  /** RFC 1122 section 3.2.2: never about errors, fragments but the first, groups, or broadcasts. */
  #sendError(packet: IpPacket, type: number, code: number, typeV6: number, codeV6: number, rest: number): void {
    const { payload, source, destination, fragment } = packet
    const isIpv6 = packet.kind === 'ipv6'
    if (isGroup(destination) || this.#stack.isBroadcast(destination) || isGroup(source)) return
    if (fragment !== undefined && fragment.offset > 0) return
    if (payload.kind === 'icmp' && payload.type !== icmpTypes.ECHO_REQUEST) return
    if (payload.kind === 'icmpv6' && payload.type < 128) return
    if (!this.#mayComplain()) return
    const from = isLoopback(destination) || this.#stack.owns(destination) ? destination : this.#stack.sourceFor(source)
    if (from === undefined) return
    const headerLength = isIpv6 ? IPV6_HEADER_LENGTH : IPV4_HEADER_LENGTH
    const data = encodePacket(packet).subarray(0, headerLength + stackLimits.quotedBytes)
    this.#stack.send(
      from,
      source,
      isIpv6 ? { kind: 'icmpv6', type: typeV6, code: codeV6, rest, data } : { kind: 'icmp', type, code, rest, data },
    )
  }

  #mayComplain(): boolean {
    const now = this.#stack.scheduler.now()
    if (now - this.#errorsSince >= 1e9) {
      this.#errorsSince = now
      this.#errors = 0
    }
    return this.#errors++ < stackLimits.errorsPerSecond
  }
}
