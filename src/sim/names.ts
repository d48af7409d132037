// A machine's name service, as getaddrinfo is set up by /etc/hosts, nsswitch.conf and resolv.conf: its hosts file, then
// the name servers it is told to ask, or, without any, the names of the network's machines.

import { parseAddress } from './addresses.ts'

/** Names with their addresses. */
export type HostsFile = Readonly<Record<string, string | readonly string[]>>

/** What the name servers say; undefined: they know no such name. */
export type AskServers = (name: string) => Promise<readonly string[]>

export interface NameSources {
  readonly hosts: HostsFile
  readonly nameServers: readonly string[]
  /** The machines of the network: their addresses, those nearest to the asker first. */
  readonly neighbours: (name: string) => readonly string[]
  readonly neighbourAt: (address: string) => string | undefined
  readonly askServers: AskServers
}

export class MachineNames {
  readonly #sources: NameSources
  readonly #file = new Map<string, readonly string[]>()
  /** Names that are being asked for. */
  readonly asking = new Set<string>()

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
    const known = this.#file.get(canonical)
    const { nameServers, neighbours, askServers } = this.#sources
    if (known !== undefined) done(known)
    else if (nameServers.length === 0) done(neighbours(canonical))
    else {
      this.asking.add(canonical)
      const answer = (addresses: readonly string[]) => {
        this.asking.delete(canonical)
        done(addresses)
      }
      askServers(canonical).then(answer, () => answer([]))
    }
  }

  /** The reverse, from the hosts file and the network's machines. */
  nameOf(address: string): string | undefined {
    for (const [name, addresses] of this.#file) if (addresses.includes(address)) return name
    return this.#sources.neighbourAt(address)
  }
}

function canonicalName(name: string): string {
  const lower = name.toLowerCase()
  return lower.endsWith('.') ? lower.slice(0, -1) : lower
}
