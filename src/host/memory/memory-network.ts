// The network between memory hosts: which machine has which address and name. Every machine reaches every other, without loss or
// delay; for a network with delays and faults there is the simulated one (src/sim).

import type { PortTable } from '../scheduled/port-table.ts'
import type { DatagramMachine } from './memory-datagram.ts'
import type { MemoryListener } from './memory-listener.ts'

/** A machine: the members that its network and the other machines use. */
export interface MemoryMachine extends DatagramMachine {
  readonly addresses: readonly string[]
  /** The ports that TCP listens on. */
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

  /** Called by each host that is made on this network. Throws if another machine has its name or one of its addresses. */
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

  /** The next free pair of addresses, for a host that was made without any. */
  freeAddresses(): string[] {
    let number = this.#byName.size + 1
    while (this.#byAddress.has(`10.0.0.${number}`) || this.#byAddress.has(`fd00::${number.toString(16)}`)) number++
    // Beyond 255 the count continues in the third part.
    return [`10.0.${number >> 8}.${number & 0xff}`, `fd00::${number.toString(16)}`]
  }
}
