// Receives frames: checks which types and lengths are allowed at this point and on which stream, and applies each frame.
// RFC 9113 sections 5 and 6; header-receiver.ts handles header blocks.

import { FrameReader, type FrameSink } from '../../wire/frame-reader.ts'
import {
  ACK,
  ALTSVC,
  CONTINUATION,
  DATA,
  END_STREAM,
  ENHANCE_YOUR_CALM,
  FLOW_CONTROL_ERROR,
  FRAME_SIZE_ERROR,
  GOAWAY,
  HEADERS,
  MAX_STREAM_ID,
  ORIGIN,
  PING,
  PRIORITY,
  PRIORITY_UPDATE,
  PROTOCOL_ERROR,
  PUSH_PROMISE,
  REFUSED_STREAM,
  RST_STREAM,
  SETTINGS,
  SETTINGS_MAX_FRAME_SIZE,
  STREAM_CLOSED,
  WINDOW_UPDATE,
} from '../../wire/frame-types.ts'
import { fixedLength, readCode, readGoaway, readIncrement, writePing } from '../../wire/frames.ts'
import { ERR_BAD_CLIENT_MAGIC, ERR_PROTO } from '../failure.ts'
import { openedWindow } from '../flow-control.ts'
import type { Pings } from '../pings.ts'
import type { SessionCore } from '../session-core.ts'
import type { SettingsExchange } from '../settings-exchange.ts'
import type { Stream } from '../stream.ts'
import {
  CLOSED,
  RECEIVE_DATA,
  RECEIVE_END,
  RECEIVE_WINDOW_UPDATE,
  STREAM_CLOSED_STREAM,
  transition,
} from '../stream-states.ts'
import type { StreamStateNumber } from '../types.ts'
import { ExtensionReceiver } from './extension-receiver.ts'
import type { HeaderReceiver } from './header-receiver.ts'

type Verdict = 'read' | 'discard' | 'stop'

export class FrameReceiver implements FrameSink {
  readonly #core: SessionCore
  readonly #headers: HeaderReceiver
  readonly #settings: SettingsExchange
  readonly #pings: Pings
  readonly #reader: FrameReader
  readonly #extensions: ExtensionReceiver

  // The frame that is being read.
  #type = 0
  #flags = 0
  #streamId = 0
  #length = 0
  /** The stream of the current DATA frame, unless its content is discarded; and how much of that was received. */
  #stream: Stream | undefined = undefined
  #content = 0

  constructor(core: SessionCore, headers: HeaderReceiver, settings: SettingsExchange, pings: Pings) {
    this.#core = core
    this.#headers = headers
    this.#settings = settings
    this.#pings = pings
    this.#extensions = new ExtensionReceiver(core, headers)
    this.#reader = new FrameReader(this, core.role === 'server')
    core.onStop = () => this.#reader.stop()
  }

  receive(bytes: Uint8Array): void {
    this.#reader.receive(bytes)
  }

  pause(): void {
    this.#reader.pause()
  }

  resume(): void {
    this.#reader.resume()
  }

  get hasUnread(): boolean {
    return this.#reader.hasUnread
  }

  onMalformed(what: 'preface' | 'padding'): void {
    if (what === 'preface')
      this.#core.failConnection({
        code: PROTOCOL_ERROR,
        reason: 'not a client of HTTP/2',
        libraryCode: ERR_BAD_CLIENT_MAGIC,
      })
    else this.#core.failConnection({ code: PROTOCOL_ERROR, reason: 'padding longer than its frame' })
  }

  // --- which frames are allowed

  onFrame(type: number, flags: number, streamId: number, length: number): Verdict {
    if (this.#core.isDestroyed) return 'stop'
    this.#type = type
    this.#flags = flags
    this.#streamId = streamId
    this.#length = length
    const most = this.#core.localSettings.maxFrameSize
    if (length > most && length > this.#core.pendingSettings.greatest(SETTINGS_MAX_FRAME_SIZE, most))
      return this.#fail(FRAME_SIZE_ERROR, `a frame of ${length} bytes`)
    if (!this.#core.hasRemoteSettings && (type !== SETTINGS || (flags & ACK) !== 0))
      return this.#fail(PROTOCOL_ERROR, 'the first frame is not SETTINGS')
    if (this.#headers.continuesOn !== 0 && (type !== CONTINUATION || streamId !== this.#headers.continuesOn))
      return this.#fail(PROTOCOL_ERROR, 'a header block is not continued')
    return this.#admit(type, flags, streamId, length)
  }

  #admit(type: number, flags: number, streamId: number, length: number): Verdict {
    const fixed = fixedLength(type)
    if (fixed >= 0 && length !== fixed) return this.#wrongLength(type, streamId, length)
    switch (type) {
      case DATA:
        return streamId === 0 ? this.#onConnection() : this.#beginData(streamId, length)
      case HEADERS:
        return streamId === 0 ? this.#onConnection() : this.#beginBlock()
      case PUSH_PROMISE:
        return streamId === 0 ? this.#onConnection() : this.#beginPromise()
      case CONTINUATION:
        if (this.#headers.continuesOn === 0) return this.#fail(PROTOCOL_ERROR, 'CONTINUATION of nothing')
        return this.#beginBlock()
      case RST_STREAM:
      case PRIORITY:
        return streamId === 0 ? this.#onConnection() : 'read'
      case SETTINGS:
        return streamId === 0 ? this.#beginSettings(flags, length) : this.#onStream()
      case PING:
        return streamId === 0 ? 'read' : this.#onStream()
      case GOAWAY:
        if (length < 8) return this.#fail(FRAME_SIZE_ERROR, `GOAWAY of ${length} bytes`)
        return streamId === 0 ? 'read' : this.#onStream()
      case WINDOW_UPDATE:
        return 'read'
      default:
        return this.#beginExtension(type, streamId)
    }
  }

  #fail(code: number, reason: string): 'stop' {
    this.#core.failConnection({ code, reason })
    return 'stop'
  }

  #onConnection(): Verdict {
    return this.#fail(PROTOCOL_ERROR, `frame type ${this.#type} on stream 0`)
  }

  #onStream(): Verdict {
    return this.#fail(PROTOCOL_ERROR, `frame type ${this.#type} on a stream`)
  }

  #wrongLength(type: number, streamId: number, length: number): Verdict {
    const fault = { code: FRAME_SIZE_ERROR, reason: `frame type ${type} of ${length} bytes` }
    // The one frame type whose wrong length is a stream error: RFC 9113 section 6.3.
    if (type !== PRIORITY || streamId === 0) {
      this.#core.failConnection(fault)
      return 'stop'
    }
    const stream = this.#core.streams.get(streamId)
    if (stream !== undefined) this.#core.failStream(stream, fault)
    else if (this.#core.streams.isIdle(streamId)) this.#core.failConnection(fault)
    else this.#core.failStreamId(streamId, fault)
    return this.#core.isDestroyed ? 'stop' : 'discard'
  }

  #beginBlock(): Verdict {
    // An empty frame of a block still costs decoding and validation: CVE-2019-9516.
    if (this.#length === 0 && !this.#core.withstands('emptyFrameBurst', 'empty frames')) return 'stop'
    return this.#headers.begin(this.#type, this.#flags, this.#streamId, this.#length) ? 'read' : 'stop'
  }

  #beginPromise(): Verdict {
    if (this.#core.role === 'server') return this.#fail(PROTOCOL_ERROR, 'PUSH_PROMISE from a client')
    if (!this.#core.localSettings.enablePush)
      return this.#fail(PROTOCOL_ERROR, 'PUSH_PROMISE although push is disabled')
    return this.#beginBlock()
  }

  #beginSettings(flags: number, length: number): Verdict {
    if ((flags & ACK) !== 0 && length > 0) return this.#fail(FRAME_SIZE_ERROR, 'an ACK of SETTINGS with content')
    if (length % 6 !== 0) return this.#fail(FRAME_SIZE_ERROR, `SETTINGS of ${length} bytes`)
    if (length / 6 <= this.#core.limits.maxSettings) return 'read'
    this.#core.failConnection({
      code: ENHANCE_YOUR_CALM,
      reason: `SETTINGS with ${length / 6} entries`,
      limit: 'maxSettings',
    })
    return 'stop'
  }

  #beginExtension(type: number, streamId: number): Verdict {
    const isForUs =
      this.#core.role === 'client'
        ? type === ALTSVC || (type === ORIGIN && streamId === 0)
        : type === PRIORITY_UPDATE && streamId === 0
    if (isForUs) return 'read'
    if (type === PRIORITY_UPDATE) {
      // RFC 9218 section 7.1: from a server, or on a stream.
      return this.#fail(PROTOCOL_ERROR, 'PRIORITY_UPDATE where it may not come')
    }
    return this.#core.withstands('emptyFrameBurst', 'frames of no meaning') ? 'discard' : 'stop'
  }

  // --- DATA

  #beginData(streamId: number, length: number): Verdict {
    const core = this.#core
    if (!core.credit.window.receive(length)) {
      const reason = 'more data than the connection takes'
      core.failConnection({ code: FLOW_CONTROL_ERROR, reason, libraryCode: ERR_PROTO })
      return 'stop'
    }
    const stream = core.streams.get(streamId)
    if (stream === undefined) return this.#dataOnNoStream(streamId, length)
    const state = transition(stream.state, RECEIVE_DATA)
    if (state < 0) {
      if (state !== STREAM_CLOSED_STREAM) return this.#fail(PROTOCOL_ERROR, 'DATA on a stream that is reserved')
      return this.#refuseData(stream, STREAM_CLOSED, 'DATA behind the end of the stream')
    }
    // The header block of a message comes before its data.
    if (!stream.hasMessage) return this.#refuseData(stream, PROTOCOL_ERROR, 'DATA before HEADERS')
    if (!stream.openWindow().receive(length))
      return this.#refuseData(stream, FLOW_CONTROL_ERROR, 'more data than the stream takes')
    core.credit.creditConnection(length)
    if (core.isDestroyed) return 'stop'
    this.#stream = stream
    this.#content = 0
    return 'read'
  }

  #dataOnNoStream(streamId: number, length: number): Verdict {
    const core = this.#core
    if (core.streams.isIdle(streamId)) {
      // For example, of a request beyond our GOAWAY.
      return this.#fail(PROTOCOL_ERROR, 'DATA on a stream that is idle')
    }
    core.credit.creditConnection(length)
    if (core.streams.wasReset(streamId) || streamId > core.goawaySentId) {
      if (length === 0 && !core.withstands('emptyFrameBurst', 'empty frames')) return 'stop'
      return 'discard'
    }
    // A server has no reason to send this. From a client it is less rare, after END_STREAM, and is only a stream error.
    if (core.role === 'client' && !core.streams.mayHaveBeenReset(streamId))
      return this.#fail(STREAM_CLOSED, 'DATA on a closed stream')
    core.failStreamId(streamId, { code: STREAM_CLOSED, reason: 'DATA on a closed stream' })
    return core.isDestroyed ? 'stop' : 'discard'
  }

  #refuseData(stream: Stream, code: number, reason: string): Verdict {
    this.#core.credit.creditConnection(this.#length)
    this.#core.failStream(stream, { code, reason })
    return this.#core.isDestroyed ? 'stop' : 'discard'
  }

  onDataPiece(piece: Uint8Array): void {
    const stream = this.#stream
    if (stream === undefined || stream.state === CLOSED) return
    this.#content += piece.length
    stream.receivedLength += piece.length
    if (stream.expectedLength >= 0 && stream.receivedLength > stream.expectedLength) {
      this.#stream = undefined
      this.#core.failStream(stream, { code: PROTOCOL_ERROR, reason: 'the content is longer than content-length' })
      return
    }
    this.#core.credit.hand(stream, piece.length)
    this.#core.handler.onData(stream, piece)
  }

  onDataEnd(): void {
    const core = this.#core
    const stream = this.#stream
    this.#stream = undefined
    if (stream === undefined || stream.state === CLOSED) return
    const endsStream = (this.#flags & END_STREAM) !== 0
    if (!endsStream) {
      // The user never consumes padding, so its credit is returned here.
      if (this.#length > this.#content) core.credit.creditStream(stream, this.#length - this.#content)
      if (this.#content > 0 || core.isDestroyed) return
      if (core.withstands('emptyFrameBurst', 'empty frames')) core.countInvalidFrame()
      return
    }
    if (stream.expectedLength >= 0 && stream.receivedLength !== stream.expectedLength) {
      core.failStream(stream, { code: PROTOCOL_ERROR, reason: 'the content is shorter than content-length' })
      return
    }
    const state = transition(stream.state, RECEIVE_END) as StreamStateNumber
    if (state === CLOSED) core.retire(stream)
    else stream.state = state
    core.handler.onEnd(stream, false)
    if (state === CLOSED) core.tellClosed(stream)
  }

  // --- everything else

  onPayload(bytes: Uint8Array, start: number, end: number): void {
    switch (this.#type) {
      case HEADERS:
      case PUSH_PROMISE:
      case CONTINUATION:
        this.#headers.receive(this.#type, this.#flags, bytes, start, end)
        break
      case WINDOW_UPDATE:
        this.#receiveWindowUpdate(readIncrement(bytes, start))
        break
      case RST_STREAM:
        this.#receiveReset(readCode(bytes, start))
        break
      case SETTINGS:
        if (this.#flags & ACK) this.#settings.receiveAck()
        else this.#settings.receive(bytes, start, end)
        break
      case PING:
        this.#receivePing(bytes.slice(start, end))
        break
      case GOAWAY:
        this.#receiveGoaway(bytes, start, end)
        break
      case PRIORITY:
        this.#extensions.receivePriority(this.#streamId, bytes, start)
        break
      default:
        this.#extensions.receive(this.#type, this.#streamId, bytes, start, end)
    }
  }

  #receiveReset(code: number): void {
    const core = this.#core
    const stream = core.streams.get(this.#streamId)
    if (stream === undefined) {
      if (core.streams.isIdle(this.#streamId)) this.#fail(PROTOCOL_ERROR, 'RST_STREAM on a stream that is idle')
      else core.withstands('emptyFrameBurst', 'frames on closed streams')
      return
    }
    if (stream.request !== undefined) {
      this.#fail(PROTOCOL_ERROR, 'RST_STREAM on a stream that is idle')
      return
    }
    if (core.role === 'server' && !core.withstands('streamResetBurst', 'streams reset')) return
    stream.isSafeToRetry = stream.isOurs && code === REFUSED_STREAM
    core.outbox.settle()
    if (stream.state === CLOSED) return
    core.handler.onReset(stream, code)
    core.closeStream(stream, code)
  }

  #receiveWindowUpdate(increment: number): void {
    const core = this.#core
    const streamId = this.#streamId
    if (streamId === 0) {
      const window = increment === 0 ? undefined : openedWindow(core.outbox.sendWindow, increment)
      if (window === undefined)
        this.#fail(increment === 0 ? PROTOCOL_ERROR : FLOW_CONTROL_ERROR, `WINDOW_UPDATE by ${increment}`)
      else if (!this.#isTiny(increment, core.outbox.sendWindow <= 0 && core.outbox.queuedBytes > 0)) {
        core.outbox.sendWindow = window
        if (core.outbox.hasOutput) core.outbox.wake()
      }
      return
    }
    const stream = core.streams.get(streamId)
    if (stream === undefined) {
      if (core.streams.isIdle(streamId)) this.#fail(PROTOCOL_ERROR, 'WINDOW_UPDATE on a stream that is idle')
      else if (increment === 0) core.countInvalidFrame()
      return
    }
    if (transition(stream.state, RECEIVE_WINDOW_UPDATE) < 0) {
      this.#fail(PROTOCOL_ERROR, 'WINDOW_UPDATE on a stream that is idle or reserved')
      return
    }
    const window = increment === 0 ? undefined : openedWindow(stream.sendWindow, increment)
    if (window === undefined) {
      const code = increment === 0 ? PROTOCOL_ERROR : FLOW_CONTROL_ERROR
      core.failStream(stream, { code, reason: `WINDOW_UPDATE by ${increment}` })
    } else if (!this.#isTiny(increment, stream.sendWindow <= 0 && stream.queuedBytes > 0)) {
      stream.sendWindow = window
      core.outbox.enqueue(stream)
    }
  }

  /** CVE-2019-9511: each such update makes us send a tiny frame. @returns whether the limit is exceeded */
  #isTiny(increment: number, isWaitedFor: boolean): boolean {
    if (increment >= tinyIncrement || !isWaitedFor) return false
    return !this.#core.withstands('tinyWindowUpdateBurst', 'tiny window updates')
  }

  #receivePing(payload: Uint8Array): void {
    const core = this.#core
    if (this.#flags & ACK) {
      this.#pings.receiveAck(payload)
      return
    }
    if (!core.withstands('pingBurst', 'PINGs')) return
    writePing(core.outbox.control, payload, true)
    core.replied(pingBytes)
    if (!core.isDestroyed) core.handler.onPing(payload)
  }

  #receiveGoaway(bytes: Uint8Array, start: number, end: number): void {
    const core = this.#core
    const goaway = readGoaway(bytes, start, end)
    if (goaway === undefined) return
    const { lastStreamId, code, data } = goaway
    if (lastStreamId > core.goawayReceivedId) {
      this.#fail(PROTOCOL_ERROR, 'a GOAWAY that takes back the last one')
      return
    }
    if (!core.withstands('announcementBurst', 'GOAWAYs')) return
    core.goawayReceivedId = Math.min(lastStreamId, MAX_STREAM_ID)
    core.handler.onGoaway(code, lastStreamId, data)
    core.closeUnprocessed(lastStreamId)
  }
}

const tinyIncrement = 100
const pingBytes = 17
