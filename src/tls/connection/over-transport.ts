// What a Connection over another one has from that one: addresses, socket options, and whether it keeps the process alive.

import type { Connection, Endpoint } from '../../host/types.ts'

export abstract class OverTransport {
  #transport: Connection

  constructor(transport: Connection) {
    this.#transport = transport
  }

  /** What this stands on. */
  get transport(): Connection {
    return this.#transport
  }

  /** The runtime's own socket beneath the transport, where there is one to be had: `standOn` gives what takes its place. */
  takeNative(): object | undefined {
    return this.#transport.takeNative?.()
  }

  standOn(transport: Connection): void {
    transport.sink = this.#transport.sink
    this.#transport = transport
    transport.resume()
  }

  get local(): Endpoint | undefined {
    return this.#transport.local
  }

  get remote(): Endpoint | undefined {
    return this.#transport.remote
  }

  setNoDelay(on: boolean): void {
    this.#transport.setNoDelay(on)
  }

  setKeepAlive(on: boolean, initialDelayMs: number, intervalMs?: number, probes?: number): void {
    this.#transport.setKeepAlive(on, initialDelayMs, intervalMs, probes)
  }

  get setTypeOfService(): ((tos: number) => void) | undefined {
    const transport = this.#transport
    return transport.setTypeOfService && (tos => transport.setTypeOfService?.(tos))
  }

  get getTypeOfService(): (() => number) | undefined {
    const transport = this.#transport
    return transport.getTypeOfService && (() => transport.getTypeOfService?.() ?? 0)
  }

  ref(): void {
    this.#transport.ref()
  }

  unref(): void {
    this.#transport.unref()
  }
}
