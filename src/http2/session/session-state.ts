// What a session keeps, behind one symbol.

import type { Duplex } from 'node:stream'
import type { Host } from '../../host/types.ts'
import type { HeaderBlock } from '../engine/types.ts'
import type { CompleteOptions } from '../options.ts'
import type { SessionConnection } from './session-connection.ts'
import type { Settings } from './settings.ts'

/** Of a connection over TLS that is served raw. */
export interface SecureFacts {
  /** Makes what shows it. */
  socket(): Duplex
  readonly alpnProtocol: string | undefined
}

/** A method, so that one who knows streams as less may hold the session of one who knows them as more. */
interface TakesRequest<Stream> {
  take(stream: Stream, block: HeaderBlock, endStream: boolean): boolean
}

/** @typeParam Stream - what its streams are known as; those who only count them need no more than the default */
export class SessionState<Stream extends Duplex = Duplex, ServerStream extends Stream = Stream> {
  readonly type: number
  readonly host: Host
  readonly options: CompleteOptions
  /** From connected until destroyed. */
  carrier: SessionConnection | undefined = undefined
  /** A socket that came from outside, or that somebody looked at. */
  socket: Duplex | undefined = undefined
  /** Null: not looked at yet; undefined: gone. */
  proxySocket: object | null | undefined = null
  /** The socket is not the session's any more. */
  isUnbound = false
  isReady = false
  isClosed = false
  isDestroyed = false
  /** Its end is told: 'close' has been emitted, or will be in a moment. */
  hasFinished = false
  /** What 'error' will say once the connection is closed. */
  closeError: Error | undefined = undefined
  destroyCode = 0
  goawayCode: number | null = null
  goawayLastStreamId: number | null = null
  readonly streams = new Set<Stream>()
  /** Without an id as yet. */
  readonly pendingStreams = new Set<Stream>()
  /** Client: requests that wait for the connection. */
  pendingRequests: (() => void)[] | undefined = undefined
  pendingAcks = 0
  writeQueueSize = 0
  /** Bytes that had left at the last look at the time-out. */
  sentAtTimeout = 0
  /** For the socket that shows a connection that is served raw. */
  allowHalfOpen = false
  originSet: Set<string> | undefined = undefined
  encrypted: boolean | undefined = undefined
  alpnProtocol: string | undefined = undefined
  localSettings: Settings | undefined = undefined
  /** Of ours, in force. */
  customSettings: Record<number, number> | undefined = undefined
  remoteSettings: Settings | undefined = undefined
  /** Whoever accepted the connection counts it. */
  onConnectionClosed: (() => void) | undefined = undefined
  secure: SecureFacts | undefined = undefined
  /** Takes a request where nobody but the compatibility API looks at streams. @returns false: somebody does */
  compat: TakesRequest<ServerStream>['take'] | undefined = undefined
  /** Client: what requests go to unless they say otherwise. */
  authority = ''
  protocol = 'https:'

  constructor(type: number, host: Host, options: CompleteOptions) {
    this.type = type
    this.host = host
    this.options = options
  }
}

/** Bytes have left the session since `timed` was asked last. */
export function hasProgressed(session: SessionState, timed: { sentAtTimeout: number }): boolean {
  const sent = session.carrier?.sentBytes ?? 0
  const hasChanged = sent !== timed.sentAtTimeout
  timed.sentAtTimeout = sent
  return hasChanged
}
