// The output of a session: control frames and header blocks in the order of the calls, then DATA as the windows and the
// send queue allow. Everything that is written between two takes is output as one piece.
//
// Header blocks are compressed when they are written, so that the dynamic table sees them in the order of the wire.

import { ByteWriter } from '../../wire/byte-writer.ts'
import {
  DATA,
  DEFAULT_WINDOW,
  END_STREAM,
  FRAME_HEADER_BYTES,
  MIN_MAX_FRAME_SIZE,
  PADDED,
} from '../../wire/frame-types.ts'
import { writeFrameHeader, writeHeaders } from '../../wire/frames.ts'
import { HpackEncoder } from '../../wire/hpack-encoder.ts'
import type { Stream } from '../stream.ts'
import { CLOSED, SEND_END, transition } from '../stream-states.ts'
import type { FieldPairs, PaddingStrategy, StreamStateNumber } from '../types.ts'
import { newPiece, sharePiece } from './pieces.ts'
import { SendQueue } from './send-queue.ts'

/** The session, as its outbox sees it. */
export interface OutboxOwner {
  readonly now: number
  /** Output is available, after there was none. */
  wake(): void
  /** Writes the frames that are computed as late as possible, when output is taken. */
  writeUpdates(): void
  /** Deregisters a stream whose last frame was written and whose peer had already ended, without notifying the handler. */
  retire(stream: Stream): void
  /** Notifies the handler of a stream that `retire` has closed. */
  tellClosed(stream: Stream): void
}

type Done = (sent: boolean) => void

export class Outbox {
  /** Frames that are written and not taken. */
  readonly control = new ByteWriter()
  readonly queue = new SendQueue()
  /** The connection's send window. */
  sendWindow = DEFAULT_WINDOW
  /** The peer's SETTINGS_MAX_FRAME_SIZE. */
  maxFrameSize = MIN_MAX_FRAME_SIZE
  /** Bytes of data in all streams' queues. */
  queuedBytes = 0
  /** Bytes of `control` that reply to the peer's frames. */
  replyBytes = 0
  readonly #encoder: HpackEncoder
  readonly #padding: PaddingStrategy
  readonly #maxBlock: number
  readonly #owner: OutboxOwner
  /** The owner has been notified that output is available. */
  #isAwake = false
  /** What was sent by the last take, reported at the next one: callbacks must not run while a piece is being written. */
  #settled: (Stream | Done)[] = []
  #settledAt = 0
  /** Output has been taken, and so the preface has been sent. */
  #hasTaken = false
  #nextTake = firstTake

  constructor(owner: OutboxOwner, padding: PaddingStrategy, tableSize: number, maxBlock: number) {
    this.#owner = owner
    this.#padding = padding
    this.#maxBlock = maxBlock
    this.#encoder = new HpackEncoder(tableSize)
  }

  get tableSize(): number {
    return this.#encoder.tableSize
  }

  setTableLimit(limit: number): void {
    this.#encoder.setLimit(limit)
  }

  get hasOutput(): boolean {
    return this.control.length > 0 || (this.queue.size > 0 && this.sendWindow > 0)
  }

  /** To be called after any operation that may have produced output. */
  wake(): void {
    if (this.#isAwake) return
    this.#isAwake = true
    this.#owner.wake()
  }

  // --- header blocks

  /** Whether the block is within maxSendHeaderBlockLength, counted uncompressed as nghttp2 does. */
  fits(fields: FieldPairs): boolean {
    let bound = 12
    for (let i = 0; i < fields.length; i++) bound += (fields[i] as string).length + 6
    return bound <= this.#maxBlock
  }

  writeBlock(
    streamId: number,
    fields: FieldPairs,
    sensitive: ReadonlySet<string> | undefined,
    flags: number,
    promisedId = 0,
  ): void {
    const encoder = this.#encoder
    encoder.begin()
    for (let i = 0; i + 1 < fields.length; i += 2) {
      const name = fields[i] as string
      encoder.add(name, fields[i + 1] as string, sensitive?.has(name) ?? false)
    }
    const block = encoder.block()
    const promise = promisedId > 0 ? 4 : 0
    const padding = this.#padding === 'none' ? 0 : this.#paddingFor(block.length + promise, this.maxFrameSize)
    writeHeaders(this.control, streamId, block, flags, this.maxFrameSize, padding, promisedId)
    this.wake()
  }

  // --- data

  queueData(stream: Stream, bytes: Uint8Array, done: Done | undefined): void {
    if (this.#mayPassAtOnce(stream, bytes.length)) {
      this.#writeAtOnce(stream, bytes)
      if (done !== undefined) this.#settled.push(done)
      this.wake()
      return
    }
    if (bytes.length === 0 && stream.queuedBytes === 0) {
      if (done !== undefined) this.#settled.push(done)
      if (stream.isEnding && stream.request === undefined) this.#writeEnd(stream)
      this.wake()
      return
    }
    const chunk = { bytes, sent: 0, done, next: undefined }
    if (stream.lastChunk === undefined) stream.firstChunk = chunk
    else stream.lastChunk.next = chunk
    stream.lastChunk = chunk
    if (stream.queuedBytes === 0) stream.stalledAt = this.#owner.now
    stream.queuedBytes += bytes.length
    this.queuedBytes += bytes.length
    this.enqueue(stream)
  }

  /** Adds a stream to the send queue, if it has data and window. */
  enqueue(stream: Stream): void {
    if (stream.queuedBytes === 0 || stream.sendWindow <= 0 || stream.request !== undefined) return
    this.queue.add(stream)
    if (this.sendWindow > 0) this.wake()
  }

  /** Writes the trailers, or END_STREAM alone, unless data is queued before them. */
  finish(stream: Stream): void {
    if (stream.queuedBytes === 0 && stream.request === undefined) this.#writeEnd(stream)
  }

  /** Drops the stream's queued data. @returns the callbacks that wait for it */
  drop(stream: Stream): Done[] {
    this.queue.remove(stream)
    this.queuedBytes -= stream.queuedBytes
    stream.queuedBytes = 0
    const waiting: Done[] = []
    for (let chunk = stream.firstChunk; chunk !== undefined; chunk = chunk.next)
      if (chunk.done !== undefined) waiting.push(chunk.done)
    stream.firstChunk = undefined
    stream.lastChunk = undefined
    stream.trailers = undefined
    return waiting
  }

  /** Whether a small body may be written directly after its headers, without a chunk or the queue. */
  #mayPassAtOnce(stream: Stream, length: number): boolean {
    return (
      length > 0 &&
      length <= largestAtOnce &&
      length <= stream.sendWindow &&
      length <= this.sendWindow &&
      stream.queuedBytes === 0 &&
      this.queue.size === 0 &&
      stream.request === undefined &&
      this.#padding === 'none' &&
      this.control.length < mostAtOnce
    )
  }

  #writeAtOnce(stream: Stream, bytes: Uint8Array): void {
    const { control } = this
    const at = control.extend(FRAME_HEADER_BYTES + bytes.length)
    const endsHere = stream.isEnding && stream.trailers === undefined
    control.bytes.set(
      bytes,
      writeFrameHeader(control.bytes, at, bytes.length, DATA, endsHere ? END_STREAM : 0, stream.id),
    )
    stream.sendWindow -= bytes.length
    this.sendWindow -= bytes.length
    if (endsHere) this.endSent(stream)
    else if (stream.isEnding) this.#writeEnd(stream)
  }

  #writeEnd(stream: Stream): void {
    const { trailers } = stream
    if (trailers !== undefined) {
      stream.trailers = undefined
      this.writeBlock(stream.id, trailers.fields, trailers.sensitive, END_STREAM)
    } else {
      const at = this.control.extend(FRAME_HEADER_BYTES)
      writeFrameHeader(this.control.bytes, at, 0, DATA, END_STREAM, stream.id)
    }
    this.endSent(stream)
    this.wake()
  }

  /** END_STREAM was written. */
  endSent(stream: Stream): void {
    const state = transition(stream.state, SEND_END)
    if (state === CLOSED) {
      this.#owner.retire(stream)
      this.#settled.push(stream)
    } else stream.state = state as StreamStateNumber
  }

  /** Discards what was written and not taken: a peer that violated the protocol is not sent requests it cannot answer. */
  discard(): void {
    if (!this.#hasTaken) return
    this.control.clear(keptControl)
    this.replyBytes = 0
  }

  // --- taking

  /** @param maxBytes - by default it grows from piece to piece while data remains */
  take(maxBytes = this.#nextTake): Uint8Array | undefined {
    this.settle()
    this.#owner.writeUpdates()
    const { control } = this
    const room = Math.max(maxBytes, leastTake) - control.length
    const hasData = room > 0 && this.queue.size > 0 && this.sendWindow > 0
    if (control.length === 0 && !hasData) {
      this.#isAwake = false
      this.#nextTake = firstTake
      return undefined
    }
    const needed = control.length + (hasData ? Math.min(room, this.#dataBound()) : 0)
    const piece = newPiece(needed)
    let at = piece.start
    this.#hasTaken = true
    if (control.length > 0) {
      piece.bytes.set(control.bytes.subarray(0, control.length), at)
      at += control.length
      control.clear(keptControl)
      this.replyBytes = 0
    }
    if (hasData) at = this.#writeData(piece.bytes, at, piece.start + needed)
    if (this.queue.size > 0) this.#nextTake = Math.min(this.#nextTake * 2, largestTake)
    return sharePiece(piece, at)
  }

  /** Calls the callbacks of what was sent. */
  settle(): void {
    while (this.#settledAt < this.#settled.length) {
      const settled = this.#settled[this.#settledAt++] as Stream | Done
      if (typeof settled === 'function') settled(true)
      else this.#owner.tellClosed(settled)
    }
    if (this.#settledAt === 0) return
    this.#settled = []
    this.#settledAt = 0
  }

  /** An upper bound of the size of the DATA frames that may be written now. */
  #dataBound(): number {
    const bytes = Math.min(this.sendWindow, this.queuedBytes)
    const frames = this.queue.size + Math.ceil(bytes / this.maxFrameSize)
    return bytes + frames * (FRAME_HEADER_BYTES + (this.#padding === 'none' ? 0 : 256))
  }

  #writeData(piece: Uint8Array, from: number, end: number): number {
    let at = from
    while (this.sendWindow > 0) {
      const stream = this.queue.next()
      if (stream === undefined) break
      const room = end - at - FRAME_HEADER_BYTES
      // Prefers a frame in the next piece to a tiny frame in this one.
      if (room < Math.min(fewestBytes, stream.queuedBytes, stream.sendWindow, this.sendWindow)) break
      at = this.#writeDataFrame(piece, stream, at, room)
      if (stream.queuedBytes > 0 && stream.sendWindow > 0) this.queue.sent(stream)
      else this.queue.remove(stream)
      if (stream.queuedBytes === 0 && stream.isEnding && !stream.isLocalClosed) this.#writeEnd(stream)
    }
    return at
  }

  #writeDataFrame(piece: Uint8Array, stream: Stream, at: number, room: number): number {
    const most = Math.min(stream.sendWindow, this.sendWindow, this.maxFrameSize, room)
    const length = Math.min(stream.queuedBytes, most)
    const padding = this.#padding === 'none' ? 0 : this.#paddingFor(length, most)
    const endsHere = length === stream.queuedBytes && stream.isEnding && stream.trailers === undefined
    const flags = (endsHere ? END_STREAM : 0) | (padding > 0 ? PADDED : 0)
    let target = writeFrameHeader(piece, at, length + padding, DATA, flags, stream.id)
    if (padding > 0) piece[target++] = padding - 1
    target = this.#copyChunks(piece, stream, target, length)
    if (padding > 1) {
      piece.fill(0, target, target + padding - 1)
      target += padding - 1
    }
    stream.sendWindow -= length + padding
    this.sendWindow -= length + padding
    stream.stalledAt = this.#owner.now
    if (endsHere) this.endSent(stream)
    return target
  }

  #copyChunks(piece: Uint8Array, stream: Stream, at: number, length: number): number {
    let target = at
    let left = length
    while (left > 0) {
      const chunk = stream.firstChunk
      if (chunk === undefined) throw new Error('invariant: queued bytes without a chunk')
      const size = Math.min(left, chunk.bytes.length - chunk.sent)
      const isWhole = size === chunk.bytes.length
      piece.set(isWhole ? chunk.bytes : chunk.bytes.subarray(chunk.sent, chunk.sent + size), target)
      chunk.sent += size
      target += size
      left -= size
      if (chunk.sent < chunk.bytes.length) break
      stream.firstChunk = chunk.next
      if (chunk.done !== undefined) this.#settled.push(chunk.done)
    }
    this.#dropEmptyChunks(stream)
    stream.queuedBytes -= length
    this.queuedBytes -= length
    return target
  }

  /** Empty chunks at the front count as sent together with those before them. */
  #dropEmptyChunks(stream: Stream): void {
    while (stream.firstChunk !== undefined && stream.firstChunk.bytes.length === 0) {
      if (stream.firstChunk.done !== undefined) this.#settled.push(stream.firstChunk.done)
      stream.firstChunk = stream.firstChunk.next
    }
    if (stream.firstChunk === undefined) stream.lastChunk = undefined
  }

  /** The padding of a payload, including the byte of its length: Node's two strategies. */
  #paddingFor(length: number, most: number): number {
    if (this.#padding === 'max') return Math.min(most - length, 256)
    const over = (length + FRAME_HEADER_BYTES) % 8
    return over === 0 ? 0 : Math.min(most - length, 8 - over)
  }
}

/** Larger bodies go through the queue, where streams take turns. */
const largestAtOnce = 4096
const mostAtOnce = 32 * 1024

/** A take has room for at least this many bytes. */
const leastTake = 2048
const fewestBytes = 1024

/** The size of the buffer that a session keeps between turns. */
const keptControl = 4096

/** Four frames of the default maximum size; twice as much while the connection keeps taking output. */
const firstTake = 65 * 1024
const largestTake = 2 * firstTake
