// What the engine keeps for one stream. A record: the parts of the engine that work on it say what may happen to it.

import { DEFAULT_WINDOW } from '../wire/frame-types.ts'
import { ReceiveWindow } from './flow-control.ts'
import { defaultUrgency } from './priority.ts'
import { CLOSED, HALF_CLOSED_LOCAL, HALF_CLOSED_REMOTE, RESERVED_LOCAL, RESERVED_REMOTE } from './stream-states.ts'
import type { EngineStream, FieldPairs, StreamStateNumber } from './types.ts'

/** Bytes that wait to be sent, with those behind them. */
export interface Chunk {
  bytes: Uint8Array
  /** Of `bytes`, how many were sent. */
  sent: number
  readonly done: ((sent: boolean) => void) | undefined
  next: Chunk | undefined
}

/** Header fields that wait: trailers for the data before them, a request for its turn. */
export interface WaitingFields {
  readonly fields: FieldPairs
  readonly sensitive: ReadonlySet<string> | undefined
}

/** Which part of a message a header block from the peer would be. */
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
  /** The request was CONNECT: what follows is no content. */
  isConnect = false
  /** content-length, -1: any. */
  expectedLength = -1
  receivedLength = 0
  /** Handed out by onData and not consumed. */
  unconsumed = 0
  /** What its header blocks may hold: Node has it as it was when the stream began. */
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
  /** No more data comes from the user: END_STREAM goes with the last, or with the trailers. */
  isEnding = false
  trailers: WaitingFields | undefined = undefined
  /** A request that has not left, for want of a place among the concurrent streams. */
  request: WaitingFields | undefined = undefined
  /** The final header block was sent: informational ones are too late. */
  hasResponded = false
  /** When its data began to wait for a window; Infinity: it does not. */
  stalledAt = Number.POSITIVE_INFINITY

  // --- its place in the send queue
  urgency = defaultUrgency
  isIncremental = false
  /** Someone asked for that; without it, streams take turns. */
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

  /** Its request, or its final response, came: data may. */
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
