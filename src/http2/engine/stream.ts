// The engine's record of one stream. The parts of the engine that modify it enforce its invariants.

import { DEFAULT_WINDOW } from '../wire/frame-types.ts'
import { ReceiveWindow } from './flow-control.ts'
import { defaultUrgency } from './priority.ts'
import { CLOSED, HALF_CLOSED_LOCAL, HALF_CLOSED_REMOTE, RESERVED_LOCAL, RESERVED_REMOTE } from './stream-states.ts'
import type { EngineStream, FieldPairs, StreamStateNumber } from './types.ts'

/** Queued bytes, as an item of a linked list. */
export interface Chunk {
  bytes: Uint8Array
  /** How many of `bytes` were sent. */
  sent: number
  readonly done: ((sent: boolean) => void) | undefined
  next: Chunk | undefined
}

/** Queued header fields: trailers behind data, or a request that waits for its turn. */
export interface WaitingFields {
  readonly fields: FieldPairs
  readonly sensitive: ReadonlySet<string> | undefined
}

/** Which part of a message the peer's next header block is. */
export const AWAITS_RESPONSE = 0
export const AWAITS_TRAILERS = 1

export class Stream implements EngineStream {
  readonly id: number
  /** We opened it, or promised it. */
  readonly isOurs: boolean
  owner: unknown = undefined
  state: StreamStateNumber
  closeCode = 0
  isSafeToRetry = false

  // --- receiving
  awaits = AWAITS_TRAILERS
  /** The request was HEAD: its response has no content. */
  isHead = false
  /** The request was CONNECT: the data that follows is not content. */
  isConnect = false
  /** content-length, -1: any. */
  expectedLength = -1
  receivedLength = 0
  /** Bytes passed to onData and not consumed. */
  unconsumed = 0
  /** The limit of its header blocks: as in Node, the value from when the stream began. */
  maxHeaderListSize = 0
  /** Bytes of its decoded header blocks. */
  headerBytes = 0
  /** Made by the first DATA; before that `initialReceiveWindow` is its size. */
  window: ReceiveWindow | undefined = undefined
  initialReceiveWindow = DEFAULT_WINDOW

  // --- sending
  sendWindow: number
  queuedBytes = 0
  firstChunk: Chunk | undefined = undefined
  lastChunk: Chunk | undefined = undefined
  /** The user sends no more data: END_STREAM is set on the last frame, or on the trailers. */
  isEnding = false
  trailers: WaitingFields | undefined = undefined
  /** A request that has not been sent, because the limit of concurrent streams is reached. */
  request: WaitingFields | undefined = undefined
  /** The final header block was sent: informational ones are no longer allowed. */
  hasResponded = false
  /** When its data began to wait for a window; Infinity if it does not wait. */
  stalledAt = Number.POSITIVE_INFINITY

  // --- its place in the send queue
  urgency = defaultUrgency
  isIncremental = false
  /** The peer or the user has set a priority; streams without one take turns. */
  hasPriority = false
  isQueued = false
  before: Stream | undefined = undefined
  behind: Stream | undefined = undefined

  constructor(id: number, isOurs: boolean, state: StreamStateNumber, sendWindow: number) {
    this.id = id
    this.isOurs = isOurs
    this.state = state
    this.sendWindow = sendWindow
  }

  /** The request, or the final response, was received: DATA may follow. */
  get hasMessage(): boolean {
    return this.awaits === AWAITS_TRAILERS
  }

  get isLocalClosed(): boolean {
    return this.state === HALF_CLOSED_LOCAL || this.state === CLOSED || this.state === RESERVED_REMOTE
  }

  get isRemoteClosed(): boolean {
    return this.state === HALF_CLOSED_REMOTE || this.state === CLOSED || this.state === RESERVED_LOCAL
  }

  get receiveWindow(): number {
    return this.window === undefined ? this.initialReceiveWindow : this.window.available
  }

  openWindow(): ReceiveWindow {
    this.window ??= new ReceiveWindow(this.initialReceiveWindow)
    return this.window
  }
}
