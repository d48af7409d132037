// The internal state of a session, behind one symbol.

import type { Duplex } from 'node:stream'
import type { Host } from '../../host/types.ts'
import type { HeaderBlock } from '../engine/types.ts'
import type { CompleteOptions } from '../options.ts'
import type { SessionConnection } from './session-connection.ts'
import type { Settings } from './settings.ts'

/** The TLS side of a connection that is served without a socket. */
export interface SecureFacts {
  /** Makes the socket that shows it. */
  socket(): Duplex
  readonly alpnProtocol: string | undefined
}

/** Declared as a method, whose parameters are bivariant: code that declares a wider stream type may hold the state. */
interface TakesRequest<Stream> {
  take(stream: Stream, block: HeaderBlock, endStream: boolean): boolean
}

/** @typeParam Stream - the type of its streams; the default is enough for code that only counts them */
export class SessionState<Stream extends Duplex = Duplex, ServerStream extends Stream = Stream> {
  readonly type: number
  readonly host: Host
  readonly options: CompleteOptions
  /** Set from when the session is connected until it is destroyed. */
  carrier: SessionConnection | undefined = undefined
  /** A socket that the program supplied, or that was made when the program accessed it. */
  socket: Duplex | undefined = undefined
  /** null until it is accessed; undefined once the session has ended. */
  proxySocket: object | null | undefined = null
  /** The socket no longer belongs to the session. */
  isUnbound = false
  isReady = false
  isClosed = false
  isDestroyed = false
  /** 'close' has been emitted, or is queued. */
  hasFinished = false
  /** The error to emit once the connection is closed. */
  closeError: Error | undefined = undefined
  destroyCode = 0
  goawayCode: number | null = null
  goawayLastStreamId: number | null = null
  readonly streams = new Set<Stream>()
  /** Streams that have no identifier yet. */
  readonly pendingStreams = new Set<Stream>()
  /** Client: requests that wait for the connection. */
  pendingRequests: (() => void)[] | undefined = undefined
  pendingAcks = 0
  writeQueueSize = 0
  /** The number of bytes sent when the timeout was last checked. */
  sentAtTimeout = 0
  /** For the socket that shows a connection that is served without one. */
  allowHalfOpen = false
  originSet: Set<string> | undefined = undefined
  encrypted: boolean | undefined = undefined
  alpnProtocol: string | undefined = undefined
  localSettings: Settings | undefined = undefined
  /** Our custom settings in force. */
  customSettings: Record<number, number> | undefined = undefined
  remoteSettings: Settings | undefined = undefined
  /** Called when the connection closes, for the server that accepted it and counts it. */
  onConnectionClosed: (() => void) | undefined = undefined
  secure: SecureFacts | undefined = undefined
  /** Passes a request to the compatibility API directly. @returns false if the program also listens for 'stream' */
  compat: TakesRequest<ServerStream>['take'] | undefined = undefined
  /** Client: the authority of requests that specify none. */
  authority = ''
  protocol = 'https:'

  constructor(type: number, host: Host, options: CompleteOptions) {
    this.type = type
    this.host = host
    this.options = options
  }
}

/** Whether the session has sent bytes since the last call for `timed`. */
export function hasProgressed(session: SessionState, timed: { sentAtTimeout: number }): boolean {
  const sent = session.carrier?.sentBytes ?? 0
  const hasChanged = sent !== timed.sentAtTimeout
  timed.sentAtTimeout = sent
  return hasChanged
}
