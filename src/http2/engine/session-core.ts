// The state that a session's received frames and the user's verbs share: streams, settings and windows; and the operations
// that both use: closing a stream, and failing the connection.

import { CANCEL, END_STREAM, ENHANCE_YOUR_CALM, MAX_STREAM_ID, NO_ERROR, REFUSED_STREAM } from '../wire/frame-types.ts'
import { writeGoaway, writeReset } from '../wire/frames.ts'
import type { SessionLimits } from './engine-limits.ts'
import { ERR_CALLBACK_FAILURE, ERR_FLOODED, engineError, type Fault } from './failure.ts'
import { type Flood, FloodGuard } from './receive/flood-guard.ts'
import { ReceiveCredit } from './receive/receive-credit.ts'
import { Outbox, type OutboxOwner } from './send/outbox.ts'
import { PendingSettings, SessionSettings } from './session-settings.ts'
import { Stream } from './stream.ts'
import { CLOSED, IDLE, SEND_HEADERS, transition } from './stream-states.ts'
import { StreamTable } from './stream-table.ts'
import type { Role, SessionHandler, SessionOptions, StreamStateNumber } from './types.ts'

export class SessionCore implements OutboxOwner {
  readonly role: Role
  readonly handler: SessionHandler
  readonly options: SessionOptions
  readonly limits: SessionLimits
  readonly outbox: Outbox
  readonly streams: StreamTable
  readonly guard: FloodGuard
  readonly localSettings: SessionSettings
  readonly remoteSettings: SessionSettings
  readonly pendingSettings = new PendingSettings()
  /** The credit of the peer, on the connection and on streams. */
  readonly credit: ReceiveCredit
  now = 0
  roundTripMs = Number.POSITIVE_INFINITY
  isDestroyed = false
  /** The peer's SETTINGS were received: its limit of concurrent streams is known. */
  hasRemoteSettings = false
  /** The peer has acknowledged our SETTINGS at least once. */
  localSettingsAcked = false
  /** The last stream identifier of our GOAWAY: the peer's streams above it are ignored. */
  goawaySentId = MAX_STREAM_ID
  /** That of the peer's GOAWAY; above 2^31-1 if none was received. */
  goawayReceivedId = MAX_STREAM_ID + 1
  /** The limit for header blocks on new streams: our SETTINGS_MAX_HEADER_LIST_SIZE, once the peer has acknowledged one. */
  maxHeaderListSize: number
  /** The peer's highest stream that was reported to the handler. */
  lastProcessedId = 0
  /** Requests that wait because of the peer's limit of concurrent streams, in the order of their identifiers. */
  readonly waiting = new Set<Stream>()
  /** Bytes of the decoded header blocks of open streams. */
  #headerBytes = 0
  #invalidFrames = 0
  #rejectedStreams = 0
  /** Sends an engine's own PING. */
  sendPing: (payload: Uint8Array, answered: () => void) => void = () => {}
  /** Stops the frame reader. */
  onStop: () => void = () => {}
  decoderTableSize: () => number = () => 0

  constructor(role: Role, handler: SessionHandler, options: SessionOptions) {
    this.role = role
    this.handler = handler
    this.options = options
    this.limits = options.limits
    this.maxHeaderListSize = options.limits.maxHeaderListBytes
    this.streams = new StreamTable(role)
    this.guard = new FloodGuard(options.limits)
    this.credit = new ReceiveCredit(this)
    this.localSettings = new SessionSettings(options.customSettings)
    this.remoteSettings = new SessionSettings(options.customSettings)
    const { maxDeflateDynamicTableSize, maxSendHeaderBlockLength } = options.limits
    this.outbox = new Outbox(this, options.paddingStrategy, maxDeflateDynamicTableSize, maxSendHeaderBlockLength)
  }

  // --- streams

  newStream(id: number, isOurs: boolean): Stream {
    const stream = new Stream(id, isOurs, IDLE, this.remoteSettings.initialWindowSize)
    stream.maxHeaderListSize = this.maxHeaderListSize
    stream.initialReceiveWindow = this.localSettings.initialWindowSize
    return stream
  }

  /** Closes a stream, and notifies the callbacks of its queued data and the handler. */
  closeStream(stream: Stream, code: number): void {
    this.outbox.settle()
    if (stream.state === CLOSED) return
    if (stream.request !== undefined) stream.isSafeToRetry = true
    const dropped = this.outbox.drop(stream)
    stream.closeCode = code
    this.retire(stream)
    for (const done of dropped) done(false)
    this.handler.onStreamClosed(stream, code)
  }

  /** Deregisters a stream, and releases what it holds. */
  retire(stream: Stream): void {
    this.streams.remove(stream)
    this.waiting.delete(stream)
    stream.state = CLOSED
    stream.request = undefined
    this.#headerBytes -= stream.headerBytes
    this.credit.release(stream, stream.unconsumed)
    if (this.waiting.size > 0) this.startWaiting()
  }

  tellClosed(stream: Stream): void {
    this.handler.onStreamClosed(stream, stream.closeCode)
  }

  wake(): void {
    this.handler.onOutput()
  }

  writeUpdates(): void {
    this.credit.writeUpdates()
  }

  /** The peer's limit; before its SETTINGS are received, our own. */
  get maxOurStreams(): number {
    return this.hasRemoteSettings ? this.remoteSettings.maxConcurrentStreams : this.limits.peerMaxConcurrentStreams
  }

  /** Sends waiting requests, up to the limit of concurrent streams. */
  startWaiting(): void {
    for (const stream of this.waiting) {
      if (this.streams.ours >= this.maxOurStreams || this.isDestroyed) return
      this.waiting.delete(stream)
      this.startRequest(stream)
    }
  }

  startRequest(stream: Stream): void {
    const { request } = stream
    if (request === undefined) throw new Error('invariant: a request without fields')
    this.streams.begin(stream)
    stream.request = undefined
    stream.state = transition(stream.state, SEND_HEADERS) as StreamStateNumber
    const endsHere = stream.isEnding && stream.queuedBytes === 0 && stream.trailers === undefined
    this.outbox.writeBlock(stream.id, request.fields, request.sensitive, endsHere ? END_STREAM : 0)
    if (endsHere) this.outbox.endSent(stream)
    else if (stream.queuedBytes > 0) this.outbox.enqueue(stream)
    else if (stream.isEnding) this.outbox.finish(stream)
  }

  chargeHeaders(stream: Stream, bytes: number): void {
    stream.headerBytes += bytes
    this.#headerBytes += bytes
  }

  get memoryUsed(): number {
    return (
      this.outbox.queuedBytes +
      this.outbox.control.length +
      this.outbox.tableSize +
      this.decoderTableSize() +
      this.credit.unconsumed +
      this.#headerBytes +
      this.streams.size * bytesPerStream
    )
  }

  get isFull(): boolean {
    return this.memoryUsed > this.limits.maxSessionMemory
  }

  // --- errors of the peer

  /** Counts a reply that the peer provoked: if too many bytes of replies wait to be taken, the peer is not reading them. */
  replied(bytes: number): void {
    const { outbox } = this
    outbox.replyBytes += bytes
    outbox.wake()
    if (outbox.replyBytes <= this.limits.maxQueuedReplyBytes) return
    this.failConnection({
      code: ENHANCE_YOUR_CALM,
      reason: 'replies wait and the peer does not read',
      limit: 'maxQueuedReplyBytes',
      libraryCode: ERR_FLOODED,
    })
  }

  /** Counts a frame against a rate limit. @returns false if that is exceeded, which fails the connection */
  withstands(flood: Flood, what: string): boolean {
    if (this.guard.allow(flood, this.now)) return true
    this.failConnection({ code: ENHANCE_YOUR_CALM, reason: `too many ${what}`, limit: flood, libraryCode: ERR_FLOODED })
    return false
  }

  /** Sends RST_STREAM on a stream, whether or not the handler knows it. */
  refuse(streamId: number, code: number): void {
    this.streams.rememberReset(streamId)
    writeReset(this.outbox.control, streamId, code)
    this.replied(resetBytes)
  }

  /** Refuses a stream that exceeds a limit, and counts it. */
  reject(streamId: number, { code, limit }: { code: number; limit: Fault['limit'] }): void {
    this.refuse(streamId, code)
    if (++this.#rejectedStreams <= this.limits.maxSessionRejectedStreams || this.isDestroyed) return
    this.failConnection({
      code: ENHANCE_YOUR_CALM,
      reason: `too many streams refused, the last because of ${limit}`,
      limit: 'maxSessionRejectedStreams',
      libraryCode: ERR_CALLBACK_FAILURE,
    })
  }

  /** The peer violated the protocol on a stream: resets it. */
  failStream(stream: Stream, fault: Fault): void {
    this.outbox.settle()
    if (stream.state === CLOSED) return
    this.refuse(stream.id, fault.code)
    this.countProvokedReset()
    if (!this.countInvalidFrame()) return
    this.handler.onStreamError(stream, engineError('stream', fault))
    this.closeStream(stream, fault.code)
  }

  /** A stream exceeds the session's memory: resets it, without counting an error of the peer. */
  overflow(stream: Stream): void {
    this.outbox.settle()
    if (stream.state === CLOSED) return
    const fault: Fault = { code: ENHANCE_YOUR_CALM, reason: 'no memory for a header block', limit: 'maxSessionMemory' }
    this.refuse(stream.id, fault.code)
    this.handler.onStreamError(stream, engineError('stream', fault))
    this.closeStream(stream, fault.code)
  }

  /** As failStream, on a stream that the handler does not know. */
  failStreamId(streamId: number, fault: Fault): void {
    this.refuse(streamId, fault.code)
    this.countProvokedReset()
    this.countInvalidFrame()
  }

  /** CVE-2025-8671: a reset that the peer provokes counts like one that it sends. */
  countProvokedReset(): void {
    if (!this.isDestroyed && this.role === 'server') this.withstands('streamResetBurst', 'streams reset')
  }

  countInvalidFrame(): boolean {
    if (this.isDestroyed) return false
    // As Node counts: the session fails one frame after the count exceeds the limit.
    if (this.#invalidFrames++ <= this.limits.maxSessionInvalidFrames) return true
    this.failConnection({
      code: ENHANCE_YOUR_CALM,
      reason: 'too many invalid frames',
      limit: 'maxSessionInvalidFrames',
      libraryCode: ERR_CALLBACK_FAILURE,
    })
    return false
  }

  failConnection(fault: Fault): void {
    if (this.isDestroyed) return
    // A server's responses are still sent, as by nghttp2.
    if (this.role === 'client') this.outbox.discard()
    const open = this.#stop(fault.code, fault.reason)
    this.handler.onSessionError(engineError('connection', fault))
    for (const stream of open) this.closeStream(stream, fault.code)
  }

  // --- the end

  /** Closes all streams; frames that are already written are still sent. */
  destroy(code: number): void {
    if (this.isDestroyed) return
    for (const stream of this.#stop(code, '')) this.closeStream(stream, code === NO_ERROR ? CANCEL : code)
  }

  /** The connection is closed: closes all streams without writing anything. */
  abandon(): void {
    if (this.isDestroyed) return
    this.isDestroyed = true
    this.onStop()
    for (const stream of [...this.streams.values()]) this.closeStream(stream, CANCEL)
  }

  #stop(code: number, reason: string): Stream[] {
    this.isDestroyed = true
    this.onStop()
    this.writeGoaway(code, this.lastProcessedId, textBytes(reason))
    this.outbox.wake()
    return [...this.streams.values()]
  }

  writeGoaway(code: number, lastStreamId: number, data: Uint8Array): void {
    // The identifier must not increase: RFC 9113 section 6.8.
    this.goawaySentId = Math.min(this.goawaySentId, lastStreamId)
    writeGoaway(this.outbox.control, { lastStreamId: this.goawaySentId, code, data })
  }

  /** Closes our streams above `lastStreamId`, which the peer has not processed. */
  closeUnprocessed(lastStreamId: number): void {
    for (const stream of [...this.streams.values()]) {
      if (!stream.isOurs || stream.id <= lastStreamId) continue
      stream.isSafeToRetry = true
      this.closeStream(stream, REFUSED_STREAM)
    }
  }
}

function textBytes(text: string): Uint8Array {
  return Uint8Array.from(text, character => character.charCodeAt(0))
}

const resetBytes = 13

/** The approximate size of a stream's objects, in the engine and above it. */
const bytesPerStream = 512
