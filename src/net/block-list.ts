// net.BlockList: rules over IP addresses. Source: Node's documentation, "Class: net.BlockList".

import { type InspectOptions, inspect } from 'node:util'
import { invalidArgType, invalidArgValue } from '../core/errors.ts'
import { isMappedIPv4, parseIp } from '../core/ip.ts'
import { validateArray, validateInt32, validateString } from '../core/validate.ts'
import { addressBytes, oneDeeper, SocketAddress } from './socket-address.ts'

/** As its type stands in @types/node, so that values declared as Node's fit. What is none of ours is told at run time. */
type AnySocketAddress = Pick<SocketAddress, 'address' | 'family' | 'port' | 'flowlabel'>

export type IpFamilyName = 'ipv4' | 'ipv6'

/** All bounds are inclusive and in network byte order. An address is a range of one. */
interface Rule {
  readonly text: string
  readonly from: Uint8Array
  readonly to: Uint8Array
}

const kRules = Symbol('rules')

export class BlockList {
  /** The newest first, as Node lists them. Nothing but the text tells one rule from another. */
  readonly [kRules]: Rule[] = []

  static readonly PRIVATE_RANGES: readonly string[] = Object.freeze([
    '10.0.0.0/8',
    '172.16.0.0/12',
    '192.168.0.0/16',
    '127.0.0.0/8',
    '::1/128',
    '169.254.0.0/16',
    'fe80::/10',
    'fc00::/7',
  ])

  static isBlockList(value: unknown): value is BlockList {
    const list = value as Partial<BlockList> | null | undefined
    // The runtime's own list works as well: it answers the same question.
    return list?.[kRules] !== undefined || list?.constructor?.name === 'BlockList'
  }

  addAddress(address: string | AnySocketAddress, family: IpFamilyName = 'ipv4'): void {
    this.#add(addressRule(socketAddress(address, 'address', family)))
  }

  addAddresses(addresses: readonly (string | AnySocketAddress)[], family: IpFamilyName = 'ipv4'): void {
    validateArray(addresses, 'addresses')
    validateString(family, 'family')
    const rules = addresses.map((address, index) => addressRule(socketAddress(address, `addresses[${index}]`, family)))
    for (const rule of rules) this.#add(rule)
  }

  /** @throws ERR_INVALID_ARG_VALUE where `start` comes after `end` */
  addRange(start: string | AnySocketAddress, end: string | AnySocketAddress, family: IpFamilyName = 'ipv4'): void {
    this.#add(rangeRule(start, end, family))
  }

  /** @param prefix - bits: 0 to 32, or 0 to 128 */
  addSubnet(network: string | AnySocketAddress, prefix: number, family: IpFamilyName = 'ipv4'): void {
    this.#add(subnetRule(network, prefix, family))
  }

  /** @param cidr - `10.0.0.0/8` */
  addCIDR(cidr: string): void {
    const { address, prefix, family } = parseCidr(cidr)
    this.addSubnet(address, prefix, family)
  }

  addCIDRs(cidrs: readonly string[]): void {
    validateArray(cidrs, 'cidrs')
    // All are checked before the first is added.
    const rules = cidrs.map((cidr, index) => {
      validateString(cidr, `cidrs[${index}]`)
      const { address, prefix, family } = parseCidr(cidr)
      return subnetRule(address, prefix, family)
    })
    for (const rule of rules) this.#add(rule)
  }

  removeAddress(address: string | AnySocketAddress, family: IpFamilyName = 'ipv4'): void {
    this.#remove(addressRule(socketAddress(address, 'address', family)))
  }

  removeRange(start: string | AnySocketAddress, end: string | AnySocketAddress, family: IpFamilyName = 'ipv4'): void {
    this.#remove(rangeRule(start, end, family))
  }

  removeSubnet(network: string | AnySocketAddress, prefix: number, family: IpFamilyName = 'ipv4'): void {
    this.#remove(subnetRule(network, prefix, family))
  }

  removeCIDR(cidr: string): void {
    const { address, prefix, family } = parseCidr(cidr)
    this.removeSubnet(address, prefix, family)
  }

  /** Whether a rule holds for the address. What is no address of that family is under no rule. */
  check(address: string | AnySocketAddress, family: IpFamilyName = 'ipv4'): boolean {
    let bytes: Uint8Array | undefined
    if (SocketAddress.isSocketAddress(address)) bytes = addressBytes(address)
    else {
      validateString(address, 'address')
      validateString(family, 'family')
      bytes = parseIp(address)
      if (bytes?.length !== (family.toLowerCase() === 'ipv4' ? 4 : 16)) return false
    }
    const value = bytes
    // An IPv4-mapped IPv6 address is under the IPv4 rules too, and the other way round.
    const other = isMappedIPv4(value) ? value.subarray(12) : value.length === 4 ? mapped(value) : undefined
    return this[kRules].some(rule => isWithin(value, rule) || (other !== undefined && isWithin(other, rule)))
  }

  clear(): void {
    this[kRules].length = 0
  }

  get rules(): string[] {
    return this[kRules].map(rule => rule.text)
  }

  get size(): number {
    return this[kRules].length
  }

  toJSON(): string[] {
    return this.rules
  }

  /** Takes what `toJSON` gave; lines that are no rules are passed over, as in Node. */
  fromJSON(data: string | readonly string[]): void {
    if (typeof data !== 'string' && !Array.isArray(data)) throw invalidArgType('data', ['string', 'string[]'], data)
    const lines: unknown = typeof data === 'string' ? JSON.parse(data) : data
    if (!Array.isArray(lines) || lines.some(line => typeof line !== 'string')) {
      throw invalidArgType('data', ['string', 'string[]'], lines)
    }
    for (const line of lines as string[]) this.#addText(line)
  }

  [inspect.custom](depth: number, options: InspectOptions): unknown {
    return depth < 0 ? this : `BlockList ${inspect({ rules: this.rules }, oneDeeper(options))}`
  }

  #add(rule: Rule): void {
    this[kRules].unshift(rule)
  }

  #remove(rule: Rule): void {
    const index = this[kRules].findIndex(({ text }) => text === rule.text)
    if (index !== -1) this[kRules].splice(index, 1)
  }

  #addText(line: string): void {
    const [kind, name, value] = line.split(/: | /, 3)
    const family = name === 'IPv6' ? 'ipv6' : name === 'IPv4' ? 'ipv4' : undefined
    if (value === undefined || family === undefined) return
    const [first = '', last = ''] = value.split(kind === 'Subnet' ? '/' : '-')
    if (kind === 'Address') this.addAddress(first, family)
    else if (kind === 'Range') this.addRange(first, last, family)
    else if (kind === 'Subnet') this.addSubnet(first, Number.parseInt(last, 10), family)
  }
}

function socketAddress(value: string | AnySocketAddress, name: string, family: IpFamilyName): SocketAddress {
  if (SocketAddress.isSocketAddress(value)) return value
  validateString(value, name)
  validateString(family, 'family')
  return new SocketAddress({ address: value, family })
}

function addressRule(address: SocketAddress): Rule {
  const bytes = addressBytes(address)
  return { text: `Address: ${familyText(address)} ${address.address}`, from: bytes, to: bytes }
}

function rangeRule(start: string | AnySocketAddress, end: string | AnySocketAddress, family: IpFamilyName): Rule {
  const first = socketAddress(start, 'start', family)
  const last = socketAddress(end, 'end', family)
  const [from, to] = [addressBytes(first), addressBytes(last)]
  if (from.length !== to.length || compare(from, to) > 0) throw invalidArgValue('start', start, 'must come before end')
  return { text: `Range: ${familyText(first)} ${first.address}-${last.address}`, from, to }
}

function subnetRule(network: string | AnySocketAddress, prefix: number, family: IpFamilyName): Rule {
  const address = socketAddress(network, 'network', family)
  const bytes = addressBytes(address)
  validateInt32(prefix, 'prefix', 0, bytes.length * 8)
  const mask = bytes.map((_, index) => (0xff00 >> Math.min(8, Math.max(0, prefix - index * 8))) & 0xff)
  return {
    // `+ 0`: no minus zero in the text.
    text: `Subnet: ${familyText(address)} ${address.address}/${prefix + 0}`,
    from: bytes.map((byte, index) => byte & (mask[index] ?? 0)),
    to: bytes.map((byte, index) => byte | (~(mask[index] ?? 0) & 0xff)),
  }
}

function familyText({ family }: SocketAddress): string {
  return family === 'ipv4' ? 'IPv4' : 'IPv6'
}

function parseCidr(cidr: string): { address: string; prefix: number; family: IpFamilyName } {
  validateString(cidr, 'cidr')
  const slash = cidr.lastIndexOf('/')
  if (slash === -1) throw invalidArgValue('cidr', cidr, 'must contain a prefix length (e.g. "10.0.0.0/8")')
  const address = cidr.slice(0, slash)
  const digits = cidr.slice(slash + 1)
  const prefix = Number.parseInt(digits, 10)
  if (String(prefix) !== digits || Number.isNaN(prefix)) {
    throw invalidArgValue('cidr', cidr, 'prefix length must be a valid integer')
  }
  return { address, prefix, family: address.includes(':') ? 'ipv6' : 'ipv4' }
}

function isWithin(bytes: Uint8Array, { from, to }: Rule): boolean {
  return bytes.length === from.length && compare(from, bytes) <= 0 && compare(bytes, to) <= 0
}

function compare(a: Uint8Array, b: Uint8Array): number {
  for (let index = 0; index < a.length; index++) {
    const difference = (a[index] ?? 0) - (b[index] ?? 0)
    if (difference !== 0) return difference
  }
  return 0
}

function mapped(bytes: Uint8Array): Uint8Array {
  return Uint8Array.of(0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xff, 0xff, ...bytes)
}
