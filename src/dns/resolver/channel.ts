// What a Resolver stands on: its servers, the questions that are open, the cache. Joins the engine to the host's ports,
// connections, clock and chance. A question belongs to the host that the channel was made on.

import { currentHost } from '../../host/current.ts'
import type { Host, Timer } from '../../host/types.ts'
import { type Answer, AnswerCache, type CacheOptions } from '../engine/cache.ts'
import type { FailureCode } from '../engine/outcome.ts'
import { Query, type ServerTraits, type Step } from '../engine/query.ts'
import { DEFAULT_TIMEOUT_MS } from '../engine/query-limits.ts'
import { isLoopback, parseServer, type ServerAddress } from '../engine/server-address.ts'
import { lowerCaseName } from '../wire/name.ts'
import type { QuestionType } from '../wire/types.ts'
import { systemConfiguration } from './system-configuration.ts'
import { TcpAsker } from './tcp-asker.ts'
import { type Asker, type Forget, randomUint16, UdpAsker } from './udp-asker.ts'

export interface ChannelOptions {
  /** -1: the default. */
  readonly timeout: number
  readonly tries: number
  /** 0: none. */
  readonly maxTimeout: number
  readonly cache: CacheOptions | undefined
}

export type Answered = (answer: Answer) => void

interface Cancellable {
  cancel(): void
}

interface Server {
  readonly traits: ServerTraits
  readonly udp: UdpAsker
  readonly tcp: TcpAsker
}

export class Channel {
  readonly host: Host = currentHost()
  readonly #options: ChannelOptions
  readonly #cache: AnswerCache | undefined
  readonly #open = new Set<Cancellable>()
  /** With a cache: the callbacks of pending queries; equal queries share one. */
  readonly #asked = new Map<string, Answered[]>()
  #addresses: readonly ServerAddress[]
  #servers: Server[] | undefined
  #traits: readonly ServerTraits[] = []
  #localAddresses: { readonly 4?: string | undefined; readonly 6?: string | undefined } = {}

  constructor(options: ChannelOptions) {
    this.#options = options
    this.#cache = options.cache && new AnswerCache(options.cache)
    this.#addresses = this.host.nameServers().flatMap(text => parseServer(text) ?? [])
  }

  get addresses(): readonly ServerAddress[] {
    return this.#addresses
  }

  set addresses(addresses: readonly ServerAddress[]) {
    this.#addresses = addresses
    this.#forgetServers()
    this.#cache?.clear()
  }

  get hasOpenQuestions(): boolean {
    return this.#open.size > 0
  }

  setLocalAddresses(ipv4: string | undefined, ipv6: string | undefined): void {
    this.#localAddresses = { 4: ipv4, 6: ipv6 }
    this.#forgetServers()
  }

  /** @param answered - called on a later turn, once */
  ask(name: string, type: QuestionType, answered: Answered): void {
    if (this.#cache === undefined) this.#askServers(name, type, answered)
    else this.#askCached(this.#cache, name, type, answered)
  }

  /** Every open question ends with ECANCELLED. Those asked from now on are others: none of them joins one that has ended. */
  cancel(): void {
    const questions = [...this.#open]
    this.#open.clear()
    this.#asked.clear()
    for (const question of questions) question.cancel()
  }

  /** What comes before the asking counts as an open question too. @returns ends that */
  hold(cancelled: () => void): () => void {
    const held = { cancel: cancelled }
    this.#open.add(held)
    return () => this.#open.delete(held)
  }

  #askCached(cache: AnswerCache, name: string, type: QuestionType, answered: Answered): void {
    const key = `${type} ${lowerCaseName(name)}`
    const known = cache.get(key, this.host.clock.monotonic())
    if (known !== undefined) {
      process.nextTick(answered, known)
      return
    }
    const waiting = this.#asked.get(key)
    if (waiting !== undefined) {
      waiting.push(answered)
      return
    }
    const all = [answered]
    this.#asked.set(key, all)
    this.#askServers(name, type, answer => {
      if (this.#asked.get(key) === all) this.#asked.delete(key)
      cache.set(key, answer, this.host.clock.monotonic())
      // One that throws must not keep the answer from the others.
      for (const one of all) process.nextTick(one, answer)
    })
  }

  #askServers(name: string, type: QuestionType, answered: Answered): void {
    const system = systemConfiguration(this.host)
    if (this.#servers === undefined) {
      this.#servers = this.#addresses.map(address => this.#server(address))
      this.#traits = this.#servers.map(({ traits }) => traits)
    }
    const { timeout, tries, maxTimeout } = this.#options
    const query = new Query(name, type, {
      servers: this.#traits,
      first: system?.rotate ? randomUint16(this.host) % Math.max(1, this.#servers.length) : 0,
      tries,
      timeoutMs: timeout > 0 ? timeout : (system?.timeoutMs ?? DEFAULT_TIMEOUT_MS),
      maxTimeoutMs: maxTimeout,
      jitter: randomUint16(this.host) / 65_536,
    })
    const question = new OpenQuestion(this.host, query, this.#servers, answer => {
      this.#open.delete(question)
      answered(answer)
    })
    this.#open.add(question)
    question.start()
  }

  #server(address: ServerAddress): Server {
    const local = this.#localAddresses[address.family]
    const isNear = isLoopback(address.address)
    return {
      // On this machine nobody guesses, and TCP is as near as UDP: a question goes out as Node sends it, plain and as it
      // was written. Programs' own servers for tests are often no more than that.
      traits: { edns: !isNear, mixedCase: !isNear },
      udp: new UdpAsker(this.host, address, local),
      tcp: new TcpAsker(this.host, address, local),
    }
  }

  #forgetServers(): void {
    for (const { tcp } of this.#servers ?? []) tcp.close()
    this.#servers = undefined
  }
}

/** One question between the engine and the servers. */
class OpenQuestion implements Asker {
  readonly #host: Host
  readonly #query: Query
  readonly #servers: readonly Server[]
  readonly #answered: Answered
  #forget: Forget | undefined
  #timer: Timer | undefined
  #isDone = false

  constructor(host: Host, query: Query, servers: readonly Server[], answered: Answered) {
    this.#host = host
    this.#query = query
    this.#servers = servers
    this.#answered = answered
  }

  start(): void {
    const step = this.#query.start()
    if (step.kind === 'done') this.#refuse(step.outcome)
    else this.#carryOut(step)
  }

  cancel(): void {
    this.#refuse({ kind: 'failure', code: 'ECANCELLED' })
  }

  writePacket(id: number): Uint8Array {
    const chance = this.#query.wantsChance ? this.#host.random(CHANCE_SIZE) : undefined
    return this.#query.writePacket(id, chance)
  }

  onPacket(packet: Uint8Array): void {
    const step = this.#query.receive(packet)
    if (step !== undefined) this.#carryOut(step)
  }

  onFailure(code: FailureCode): void {
    if (!this.#isDone) this.#carryOut(this.#query.fail(code))
  }

  #carryOut(step: Step): void {
    this.#forget?.()
    this.#forget = undefined
    this.#timer?.cancel()
    if (step.kind === 'done') {
      this.#finish(step.outcome)
      return
    }
    this.#timer = this.#host.clock.setTimer(() => this.#carryOut(this.#query.expire()), step.timeoutMs)
    const server = this.#servers[step.server] as Server
    this.#forget = server[step.transport].ask(this)
  }

  /** Within a call of the program's own: as in Node, the answer comes behind its ticks and microtasks. */
  #refuse(answer: Answer): void {
    if (this.#end()) this.#host.clock.setImmediate(() => this.#answered(answer))
  }

  #finish(answer: Answer): void {
    if (this.#end()) process.nextTick(this.#answered, answer)
  }

  /** @returns false: it has ended before */
  #end(): boolean {
    if (this.#isDone) return false
    this.#isDone = true
    this.#timer?.cancel()
    this.#forget?.()
    return true
  }
}

/** A bit for each byte of a name. */
const CHANCE_SIZE = 32
