// Whether a scenario is repeatable: it runs several times with one seed, and every packet is compared. Differences come
// from the program: Math.random, the order of real file accesses, state that a module keeps between runs.

import { createHash } from 'node:crypto'
import { codedError } from '../../core/errors.ts'
import { validateFunction, validateInteger } from '../../core/validate.ts'
import { Network, type NetworkOptions } from '../topology/network.ts'
import type { Nic, NicTap } from '../topology/nic.ts'
import { formatInstant } from '../units.ts'
import { encodeFrame } from '../wire/ethernet.ts'
import { summarize } from './packet-summary.ts'

/** Builds a network's machines, runs its programs, and checks the outcome. */
export type Scenario = (net: Network) => unknown

export interface CheckOptions extends NetworkOptions {
  /** How often it runs. Default: 2. */
  readonly times?: number | undefined
}

/**
 * Runs a scenario several times with the same seed.
 * @returns the hash of its packets
 * @throws what the scenario throws, or ERR_SIM_DIFFERENT with the first packet that differed
 */
export async function checkRepeatable(scenario: Scenario, options: CheckOptions = {}): Promise<string> {
  const { times = 2, ...given } = options
  validateFunction(scenario, 'scenario')
  validateInteger(times, 'options.times', 2)
  const first = await record(scenario, given, undefined)
  for (let time = 2; time <= times; time++) {
    const again = await record(scenario, { ...given, seed: first.seed }, first)
    const difference = again.difference ?? first.missing(again)
    if (difference === undefined) continue
    const message = `Run ${time} with seed ${first.seed} was not as the first: ${difference}`
    throw codedError(Error, 'ERR_SIM_DIFFERENT', message)
  }
  return first.digest()
}

async function record(
  scenario: Scenario,
  options: NetworkOptions,
  model: PacketTrace | undefined,
): Promise<PacketTrace> {
  const net = new Network(options)
  const trace = new PacketTrace(net, model)
  try {
    await scenario(net)
  } finally {
    net.close()
  }
  return trace
}

/** Every packet of a network, as one number each, compared with those of an earlier run. */
export class PacketTrace {
  readonly seed: number
  /** The first difference from the model run. */
  difference: string | undefined
  readonly #packets: number[] = []
  readonly #model: PacketTrace | undefined
  readonly #hash = createHash('sha256')
  readonly #now: () => number

  constructor(net: Network, model?: PacketTrace | undefined) {
    this.seed = net.seed
    this.#model = model
    this.#now = () => net.timeline.now()
    net.watchAll(this.#tap)
  }

  get count(): number {
    return this.#packets.length
  }

  /** The hash of all packets so far: time, sender and bytes. */
  digest(): string {
    return this.#hash.copy().digest('hex')
  }

  /** The difference of a run that sent the same packets, but fewer. */
  missing(shorter: PacketTrace): string | undefined {
    if (shorter.count === this.count) return undefined
    return `it sent ${shorter.count} packets in place of ${this.count}`
  }

  readonly #tap: NicTap = (nic: Nic, what, frame) => {
    if (what !== 'out' || this.difference !== undefined) return
    const bytes = encodeFrame(frame)
    const head = `${this.#now()} ${nic.owner.name} ${nic.name} ${bytes.length}\n`
    this.#hash.update(head).update(bytes)
    const number = mixed(head, bytes)
    const index = this.#packets.push(number) - 1
    const expected = this.#model?.packetAt(index)
    if (this.#model === undefined || expected === number) return
    const where = `packet ${index + 1}, of ${nic.owner.name} at ${formatInstant(this.#now())}, ${summarize(frame)}`
    this.difference = expected === undefined ? `${where}, was not sent in the first` : `${where}, differs`
  }

  /** A packet as one number; undefined: there are not so many. */
  packetAt(index: number): number | undefined {
    return this.#packets[index]
  }
}

/** FNV-1a. */
function mixed(head: string, bytes: Uint8Array): number {
  let hash = 0x811c9dc5
  for (let index = 0; index < head.length; index++) hash = Math.imul(hash ^ head.charCodeAt(index), 0x01000193)
  for (const byte of bytes) hash = Math.imul(hash ^ byte, 0x01000193)
  return hash >>> 0
}
