// A Connection with toxics: a wrapper around another Connection. Each direction is a chain of toxics; bytes that wait in
// them count as unsent, so a slow toxic slows its writer, as a slow network does.

import { systemError } from '../../core/errors.ts'
import type { Clock, Connection, ConnectionSink, Endpoint, TextEncoding, WriteDone } from '../../host/types.ts'
import type { Chunk, Outlet, Plumbing, ToxicMaker } from './toxics.ts'

export class ToxicConnection implements Connection, ConnectionSink {
  sink: ConnectionSink
  #inner: Connection | undefined
  readonly #up: Outlet
  readonly #down: Outlet
  /** Bytes that are in the toxics. */
  #rising = 0
  #falling = 0
  #bytesRead = 0
  #bytesWritten = 0
  #wantsDrain = false
  #isPaused = true
  #isHeld = false
  /** Only the close is still to be reported to the sink. */
  #isClosed = false
  /** The inner connection has closed; its data may still be in the toxics. */
  #hasLost = false
  #hasError = false
  #hasToldClose = false
  #waitsForEnd = false
  readonly #clock: Clock
  readonly #onOpen: (() => void)[] = []
  #failure: Error | undefined
  /** Data that left the toxics while reading was paused. */
  #kept: (Uint8Array | 'end')[] = []
  #corked: Chunk[] | undefined
  #corks = 0

  /** @param plumbing - without the methods that this connection adds */
  constructor(
    sink: ConnectionSink,
    upstream: readonly ToxicMaker[],
    downstream: readonly ToxicMaker[],
    { clock, random }: Pick<Plumbing, 'clock' | 'random'>,
  ) {
    this.sink = sink
    this.#clock = clock
    const plumbing: Plumbing = {
      clock,
      random,
      onOpen: what => this.#onOpen.push(what),
      close: () => this.#fault(undefined),
      reset: () => this.#fault(systemError('ECONNRESET', 'read')),
    }
    const chain = (makers: readonly ToxicMaker[], last: Outlet) =>
      makers.reduceRight((outlet, make) => make(outlet, plumbing), last)
    this.#up = chain(upstream, { push: chunk => this.#send(chunk), end: () => this.#whileOpen(inner => inner.end()) })
    this.#down = chain(downstream, { push: chunk => this.#give(chunk.bytes), end: () => this.#give('end') })
  }

  /** @param inner - the connection that this is the sink of */
  attach(inner: Connection): void {
    this.#inner = inner
  }

  get local(): Endpoint | undefined {
    return this.#inner?.local
  }

  get remote(): Endpoint | undefined {
    return this.#inner?.remote
  }

  get bytesRead(): number {
    return this.#bytesRead
  }

  get bytesWritten(): number {
    return this.#bytesWritten
  }

  get bufferedBytes(): number {
    return this.#rising + (this.#inner?.bufferedBytes ?? 0)
  }

  write(data: Uint8Array | string, encoding?: TextEncoding, done?: WriteDone): boolean {
    const bytes = typeof data === 'string' ? Buffer.from(data, encoding) : data
    this.#bytesWritten += bytes.length
    const chunk = { bytes, done }
    if (this.#corked !== undefined) this.#corked.push(chunk)
    else this.#enter(chunk)
    this.#wantsDrain = this.bufferedBytes >= HIGH_WATER
    return !this.#wantsDrain
  }

  cork(): void {
    if (this.#corks++ === 0) this.#corked = []
  }

  uncork(): void {
    if (this.#corks === 0 || --this.#corks > 0) return
    const chunks = this.#corked ?? []
    this.#corked = undefined
    if (chunks.length === 0) return
    const dones = chunks.flatMap(({ done }) => done ?? [])
    const done = (error?: Error | null) => {
      for (const one of dones) one(error)
    }
    this.#enter({ bytes: Buffer.concat(chunks.map(({ bytes }) => bytes)), done })
  }

  pause(): void {
    this.#isPaused = true
    this.#inner?.pause()
  }

  resume(): void {
    this.#isPaused = false
    if (!this.#isHeld) this.#inner?.resume()
    this.#deliver()
  }

  end(done?: WriteDone): void {
    if (done !== undefined) this.#enter({ bytes: new Uint8Array(), done })
    this.#up.end()
  }

  destroy(): void {
    this.#isClosed = true
    if (this.#hasLost) this.#clock.setImmediate(() => this.#tellClose())
    else this.#inner?.destroy()
  }

  reset(): void {
    this.#isClosed = true
    if (this.#hasLost) this.#clock.setImmediate(() => this.#tellClose())
    else this.#inner?.reset()
  }

  setNoDelay(on: boolean): void {
    this.#inner?.setNoDelay(on)
  }

  setKeepAlive(on: boolean, initialDelayMs: number, intervalMs?: number, probes?: number): void {
    this.#inner?.setKeepAlive(on, initialDelayMs, intervalMs, probes)
  }

  ref(): void {
    this.#inner?.ref()
  }

  unref(): void {
    this.#inner?.unref()
  }

  onConnect(): void {
    for (const what of this.#onOpen) what()
    this.sink.onConnect()
  }

  onData(chunk: Uint8Array): void {
    this.#falling += chunk.length
    if (this.#falling >= HIGH_WATER && !this.#isHeld) {
      this.#isHeld = true
      this.#inner?.pause()
    }
    this.#down.push({ bytes: chunk, done: () => this.#drop(chunk.length) })
  }

  onEnd(): void {
    this.#waitsForEnd = true
    this.#down.end()
  }

  onDrain(): void {
    this.#drained()
  }

  onError(error: Error): void {
    this.#isClosed = true
    this.sink.onError(error)
  }

  onClose(hadError: boolean): void {
    this.#hasLost = true
    this.#hasError = hadError
    if (hadError || this.#isClosed || !this.#waitsForEnd) this.#tellClose()
  }

  #enter(chunk: Chunk): void {
    this.#rising += chunk.bytes.length
    this.#up.push(chunk)
  }

  /** Sends data that left the toxics to the peer. */
  #send({ bytes, done }: Chunk): void {
    this.#rising -= bytes.length
    this.#whileOpen(inner => {
      if (bytes.length > 0) inner.write(bytes, undefined, done)
      else done?.()
    })
    this.#drained()
  }

  /** Data that a toxic discards. */
  #drop(size: number): void {
    this.#falling -= size
    this.#release()
  }

  #drained(): void {
    if (!this.#wantsDrain || this.#isClosed || this.bufferedBytes >= HIGH_WATER) return
    this.#wantsDrain = false
    this.sink.onDrain()
  }

  /** Reports data that left the toxics to the sink. */
  #give(what: Uint8Array | 'end'): void {
    this.#kept.push(what)
    this.#deliver()
  }

  #deliver(): void {
    while (!this.#isPaused && !this.#isClosed) {
      const next = this.#kept.shift()
      if (next === undefined) return
      if (next === 'end') {
        this.#waitsForEnd = false
        this.sink.onEnd()
        if (this.#hasLost) this.#tellClose()
      } else {
        this.#falling -= next.length
        this.#bytesRead += next.length
        this.sink.onData(next)
        this.#release()
      }
    }
  }

  #release(): void {
    if (!this.#isHeld || this.#falling >= HIGH_WATER) return
    this.#isHeld = false
    if (!this.#isPaused) this.#inner?.resume()
  }

  /** A toxic ends the connection. @param failure - the error for the sink; if given, the peer is reset */
  #fault(failure: Error | undefined): void {
    if (this.#hasToldClose || this.#isClosed) return
    this.#failure = failure
    if (failure === undefined) this.destroy()
    else this.reset()
  }

  #tellClose(): void {
    if (this.#hasToldClose) return
    this.#isClosed = true
    this.#hasToldClose = true
    if (this.#failure !== undefined) this.sink.onError(this.#failure)
    this.sink.onClose(this.#hasError || this.#failure !== undefined)
  }

  #whileOpen(what: (inner: Connection) => void): void {
    if (!this.#isClosed && !this.#hasLost && this.#inner !== undefined) what(this.#inner)
  }
}

/** The default high-water mark of sockets. */
const HIGH_WATER = 65536
