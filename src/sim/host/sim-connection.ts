// A TCP connection of a simulated machine as the host port has it. The stack says that something has changed; a turn of the
// machine's clock looks at the state and tells the sink what has become true since. Errors are those of Linux, as Node shows
// them: bytes that have arrived are still read, then the error is told.

import { codedError, systemError } from '../../core/errors.ts'
import { captureContext } from '../../host/ambient.ts'
import type { Clock, Connection, ConnectionSink, Endpoint, TextEncoding, WriteDone } from '../../host/types.ts'
import type { TcpFailure } from '../engine/tcp.ts'
import type { TcpEndpoint, TcpUser } from '../stack/tcp-layer.ts'
import { hostLimits } from './socket-limits.ts'

/** `closing`: by `destroy()`, by a failure, or with both directions through; `#failure` says whether `onError` comes first. */
type State = 'connecting' | 'open' | 'closing' | 'closed'

interface Waiting {
  bytes: Uint8Array
  readonly done: WriteDone | undefined
}

export class SimConnection implements Connection, TcpUser {
  sink: ConnectionSink
  local: Endpoint | undefined
  remote: Endpoint | undefined
  bytesRead = 0
  bytesWritten = 0
  bufferedBytes = 0
  /** For reports: what it was asked for. */
  readonly title: string

  readonly #clock: Clock
  readonly #inContext = captureContext()
  /** Only an end made by `connect` is told that it is connected. */
  readonly #isClient: boolean
  readonly #onReleased: (connection: SimConnection) => void
  #endpoint: TcpEndpoint | undefined
  #ends: { readonly local: Endpoint; readonly remote: Endpoint } | undefined
  #state: State = 'connecting'
  #failure: Error | undefined
  /** The network's word on an open connection, told when somebody reads or writes. */
  #broken: TcpFailure | undefined
  #waiting: Waiting[] = []
  /** Called on the next turn, in this order, each with its error or none. */
  #finished: { done: WriteDone; error: Error | undefined }[] = []
  #endDone: WriteDone[] = []
  #corks = 0
  #noDelay = false
  #typeOfService = 0
  #keepAlive: { idle: number; interval: number; probes: number } | undefined
  #isPaused = true
  #wantsDrain = false
  #isEnding = false
  #hasEnded = false
  #isScheduled = false
  /** What the sink has been told. */
  #toldConnect = false
  #toldEnd = false
  #toldError = false

  constructor(
    clock: Clock,
    title: string,
    sink: ConnectionSink,
    isClient: boolean,
    onReleased: (connection: SimConnection) => void,
  ) {
    this.#clock = clock
    this.title = title
    this.sink = sink
    this.#isClient = isClient
    this.#onReleased = onReleased
  }

  get isConnecting(): boolean {
    return this.#state === 'connecting'
  }

  /** The stack's part: still opening, or open already. */
  carriedBy(endpoint: TcpEndpoint, local: Endpoint, remote: Endpoint): void {
    this.#endpoint = endpoint
    endpoint.typeOfService = this.#typeOfService
    this.#ends = { local, remote }
    if (!this.#isClient) this.onEstablished()
  }

  write(data: Uint8Array | string, encoding: TextEncoding = 'utf8', done?: WriteDone): boolean {
    if (this.#isOver) {
      this.#finish(done, destroyedError())
      return false
    }
    if (this.#isEnding) {
      const error = codedError(Error, 'ERR_STREAM_WRITE_AFTER_END', 'write after end')
      this.fail(error)
      this.#finish(done, error)
      return false
    }
    // Copied: the stack keeps it until it is acknowledged, and the sender may use its bytes again before.
    // Plain arrays: their subarray() costs a third of a Buffer's, and there is one for each segment.
    const bytes = typeof data === 'string' ? plain(Buffer.from(data, encoding)) : new Uint8Array(data)
    this.bytesWritten += bytes.length
    this.bufferedBytes += bytes.length
    this.#waiting.push({ bytes, done })
    this.#moveForUser()
    if (this.bufferedBytes < hostLimits.bytesWaiting) return true
    this.#wantsDrain = true
    return false
  }

  cork(): void {
    this.#corks++
  }

  uncork(): void {
    if (this.#corks === 0 || --this.#corks > 0) return
    this.#joinWaiting()
    this.#moveForUser()
  }

  pause(): void {
    this.#isPaused = true
  }

  resume(): void {
    this.#isPaused = false
    this.#schedule()
  }

  end(done?: WriteDone): void {
    if (this.#isOver) {
      this.#finish(done, destroyedError())
      return
    }
    if (done !== undefined) this.#endDone.push(done)
    this.#isEnding = true
    if (this.#corks > 0) {
      this.#corks = 0
      this.#joinWaiting()
    }
    this.#moveForUser()
  }

  destroy(): void {
    this.#closeQuietly(endpoint => endpoint.do((connection, now) => connection.abandon(now)))
  }

  reset(): void {
    this.#closeQuietly(endpoint => endpoint.do(connection => connection.abort()))
  }

  setNoDelay(on: boolean): void {
    this.#noDelay = on
    if (this.#state === 'open') this.#endpoint?.do((connection, now) => connection.setNoDelay(on, now))
  }

  setKeepAlive(on: boolean, initialDelayMs: number, intervalMs = 1000, probes = 10): void {
    // Zero leaves Linux' default: two hours.
    const idle = (initialDelayMs > 0 ? initialDelayMs : 7_200_000) * NS_PER_MS
    const settings = on ? { idle, interval: Math.max(intervalMs, 1) * NS_PER_MS, probes } : undefined
    this.#keepAlive = settings
    if (this.#state === 'open') this.#endpoint?.do((connection, now) => connection.setKeepAlive(settings, now))
  }

  setTypeOfService(tos: number): void {
    this.#typeOfService = tos
    if (this.#endpoint !== undefined) this.#endpoint.typeOfService = tos
  }

  getTypeOfService(): number {
    return this.#typeOfService
  }

  // Whether the process lives on is not a simulated machine's to say.
  ref(): void {}
  unref(): void {}

  /** Closes with an error, which the sink is told. */
  fail(error: Error): void {
    if (this.#isOver) return
    this.#failure = error
    this.#close(error)
    this.#endpoint?.do((connection, now) => connection.abandon(now))
  }

  onEstablished(): void {
    if (this.#state !== 'connecting') return
    this.#state = 'open'
    this.local = this.#ends?.local
    this.remote = this.#ends?.remote
    const [noDelay, keepAlive] = [this.#noDelay, this.#keepAlive]
    if (noDelay || keepAlive) {
      this.#endpoint?.do((connection, now) => {
        connection.setNoDelay(noDelay, now)
        connection.setKeepAlive(keepAlive, now)
      })
    }
    // The engine is at work: what waits to be written goes with the turn.
    this.#schedule()
  }

  onReadable(): void {
    this.#schedule()
  }

  onAcknowledged(): void {
    if (this.#waiting.length > 0 || this.#isEnding || this.#wantsDrain) this.#schedule()
  }

  onFailure(failure: TcpFailure): void {
    if (this.#isOver) return
    if (this.#state === 'connecting') {
      const { address, port } = this.#ends?.remote ?? {}
      this.#failure = systemError(connectCodes[failure], 'connect', { address, port })
      this.#close(this.#failure)
      return
    }
    this.#broken = failure
    this.#schedule()
  }

  get #isOver(): boolean {
    return this.#state === 'closing' || this.#state === 'closed'
  }

  #closeQuietly(end: (endpoint: TcpEndpoint) => void): void {
    if (this.#state === 'closed') return
    this.#failure = undefined
    if (this.#state === 'closing') return
    this.#close(destroyedError())
    if (this.#endpoint !== undefined) end(this.#endpoint)
  }

  #close(reason: Error): void {
    this.#state = 'closing'
    this.bufferedBytes = 0
    for (const { done } of this.#waiting) this.#finish(done, reason)
    for (const done of this.#endDone) this.#finish(done, reason)
    this.#waiting = []
    this.#endDone = []
    this.#schedule()
  }

  #joinWaiting(): void {
    if (this.#waiting.length < 2) return
    const all = this.#waiting
    const done = (error?: Error | null) => {
      for (const one of all) one.done?.(error)
    }
    this.#waiting = [{ bytes: Buffer.concat(all.map(({ bytes }) => bytes)), done }]
  }

  /** That the connection is broken is an error for who writes or ends, told on a turn of its own. */
  #moveForUser(): void {
    this.#move()
    if (this.#broken !== undefined && this.#state === 'open') this.#schedule()
  }

  /** Gives the stack what it takes, then the FIN. */
  #move(): void {
    if (this.#state !== 'open' || this.#corks > 0 || this.#broken !== undefined) return
    if (this.#waiting.length > 0) this.#fillStack()
    if (this.#waiting.length === 0 && this.#isEnding && !this.#hasEnded) {
      this.#hasEnded = true
      this.#endpoint?.do((connection, now) => connection.end(now))
      this.#finishEnd()
      this.#schedule()
    }
  }

  #fillStack(): void {
    this.#endpoint?.do((connection, now) => {
      let sent = 0
      for (const one of this.#waiting) {
        const { appetite } = connection
        // In large pieces: each small one would be kept, and searched, by itself.
        const isWorthIt = appetite >= Math.min(one.bytes.length, hostLimits.piece)
        const taken = isWorthIt ? connection.write(one.bytes.subarray(0, appetite), now) : 0
        this.bufferedBytes -= taken
        if (taken < one.bytes.length) {
          one.bytes = one.bytes.subarray(taken)
          break
        }
        this.#finish(one.done, undefined)
        sent++
      }
      this.#waiting.splice(0, sent)
    })
    if (this.#wantsDrain && this.bufferedBytes === 0) this.#schedule()
  }

  #finishEnd(): void {
    for (const done of this.#endDone) this.#finish(done, undefined)
    this.#endDone = []
  }

  #finish(done: WriteDone | undefined, error: Error | undefined): void {
    if (done === undefined) return
    this.#finished.push({ done, error })
    this.#schedule()
  }

  #schedule(): void {
    if (this.#isScheduled) return
    this.#isScheduled = true
    this.#clock.setImmediate(this.#takeTurn)
  }

  readonly #takeTurn = (): void => {
    this.#isScheduled = false
    this.#inContext(this.#tell)
  }

  readonly #tell = (): void => {
    let isThrough = false
    try {
      this.#tellConnect()
      this.#move()
      this.#tellFinished()
      this.#tellDrain()
      this.#tellData()
      this.#tellEnd()
      this.#tellBroken()
      this.#tellClose()
      isThrough = true
    } finally {
      // A callback threw: the rest is told on the next turn.
      if (!isThrough) this.#schedule()
    }
  }

  #tellConnect(): void {
    if (!this.#isClient || this.#toldConnect || this.#state !== 'open') return
    this.#toldConnect = true
    this.sink.onConnect()
  }

  #tellFinished(): void {
    for (let next = this.#finished.shift(); next !== undefined; next = this.#finished.shift()) next.done(next.error)
  }

  #tellDrain(): void {
    if (!this.#wantsDrain || this.bufferedBytes > 0 || this.#state !== 'open' || this.#isEnding) return
    this.#wantsDrain = false
    this.sink.onDrain()
  }

  #tellData(): void {
    if (!this.#mayTellIncoming()) return
    const chunk = this.#takeChunk()
    if (chunk === undefined) return
    this.bytesRead += chunk.length
    // The rest on a turn of its own: others have something to hear too.
    if (this.#readableBytes > 0) this.#schedule()
    this.sink.onData(chunk)
  }

  /** A copy: the bytes are the receiver's to keep, and the sender's stack still has them. */
  #takeChunk(): Uint8Array | undefined {
    return this.#endpoint?.do(connection => {
      const first = connection.read()
      if (first === undefined) return undefined
      const chunks = [first]
      for (let size = first.length; size < hostLimits.chunk; ) {
        const next = connection.read()
        if (next === undefined) break
        chunks.push(next)
        size += next.length
      }
      return Buffer.concat(chunks)
    })
  }

  #tellEnd(): void {
    if (!this.#mayTellIncoming() || this.#toldEnd || !this.#isAtEnd) return
    this.#toldEnd = true
    this.sink.onEnd()
  }

  get #readableBytes(): number {
    return this.#endpoint?.do(connection => connection.readableBytes) ?? 0
  }

  get #isAtEnd(): boolean {
    return this.#endpoint?.do(connection => connection.isAtEnd) ?? false
  }

  #mayTellIncoming(): boolean {
    return this.#state === 'open' && !this.#isPaused
  }

  /** As with a socket, nobody notices who neither reads nor writes. */
  #tellBroken(): void {
    const failure = this.#broken
    if (failure === undefined || this.#state !== 'open') return
    const isReading = !this.#isPaused && !this.#toldEnd
    const code = brokenCodes[failure]
    if (isReading && this.#readableBytes === 0) this.fail(systemError(code, 'read'))
    else if (this.#waiting.length > 0) {
      this.fail(systemError(this.#toldEnd && failure === 'reset' ? 'EPIPE' : code, 'write'))
    } else if (this.#isEnding && this.#toldEnd) {
      this.#finishEnd()
      this.#close(destroyedError())
    }
  }

  #tellClose(): void {
    const isOver = this.#state === 'open' && this.#toldEnd && this.#hasEnded
    if (isOver) {
      this.#state = 'closing'
      this.#endpoint?.do((connection, now) => connection.abandon(now))
    }
    if (this.#state !== 'closing') return
    this.#tellFinished()
    const failure = this.#failure
    this.#failure = undefined
    if (failure !== undefined) {
      this.#toldError = true
      this.sink.onError(failure)
      this.#tellFinished()
    }
    this.#state = 'closed'
    if (this.#endpoint !== undefined) this.#endpoint.user = nobody
    this.#onReleased(this)
    this.sink.onClose(this.#toldError)
  }
}

const nobody: TcpUser = { onEstablished() {}, onReadable() {}, onAcknowledged() {}, onFailure() {} }

function plain({ buffer, byteOffset, length }: Uint8Array): Uint8Array {
  return new Uint8Array(buffer, byteOffset, length)
}

function destroyedError(): Error {
  return codedError(Error, 'ERR_STREAM_DESTROYED', 'Cannot call write after a stream was destroyed')
}

const connectCodes = {
  refused: 'ECONNREFUSED',
  reset: 'ECONNRESET',
  'timed-out': 'ETIMEDOUT',
  unreachable: 'EHOSTUNREACH',
} as const
const brokenCodes = { ...connectCodes, refused: 'ECONNRESET' } as const
const NS_PER_MS = 1e6
