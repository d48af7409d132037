// One end of a connection between memory hosts. What a closed or reset peer brings about is as on Linux: bytes that were on
// their way still arrive, then the error.

import { type SystemError, systemError } from '../../core/errors.ts'
import { ScheduledConnection } from '../scheduled/scheduled-connection.ts'
import type { Clock, ConnectionSink, TextEncoding } from '../types.ts'
import { memoryLimits } from './memory-limits.ts'
import { MemoryPipe } from './memory-pipe.ts'

export class MemoryConnection extends ScheduledConnection {
  /** Called when this end has closed: its port is free again. */
  onceReleased: (() => void) | undefined = undefined
  #peer: MemoryConnection | undefined = undefined
  /** `path`: a pipe of the file system. There is no RST, and a write to a closed peer fails at once. */
  #kind: 'tcp' | 'path' = 'tcp'
  #incoming = new MemoryPipe()
  #outgoing = new MemoryPipe()
  #wasReset = false

  constructor(clock: Clock, sink: ConnectionSink, isClient: boolean) {
    super(clock, sink, isClient, memoryLimits.bytesWaiting)
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
      end.#kind = isPath ? 'path' : 'tcp'
      end.state = 'open'
      end.schedule()
    }
    client.transmit()
  }

  destroy(): void {
    this.closeQuietly(this.#incoming.size > 0)
  }

  reset(): void {
    this.closeQuietly(this.#kind === 'tcp' || this.#incoming.size > 0)
  }

  // There are no packets to delay or to send in between, and nothing outside the process that could reach an idle connection.
  setNoDelay(): void {}
  setKeepAlive(): void {}

  /** The chunk is the receiver's to keep, and the sender's again once it is sent. */
  protected copy(data: Uint8Array | string, encoding: TextEncoding): Uint8Array {
    return typeof data === 'string' ? Buffer.from(data, encoding) : Buffer.from(data)
  }

  /** The peer gets RST by choice, or because bytes it has sent will never be read. */
  protected override onClosing(isReset: boolean): void {
    const peer = this.#peer
    if (peer === undefined) return
    if (isReset) peer.#wasReset = true
    else this.#outgoing.isEnded = true
    peer.schedule()
    // What the peer waits to send has no receiver.
    if (peer.waiting.length > 0) peer.transmit()
  }

  protected onReleased(): void {
    this.onceReleased?.()
  }

  protected transmit(): void {
    if (this.state !== 'open' || this.corks > 0) return
    const isPeerGone = this.#peer === undefined || this.#peer.isOver
    if (isPeerGone && this.waiting.length > 0 && !this.#wasReset) {
      if (this.#kind === 'path') {
        this.fail(brokenWrite('EPIPE'))
        return
      }
      // TCP learns by the RST that answers: these bytes are lost without an error.
      this.#dropWaiting()
      this.#wasReset = true
    }
    if (this.#wasReset) {
      this.schedule()
      return
    }
    this.#fillPipe()
    if (this.waiting.length === 0 && this.writeSide === 'ending') {
      this.writeSide = 'ended'
      this.#outgoing.isEnded = true
      this.finishEnd()
    }
    if (this.#peer !== undefined) this.#peer.schedule()
    this.schedule()
  }

  #fillPipe(): void {
    let sent = 0
    for (const one of this.waiting) {
      const taken = this.#outgoing.push(one.bytes)
      this.bufferedBytes -= taken
      if (taken < one.bytes.byteLength) {
        one.bytes = one.bytes.subarray(taken)
        break
      }
      this.finish(one.done, undefined)
      sent++
    }
    this.waiting.splice(0, sent)
  }

  #dropWaiting(): void {
    for (const { done } of this.waiting) this.finish(done, undefined)
    this.waiting = []
    this.bufferedBytes = 0
  }

  /** At most one pipe's worth on one turn: the peer may refill it from within. */
  protected deliver(): void {
    let delivered = 0
    while (this.mayDeliver && delivered < memoryLimits.bytesInFlight) {
      const chunk = this.#incoming.take()
      if (chunk === undefined) return
      delivered += chunk.byteLength
      this.bytesRead += chunk.byteLength
      if (this.#peer !== undefined) this.#peer.transmit()
      this.sink.onData(chunk)
    }
    if (this.#incoming.size > 0 && this.mayDeliver) this.schedule()
  }

  protected get isAtEnd(): boolean {
    return this.#incoming.isEnded && this.#incoming.size === 0
  }

  /** As with a socket, a reset goes unnoticed by a program that neither reads nor writes. */
  protected noticeBroken(): void {
    if (!this.#wasReset || this.state !== 'open') return
    const isReading = !this.isPaused && !this.hasNotifiedEnd
    if (isReading && this.#incoming.size === 0) this.fail(systemError('ECONNRESET', 'read'))
    else if (this.waiting.length > 0) this.fail(brokenWrite(this.hasNotifiedEnd ? 'EPIPE' : 'ECONNRESET'))
    else if (this.writeSide !== 'open' && this.hasNotifiedEnd) this.closeAfterReset()
  }
}

function brokenWrite(code: 'EPIPE' | 'ECONNRESET'): SystemError {
  return systemError(code, 'write')
}
