// A wrapper around a machine's own host, whose connections may get toxics, and whose DNS queries follow the machine's resolver
// options.

import { runWithHost } from '../../host/ambient.ts'
import type { SeededRandom } from '../../host/seeded-random.ts'
import type {
  BindTarget,
  Clock,
  Connection,
  ConnectionSink,
  ConnectTarget,
  DatagramPort,
  DatagramSink,
  Host,
  HostAddress,
  HostInterface,
  Listener,
  ListenerSink,
  ListenTarget,
  LookupOptions,
  ResolverConfiguration,
} from '../../host/types.ts'
import { fraction } from '../randomness.ts'
import { ToxicConnection } from './toxic-connection.ts'
import type { Toxic } from './toxics.ts'

/** The toxics that a connection to that address may get. */
export type ToxicChoice = (address: string, port: number) => readonly Toxic[]

export class ToxicHost implements Host {
  readonly #inner: Host
  readonly #resolver: ResolverConfiguration | undefined
  readonly #choose: ToxicChoice
  readonly #random: SeededRandom

  constructor(inner: Host, resolver: ResolverConfiguration | undefined, choose: ToxicChoice, random: SeededRandom) {
    this.#inner = inner
    this.#resolver = resolver
    this.#choose = choose
    this.#random = random
  }

  get name(): string {
    return this.#inner.name
  }

  get clock(): Clock {
    return this.#inner.clock
  }

  get reserve(): Host['reserve'] {
    return this.#inner.reserve?.bind(this.#inner)
  }

  connect(target: ConnectTarget, sink: ConnectionSink): Connection {
    const toxics = target.kind === 'tcp' ? this.#draw(target.address, target.port) : []
    if (toxics.length === 0) return this.#inner.connect(target, sink)
    const makers = (stream: Toxic['stream']) => toxics.filter(toxic => toxic.stream === stream).map(toxic => toxic.make)
    const plumbing = { clock: this.clock, random: this.#random }
    const connection = new ToxicConnection(sink, makers('upstream'), makers('downstream'), plumbing)
    connection.attach(this.#inner.connect(target, connection))
    return connection
  }

  listen(target: ListenTarget, sink: ListenerSink): Listener {
    return this.#inner.listen(target, sink)
  }

  bind(target: BindTarget, sink: DatagramSink): DatagramPort {
    return this.#inner.bind(target, sink)
  }

  lookup(name: string, options: LookupOptions, done: (error: Error | null, addresses: HostAddress[]) => void): void {
    this.#inner.lookup(name, options, done)
  }

  lookupService(
    address: string,
    port: number,
    done: (error: Error | null, hostname: string, service: string) => void,
  ): void {
    this.#inner.lookupService(address, port, done)
  }

  nameServers(): string[] {
    return this.#inner.nameServers()
  }

  get asksNameServers(): boolean | undefined {
    return this.#inner.asksNameServers
  }

  resolverConfiguration(): ResolverConfiguration | undefined {
    return this.#resolver ?? this.#inner.resolverConfiguration?.()
  }

  interfaces(): HostInterface[] {
    return this.#inner.interfaces()
  }

  get isSeeded(): boolean | undefined {
    return this.#inner.isSeeded
  }

  random(size: number): Uint8Array {
    return this.#inner.random(size)
  }

  run<T>(fn: () => T): T {
    return runWithHost(this, fn)
  }

  #draw(address: string, port: number): Toxic[] {
    return this.#choose(address, port).filter(({ toxicity }) => toxicity >= 1 || fraction(this.#random) < toxicity)
  }
}
