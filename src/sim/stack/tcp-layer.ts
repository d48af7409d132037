// One machine's TCP: finds the connection or the listening port that a segment belongs to, and calls connections at their
// deadlines.

import { type Binding, PortTable } from '../../host/scheduled/port-table.ts'
import type { SeededRandom } from '../../host/seeded-random.ts'
import { TcpConnection } from '../engine/tcp/connection.ts'
import type { TcpFailure, TcpHandler } from '../engine/tcp/handler.ts'
import { tcpLimits } from '../engine/tcp/tcp-limits.ts'
import type { Nanoseconds, ScheduledEvent, Scheduler } from '../types.ts'
import { type TcpSegment, tcpFlags } from '../wire/packets.ts'

/** What TCP needs of IP. */
export interface TcpCarrier {
  readonly scheduler: Scheduler
  readonly random: SeededRandom
  /** Bytes of the largest packet on the way to that address. */
  mtuFor(address: string): number
  send(source: string, destination: string, segment: TcpSegment, typeOfService?: number): void
}

/** Notified of a connection's events; each method may be called from within a call on it. */
export interface TcpUser {
  onEstablished(): void
  onReadable(): void
  onAcknowledged(): void
  onFailure(failure: TcpFailure): void
}

/** Accepts the connections of a listening port. */
export interface TcpAcceptor {
  readonly backlog: number
  /** A connection is established; the callee sets its `user`. */
  accept(endpoint: TcpEndpoint): void
}

export class TcpLayer {
  readonly ports = new PortTable<TcpListening>()
  readonly #carrier: TcpCarrier
  readonly #endpoints = new Map<string, TcpEndpoint>()

  constructor(carrier: TcpCarrier) {
    this.#carrier = carrier
  }

  get endpoints(): Iterable<TcpEndpoint> {
    return this.#endpoints.values()
  }

  /** Whether no connection has these addresses and ports. */
  isFree(local: string, localPort: number, remote: string, remotePort: number): boolean {
    return !this.#endpoints.has(keyOf(local, localPort, remote, remotePort))
  }

  /** @returns undefined: the address is in use */
  listen(wanted: Omit<Binding<TcpListening>, 'owner'>, acceptor: TcpAcceptor): Binding<TcpListening> | undefined {
    return this.ports.bind({ ...wanted, owner: new TcpListening(acceptor) })
  }

  open(local: string, localPort: number, remote: string, remotePort: number, user: TcpUser): TcpEndpoint {
    const endpoint = this.#add(local, localPort, remote, remotePort)
    endpoint.user = user
    endpoint.do((connection, now) => connection.open(now))
    return endpoint
  }

  receive(source: string, destination: string, segment: TcpSegment): void {
    const { sourcePort, destinationPort, flags } = segment
    const key = keyOf(destination, destinationPort, source, sourcePort)
    const endpoint = this.#endpoints.get(key)
    const isOpening = (flags & (tcpFlags.SYN | tcpFlags.ACK | tcpFlags.RST)) === tcpFlags.SYN
    if (endpoint !== undefined && !(isOpening && endpoint.state === 'time-wait')) {
      endpoint.do((connection, now) => connection.receive(segment, now))
      return
    }
    const listening = isOpening ? this.#listeningAt(destination, destinationPort) : undefined
    if (listening === undefined) {
      this.#refuse(source, destination, segment)
      return
    }
    // A full backlog drops the SYN, and the peer retransmits it: as Linux does, where RFC 9293 says nothing.
    if (listening.waiting >= listening.acceptor.backlog) return
    // A new connection replaces one in TIME-WAIT: RFC 9293 section 3.10.7.4.
    endpoint?.forget()
    this.#accept(listening, destination, source, segment)
  }

  /** An ICMP error about a segment that was sent. */
  receiveError(
    local: string,
    localPort: number,
    remote: string,
    remotePort: number,
    failure: TcpFailure | { readonly mtu: number },
  ): void {
    const endpoint = this.#endpoints.get(keyOf(local, localPort, remote, remotePort))
    endpoint?.do((connection, now) => {
      if (typeof failure === 'string') connection.receiveUnreachable(failure)
      else connection.receiveTooBig(failure.mtu - headerLength(remote), now)
    })
  }

  #listeningAt(address: string, port: number): TcpListening | undefined {
    return this.ports.find(address, address.includes(':') ? 6 : 4, port)?.owner
  }

  #accept(listening: TcpListening, local: string, remote: string, syn: TcpSegment): void {
    const endpoint = this.#add(local, syn.destinationPort, remote, syn.sourcePort)
    listening.waiting++
    let isWaiting = true
    const settle = () => {
      if (isWaiting) listening.waiting--
      isWaiting = false
    }
    endpoint.user = {
      onEstablished: () => {
        settle()
        listening.acceptor.accept(endpoint)
      },
      onReadable() {},
      onAcknowledged() {},
      onFailure: settle,
    }
    endpoint.do((connection, now) => connection.accept(syn, now))
  }

  #add(local: string, localPort: number, remote: string, remotePort: number): TcpEndpoint {
    const key = keyOf(local, localPort, remote, remotePort)
    const endpoint = new TcpEndpoint(this.#carrier, local, localPort, remote, remotePort, () => {
      if (this.#endpoints.get(key) === endpoint) this.#endpoints.delete(key)
    })
    this.#endpoints.set(key, endpoint)
    return endpoint
  }

  /** RFC 9293 section 3.10.7.1: there is no such connection. */
  #refuse(source: string, destination: string, segment: TcpSegment): void {
    const { flags, sequence, acknowledgment, data } = segment
    if (flags & tcpFlags.RST) return
    const hasAck = (flags & tcpFlags.ACK) !== 0
    const length = data.length + (flags & tcpFlags.SYN ? 1 : 0) + (flags & tcpFlags.FIN ? 1 : 0)
    this.#carrier.send(destination, source, {
      kind: 'tcp',
      sourcePort: segment.destinationPort,
      destinationPort: segment.sourcePort,
      sequence: hasAck ? acknowledgment : 0,
      acknowledgment: hasAck ? 0 : (sequence + length) >>> 0,
      flags: hasAck ? tcpFlags.RST : tcpFlags.RST | tcpFlags.ACK,
      window: 0,
      urgentPointer: 0,
      options: undefined,
      data: new Uint8Array(0),
    })
  }
}

/** A listening port, and how many of its connections are not established yet. */
export class TcpListening {
  readonly acceptor: TcpAcceptor
  waiting = 0

  constructor(acceptor: TcpAcceptor) {
    this.acceptor = acceptor
  }
}

/** One connection of this machine, with its addresses and its timer. */
export class TcpEndpoint implements TcpHandler {
  readonly local: string
  readonly localPort: number
  readonly remote: string
  readonly remotePort: number
  user: TcpUser = noUser
  /** The IP header's byte of that name in what it sends. */
  typeOfService = 0
  readonly #carrier: TcpCarrier
  readonly #connection: TcpConnection
  readonly #onGone: () => void
  #event: ScheduledEvent | undefined
  #timerAt: Nanoseconds = Number.POSITIVE_INFINITY

  constructor(
    carrier: TcpCarrier,
    local: string,
    localPort: number,
    remote: string,
    remotePort: number,
    onGone: () => void,
  ) {
    this.#carrier = carrier
    this.local = local
    this.localPort = localPort
    this.remote = remote
    this.remotePort = remotePort
    this.#onGone = onGone
    const segmentSize = carrier.mtuFor(remote) - headerLength(remote)
    const settings = {
      sourcePort: localPort,
      destinationPort: remotePort,
      initial: carrier.random.uint32(),
      segmentSize,
    }
    this.#connection = new TcpConnection(settings, this)
  }

  get state(): TcpConnection['state'] {
    return this.#connection.state
  }

  /** Calls the engine, and sets the timer to its next deadline. */
  do<T>(what: (connection: TcpConnection, now: Nanoseconds) => T): T {
    const result = what(this.#connection, this.#carrier.scheduler.now())
    this.#arm()
    return result
  }

  /** Removes the connection: it receives no more segments, and its user no more events. */
  forget(): void {
    this.user = noUser
    this.#event?.cancel()
    this.#onGone()
  }

  transmit(segment: TcpSegment): void {
    this.#carrier.send(this.local, this.remote, segment, this.typeOfService)
  }

  onEstablished(): void {
    this.user.onEstablished()
  }

  onReadable(): void {
    this.user.onReadable()
  }

  onAcknowledged(): void {
    this.user.onAcknowledged()
  }

  onFailure(failure: TcpFailure): void {
    this.user.onFailure(failure)
  }

  onClosed(): void {
    this.#event?.cancel()
    this.#event = undefined
    this.#timerAt = Number.POSITIVE_INFINITY
    this.#onGone()
  }

  /** A timer that is too early stays: most deadlines are postponed before they are reached. */
  #arm(): void {
    const { deadline } = this.#connection
    if (deadline >= this.#timerAt || deadline === Number.POSITIVE_INFINITY) return
    this.#event?.cancel()
    this.#timerAt = deadline
    const { scheduler } = this.#carrier
    const after = deadline - scheduler.now()
    const onTimer = () => {
      this.#timerAt = Number.POSITIVE_INFINITY
      this.#event = undefined
      this.do((connection, now) => connection.expire(now))
    }
    const inBackground = !this.#connection.isDeadlineAwaited && scheduler.scheduleBackground !== undefined
    this.#event = inBackground ? scheduler.scheduleBackground?.(after, onTimer) : scheduler.schedule(after, onTimer)
  }
}

const noUser: TcpUser = { onEstablished() {}, onReadable() {}, onAcknowledged() {}, onFailure() {} }

function keyOf(local: string, localPort: number, remote: string, remotePort: number): string {
  return `${localPort} ${remotePort} ${remote} ${local}`
}

/** Of IP and TCP, without options. */
function headerLength(address: string): number {
  return address.includes(':') ? 60 : 40
}

export const DEFAULT_BACKLOG: number = tcpLimits.backlog
