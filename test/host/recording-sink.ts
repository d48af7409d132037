// A sink that writes down what it is told, and lets a test wait for it.

import type { Connection, ConnectionSink } from '../../src/host/types.ts'

export class RecordingSink implements ConnectionSink {
  /** `connect`, `data`, `end`, `drain`, `error CODE`, `close`, `close hadError`; `data` once for chunks in a row. */
  readonly events: string[] = []
  readonly chunks: Uint8Array[] = []
  error: (Error & { code?: string }) | undefined
  byteLength = 0
  /** Calls so far. */
  count = 0
  /** Called after each event. */
  react: ((event: string) => void) | undefined
  #waiting: { isMet: () => boolean; resolve: () => void }[] = []

  onConnect(): void {
    this.#told('connect')
  }

  onData(chunk: Uint8Array): void {
    this.chunks.push(chunk)
    this.byteLength += chunk.byteLength
    this.#told('data')
  }

  onEnd(): void {
    this.#told('end')
  }

  onDrain(): void {
    this.#told('drain')
  }

  onError(error: Error): void {
    this.error = error
    this.#told(`error ${(error as Error & { code?: string }).code ?? error.message}`)
  }

  onClose(hadError: boolean): void {
    this.#told(hadError ? 'close hadError' : 'close')
  }

  get text(): string {
    return Buffer.concat(this.chunks).toString('latin1')
  }

  has(event: string): boolean {
    return this.events.some(one => one === event || one.startsWith(`${event} `))
  }

  /** Resolves when the event was told, or at once if it already was. */
  async heard(event: string): Promise<this> {
    return this.until(() => this.has(event))
  }

  async until(isMet: () => boolean): Promise<this> {
    if (!isMet()) await new Promise<void>(resolve => this.#waiting.push({ isMet, resolve }))
    return this
  }

  #told(event: string): void {
    this.count++
    if (event !== 'data' || this.events.at(-1) !== 'data') this.events.push(event)
    this.react?.(event)
    const met = this.#waiting.filter(({ isMet }) => isMet())
    this.#waiting = this.#waiting.filter(waiting => !met.includes(waiting))
    for (const { resolve } of met) resolve()
  }
}

/** Gives the connection a new recording sink. */
export function record(connection: Connection): RecordingSink {
  const sink = new RecordingSink()
  connection.sink = sink
  return sink
}
