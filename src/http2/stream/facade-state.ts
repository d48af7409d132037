// The internal state of a stream, behind one symbol: with a dozen symbols V8 would turn each stream into a dictionary.

import type { AsyncResource } from 'node:async_hooks'
import type { EngineStream } from '../engine/types.ts'
import type { OwningSession } from '../session/owning-session.ts'
import type { HeaderArray, HeaderObject } from './header-map.ts'

type WriteCallback = (error?: Error | null) => void

/** Is notified of a stream's events before its listeners. */
export interface StreamObserver {
  onStreamEvent(event: string, args: readonly unknown[]): void
  /** What it wants to send after the data. */
  readonly trailers: HeaderObject | undefined
}

/** What follows when the program has read to the end: nothing, the stream's destruction, or that once it is done writing. */
export const STAY = 0
export const DESTROY = 1
export const MAYBE_DESTROY = 2

export class StreamState {
  /** Undefined once destroyed. */
  session: OwningSession | undefined
  readonly isServer: boolean
  /** Undefined before it has an id, and once destroyed. */
  engineStream: EngineStream | undefined = undefined
  id: number | undefined = undefined
  rstCode = 0

  isClosed = false
  /** Both sides have ended in good order, and what has come waits for the program. */
  isLeftToRead = false
  isAborted = false
  /** The error results from the peer's code or the session, not from the program. */
  isPeersError = false
  headersSent = false
  isHeadRequest = false
  endAfterHeaders = false

  // Reading
  /** The program has asked for data. */
  didRead = false
  /** It has room for more. */
  isReading = false
  /** Data received while it had no room: not consumed, so that the peer must wait. */
  held: Uint8Array[] | null = null
  /** The peer has ended its side. */
  hasEnd = false
  /** What the connection has received with it, by its number. */
  endedInPacket = -1

  afterEnd = STAY as number
  /** The program reads nothing: the stream is destroyed once its response is sent. */
  goesAtFinish = false
  /** The compatibility API. */
  observer: StreamObserver | null = null

  // Writing
  /** The write under way, its length as the stream machinery counts it, and in bytes. */
  writeCallback: WriteCallback | null = null
  writeLength = 0
  writeBytes = 0
  /** Bytes that had left the session at the last look at the time-out. */
  sentAtTimeout = 0
  /** Made with the first write, for all of them: they follow one another. */
  onSent: ((sent: boolean) => void) | undefined = undefined
  /** Our side has ended, as far as the program is concerned. */
  isShut = false
  /** END_STREAM is with the engine. */
  isEndSent = false

  // Headers
  sentHeaders: HeaderObject | undefined = undefined
  rawHeaders: HeaderArray | undefined = undefined
  sentTrailers: HeaderObject | undefined = undefined
  infoHeaders: HeaderObject[] | undefined = undefined
  /** Trailers follow the data. */
  hasTrailers = false
  trailersReady = false

  /** Server: what a push inherits. Client: for 421 responses. */
  scheme: string | undefined = undefined
  authority: string | undefined = undefined
  /** Client: the context of the program's request. */
  scope: AsyncResource | null = null

  constructor(session: OwningSession, isServer: boolean) {
    this.session = session
    this.isServer = isServer
  }
}
