// One end of a connection between memory hosts. After the peer has closed or reset, this end behaves as on Linux: bytes in flight
// still arrive, then the error.

import { type SystemError, systemError } from '../../core/errors.ts'
import { ScheduledConnection } from '../scheduled/scheduled-connection.ts'
import type { Clock, ConnectionSink, TextEncoding } from '../types.ts'
import { memoryLimits } from './memory-limits.ts'
import { MemoryPipe } from './memory-pipe.ts'

export class MemoryConnection extends ScheduledConnection {
  /** Called when this end has closed, to free its port. */
  onceReleased: (() => void) | undefined = undefined
  #peer: MemoryConnection | undefined = undefined
  /** `path`: a UNIX domain socket. There is no RST, and a write to a closed peer fails at once. */
  #kind: 'tcp' | 'path' = 'tcp'
  #incoming = new MemoryPipe()
  #outgoing = new MemoryPipe()
  #wasReset = false

  constructor(clock: Clock, sink: ConnectionSink, isClient: boolean) {
    super(clock, sink, isClient, memoryLimits.bytesWaiting)
  }

  /** Joins two ends to a connection. The endpoints are undefined for paths. */
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

  // There are no packets that could be delayed, and an idle connection within a process needs no probes.
  setNoDelay(): void {}
  setKeepAlive(): void {}

  /** A copy: the receiver may retain the chunk, and the sender may reuse its bytes once they are sent. */
  protected copy(data: Uint8Array | string, encoding: TextEncoding): Uint8Array {
    return typeof data === 'string' ? Buffer.from(data, encoding) : Buffer.from(data)
  }

  /** The peer gets RST because the caller chose so, or because bytes that it has sent will never be read. */
  protected override onClosing(isReset: boolean): void {
    const peer = this.#peer
    if (peer === undefined) return
    if (isReset) peer.#wasReset = true
    else this.#outgoing.isEnded = true
    peer.schedule()
    // The bytes that the peer has queued have no receiver now.
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
      // TCP learns of the closed peer by the RST that answers these bytes: they are lost without an error.
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

  /** Delivers at most one pipe's capacity per turn: the peer may refill the pipe from within the sink's call. */
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
