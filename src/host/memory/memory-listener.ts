// A listener of a memory host, on a TCP address and port or on a path.

import type { SystemError } from '../../core/errors.ts'
import { captureContext } from '../ambient.ts'
import type { Clock, Endpoint, Listener, ListenerSink } from '../types.ts'
import type { MemoryConnection } from './memory-connection.ts'

/** A listener's entry in its host's tables. */
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

  /** @param claim - binds the address, or returns the error */
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

  /** A connection has been routed to this listener. There is no backlog: the sink is notified on the next turn. */
  accept(connection: MemoryConnection): void {
    this.#onTurn(() => {
      if (this.#isClosed) connection.reset()
      else this.#sink.onConnection(connection)
    })
  }

  /** For making the server's end of a connection, so that its sink is called in the context of `listen`. */
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

  // Nothing outside the process can reach it, so it does not keep the process alive.
  ref(): void {}
  unref(): void {}

  #onTurn(tell: () => void): void {
    this.#clock.setImmediate(() => this.#inContext(tell))
  }
}
