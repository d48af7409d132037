// A TCP connection of a simulated machine, as a Connection of the host port. The stack signals changes, which are handled on the
// next turn. Errors are Linux's, as Node shows them: bytes that have arrived are still read, then the error follows.

import { systemError } from '../../core/errors.ts'
import { ScheduledConnection } from '../../host/scheduled/scheduled-connection.ts'
import type { Clock, ConnectionSink, Endpoint, TextEncoding } from '../../host/types.ts'
import type { TcpFailure } from '../engine/tcp/handler.ts'
import type { TcpEndpoint, TcpUser } from '../stack/tcp-layer.ts'
import { hostLimits } from './socket-limits.ts'

export class SimConnection extends ScheduledConnection implements TcpUser {
  /** For reports: where it connects to. */
  readonly title: string
  readonly #release: (connection: SimConnection) => void
  #endpoint: TcpEndpoint | undefined = undefined
  #ends: { readonly local: Endpoint; readonly remote: Endpoint } | undefined = undefined
  /** The failure of an open connection; reading or writing reports it. */
  #broken: TcpFailure | undefined = undefined
  #noDelay = false
  #typeOfService = 0
  #keepAlive: { idle: number; interval: number; probes: number } | undefined = undefined

  constructor(
    clock: Clock,
    title: string,
    sink: ConnectionSink,
    isClient: boolean,
    release: (connection: SimConnection) => void,
  ) {
    super(clock, sink, isClient, hostLimits.bytesWaiting)
    this.title = title
    this.#release = release
  }

  /** Sets the stack's endpoint; `onEstablished` follows, for a listener's connection at once. */
  carriedBy(endpoint: TcpEndpoint, local: Endpoint, remote: Endpoint): void {
    this.#endpoint = endpoint
    endpoint.typeOfService = this.#typeOfService
    this.#ends = { local, remote }
  }

  destroy(): void {
    if (this.closeQuietly(false)) this.#abandon()
  }

  reset(): void {
    if (this.closeQuietly(true)) this.#endpoint?.do(connection => connection.abort())
  }

  setNoDelay(on: boolean): void {
    this.#noDelay = on
    if (this.state === 'open') this.#endpoint?.do((connection, now) => connection.setNoDelay(on, now))
  }

  setKeepAlive(on: boolean, initialDelayMs: number, intervalMs = 1000, probes = 10): void {
    // Zero leaves Linux's default: two hours.
    const idle = (initialDelayMs > 0 ? initialDelayMs : 7_200_000) * NS_PER_MS
    const settings = on ? { idle, interval: Math.max(intervalMs, 1) * NS_PER_MS, probes } : undefined
    this.#keepAlive = settings
    if (this.state === 'open') this.#endpoint?.do((connection, now) => connection.setKeepAlive(settings, now))
  }

  setTypeOfService(tos: number): void {
    this.#typeOfService = tos
    if (this.#endpoint !== undefined) this.#endpoint.typeOfService = tos
  }

  getTypeOfService(): number {
    return this.#typeOfService
  }

  override fail(error: Error): void {
    if (this.isOver) return
    super.fail(error)
    this.#abandon()
  }

  // Called by the stack

  onEstablished(): void {
    if (this.state !== 'connecting') return
    this.state = 'open'
    this.local = this.#ends?.local
    this.remote = this.#ends?.remote
    const [noDelay, keepAlive] = [this.#noDelay, this.#keepAlive]
    if (noDelay || keepAlive) {
      this.#endpoint?.do((connection, now) => {
        connection.setNoDelay(noDelay, now)
        connection.setKeepAlive(keepAlive, now)
      })
    }
    // The TCP engine is working: waiting writes are sent on the next turn.
    this.schedule()
  }

  onReadable(): void {
    this.schedule()
  }

  onAcknowledged(): void {
    if (this.waiting.length > 0 || this.writeSide !== 'open' || this.wantsDrain) this.schedule()
  }

  onFailure(failure: TcpFailure): void {
    if (this.isOver) return
    if (this.state === 'connecting') {
      const { address, port } = this.#ends?.remote ?? {}
      // The engine has closed already.
      super.fail(systemError(connectCodes[failure], 'connect', { address, port }))
      return
    }
    this.#broken = failure
    this.schedule()
  }

  // For the scheduled connection (host/scheduled)

  /**
   * Copies data, since the stack retains it until it is acknowledged, and the caller may reuse its bytes before. A plain
   * Uint8Array, whose subarray() costs a third of a Buffer's: it is called for each segment.
   */
  protected copy(data: Uint8Array | string, encoding: TextEncoding): Uint8Array {
    return typeof data === 'string' ? plain(Buffer.from(data, encoding)) : new Uint8Array(data)
  }

  /** A broken connection is an error for a caller that writes or ends: the sink is notified on a turn of its own. */
  protected transmit(): void {
    this.beginTurn()
    if (this.#broken !== undefined && this.state === 'open') this.schedule()
  }

  /** Passes data to the stack as far as it has room, then the FIN. */
  protected override beginTurn(): void {
    if (this.state !== 'open' || this.corks > 0 || this.#broken !== undefined) return
    if (this.waiting.length > 0) this.#fillStack()
    if (this.waiting.length === 0 && this.writeSide === 'ending') {
      this.writeSide = 'ended'
      this.#endpoint?.do((connection, now) => connection.end(now))
      this.finishEnd()
      this.schedule()
    }
  }

  #fillStack(): void {
    this.#endpoint?.do((connection, now) => {
      let sent = 0
      for (const one of this.waiting) {
        const { sendBudget } = connection
        // In large pieces: the stack would keep, and search, each small one separately.
        const isWorthIt = sendBudget >= Math.min(one.bytes.length, hostLimits.piece)
        const taken = isWorthIt ? connection.write(one.bytes.subarray(0, sendBudget), now) : 0
        this.bufferedBytes -= taken
        if (taken < one.bytes.length) {
          one.bytes = one.bytes.subarray(taken)
          break
        }
        this.finish(one.done, undefined)
        sent++
      }
      this.waiting.splice(0, sent)
    })
    if (this.wantsDrain && this.bufferedBytes === 0) this.schedule()
  }

  protected deliver(): void {
    if (!this.mayDeliver) return
    const chunk = this.#takeChunk()
    if (chunk === undefined) return
    this.bytesRead += chunk.length
    // The rest is read on another turn, so that other connections get theirs.
    if (this.#readableBytes > 0) this.schedule()
    this.sink.onData(chunk)
  }

  /** A copy: the receiver may retain the bytes, and the sender's stack still holds them. */
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

  get #readableBytes(): number {
    return this.#endpoint?.do(connection => connection.readableBytes) ?? 0
  }

  protected get isAtEnd(): boolean {
    return this.#endpoint?.do(connection => connection.isAtEnd) ?? false
  }

  /** Reports a failure, if the program reads or writes: otherwise it goes unnoticed, as with a system's socket. */
  protected noticeBroken(): void {
    const failure = this.#broken
    if (failure === undefined || this.state !== 'open') return
    const isReading = !this.isPaused && !this.hasNotifiedEnd
    const code = brokenCodes[failure]
    if (isReading && this.#readableBytes === 0) this.fail(systemError(code, 'read'))
    else if (this.waiting.length > 0) {
      this.fail(systemError(this.hasNotifiedEnd && failure === 'reset' ? 'EPIPE' : code, 'write'))
    } else if (this.writeSide !== 'open' && this.hasNotifiedEnd) this.closeAfterReset()
  }

  protected override onBothEnded(): void {
    this.#abandon()
  }

  protected onReleased(): void {
    if (this.#endpoint !== undefined) this.#endpoint.user = noUser
    this.#release(this)
  }

  #abandon(): void {
    this.#endpoint?.do((connection, now) => connection.abandon(now))
  }
}

const noUser: TcpUser = { onEstablished() {}, onReadable() {}, onAcknowledged() {}, onFailure() {} }

function plain({ buffer, byteOffset, length }: Uint8Array): Uint8Array {
  return new Uint8Array(buffer, byteOffset, length)
}

const connectCodes = {
  refused: 'ECONNREFUSED',
  reset: 'ECONNRESET',
  'timed-out': 'ETIMEDOUT',
  unreachable: 'EHOSTUNREACH',
} as const
const brokenCodes = { ...connectCodes, refused: 'ECONNRESET' } as const
const NS_PER_MS = 1e6
