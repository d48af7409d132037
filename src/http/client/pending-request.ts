// A client's request, as its agent, its connection and its response see it.

import type { AsyncResource } from 'node:async_hooks'
import type { OutgoingMessage } from '../message/outgoing-message.ts'

export interface PendingRequest<Response = unknown> extends OutgoingMessage {
  method: string
  path: string
  protocol: string
  host: string
  timeout: number | undefined
  timeoutCb: (() => void) | null
  reusedSocket: boolean
  maxHeadersCount: number
  res: Response | null
  parser: object | null
  aborted: boolean
  upgradeOrConnect: boolean
  joinDuplicateHeaders: boolean | undefined
  /** The response has been read to its end. */
  _ended: boolean
  _scope: AsyncResource | null
  abort(): void
  setNoDelay(on?: boolean): void
  setSocketKeepAlive(on?: boolean, initialDelayMs?: number): void
  onSocket(socket: unknown, error?: Error | null): void
  _stopTimeout(): void
}
