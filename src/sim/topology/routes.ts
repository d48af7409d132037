// A machine's configured routes: which network is reached through which card and next router. The stack adds those of its own
// cards' networks.

import { invalidArgValue } from '../../core/errors.ts'
import { parseAddress, Subnet } from './addresses.ts'
import type { Nic } from './nic.ts'

export interface RouteOptions {
  /** A network, '10.2.0.0/16', or 'default'. */
  readonly to: string
  /** The next router; left out: `to` is on the card's own link. */
  readonly via?: string | undefined
  /** A card's name. Default: the one on whose network `via` is. */
  readonly nic?: string | undefined
}

export interface Route {
  readonly destination: Subnet
  readonly via: string | undefined
  readonly nic: Nic
}

export function readRoutes(
  machine: string,
  nics: readonly Nic[],
  options: readonly RouteOptions[],
  gateway: string | readonly string[] | undefined,
): Route[] {
  checkCards(machine, nics)
  const gateways = gateway === undefined ? [] : typeof gateway === 'string' ? [gateway] : gateway
  const all = [...options, ...gateways.map(via => ({ to: 'default', via: parseAddress(via, 'gateway') }))]
  const routes = all.map(one => readRoute(machine, nics, one))
  for (const [index, { destination }] of routes.entries()) {
    const twin = routes.slice(0, index).find(other => String(other.destination) === String(destination))
    if (twin !== undefined) {
      const ways = [twin, routes[index] as Route].map(({ via, nic }) => (via === undefined ? nic.name : `via ${via}`))
      throw invalidArgValue(
        'routes',
        String(destination),
        `must not overlap: ${machine} has two for it, ${ways.join(' and ')}`,
      )
    }
  }
  return routes
}

function readRoute(machine: string, nics: readonly Nic[], { to, via, nic: name }: RouteOptions): Route {
  const next = via === undefined ? undefined : parseAddress(via, 'routes.via')
  const isDefault = to === 'default'
  const destination = Subnet.parse(!isDefault ? to : next?.includes(':') ? '::/0' : '0.0.0.0/0', 'routes.to')
  const named = name === undefined ? undefined : nics.find(one => one.name === name)
  if (name !== undefined && named === undefined) {
    throw invalidArgValue('routes.nic', name, `must be a card of ${machine}: ${nics.map(one => one.name).join(', ')}`)
  }
  if (next === undefined) {
    const nic = named ?? (nics.length === 1 ? nics[0] : undefined)
    if (nic === undefined)
      throw invalidArgValue('routes.via', via, `must be given, or a card: ${machine} has ${nics.length}`)
    return { destination, via: undefined, nic }
  }
  const nic = named ?? nics.find(one => networksOf(one).some(subnet => subnet.includes(next)))
  if (nic === undefined) {
    const networks = nics.flatMap(networksOf).join(', ') || 'none'
    throw invalidArgValue(isDefault ? 'gateway' : 'routes.via', next, `must be on a network of ${machine}: ${networks}`)
  }
  return { destination, via: next, nic }
}

/** Two cards on one network are rejected: it would be open which one a packet takes. */
function checkCards(machine: string, nics: readonly Nic[]): void {
  const networks = nics.flatMap(nic => networksOf(nic).map(subnet => ({ nic, subnet })))
  for (const [index, { nic, subnet }] of networks.entries()) {
    for (const other of networks.slice(0, index)) {
      if (other.nic === nic || !other.subnet.overlaps(subnet)) continue
      const text = `must not overlap: ${machine} would reach it by ${other.nic.name} (${other.subnet}) and by ${nic.name}`
      throw invalidArgValue('nics', String(subnet), text)
    }
  }
}

function networksOf(nic: Nic): Subnet[] {
  return nic.addresses.map(address => Subnet.of(address))
}
