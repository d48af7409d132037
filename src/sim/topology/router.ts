// A machine that forwards packets between the networks of its cards, and may translate addresses (NAT).

import { invalidArgValue } from '../../core/errors.ts'
import { validateInteger, validateOneOf } from '../../core/validate.ts'
import { parseAddress } from './addresses.ts'
import { Machine, type MachineOptions } from './machine.ts'
import type { Nat } from './nat.ts'
import type { Nic } from './nic.ts'
import type { Surroundings } from './surroundings.ts'

/** Forwards packets for a port of the router's outside address to a machine inside. */
export interface PortForward {
  readonly protocol?: 'tcp' | 'udp' | undefined
  readonly port: number
  /** The inside address: '192.168.0.2'. */
  readonly to: string
  /** Default: the same. */
  readonly toPort?: number | undefined
}

export interface NatOptions {
  /** The name of the card whose address replaces those inside. */
  readonly outside: string
  readonly forwards?: readonly PortForward[] | undefined
}

export interface RouterOptions extends MachineOptions {
  readonly nat?: NatOptions | undefined
}

export class Router extends Machine {
  constructor(network: Surroundings, name: string, options: RouterOptions) {
    super(network, name, options, true, nics =>
      options.nat === undefined ? undefined : readNat(name, nics, options.nat),
    )
  }
}

function readNat(router: string, nics: readonly Nic[], { outside, forwards = [] }: NatOptions): Nat {
  const nic = nics.find(one => one.name === outside)
  if (nic === undefined) {
    throw invalidArgValue(
      'nat.outside',
      outside,
      `must be a card of ${router}: ${nics.map(one => one.name).join(', ')}`,
    )
  }
  const address = nic.addresses.find(one => !one.address.includes(':'))?.address
  if (address === undefined) throw invalidArgValue('nat.outside', outside, 'must have an IPv4 address')
  const complete = forwards.map(({ protocol = 'tcp', port, to, toPort = port }) => {
    validateOneOf(protocol, 'nat.forwards.protocol', ['tcp', 'udp'])
    validateInteger(port, 'nat.forwards.port', 1, 65535)
    validateInteger(toPort, 'nat.forwards.toPort', 1, 65535)
    return { protocol, port, to: parseAddress(to, 'nat.forwards.to'), toPort }
  })
  return { outside: nic, address, forwards: complete }
}
