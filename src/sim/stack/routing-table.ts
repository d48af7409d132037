// Where packets go: RFC 1812 section 5.2.4.3, the longest match. Decisions are remembered until a route changes.

import { Subnet } from '../topology/addresses.ts'
import type { InterfaceAddress, NetworkCard } from '../types.ts'

export interface TableRoute {
  readonly destination: Subnet
  /** The next router; undefined: the destination is on the card's own link. */
  readonly via: string | undefined
  readonly card: NetworkCard
}

/** What is done with a packet for one destination. */
export interface Decision {
  readonly card: NetworkCard
  /** Whose MAC address it gets. */
  readonly nextHop: string
  /** The address that a packet from here bears. */
  readonly source: string
}

export class RoutingTable {
  readonly #routes: TableRoute[] = []
  readonly #decisions = new Map<string, Decision | undefined>()

  addCard(card: NetworkCard): void {
    for (const address of card.addresses) this.add({ destination: Subnet.of(address), via: undefined, card })
  }

  add(route: TableRoute): void {
    this.#routes.push(route)
    // Stable: among equals the first stays first.
    this.#routes.sort((one, other) => other.destination.prefixLength - one.destination.prefixLength)
    this.#decisions.clear()
  }

  /** @returns undefined: there is no way */
  find(destination: string): Decision | undefined {
    if (this.#decisions.has(destination)) return this.#decisions.get(destination)
    const decision = this.#decide(destination)
    if (this.#decisions.size >= MAX_REMEMBERED) this.#decisions.clear()
    this.#decisions.set(destination, decision)
    return decision
  }

  #decide(destination: string): Decision | undefined {
    const route = this.#routes.find(one => one.destination.includes(destination))
    if (route === undefined) return undefined
    const nextHop = route.via ?? destination
    const source = sourceOn(route.card.addresses, nextHop)
    return source === undefined ? undefined : { card: route.card, nextHop, source }
  }
}

/** The address on the next hop's own network, or the first of its family. */
function sourceOn(addresses: readonly InterfaceAddress[], nextHop: string): string | undefined {
  const family = nextHop.includes(':')
  const candidates = addresses.filter(({ address }) => address.includes(':') === family)
  const near = candidates.find(address => Subnet.of(address).includes(nextHop))
  return (near ?? candidates[0])?.address
}

const MAX_REMEMBERED = 4096
