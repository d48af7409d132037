// Receives priorities, ALTSVC (RFC 7838) and ORIGIN (RFC 8336): PRIORITY frames are accepted and reported, without effect;
// PRIORITY_UPDATE is RFC 9218's. frame-receiver.ts has already checked where these frames are allowed.

import { ALTSVC, FRAME_SIZE_ERROR, PRIORITY_UPDATE, PROTOCOL_ERROR } from '../../wire/frame-types.ts'
import { readAltSvc, readOrigins, readPriority, readPriorityUpdate } from '../../wire/frames.ts'
import { parsePriority } from '../priority.ts'
import type { SessionCore } from '../session-core.ts'
import { RESERVED_REMOTE } from '../stream-states.ts'
import type { HeaderReceiver } from './header-receiver.ts'

export class ExtensionReceiver {
  readonly #core: SessionCore
  readonly #headers: HeaderReceiver
  /** The origins that have been reported to the handler. */
  readonly #origins = new Set<string>()

  constructor(core: SessionCore, headers: HeaderReceiver) {
    this.#core = core
    this.#headers = headers
  }

  receivePriority(streamId: number, bytes: Uint8Array, start: number): void {
    const core = this.#core
    if (!core.withstands('priorityBurst', 'PRIORITY frames')) return
    const dependency = { parentId: 0, weight: 16, exclusive: false }
    readPriority(bytes, start, dependency)
    const { parentId, weight, exclusive } = dependency
    if (parentId !== streamId) {
      core.handler.onPriority(streamId, parentId, weight, exclusive)
      return
    }
    const stream = core.streams.get(streamId)
    const fault = { code: PROTOCOL_ERROR, reason: 'a stream that depends on itself' }
    if (stream !== undefined && stream.state !== RESERVED_REMOTE) core.failStream(stream, fault)
    else if (core.streams.isIdle(streamId)) core.failConnection(fault)
    else core.failStreamId(streamId, fault)
  }

  // --- extensions

  receive(type: number, streamId: number, bytes: Uint8Array, start: number, end: number): void {
    const core = this.#core
    const flood = type === PRIORITY_UPDATE ? 'priorityBurst' : 'announcementBurst'
    if (!core.withstands(flood, `frames of type ${type}`)) return
    if (type === PRIORITY_UPDATE) this.#receivePriorityUpdate(bytes, start, end)
    else if (type === ALTSVC) this.#receiveAltSvc(streamId, bytes, start, end)
    else this.#receiveOrigins(bytes, start, end)
  }

  #receivePriorityUpdate(bytes: Uint8Array, start: number, end: number): void {
    const core = this.#core
    const update = readPriorityUpdate(bytes, start, end)
    if (update === undefined) {
      core.failConnection({ code: FRAME_SIZE_ERROR, reason: 'PRIORITY_UPDATE without a stream' })
      return
    }
    const { streamId, value } = update
    const stream = core.streams.get(streamId)
    const isIdle = core.streams.isIdle(streamId)
    if (streamId === 0 || (isIdle && core.streams.isOurs(streamId))) {
      core.failConnection({ code: PROTOCOL_ERROR, reason: `PRIORITY_UPDATE for stream ${streamId}` })
      return
    }
    const priority = parsePriority(value)
    if (stream !== undefined) core.outbox.queue.rank(stream, priority.urgency, priority.incremental)
    else if (isIdle) this.#headers.rememberPriority(streamId, priority)
    core.handler.onPriorityUpdate(streamId, value)
  }

  #receiveAltSvc(streamId: number, bytes: Uint8Array, start: number, end: number): void {
    const altSvc = readAltSvc(bytes, start, end)
    // RFC 7838 section 4: an origin is required on stream 0, and only allowed there; other frames are ignored.
    if (altSvc === undefined || (altSvc.origin === '') === (streamId === 0)) return
    if (streamId !== 0 && this.#core.streams.get(streamId) === undefined) return
    this.#core.handler.onAltSvc(streamId, altSvc.origin, altSvc.value)
  }

  #receiveOrigins(bytes: Uint8Array, start: number, end: number): void {
    const { maxOrigins } = this.#core.limits
    const origins = readOrigins(bytes, start, end, maxOrigins)
    if (origins === undefined) return
    const told: string[] = []
    for (const origin of origins) {
      if (this.#origins.size < maxOrigins) this.#origins.add(origin)
      if (this.#origins.has(origin)) told.push(origin)
    }
    this.#core.handler.onOrigin(told)
  }
}
