// A TCP listener of a simulated machine.

import type { SystemError } from '../../core/errors.ts'
import { captureContext } from '../../host/ambient.ts'
import { silentSink } from '../../host/silent-sink.ts'
import type { Clock, Endpoint, Listener, ListenerSink } from '../../host/types.ts'
import type { TcpAcceptor, TcpEndpoint } from '../stack/tcp-layer.ts'
import { SimConnection } from './sim-connection.ts'

/** Where the listener stands in its machine's tables. */
export interface ListenerPlace {
  readonly address: Endpoint
  /** IPv4 peers have IPv4-mapped addresses here. */
  readonly isDualStack: boolean
  release(): void
}

export class SimListener implements Listener, TcpAcceptor {
  readonly backlog: number
  readonly #clock: Clock
  readonly #sink: ListenerSink
  readonly #inContext = captureContext()
  readonly #onReleased: (connection: SimConnection) => void
  #place: ListenerPlace | undefined
  /** Established, and not reported to the sink yet. */
  readonly #pending = new Set<SimConnection>()
  #isClosed = false

  constructor(
    clock: Clock,
    sink: ListenerSink,
    backlog: number,
    onReleased: (connection: SimConnection) => void,
    claim: (listener: SimListener) => ListenerPlace | SystemError,
  ) {
    this.#clock = clock
    this.#sink = sink
    this.backlog = backlog
    this.#onReleased = onReleased
    const claimed = claim(this)
    if (claimed instanceof Error) {
      this.#onTurn(() => !this.#isClosed && sink.onError(claimed))
      return
    }
    this.#place = claimed
    this.#onTurn(() => !this.#isClosed && sink.onListening())
  }

  /** The number of connections that were not accepted yet. */
  get pending(): number {
    return this.#pending.size
  }

  accept(endpoint: TcpEndpoint): void {
    const place = this.#place
    if (place === undefined) {
      endpoint.do(connection => connection.abort())
      return
    }
    // The sink is notified in the context of `listen`, not of the client.
    this.#inContext(() => {
      const local = endpointOf(endpoint.local, endpoint.localPort, place.isDualStack)
      const remote = endpointOf(endpoint.remote, endpoint.remotePort, place.isDualStack)
      const title = `connection from ${remote.address} port ${remote.port}`
      const connection = new SimConnection(this.#clock, title, silentSink, false, this.#onReleased)
      endpoint.user = connection
      connection.carriedBy(endpoint, local, remote)
      connection.onEstablished()
      this.#pending.add(connection)
      this.#onTurn(() => {
        if (this.#pending.delete(connection)) this.#sink.onConnection(connection)
      })
    })
  }

  address(): Endpoint | null {
    return this.#place === undefined ? null : { ...this.#place.address }
  }

  close(): void {
    if (this.#isClosed) return
    this.#isClosed = true
    this.#place?.release()
    this.#place = undefined
    for (const connection of this.#pending) connection.reset()
    this.#pending.clear()
    this.#onTurn(() => this.#sink.onClose())
  }

  // A simulated machine does not keep the process alive.
  ref(): void {}
  unref(): void {}

  #onTurn(tell: () => void): void {
    this.#clock.setImmediate(() => this.#inContext(tell))
  }
}

/** An endpoint as a socket of the listener's family shows it. RFC 4291 section 2.5.5.2 */
export function endpointOf(address: string, port: number, isDualStack = false): Endpoint {
  if (address.includes(':')) return { address, family: 'IPv6', port }
  if (isDualStack) return { address: `::ffff:${address}`, family: 'IPv6', port }
  return { address, family: 'IPv4', port }
}
