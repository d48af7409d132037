// The wire between memory hosts: which machine has which address and name. Every pair of machines is connected, nothing
// is lost and nothing takes time; a network with delays and faults is a simulated one.

import type { PortTable } from '../scheduled/port-table.ts'
import type { DatagramMachine } from './memory-datagram.ts'
import type { MemoryListener } from './memory-listener.ts'

/** A machine, as its network and the other machines see it. */
export interface MemoryMachine extends DatagramMachine {
  readonly addresses: readonly string[]
  /** Where TCP listens. */
  readonly streamPorts: PortTable<MemoryListener>
}

export class MemoryNetwork {
  readonly #byAddress = new Map<string, MemoryMachine>()
  readonly #byName = new Map<string, MemoryMachine>()

  get hosts(): MemoryMachine[] {
    return [...this.#byName.values()]
  }

  hostAt(address: string): MemoryMachine | undefined {
    return this.#byAddress.get(address)
  }

  hostNamed(name: string): MemoryMachine | undefined {
    return this.#byName.get(name.toLowerCase())
  }

  /** Called by each host that is made on this network. Two machines with one name or address are a mistake. */
  attach(host: MemoryMachine): void {
    const name = host.name.toLowerCase()
    if (this.#byName.has(name)) throw new Error(`The network already has a host named ${host.name}`)
    for (const address of host.addresses) {
      const owner = this.#byAddress.get(address)
      if (owner !== undefined) throw new Error(`The address ${address} already belongs to ${owner.name}`)
    }
    this.#byName.set(name, host)
    for (const address of host.addresses) this.#byAddress.set(address, host)
  }

  /** Addresses for a host that was given none: the next free pair. */
  freeAddresses(): string[] {
    let number = this.#byName.size + 1
    while (this.#byAddress.has(`10.0.0.${number}`) || this.#byAddress.has(`fd00::${number.toString(16)}`)) number++
    // Past 254 the last two parts count on.
    return [`10.0.${number >> 8}.${number & 0xff}`, `fd00::${number.toString(16)}`]
  }
}
