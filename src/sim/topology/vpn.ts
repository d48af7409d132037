// A virtual private network: a gateway, and machines that join it from anywhere. Each gets another card, whose frames are sent
// through TLS to the gateway, and through it to the networks behind.

import { validateInteger } from '../../core/validate.ts'
import { joinVpn, serveVpn } from '../services/vpn-ends.ts'
import { parseInterfaceAddress } from './addresses.ts'
import type { Machine } from './machine.ts'
import type { Nic } from './nic.ts'

export interface VpnOptions {
  /** The gateway's address in the private network, with its prefix length: '10.8.0.1/24'. */
  readonly address: string
  /** Default: 1194. */
  readonly port?: number | undefined
  /** The gateway's key and certificate, as PEM. */
  readonly key: string | Uint8Array
  readonly cert: string | Uint8Array
  /** Members must have a certificate of this authority. Default: no certificate is requested. */
  readonly ca?: string | Uint8Array | undefined
}

export interface VpnMemberOptions {
  /** The address in the private network: '10.8.0.2/24'. */
  readonly address: string
  /** The authority that issued the gateway's certificate. */
  readonly ca: string | Uint8Array
  /** The name in the gateway's certificate. Default: the machine's. */
  readonly servername?: string | undefined
  /** The address of the gateway. Default: its address nearest to the member. */
  readonly at?: string | undefined
  /** Networks that are reached through the tunnel: '192.168.0.0/24'. Default: the private network alone. */
  readonly routes?: readonly string[] | undefined
  readonly key?: string | Uint8Array | undefined
  readonly cert?: string | Uint8Array | undefined
}

export class Vpn {
  readonly gateway: Machine
  /** The gateway's card in the private network. */
  readonly nic: Nic
  readonly #port: number

  constructor(gateway: Machine, { address, port = 1194, key, cert, ca }: VpnOptions) {
    validateInteger(port, 'port', 1, 65535)
    this.gateway = gateway
    this.#port = port
    this.nic = gateway.addCard('tun', parseInterfaceAddress(address, 'address'), TUNNEL_MTU)
    const { nic } = this
    gateway.run(() => serveVpn(nic, gateway.host.clock, { port, key, cert, ca }))
  }

  /** Joins a machine. To be awaited by `net.until`. @returns its card in the private network */
  async join(machine: Machine, options: VpnMemberOptions): Promise<Nic> {
    const { address, ca, servername = this.gateway.name, at, routes = [], key, cert } = options
    const { network } = machine
    const host = at ?? network.addressesFor(machine, this.gateway.name)[0] ?? this.gateway.address
    const nic = machine.addCard('tun', parseInterfaceAddress(address, 'address'), TUNNEL_MTU)
    const via = (this.nic.addresses[0] as Nic['addresses'][number]).address
    machine.addRoutes(routes.map(to => ({ to, via, nic: nic.name })))
    const settings = { host, port: this.#port, servername, ca, key, cert }
    await machine.run(() => joinVpn(nic, machine.host.clock, settings))
    return nic
  }
}

const TUNNEL_MTU = 1400
