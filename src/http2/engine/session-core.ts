// What both halves of a session stand on, the frames that come and the verbs of the user: its streams, its settings, its
// windows - and the few acts that belong to neither, closing a stream and giving the connection up.

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
  /** What the peer may send, on the connection and on streams. */
  readonly credit: ReceiveCredit
  now = 0
  roundTripMs = Number.POSITIVE_INFINITY
  isDestroyed = false
  /** The peer's SETTINGS came: its limit of concurrent streams is known. */
  hasRemoteSettings = false
  /** The peer has acknowledged SETTINGS of ours once. */
  localSettingsAcked = false
  /** The highest stream of the peer's that we told it we process: what is above is passed over. */
  goawaySentId = MAX_STREAM_ID
  /** The same from the peer; above 2^31-1: no GOAWAY came. */
  goawayReceivedId = MAX_STREAM_ID + 1
  /** For header blocks on streams that begin from now on: SETTINGS_MAX_HEADER_LIST_SIZE, once one was acknowledged. */
  maxHeaderListSize: number
  /** The highest stream of the peer's that the user heard of. */
  lastProcessedId = 0
  /** Requests that wait for a place, in the order of their ids. */
  readonly waiting = new Set<Stream>()
  /** Decoded header blocks of the streams that are open. */
  #headerBytes = 0
  #invalidFrames = 0
  #rejectedStreams = 0
  /** A PING of the engine's own. */
  sendPing: (payload: Uint8Array, answered: () => void) => void = () => {}
  /** What to do for the reader when nothing more is to be read. */
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

  /** It is over, whatever ended it: everyone who waits is told. */
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

  /** Takes a stream out of the books. */
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

  /** The peer's limit; before its SETTINGS a limit of ours. */
  get maxOurStreams(): number {
    return this.hasRemoteSettings ? this.remoteSettings.maxConcurrentStreams : this.limits.peerMaxConcurrentStreams
  }

  /** Sends the requests that there is room for. */
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

  // --- what the peer did wrong

  /** A frame made us write: too much of that, untaken, and the peer is not reading on purpose. */
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

  /** False, and the connection is over: one too many of such frames. */
  withstands(flood: Flood, what: string): boolean {
    if (this.guard.allow(flood, this.now)) return true
    this.failConnection({ code: ENHANCE_YOUR_CALM, reason: `too many ${what}`, limit: flood, libraryCode: ERR_FLOODED })
    return false
  }

  /** RST_STREAM for an identifier that the user has not heard of, or not any more. */
  refuse(streamId: number, code: number): void {
    this.streams.rememberReset(streamId)
    writeReset(this.outbox.control, streamId, code)
    this.replied(resetBytes)
  }

  /** A stream beyond what there is room for. */
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

  /** The peer broke a rule on a stream. */
  failStream(stream: Stream, fault: Fault): void {
    this.outbox.settle()
    if (stream.state === CLOSED) return
    this.refuse(stream.id, fault.code)
    this.countProvokedReset()
    if (!this.countInvalidFrame()) return
    this.handler.onStreamError(stream, engineError('stream', fault))
    this.closeStream(stream, fault.code)
  }

  /** There is no room for what comes on a stream: not the peer's fault, and not counted as one. */
  overflow(stream: Stream): void {
    this.outbox.settle()
    if (stream.state === CLOSED) return
    const fault: Fault = { code: ENHANCE_YOUR_CALM, reason: 'no memory for a header block', limit: 'maxSessionMemory' }
    this.refuse(stream.id, fault.code)
    this.handler.onStreamError(stream, engineError('stream', fault))
    this.closeStream(stream, fault.code)
  }

  /** The same on a stream that the user knows nothing of. */
  failStreamId(streamId: number, fault: Fault): void {
    this.refuse(streamId, fault.code)
    this.countProvokedReset()
    this.countInvalidFrame()
  }

  /** CVE-2025-8671: a peer can have us reset as well as reset itself. */
  countProvokedReset(): void {
    if (!this.isDestroyed && this.role === 'server') this.withstands('streamResetBurst', 'streams reset')
  }

  countInvalidFrame(): boolean {
    if (this.isDestroyed) return false
    // As Node counts: the limit is passed by the one after the one that reaches past it.
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
    // A server's answers go out still, as with the library beneath Node.
    if (this.role === 'client') this.outbox.discard()
    const open = this.#stop(fault.code, fault.reason)
    this.handler.onSessionError(engineError('connection', fault))
    for (const stream of open) this.closeStream(stream, fault.code)
  }

  // --- the end

  /** Everything closes; what is written goes out still. */
  destroy(code: number): void {
    if (this.isDestroyed) return
    for (const stream of this.#stop(code, '')) this.closeStream(stream, code === NO_ERROR ? CANCEL : code)
  }

  /** The connection is gone: nobody reads what we would write. */
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
    // It must not rise again: RFC 9113 section 6.8.
    this.goawaySentId = Math.min(this.goawaySentId, lastStreamId)
    writeGoaway(this.outbox.control, { lastStreamId: this.goawaySentId, code, data })
  }

  /** Our streams above this were never looked at. */
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

/** About what a stream's records take, here and above. */
const bytesPerStream = 512
