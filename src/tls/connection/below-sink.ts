// Hears of the connection beneath TLS. An object of its own: both of them have an `end` and a `drain`.

import type { ConnectionSink } from '../../host/types.ts'

export interface Above {
  receive(chunk: Uint8Array): void
  receiveEnd(): void
  receiveDrain(): void
  receiveError(error: Error): void
  receiveClose(hadError: boolean): void
}

export class BelowSink implements ConnectionSink {
  readonly #above: Above

  constructor(above: Above) {
    this.#above = above
  }

  onConnect(): void {}

  onData(chunk: Uint8Array): void {
    this.#above.receive(chunk)
  }

  onEnd(): void {
    this.#above.receiveEnd()
  }

  onDrain(): void {
    this.#above.receiveDrain()
  }

  onError(error: Error): void {
    this.#above.receiveError(error)
  }

  onClose(hadError: boolean): void {
    this.#above.receiveClose(hadError)
  }
}
