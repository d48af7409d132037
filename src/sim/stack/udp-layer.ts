// One machine's UDP: who hears a datagram. RFC 768.

import { type Binding, PortTable } from '../../host/scheduled/port-table.ts'
import type { UdpDatagram } from '../wire/packets.ts'

/** A bound port. */
export interface UdpReceiver {
  readonly port: number
  receive(message: Uint8Array, source: string, sourcePort: number, destination: string): void
  /** A port or host of that address cannot be reached: only a connected port hears of it. */
  receiveUnreachable(remote: string, remotePort: number, isPort: boolean): void
  /** Whether it has joined that group. */
  hears(group: string, source: string): boolean
}

export class UdpLayer {
  readonly ports = new PortTable<UdpReceiver>()
  /** All that are bound, for datagrams to many. */
  readonly #bindings = new Set<Binding<UdpReceiver>>()

  /** @returns undefined: the address is in use */
  bind(wanted: Binding<UdpReceiver>): Binding<UdpReceiver> | undefined {
    const binding = this.ports.bind(wanted)
    if (binding !== undefined) this.#bindings.add(binding)
    return binding
  }

  release(binding: Binding<UdpReceiver>): void {
    this.ports.release(binding)
    this.#bindings.delete(binding)
  }

  /** @returns whether somebody was there */
  receive(source: string, destination: string, datagram: UdpDatagram): boolean {
    const found = this.ports.find(destination, destination.includes(':') ? 6 : 4, datagram.destinationPort)
    found?.owner.receive(datagram.data, source, datagram.sourcePort, destination)
    return found !== undefined
  }

  /** To everybody who is bound to that port: a broadcast, or the members of a group. */
  receiveForMany(source: string, destination: string, datagram: UdpDatagram, isGroup: boolean): void {
    const isIpv6 = destination.includes(':')
    for (const { port, family, address, isDualStack, owner } of this.#bindings) {
      const hearsFamily = (family === 6) === isIpv6 || isDualStack
      const hearsAll = address === '0.0.0.0' || address === '::' || address === destination
      if (port !== datagram.destinationPort || !hearsFamily || !(hearsAll || isGroup)) continue
      if (isGroup && !owner.hears(destination, source)) continue
      owner.receive(datagram.data, source, datagram.sourcePort, destination)
    }
  }

  receiveError(local: string, localPort: number, remote: string, remotePort: number, isPort: boolean): void {
    this.ports.find(local, local.includes(':') ? 6 : 4, localPort)?.owner.receiveUnreachable(remote, remotePort, isPort)
  }
}
