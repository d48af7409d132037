// Receives header blocks: assembles them from HEADERS or PUSH_PROMISE and CONTINUATION, decodes and validates them, and
// reports the beginning or the next part of a message. RFC 9113 sections 4.3, 6.2, 6.6, 8.1 and 8.4.
//
// Every block is decoded, even if its stream is refused, since the dynamic tables of both endpoints must stay the same.

import { ByteWriter } from '../../wire/byte-writer.ts'
import {
  CANCEL,
  COMPRESSION_ERROR,
  CONTINUATION,
  END_HEADERS,
  END_STREAM,
  ENHANCE_YOUR_CALM,
  HEADERS,
  PROTOCOL_ERROR,
  PUSH_PROMISE,
  REFUSED_STREAM,
  SETTINGS_MAX_CONCURRENT_STREAMS,
  STREAM_CLOSED,
} from '../../wire/frame-types.ts'
import { readHeaderFragment } from '../../wire/frames.ts'
import { HpackDecoder, HpackError } from '../../wire/hpack-decoder.ts'
import { ERR_TOO_MANY_CONTINUATIONS, type LimitName } from '../failure.ts'
import { type Priority, parsePriority } from '../priority.ts'
import type { SessionCore } from '../session-core.ts'
import { UNLIMITED } from '../session-settings.ts'
import { AWAITS_RESPONSE, AWAITS_TRAILERS, type Stream } from '../stream.ts'
import {
  CLOSED,
  PROTOCOL_CONNECTION,
  RECEIVE_END,
  RECEIVE_HEADERS,
  RECEIVE_PROMISE,
  RESERVED_REMOTE,
  STREAM_CLOSED_STREAM,
  transition,
} from '../stream-states.ts'
import type { MessagePart, StreamStateNumber } from '../types.ts'
import { type BlockKind, HeaderRules } from './header-rules.ts'

export class HeaderReceiver {
  readonly #core: SessionCore
  readonly #decoder = new HpackDecoder()
  readonly rules: HeaderRules

  // The block that is being received.
  /** 0: none. */
  #streamId = 0
  #type = 0
  #endsStream = false
  #promisedId = 0
  #dependsOnItself = false
  #continuations = 0
  #startedAt = Number.POSITIVE_INFINITY
  readonly #fragments = new ByteWriter()
  /** Values of PRIORITY_UPDATE for requests that have not been received. */
  readonly #earlyPriorities = new Map<number, Priority>()

  constructor(core: SessionCore) {
    this.#core = core
    this.rules = new HeaderRules(core.limits.maxHeaderListPairs, core.options.strictFieldWhitespace)
  }

  get tableSize(): number {
    return this.#decoder.tableSize
  }

  setTableLimit(limit: number): void {
    this.#decoder.setLimit(limit)
  }

  /** The stream whose block is incomplete: only its CONTINUATION may follow. 0: none. */
  get continuesOn(): number {
    return this.#streamId
  }

  /** The time by which the incomplete block must end. */
  get deadline(): number {
    return this.#startedAt + this.#core.limits.headerBlockTimeoutMs
  }

  /** A frame of a block begins. @returns false if the connection has failed */
  begin(type: number, flags: number, streamId: number, length: number): boolean {
    if (type !== CONTINUATION) {
      this.#streamId = streamId
      this.#type = type
      this.#endsStream = type === HEADERS && (flags & END_STREAM) !== 0
      this.#continuations = 0
      this.#promisedId = 0
    } else if (++this.#continuations > this.#core.limits.maxContinuationFrames) {
      return this.#tooMuch('CONTINUATION frames', 'maxContinuationFrames', ERR_TOO_MANY_CONTINUATIONS)
    }
    if (this.#fragments.length + length > this.#core.limits.maxHeaderBlockBytes)
      return this.#tooMuch('bytes in a header block', 'maxHeaderBlockBytes')
    this.#startedAt = this.#core.now
    return true
  }

  /** The payload of the frame that began last. */
  receive(type: number, flags: number, bytes: Uint8Array, start: number, end: number): void {
    let from = start
    let to = end
    if (type !== CONTINUATION) {
      const fragment = readHeaderFragment(bytes, start, end, type, flags)
      if (fragment === undefined) {
        this.#core.failConnection({ code: PROTOCOL_ERROR, reason: 'a header frame is shorter than its parts' })
        return
      }
      from = fragment.start
      to = fragment.end
      this.#promisedId = fragment.promisedId
      this.#dependsOnItself = fragment.parentId === this.#streamId
    }
    if ((flags & END_HEADERS) === 0) {
      this.#fragments.append(bytes.subarray(from, to))
      return
    }
    if (this.#fragments.length === 0) {
      this.#finish(bytes, from, to)
      return
    }
    this.#fragments.append(bytes.subarray(from, to))
    const { length } = this.#fragments
    const block = this.#fragments.bytes
    this.#fragments.clear(0)
    this.#finish(block, 0, length)
  }

  /** Keeps a priority for a request that has not been received: RFC 9218 section 7.1. */
  rememberPriority(streamId: number, priority: Priority): void {
    const early = this.#earlyPriorities
    if (early.size < this.#core.limits.maxEarlyPriorities || early.has(streamId)) early.set(streamId, priority)
  }

  #tooMuch(what: string, limit: LimitName, libraryCode?: number): boolean {
    this.#core.failConnection({ code: ENHANCE_YOUR_CALM, reason: `too many ${what}`, limit, libraryCode })
    return false
  }

  // --- a whole block

  #finish(bytes: Uint8Array, start: number, end: number): void {
    const streamId = this.#streamId
    this.#streamId = 0
    this.#startedAt = Number.POSITIVE_INFINITY
    const stream = this.#core.streams.get(streamId)
    const maxListSize = stream?.maxHeaderListSize ?? this.#core.maxHeaderListSize
    this.rules.begin(this.#kindFor(stream), maxListSize)
    if (!this.#decode(bytes, start, end)) return
    if (this.#type === PUSH_PROMISE) this.#receivePromise(streamId, stream)
    else if (stream !== undefined) this.#receiveMore(stream)
    else if (this.#mayBegin(streamId)) this.#receiveRequest(streamId)
  }

  #kindFor(stream: Stream | undefined): BlockKind {
    if (this.#type === PUSH_PROMISE || stream === undefined) return 'request'
    return stream.awaits === AWAITS_RESPONSE ? 'response' : 'trailers'
  }

  #decode(bytes: Uint8Array, start: number, end: number): boolean {
    try {
      this.#decoder.decode(bytes, start, end, this.rules)
      return true
    } catch (error) {
      if (!(error instanceof HpackError)) throw error
      this.#core.failConnection({ code: COMPRESSION_ERROR, reason: error.message })
      return false
    }
  }

  /** Whether a block on an unknown stream may open it: the stream may be closed, or not the peer's to open. */
  #mayBegin(streamId: number): boolean {
    const { streams, goawaySentId, role } = this.#core
    if (!streams.isIdle(streamId)) {
      // In flight when we reset the stream or sent GOAWAY: the block has been decoded for the table, and is dropped.
      const isUnderWay = streams.wasReset(streamId) || (!streams.isOurs(streamId) && streamId > goawaySentId)
      if (!isUnderWay) this.#core.failConnection({ code: STREAM_CLOSED, reason: 'HEADERS on a closed stream' })
      return false
    }
    if (role === 'client' || streams.isOurs(streamId)) {
      this.#core.failConnection({ code: PROTOCOL_ERROR, reason: 'HEADERS on a stream that the peer may not open' })
      return false
    }
    streams.lastPeerId = streamId
    return streamId <= goawaySentId
  }

  #receiveRequest(streamId: number): void {
    const core = this.#core
    const { rules } = this
    const early = this.#earlyPriorities.get(streamId)
    this.#earlyPriorities.delete(streamId)
    const fault = this.#faultOf()
    if (fault !== undefined) {
      core.failStreamId(streamId, fault)
      return
    }
    const refusal = this.#refusal()
    if (refusal !== undefined) {
      core.reject(streamId, refusal)
      return
    }
    const stream = core.newStream(streamId, false)
    stream.state = transition(stream.state, RECEIVE_HEADERS) as StreamStateNumber
    stream.awaits = AWAITS_TRAILERS
    stream.expectedLength = rules.block.contentLength
    const priority = early ?? (rules.priority === undefined ? undefined : parsePriority(rules.priority))
    if (priority !== undefined) core.outbox.queue.rank(stream, priority.urgency, priority.incremental)
    core.lastProcessedId = streamId
    core.streams.add(stream)
    this.#deliver(stream, 'request')
  }

  /** The reason to refuse another stream of the peer, if there is one. */
  #refusal(): { code: number; limit: LimitName } | undefined {
    const { streams, localSettings, pendingSettings, isFull } = this.#core
    // Even if the peer has not acknowledged the setting: a refused request can be sent again.
    const most = pendingSettings.least(SETTINGS_MAX_CONCURRENT_STREAMS, localSettings.maxConcurrentStreams)
    if (most !== UNLIMITED && streams.theirs >= most) return { code: REFUSED_STREAM, limit: 'maxConcurrentStreams' }
    return isFull ? { code: ENHANCE_YOUR_CALM, limit: 'maxSessionMemory' } : undefined
  }

  /** Another block on a known stream: a response, or trailers. */
  #receiveMore(stream: Stream): void {
    const core = this.#core
    const state = transition(stream.state, RECEIVE_HEADERS)
    if (state === PROTOCOL_CONNECTION) {
      core.failConnection({ code: PROTOCOL_ERROR, reason: 'HEADERS on a stream that we promised' })
      return
    }
    if (state === STREAM_CLOSED_STREAM) {
      core.failStream(stream, { code: STREAM_CLOSED, reason: 'HEADERS behind the end of the stream' })
      return
    }
    const fault = this.#faultOf()
    if (fault !== undefined) {
      core.failStream(stream, fault)
      return
    }
    if (core.isFull) {
      core.overflow(stream)
      return
    }
    if (stream.awaits === AWAITS_TRAILERS) this.#receiveTrailers(stream)
    else if (this.rules.block.status < 200) this.#receiveInformational(stream)
    else {
      if (stream.state === RESERVED_REMOTE) core.streams.begin(stream)
      stream.state = state as StreamStateNumber
      stream.awaits = AWAITS_TRAILERS
      const { status, contentLength } = this.rules.block
      // No content is allowed here, whatever content-length says: RFC 9110 section 6.4.1.
      stream.expectedLength =
        stream.isHead || status === 204 || status === 304 ? 0 : stream.isConnect ? -1 : contentLength
      this.#deliver(stream, 'response')
    }
  }

  #receiveInformational(stream: Stream): void {
    if (this.#endsStream)
      this.#core.failStream(stream, { code: PROTOCOL_ERROR, reason: 'an informational response that ends the stream' })
    else this.#deliver(stream, 'informational')
  }

  #receiveTrailers(stream: Stream): void {
    const { contentLength } = this.rules.block
    // As nghttp2: content-length in trailers is accepted if the head had none and the value is correct.
    const isWrong = stream.expectedLength >= 0 || contentLength !== stream.receivedLength
    if (!this.#endsStream)
      this.#core.failStream(stream, { code: PROTOCOL_ERROR, reason: 'trailers that do not end the stream' })
    else if (contentLength >= 0 && isWrong)
      this.#core.failStream(stream, { code: PROTOCOL_ERROR, reason: 'content-length among trailers' })
    else this.#deliver(stream, 'trailers')
  }

  #faultOf(): { code: number; reason: string; limit?: LimitName } | undefined {
    const limit = this.rules.passedLimit
    if (limit !== undefined) return { code: ENHANCE_YOUR_CALM, reason: 'a header block is too large', limit }
    if (this.#dependsOnItself) return { code: PROTOCOL_ERROR, reason: 'a stream that depends on itself' }
    const reason = this.rules.finish()
    return reason === undefined ? undefined : { code: PROTOCOL_ERROR, reason }
  }

  #deliver(stream: Stream, part: MessagePart): void {
    const core = this.#core
    const { block, listSize } = this.rules
    const endsStream = this.#endsStream
    if (endsStream && part !== 'informational' && stream.expectedLength > 0) {
      if (stream.receivedLength !== stream.expectedLength) {
        this.#failLength(stream, part)
        return
      }
    }
    core.chargeHeaders(stream, listSize)
    if (!endsStream) {
      core.handler.onHeaders(stream, block, part, false)
      return
    }
    const state = transition(stream.state, RECEIVE_END) as StreamStateNumber
    if (state === CLOSED) core.retire(stream)
    else stream.state = state
    core.handler.onHeaders(stream, block, part, true)
    // The handler may have reset the stream.
    if (state !== CLOSED && isOver(stream)) return
    core.handler.onEnd(stream, true)
    if (state === CLOSED) core.tellClosed(stream)
  }

  #failLength(stream: Stream, part: MessagePart): void {
    const fault = { code: PROTOCOL_ERROR, reason: 'the content is shorter than content-length' }
    if (part !== 'request') {
      this.#core.failStream(stream, fault)
      return
    }
    // The stream has not been reported to the handler yet.
    this.#core.retire(stream)
    this.#core.failStreamId(stream.id, fault)
  }

  // --- pushes

  #receivePromise(streamId: number, parent: Stream | undefined): void {
    const core = this.#core
    const { streams } = core
    const promisedId = this.#promisedId
    if (streams.isOurs(promisedId) || promisedId === 0 || !streams.isIdle(promisedId)) {
      core.failConnection({ code: PROTOCOL_ERROR, reason: 'a promise of a stream that cannot be' })
      return
    }
    streams.lastPeerId = promisedId
    if (parent === undefined) {
      if (streams.wasReset(streamId)) core.refuse(promisedId, REFUSED_STREAM)
      else core.failConnection({ code: PROTOCOL_ERROR, reason: 'a promise on a stream that is not open' })
      return
    }
    if (transition(parent.state, RECEIVE_PROMISE) === PROTOCOL_CONNECTION) {
      core.failConnection({ code: PROTOCOL_ERROR, reason: 'a promise on a stream that is not open' })
      return
    }
    if (promisedId > core.goawaySentId) return
    const fault = this.#faultOf()
    if (fault !== undefined) core.failStreamId(promisedId, fault)
    else if (streams.reservedByPeer >= core.limits.maxReservedRemoteStreams) core.refuse(promisedId, CANCEL)
    else if (core.isFull) core.reject(promisedId, { code: ENHANCE_YOUR_CALM, limit: 'maxSessionMemory' })
    else this.#reserve(parent, promisedId)
  }

  #reserve(parent: Stream, promisedId: number): void {
    const core = this.#core
    const promised = core.newStream(promisedId, false)
    promised.state = transition(promised.state, RECEIVE_PROMISE) as StreamStateNumber
    promised.awaits = AWAITS_RESPONSE
    promised.isHead = this.rules.block.method === 'HEAD'
    core.lastProcessedId = promisedId
    core.streams.add(promised)
    core.chargeHeaders(promised, this.rules.listSize)
    core.handler.onPushPromise(parent, promised, this.rules.block)
  }
}

function isOver(stream: Stream): boolean {
  return stream.state === CLOSED
}
