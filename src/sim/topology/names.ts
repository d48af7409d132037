// A machine's name service: its hosts file, then the names of the network's machines. On a machine with name servers, the dns
// module queries those in place of the machines' names, as on every host without a system's resolver.

import { parseAddress } from './addresses.ts'

/** Names with their addresses. */
export type HostsFile = Readonly<Record<string, string | readonly string[]>>

export interface NameSources {
  readonly hosts: HostsFile
  readonly nameServers: readonly string[]
  /** The addresses of the network's machines by name, those nearest to the asking machine first. */
  readonly neighbours: (name: string) => readonly string[]
  readonly neighbourAt: (address: string) => string | undefined
}

export class MachineNames {
  readonly #sources: NameSources
  readonly #file = new Map<string, readonly string[]>()

  constructor(sources: NameSources) {
    this.#sources = sources
    for (const [name, addresses] of Object.entries({ localhost: ['127.0.0.1', '::1'], ...sources.hosts })) {
      const list = typeof addresses === 'string' ? [addresses] : addresses
      this.#file.set(
        canonicalName(name),
        list.map(address => parseAddress(address, `hosts.${name}`)),
      )
    }
  }

  nameServers(): string[] {
    return [...this.#sources.nameServers]
  }

  /** All addresses of a name, in order; empty: there is none. `done` may be called at once. */
  addresses(name: string, done: (addresses: readonly string[]) => void): void {
    const canonical = canonicalName(name)
    const { nameServers, neighbours } = this.#sources
    done(this.#file.get(canonical) ?? (nameServers.length === 0 ? neighbours(canonical) : []))
  }

  /** The name of an address, from the hosts file and the network's machines. */
  nameOf(address: string): string | undefined {
    for (const [name, addresses] of this.#file) if (addresses.includes(address)) return name
    return this.#sources.neighbourAt(address)
  }
}

function canonicalName(name: string): string {
  const lower = name.toLowerCase()
  return lower.endsWith('.') ? lower.slice(0, -1) : lower
}
