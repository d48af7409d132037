// One end of a connection inside the process. All that a sink hears is told on turns of the host's clock, never from
// within a call. A turn looks at the state and tells what has become true since: nothing is queued but bytes.
// What a closed or reset peer brings about is as on Linux: bytes that were on their way still arrive, then the error.

import { codedError, type SystemError, systemError } from '../../core/errors.ts'
import { captureContext } from '../ambient.ts'
import type { Clock, Connection, ConnectionSink, Endpoint, TextEncoding, WriteDone } from '../types.ts'
import { memoryLimits } from './memory-limits.ts'
import { MemoryPipe } from './memory-pipe.ts'

/**
 * connecting -> open -> closing -> closed. `closing`: by `destroy()`, by a failure, or with both directions through;
 * `#failure` says whether `onError` comes before `onClose`.
 */
type State = 'connecting' | 'open' | 'closing' | 'closed'

interface Waiting {
  bytes: Uint8Array
  readonly done: WriteDone | undefined
}

export class MemoryConnection implements Connection {
  sink: ConnectionSink
  local: Endpoint | undefined
  remote: Endpoint | undefined
  bytesRead = 0
  bytesWritten = 0
  bufferedBytes = 0
  /** Called when this end has closed: its port is free again. */
  onReleased: (() => void) | undefined

  readonly #clock: Clock
  readonly #inContext = captureContext()
  #state: State = 'connecting'
  #failure: Error | undefined
  #peer: MemoryConnection | undefined
  /** A pipe of the file system: no RST there, and writing to a closed one fails at once. */
  #isPath = false
  #incoming = new MemoryPipe()
  #outgoing = new MemoryPipe()
  #waiting: Waiting[] = []
  /** Called on the next turn, in this order, each with its error or none. */
  #finished: { done: WriteDone; error: Error | undefined }[] = []
  #endDone: WriteDone[] = []
  #corks = 0
  #isPaused = true
  #wantsDrain = false
  #isEnding = false
  #wasReset = false
  #isScheduled = false
  /** What the sink has been told. */
  #toldConnect = false
  #toldEnd = false
  #toldError = false
  /** Only an end made by `connect` is told that it is connected. */
  readonly #isClient: boolean

  constructor(clock: Clock, sink: ConnectionSink, isClient: boolean) {
    this.#clock = clock
    this.sink = sink
    this.#isClient = isClient
  }

  get isConnecting(): boolean {
    return this.#state === 'connecting'
  }

  /** Makes two ends one connection. The endpoints are undefined for paths. */
  static join(client: MemoryConnection, server: MemoryConnection, isPath: boolean): void {
    server.#incoming = client.#outgoing
    server.#outgoing = client.#incoming
    for (const [end, peer] of [
      [server, client],
      [client, server],
    ] as const) {
      end.#peer = peer
      end.#isPath = isPath
      end.#state = 'open'
      end.#schedule()
    }
    client.#move()
  }

  write(data: Uint8Array | string, encoding: TextEncoding = 'utf8', done?: WriteDone): boolean {
    if (this.#state === 'closing' || this.#state === 'closed') {
      this.#finish(done, destroyedError())
      return false
    }
    if (this.#isEnding) {
      const error = codedError(Error, 'ERR_STREAM_WRITE_AFTER_END', 'write after end')
      this.fail(error)
      this.#finish(done, error)
      return false
    }
    // Copied: the chunk is the receiver's to keep, and the sender's again once it is sent.
    const bytes = typeof data === 'string' ? Buffer.from(data, encoding) : Buffer.from(data)
    this.bytesWritten += bytes.byteLength
    this.bufferedBytes += bytes.byteLength
    this.#waiting.push({ bytes, done })
    this.#move()
    if (this.bufferedBytes < memoryLimits.bytesWaiting) return true
    this.#wantsDrain = true
    return false
  }

  cork(): void {
    this.#corks++
  }

  uncork(): void {
    if (this.#corks === 0 || --this.#corks > 0) return
    this.#joinWaiting()
    this.#move()
  }

  pause(): void {
    this.#isPaused = true
  }

  resume(): void {
    this.#isPaused = false
    this.#schedule()
  }

  end(done?: WriteDone): void {
    if (this.#state === 'closing' || this.#state === 'closed') {
      this.#finish(done, destroyedError())
      return
    }
    if (done !== undefined) this.#endDone.push(done)
    this.#isEnding = true
    if (this.#corks > 0) {
      this.#corks = 0
      this.#joinWaiting()
    }
    this.#move()
  }

  destroy(): void {
    if (this.#state === 'closed') return
    this.#failure = undefined
    if (this.#state !== 'closing') this.#close(destroyedError(), this.#incoming.size > 0)
  }

  reset(): void {
    if (this.#state === 'closed') return
    this.#failure = undefined
    if (this.#state !== 'closing') this.#close(destroyedError(), !this.#isPath || this.#incoming.size > 0)
  }

  /** Closes with an error, which the sink is told. */
  fail(error: Error): void {
    if (this.#state === 'closing' || this.#state === 'closed') return
    this.#failure = error
    this.#close(error, false)
  }

  // There are no packets to hold back or to send in between, and nothing outside the process that could reach an idle
  // connection: what is under way is on the clock, and the clock keeps the process alive for it.
  setNoDelay(): void {}
  setKeepAlive(): void {}
  ref(): void {}
  unref(): void {}

  /** @param isReset - the peer gets RST for FIN: by choice, or because bytes it sent will never be read */
  #close(reason: Error, isReset: boolean): void {
    this.#state = 'closing'
    this.bufferedBytes = 0
    for (const { done } of this.#waiting) this.#finish(done, reason)
    for (const done of this.#endDone) this.#finish(done, reason)
    this.#waiting = []
    this.#endDone = []
    const peer = this.#peer
    if (peer !== undefined) {
      if (isReset) peer.#wasReset = true
      else this.#outgoing.isEnded = true
      peer.#schedule()
      // What it waits to send will find nobody.
      if (peer.#waiting.length > 0) peer.#move()
    }
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

  /** Puts on its way what there is room for, then the FIN. */
  #move(): void {
    if (this.#state !== 'open' || this.#corks > 0) return
    const isPeerGone = this.#peer === undefined || this.#peer.#state === 'closing' || this.#peer.#state === 'closed'
    if (isPeerGone && this.#waiting.length > 0 && !this.#wasReset) {
      if (this.#isPath) {
        this.fail(this.#brokenWrite('EPIPE'))
        return
      }
      // TCP learns by the RST that answers: these bytes are lost without an error.
      this.#dropWaiting()
      this.#wasReset = true
    }
    if (this.#wasReset) {
      this.#schedule()
      return
    }
    this.#fillPipe()
    if (this.#waiting.length === 0 && this.#isEnding && !this.#outgoing.isEnded) {
      this.#outgoing.isEnded = true
      this.#finishEnd()
    }
    if (this.#peer !== undefined) this.#peer.#schedule()
    this.#schedule()
  }

  #fillPipe(): void {
    let sent = 0
    for (const one of this.#waiting) {
      const taken = this.#outgoing.push(one.bytes)
      this.bufferedBytes -= taken
      if (taken < one.bytes.byteLength) {
        one.bytes = one.bytes.subarray(taken)
        break
      }
      this.#finish(one.done, undefined)
      sent++
    }
    this.#waiting.splice(0, sent)
  }

  #finishEnd(): void {
    for (const done of this.#endDone) this.#finish(done, undefined)
    this.#endDone = []
  }

  #dropWaiting(): void {
    for (const { done } of this.#waiting) this.#finish(done, undefined)
    this.#waiting = []
    this.bufferedBytes = 0
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
      this.#tellFinished()
      this.#tellDrain()
      this.#tellData()
      this.#tellEnd()
      this.#noticeReset()
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

  /** At most one pipe's worth on one turn: the peer may refill it from within. */
  #tellData(): void {
    let told = 0
    while (this.#mayTellIncoming() && told < memoryLimits.bytesInFlight) {
      const chunk = this.#incoming.take()
      if (chunk === undefined) return
      told += chunk.byteLength
      this.bytesRead += chunk.byteLength
      if (this.#peer !== undefined) this.#peer.#move()
      this.sink.onData(chunk)
    }
    if (this.#incoming.size > 0 && this.#mayTellIncoming()) this.#schedule()
  }

  #tellEnd(): void {
    if (!this.#mayTellIncoming() || this.#toldEnd || !this.#incoming.isEnded || this.#incoming.size > 0) return
    this.#toldEnd = true
    this.sink.onEnd()
  }

  #mayTellIncoming(): boolean {
    return this.#state === 'open' && !this.#isPaused
  }

  /** As with a socket, nobody notices a reset who neither reads nor writes. */
  #noticeReset(): void {
    if (!this.#wasReset || this.#state !== 'open') return
    const isReading = !this.#isPaused && !this.#toldEnd
    if (isReading && this.#incoming.size === 0) this.fail(systemError('ECONNRESET', 'read'))
    else if (this.#waiting.length > 0) this.fail(this.#brokenWrite(this.#toldEnd ? 'EPIPE' : 'ECONNRESET'))
    else if (this.#isEnding && this.#toldEnd) {
      this.#finishEnd()
      this.#close(destroyedError(), false)
    }
  }

  #brokenWrite(code: 'EPIPE' | 'ECONNRESET'): SystemError {
    return systemError(code, 'write')
  }

  #tellClose(): void {
    const isOver = this.#state === 'open' && this.#toldEnd && this.#outgoing.isEnded
    if (isOver) this.#state = 'closing'
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
    this.onReleased?.()
    this.sink.onClose(this.#toldError)
  }
}

function destroyedError(): Error {
  return codedError(Error, 'ERR_STREAM_DESTROYED', 'Cannot call write after a stream was destroyed')
}
