// A client's request, as those see it that it is handed to: its agent, its connection, its response.

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
  /** The answer has been read to its end. */
  _ended: boolean
  _scope: AsyncResource | null
  abort(): void
  setNoDelay(on?: boolean): void
  setSocketKeepAlive(on?: boolean, initialDelayMs?: number): void
  onSocket(socket: unknown, error?: Error | null): void
  _stopTimeout(): void
}
