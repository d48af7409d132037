// Which ports of a memory or simulated host are bound, and by which owner: Linux's rules for addresses in use, wildcard addresses,
// dual-stack sockets, and shared ports. One table serves TCP, another UDP.

import { ephemeralPorts } from '../memory/memory-limits.ts'
import type { IpFamily } from '../types.ts'

export interface Binding<T> {
  /** In canonical form; `0.0.0.0` and `::` are the wildcards of their family. */
  readonly address: string
  readonly family: IpFamily
  readonly port: number
  /** A `::` that accepts IPv4 as well. */
  readonly isDualStack: boolean
  /** Other owners that set this too may bind the same port. */
  readonly isShared: boolean
  readonly owner: T
}

export class PortTable<T> {
  readonly #bindings = new Map<number, Binding<T>[]>()
  #nextPort: number = ephemeralPorts.first
  #turns = 0

  /**
   * @param wanted - port 0: any free one
   * @returns undefined when the address is in use
   */
  bind(wanted: Binding<T>): Binding<T> | undefined {
    const port = wanted.port === 0 ? this.freePort() : wanted.port
    if (port === undefined) return undefined
    const binding = { ...wanted, port }
    const others = this.#bindings.get(port) ?? []
    if (others.some(other => isConflict(binding, other))) return undefined
    this.#bindings.set(port, [...others, binding])
    return binding
  }

  release(binding: Binding<T>): void {
    const others = (this.#bindings.get(binding.port) ?? []).filter(other => other !== binding)
    if (others.length > 0) this.#bindings.set(binding.port, others)
    else this.#bindings.delete(binding.port)
  }

  /** The binding that receives packets to this address: one to the address itself before a wildcard; shared ones alternate. */
  find(address: string, family: IpFamily, port: number): Binding<T> | undefined {
    const bindings = this.#bindings.get(port)
    if (bindings === undefined) return undefined
    const specific = bindings.filter(binding => binding.address === address)
    const found =
      specific.length > 0 ? specific : bindings.filter(binding => isWildcard(binding) && hears(binding, family))
    return found[this.#turns++ % found.length]
  }

  /** An unbound port of the ephemeral range; undefined if all are taken. */
  freePort(isFree: (port: number) => boolean = () => true): number | undefined {
    const { first, last } = ephemeralPorts
    for (let tries = first; tries <= last; tries++) {
      const port = this.#nextPort
      this.#nextPort = port === last ? first : port + 1
      if (!this.#bindings.has(port) && isFree(port)) return port
    }
    return undefined
  }
}

function isConflict(one: Binding<unknown>, other: Binding<unknown>): boolean {
  if (one.isShared && other.isShared) return false
  const meetInFamily = hears(one, other.family) || hears(other, one.family)
  return meetInFamily && (one.address === other.address || isWildcard(one) || isWildcard(other))
}

function hears(binding: Binding<unknown>, family: IpFamily): boolean {
  return binding.family === family || binding.isDualStack
}

function isWildcard({ address }: Binding<unknown>): boolean {
  return address === '0.0.0.0' || address === '::'
}
