// What waits for connections on a memory host: a TCP address and port, or a path.

import type { SystemError } from '../../core/errors.ts'
import { captureContext } from '../ambient.ts'
import type { Clock, Endpoint, Listener, ListenerSink } from '../types.ts'
import type { MemoryConnection } from './memory-connection.ts'

/** Where the listener stands in its host's tables. */
export interface ListenerPlace {
  readonly address: Endpoint | string
  release(): void
}

export class MemoryListener implements Listener {
  readonly #clock: Clock
  readonly #sink: ListenerSink
  readonly #inContext = captureContext()
  #place: ListenerPlace | undefined
  #isClosed = false

  /** @param claim - takes the place, or says why it cannot be had */
  constructor(clock: Clock, sink: ListenerSink, claim: (listener: MemoryListener) => ListenerPlace | SystemError) {
    this.#clock = clock
    this.#sink = sink
    const claimed = claim(this)
    if (claimed instanceof Error) {
      this.#onTurn(() => !this.#isClosed && sink.onError(claimed))
      return
    }
    this.#place = claimed
    this.#onTurn(() => !this.#isClosed && sink.onListening())
  }

  /** A connection that has found its way here. There is no backlog: it is told on the next turn. */
  accept(connection: MemoryConnection): void {
    this.#onTurn(() => {
      if (this.#isClosed) connection.reset()
      else this.#sink.onConnection(connection)
    })
  }

  /** The server's end of a connection is made here: its sink is told in the context of `listen`. */
  runInContext(make: () => void): void {
    this.#inContext(make)
  }

  address(): Endpoint | string | null {
    const address = this.#place?.address ?? null
    return address === null || typeof address === 'string' ? address : { ...address }
  }

  close(): void {
    if (this.#isClosed) return
    this.#isClosed = true
    this.#place?.release()
    this.#place = undefined
    this.#onTurn(() => this.#sink.onClose())
  }

  // Nothing outside the process can reach it: it keeps nothing alive.
  ref(): void {}
  unref(): void {}

  #onTurn(tell: () => void): void {
    this.#clock.setImmediate(() => this.#inContext(tell))
  }
}
